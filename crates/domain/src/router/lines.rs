//! Who waits where: each queue's items in order, by class, with the classes in the order of their first items. The next
//! item for an agent is found by looking at first items only.

use super::demand::{Demand, Rank};
use crate::routing::{QueueId, WorkItemId};
use std::collections::{BTreeMap, BTreeSet};

/// Names a class while any item is in it.
pub(super) type ClassId = u32;

/// All queues.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    queues: BTreeMap<QueueId, Line>,
    places: BTreeMap<WorkItemId, (Rank, ClassId)>,
    ids: BTreeMap<Demand, ClassId>,
    classes: BTreeMap<ClassId, Class>,
    last_class: ClassId,
}

#[derive(Clone, Debug, Default)]
struct Line {
    order: BTreeSet<Rank>,
    heads: BTreeSet<(Rank, ClassId)>,
}

#[derive(Clone, Debug)]
struct Class {
    demand: Demand,
    items: BTreeSet<Rank>,
}

impl Lines {
    /// Puts an item into its place, or moves it there; whether it was elsewhere before.
    pub(super) fn put(&mut self, demand: Demand, rank: Rank) -> bool {
        let item = rank.item;
        if let Some((before, class)) = self.places.get(&item)
            && *before == rank
            && self.classes.get(class).is_some_and(|class| class.demand == demand)
        {
            return false;
        }
        self.remove(item);
        let class_id = self.class_of(demand);
        if let Some(class) = self.classes.get_mut(&class_id) {
            let line = self.queues.entry(class.demand.queue.clone()).or_default();
            line.order.insert(rank.clone());
            if let Some(first) = class.items.first() {
                line.heads.remove(&(first.clone(), class_id));
            }
            class.items.insert(rank.clone());
            if let Some(first) = class.items.first() {
                line.heads.insert((first.clone(), class_id));
            }
        }
        self.places.insert(item, (rank, class_id));
        true
    }

    /// Takes an item out, if it is in any queue.
    pub(super) fn remove(&mut self, item: WorkItemId) {
        let Some((rank, class_id)) = self.places.remove(&item) else { return };
        let Some(class) = self.classes.get_mut(&class_id) else { return };
        let Some(line) = self.queues.get_mut(&class.demand.queue) else { return };
        line.order.remove(&rank);
        if class.items.first() == Some(&rank) {
            line.heads.remove(&(rank.clone(), class_id));
            class.items.remove(&rank);
            if let Some(first) = class.items.first() {
                line.heads.insert((first.clone(), class_id));
            }
        } else {
            class.items.remove(&rank);
        }
        if class.items.is_empty()
            && let Some(class) = self.classes.remove(&class_id)
        {
            self.ids.remove(&class.demand);
        }
    }

    /// The classes of a queue with their first items, the one that goes first first.
    pub(super) fn heads(&self, queue: &QueueId) -> impl Iterator<Item = (&Rank, &Demand)> {
        let heads = self.queues.get(queue).into_iter().flat_map(|line| &line.heads);
        heads.filter_map(|(rank, class)| Some((rank, &self.classes.get(class)?.demand)))
    }

    /// What an item asks, if it waits.
    pub(super) fn demand(&self, item: WorkItemId) -> Option<&Demand> {
        let (_, class) = self.places.get(&item)?;
        self.classes.get(class).map(|class| &class.demand)
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
        let (rank, class) = self.places.get(&item)?;
        let queue = &self.classes.get(class)?.demand.queue;
        self.queues.get(queue).map(|line| line.order.range(..rank.clone()).count())
    }

    fn class_of(&mut self, demand: Demand) -> ClassId {
        if let Some(id) = self.ids.get(&demand) {
            return *id;
        }
        self.last_class = self.last_class.wrapping_add(1);
        self.ids.insert(demand.clone(), self.last_class);
        self.classes.insert(self.last_class, Class { demand, items: BTreeSet::new() });
        self.last_class
    }
}
