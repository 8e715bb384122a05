//! A conversation as a list shows it: how it follows from the facts, and how it is stored.

use crate::Error;
use domain::channel::Mode;
use domain::conversation::{ClosedState, ConversationEvent, Lifecycle};
use domain::{AgentId, ChannelId, ConversationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Every state that a row can be in.
pub(super) const STATES: [&str; 6] = [
    Lifecycle::New.name(),
    Lifecycle::WorkInProgress.name(),
    Lifecycle::OnHold.name(),
    ClosedState::Complete.name(),
    ClosedState::Abandoned.name(),
    ClosedState::Faulted.name(),
];

/// What a list tells of a conversation: small, and nothing of what was said or by which requester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which conversation.
    pub id: ConversationId,
    /// `new`, `work_in_progress`, `on_hold`, `closed_complete`, `closed_abandoned` or `faulted`.
    pub state: String,
    /// Why it is closed, once it is.
    pub reason: Option<String>,
    /// The mode in which it was opened (`CH-5`).
    pub mode: Mode,
    /// The channel that it runs on.
    pub channel: ChannelId,
    /// The agent to whom it is assigned, if it is to one (`C3`).
    pub agent: Option<AgentId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When anything last happened in it.
    pub last_at: Timestamp,
    /// When it was closed, once it is.
    pub closed_at: Option<Timestamp>,
    /// How many messages of the requester it has.
    pub requester_messages: u64,
    /// How many messages of agents it has.
    pub agent_messages: u64,
    /// The user who is taken to be the requester; `None` is a guest (`ID-1`).
    pub user: Option<UserId>,
    /// Whether nothing may be sent to the requester (`OPT-6`).
    pub opted_out: bool,
    /// The requester's language, as far as it is known (`VA-4`): what the system says to them is said in it.
    pub language: Option<String>,
}

/// Applies one fact that was committed at `at`. Total and deterministic (`L4`), and in step with the domain's
/// own `evolve`: a fact of a conversation that was never opened changes nothing.
pub fn fold(row: Option<Row>, id: ConversationId, at: Timestamp, event: &ConversationEvent) -> Option<Row> {
    let mut row = row.or_else(|| opened(id, at, event))?;
    row.last_at = row.last_at.max(at);
    match event {
        ConversationEvent::Opened { .. }
        | ConversationEvent::IdleReminderSent { .. }
        | ConversationEvent::AgentPrompted { .. }
        | ConversationEvent::VirtualAgentMessagePosted { .. }
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::WaitEnded { .. }
        | ConversationEvent::WaitMessageSent { .. }
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
        ConversationEvent::RequesterMessagePosted { message, .. } => {
            row.requester_messages += 1;
            row.language = message.content.language().or(row.language.take());
        }
        ConversationEvent::AgentMessagePosted { message, .. } => {
            row.agent_messages += 1;
            // The requester's own word goes before an agent's (`PRO-9`).
            row.language = row.language.take().or_else(|| message.content.language());
        }
        ConversationEvent::AgentJoined { agent, assigned, .. } => {
            // A second agent only takes part; who has the conversation stays (`PRO-2`).
            if *assigned {
                row.agent = Some(agent.clone());
                row.state = name(Lifecycle::WorkInProgress);
            }
        }
        ConversationEvent::Unassigned { .. } | ConversationEvent::AgentRequested { .. } => {
            row.agent = None;
            row.state = name(Lifecycle::New);
        }
        ConversationEvent::Held { .. } => row.state = name(Lifecycle::OnHold),
        ConversationEvent::Resumed { .. } => row.state = name(Lifecycle::WorkInProgress),
        ConversationEvent::VirtualAgentEngaged => {
            row.agent = None;
            row.state = name(Lifecycle::WorkInProgress);
        }
        ConversationEvent::Closed { state, reason, .. } => {
            row.state = state.name().to_owned();
            row.reason = Some(reason.name().to_owned());
            row.closed_at = Some(at);
        }
        ConversationEvent::Reassociated { to, .. } => row.user = Some(to.clone()),
        ConversationEvent::ConsentChanged { opted_out } => {
            row.opted_out = *opted_out;
            if *opted_out && row.state == Lifecycle::WorkInProgress.name() {
                row.state = name(Lifecycle::OnHold);
            }
        }
    }
    Some(row)
}

fn opened(id: ConversationId, at: Timestamp, event: &ConversationEvent) -> Option<Row> {
    let ConversationEvent::Opened { channel, policy, user, .. } = event else { return None };
    Some(Row {
        id,
        state: name(Lifecycle::New),
        reason: None,
        mode: policy.mode(),
        channel: channel.clone(),
        agent: None,
        opened_at: at,
        last_at: at,
        closed_at: None,
        requester_messages: 0,
        agent_messages: 0,
        user: user.clone(),
        opted_out: false,
        language: None,
    })
}

fn name(state: Lifecycle) -> String {
    state.name().to_owned()
}

/// A row as stored; its id is in its key. Another shape needs another [`VERSION`](super::VERSION).
#[derive(Serialize, Deserialize)]
struct Stored {
    state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    mode: String,
    channel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    opened_ms: i64,
    last_ms: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_ms: Option<i64>,
    requester_messages: u64,
    agent_messages: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    opted_out: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

/// The value under which a row is stored.
pub(super) fn encode(row: &Row) -> Result<Vec<u8>, Error> {
    let stored = Stored {
        state: row.state.clone(),
        reason: row.reason.clone(),
        mode: row.mode.name().to_owned(),
        channel: row.channel.as_str().to_owned(),
        agent: row.agent.as_ref().map(|agent| agent.as_str().to_owned()),
        opened_ms: row.opened_at.0,
        last_ms: row.last_at.0,
        closed_ms: row.closed_at.map(|at| at.0),
        requester_messages: row.requester_messages,
        agent_messages: row.agent_messages,
        user: row.user.as_ref().map(|user| user.as_str().to_owned()),
        opted_out: row.opted_out,
        language: row.language.clone(),
    };
    serde_json::to_vec(&stored).map_err(|_| Error::Row)
}

/// The row that is stored in a value.
pub(super) fn decode(id: ConversationId, value: &[u8]) -> Result<Row, Error> {
    let stored: Stored = serde_json::from_slice(value).map_err(|_| Error::Row)?;
    let agent = stored.agent.map(|agent| AgentId::new(&agent)).transpose();
    Ok(Row {
        id,
        state: stored.state,
        reason: stored.reason,
        mode: Mode::parse(&stored.mode).ok_or(Error::Row)?,
        channel: ChannelId::new(&stored.channel).map_err(|_| Error::Row)?,
        agent: agent.map_err(|_| Error::Row)?,
        opened_at: Timestamp(stored.opened_ms),
        last_at: Timestamp(stored.last_ms),
        closed_at: stored.closed_ms.map(Timestamp),
        requester_messages: stored.requester_messages,
        agent_messages: stored.agent_messages,
        user: stored.user.map(|user| UserId::new(&user)).transpose().map_err(|_| Error::Row)?,
        opted_out: stored.opted_out,
        language: stored.language,
    })
}
