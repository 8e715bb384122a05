//! Which queue an item goes into, whether it is let in, and how it leaves a queue without an agent.

use super::Router;
use super::errand::Errand;
use super::event::RouterEvent;
use super::fields::ItemFields;
use super::item::{Ending, ItemOrigin, Place, UnroutedWhy, WorkItem};
use crate::channel::Mode;
use crate::routing::{
    Affinity, Queue, QueueId, Routing, ScheduleId, ServiceChannelId, WhenNobody, WorkItemId,
};
use crate::{AgentId, Seconds, Timestamp};
use std::collections::BTreeSet;

/// Why a queue does not let a chat in (`Q-15`, `Q-16`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shut {
    Closed,
    Full,
    Nobody,
    /// It would, but the wait would be too long and another queue takes it (`BH-4`).
    WaitTooLong,
}

/// How often an item may overflow on its way in.
const OVERFLOWS_MAX: usize = 8;

impl Router {
    /// Finds the queue for an item that has none, and puts it in (`Q-2`). A fresh one has not been looked at before.
    pub(super) fn route(&mut self, id: WorkItemId, fresh: bool, now: Timestamp) {
        match self.destination(id, fresh, now) {
            Ok((channel, queue)) => self.enter(id, &channel, queue, now),
            Err(why) => {
                let place = self.state.items.get(&id).map(|item| &item.place);
                if fresh || place != Some(&Place::Unrouted(why)) {
                    self.emit(RouterEvent::Unrouted { item: id, why }, now);
                }
            }
        }
    }

    fn destination(
        &self,
        id: WorkItemId,
        fresh: bool,
        now: Timestamp,
    ) -> Result<(ServiceChannelId, QueueId), UnroutedWhy> {
        let item = self.state.items.get(&id).ok_or(UnroutedWhy::NoQueue)?;
        let fields = ItemFields { subject: &item.subject, variables: &item.variables };
        let channel = first(
            &self.routing.service_channels,
            |channel| channel.order,
            |channel| channel.active && fields.belong_to(channel),
        );
        let channel = channel.ok_or(UnroutedWhy::NoServiceChannel)?;
        let queue = match &item.origin {
            // TR-1: it goes where it was sent, as long as there is such a queue; it stays on its channel (OMN-8).
            ItemOrigin::ToQueue { queue, .. }
                if self.routing.queues.get(queue).is_some_and(|queue| queue.service_channel == channel) =>
            {
                Some(queue.clone())
            }
            ItemOrigin::ToQueue { .. }
            | ItemOrigin::Asked
            | ItemOrigin::Reassigned { .. }
            | ItemOrigin::ToAgent { .. }
            | ItemOrigin::ByHand => first(
                &self.routing.queues,
                |queue| queue.order,
                |queue| {
                    // how much of the channel is in use does not matter here.
                    let wanted = queue.condition.as_ref().is_some_and(|condition| condition.holds(&fields));
                    queue.active && queue.service_channel == channel && wanted
                },
            ),
        };
        let queue = queue.ok_or(UnroutedWhy::NoQueue)?;
        if self.was_asked_too_early(item, fresh, now) {
            return Err(UnroutedWhy::LookBack);
        }
        let room = usize::try_from(self.routing.settings.queued_max).unwrap_or(usize::MAX);
        if self.index.waiting_in_all() >= room {
            return Err(UnroutedWhy::Overfull);
        }
        Ok((channel, queue))
    }

    /// `Q-5`: what was asked for more than L before it became eligible is left to people. What comes late because the
    /// process was down, or because there was no room, was eligible all the time.
    fn was_asked_too_early(&self, item: &WorkItem, fresh: bool, now: Timestamp) -> bool {
        let eligible = match item.place {
            Place::Unrouted(UnroutedWhy::Overfull) => item.asked,
            Place::Unrouted(_) if !fresh => now,
            Place::Unrouted(_)
            | Place::Queued
            | Place::Offered(_)
            | Place::Accepting(_)
            | Place::Accepted { .. } => self.state.on_since.unwrap_or(now),
        };
        item.asked.plus(self.routing.settings.look_back) < eligible
    }

    /// Puts an item into a queue, or where that one overflows to, or refuses it (`Q-15`, `Q-16`, `BH-4`).
    fn enter(&mut self, id: WorkItemId, channel: &ServiceChannelId, queue: QueueId, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let checked = is_checked(item);
        let (mut here, mut from, mut shut_out) = (queue, None, None);
        for _ in 0..OVERFLOWS_MAX {
            let Some(settings) = self.routing.queues.get(&here) else { break };
            let shut = if checked {
                self.shut(&here, settings, channel, now)
            } else {
                self.too_long(&here, settings, now)
            };
            let Some(why) = shut else {
                return self.put_into(id, channel, &here, from, now);
            };
            shut_out.get_or_insert((here.clone(), why, settings.nobody));
            let Some(next) = overflow_of(settings, &self.routing) else { break };
            from = Some(here);
            here = next;
        }
        // No queue down the line takes it either, so the first one decides.
        let Some((queue, why, nobody)) = shut_out else { return };
        match (why, nobody) {
            (Shut::WaitTooLong, _) | (Shut::Nobody, WhenNobody::Wait) => {
                self.put_into(id, channel, &queue, None, now);
            }
            (Shut::Closed | Shut::Full, _) | (Shut::Nobody, WhenNobody::Refuse) => {
                self.refuse(id, &queue, why, now);
            }
        }
    }

    /// Why a queue does not take a chat just now.
    fn shut(&self, id: &QueueId, queue: &Queue, channel: &ServiceChannelId, now: Timestamp) -> Option<Shut> {
        let hours = self.routing.service_channels.get(channel).and_then(|channel| channel.hours.as_ref());
        if !self.is_open(hours, now) || !self.is_open(queue.schedule.as_ref(), now) {
            return Some(Shut::Closed);
        }
        // SFR-9: one router decides, so the cap is exact however many come at once.
        if queue
            .size_cap
            .is_some_and(|cap| self.index.waiting(id) >= usize::try_from(cap).unwrap_or(usize::MAX))
        {
            return Some(Shut::Full);
        }
        let overflows = overflow_of(queue, &self.routing).is_some();
        let refuses = overflows || queue.nobody == WhenNobody::Refuse;
        if refuses && !queue.pools.is_empty() && !self.index.anybody_online(queue) {
            return Some(Shut::Nobody);
        }
        self.too_long(id, queue, now)
    }

    /// `BH-4`: the wait would be longer than the queue lets it, and there is another queue.
    fn too_long(&self, id: &QueueId, queue: &Queue, now: Timestamp) -> Option<Shut> {
        let limit = queue.overflow_wait.filter(|_| overflow_of(queue, &self.routing).is_some())?;
        let waits = self.state.waits.get(id)?;
        let estimate = waits.estimate(&BTreeSet::new(), self.routing.settings.estimate, now)?;
        // Without anybody waiting the next one is served at once, whatever earlier ones waited.
        (self.index.lines.len(id) > 0 && estimate > limit).then_some(Shut::WaitTooLong)
    }

    fn is_open(&self, schedule: Option<&ScheduleId>, now: Timestamp) -> bool {
        let schedule = schedule.and_then(|schedule| self.routing.schedules.get(schedule));
        schedule.is_none_or(|schedule| schedule.is_open(now))
    }

    fn put_into(
        &mut self,
        id: WorkItemId,
        channel: &ServiceChannelId,
        queue_id: &QueueId,
        overflow_from: Option<QueueId>,
        now: Timestamp,
    ) {
        let routing = std::sync::Arc::clone(&self.routing);
        let (Some(item), Some(queue)) = (self.state.items.get(&id), routing.queues.get(queue_id)) else {
            return;
        };
        let fields = ItemFields { subject: &item.subject, variables: &item.variables };
        let size = routing.service_channels.get(channel).map_or(1, |channel| fields.size_on(channel));
        let affine = self.affine(item, queue, now);
        let holds = queue.hold_for_affine.0 > 0 && !affine.is_empty();
        let spared = match &item.origin {
            ItemOrigin::Reassigned { from, by_action: true } if item.offers == 0 => {
                let round = if queue.reoffer_after.0 > 0 { queue.reoffer_after } else { SPARED_AT_MOST };
                Some((from.clone(), now.plus(round)))
            }
            ItemOrigin::Reassigned { .. }
            | ItemOrigin::Asked
            | ItemOrigin::ToQueue { .. }
            | ItemOrigin::ToAgent { .. }
            | ItemOrigin::ByHand => None,
        };
        let queued = RouterEvent::Queued {
            item: id,
            queue: queue_id.clone(),
            service_channel: channel.clone(),
            size,
            skills: fields.skills_in(queue),
            affine,
            hold_until: holds.then(|| now.plus(queue.hold_for_affine)),
            spared,
            overflow_from,
        };
        self.emit(queued, now);
    }

    /// Who is preferred, by the queue's rules in their order (`AFF-1`, `AFF-2`).
    fn affine(&self, item: &WorkItem, queue: &Queue, now: Timestamp) -> Vec<AgentId> {
        let fields = ItemFields { subject: &item.subject, variables: &item.variables };
        let mut preferred: Vec<AgentId> = Vec::new();
        for rule in &queue.affinity {
            let by_rule = match rule {
                Affinity::Historical { days } => {
                    self.state.served.by(item.subject.contact, *days, now).cloned().into_iter().collect()
                }
                Affinity::Named { field } => fields.agents_in(field),
            };
            for agent in by_rule {
                if !preferred.contains(&agent) {
                    preferred.push(agent);
                }
            }
        }
        preferred
    }

    fn refuse(&mut self, id: WorkItemId, queue: &QueueId, why: Shut, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let conversation = item.subject.conversation;
        let own = self.routing.queues.get(queue).and_then(|queue| queue.refusal_message.clone());
        let text = own.unwrap_or_else(|| self.routing.settings.no_agent_message.clone());
        let ending = match why {
            Shut::Closed => Ending::RefusedClosed,
            Shut::Full => Ending::RefusedFull,
            Shut::Nobody | Shut::WaitTooLong => Ending::RefusedNobody,
        };
        self.emit(RouterEvent::Ended { item: id, ending }, now);
        let errand = Errand::Refuse { conversation, text: Some(text) };
        self.emit(RouterEvent::ErrandGiven { item: id, errand }, now);
    }

    /// Nobody came in time: the item is over, and the requester is told (`Q-12`, `Q-13`).
    pub(super) fn give_up(&mut self, id: WorkItemId, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let queue = item.ticket.as_ref().and_then(|ticket| self.routing.queues.get(&ticket.queue));
        let own = queue.and_then(|queue| queue.max_wait_message.clone());
        let text = own.unwrap_or_else(|| self.routing.settings.no_agent_message.clone());
        let errand = Errand::EndWait { conversation: item.subject.conversation, text: Some(text) };
        self.emit(RouterEvent::Ended { item: id, ending: Ending::TimedOut }, now);
        self.emit(RouterEvent::ErrandGiven { item: id, errand }, now);
    }

    /// `Q-14`
    pub(super) fn give_up_if_too_late(&mut self, id: WorkItemId, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let queue = item
            .ticket
            .as_ref()
            .and_then(|ticket| super::due::max_wait(ticket, self.routing.queues.get(&ticket.queue)?));
        if queue.is_some_and(|(at, _)| at <= now) {
            self.give_up(id, now);
        }
    }

    /// It waited too long here, so another queue has it now; its age stays.
    pub(super) fn overflow(&mut self, id: WorkItemId, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let (Some(ticket), Some(channel)) = (&item.ticket, item.service_channel.clone()) else { return };
        let from = ticket.queue.clone();
        let next = self.routing.queues.get(&from).and_then(|queue| overflow_of(queue, &self.routing));
        if let Some(next) = next {
            self.put_into(id, &channel, &next, Some(from), now);
        }
    }

    /// Routes the oldest item that waits for room, if there is room now; whether it did.
    pub(super) fn place_overfull(&mut self, now: Timestamp) -> bool {
        let room = usize::try_from(self.routing.settings.queued_max).unwrap_or(usize::MAX);
        if self.index.waiting_in_all() >= room {
            return false;
        }
        let Some(id) = self.index.overfull.first().copied() else { return false };
        self.route(id, false, now);
        // Should it find no queue any more, it is unrouted for another reason now.
        !self.index.overfull.contains(&id)
    }

    /// After a change of configuration: what is in no queue, or in one that is gone, is routed anew (`Q-4`).
    pub(super) fn place_again(&mut self, now: Timestamp) {
        let to_place = |item: &&WorkItem| match &item.place {
            Place::Unrouted(_) => true,
            Place::Queued => self.is_homeless(item.id),
            Place::Offered(_) | Place::Accepting(_) | Place::Accepted { .. } => false,
        };
        let ids: Vec<WorkItemId> = self.state.items.values().filter(to_place).map(|item| item.id).collect();
        for id in ids {
            self.route(id, false, now);
        }
    }

    /// Whether the queue in which an item has its place is gone, or is another service channel's now.
    pub(super) fn is_homeless(&self, id: WorkItemId) -> bool {
        let Some(item) = self.state.items.get(&id) else { return false };
        let Some(ticket) = &item.ticket else { return false };
        let queue = self.routing.queues.get(&ticket.queue);
        queue.is_none_or(|queue| Some(&queue.service_channel) != item.service_channel.as_ref())
    }
}

/// How long somebody is spared at most in a queue that asks nobody twice.
const SPARED_AT_MOST: Seconds = Seconds(300);

/// Where a queue overflows to, if that queue takes work.
pub(super) fn overflow_of(queue: &Queue, routing: &Routing) -> Option<QueueId> {
    let next = queue.overflow_queue.as_ref()?;
    let takes = |other: &Queue| other.active && other.service_channel == queue.service_channel;
    routing.queues.get(next).is_some_and(takes).then(|| next.clone())
}

/// Only a chat that arrives is checked at the entrance: a messaging item may wait, and what an agent or a rule sends on
/// is in already (`Q-15`, `Q-16`, `TR-1`).
fn is_checked(item: &WorkItem) -> bool {
    item.subject.mode == Mode::Chat && item.origin == ItemOrigin::Asked && item.ticket.is_none()
}

/// The first by order, then by name, for which something holds.
fn first<K: Clone + Ord, V>(
    all: &std::collections::BTreeMap<K, V>,
    order: impl Fn(&V) -> u32,
    holds: impl Fn(&V) -> bool,
) -> Option<K> {
    let fitting = all.iter().filter(|(_, value)| holds(value));
    fitting.min_by_key(|(key, value)| (order(value), (*key).clone())).map(|(key, _)| key.clone())
}
