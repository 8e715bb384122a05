//! Which queues a group serves first: the k-th tier holds each group's k-th preferred queues (`Q-10`).

use crate::routing::{Agent, GroupId, QueueId, Routing};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Queues by tier, the tier that is served first first.
pub(super) type Tiers = Arc<Vec<Vec<QueueId>>>;

/// The tiers of all groups under one configuration.
#[derive(Clone, Debug, Default)]
pub(super) struct TierTable {
    by_group: BTreeMap<GroupId, BTreeMap<QueueId, usize>>,
    queues: BTreeMap<GroupId, BTreeSet<QueueId>>,
    /// Agents with the same groups share their tiers.
    cache: BTreeMap<BTreeSet<GroupId>, Tiers>,
}

impl TierTable {
    pub(super) fn of(routing: &Routing) -> Self {
        let mut queues: BTreeMap<GroupId, BTreeSet<QueueId>> = BTreeMap::new();
        for (id, queue) in &routing.queues {
            for group in queue.pools.iter().flat_map(|pool| &pool.groups) {
                queues.entry(group.clone()).or_default().insert(id.clone());
            }
        }
        let mut by_group: BTreeMap<GroupId, BTreeMap<QueueId, usize>> = BTreeMap::new();
        for (group, queues) in &queues {
            let settings = routing.groups.get(group).cloned().unwrap_or_default();
            let orders: BTreeSet<u32> = queues.iter().map(|queue| settings.order_of(queue)).collect();
            for queue in queues {
                let tier = orders.range(..settings.order_of(queue)).count();
                by_group.entry(group.clone()).or_default().insert(queue.clone(), tier);
            }
        }
        Self { by_group, queues, cache: BTreeMap::new() }
    }

    /// The tier in which a group serves a queue.
    pub(super) fn tier(&self, group: &GroupId, queue: &QueueId) -> usize {
        self.by_group.get(group).and_then(|queues| queues.get(queue)).copied().unwrap_or(usize::MAX)
    }

    /// The first tier in which any of an agent's groups serves a queue.
    pub(super) fn tier_of(&self, agent: &Agent, queue: &QueueId) -> usize {
        agent.groups.iter().map(|group| self.tier(group, queue)).min().unwrap_or(usize::MAX)
    }

    /// All queues that an agent serves.
    pub(super) fn tiers(&mut self, agent: &Agent) -> Tiers {
        if let Some(tiers) = self.cache.get(&agent.groups) {
            return Arc::clone(tiers);
        }
        let mut by_tier: BTreeMap<usize, Vec<QueueId>> = BTreeMap::new();
        let served: BTreeSet<&QueueId> =
            agent.groups.iter().filter_map(|group| self.queues.get(group)).flatten().collect();
        for queue in served {
            by_tier.entry(self.tier_of(agent, queue)).or_default().push(queue.clone());
        }
        let tiers: Tiers = Arc::new(by_tier.into_values().collect());
        self.cache.insert(agent.groups.clone(), Arc::clone(&tiers));
        tiers
    }
}
