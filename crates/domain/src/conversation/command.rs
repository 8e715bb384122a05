//! What may be asked of a conversation.

use super::{Policy, TimerKind};
use crate::channel::Messages;
use crate::{Address, AgentId, ChannelId, ContactId, Message, Personal, Timestamp};

/// An intent. Ids and times that it needs are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begins the conversation (`LC-1`, `PRO-1`).
    Open(Box<Opening>),
    /// The requester writes (`LC-2`).
    Receive {
        /// What.
        message: Message,
        /// When the provider says it was written.
        sent_at: Option<Timestamp>,
        /// Whether `sent_at` counts for the timers: only for what was redelivered after an outage (section 6.4).
        redelivered: bool,
    },
    /// An agent who has joined writes.
    Post {
        /// Who.
        agent: AgentId,
        /// What.
        message: Message,
    },
    /// An agent writes first, or into a conversation that they have not joined (`PRO-2`).
    Contribute {
        /// Who.
        agent: AgentId,
        /// What.
        message: Message,
    },
    /// An agent takes part; the first one also gets the conversation assigned (`LC-5`, `LC-13`).
    Join {
        /// Who.
        agent: AgentId,
    },
    /// The agent who has it parks it (`LC-6`).
    Hold {
        /// Who.
        agent: AgentId,
    },
    /// The agent who has it takes it up again (`LC-6`).
    Resume {
        /// Who.
        agent: AgentId,
    },
    /// The requester ends it (`LC-10`).
    EndByRequester,
    /// The agent who has it ends it (`PRO-13`).
    EndByAgent {
        /// Who.
        agent: AgentId,
    },
    /// A supervisor ends it (`PRO-13`).
    EndBySupervisor {
        /// Who.
        supervisor: AgentId,
    },
    /// A timer is due. Refused in silence if the conversation no longer has it (`T2`).
    Fire {
        /// Which timer.
        kind: TimerKind,
        /// When it was due.
        due: Timestamp,
        /// The version of the event that armed it.
        armed_by: u64,
    },
    /// Its actor failed again and again (section 3.1, Faulted).
    Fault,
}

/// How a conversation begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// With whom.
    pub contact: ContactId,
    /// Where.
    pub channel: ChannelId,
    /// Their address.
    pub requester: Personal<Address>,
    /// The company's address.
    pub company: Address,
    /// What it will go by.
    pub policy: Policy,
    /// Who writes first.
    pub origin: Origin,
    /// The first message.
    pub message: Message,
}

/// Who opened a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The requester, with the provider's time of the message and whether it counts, as in [`Command::Receive`].
    Requester {
        /// When the provider says it was written.
        sent_at: Option<Timestamp>,
        /// Whether that time counts.
        redelivered: bool,
    },
    /// An agent (`PRO-1`).
    Agent(AgentId),
}

/// What a decision may look at beside state and command.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Engine time.
    pub now: Timestamp,
    /// The texts in force, changeable at run time (`IDLE-2`).
    pub messages: &'a Messages,
}
