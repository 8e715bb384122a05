//! Offers: accepted, rejected, timed out, withdrawn; and the errands by which a conversation learns of it.

use super::Router;
use super::command::Refusal;
use super::errand::{Errand, ErrandKind};
use super::event::{Exclude, OfferEnd, PresenceWhy, RouterEvent};
use super::item::{AllocatedBy, Ending, Offer, Place, WorkItem};
use crate::routing::{AssignmentRule, PresenceId, Queue, RejectReasonId, WorkItemId};
use crate::{AgentId, Seconds, Timestamp};
use std::collections::BTreeSet;

/// How long an item that was rejected for a passing reason is offered to others only.
const REJECT_PAUSE: Seconds = Seconds(5);

impl Router {
    /// `WI-7`. Accepting what one has accepted already changes nothing.
    pub(super) fn accept(&mut self, id: WorkItemId, agent: &AgentId, now: Timestamp) -> Result<(), Refusal> {
        let item = self.item(id)?;
        if item.agent() != Some(agent) {
            return Err(Refusal::NotOffered);
        }
        match item.place {
            Place::Offered(_) => {
                self.seen(agent, now);
                self.begin_accepting(id, now);
                Ok(())
            }
            Place::Accepting(_) | Place::Accepted { .. } => Ok(()),
            Place::Queued | Place::Unrouted(_) => Err(Refusal::NotOffered),
        }
    }

    /// The agent said yes: capacity stays taken, the offer's time stands still, and the conversation is asked.
    pub(super) fn begin_accepting(&mut self, id: WorkItemId, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let Some(offer) = item.offer().cloned() else { return };
        let queue = item.ticket.as_ref().and_then(|ticket| self.routing.queues.get(&ticket.queue));
        let errand = Errand::Assign {
            conversation: item.subject.conversation,
            agent: offer.agent.clone(),
            offer: item.offer_id(),
            transferred_from: offer.transferred_from.clone(),
            greeting: queue.and_then(|queue| queue.greeting.clone()),
        };
        self.emit(RouterEvent::Accepting { item: id, agent: offer.agent }, now);
        self.emit(RouterEvent::ErrandGiven { item: id, errand }, now);
    }

    /// `WI-4`, `WI-5`: back into the queue with its age; whether the same agent is asked again depends on the reason.
    pub(super) fn reject(
        &mut self,
        id: WorkItemId,
        agent: &AgentId,
        reason: Option<&RejectReasonId>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let item = self.item(id)?;
        let Place::Offered(offer) = &item.place else { return Err(Refusal::NotOffered) };
        if offer.agent != *agent {
            return Err(Refusal::NotOffered);
        }
        if !offer.reject_allowed {
            return Err(Refusal::RejectNotAllowed);
        }
        let reassignable = match reason {
            None => false,
            Some(reason) => {
                let known = self.routing.reject_reasons.get(reason).filter(|reason| {
                    let fits = reason.channel.is_none() || reason.channel == item.service_channel;
                    reason.selectable && fits
                });
                known.ok_or(Refusal::ReasonUnknown)?.reassignable
            }
        };
        let declined = self.rule_of(item, offer).and_then(|rule| rule.decline_presence.clone());
        let exclude = self.exclusion(item, reassignable, now);
        self.seen(agent, now);
        self.end_offer(id, OfferEnd::Rejected { reason: reason.cloned() }, exclude, now);
        self.move_to(agent, declined, PresenceWhy::Declined, now);
        Ok(())
    }

    /// `AR-9`, `SFR-4`: the agent said nothing; the item goes on and the agent's presence changes as the rule says.
    pub(super) fn offer_timed_out(&mut self, id: WorkItemId, due: Timestamp, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let Place::Offered(offer) = item.place.clone() else { return };
        let presence = self.rule_of(item, &offer).and_then(|rule| rule.timeout_presence.clone());
        let exclude = self.exclusion(item, false, now);
        self.end_offer(id, OfferEnd::TimedOut { due }, exclude, now);
        self.move_to(&offer.agent, presence, PresenceWhy::OfferTimedOut, now);
    }

    /// Ends an offer that was not accepted. One that hands a conversation over ends with it (`TR-5`); one whose maximum
    /// wait has passed meanwhile is given up at once (`Q-14`).
    pub(super) fn end_offer(&mut self, id: WorkItemId, why: OfferEnd, exclude: Exclude, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let Place::Offered(offer) = item.place.clone() else { return };
        if item.ticket.is_none() {
            let ended = RouterEvent::Ended { item: id, ending: Ending::TransferCancelled };
            return self.emit(ended, now);
        }
        let agent = offer.agent;
        self.emit(RouterEvent::OfferEnded { item: id, agent, why, exclude }, now);
        self.give_up_if_too_late(id, now);
    }

    /// What became of an errand. An assignment that was refused ends the item: the conversation is not to be had by it.
    pub(super) fn ran(&mut self, id: WorkItemId, kind: ErrandKind, taken: bool, now: Timestamp) {
        if !self.state.errands.contains_key(&(id, kind)) {
            return;
        }
        self.emit(RouterEvent::ErrandDone { item: id, kind, taken }, now);
        if kind != ErrandKind::Assign {
            return;
        }
        let Some(item) = self.state.items.get(&id) else { return };
        let Place::Accepting(offer) = item.place.clone() else { return };
        if taken {
            self.accepted(id, &offer, now);
        } else {
            let handover = offer.transferred_from.is_some();
            let ending = if handover { Ending::TransferCancelled } else { Ending::Disqualified };
            self.emit(RouterEvent::Ended { item: id, ending }, now);
        }
    }

    /// The conversation is the agent's. What it was before is handed on.
    pub(super) fn accepted(&mut self, id: WorkItemId, offer: &Offer, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let (conversation, size) = (item.subject.conversation, item.size);
        let service_channel = item.service_channel.clone();
        let by = match (&offer.transferred_from, self.rule_of(item, offer)) {
            (Some(_), _) => AllocatedBy::Transfer,
            (None, Some(rule)) if rule.auto_assign => AllocatedBy::Auto,
            (None, _) => AllocatedBy::Offer,
        };
        if offer.transferred_from.is_some()
            && let Some(own) = self.state.own_item(conversation).map(|own| own.id)
        {
            self.emit(RouterEvent::Ended { item: own, ending: Ending::Transferred }, now);
        }
        let agent = offer.agent.clone();
        self.emit(RouterEvent::Accepted { item: id, agent, by, service_channel, size }, now);
    }

    /// After a change of configuration: offers that could not be made any more go back; of these agents, or of all.
    pub(super) fn withdraw_offers(&mut self, of: Option<&BTreeSet<AgentId>>, now: Timestamp) {
        let items = &self.state.items;
        let candidates: BTreeSet<WorkItemId> = match of {
            None => items.keys().copied().collect(),
            Some(agents) => {
                let here = agents.iter().filter_map(|agent| self.state.agents.get(agent));
                here.flat_map(|here| here.items.iter().copied()).collect()
            }
        };
        let offered: Vec<(WorkItemId, AgentId)> = candidates
            .iter()
            .filter_map(|id| items.get(id))
            .filter(|item| matches!(item.place, Place::Offered(_)))
            .filter_map(|item| Some((item.id, item.agent()?.clone())))
            .collect();
        for (id, agent) in offered {
            if !self.takes_work_for(id, &agent) || self.is_homeless(id) {
                self.end_offer(id, OfferEnd::Withdrawn, Exclude::No, now);
            }
        }
    }

    /// Whether an item's channel is on for an agent.
    pub(super) fn takes_work_for(&self, id: WorkItemId, agent: &AgentId) -> bool {
        let channel = self.state.items.get(&id).and_then(|item| item.service_channel.as_ref());
        let worker = self.index.workers.get(agent);
        worker.zip(channel).is_some_and(|(worker, channel)| worker.room.contains_key(channel))
    }

    /// The item, if it is not over.
    pub(super) fn item(&self, id: WorkItemId) -> Result<&WorkItem, Refusal> {
        let gone =
            if (1..=self.state.last_item).contains(&id.0) { Refusal::ItemOver } else { Refusal::ItemUnknown };
        self.state.items.get(&id).ok_or(gone)
    }

    pub(super) fn rule_of(&self, item: &WorkItem, offer: &Offer) -> Option<&AssignmentRule> {
        let queue = self.routing.queues.get(&item.ticket.as_ref()?.queue)?;
        let pool = queue.pools.get(usize::from(offer.pool?))?;
        self.routing.rules.get(&pool.rule)
    }

    /// For how long an agent who did not take an item is not asked again. Only a queue that gives items up may keep
    /// somebody out for good; elsewhere nobody would ever come.
    fn exclusion(&self, item: &WorkItem, reassignable: bool, now: Timestamp) -> Exclude {
        if reassignable {
            // Others come first; with nobody else there, the same agent is asked again soon.
            return Exclude::Until(now.plus(REJECT_PAUSE));
        }
        let queue = item.ticket.as_ref().and_then(|ticket| self.routing.queues.get(&ticket.queue));
        match queue.map(|queue: &Queue| queue.reoffer_after) {
            Some(after) if after.0 > 0 => Exclude::Until(now.plus(after)),
            Some(_) | None => Exclude::ForGood,
        }
    }

    /// Moves an agent to another presence state because of what they did or did not do.
    fn move_to(&mut self, agent: &AgentId, to: Option<PresenceId>, why: PresenceWhy, now: Timestamp) {
        let Some(to) = to else { return };
        let Some(here) = self.state.agents.get(agent) else { return };
        // Somebody who has left meanwhile is not called back.
        if here.presence == to || here.presence.as_str() == crate::routing::presence_names::OFFLINE {
            return;
        }
        let (switched_off, connected) = (here.switched_off.clone(), here.disconnected.is_none());
        self.change_presence(agent, to, switched_off, connected, why, now);
    }
}
