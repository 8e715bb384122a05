//! The conversation: its state, and in the files below what may be asked of it, what happens to it, the rules between
//! the two, and its timers.

mod command;
mod decide;
mod event;
mod evolve;
mod outbound;
mod policy;
mod timers;

pub use command::{Command, Context, Opening, Origin};
pub use decide::decide;
pub use event::{ClosedBy, ClosedState, ConversationEvent, ResumedBy, StateReason, Unassignment};
pub use evolve::evolve;
pub use outbound::{
    CODE_MAX, DEAD_MAX_COUNT, DeadLetter, Outbound, OutboundCommand, PROVIDER_ID_MAX, RECEIPTS_MAX_COUNT,
    ReceiptStatus, Utterance,
};
pub use policy::Policy;
pub use timers::{Timer, TimerKind, timers};

use crate::routing::{OfferId, WorkItemId};
use crate::{Address, AgentId, ChannelId, Choice, ContactId, MessageId, Personal, Stamp, Timestamp, UserId};
use std::collections::BTreeSet;

/// The state of a conversation. Small: texts stay in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// How many events it has seen.
    pub version: u64,
    /// Who writes.
    pub contact: ContactId,
    /// On which channel.
    pub channel: ChannelId,
    /// Their address on it.
    pub requester: Personal<Address>,
    /// The company's address on it.
    pub company: Address,
    /// What it goes by for all its life, the mode included (`CH-5`).
    pub policy: Policy,
    /// When it was opened.
    pub opened: Stamp,
    /// When anything last happened.
    pub last_at: Timestamp,
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// How it ended, once it has.
    pub closing: Option<(ClosedState, StateReason)>,
    /// To whom it is assigned (`C3`).
    pub owner: Owner,
    /// The agents who are in it. Who loses it to somebody else is no longer (`LC-14`, `TR-4`).
    pub participants: BTreeSet<AgentId>,
    /// Whether an agent ever joined.
    pub engaged: bool,
    /// Whether the virtual agent was the first to answer, and gets it back when an agent is no longer wanted (`VA-6`).
    pub has_virtual_agent: bool,
    /// The version of the event with which it waits for an agent; `None` while one has it, once the wait was cancelled
    /// or given up, and once it is over.
    pub request: Option<u64>,
    /// The latest offer with which anybody got it. An earlier one is not taken any more, however late its answer comes.
    pub offer: Option<OfferId>,
    /// The latest wait message that was sent: of which work item, and which of its messages (`QT-1`).
    pub told: Option<(WorkItemId, u32)>,
    /// What the timers hang on.
    pub anchors: Anchors,
    /// Messages so far.
    pub messages: MessageCounts,
    /// Who is taken to be the requester; `None` is a guest (`ID-1`).
    pub user: Option<UserId>,
    /// Since when nothing may be sent to the requester, if that is so (`OPT-6`).
    pub opted_out: Option<Stamp>,
    /// How far what it says to its requester has come.
    pub outbound: Outbound,
    /// The version up to which the agent who has it has seen it: all of it when they got it (`MSG-18`), and again when
    /// they write.
    pub seen: u64,
    /// The requester's language, as the latest of their messages that says one says it (`VA-4`); until then the one in
    /// which an agent wrote first, if that says one (`PRO-9`).
    pub language: Option<String>,
    /// The latest choices that the requester was offered (`MSG-26`).
    pub question: Option<Question>,
}

/// Choices that the requester was offered. Bounded as those of one message are, labels included: a requester who can
/// only write answers with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The message that offered them.
    pub message: MessageId,
    /// The choices, in order.
    pub options: Vec<Choice>,
    /// Whether one was chosen. Only then mere words are no longer taken for an answer.
    pub answered: bool,
}

/// Section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lifecycle {
    /// Waiting for an agent.
    New,
    /// An agent has it.
    WorkInProgress,
    /// Assigned and parked.
    OnHold,
    /// Over, for ever (`C1`).
    Closed,
}

/// Who has the conversation (`C3`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody, or nobody any more.
    Queue,
    /// The virtual agent, which answers until an agent is asked for (section 11).
    VirtualAgent,
    /// An agent.
    Agent(AgentId),
}

/// The events on which timers hang; each is cleared by what disarms it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// The requester's last message.
    pub requester_last: Option<Stamp>,
    /// The first message of the requester that no person has answered (`ACT-5`).
    pub first_unanswered: Option<Stamp>,
    /// Whether the agent was prompted for it.
    pub prompted: bool,
    /// The latest agent's message that the requester has not answered (`ACT-5`).
    pub agent_last: Option<Stamp>,
    /// Whether any person has written on the agent's side.
    pub human_agent_spoke: bool,
    /// Since when an engaged chat is idle (`IDLE-4`).
    pub idle_since: Option<Stamp>,
    /// Whether the reminder of this idle stretch was sent (`IDLE-5`).
    pub reminded: bool,
    /// When the present owner got it: nobody loses it for a silence that was not theirs (`LC-11`).
    pub assigned: Option<Stamp>,
    /// When a person last sent it to a queue (`TR-1`): the requester's silence before that no longer counts in a chat.
    pub transferred: Option<Stamp>,
    /// Since when the requester, a guest, is gone (`ID-12`).
    pub disconnected: Option<Stamp>,
}

/// How many messages were accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageCounts {
    /// Of the requester.
    pub requester: u64,
    /// Of agents.
    pub agent: u64,
}

impl Lifecycle {
    /// The state's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::WorkInProgress => "work_in_progress",
            Self::OnHold => "on_hold",
            Self::Closed => "closed",
        }
    }
}

impl Owner {
    /// The agent who has it, if one has.
    pub const fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Queue | Self::VirtualAgent => None,
            Self::Agent(agent) => Some(agent),
        }
    }
}

impl Conversation {
    /// Whether an agent ever joined: from then on it ends differently (section 3.2).
    pub fn is_engaged(&self) -> bool {
        self.engaged
    }

    /// Whether it is assigned to this agent.
    pub fn is_owned_by(&self, agent: &AgentId) -> bool {
        self.owner.agent() == Some(agent)
    }

    /// When somebody last said something, came, or sent it on; of one in which nobody did, when it was opened.
    pub fn last_word_at(&self) -> Timestamp {
        let Anchors { requester_last, agent_last, idle_since, transferred, .. } = self.anchors;
        let words = [requester_last, agent_last, idle_since, transferred];
        words.into_iter().flatten().map(|stamp| stamp.at).fold(self.opened.at, Timestamp::max)
    }

    /// Whether it is over.
    pub fn is_closed(&self) -> bool {
        self.lifecycle == Lifecycle::Closed
    }
}

#[cfg(test)]
mod tests;
