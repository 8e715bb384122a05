//! What happens to a conversation.

use super::{Policy, ReceiptStatus, TimerKind, Utterance};
use crate::contact::Grounds;
use crate::routing::{OfferId, QueueId, WorkItemId};
use crate::{Address, AgentId, ChannelId, ContactId, Message, Personal, Timestamp, UserId};

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
        /// Who is taken to be the requester; `None` is a guest (`ID-1`).
        user: Option<UserId>,
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
        /// Whether the conversation was assigned to them with it. Who had it until then is no longer in it (`TR-4`).
        assigned: bool,
        /// The offer that they accepted, if they got it by one (`LC-5`).
        offer: Option<OfferId>,
        /// What the requester is told when the agent accepts, if anything (`ACK-2`).
        greeting: Option<String>,
    },
    /// Nobody has it any more, and it waits for an agent again (`RE-5`, `TR-1`).
    Unassigned {
        /// Who had it.
        agent: AgentId,
        /// What took it from them.
        why: Unassignment,
    },
    /// It waits for an agent: the virtual agent handed it over (`VA-1`), or the wait had been cancelled or given up
    /// (`VA-6`, `Q-13`).
    AgentRequested {
        /// Whether the virtual agent had it until now, so that the requester is told.
        from_virtual_agent: bool,
    },
    /// The requester no longer wants an agent (`VA-6`).
    AgentRequestCancelled,
    /// The virtual agent answers from now on: first (`VA-12`), or again after a cancelled request (`VA-6`).
    VirtualAgentEngaged,
    /// The virtual agent wrote. It answers for nobody: no timer hangs on it (`ACT-6`).
    VirtualAgentMessagePosted {
        /// What.
        message: Message,
    },
    /// The wait was given up; the conversation stays open without an agent until the requester writes (`Q-13`).
    WaitEnded {
        /// What had waited.
        item: WorkItemId,
        /// What the requester is told, if anything.
        requester_text: Option<String>,
    },
    /// A waiting requester was told something (`QT-1`).
    WaitMessageSent {
        /// What waits.
        item: WorkItemId,
        /// Which of its messages it was, from 1.
        number: u32,
        /// What the requester is told.
        text: String,
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
    /// Somebody else than assumed is the requester (`ID-9`). What happened before stays as it was told.
    Reassociated {
        /// Who they were taken for.
        from: Option<UserId>,
        /// Who they are.
        to: UserId,
        /// On whose word.
        grounds: Grounds,
    },
    /// Nothing may be sent to the requester any more, or again (`OPT-6`).
    ConsentChanged {
        /// Which of the two.
        opted_out: bool,
    },
    /// Something that a fact says to the requester was taken outside (`CH-10`).
    Dispatched {
        /// The version of the fact.
        of: u64,
        /// Which of the things that it says, from 0.
        part: u16,
        /// How the provider calls it, if it does.
        provider_id: Option<Personal<String>>,
        /// How often it was tried.
        attempts: u32,
    },
    /// It was given up; whatever comes after it goes on (`CH-10`).
    DispatchFailed {
        /// The version of the fact.
        of: u64,
        /// Which of the things that it says, from 0.
        part: u16,
        /// Why, as a short stable code.
        code: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// What was given up is tried again.
    Redriven {
        /// The version of the fact.
        of: u64,
        /// Which of the things that it says, from 0.
        part: u16,
        /// Who wanted it.
        by: String,
    },
    /// What was given up is given up for ever.
    Discarded {
        /// The version of the fact.
        of: u64,
        /// Which of the things that it says, from 0.
        part: u16,
        /// Who wanted it.
        by: String,
    },
    /// A receiver said what became of it (`MSG-19`).
    ReceiptTaken {
        /// The version of the fact.
        of: u64,
        /// Which of the things that it says, from 0.
        part: u16,
        /// What became of it.
        status: ReceiptStatus,
        /// Why, as a short stable code, if there is one.
        code: Option<String>,
    },
    /// The agent who has it looked at it (`MSG-15`).
    SeenByAgent {
        /// Who.
        agent: AgentId,
        /// The version of the last event that they saw.
        up_to: u64,
    },
    /// The requester, a guest, has closed or lost their last connection (`ID-12`).
    RequesterDisconnected,
    /// They are back.
    RequesterReconnected,
    /// They have a connection, and were not known to be gone (`ID-12`).
    RequesterConnected,
    /// The requester is told that their first message was received, in the words in force just then. Whether anything is
    /// told of an opening is settled with this fact: words that are configured later say nothing of openings of before.
    Acknowledged {
        /// What they are told.
        text: String,
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

/// What took a conversation from its agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unassignment {
    /// The requester wrote while the agent was unavailable (`RE-2`, `RE-5`).
    Reassigned,
    /// The agent left a message unanswered for too long (`LC-11`, `ACT-11`).
    ReassignedByAction {
        /// When it was due.
        due: Timestamp,
    },
    /// It was sent to a queue (`TR-1`).
    ToQueue {
        /// Which one.
        queue: QueueId,
        /// By whom: the agent who had it, or a supervisor.
        by: AgentId,
    },
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
    /// No agent came within the longest wait (`Q-12`).
    MaxWaitElapsed,
    /// It was refused instead of being made to wait (`Q-16`, `BH-7`).
    NotRouted,
    /// The virtual agent was done, and nobody had asked for an agent.
    AutoClosed,
    /// Another conversation took its place (`PRO-3`, `PRO-4`).
    Superseded,
    /// A guest was gone for too long (`ID-12`).
    GuestDisconnected,
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
    /// The router, because no agent will come.
    Router,
    /// The virtual agent, because all is said.
    VirtualAgent,
}

impl ConversationEvent {
    /// What something that goes out is called, if the fact says what became of it. Such facts follow the end too (`C1`).
    pub const fn settles(&self) -> Option<Utterance> {
        match self {
            Self::Dispatched { of, part, .. }
            | Self::DispatchFailed { of, part, .. }
            | Self::Redriven { of, part, .. }
            | Self::Discarded { of, part, .. }
            | Self::ReceiptTaken { of, part, .. } => Some(Utterance { of: *of, part: *part }),
            Self::Opened { .. }
            | Self::RequesterMessagePosted { .. }
            | Self::AgentJoined { .. }
            | Self::Unassigned { .. }
            | Self::AgentRequested { .. }
            | Self::VirtualAgentEngaged
            | Self::VirtualAgentMessagePosted { .. }
            | Self::Reassociated { .. }
            | Self::ConsentChanged { .. }
            | Self::SeenByAgent { .. }
            | Self::RequesterDisconnected
            | Self::RequesterReconnected
            | Self::RequesterConnected
            | Self::Acknowledged { .. }
            | Self::AgentRequestCancelled
            | Self::WaitEnded { .. }
            | Self::WaitMessageSent { .. }
            | Self::AgentMessagePosted { .. }
            | Self::Held { .. }
            | Self::Resumed { .. }
            | Self::IdleReminderSent { .. }
            | Self::AgentPrompted { .. }
            | Self::Closed { .. } => None,
        }
    }
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
            Self::MaxWaitElapsed => "max_wait_elapsed",
            Self::NotRouted => "not_routed",
            Self::AutoClosed => "auto_closed",
            Self::Superseded => "superseded",
            Self::GuestDisconnected => "guest_disconnected",
        }
    }
}
