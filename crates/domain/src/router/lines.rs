//! Who waits where: each queue's items in order, by class, with the classes in the order of their first items. The next
//! item for an agent is found by looking at first items only, and at those only whose skills the agent has.

use super::demand::{Demand, Rank};
use super::shelf::{Heads, Levels, Shelf, SkillNumbers};
use crate::routing::{Agent, QueueId, Routing, WorkItemId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All queues.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    numbers: SkillNumbers,
    queues: BTreeMap<QueueId, Line>,
    places: BTreeMap<WorkItemId, (Rank, Arc<Demand>)>,
}

#[derive(Clone, Debug, Default)]
struct Line {
    order: BTreeSet<Rank>,
    classes: BTreeMap<Arc<Demand>, Class>,
    shelf: Shelf,
}

/// Items that ask the same.
#[derive(Clone, Debug, Default)]
struct Class {
    /// The skills that it cannot do without; `None` if there is one that nobody has, so that nobody has to look.
    needs: Option<Levels>,
    items: BTreeSet<Rank>,
}

impl Lines {
    /// Empty ones for a configuration.
    pub(super) fn under(routing: &Routing) -> Self {
        Self { numbers: SkillNumbers::under(routing), ..Self::default() }
    }

    /// Whether an agent with these skills can be taken in without beginning anew.
    pub(super) fn know_skills_of(&self, agent: &Agent) -> bool {
        self.numbers.cover(agent)
    }

    /// Puts an item into its place, or moves it there; whether it was elsewhere before.
    pub(super) fn put(&mut self, demand: Demand, rank: Rank, routing: &Routing) -> bool {
        let item = rank.item;
        let before = self.places.get(&item);
        if before.is_some_and(|(before, class)| *before == rank && **class == demand) {
            return false;
        }
        self.remove(item);
        let line = self.queues.entry(demand.queue.clone()).or_default();
        let demand = line.put(Arc::new(demand), rank.clone(), routing, &self.numbers);
        self.places.insert(item, (rank, demand));
        true
    }

    /// Takes an item out, if it is in any queue.
    pub(super) fn remove(&mut self, item: WorkItemId) {
        if let Some((rank, demand)) = self.places.remove(&item)
            && let Some(line) = self.queues.get_mut(&demand.queue)
        {
            line.remove(&demand, &rank);
        }
    }

    /// An agent's skills as [`look`](Self::look) wants them.
    pub(super) fn skills_of(&self, agent: &Agent) -> Levels {
        self.numbers.of(agent.skills.iter().map(|(skill, level)| (skill, *level)))
    }

    /// Looks at the classes of a queue that these skills do not rule out; each time at some in their order.
    pub(super) fn look<'a>(&'a self, queue: &QueueId, skills: &Levels, mut look: impl FnMut(&'a Heads)) {
        if let Some(line) = self.queues.get(queue) {
            line.shelf.look(skills, &mut look);
        }
    }

    /// What an item asks, if it waits.
    pub(super) fn demand(&self, item: WorkItemId) -> Option<&Arc<Demand>> {
        self.places.get(&item).map(|(_, demand)| demand)
    }

    /// How many wait in a queue.
    pub(super) fn len(&self, queue: &QueueId) -> usize {
        self.queues.get(queue).map_or(0, |line| line.order.len())
    }

    /// How many wait in all.
    pub(super) fn total(&self) -> usize {
        self.places.len()
    }

    /// The items of a queue in its order.
    pub(super) fn in_order(&self, queue: &QueueId) -> impl Iterator<Item = &Rank> {
        self.queues.get(queue).into_iter().flat_map(|line| &line.order)
    }

    /// How many go before an item in its queue.
    pub(super) fn before(&self, item: WorkItemId) -> Option<usize> {
        let (rank, demand) = self.places.get(&item)?;
        self.queues.get(&demand.queue).map(|line| line.order.range(..rank.clone()).count())
    }
}

impl Line {
    /// Puts an item into its class; what the class asks.
    fn put(
        &mut self,
        demand: Arc<Demand>,
        rank: Rank,
        routing: &Routing,
        numbers: &SkillNumbers,
    ) -> Arc<Demand> {
        self.order.insert(rank.clone());
        let demand = self.classes.get_key_value(&demand).map_or(demand, |(known, _)| Arc::clone(known));
        let class = self.classes.entry(Arc::clone(&demand)).or_insert_with(|| {
            let needs = || demand.indispensable(routing).map(|demand| (&demand.skill, demand.level));
            let numbered = numbers.of(needs());
            Class { needs: (numbered.len() == needs().count()).then_some(numbered), items: BTreeSet::new() }
        });
        let first = class.items.first();
        if let Some(needs) = &class.needs
            && first.is_none_or(|first| rank < *first)
        {
            first.map(|first| self.shelf.remove(needs, first));
            self.shelf.put(needs, rank.clone(), Arc::clone(&demand));
        }
        class.items.insert(rank);
        demand
    }

    fn remove(&mut self, demand: &Arc<Demand>, rank: &Rank) {
        self.order.remove(rank);
        let Some(class) = self.classes.get_mut(demand) else { return };
        class.items.remove(rank);
        if let Some(needs) = &class.needs
            && self.shelf.remove(needs, rank)
            && let Some(next) = class.items.first()
        {
            self.shelf.put(needs, next.clone(), Arc::clone(demand));
        }
        if class.items.is_empty() {
            self.classes.remove(demand);
        }
    }
}
