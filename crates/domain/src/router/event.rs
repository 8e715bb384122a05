//! What happens in routing: every decision and what led to it (`WI-3`).

use super::item::{AllocatedBy, Ending, ItemOrigin, Offer, Subject, UnroutedWhy, Variables};
use super::{Errand, ErrandKind};
use crate::routing::{PresenceId, QueueId, RejectReasonId, ServiceChannelId, SkillDemand, WorkItemId};
use crate::{AgentId, Timestamp};
use std::collections::BTreeSet;

/// A fact about routing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouterEvent {
    /// From here on the router goes by this version of the configuration.
    Reconfigured {
        /// The version.
        version: u64,
        /// Whether conversations are routed under it.
        on: bool,
    },
    /// What the conversations of a partition did up to here has been taken in.
    TakenIn {
        /// The partition.
        partition: u16,
        /// The position of the last record.
        position: u64,
    },
    /// There is a new work item, in no queue yet.
    ItemCreated {
        /// Its number.
        item: WorkItemId,
        /// Whose work it is.
        subject: Box<Subject>,
        /// What is known of it.
        variables: Variables,
        /// Why.
        origin: ItemOrigin,
        /// The conversation's item before it.
        previous: Option<WorkItemId>,
        /// When the requester asked.
        asked: Timestamp,
    },
    /// More is known of an item that no queue has.
    VariablesLearned {
        /// Which.
        item: WorkItemId,
        /// What is new or different.
        variables: Variables,
    },
    /// It went into a queue (audit: Routing).
    Queued {
        /// Which.
        item: WorkItemId,
        /// Into which queue.
        queue: QueueId,
        /// Of which service channel.
        service_channel: ServiceChannelId,
        /// What it takes.
        size: u32,
        /// What it needs.
        skills: Vec<SkillDemand>,
        /// Who is preferred.
        affine: Vec<AgentId>,
        /// Until when it waits for one of those.
        hold_until: Option<Timestamp>,
        /// Who is not asked in the first round (`ACT-11`), and until when at most.
        spared: Option<(AgentId, Timestamp)>,
        /// The queue that it did not fit into (`BH-4`).
        overflow_from: Option<QueueId>,
    },
    /// No queue has it (audit: Routing).
    Unrouted {
        /// Which.
        item: WorkItemId,
        /// Why.
        why: UnroutedWhy,
    },
    /// An agent was asked (audit: Assignment).
    Offered {
        /// Which.
        item: WorkItemId,
        /// The offer.
        offer: Offer,
        /// Whose capacity it takes; known already unless it is a transfer.
        service_channel: ServiceChannelId,
        /// What it takes.
        size: u32,
    },
    /// An offer is over, and the item is not (audit: Rejection).
    OfferEnded {
        /// Which.
        item: WorkItemId,
        /// Who had been asked.
        agent: AgentId,
        /// Why.
        why: OfferEnd,
        /// Whether, and until when, the agent is not asked again.
        exclude: Exclude,
    },
    /// The agent said yes, or it was said for them (audit: Acceptance).
    Accepting {
        /// Which.
        item: WorkItemId,
        /// Who.
        agent: AgentId,
    },
    /// The conversation is assigned (audit: Acceptance, Manual Assignment).
    Accepted {
        /// Which.
        item: WorkItemId,
        /// To whom.
        agent: AgentId,
        /// How.
        by: AllocatedBy,
        /// Whose capacity it takes; `None` if no service channel knows the conversation.
        service_channel: Option<ServiceChannelId>,
        /// What it takes.
        size: u32,
    },
    /// The conversation was parked or taken up again.
    HoldChanged {
        /// Which.
        item: WorkItemId,
        /// Whether it is on hold now.
        on_hold: bool,
    },
    /// It waited longer than the queue's target (`Q-11`).
    TargetExceeded {
        /// Which.
        item: WorkItemId,
        /// When that was.
        due: Timestamp,
    },
    /// It is over (audit: Cancellation).
    Ended {
        /// Which.
        item: WorkItemId,
        /// How.
        ending: Ending,
    },
    /// Something is to be done to a conversation, and stays to be done until it is done.
    ErrandGiven {
        /// For which item.
        item: WorkItemId,
        /// What.
        errand: Errand,
    },
    /// It is done, or cannot be done.
    ErrandDone {
        /// For which item.
        item: WorkItemId,
        /// What.
        kind: ErrandKind,
        /// Whether the conversation took it.
        taken: bool,
    },
    /// An agent's presence changed (`PR-5`).
    PresenceChanged {
        /// Whose.
        agent: AgentId,
        /// The state from now on.
        state: PresenceId,
        /// The channels that the agent switched off (`PR-2`).
        switched_off: BTreeSet<ServiceChannelId>,
        /// Whether the agent's workspace is there.
        connected: bool,
        /// Why.
        why: PresenceWhy,
    },
    /// A sign of life, recorded as rarely as inactivity allows.
    AgentSeen {
        /// Whose.
        agent: AgentId,
    },
}

/// Why an offer ended without being accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferEnd {
    /// The agent said no.
    Rejected {
        /// Why, if a reason was given.
        reason: Option<RejectReasonId>,
    },
    /// The agent said nothing (`AR-9`).
    TimedOut {
        /// When it was over.
        due: Timestamp,
    },
    /// The agent's presence changed (`PR-4`).
    PresenceChanged,
    /// The agent's workspace was gone for too long (`PR-3`, `WI-5`).
    ConnectionLost,
    /// What it was offered by is not configured any more.
    Withdrawn,
}

/// Whether the same agent may be asked again (`WI-5`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exclude {
    /// At once.
    No,
    /// From that moment on.
    Until(Timestamp),
    /// Not for this item.
    ForGood,
}

/// What changed an agent's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PresenceWhy {
    /// The agent, or a supervisor for them.
    Chosen,
    /// An offer timed out (`AR-9`).
    OfferTimedOut,
    /// The agent declined (`SFR-5`).
    Declined,
    /// No sign of life (`PR-3`).
    Inactive,
    /// The workspace was gone for longer than the buffer (`PR-3`).
    Disconnected,
}

impl OfferEnd {
    /// The cause's name for clients.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Rejected { .. } => "rejected",
            Self::TimedOut { .. } => "timed_out",
            Self::PresenceChanged => "presence_changed",
            Self::ConnectionLost => "connection_lost",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl PresenceWhy {
    /// The cause's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::OfferTimedOut => "offer_timed_out",
            Self::Declined => "declined",
            Self::Inactive => "inactive",
            Self::Disconnected => "disconnected",
        }
    }
}
