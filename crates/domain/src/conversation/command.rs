//! What may be asked of a conversation.

use super::{OutboundCommand, Policy, TimerKind};
use crate::channel::{ChannelKind, Messages, Responder};
use crate::contact::Grounds;
use crate::notice::Texts;
use crate::routing::{OfferId, QueueId, WorkItemId};
use crate::{Address, AgentId, AttachmentRules, ChannelId, ContactId, Message, Personal, Timestamp, UserId};

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
    /// An agent takes part; if nobody has the conversation, they also get it assigned (`LC-5`, `LC-13`).
    Join {
        /// Who.
        agent: AgentId,
    },
    /// The virtual agent writes; refused once it no longer has the conversation (`C3`).
    PostVirtual {
        /// What.
        message: Message,
    },
    /// The virtual agent is done (section 3.2, Auto Closed).
    EndByVirtualAgent,
    /// The requester wants an agent, or the virtual agent hands over (`VA-1`, `VA-6`).
    RequestAgent,
    /// The requester no longer wants an agent (`VA-6`).
    CancelRequest,
    /// An agent accepted an offer (`LC-5`).
    AssignOffered {
        /// Who.
        agent: AgentId,
        /// Which offer.
        offer: OfferId,
        /// The agent who has it and wants to hand it over, where the offer is such a transfer (`TR-4`).
        transferred_from: Option<AgentId>,
        /// What the requester is told, if anything (`ACK-2`).
        greeting: Option<String>,
    },
    /// A supervisor gives a waiting conversation to an agent (`LC-13`, `SUP-6`).
    AssignManually {
        /// To whom.
        agent: AgentId,
        /// Who does so.
        supervisor: AgentId,
    },
    /// Takes it from an agent who is not there to answer (`RE-5`).
    Unassign {
        /// Who has it.
        agent: AgentId,
    },
    /// Takes it from an agent who is not there, because its requester is back and has something of theirs to read
    /// (`RE-10`).
    Return {
        /// Who has it.
        agent: AgentId,
    },
    /// Sends it to a queue (`TR-1`).
    TransferToQueue {
        /// Who does so.
        by: AgentId,
        /// Whether as a supervisor, who may do so with any conversation that an agent has.
        supervisor: bool,
        /// Where to.
        queue: QueueId,
    },
    /// No agent came within the longest wait (`Q-12`, `Q-13`).
    EndWait {
        /// What waited.
        item: WorkItemId,
        /// What the requester is told, if anything.
        text: Option<String>,
    },
    /// It is not made to wait at all (`Q-16`, `BH-7`).
    Refuse {
        /// What would have waited.
        item: WorkItemId,
        /// What the requester is told, if anything.
        text: Option<String>,
    },
    /// Tells a waiting requester something, each of its numbers once (`QT-1`).
    TellWaiting {
        /// What waits.
        item: WorkItemId,
        /// Which of its messages it is, from 1.
        number: u32,
        /// What the requester is told.
        text: String,
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
    /// The requester opted out, or in again (`OPT-6`).
    ChangeConsent {
        /// Which of the two.
        opted_out: bool,
    },
    /// Somebody else than assumed is the requester (`ID-9`).
    Reassociate {
        /// Who.
        user: UserId,
        /// On whose word.
        grounds: Grounds,
    },
    /// An agent writes first to a requester who is with the virtual agent: that conversation ends, and another one takes
    /// its place (`PRO-3`).
    TakeFromVirtual {
        /// Who writes.
        agent: AgentId,
    },
    /// The number has another holder, who gets a conversation of their own (`PRO-4`).
    Supersede {
        /// The agent who said so.
        agent: AgentId,
    },
    /// Something became of what it says to its requester (`CH-10`).
    Outbound(OutboundCommand),
    /// The agent who has it looked at it (`MSG-15`).
    MarkSeen {
        /// Who.
        agent: AgentId,
        /// The version of the last event that they saw; one beyond the newest is taken for the newest.
        up_to: u64,
    },
    /// The requester, a guest, is gone (`ID-12`).
    Disconnect,
    /// They are there, or are back.
    Reconnect,
    /// The requester begins elsewhere, and this one is not shown to them any more (`OMN-4`).
    LeaveBehind,
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
    /// Who answers a requester first (`VA-12`).
    pub responder: Responder,
    /// The first message.
    pub message: Message,
    /// Who is taken to be the requester (`ID-1`).
    pub user: Option<UserId>,
    /// Whether nothing may be sent to the requester (`OPT-6`).
    pub opted_out: bool,
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
    /// The texts of the channel in force, changeable at run time (`IDLE-2`).
    pub messages: &'a Messages,
    /// The words of system messages in force, which go before those of the channel.
    pub texts: &'a Texts,
    /// What the channel is; `None` if it is gone.
    pub kind: Option<ChannelKind>,
    /// Which files may come with a message (`PRO-8`).
    pub attachments: &'a AttachmentRules,
}
