//! The facts that lead from one routing to another, in an order that can stop anywhere.
//!
//! A large change is stored in several steps, and the process may die between any two. So after each single fact
//! everything that is referred to has to be there, and no queues may overflow in a circle. What is new or changed
//! comes first, each entry after those that it refers to; what is gone goes last, each entry before those that it
//! refers to. Groups and queues can name each other, and no order does for that: such a group is set once more,
//! without the order that it gives to queues that are not there yet, or not for long.

use super::ConfigurationEvent;
use crate::routing::{Entry, EntryKey, Group, Queue, QueueId, Routing};
use std::collections::{BTreeMap, BTreeSet};

/// The facts that lead from one legal routing to another one.
pub(super) fn facts(from: &Routing, to: &Routing) -> Vec<ConfigurationEvent> {
    let configured = |entry| ConfigurationEvent::RoutingConfigured { entry: Box::new(entry) };
    let removed = |key| ConfigurationEvent::RoutingRemoved { key };
    let puts = puts(from, to).into_iter().chain(parting_groups(from, to)).map(configured);
    puts.chain(removals(from, to).into_iter().map(removed)).collect()
}

/// Whether an entry is set already as it should be.
pub(super) fn in_force(routing: &Routing, entry: &Entry) -> bool {
    match entry {
        Entry::Settings(settings) => routing.settings == *settings,
        Entry::Schedule(id, it) => routing.schedules.get(id) == Some(it),
        Entry::Presence(id, it) => routing.presence.get(id) == Some(it),
        Entry::RejectReason(id, it) => routing.reject_reasons.get(id) == Some(it),
        Entry::ServiceChannel(id, it) => routing.service_channels.get(id) == Some(it),
        Entry::Rule(id, it) => routing.rules.get(id) == Some(it),
        Entry::Group(id, it) => routing.groups.get(id) == Some(it),
        Entry::Agent(id, it) => routing.agents.get(id) == Some(it),
        Entry::Queue(id, it) => routing.queues.get(id) == Some(it.as_ref()),
    }
}

/// What is new or changed. Only that is cloned, as most changes leave most agents alone.
fn puts(from: &Routing, to: &Routing) -> Vec<Entry> {
    let Routing {
        settings,
        service_channels,
        queues,
        rules,
        groups,
        agents,
        presence,
        reject_reasons,
        schedules,
    } = to;
    let mut puts = Vec::new();
    if from.settings != *settings {
        puts.push(Entry::Settings(settings.clone()));
    }
    puts.extend(changed(&from.schedules, schedules).map(|(id, it)| Entry::Schedule(id, it)));
    let channels = changed(&from.service_channels, service_channels);
    puts.extend(channels.map(|(id, it)| Entry::ServiceChannel(id, it)));
    let early = changed(&from.groups, groups).map(|(id, it)| (id, naming_only(&from.queues, it)));
    let early = early.filter(|(id, it)| from.groups.get(id) != Some(it));
    puts.extend(early.map(|(id, it)| Entry::Group(id, it)));
    puts.extend(changed(&from.presence, presence).map(|(id, it)| Entry::Presence(id, it)));
    puts.extend(changed(&from.reject_reasons, reject_reasons).map(|(id, it)| Entry::RejectReason(id, it)));
    puts.extend(changed(&from.rules, rules).map(|(id, it)| Entry::Rule(id, it)));
    let mut changed_queues: BTreeMap<QueueId, Queue> = changed(&from.queues, queues).collect();
    let in_turn = targets_first(queues).into_iter().filter_map(|id| changed_queues.remove_entry(id));
    puts.extend(in_turn.map(|(id, it)| Entry::Queue(id, Box::new(it))));
    let late = changed(&from.groups, groups).filter(|(_, it)| !names_only(&from.queues, it));
    puts.extend(late.map(|(id, it)| Entry::Group(id, it)));
    puts.extend(changed(&from.agents, agents).map(|(id, it)| Entry::Agent(id, it)));
    puts
}

/// Groups that will be removed after queues that they name, without these names.
fn parting_groups(from: &Routing, to: &Routing) -> Vec<Entry> {
    let parting = from
        .groups
        .iter()
        .filter(|(id, group)| !to.groups.contains_key(*id) && !names_only(&to.queues, group));
    parting.map(|(id, group)| Entry::Group(id.clone(), naming_only(&to.queues, group.clone()))).collect()
}

fn removals(from: &Routing, to: &Routing) -> Vec<EntryKey> {
    let queues = targets_first(&from.queues).into_iter().rev().filter(|id| !to.queues.contains_key(*id));
    let mut removals: Vec<EntryKey> = gone(&from.agents, &to.agents).map(EntryKey::Agent).collect();
    removals.extend(queues.cloned().map(EntryKey::Queue));
    removals.extend(gone(&from.rules, &to.rules).map(EntryKey::Rule));
    removals.extend(gone(&from.reject_reasons, &to.reject_reasons).map(EntryKey::RejectReason));
    removals.extend(gone(&from.presence, &to.presence).map(EntryKey::Presence));
    removals.extend(gone(&from.groups, &to.groups).map(EntryKey::Group));
    removals.extend(gone(&from.service_channels, &to.service_channels).map(EntryKey::ServiceChannel));
    removals.extend(gone(&from.schedules, &to.schedules).map(EntryKey::Schedule));
    removals
}

fn changed<'r, K: Ord + Clone, V: PartialEq + Clone>(
    from: &'r BTreeMap<K, V>,
    to: &'r BTreeMap<K, V>,
) -> impl Iterator<Item = (K, V)> + 'r {
    to.iter().filter(|(id, it)| from.get(id) != Some(it)).map(|(id, it)| (id.clone(), it.clone()))
}

fn gone<'r, K: Ord + Clone, V>(
    from: &'r BTreeMap<K, V>,
    to: &'r BTreeMap<K, V>,
) -> impl Iterator<Item = K> + 'r {
    from.keys().filter(|id| !to.contains_key(*id)).cloned()
}

/// Whether a group gives an order to none but these queues.
fn names_only(queues: &BTreeMap<QueueId, Queue>, group: &Group) -> bool {
    group.queue_order.keys().all(|id| queues.contains_key(id))
}

/// The group without the orders that it gives to any but these queues.
fn naming_only(queues: &BTreeMap<QueueId, Queue>, mut group: Group) -> Group {
    group.queue_order.retain(|id, _| queues.contains_key(id));
    group
}

/// All queues, each after the one that it overflows into.
fn targets_first(queues: &BTreeMap<QueueId, Queue>) -> Vec<&QueueId> {
    let (mut ordered, mut placed) = (Vec::new(), BTreeSet::new());
    for start in queues.keys() {
        let mut chain = Vec::new();
        let mut next = queues.get_key_value(start);
        // A chain ends at a queue that has its place already, which is before this one.
        while let Some((id, queue)) = next.filter(|(id, _)| placed.insert(*id)) {
            chain.push(id);
            next = queue.overflow_queue.as_ref().and_then(|target| queues.get_key_value(target));
        }
        ordered.extend(chain.into_iter().rev());
    }
    ordered
}
