//! Who is free: for each group, rule and channel the agents with room, in the order in which the rule would choose them
//! if skills did not count. Each stands a second time among those with the same skill, so that whoever has what an item
//! needs is found among few.

use super::demand::rule_key;
use super::state::State;
use super::worker::Worker;
use crate::AgentId;
use crate::routing::{Agent, GroupId, Routing, RuleId, ServiceChannelId, SkillId};
use std::collections::BTreeMap;

/// For what a bench of a group is sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BenchKey {
    pub(super) rule: RuleId,
    pub(super) channel: ServiceChannelId,
}

/// A place on a bench: by the rule, then by name.
pub(super) type Spot = ([i64; 3], AgentId);

/// Agents in order, each with the level of the skill by which they stand there; 0 where it is by none.
pub(super) type Row = BTreeMap<Spot, u8>;

/// All benches of all groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Benches {
    groups: BTreeMap<GroupId, BTreeMap<BenchKey, Bench>>,
}

/// The agents of a group with room on a channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Bench {
    /// Whether skills count.
    skilled: bool,
    everybody: Row,
    with: BTreeMap<SkillId, Row>,
    keys: BTreeMap<AgentId, [i64; 3]>,
}

/// What a bench is built from.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) state: &'a State,
    pub(super) routing: &'a Routing,
    pub(super) workers: &'a BTreeMap<AgentId, Worker>,
}

impl Benches {
    /// Empty ones for every pool of a configuration.
    pub(super) fn under(routing: &Routing) -> Self {
        let mut groups: BTreeMap<GroupId, BTreeMap<BenchKey, Bench>> = BTreeMap::new();
        for queue in routing.queues.values() {
            for pool in &queue.pools {
                let skilled = routing.rules.get(&pool.rule).is_some_and(|rule| rule.skills.is_some());
                let key = BenchKey { rule: pool.rule.clone(), channel: queue.service_channel.clone() };
                for group in &pool.groups {
                    let benches = groups.entry(group.clone()).or_default();
                    benches.insert(key.clone(), Bench { skilled, ..Bench::default() });
                }
            }
        }
        Self { groups }
    }

    /// Puts an agent where they belong now.
    pub(super) fn refresh(&mut self, id: &AgentId, agent: &Agent, world: World<'_>) {
        let (worker, here) = (world.workers.get(id), world.state.agents.get(id));
        for group in &agent.groups {
            for (key, bench) in self.groups.get_mut(group).into_iter().flatten() {
                let free = worker.filter(|worker| worker.has_room(&key.channel, 1));
                let place = free
                    .zip(world.routing.rules.get(&key.rule))
                    .map(|(worker, rule)| rule_key(worker, here, rule, &key.channel));
                bench.put(id, agent, place);
            }
        }
    }

    /// Takes an agent away from wherever they are.
    pub(super) fn remove(&mut self, id: &AgentId, agent: &Agent) {
        for group in &agent.groups {
            for bench in self.groups.get_mut(group).into_iter().flat_map(BTreeMap::values_mut) {
                bench.put(id, agent, None);
            }
        }
    }

    /// The bench of a group for work of a channel that a rule assigns.
    pub(super) fn bench(&self, group: &GroupId, key: &BenchKey) -> Option<&Bench> {
        self.groups.get(group)?.get(key).filter(|bench| !bench.everybody.is_empty())
    }
}

impl Bench {
    /// All of them.
    pub(super) const fn everybody(&self) -> &Row {
        &self.everybody
    }

    /// Those with a skill, with their levels.
    pub(super) fn with(&self, skill: &SkillId) -> Option<&Row> {
        self.with.get(skill)
    }

    fn put(&mut self, id: &AgentId, agent: &Agent, place: Option<[i64; 3]>) {
        let before = self.keys.get(id).copied();
        if before == place {
            return;
        }
        if before.is_some() {
            self.keys.remove(id);
        }
        let before = before.map(|key| (key, id.clone()));
        let after = place.map(|key| (key, id.clone()));
        if let Some(key) = place {
            self.keys.insert(id.clone(), key);
        }
        exchange(&mut self.everybody, before.as_ref(), after.as_ref(), 0);
        for (skill, level) in agent.skills.iter().filter(|_| self.skilled) {
            let row = self.with.entry(skill.clone()).or_default();
            exchange(row, before.as_ref(), after.as_ref(), *level);
            if row.is_empty() {
                self.with.remove(skill);
            }
        }
    }
}

fn exchange(row: &mut Row, before: Option<&Spot>, after: Option<&Spot>, level: u8) {
    before.map(|before| row.remove(before));
    after.map(|after| row.insert(after.clone(), level));
}
