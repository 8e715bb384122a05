//! What happens to a conversation.

use super::{Policy, TimerKind};
use crate::{Address, AgentId, ChannelId, ContactId, Message, Personal, Timestamp};

/// A fact about a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConversationEvent {
    /// It began.
    Opened {
        /// With whom.
        contact: ContactId,
        /// On which channel.
        channel: ChannelId,
        /// Their address on it.
        requester: Personal<Address>,
        /// The company's address on it.
        company: Address,
        /// What it goes by, the mode included (`CH-5`).
        policy: Policy,
        /// The agent who opened it, if it was one (`PRO-1`).
        by_agent: Option<AgentId>,
    },
    /// The requester wrote.
    RequesterMessagePosted {
        /// What.
        message: Message,
        /// When the provider says it was written.
        sent_at: Option<Timestamp>,
        /// The time from which it counts for the timers: of receipt, or `sent_at` after an outage (section 6.4).
        counts_from: Timestamp,
    },
    /// An agent took part.
    AgentJoined {
        /// Who.
        agent: AgentId,
        /// Whether the conversation was assigned to them with it.
        assigned: bool,
    },
    /// An agent wrote.
    AgentMessagePosted {
        /// Who.
        agent: AgentId,
        /// What.
        message: Message,
    },
    /// It was parked (`LC-6`).
    Held {
        /// By whom.
        agent: AgentId,
    },
    /// It was taken up again (`LC-6`).
    Resumed {
        /// By whom or what.
        by: ResumedBy,
    },
    /// The requester was asked whether they are still there (`IDLE-2`).
    IdleReminderSent {
        /// When it was due.
        due: Timestamp,
        /// What the requester is told.
        requester_text: String,
        /// What the agent is told.
        agent_text: String,
    },
    /// The agent was reminded of a message that waits (`ACT-2`).
    AgentPrompted {
        /// When it was due.
        due: Timestamp,
        /// Who.
        agent: AgentId,
        /// What they are told.
        text: String,
    },
    /// It is over.
    Closed {
        /// How.
        state: ClosedState,
        /// Why.
        reason: StateReason,
        /// By whom or what.
        by: ClosedBy,
        /// What the requester is told, if anything: a close by silence in messaging says nothing (`ACT-15`).
        requester_text: Option<String>,
    },
}

/// What took a conversation off hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResumedBy {
    /// The agent who has it.
    Agent(AgentId),
    /// The requester, by writing.
    RequesterMessage,
}

/// The terminal states of section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClosedState {
    /// Ended deliberately, or an engaged conversation fell silent.
    Complete,
    /// Never engaged, or silent for days.
    Abandoned,
    /// Failed while it was processed.
    Faulted,
}

/// Why it is closed (section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateReason {
    /// The requester ended it before an agent came.
    LeftBeforeEngagement,
    /// Nobody ever engaged.
    NoActivity,
    /// The requester ended it.
    UserEnded,
    /// An engaged conversation fell silent.
    NoUserResponse,
    /// The agent, or a supervisor, ended it.
    AgentEnded,
    /// No answer to the agent's latest message for the time of `ACT-3`, two days by default.
    RequesterSilent,
    /// Its actor failed.
    Error,
}

/// Who or what closed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClosedBy {
    /// The requester.
    Requester,
    /// The agent who had it.
    Agent(AgentId),
    /// A supervisor.
    Supervisor(AgentId),
    /// A timer.
    Timer {
        /// Which.
        kind: TimerKind,
        /// When it was due.
        due: Timestamp,
    },
    /// The engine, because its actor failed.
    Engine,
}

impl ClosedState {
    /// The state's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "closed_complete",
            Self::Abandoned => "closed_abandoned",
            Self::Faulted => "faulted",
        }
    }
}

impl StateReason {
    /// The reason's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeftBeforeEngagement => "left_before_engagement",
            Self::NoActivity => "no_activity",
            Self::UserEnded => "user_ended",
            Self::NoUserResponse => "no_user_response",
            Self::AgentEnded => "agent_ended",
            Self::RequesterSilent => "requester_silent",
            Self::Error => "error",
        }
    }
}
