//! What a roster led to, read from the router's facts alone (`KPI-4`, `KPI-5`, `KPI-9`).

mod occupancy;
mod report;

pub use report::{GroupReport, QueueReport, RosterReport, Routed, Waits};

use crate::World;
use domain::router::{AllocatedBy, Ending, OfferEnd, Place, RouterEvent, State, WorkItem};
use domain::routing::{QueueId, WorkItemId};
use domain::{ConversationId, Timestamp};
use occupancy::Occupancy;
use std::collections::{BTreeMap, BTreeSet};

/// Follows the router's stream and counts.
#[derive(Default)]
pub(crate) struct Figures {
    routed: Routed,
    conversations: BTreeSet<ConversationId>,
    queues: BTreeMap<QueueId, InQueue>,
    occupancy: Occupancy,
}

/// What happened in one queue.
#[derive(Default)]
struct InQueue {
    entered: u64,
    offers: u64,
    rejected: u64,
    timed_out: u64,
    abandoned: u64,
    max_wait: u64,
    late: u64,
    /// From entering the first queue to the agent's joining, of those who were joined.
    waits_ms: Vec<i64>,
}

impl Figures {
    /// Looks at a fact and the state before it.
    pub(crate) fn before(&mut self, world: &World, at: Timestamp, event: &RouterEvent) {
        self.occupancy.before(world, at, event);
        let state = &world.router;
        match event {
            RouterEvent::ItemCreated { subject, .. } => {
                self.routed.work_items += 1;
                self.conversations.insert(subject.conversation);
            }
            RouterEvent::Queued { queue, .. } => self.queue(queue).entered += 1,
            RouterEvent::Offered { item, .. } => {
                self.routed.offers += 1;
                self.in_queue(state, *item, |queue| queue.offers += 1);
            }
            RouterEvent::OfferEnded { item, why, .. } => self.offer_ended(state, *item, why),
            RouterEvent::Accepted { item, by, .. } => self.accepted(state, *item, *by, at),
            RouterEvent::TargetExceeded { item, .. } => {
                self.routed.late += 1;
                self.in_queue(state, *item, |queue| queue.late += 1);
            }
            RouterEvent::Ended { item, ending } => self.ended(state, *item, *ending),
            RouterEvent::Reconfigured { .. }
            | RouterEvent::TakenIn { .. }
            | RouterEvent::VariablesLearned { .. }
            | RouterEvent::Unrouted { .. }
            | RouterEvent::Accepting { .. }
            | RouterEvent::HoldChanged { .. }
            | RouterEvent::ErrandGiven { .. }
            | RouterEvent::ErrandDone { .. }
            | RouterEvent::PresenceChanged { .. }
            | RouterEvent::AgentSeen { .. } => {}
        }
    }

    /// Looks at the state after a fact.
    pub(crate) fn after(&mut self, world: &World, at: Timestamp, event: &RouterEvent) {
        self.occupancy.after(world, at, event);
    }

    /// All of it, when the log ends.
    pub(crate) fn report(mut self, world: &World, end: Timestamp) -> RosterReport {
        let accepted = |item: &&WorkItem| matches!(item.place, Place::Accepted { .. });
        let items = &world.router.items;
        self.routed.conversations = self.conversations.len() as u64;
        self.routed.left_open = items.values().filter(accepted).count() as u64;
        self.routed.left_waiting = items.len() as u64 - self.routed.left_open;
        let routing = &world.configuration.routing;
        // Queues in which nothing happened are told too.
        for queue in routing.queues.keys() {
            self.queue(queue);
        }
        let queues = self.queues.into_iter().map(|(queue, seen)| queue_report(&queue, seen)).collect();
        RosterReport { routed: self.routed, queues, groups: self.occupancy.report(routing, end) }
    }

    fn offer_ended(&mut self, state: &State, item: WorkItemId, why: &OfferEnd) {
        match why {
            OfferEnd::Rejected { .. } => {
                self.routed.rejected += 1;
                self.in_queue(state, item, |queue| queue.rejected += 1);
            }
            OfferEnd::TimedOut { .. } => {
                self.routed.timed_out += 1;
                self.in_queue(state, item, |queue| queue.timed_out += 1);
            }
            OfferEnd::PresenceChanged | OfferEnd::ConnectionLost | OfferEnd::Withdrawn => {
                self.routed.withdrawn += 1;
            }
        }
    }

    fn accepted(&mut self, state: &State, item: WorkItemId, by: AllocatedBy, at: Timestamp) {
        match by {
            AllocatedBy::Offer | AllocatedBy::Transfer => self.routed.accepted += 1,
            AllocatedBy::Auto => {
                self.routed.accepted += 1;
                self.routed.auto_assigned += 1;
            }
            AllocatedBy::Hand => self.routed.by_hand += 1,
        }
        let since = state.items.get(&item).and_then(|item| Some(item.ticket.as_ref()?.since));
        if let Some(since) = since {
            self.in_queue(state, item, |queue| queue.waits_ms.push(at.since_ms(since)));
        }
    }

    fn ended(&mut self, state: &State, item: WorkItemId, ending: Ending) {
        let routed = &mut self.routed;
        match ending {
            Ending::Completed => routed.completed += 1,
            Ending::Transferred => routed.transferred += 1,
            Ending::Reassigned => routed.reassigned += 1,
            Ending::RequesterLeft | Ending::RequestCancelled => {
                routed.abandoned += 1;
                self.in_queue(state, item, |queue| queue.abandoned += 1);
            }
            Ending::TimedOut => {
                routed.max_wait += 1;
                self.in_queue(state, item, |queue| queue.max_wait += 1);
            }
            Ending::RefusedClosed | Ending::RefusedFull | Ending::RefusedNobody => routed.refused += 1,
            Ending::ManuallyAssigned | Ending::TransferCancelled | Ending::Disqualified => {
                routed.canceled_otherwise += 1;
            }
        }
    }

    fn in_queue(&mut self, state: &State, item: WorkItemId, count: impl FnOnce(&mut InQueue)) {
        let queue = state.items.get(&item).and_then(|item| Some(&item.ticket.as_ref()?.queue));
        if let Some(queue) = queue {
            count(self.queue(queue));
        }
    }

    fn queue(&mut self, queue: &QueueId) -> &mut InQueue {
        self.queues.entry(queue.clone()).or_default()
    }
}

fn queue_report(queue: &QueueId, seen: InQueue) -> QueueReport {
    let InQueue { entered, offers, rejected, timed_out, abandoned, max_wait, late, waits_ms } = seen;
    QueueReport {
        queue: queue.as_str().to_owned(),
        entered,
        offers,
        accepted: waits_ms.len() as u64,
        rejected,
        timed_out,
        abandoned,
        max_wait,
        late,
        wait: Waits::of(waits_ms),
    }
}
