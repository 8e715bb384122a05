//! A number for everything of a world that matters to what can happen next in it. Worlds with the same number are one
//! state of the model: what has happened for good is left out, times count from now, and items and offers count only by
//! who refers to them.
//!
//! What no small world has is left out too: affinity, skills, overflow, estimates, and configurations that switch routing
//! off. So this is for small worlds only.

use super::flights::Flight;
use super::world::World;
use domain::conversation::Conversation;
use domain::router::{Errand, ErrandKind, Fact, ItemOrigin, Offer, Place, UnassignedWhy, What, WorkItem};
use domain::routing::{AssignBy, OfferId, WorkItemId};
use domain::{AgentId, ConversationId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How far back it matters, in milliseconds, when something was: longer than anything that a small world waits for.
const HORIZON_MS: i64 = 60_000;

/// What is being put into a number.
struct Print<'a> {
    world: &'a World,
    hasher: DefaultHasher,
    /// Items by age, so that it does not matter how many there were before.
    items: BTreeMap<WorkItemId, usize>,
}

impl World {
    /// See above.
    pub(super) fn fingerprint(&self) -> u64 {
        let state = self.router.state();
        let of_flights = self.flights.iter().map(|flight| flight.item);
        let told = self.conversations.values().filter_map(|talk| talk.state.told).map(|(item, _)| item);
        let named: BTreeSet<WorkItemId> = if self.tells() {
            state.items.keys().copied().chain(of_flights).chain(told).collect()
        } else {
            state.items.keys().copied().chain(of_flights).collect()
        };
        let items = named.into_iter().zip(0..).collect();
        let mut print = Print { world: self, hasher: DefaultHasher::new(), items };
        print.put((self.variant, self.tear));
        print.items();
        print.agents();
        print.flights();
        print.logs();
        for requester in 0..self.latest.len() {
            print.conversation(requester);
        }
        print.hasher.finish()
    }

    /// Whether anything is still to be told to anybody.
    fn tells(&self) -> bool {
        self.flights.iter().any(|flight| flight.errand.kind() == ErrandKind::Tell)
    }
}

impl Print<'_> {
    fn put(&mut self, value: impl Hash) {
        value.hash(&mut self.hasher);
    }

    /// How long ago, or how long until; the same for all that was long ago.
    fn time(&mut self, at: Timestamp) {
        let ago = self.world.now.since_ms(at).min(HORIZON_MS);
        self.put(ago);
    }

    fn number(&self, item: WorkItemId) -> Option<usize> {
        self.items.get(&item).copied()
    }

    fn requester(&self, id: ConversationId) -> Option<usize> {
        self.world.latest.iter().position(|latest| *latest == Some(id))
    }

    fn items(&mut self) {
        let world = self.world;
        let items = &world.router.state().items;
        // In which order they wait; what comes now may be as old as the youngest of them.
        let sinces = items.values().filter_map(|item| item.ticket.as_ref()).map(|ticket| ticket.since);
        let sinces: BTreeSet<Timestamp> = sinces.chain([world.now]).collect();
        for (id, item) in items {
            self.put(self.number(*id));
            self.item(item, &sinces);
        }
    }

    fn item(&mut self, item: &WorkItem, sinces: &BTreeSet<Timestamp>) {
        self.put(self.requester(item.subject.conversation));
        self.put((&item.service_channel, item.size, item.told, item.exceeded_target));
        match &item.origin {
            ItemOrigin::Asked => self.put(0),
            ItemOrigin::Reassigned { from, by_action } => self.put((1, from, by_action, item.offers == 0)),
            ItemOrigin::ToQueue { from: _, queue } => self.put((2, queue)),
            ItemOrigin::ToAgent { from } => self.put((3, from)),
            ItemOrigin::ByHand => self.put(4),
        }
        if let Some(ticket) = &item.ticket {
            self.put((&ticket.queue, sinces.range(..ticket.since).count()));
            self.time(ticket.entered);
        }
        match &item.place {
            Place::Unrouted(why) => self.put((0, why)),
            Place::Queued => self.put(1),
            Place::Offered(offer) => self.offer(2, offer),
            Place::Accepting(offer) => {
                self.offer(3, offer);
                self.put(self.world.taken.contains(&item.offer_id()));
            }
            Place::Accepted { agent, on_hold, .. } => self.put((4, agent, on_hold)),
        }
        for (agent, until) in &item.excluded {
            match until {
                Some(until) if *until > self.world.now => {
                    self.put((agent, true));
                    self.time(*until);
                }
                Some(_) => {}
                None => self.put((agent, false)),
            }
        }
    }

    fn offer(&mut self, place: u8, offer: &Offer) {
        self.put((place, &offer.agent, offer.pool, offer.reject_allowed, &offer.transferred_from));
        if let Some(expires) = offer.expires {
            self.time(expires);
        }
    }

    fn agents(&mut self) {
        let world = self.world;
        let state = world.router.state();
        for (id, here) in &state.agents {
            self.put((id, &here.presence, &here.switched_off, here.disconnected.is_some()));
            if let Some(since) = here.disconnected {
                self.time(since);
            }
        }
        // Who goes first: only the order of the times matters.
        let by_worked = world.setting.chooses_by(AssignBy::MostCapacity);
        let by_assigned = world.setting.chooses_by(AssignBy::LastAssigned);
        let stamps = |assigned: bool| -> BTreeSet<Timestamp> {
            let of = |here: &domain::router::AgentState| {
                if assigned { here.assigned.clone() } else { here.worked.clone() }
            };
            state.agents.values().flat_map(|here| of(here).into_values()).chain([world.now]).collect()
        };
        for (used, assigned) in [(by_worked, false), (by_assigned, true)] {
            let all = if used { stamps(assigned) } else { BTreeSet::new() };
            for here in state.agents.values().filter(|_| used) {
                let stamps = if assigned { &here.assigned } else { &here.worked };
                for (channel, at) in stamps {
                    self.put((channel, all.range(..*at).count()));
                }
                self.put(stamps.len());
            }
        }
        if world.setting.chooses_by(AssignBy::RoundRobin) {
            self.put(&state.cursors);
        }
    }

    /// What is under way, in an order that does not depend on which went off first.
    fn flights(&mut self) {
        let world = self.world;
        let mut flights: Vec<(Option<usize>, ErrandKind, &Flight)> = world
            .flights
            .iter()
            .map(|flight| (self.number(flight.item), flight.errand.kind(), flight))
            .collect();
        flights.sort_by_key(|(item, kind, _)| (*item, *kind));
        for (item, kind, flight) in flights {
            let waited = world.router.state().errands.get(&(flight.item, kind)) == Some(&flight.errand);
            self.put((item, kind, flight.taken, waited));
            self.put(self.requester(flight.errand.conversation()));
            match &flight.errand {
                Errand::Assign { agent, offer, transferred_from, .. } => {
                    self.put((agent, transferred_from, world.taken.contains(offer)));
                }
                Errand::Unassign { agent, .. } => self.put(agent),
                Errand::Tell { number, .. } => self.put(number),
                Errand::EndWait { .. } | Errand::Refuse { .. } => {}
            }
        }
    }

    fn logs(&mut self) {
        let world = self.world;
        for log in &world.logs {
            self.put((log.passed.len(), log.ahead.len()));
            for (_, facts) in log.passed.iter().chain(&log.ahead) {
                facts.iter().for_each(|fact| self.fact(fact));
            }
        }
    }

    fn fact(&mut self, fact: &Fact) {
        self.put(self.requester(fact.conversation));
        match &fact.what {
            What::Asked { .. } => self.put(0),
            What::Cancelled => self.put(1),
            What::Wrote { .. } => self.put(2),
            What::Assigned { agent, offer, .. } => {
                // Only an offer of an item that is not over is looked for.
                let items = &self.world.router.state().items;
                let alive = offer.filter(|offer| items.contains_key(&offer.item));
                self.put((3, agent));
                self.offered(alive);
            }
            What::Unassigned { agent, why, .. } => match why {
                UnassignedWhy::Reassigned => self.put((4, 0, agent)),
                UnassignedWhy::ByAction => self.put((4, 1, agent)),
                UnassignedWhy::ToQueue(queue) => self.put((4, 2, agent, queue)),
            },
            What::HoldChanged { on_hold } => self.put((5, on_hold)),
            What::WaitEnded => self.put(6),
            What::Closed => self.put(7),
        }
    }

    /// An offer by its item and by how many there were since.
    fn offered(&mut self, offer: Option<OfferId>) {
        let Some(offer) = offer else { return self.put(0) };
        let number = self.number(offer.item);
        let latest = self.world.router.state().items.get(&offer.item).map_or(0, |item| item.offers);
        self.put((1, number, latest.saturating_sub(offer.number)));
    }

    fn conversation(&mut self, requester: usize) {
        let world = self.world;
        let talk = world.latest[requester].and_then(|id| world.conversations.get(&id));
        let Some(Conversation { lifecycle, owner, request, offer, told, anchors, .. }) =
            talk.map(|talk| &talk.state)
        else {
            return self.put(0);
        };
        let owner: Option<&AgentId> = owner.agent();
        self.put((1, lifecycle, owner, request.is_some(), anchors.first_unanswered.is_some()));
        // Whether it was got by an offer matters only to whoever may still bring the same offer.
        let flies = |offer: &OfferId| {
            world.flights.iter().any(|flight| match &flight.errand {
                Errand::Assign { offer: other, .. } => other == offer,
                Errand::Unassign { .. }
                | Errand::EndWait { .. }
                | Errand::Refuse { .. }
                | Errand::Tell { .. } => false,
            })
        };
        self.offered(offer.filter(flies));
        let told = told.filter(|_| !world.conversations.is_empty());
        self.put(told.and_then(|(item, number)| Some((self.number(item)?, number))));
    }
}
