//! Every way in which a command is refused by the rules.

use crate::conversation::Lifecycle;
use crate::{AttachmentRefusal, ConversationId};
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
    /// The conversation no longer waits for this offer: somebody has it, or nobody wants an agent any more (`LC-5`).
    OfferStale,
    /// Another agent has the conversation; only one that waits can be given away (`SUP-6`).
    AlreadyAssigned,
    /// The virtual agent has the conversation; whoever writes first does so in a new one (`PRO-3`). By this the engine
    /// notices it, and opens that one; nobody else is told.
    WithVirtualAgent,
    /// The agent has answered meanwhile, so the conversation stays with them (`RE-5`). Only the engine takes conversations
    /// from agents, so nobody else is told.
    Answered,
    /// A chat is opened by the requester only (`PRO-1` is for messaging).
    ChatNotAgentInitiated,
    /// The pair has an active conversation already (`C2`).
    PairBusy(ConversationId),
    /// The pair's active conversation is another one.
    NotActive,
    /// The channel has no live agents (`CH-7`).
    LiveAgentsDisabled,
    /// The configuration breaks its rules; see the list.
    BadConfiguration(Vec<crate::configuration::Problem>),
    /// There is no entry of the configuration of that name.
    EntryUnknown,
    /// The requester does not want anything from this address of the company; only they can change that (`OPT-6`).
    OptedOut,
    /// The requester has not asked for notifications from this address of the company (`OPT-1`).
    NotSubscribed,
    /// The number belongs to another user; whoever wants it all the same has to say so (`PRO-4`).
    NumberHeld,
    /// Agents do not write first on this channel (`PRO-6`).
    ProactiveDisabled,
    /// The channel wants a user and no typed number (`PRO-6`).
    ManualRecipient,
    /// The channel wants a number that wrote before (`PRO-6`).
    RecipientUnknown,
    /// There is no such user.
    UserUnknown,
    /// The user has no number, or several, so that it has to be said which one.
    RecipientAmbiguous,
    /// The conversation says nothing that goes out under this key (`CH-10`).
    DeliveryUnknown,
    /// Something that was said earlier has to be finished first (`CH-10`).
    DeliveryNotNext,
    /// It was not given up, so it can neither be tried again nor thrown away.
    DeliveryNotDead,
    /// The requester has no such window open (`MSG-9`).
    WindowUnknown,
    /// The conversation's latest choices have no such choice, or are of another message (`MSG-26`).
    ChoiceUnknown,
    /// A file does not come with a message on this channel (`PRO-8`).
    AttachmentRefused(AttachmentRefusal),
    /// The conversation is in messaging mode, so that nothing is started from it (`PRO-5`).
    NotAChat,
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
            Self::OfferStale => "offer_stale",
            Self::AlreadyAssigned => "already_assigned",
            Self::WithVirtualAgent => "with_virtual_agent",
            Self::Answered => "answered",
            Self::LiveAgentsDisabled => "live_agents_disabled",
            Self::ChatNotAgentInitiated => "chat_not_agent_initiated",
            Self::PairBusy(_) => "pair_busy",
            Self::NotActive => "not_active",
            Self::BadConfiguration(_) => "bad_configuration",
            Self::EntryUnknown => "entry_unknown",
            Self::OptedOut => "opted_out",
            Self::NotSubscribed => "not_subscribed",
            Self::NumberHeld => "number_held",
            Self::ProactiveDisabled => "proactive_disabled",
            Self::ManualRecipient => "manual_recipient",
            Self::RecipientUnknown => "recipient_unknown",
            Self::UserUnknown => "user_unknown",
            Self::RecipientAmbiguous => "recipient_ambiguous",
            Self::DeliveryUnknown => "delivery_unknown",
            Self::DeliveryNotNext => "delivery_not_next",
            Self::DeliveryNotDead => "delivery_not_dead",
            Self::WindowUnknown => "window_unknown",
            Self::ChoiceUnknown => "choice_unknown",
            Self::AttachmentRefused(AttachmentRefusal::Type) => "attachment_type_refused",
            Self::AttachmentRefused(AttachmentRefusal::TooLarge { .. }) => "attachment_too_large",
            Self::NotAChat => "not_a_chat",
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
            Self::OfferStale => f.write_str("the conversation no longer waits for this offer"),
            Self::AlreadyAssigned => f.write_str("the conversation is assigned to another agent already"),
            Self::WithVirtualAgent => {
                f.write_str("the virtual agent has the conversation; join it, or end it first")
            }
            Self::Answered => f.write_str("the agent has answered meanwhile, and keeps the conversation"),
            Self::LiveAgentsDisabled => {
                f.write_str("there are no live agents on this channel; ask for one on another channel")
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
            Self::OptedOut => f.write_str(
                "the requester has opted out of messages from this address; only they can opt in again, by START",
            ),
            Self::NotSubscribed => f.write_str(
                "the requester has not asked for notifications from this address; only they can, by START",
            ),
            Self::NumberHeld => f.write_str(
                "another user holds this number; to close their conversation and take the number over, send the \
                 same again with \"take_over\": true",
            ),
            Self::ProactiveDisabled => {
                f.write_str("agents do not write first on this channel; an admin can set proactive_active")
            }
            Self::ManualRecipient => f.write_str("this channel takes no typed number; name the user"),
            Self::RecipientUnknown => {
                f.write_str("nobody has written from this number before, which this channel requires")
            }
            Self::UserUnknown => f.write_str("there is no such user"),
            Self::RecipientAmbiguous => {
                f.write_str("the user has no number or more than one; say in `to` which one")
            }
            Self::DeliveryUnknown => f.write_str("there is no delivery of that key"),
            Self::DeliveryNotNext => f.write_str(
                "something that was said earlier in the conversation is not finished; settle that first",
            ),
            Self::DeliveryNotDead => {
                f.write_str("this delivery was not given up; only a dead letter can be redriven or discarded")
            }
            Self::WindowUnknown => f.write_str("this window is not open, or not any more; open another one"),
            Self::EntryUnknown => f.write_str("the configuration has no entry of that name"),
            Self::ChoiceUnknown => f.write_str(
                "the message offers no such choice, or other choices were offered since; answer the latest ones",
            ),
            Self::AttachmentRefused(refusal) => refusal.fmt(f),
            Self::NotAChat => {
                f.write_str("the conversation that was named is no chat; write into it, or name none")
            }
        }
    }
}
