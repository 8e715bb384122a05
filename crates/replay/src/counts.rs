//! What happened in a log, counted by its events.

use domain::conversation::{ClosedBy, ConversationEvent, StateReason, TimerKind};
use serde::Serialize;

/// The counts of a rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Accepted messages of requesters.
    pub requester_messages: u64,
    /// Accepted messages of agents.
    pub agent_messages: u64,
    /// Agents' messages that the rules refused.
    pub agent_messages_refused: u64,
    /// Conversations that were opened.
    pub opened: u64,
    /// Of these, by an agent.
    pub opened_by_agent: u64,
    /// Reminders to idle requesters (`IDLE-2`).
    pub idle_reminders: u64,
    /// Closes of idle chats (`IDLE-3`).
    pub idle_closed: u64,
    /// Closes by the conversation timeout where nobody engaged (`IDLE-10`).
    pub closed_no_activity: u64,
    /// Closes by the conversation timeout of engaged conversations (`IDLE-15`).
    pub closed_unanswered: u64,
    /// Closes because the requester did not answer the agent (`ACT-3`).
    pub closed_abandoned: u64,
    /// Prompts to agents (`ACT-2`).
    pub agent_prompts: u64,
    /// Conversations that are open at the end.
    pub open_at_end: u64,
}

impl Counts {
    /// Counts one event.
    pub(crate) fn add(&mut self, event: &ConversationEvent) {
        match event {
            ConversationEvent::Opened { by_agent, .. } => {
                self.opened += 1;
                self.opened_by_agent += u64::from(by_agent.is_some());
            }
            ConversationEvent::RequesterMessagePosted { .. } => self.requester_messages += 1,
            ConversationEvent::AgentMessagePosted { .. } => self.agent_messages += 1,
            ConversationEvent::IdleReminderSent { .. } => self.idle_reminders += 1,
            ConversationEvent::AgentPrompted { .. } => self.agent_prompts += 1,
            ConversationEvent::Closed { reason, by, .. } => self.add_closed(*reason, by),
            ConversationEvent::AgentJoined { .. }
            | ConversationEvent::Unassigned { .. }
            | ConversationEvent::AgentRequested { .. }
            | ConversationEvent::VirtualAgentEngaged
            | ConversationEvent::VirtualAgentMessagePosted { .. }
            | ConversationEvent::AgentRequestCancelled
            | ConversationEvent::WaitEnded { .. }
            | ConversationEvent::WaitMessageSent { .. }
            | ConversationEvent::Held { .. }
            | ConversationEvent::Resumed { .. }
            | ConversationEvent::Reassociated { .. }
            | ConversationEvent::ConsentChanged { .. }
            | ConversationEvent::Dispatched { .. }
            | ConversationEvent::DispatchFailed { .. }
            | ConversationEvent::Redriven { .. }
            | ConversationEvent::Discarded { .. }
            | ConversationEvent::ReceiptTaken { .. }
            | ConversationEvent::SeenByAgent { .. }
            | ConversationEvent::RequesterDisconnected
            | ConversationEvent::RequesterReconnected
            | ConversationEvent::RequesterConnected
            | ConversationEvent::Acknowledged { .. } => {}
        }
    }

    fn add_closed(&mut self, reason: StateReason, by: &ClosedBy) {
        let ClosedBy::Timer { kind, .. } = by else { return };
        match kind {
            TimerKind::IdleCancel => self.idle_closed += 1,
            TimerKind::ConversationIdle if reason == StateReason::NoActivity => self.closed_no_activity += 1,
            TimerKind::ConversationIdle => self.closed_unanswered += 1,
            TimerKind::Abandon => self.closed_abandoned += 1,
            TimerKind::IdleReminder
            | TimerKind::PromptAgent
            | TimerKind::Reassign
            // A roster has no guests who could be gone.
            | TimerKind::Disconnect => {}
        }
    }
}
