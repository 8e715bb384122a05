//! Every way in which a command is refused by the rules.

use crate::ConversationId;
use crate::conversation::Lifecycle;
use std::fmt;

/// Why a command was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The conversation is over; only a new one can follow (`LC-4`, `LC-14`).
    ConversationClosed,
    /// There is no such conversation.
    ConversationUnknown,
    /// The agent has not joined (`LC-14`).
    NotParticipant,
    /// Only the agent to whom the conversation is assigned may do this (`PRO-13`).
    NotOwner,
    /// What was asked does not fit the state that the conversation is in (`LC-6`).
    WrongState(Lifecycle),
    /// A chat is opened by the requester only (`PRO-1` is for messaging).
    ChatNotAgentInitiated,
    /// The pair has an active conversation already (`C2`).
    PairBusy(ConversationId),
    /// The pair's active conversation is another one.
    NotActive,
    /// The configuration breaks its rules; see the list.
    BadConfiguration(Vec<crate::channel::Problem>),
}

impl Rejection {
    /// A stable name for clients.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ConversationClosed => "conversation_closed",
            Self::ConversationUnknown => "conversation_unknown",
            Self::NotParticipant => "not_participant",
            Self::NotOwner => "not_owner",
            Self::WrongState(_) => "wrong_state",
            Self::ChatNotAgentInitiated => "chat_not_agent_initiated",
            Self::PairBusy(_) => "pair_busy",
            Self::NotActive => "not_active",
            Self::BadConfiguration(_) => "bad_configuration",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConversationClosed => {
                f.write_str("the conversation is closed; a new message opens a new one")
            }
            Self::ConversationUnknown => f.write_str("there is no such conversation"),
            Self::NotParticipant => f.write_str("the agent has not joined this conversation; join it first"),
            Self::NotOwner => f.write_str("the conversation is not assigned to this agent"),
            Self::WrongState(state) => {
                write!(f, "this cannot be done while the conversation is {}", state.name())
            }
            Self::ChatNotAgentInitiated => {
                f.write_str("a chat is opened by the requester; use a messaging channel to write first")
            }
            Self::PairBusy(id) => write!(f, "the pair has an active conversation, {id}"),
            Self::NotActive => f.write_str("the pair's active conversation is another one"),
            Self::BadConfiguration(problems) => {
                f.write_str("the configuration is not legal:")?;
                problems.iter().try_for_each(|problem| write!(f, " {problem};"))
            }
        }
    }
}
