//! What an item asks of whoever takes it. Items that ask the same are one class: who can take one can take each, so
//! finding a match looks at classes and not at items.

use super::fields::{ItemFields, SortPart};
use super::item::WorkItem;
use super::state::AgentState;
use super::worker::{Worker, skill_fit};
use crate::routing::{
    Agent, AssignBy, AssignmentRule, Need, Pool, Queue, QueueId, Routing, ServiceChannelId, ShiftPreference,
    SkillDemand, SkillId, SkillUse, WorkItemId,
};
use crate::{AgentId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What the items of a class have in common. The parts in which classes of one queue differ most come first, so that
/// comparing them is quick.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Demand {
    /// What is needed, without what was dropped (`SFR-6`).
    pub(super) skills: Vec<SkillDemand>,
    /// Who said no (`WI-5`).
    pub(super) excluded: Vec<AgentId>,
    /// Who alone may have it while it is held for them (`AFF-4`); empty if it is not held.
    pub(super) only: Vec<AgentId>,
    pub(super) size: u32,
    /// How many of the queue's pools are open by age (`AR-1`).
    pub(super) pools: usize,
    pub(super) queue: QueueId,
    pub(super) channel: ServiceChannelId,
}

/// An item's place in its queue: by priority field, sort rules, age, number (`Q-8`, `SFR-2`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) priority: i64,
    pub(super) sort: Vec<SortPart>,
    pub(super) since: Timestamp,
    pub(super) item: WorkItemId,
}

/// Why an agent does not come into question for an item, in the order in which it is looked at (`AR-13`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// In none of the pool's groups.
    NotInPool,
    /// The pool is not open yet for an item of this age.
    PoolNotOpen,
    /// Not configured any more, or inactive.
    Inactive,
    /// In a presence state without work, or offline.
    Presence,
    /// The channel is off for the agent.
    ChannelOff,
    /// No room on the channel.
    ChannelFull,
    /// No room over all channels.
    UniversalFull,
    /// Said no, or nothing.
    Declined,
    /// It is held for somebody else.
    HeldForOther,
    /// Without a skill that is needed.
    MissingSkill(SkillId),
    /// Not on shift, or not for long enough.
    Shift,
}

impl Demand {
    /// What a queued item asks at this moment; `None` if it is in no queue that there is.
    pub(super) fn of(item: &WorkItem, routing: &Routing, now: Timestamp) -> Option<Self> {
        let ticket = item.ticket.as_ref()?;
        let queue = routing.queues.get(&ticket.queue)?;
        let is_open = |pool: &&Pool| ticket.entered.plus(pool.eligible_at) <= now;
        let still = |until: &Option<Timestamp>| until.is_none_or(|until| until > now);
        let excluded = item.excluded.iter().filter(|(_, until)| still(until));
        let declined = |agent: &AgentId| item.excluded.get(agent).is_some_and(still);
        let hoped_for = ticket.affine.iter().any(|agent| !declined(agent));
        let held = hoped_for && ticket.hold_until.is_some_and(|until| until > now);
        Some(Self {
            queue: ticket.queue.clone(),
            channel: queue.service_channel.clone(),
            pools: queue.pools.iter().take_while(is_open).count(),
            skills: relaxed(&ticket.skills, queue, ticket.entered, now),
            size: item.size,
            excluded: excluded.map(|(agent, _)| agent.clone()).collect(),
            only: if held { ticket.affine.clone() } else { Vec::new() },
        })
    }

    /// The first open pool through which an agent can take it, or the obstacle in the way that is furthest down the list.
    pub(super) fn admits(
        &self,
        id: &AgentId,
        agent: &Agent,
        worker: &Worker,
        routing: &Routing,
        now: Timestamp,
    ) -> Result<u8, Obstacle> {
        let pools = routing.queues.get(&self.queue).map_or(&[][..], |queue| &queue.pools[..]);
        let mut worst = Obstacle::NotInPool;
        for (number, pool) in (0_u8..).zip(pools) {
            if pool.groups.is_disjoint(&agent.groups) {
                continue;
            }
            if usize::from(number) >= self.pools {
                worst = worst.max(Obstacle::PoolNotOpen);
                continue;
            }
            match self.admits_through(pool, id, agent, worker, routing, now) {
                Ok(()) => return Ok(number),
                Err(obstacle) => worst = worst.max(obstacle),
            }
        }
        Err(worst)
    }

    /// `AR-13`, for a member of one of the pool's groups who is at work.
    fn admits_through(
        &self,
        pool: &Pool,
        id: &AgentId,
        agent: &Agent,
        worker: &Worker,
        routing: &Routing,
        now: Timestamp,
    ) -> Result<(), Obstacle> {
        let size = i64::from(self.size);
        let room = worker.room.get(&self.channel).ok_or(Obstacle::ChannelOff)?;
        require(*room >= size, Obstacle::ChannelFull)?;
        require(worker.universal.is_none_or(|room| room >= size), Obstacle::UniversalFull)?;
        require(!self.excluded.contains(id), Obstacle::Declined)?;
        require(self.only.is_empty() || self.only.contains(id), Obstacle::HeldForOther)?;
        let Some(rule) = routing.rules.get(&pool.rule) else { return Err(Obstacle::NotInPool) };
        if let Some(skills) = rule.skills {
            let missing = self.skills.iter().find(|demand| {
                skills.requires(demand.need)
                    && agent.skills.get(&demand.skill).is_none_or(|level| *level < demand.level)
            });
            if let Some(demand) = missing {
                return Err(Obstacle::MissingSkill(demand.skill.clone()));
            }
        }
        if let Some(shift) = rule.shift
            && agent.shift.is_some()
        {
            let left =
                worker.shift_until.is_some_and(|until| now.plus(shift.required) <= until && now < until);
            require(left, Obstacle::Shift)?;
        }
        Ok(())
    }
}

impl Demand {
    /// The skills without which nobody can take it, whatever the pool.
    pub(super) fn indispensable(&self, routing: &Routing) -> impl Iterator<Item = &SkillDemand> {
        let pools = routing.queues.get(&self.queue).map_or(&[][..], |queue| &queue.pools[..]);
        let used = pools.iter().take(self.pools).map(|pool| routing.rules.get(&pool.rule)?.skills);
        let used: Vec<Option<SkillUse>> = used.collect();
        let by_all = move |need| used.iter().all(|used| used.is_some_and(|used| used.requires(need)));
        self.skills.iter().filter(move |demand| by_all(demand.need))
    }
}

impl Rank {
    /// The place of a queued item.
    pub(super) fn of(item: &WorkItem, queue: &Queue) -> Option<Self> {
        let ticket = item.ticket.as_ref()?;
        let fields = ItemFields { subject: &item.subject, variables: &item.variables };
        Some(Self {
            priority: fields.priority(queue.priority_field.as_deref()),
            sort: queue.sort.iter().map(|rule| fields.sort_part(rule)).collect(),
            since: ticket.since,
            item: item.id,
        })
    }
}

impl Obstacle {
    /// The obstacle's name for clients.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotInPool => "not_in_pool",
            Self::PoolNotOpen => "pool_not_open",
            Self::Inactive => "inactive",
            Self::Presence => "presence",
            Self::ChannelOff => "channel_off",
            Self::ChannelFull => "channel_full",
            Self::UniversalFull => "universal_full",
            Self::Declined => "declined",
            Self::HeldForOther => "held_for_other",
            Self::MissingSkill(_) => "missing_skill",
            Self::Shift => "shift",
        }
    }
}

/// The times at which additional skills are dropped: one group after the other (`SFR-6`).
pub(super) fn drop_times(skills: &[SkillDemand], queue: &Queue, entered: Timestamp) -> Vec<(u8, Timestamp)> {
    let Some(every) = queue.relax_after else { return Vec::new() };
    let orders: BTreeSet<u8> = skills.iter().filter_map(|demand| drop_order(demand.need)).collect();
    let mut at = entered;
    // The highest number goes first.
    orders
        .into_iter()
        .rev()
        .map(|order| {
            at = at.plus(every);
            (order, at)
        })
        .collect()
}

/// What is still needed. A skill that was dropped is still liked.
fn relaxed(skills: &[SkillDemand], queue: &Queue, entered: Timestamp, now: Timestamp) -> Vec<SkillDemand> {
    let times = drop_times(skills, queue, entered);
    let dropped: BTreeSet<u8> = times.iter().filter(|(_, at)| *at <= now).map(|(order, _)| *order).collect();
    let relax = |demand: &SkillDemand| {
        let is_dropped = drop_order(demand.need).is_some_and(|order| dropped.contains(&order));
        let need = if is_dropped { Need::Optional } else { demand.need };
        SkillDemand { need, ..demand.clone() }
    };
    skills.iter().map(relax).collect()
}

const fn drop_order(need: Need) -> Option<u8> {
    match need {
        Need::Additional { drop_order } => Some(drop_order),
        Need::Mandatory | Need::Optional => None,
    }
}

fn require(holds: bool, obstacle: Obstacle) -> Result<(), Obstacle> {
    if holds { Ok(()) } else { Err(obstacle) }
}

/// How an agent ranks by a pool's rule among those who can take an item: smaller goes first (`AR-3` to `AR-6`,
/// `AR-11`, `AR-12`). The agent's id, which makes it total, is not in it.
pub(super) type RankKey = [i64; 5];

/// See [`RankKey`].
pub(super) fn rank_key(
    agent: &Agent,
    worker: &Worker,
    here: Option<&AgentState>,
    rule: &AssignmentRule,
    channel: &ServiceChannelId,
    skills: &[SkillDemand],
) -> RankKey {
    let fit = rule.skills.map(|used| skill_fit(agent, skills, used.levels));
    let (matching, at_level) = fit.map_or((0, 0), |fit| (-fit.matching, -fit.at_level));
    let [shift, first, second] = rule_key(worker, here, rule, channel);
    [matching, at_level, shift, first, second]
}

/// How an agent ranks where skills do not count: the rest of a [`RankKey`].
pub(super) fn rule_key(
    worker: &Worker,
    here: Option<&AgentState>,
    rule: &AssignmentRule,
    channel: &ServiceChannelId,
) -> [i64; 3] {
    let until = worker.shift_until.map_or(i64::MAX, |until| until.0);
    let shift = match rule.shift.map(|shift| shift.prefer) {
        Some(ShiftPreference::LeastLeft) => until,
        Some(ShiftPreference::MostLeft) => -until,
        Some(ShiftPreference::Any) | None => 0,
    };
    let stamp = |stamps: Option<&BTreeMap<ServiceChannelId, Timestamp>>| {
        stamps.and_then(|stamps| stamps.get(channel)).map_or(i64::MIN, |at| at.0)
    };
    let (first, second) = match rule.assign_by {
        AssignBy::MostCapacity => {
            let room = worker.room.get(channel).copied().unwrap_or(0);
            (-room, stamp(here.map(|here| &here.worked)))
        }
        AssignBy::LastAssigned => (stamp(here.map(|here| &here.assigned)), 0),
        AssignBy::RoundRobin => (0, 0),
    };
    [shift, first, second]
}
