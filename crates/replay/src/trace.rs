//! One line for each event of a rehearsal, for people to follow. Names no address and no text (`P1`).

use domain::conversation::ConversationEvent;
use domain::router::RouterEvent;
use domain::{Event, Timestamp};
use std::fmt;
use store::{StoredRecord, StreamId};

/// One event.
#[derive(Clone, Debug)]
pub struct TraceLine {
    /// When it was committed.
    pub at: Timestamp,
    /// In which stream.
    pub stream: StreamId,
    /// What.
    pub event: Event,
}

/// The lines of a record.
pub(crate) fn lines(record: &StoredRecord) -> Result<Vec<TraceLine>, codec::Error> {
    let mut lines = Vec::new();
    for append in &record.appends {
        for bytes in &append.events {
            let codec::Envelope { at, event, .. } = codec::decode(bytes)?;
            lines.push(TraceLine { at, stream: append.stream, event });
        }
    }
    Ok(lines)
}

impl fmt::Display for TraceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = uuid::Uuid::from_bytes(self.stream.0);
        write!(f, "{} {id} {}", codec::json::timestamp(self.at), codec::json::event_type(&self.event))?;
        if let Event::Router(event) = &self.event
            && let Some(item) = event.item()
        {
            write!(f, " item={item}")?;
            if let RouterEvent::Offered { offer, .. } = event {
                write!(f, " agent={}", offer.agent)?;
            }
        }
        let Event::Conversation(event) = &self.event else { return Ok(()) };
        match event {
            ConversationEvent::Opened { policy, .. } => write!(f, " mode={}", policy.mode().name()),
            ConversationEvent::AgentJoined { agent, .. }
            | ConversationEvent::AgentMessagePosted { agent, .. }
            | ConversationEvent::Unassigned { agent, .. }
            | ConversationEvent::Held { agent }
            | ConversationEvent::SeenByAgent { agent, .. } => write!(f, " agent={agent}"),
            ConversationEvent::IdleReminderSent { due, .. }
            | ConversationEvent::AgentPrompted { due, .. } => {
                write!(f, " due={}", codec::json::timestamp(*due))
            }
            ConversationEvent::Closed { state, reason, .. } => {
                write!(f, " state={} reason={}", state.name(), reason.name())
            }
            ConversationEvent::WaitEnded { item, .. } | ConversationEvent::WaitMessageSent { item, .. } => {
                write!(f, " item={item}")
            }
            ConversationEvent::RequesterMessagePosted { .. }
            | ConversationEvent::AgentRequested { .. }
            | ConversationEvent::VirtualAgentEngaged
            | ConversationEvent::VirtualAgentMessagePosted { .. }
            | ConversationEvent::AgentRequestCancelled
            | ConversationEvent::RequesterDisconnected
            | ConversationEvent::RequesterReconnected
            | ConversationEvent::RequesterConnected
            | ConversationEvent::Acknowledged { .. }
            | ConversationEvent::Resumed { .. }
            | ConversationEvent::Reassociated { .. }
            | ConversationEvent::ConsentChanged { .. } => Ok(()),
            ConversationEvent::Dispatched { of, part, .. }
            | ConversationEvent::Redriven { of, part, .. }
            | ConversationEvent::Discarded { of, part, .. } => write!(f, " of={of}.{part}"),
            ConversationEvent::DispatchFailed { of, part, code, .. } => {
                write!(f, " of={of}.{part} code={code}")
            }
            ConversationEvent::ReceiptTaken { of, part, status, .. } => {
                write!(f, " of={of}.{part} status={}", status.name())
            }
        }
    }
}
