//! What may be asked of the router, what it is told of conversations, and how it refuses.

use super::ErrandKind;
use super::item::{Subject, Variables};
use crate::routing::{OfferId, PresenceId, QueueId, RejectReasonId, Routing, ServiceChannelId, WorkItemId};
use crate::{AgentId, ConversationId, Timestamp};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// An intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Goes by another configuration.
    Reconfigure {
        /// Its version.
        version: u64,
        /// All of it.
        routing: Arc<Routing>,
    },
    /// Takes in what the conversations of a partition did, in order. What was taken in before is skipped.
    TakeIn {
        /// The partition.
        partition: u16,
        /// The position up to which `facts` say everything.
        position: u64,
        /// What matters to routing.
        facts: Vec<Fact>,
    },
    /// Sets an agent's presence (section 9).
    SetPresence {
        /// Whose.
        agent: AgentId,
        /// The state.
        state: PresenceId,
        /// The channels that the agent switches off; `None` leaves them (`PR-2`).
        switched_off: Option<BTreeSet<ServiceChannelId>>,
        /// Whether the agent's workspace is there; one that is gone leaves the agent assignable for a while (`PR-3`).
        connected: bool,
    },
    /// The agent takes what they were offered (`WI-7`).
    Accept {
        /// What.
        item: WorkItemId,
        /// Who.
        agent: AgentId,
    },
    /// The agent does not (`WI-4`).
    Reject {
        /// What.
        item: WorkItemId,
        /// Who.
        agent: AgentId,
        /// Why.
        reason: Option<RejectReasonId>,
    },
    /// An agent offers what they have to another one (`TR-2`).
    Transfer {
        /// What.
        conversation: ConversationId,
        /// Who has it.
        from: AgentId,
        /// Who shall have it.
        to: AgentId,
    },
    /// An agent takes such an offer back (`TR-5`).
    CancelTransfer {
        /// Of which conversation.
        conversation: ConversationId,
        /// Who has it.
        from: AgentId,
    },
    /// Looks at what is due.
    Tick,
    /// An errand was run.
    Ran {
        /// Of which item.
        item: WorkItemId,
        /// Which.
        kind: ErrandKind,
        /// Whether the conversation took it.
        taken: bool,
    },
}

/// What a conversation did, as far as routing is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Which conversation.
    pub conversation: ConversationId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// See [`Fact`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Its requester wants an agent.
    Asked {
        /// All that routing needs.
        subject: Box<Subject>,
        /// What is known.
        variables: Variables,
    },
    /// Its requester does not want one any more (`VA-6`).
    Cancelled,
    /// Its requester wrote.
    Wrote {
        /// What came with the message.
        variables: Variables,
    },
    /// It was assigned.
    Assigned {
        /// To whom.
        agent: AgentId,
        /// By which offer; `None` by hand.
        offer: Option<OfferId>,
        /// All that routing needs if it has not met the conversation.
        subject: Box<Subject>,
    },
    /// Its agent was taken off it, and its requester waits again.
    Unassigned {
        /// Who had it.
        agent: AgentId,
        /// How.
        why: UnassignedWhy,
        /// All that routing needs.
        subject: Box<Subject>,
        /// What is known.
        variables: Variables,
    },
    /// It was parked, or taken up again.
    HoldChanged {
        /// Whether it is on hold now.
        on_hold: bool,
    },
    /// Nobody came, and its requester was told so.
    WaitEnded,
    /// It is over.
    Closed,
}

/// How an agent was taken off a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnassignedWhy {
    /// The agent was unavailable (`RE-5`).
    Reassigned,
    /// The agent did not answer (`ACT-11`).
    ByAction,
    /// It was handed to a queue (`TR-1`).
    ToQueue(QueueId),
}

/// Why a command was refused. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There never was such an item.
    ItemUnknown,
    /// The item is over.
    ItemOver,
    /// It is not offered to this agent (any more).
    NotOffered,
    /// The rule does not let offers be rejected (`AR-8`, `TR-3`).
    RejectNotAllowed,
    /// There is no such reason, or agents cannot choose it here.
    ReasonUnknown,
    /// There is no such agent.
    AgentUnknown,
    /// There is no such presence state, or this agent cannot choose it.
    PresenceUnknown,
    /// A channel to be switched is not configured, or the state does not let agents switch.
    SwitchNotAllowed,
    /// The conversation is not this agent's.
    NotOwner,
    /// The agent is not available on the channel (`TR-2`, `TR-7`).
    AgentUnavailable,
    /// The agent has no capacity left (`R1`).
    AgentFull,
    /// A transfer of this conversation is pending already.
    TransferPending,
    /// No transfer of this conversation is pending.
    NoTransfer,
    /// There is no such queue, or it takes nothing new, or it is of another service channel (`TR-2`, `OMN-8`).
    QueueUnknown,
    /// The item is somebody's already.
    AlreadyAssigned,
}

impl Refusal {
    /// A stable name for clients.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ItemUnknown => "work_item_unknown",
            Self::ItemOver => "work_item_over",
            Self::NotOffered => "not_offered",
            Self::RejectNotAllowed => "reject_not_allowed",
            Self::ReasonUnknown => "reject_reason_unknown",
            Self::AgentUnknown => "agent_unknown",
            Self::PresenceUnknown => "presence_unknown",
            Self::SwitchNotAllowed => "switch_not_allowed",
            Self::NotOwner => "not_owner",
            Self::AgentUnavailable => "agent_unavailable",
            Self::AgentFull => "agent_full",
            Self::TransferPending => "transfer_pending",
            Self::NoTransfer => "no_transfer",
            Self::QueueUnknown => "queue_unknown",
            Self::AlreadyAssigned => "already_assigned",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ItemUnknown => "there is no such work item",
            Self::ItemOver => "the work item is over; look at the inbox again",
            Self::NotOffered => {
                "the work item is not offered to this agent any more; look at the inbox again"
            }
            Self::RejectNotAllowed => "this offer cannot be rejected; accept it or let it time out",
            Self::ReasonUnknown => {
                "there is no such reason for rejecting; choose one that the configuration lists"
            }
            Self::AgentUnknown => "there is no such agent; an administrator has to add them",
            Self::PresenceUnknown => "there is no such presence state for this agent",
            Self::SwitchNotAllowed => "this channel cannot be switched in this state",
            Self::NotOwner => "the conversation is not assigned to this agent",
            Self::AgentUnavailable => {
                "the agent is not available on this channel; choose another one or a queue"
            }
            Self::AgentFull => "the agent has no capacity left; choose another one or a queue",
            Self::TransferPending => "the conversation is being transferred already; take that back first",
            Self::NoTransfer => "no transfer of this conversation is pending",
            Self::QueueUnknown => "there is no such queue for this conversation",
            Self::AlreadyAssigned => "the work item is an agent's already; transfer the conversation instead",
        })
    }
}
