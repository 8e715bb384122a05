//! Sees each event of the router as it happens, and holds it against what was before: who was asked for what and with how
//! much on their hands, where items come from and where they go, and that nothing is early.

use super::look::Look;
use domain::router::{
    AllocatedBy, Ending, Offer, OfferEnd, Place, Router, RouterEvent, State, Touched, WorkItem,
};
use domain::routing::{OfferId, Routing, ServiceChannelId, WorkItemId};
use domain::{ConversationId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a witness knows.
pub(super) struct Witness<'a> {
    /// The fold of all that was seen.
    pub(super) state: State,
    pub(super) routing: Arc<Routing>,
    pub(super) now: Timestamp,
    /// The offers that conversations took.
    pub(super) taken: &'a BTreeSet<OfferId>,
    /// Whether it follows from what conversations did.
    pub(super) follows: bool,
    /// Whether things are overdue: then each is done as if it were in time, and who comes first is as it was then.
    pub(super) late: bool,
}

impl Witness<'_> {
    /// Sees all events of a decision, which have made the router what it is now.
    pub(super) fn see_all(mut self, events: &[RouterEvent], router: &Router) -> Result<(), String> {
        for event in events {
            self.see(event, router.routing()).map_err(|broken| format!("{broken}, in {events:?}"))?;
        }
        require(self.state == *router.state(), "L4: the state is not the fold of the events")
    }

    /// Sees one event; `after` is the configuration in force once all of them have happened.
    fn see(&mut self, event: &RouterEvent, after: &Arc<Routing>) -> Result<(), String> {
        self.before(event).map_err(|broken| format!("{broken}: {event:?}"))?;
        self.state.apply(self.now, event);
        match event {
            RouterEvent::Reconfigured { .. } => self.routing = Arc::clone(after),
            RouterEvent::Offered { offer, service_channel, .. } => {
                self.within_capacity(offer, service_channel)
                    .map_err(|broken| format!("{broken}: {event:?}"))?;
            }
            RouterEvent::TakenIn { .. }
            | RouterEvent::ItemCreated { .. }
            | RouterEvent::VariablesLearned { .. }
            | RouterEvent::Queued { .. }
            | RouterEvent::Unrouted { .. }
            | RouterEvent::OfferEnded { .. }
            | RouterEvent::Accepting { .. }
            | RouterEvent::Accepted { .. }
            | RouterEvent::HoldChanged { .. }
            | RouterEvent::TargetExceeded { .. }
            | RouterEvent::Ended { .. }
            | RouterEvent::ErrandGiven { .. }
            | RouterEvent::ErrandDone { .. }
            | RouterEvent::PresenceChanged { .. }
            | RouterEvent::AgentSeen { .. } => {}
        }
        Ok(())
    }

    fn look(&self) -> Look<'_> {
        Look { state: &self.state, routing: &self.routing, now: self.now }
    }

    fn item(&self, id: WorkItemId) -> Result<&WorkItem, String> {
        self.state.items.get(&id).ok_or_else(|| "R2: there is no such item".to_owned())
    }

    /// Whether it may happen to what there is.
    fn before(&self, event: &RouterEvent) -> Result<(), String> {
        match event {
            RouterEvent::ItemCreated { item, subject, previous, origin, .. } => {
                let handover = matches!(origin, domain::router::ItemOrigin::ToAgent { .. });
                self.created(*item, subject.conversation, *previous, handover)
            }
            RouterEvent::Queued { item, .. } => self.queued(event, *item),
            RouterEvent::Unrouted { item, .. } => {
                let homeless =
                    matches!(self.item(*item)?.place, Place::Unrouted(_) | Place::Queued | Place::Offered(_));
                require(homeless, "R2: an agent has it")
            }
            RouterEvent::Offered { item, offer, .. } => self.offered(*item, offer),
            RouterEvent::OfferEnded { item, agent, why, .. } => {
                let Place::Offered(offer) = &self.item(*item)?.place else {
                    return Err("R2: it is not offered".to_owned());
                };
                require(offer.agent == *agent, "R2: it is offered to somebody else")?;
                let OfferEnd::TimedOut { due } = why else { return Ok(()) };
                require(offer.expires == Some(*due) && *due <= self.now, "T1: the offer is not over yet")
            }
            RouterEvent::Accepting { item, agent } => {
                let Place::Offered(offer) = &self.item(*item)?.place else {
                    return Err("R2: it is not offered".to_owned());
                };
                require(offer.agent == *agent, "R2: it is offered to somebody else")?;
                require(offer.expires.is_none_or(|at| at > self.now), "AR-9: the offer was over")
            }
            RouterEvent::Accepted { item, agent, by, .. } => self.accepted(self.item(*item)?, agent, *by),
            RouterEvent::HoldChanged { item, .. } => {
                let accepted = matches!(self.item(*item)?.place, Place::Accepted { .. });
                require(accepted, "R2: nobody has it")
            }
            RouterEvent::TargetExceeded { item, due } => require(
                !self.item(*item)?.exceeded_target && *due <= self.now,
                "T1: it is not late, or again",
            ),
            RouterEvent::VariablesLearned { item, .. } => self.item(*item).map(drop),
            RouterEvent::Ended { item, ending } => self.ended(self.item(*item)?, *ending),
            RouterEvent::ErrandDone { item, kind, .. } => {
                let given = self.state.errands.contains_key(&(*item, *kind));
                require(given, "L6: there is no such errand")
            }
            RouterEvent::Reconfigured { .. }
            | RouterEvent::TakenIn { .. }
            | RouterEvent::ErrandGiven { .. }
            | RouterEvent::PresenceChanged { .. }
            | RouterEvent::AgentSeen { .. } => Ok(()),
        }
    }

    /// `C2`, `WI-12`: a conversation's items follow each other, but for one that hands it over.
    fn created(
        &self,
        item: WorkItemId,
        conversation: ConversationId,
        previous: Option<WorkItemId>,
        handover: bool,
    ) -> Result<(), String> {
        require(item.0 == self.state.last_item + 1, "R2: the number is not the next one")?;
        let alive = self.state.conversations.get(&conversation).map_or(0, BTreeSet::len);
        if handover {
            let own = self.state.own_item(conversation).map(|own| own.id);
            return require(alive == 1 && own == previous, "WI-12: there is nothing to hand over");
        }
        require(alive == 0, "WI-12: the conversation has an item")?;
        let over = previous.is_none_or(|id| id < item && !self.state.items.contains_key(&id));
        require(over, "C2: the item before it is not over")
    }

    /// `SFR-9`, `Q-6`: no queue gets more than it may hold.
    fn queued(&self, event: &RouterEvent, id: WorkItemId) -> Result<(), String> {
        let RouterEvent::Queued { queue, overflow_from, .. } = event else { return Ok(()) };
        let item = self.item(id)?;
        let unassigned = matches!(item.place, Place::Unrouted(_) | Place::Queued);
        require(unassigned, "R2: an agent has it")?;
        let waits = |other: &&WorkItem| {
            matches!(other.place, Place::Queued | Place::Offered(_))
                && other.ticket.is_some()
                && other.id != id
        };
        let waiting = || self.state.items.values().filter(waits);
        if item.ticket.is_some() {
            return Ok(());
        }
        let most = usize::try_from(self.routing.settings.queued_max).unwrap_or(usize::MAX);
        require(waiting().count() < most, "Q-6: too many wait")?;
        let settings = self.routing.queues.get(queue).ok_or("Q-2: there is no such queue")?;
        let here =
            waiting().filter(|other| other.ticket.as_ref().is_some_and(|it| it.queue == *queue)).count();
        let checked = item.subject.mode == domain::channel::Mode::Chat
            && item.origin == domain::router::ItemOrigin::Asked
            && overflow_from.is_none();
        let cap = settings.size_cap.filter(|_| checked).and_then(|cap| usize::try_from(cap).ok());
        require(cap.is_none_or(|cap| here < cap), "SFR-9: the queue is full")
    }

    /// `R3`: nothing that the agent could take goes before it; and nobody goes before the agent (`AR-13`).
    fn offered(&self, id: WorkItemId, offer: &Offer) -> Result<(), String> {
        let item = self.item(id)?;
        require(offer.number == item.offers + 1, "WI-7: the offer's number is not the next one")?;
        if offer.transferred_from.is_some() {
            return require(item.is_handover() && item.offers == 0, "TR-2: it hands nothing over");
        }
        require(item.place == Place::Queued, "R2: it does not wait")?;
        let look = self.look();
        let bearing = look.bearing(&offer.agent).ok_or("R1: the agent is not at work")?;
        require(look.can_take(&offer.agent, &bearing, item), "AR-13: the agent cannot take it")?;
        if self.late {
            return Ok(());
        }
        let turn = look.turn(&offer.agent, item);
        let queue = item.ticket.as_ref().map(|ticket| &ticket.queue);
        let earlier = self.state.items.values().find(|other| {
            other.ticket.as_ref().map(|ticket| &ticket.queue) == queue
                && look.turn(&offer.agent, other) < turn
                && look.can_take(&offer.agent, &bearing, other)
        });
        if let Some(earlier) = earlier {
            return Err(format!("R3: {} goes first", earlier.id));
        }
        let fresh = Router::new(self.state.clone(), Arc::clone(&self.routing), self.now);
        let field = fresh.explain(id, self.now).ok_or("R2: it does not wait")?;
        let best = field.candidates.first().map(|candidate| &candidate.agent);
        require(best == Some(&offer.agent), "AR-13: another agent ranks first")
    }

    /// `R1`: what came by hand may be too much (`CAP-9`), what is offered may not.
    fn within_capacity(&self, offer: &Offer, channel: &ServiceChannelId) -> Result<(), String> {
        let bearing = self.look().bearing(&offer.agent).ok_or("R1: the agent is not at work")?;
        require(bearing.has_room(channel, 0), "R1: it is more than the agent can bear")
    }

    fn accepted(&self, item: &WorkItem, agent: &domain::AgentId, by: AllocatedBy) -> Result<(), String> {
        match (by, &item.place) {
            (AllocatedBy::Hand, Place::Unrouted(_)) => Ok(()),
            (AllocatedBy::Offer | AllocatedBy::Auto | AllocatedBy::Transfer, Place::Accepting(offer)) => {
                require(offer.agent == *agent, "R2: it was offered to somebody else")?;
                require(
                    self.taken.contains(&item.offer_id()),
                    "LC-5: the conversation did not take the agent",
                )
            }
            (_, _) => Err("R2: it cannot be accepted where it is".to_owned()),
        }
    }

    fn ended(&self, item: &WorkItem, ending: Ending) -> Result<(), String> {
        // A conversation whose wait was ended says so itself, and whatever waits for it ends with that.
        if ending != Ending::TimedOut || self.follows {
            return Ok(());
        }
        let ticket = item.ticket.as_ref().ok_or("Q-12: it did not wait")?;
        let longest = self.routing.queues.get(&ticket.queue).and_then(|queue| queue.max_wait);
        require(
            longest.is_some_and(|longest| ticket.entered.plus(longest) <= self.now),
            "T1: it is too early",
        )
    }
}

/// What a decision changed is among what it says that it touched, so that a checkpoint can be brought up to date.
pub(super) fn rows(before: &State, after: &State, touched: &Touched) -> Result<(), String> {
    let items = changed(&before.items, &after.items).into_iter().find(|id| !touched.items.contains(id));
    let agents = changed(&before.agents, &after.agents).into_iter().find(|id| !touched.agents.contains(id));
    let queues = changed(&before.waits, &after.waits).into_iter().find(|id| !touched.queues.contains(id));
    if items.is_some() || agents.is_some() || queues.is_some() {
        return Err(format!("L4: changed and not touched are {items:?}, {agents:?}, {queues:?}"));
    }
    Ok(())
}

/// The keys whose values are not the same.
fn changed<'a, K: Ord, V: PartialEq>(before: &'a BTreeMap<K, V>, after: &'a BTreeMap<K, V>) -> Vec<&'a K> {
    let other = |(key, value): &(&K, &V)| before.get(key) != Some(*value);
    let gone = before.keys().filter(|key| !after.contains_key(key));
    after.iter().filter(other).map(|(key, _)| key).chain(gone).collect()
}

fn require(holds: bool, broken: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(broken.to_owned()) }
}
