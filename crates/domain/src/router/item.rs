//! A work item: one conversation's wait for one agent, from its routing to its end (section 8.3).

use crate::channel::{ChannelKind, Mode};
use crate::content::limits;
use crate::routing::{OfferId, QueueId, ServiceChannelId, SkillDemand, WorkItemId};
use crate::{Address, AgentId, ChannelId, ContactId, ConversationId, Personal, Timestamp};
use std::collections::BTreeMap;

/// What a requester's side says that conditions can look at.
pub type Variables = BTreeMap<String, Personal<String>>;

/// Adds what is newly known. What is new counts; what is known already gives way when there is too much of it (`X1`).
pub fn learn(known: &mut Variables, newer: &Variables) {
    known.extend(newer.iter().map(|(name, value)| (name.clone(), value.clone())));
    let size = |(name, value): (&String, &Personal<String>)| name.len() + value.expose().len();
    while known.len() > limits::CONTEXT_MAX_COUNT
        || known.iter().map(size).sum::<usize>() > limits::CONTEXT_MAX
    {
        let older = known.keys().rev().find(|name| !newer.contains_key(*name)).cloned();
        let Some(name) = older.or_else(|| known.keys().next_back().cloned()) else { return };
        known.remove(&name);
    }
}

/// What routing has to know of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Which one.
    pub conversation: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// On which channel.
    pub channel: ChannelId,
    /// Of which kind that is; `None` once the channel is retired.
    pub kind: Option<ChannelKind>,
    /// In which mode it was opened.
    pub mode: Mode,
    /// The company's address.
    pub company: Address,
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    /// Its number.
    pub id: WorkItemId,
    /// Whose work it is.
    pub subject: Subject,
    /// What conditions look at.
    pub variables: Variables,
    /// Why there is one.
    pub origin: ItemOrigin,
    /// The item before it, of the same conversation.
    pub previous: Option<WorkItemId>,
    /// When the requester asked, or last wrote while it was unrouted.
    pub asked: Timestamp,
    /// Whose capacity it takes, once that is known.
    pub service_channel: Option<ServiceChannelId>,
    /// How much of it.
    pub size: u32,
    /// Its place in a queue, kept while it is offered.
    pub ticket: Option<Ticket>,
    /// Where it is (`R2`).
    pub place: Place,
    /// How many offers there were.
    pub offers: u32,
    /// Whether anybody rejected it, and whether any offer timed out.
    pub rejected: bool,
    /// See above.
    pub timed_out: bool,
    /// Whether it waited beyond the queue's target.
    pub exceeded_target: bool,
    /// How many of the queue's wait messages were sent (`QT-1`).
    pub told: u32,
    /// Who is not asked again, and until when; `None` is for good (`WI-5`).
    pub excluded: BTreeMap<AgentId, Option<Timestamp>>,
}

/// An item's place in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Which queue.
    pub queue: QueueId,
    /// Since when it waits at all: its age in the order of the queue (`AR-2`).
    pub since: Timestamp,
    /// Since when it is in this queue: what pools widen by (`AR-1`).
    pub entered: Timestamp,
    /// What it needs.
    pub skills: Vec<SkillDemand>,
    /// Who is preferred, the most preferred first (`AFF-2`).
    pub affine: Vec<AgentId>,
    /// Until when it waits for one of those (`AFF-4`).
    pub hold_until: Option<Timestamp>,
}

/// Where an item is: in exactly one of these, with one agent at most (`R2`). An item that is over is in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In no queue: people have to look at it (`Q-4`).
    Unrouted(UnroutedWhy),
    /// Waiting in its queue.
    Queued,
    /// An agent was asked (Pending Accept).
    Offered(Offer),
    /// The agent said yes and the conversation is being assigned.
    Accepting(Offer),
    /// An agent has it.
    Accepted {
        /// Who.
        agent: AgentId,
        /// Since when.
        at: Timestamp,
        /// When it came to the agent: with the offer, if there was one. Inboxes are sorted by it (`WI-9`).
        arrived: Timestamp,
        /// Whether the conversation is on hold.
        on_hold: bool,
        /// How it came to the agent.
        by: AllocatedBy,
    },
}

/// One offer that is pending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// To whom.
    pub agent: AgentId,
    /// Its number.
    pub number: u32,
    /// Since when.
    pub at: Timestamp,
    /// Until when; it is over at that moment (section 17, rule 5).
    pub expires: Option<Timestamp>,
    /// Through which of the queue's pools; `None` for a transfer.
    pub pool: Option<u8>,
    /// Whether it may be rejected.
    pub reject_allowed: bool,
    /// The agent who hands it over, if it is a transfer to an agent (`TR-2`).
    pub transferred_from: Option<AgentId>,
}

/// Why there is a work item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemOrigin {
    /// A requester opened a conversation or asked for an agent.
    Asked,
    /// Its agent was taken off it (`LC-11`).
    Reassigned {
        /// Who had it.
        from: AgentId,
        /// Whether a messaging action did it (`ACT-11`).
        by_action: bool,
    },
    /// It was handed to a queue (`TR-1`).
    ToQueue {
        /// Who had it.
        from: AgentId,
        /// Which queue.
        queue: QueueId,
    },
    /// It is being handed to an agent (`TR-2`).
    ToAgent {
        /// Who has it.
        from: AgentId,
    },
    /// It was assigned past all queues (`LC-13`, `PRO-1`).
    ByHand,
}

/// How an item came to its agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AllocatedBy {
    /// The agent accepted an offer.
    Offer,
    /// It was accepted for the agent (`AR-7`).
    Auto,
    /// Somebody assigned it, or the agent joined without an offer.
    Hand,
    /// Another agent handed it over.
    Transfer,
}

/// Why an item is in no queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnroutedWhy {
    /// No service channel takes it.
    NoServiceChannel,
    /// No queue's condition holds.
    NoQueue,
    /// It was asked for too long before it could be routed (`Q-5`).
    LookBack,
    /// Too many items are queued; it is routed when there is room (`Q-6`).
    Overfull,
}

/// How an item ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// The conversation ended after it was accepted (`WI-8`).
    Completed,
    /// It was handed on.
    Transferred,
    /// Its agent was taken off it.
    Reassigned,
    /// The requester left before anybody accepted (`WI-8`, `LC-10`).
    RequesterLeft,
    /// The requester does not want an agent any more (`VA-6`).
    RequestCancelled,
    /// It was assigned by hand (`Q-9`).
    ManuallyAssigned,
    /// Nobody came in time (`Q-12`).
    TimedOut,
    /// The agent whom it was handed to said no or nothing, or it was taken back (`TR-5`).
    TransferCancelled,
    /// The conversation did not take the agent who had accepted.
    Disqualified,
    /// Its queue was closed (`Q-15`).
    RefusedClosed,
    /// Its queue was full (`Q-16`).
    RefusedFull,
    /// Nobody of its queue was there (`Q-16`).
    RefusedNobody,
}

impl WorkItem {
    /// Whose it is, if anybody's: asked, accepting or accepted.
    pub fn agent(&self) -> Option<&AgentId> {
        match &self.place {
            Place::Unrouted(_) | Place::Queued => None,
            Place::Offered(offer) | Place::Accepting(offer) => Some(&offer.agent),
            Place::Accepted { agent, .. } => Some(agent),
        }
    }

    /// The pending offer, accepted or not.
    pub const fn offer(&self) -> Option<&Offer> {
        match &self.place {
            Place::Offered(offer) | Place::Accepting(offer) => Some(offer),
            Place::Unrouted(_) | Place::Queued | Place::Accepted { .. } => None,
        }
    }

    /// The latest offer's id.
    pub const fn offer_id(&self) -> OfferId {
        OfferId { item: self.id, number: self.offers }
    }

    /// Whether it is the pending target of a transfer to an agent, which the conversation may have beside its own item
    /// (`WI-12`).
    pub const fn is_handover(&self) -> bool {
        matches!(self.origin, ItemOrigin::ToAgent { .. }) && !matches!(self.place, Place::Accepted { .. })
    }
}

impl Place {
    /// The place's name for clients.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unrouted(_) => "unrouted",
            Self::Queued => "queued",
            Self::Offered(_) => "offered",
            Self::Accepting(_) => "accepting",
            Self::Accepted { .. } => "accepted",
        }
    }
}

impl AllocatedBy {
    /// The way's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Auto => "auto",
            Self::Hand => "hand",
            Self::Transfer => "transfer",
        }
    }
}

impl UnroutedWhy {
    /// The cause's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoServiceChannel => "no_service_channel",
            Self::NoQueue => "no_queue",
            Self::LookBack => "look_back",
            Self::Overfull => "overfull",
        }
    }
}

impl Ending {
    /// The ending's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Transferred => "transferred",
            Self::Reassigned => "reassigned",
            Self::RequesterLeft => "requester_left",
            Self::RequestCancelled => "request_cancelled",
            Self::ManuallyAssigned => "manually_assigned",
            Self::TimedOut => "timed_out",
            Self::TransferCancelled => "transfer_cancelled_or_rejected",
            Self::Disqualified => "disqualified",
            Self::RefusedClosed => "refused_closed_hours",
            Self::RefusedFull => "refused_queue_full",
            Self::RefusedNobody => "refused_no_agents",
        }
    }

    /// Whether it counts as done rather than as canceled (`WI-1`, `WI-8`).
    pub const fn is_completed(self) -> bool {
        match self {
            Self::Completed | Self::Transferred | Self::Reassigned => true,
            Self::RequesterLeft
            | Self::RequestCancelled
            | Self::ManuallyAssigned
            | Self::TimedOut
            | Self::TransferCancelled
            | Self::Disqualified
            | Self::RefusedClosed
            | Self::RefusedFull
            | Self::RefusedNobody => false,
        }
    }
}
