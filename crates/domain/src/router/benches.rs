//! Who is free: for each group, rule, channel and set of skills that work has asked for, the agents with room in the
//! order in which the rule would choose them. The best agent for an item is found at the front.

use super::demand::{RankKey, rank_key};
use super::state::State;
use super::worker::Worker;
use crate::AgentId;
use crate::routing::{GroupId, Routing, RuleId, ServiceChannelId, SkillDemand};
use std::collections::{BTreeMap, BTreeSet};

/// How many benches one group keeps; beyond it the one that was not used for longest goes (`X1`).
const BENCHES_MAX: usize = 128;

/// For what a bench of a group is sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BenchKey {
    pub(super) rule: RuleId,
    pub(super) channel: ServiceChannelId,
    pub(super) skills: Vec<SkillDemand>,
}

/// All benches of all groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Benches {
    groups: BTreeMap<GroupId, BTreeMap<BenchKey, Bench>>,
    /// Members of each group who are at work.
    members: BTreeMap<GroupId, BTreeSet<AgentId>>,
    uses: u64,
}

#[derive(Clone, Debug, Default)]
struct Bench {
    order: BTreeSet<(RankKey, AgentId)>,
    keys: BTreeMap<AgentId, RankKey>,
    used: u64,
}

/// What a bench is built from.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) state: &'a State,
    pub(super) routing: &'a Routing,
    pub(super) workers: &'a BTreeMap<AgentId, Worker>,
}

impl Benches {
    /// Puts an agent where they belong now; `groups` are all that they ever belonged to.
    pub(super) fn refresh(&mut self, id: &AgentId, groups: &BTreeSet<GroupId>, world: World<'_>) {
        let at_work = world.workers.contains_key(id);
        for group in groups {
            let members = self.members.entry(group.clone()).or_default();
            if at_work {
                members.insert(id.clone());
            } else {
                members.remove(id);
            }
            for (key, bench) in self.groups.get_mut(group).into_iter().flatten() {
                bench.refresh(key, id, world);
            }
        }
    }

    /// The agents of a group with room on a channel, in the order in which a rule chooses them.
    pub(super) fn in_order(
        &mut self,
        group: &GroupId,
        key: &BenchKey,
        world: World<'_>,
    ) -> &BTreeSet<(RankKey, AgentId)> {
        self.uses += 1;
        let benches = self.groups.entry(group.clone()).or_default();
        if benches.len() >= BENCHES_MAX && !benches.contains_key(key) {
            let oldest = benches.iter().min_by_key(|(_, bench)| bench.used).map(|(key, _)| key.clone());
            oldest.map(|oldest| benches.remove(&oldest));
        }
        let bench = benches.entry(key.clone()).or_insert_with(|| {
            let mut bench = Bench::default();
            for id in self.members.get(group).into_iter().flatten() {
                bench.refresh(key, id, world);
            }
            bench
        });
        bench.used = self.uses;
        &bench.order
    }
}

impl Bench {
    fn refresh(&mut self, key: &BenchKey, id: &AgentId, world: World<'_>) {
        let place = place(key, id, world);
        if self.keys.get(id) == place.as_ref() {
            return;
        }
        if let Some(before) = self.keys.remove(id) {
            self.order.remove(&(before, id.clone()));
        }
        if let Some(place) = place {
            self.keys.insert(id.clone(), place);
            self.order.insert((place, id.clone()));
        }
    }
}

/// Where an agent stands on a bench; nowhere without any room.
fn place(key: &BenchKey, id: &AgentId, world: World<'_>) -> Option<RankKey> {
    let worker = world.workers.get(id)?;
    let (agent, rule) = (world.routing.agents.get(id)?, world.routing.rules.get(&key.rule)?);
    let has_room = worker.has_room(&key.channel, 1);
    has_room.then(|| rank_key(agent, id, worker, world.state, rule, &key.channel, &key.skills))
}
