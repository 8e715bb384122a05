//! What is derived from state and configuration so that nothing has to be searched: who waits, who is free, what is due.

use super::benches::{Benches, World};
use super::demand::{Demand, Rank};
use super::due::Due;
use super::item::{Place, UnroutedWhy, WorkItem};
use super::lines::Lines;
use super::state::State;
use super::tiers::TierTable;
use super::worker::Worker;
use crate::routing::{GroupId, Pool, Queue, QueueId, Routing, ServiceChannelId, WorkItemId};
use crate::{AgentId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// See above. Built anew when the configuration changes; otherwise only what an event touched is looked at again.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    pub(super) lines: Lines,
    pub(super) benches: Benches,
    pub(super) tiers: TierTable,
    /// Agents for whom at least one channel is on.
    pub(super) workers: BTreeMap<AgentId, Worker>,
    /// How many agents of a group a channel is on for.
    online: BTreeMap<(GroupId, ServiceChannelId), usize>,
    /// Items of each queue that nobody has accepted yet: waiting or offered.
    waiting: BTreeMap<QueueId, BTreeSet<WorkItemId>>,
    waiting_in: BTreeMap<WorkItemId, QueueId>,
    /// Items that wait for room (`Q-6`); the lowest number is the oldest.
    pub(super) overfull: BTreeSet<WorkItemId>,
    pub(super) due: BTreeSet<(Timestamp, Due)>,
    due_of: BTreeMap<Due, Timestamp>,
    /// Agents whose benches are not up to date.
    stale: BTreeSet<AgentId>,
}

/// How an agent's room is after another look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// There is more of it, so there may be something for them.
    More,
    /// There is some, as there was before, when there was nothing for them.
    Some,
    /// There is none.
    None,
}

impl Index {
    /// An empty one for a configuration.
    pub(super) fn under(routing: &Routing) -> Self {
        Self {
            lines: Lines::under(routing),
            benches: Benches::under(routing),
            tiers: TierTable::of(routing),
            ..Self::default()
        }
    }

    /// Looks at an item again; whether it has a new place in a queue.
    pub(super) fn refresh_item(
        &mut self,
        id: WorkItemId,
        state: &State,
        routing: &Routing,
        now: Timestamp,
    ) -> bool {
        let item = state.items.get(&id);
        self.set_due(Due::Item(id), item.and_then(|item| super::due::of_item(item, routing, now)));
        self.set_waiting(id, item);
        if item.is_some_and(|item| item.place == Place::Unrouted(UnroutedWhy::Overfull)) {
            self.overfull.insert(id);
        } else {
            self.overfull.remove(&id);
        }
        let queued = item.filter(|item| item.place == Place::Queued);
        let queue = queued.and_then(|item| routing.queues.get(&item.ticket.as_ref()?.queue));
        let place = queued
            .zip(queue)
            .and_then(|(item, queue)| Some((Demand::of(item, routing, now)?, Rank::of(item, queue)?)));
        match place {
            Some((demand, rank)) => self.lines.put(demand, rank, routing),
            None => {
                self.lines.remove(id);
                false
            }
        }
    }

    /// Looks at an agent again.
    pub(super) fn refresh_agent(
        &mut self,
        id: &AgentId,
        state: &State,
        routing: &Routing,
        now: Timestamp,
    ) -> Room {
        self.set_due(Due::Agent(id.clone()), super::due::of_agent(id, state, routing, now));
        let mut after = Worker::of(id, state, routing, now);
        if let Some((after, agent)) = after.as_mut().zip(routing.agents.get(id)) {
            let before = self.workers.get(id).map(|before| Arc::clone(&before.tiers));
            after.tiers = before.unwrap_or_else(|| self.tiers.tiers(agent));
        }
        let before = match &after {
            Some(after) => self.workers.insert(id.clone(), after.clone()),
            None => self.workers.remove(id),
        };
        self.count_online(id, before.as_ref(), after.as_ref(), routing);
        self.stale.insert(id.clone());
        match after {
            Some(after) if after.has_any_room() => {
                if before.is_none_or(|before| after.exceeds(&before)) {
                    Room::More
                } else {
                    Room::Some
                }
            }
            Some(_) | None => Room::None,
        }
    }

    /// Whether these agents can be taken in without beginning anew.
    pub(super) fn know_skills_of(&self, agents: &BTreeSet<AgentId>, routing: &Routing) -> bool {
        let mut agents = agents.iter().filter_map(|id| routing.agents.get(id));
        agents.all(|agent| self.lines.know_skills_of(agent))
    }

    /// Takes an agent out who was there under another configuration.
    pub(super) fn forget_agent(&mut self, id: &AgentId, before: &Routing) {
        let worker = self.workers.remove(id);
        self.count_online(id, worker.as_ref(), None, before);
        if let Some(agent) = before.agents.get(id) {
            self.benches.remove(id, agent);
        }
    }

    /// Keeps count of those for whom channels are on.
    fn count_online(
        &mut self,
        id: &AgentId,
        before: Option<&Worker>,
        after: Option<&Worker>,
        routing: &Routing,
    ) {
        let is_on =
            |worker: Option<&Worker>, channel| worker.is_some_and(|worker| worker.room.contains_key(channel));
        let groups = routing.agents.get(id).map(|agent| &agent.groups);
        for channel in before.into_iter().chain(after).flat_map(|worker| worker.room.keys()) {
            let change = match (is_on(before, channel), is_on(after, channel)) {
                (false, true) => 1,
                (true, false) => -1,
                (true, true) | (false, false) => continue,
            };
            for group in groups.into_iter().flatten() {
                let count = self.online.entry((group.clone(), channel.clone())).or_default();
                *count = count.saturating_add_signed(change);
            }
        }
    }

    /// Brings the benches up to date.
    pub(super) fn settle_benches(&mut self, state: &State, routing: &Routing) {
        while let Some(id) = self.stale.pop_first() {
            let Some(agent) = routing.agents.get(&id) else { continue };
            let world = World { state, routing, workers: &self.workers };
            self.benches.refresh(&id, agent, world);
        }
    }

    /// How many of a queue nobody has accepted yet.
    pub(super) fn waiting(&self, queue: &QueueId) -> usize {
        self.waiting.get(queue).map_or(0, BTreeSet::len)
    }

    /// See [`waiting`](Self::waiting).
    pub(super) fn waiting_items(&self, queue: &QueueId) -> impl Iterator<Item = WorkItemId> {
        self.waiting.get(queue).into_iter().flatten().copied()
    }

    /// How many wait in all, offered or not.
    pub(super) fn waiting_in_all(&self) -> usize {
        self.waiting_in.len()
    }

    /// Whether anybody who may ever take a queue's work is there.
    pub(super) fn anybody_online(&self, queue: &Queue) -> bool {
        let groups = |pool: &Pool| pool.groups.clone();
        queue.pools.iter().flat_map(groups).any(|group| {
            self.online.get(&(group, queue.service_channel.clone())).is_some_and(|count| *count > 0)
        })
    }

    /// Looks at somebody later than they are due.
    pub(super) fn postpone(&mut self, who: Due, until: Timestamp) {
        self.set_due(who, Some(until));
    }

    fn set_due(&mut self, who: Due, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.due_of.insert(who.clone(), at),
            None => self.due_of.remove(&who),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.due.remove(&(before, who.clone()));
        }
        if let Some(at) = at {
            self.due.insert((at, who));
        }
    }

    fn set_waiting(&mut self, id: WorkItemId, item: Option<&WorkItem>) {
        let queue = item.and_then(|item| match &item.place {
            Place::Queued | Place::Offered(_) => Some(&item.ticket.as_ref()?.queue),
            Place::Unrouted(_) | Place::Accepting(_) | Place::Accepted { .. } => None,
        });
        if self.waiting_in.get(&id) == queue {
            return;
        }
        if let Some(before) = self.waiting_in.remove(&id)
            && let Some(items) = self.waiting.get_mut(&before)
        {
            items.remove(&id);
        }
        if let Some(queue) = queue {
            self.waiting.entry(queue.clone()).or_default().insert(id);
            self.waiting_in.insert(id, queue.clone());
        }
    }
}
