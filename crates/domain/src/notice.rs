//! What the system says by itself, and who gets to see it: the matrix of section 5 as data.
//!
//! Suppression is a matter of showing only: the fact is always in the log, and whoever shows it asks here.

mod order;
mod said;
mod texts;

pub use order::in_written_order;
pub use said::{Place, Said, concerns_requester, to_agent, to_requester};
pub use texts::{Arguments, LANGUAGES_MAX_COUNT, TEXT_MAX, TextError, Texts, language_tag, render};

use crate::channel::{ChannelKind, Mode};

/// A system message by its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKey {
    /// A named person closed the conversation.
    ClosedByActor,
    /// Nobody in particular closed it.
    ClosedBySystem,
    /// A named person joined.
    ParticipantEntered,
    /// The queue's greeting when an agent accepts (`ACK-2`).
    InitialAgentResponse,
    /// Is the requester still there (`IDLE-2`)?
    IdleReminder,
    /// The same to the agent.
    IdleReminderAgent,
    /// The requester seems to have left (`IDLE-3`).
    IdleClosed,
    /// The requester is being connected to somebody.
    AgentTransfer,
    /// No agent can come.
    NoAgentAvailable,
    /// Nobody came within the longest wait (`Q-12`).
    MaxWaitElapsed,
    /// A timed message of the queue (`QT-1`).
    QueueWaitTrigger,
    /// A messaging action asks the requester.
    PromptRequester,
    /// A messaging action reminds the agent (`ACT-2`).
    PromptAgent,
    /// Somebody left.
    ParticipantLeft,
    /// A supervisor joined (`SUP-3`).
    SupervisorJoined,
    /// How long the wait may be.
    EstimatedWait,
    /// The first message was received.
    ConversationAck,
    /// The opt-out is done: the provider says so, never we (`OPT-4`).
    OptOutConfirmation,
}

/// Who would see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// The requester.
    Requester,
    /// The agents of the conversation.
    Agent,
}

/// One line of the matrix: who sees it, in which mode, and whether text messages carry it too.
struct Row {
    key: NoticeKey,
    /// Requester and agent in messaging, requester and agent in chat.
    shown: [bool; 4],
    /// Whether the requester's reduced set on SMS has it.
    sms: bool,
}

/// Displayed and suppressed, for lines that stay short.
const D: bool = true;
const S: bool = false;

const fn row(key: NoticeKey, shown: [bool; 4], sms: bool) -> Row {
    Row { key, shown, sms }
}

/// Section 5; the columns are requester and agent in messaging, then requester and agent in chat.
const MATRIX: [Row; 18] = [
    row(NoticeKey::ClosedByActor, [D, D, D, D], S),
    row(NoticeKey::ClosedBySystem, [S, S, D, D], S),
    row(NoticeKey::ParticipantEntered, [S, S, D, D], S),
    row(NoticeKey::InitialAgentResponse, [D, S, D, S], D),
    row(NoticeKey::IdleReminder, [S, S, D, S], S),
    row(NoticeKey::IdleReminderAgent, [S, S, S, D], S),
    row(NoticeKey::IdleClosed, [S, S, D, S], S),
    row(NoticeKey::AgentTransfer, [D, S, D, S], D),
    row(NoticeKey::NoAgentAvailable, [D, S, D, S], D),
    row(NoticeKey::MaxWaitElapsed, [D, S, D, S], D),
    row(NoticeKey::QueueWaitTrigger, [D, S, D, S], S),
    row(NoticeKey::PromptRequester, [D, S, S, S], D),
    row(NoticeKey::PromptAgent, [S, D, S, S], S),
    row(NoticeKey::ParticipantLeft, [S, D, D, D], S),
    row(NoticeKey::SupervisorJoined, [S, D, D, D], S),
    row(NoticeKey::EstimatedWait, [D, S, D, S], S),
    row(NoticeKey::ConversationAck, [D, S, D, S], D),
    row(NoticeKey::OptOutConfirmation, [S, S, S, S], S),
];

/// Whether a system message is shown, and not only recorded.
pub fn is_shown(key: NoticeKey, audience: Audience, mode: Mode, kind: Option<ChannelKind>) -> bool {
    let Some(row) = MATRIX.iter().find(|row| row.key == key) else { return false };
    let column = match (mode, audience) {
        (Mode::Messaging, Audience::Requester) => 0,
        (Mode::Messaging, Audience::Agent) => 1,
        (Mode::Chat, Audience::Requester) => 2,
        (Mode::Chat, Audience::Agent) => 3,
    };
    let reduced = audience == Audience::Requester && kind.is_some_and(ChannelKind::has_only_text);
    row.shown[column] && (!reduced || row.sms)
}

impl NoticeKey {
    /// Every key there is.
    pub const ALL: [Self; 18] = {
        let mut all = [Self::ClosedByActor; 18];
        let mut at = 0;
        while at < all.len() {
            all[at] = MATRIX[at].key;
            at += 1;
        }
        all
    };

    /// The key's name in configuration and for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClosedByActor => "closed_by_actor",
            Self::ClosedBySystem => "closed_by_system",
            Self::ParticipantEntered => "participant_entered",
            Self::InitialAgentResponse => "initial_agent_response",
            Self::IdleReminder => "idle_reminder",
            Self::IdleReminderAgent => "idle_reminder_agent",
            Self::IdleClosed => "idle_closed",
            Self::AgentTransfer => "agent_transfer",
            Self::NoAgentAvailable => "no_agent_available",
            Self::MaxWaitElapsed => "max_wait_elapsed",
            Self::QueueWaitTrigger => "queue_wait_trigger",
            Self::PromptRequester => "prompt_requester",
            Self::PromptAgent => "prompt_agent",
            Self::ParticipantLeft => "participant_left",
            Self::SupervisorJoined => "supervisor_joined",
            Self::EstimatedWait => "estimated_wait",
            Self::ConversationAck => "conversation_ack",
            Self::OptOutConfirmation => "opt_out_confirmation",
        }
    }

    /// The key of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}

#[cfg(test)]
mod tests;
