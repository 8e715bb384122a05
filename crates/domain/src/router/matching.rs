//! Who gets what (`R3`): the next item for an agent with room, and the best agent for an item that waits.
//!
//! Between two commands no agent with room could take any waiting item. So when an agent gets room, nobody else needs to
//! be looked at, and when an item comes, no other item does.

use super::Router;
use super::benches::BenchKey;
use super::demand::{Demand, Rank, RankKey, rank_key};
use super::event::RouterEvent;
use super::item::{ItemOrigin, Offer, Place};
use super::shelf::Levels;
use super::standing::Search;
use super::worker::Worker;
use crate::routing::{Agent, AssignBy, Pool, QueueId, WorkItemId};
use crate::{AgentId, Timestamp};
use std::collections::BTreeSet;

/// Who shall have an item, and through which pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) agent: AgentId,
    pub(super) pool: u8,
}

/// The order of candidates (`AR-13`): tier, skills, then the pool's rule; smaller goes first. Rules of different pools
/// cannot be compared with each other, so between them the earlier pool goes first. Of a rule the shift counts first
/// (`AR-12`), then who has had their turn (`AR-5`).
type Standing = (usize, i64, i64, u8, i64, bool, RankKey, AgentId);

/// Somebody for whom work is looked for.
struct Seeker<'a> {
    id: &'a AgentId,
    agent: &'a Agent,
    worker: &'a Worker,
    skills: Levels,
}

/// The order of items of several queues (`SFR-2`): by the queue's priority, then the item's, then its age.
type Turn = (u32, i64, Timestamp, WorkItemId);

impl Router {
    /// Matches until nobody with room could take anything that waits.
    pub(super) fn settle(&mut self, now: Timestamp) {
        loop {
            if let Some(agent) = self.agenda.agents.pop_first() {
                self.match_agent(&agent, now);
            } else if let Some(item) = self.agenda.items.pop_first() {
                self.match_item(item, now);
            } else if !self.place_overfull(now) {
                return;
            }
        }
    }

    /// Gives an agent work until they have no room or nothing fits.
    fn match_agent(&mut self, agent: &AgentId, now: Timestamp) {
        while let Some((item, pool)) = self.next_item(agent, now) {
            // Others who got room at the same moment may come before this one, and what came at the same moment nobody
            // else was asked for yet.
            let alone = self.agenda.agents.is_empty() && !self.agenda.items.contains(&item);
            let pair = if alone { None } else { self.best_pair(item, now) };
            let (item, choice) = pair.unwrap_or_else(|| (item, Choice { agent: agent.clone(), pool }));
            self.offer(item, &choice, now);
        }
        self.agenda.agents.remove(agent);
    }

    fn match_item(&mut self, item: WorkItemId, now: Timestamp) {
        if self.agenda.items.is_empty() {
            if let Some(choice) = self.best_agent(item, now) {
                self.offer(item, &choice, now);
            }
            return;
        }
        // Others that came at the same moment may go before this one.
        while let Some((first, choice)) = self.best_pair(item, now) {
            self.offer(first, &choice, now);
        }
    }

    /// The agent who shall have an item, unless it is another item's turn for that agent: then that one and who shall
    /// have it. Only where several agents or items are looked at in one moment it is not the item itself (`R3`).
    fn best_pair(&mut self, item: WorkItemId, now: Timestamp) -> Option<(WorkItemId, Choice)> {
        let (mut item, mut choice) = (item, self.best_agent(item, now)?);
        let mut met = BTreeSet::new();
        loop {
            // Among items of several queues this may go round in a circle; in one queue's order it cannot.
            let next = if met.insert(choice.agent.clone()) {
                self.next_item(&choice.agent, now)
            } else {
                self.next_of_queue(&choice.agent, item, now)
            };
            let Some((other, _)) = next.filter(|(other, _)| *other != item) else {
                return Some((item, choice));
            };
            let Some(best) = self.best_agent(other, now) else { return Some((item, choice)) };
            (item, choice) = (other, best);
        }
    }

    /// The first item that an agent can take: tier by tier (`Q-10`), by the queues' priority, then in the queue's order,
    /// the oldest among the first ones (`SFR-2`).
    fn next_item(&self, id: &AgentId, now: Timestamp) -> Option<(WorkItemId, u8)> {
        if self.index.lines.total() == 0 {
            return None;
        }
        let seeker = self.seeker(id).filter(|seeker| seeker.worker.has_any_room())?;
        for tier in seeker.worker.tiers.iter() {
            let mut best: Option<(Turn, u8)> = None;
            for queue_id in tier {
                let Some(queue) = self.routing.queues.get(queue_id) else { continue };
                if !seeker.worker.has_room(&queue.service_channel, 1) {
                    continue;
                }
                let key = |rank: &Rank| (queue.priority, rank.priority, rank.since, rank.item);
                // What a queue sorts by does not count among queues, so only its first ones may go before what was found.
                let is_behind = |rank: &Rank| {
                    best.is_some_and(|((priority, field, ..), _)| {
                        (queue.priority, rank.priority) > (priority, field)
                    })
                };
                let Some((rank, pool)) = self.first_of(queue_id, &seeker, is_behind, now) else { continue };
                if best.is_none_or(|(first, _)| key(rank) < first) {
                    best = Some((key(rank), pool));
                }
            }
            if let Some(((_, _, _, item), pool)) = best {
                return Some((item, pool));
            }
        }
        None
    }

    /// The first of a queue that an agent can take, and through which pool; nothing that is behind what is known.
    fn first_of(
        &self,
        queue: &QueueId,
        seeker: &Seeker<'_>,
        is_behind: impl Fn(&Rank) -> bool,
        now: Timestamp,
    ) -> Option<(&Rank, u8)> {
        let Seeker { id, agent, worker, skills } = seeker;
        let mut first: Option<(&Rank, u8)> = None;
        self.index.lines.look(queue, skills, |heads| {
            let goes_before = |rank| first.is_none_or(|(best, _)| rank < best) && !is_behind(rank);
            let before = heads.iter().take_while(|(rank, _)| goes_before(rank));
            let mut admitted = before.filter_map(|(rank, demand)| {
                Some((rank, demand.admits(id, agent, worker, &self.routing, now).ok()?))
            });
            first = admitted.next().or(first);
        });
        first
    }

    /// The same for the queue in which an item waits.
    fn next_of_queue(&self, id: &AgentId, item: WorkItemId, now: Timestamp) -> Option<(WorkItemId, u8)> {
        let queue = &self.index.lines.demand(item)?.queue;
        self.first_of(queue, &self.seeker(id)?, |_| false, now).map(|(rank, pool)| (rank.item, pool))
    }

    fn seeker<'a>(&'a self, id: &'a AgentId) -> Option<Seeker<'a>> {
        let (agent, worker) = (self.routing.agents.get(id)?, self.index.workers.get(id)?);
        Some(Seeker { id, agent, worker, skills: self.index.lines.skills_of(agent) })
    }

    /// The best of those who can take an item: whoever is preferred (`AFF-2`), then by tier, skills and rule.
    pub(super) fn best_agent(&mut self, item: WorkItemId, now: Timestamp) -> Option<Choice> {
        let demand = self.index.lines.demand(item)?.clone();
        if let Some(choice) = self.affine_agent(item, &demand, now) {
            return Some(choice);
        }
        self.index.settle_benches(&self.state, &self.routing);
        let routing = std::sync::Arc::clone(&self.routing);
        let queue = routing.queues.get(&demand.queue)?;
        let same_rule = queue.pools.windows(2).all(|pools| pools[0].rule == pools[1].rule);
        let mut best: Option<Standing> = None;
        for (number, pool) in (0_u8..).zip(queue.pools.iter().take(demand.pools)) {
            for standing in self.standings(&demand, number, pool, same_rule, now) {
                if best.as_ref().is_none_or(|first| standing < *first) {
                    best = Some(standing);
                }
            }
        }
        let (.., agent) = best?;
        let (roster, worker) = (routing.agents.get(&agent)?, self.index.workers.get(&agent)?);
        let pool = demand.admits(&agent, roster, worker, &routing, now).ok()?;
        Some(Choice { agent, pool })
    }

    /// A preferred agent, if one of them can take the item: preference overrides nothing else (`AFF-3`).
    fn affine_agent(&self, item: WorkItemId, demand: &Demand, now: Timestamp) -> Option<Choice> {
        let ticket = self.state.items.get(&item)?.ticket.as_ref()?;
        ticket.affine.iter().find_map(|id| {
            let (agent, worker) = (self.routing.agents.get(id)?, self.index.workers.get(id)?);
            let pool = demand.admits(id, agent, worker, &self.routing, now).ok()?;
            Some(Choice { agent: id.clone(), pool })
        })
    }

    /// The first of each group of one pool.
    fn standings(
        &self,
        demand: &Demand,
        number: u8,
        pool: &Pool,
        same_rule: bool,
        now: Timestamp,
    ) -> Vec<Standing> {
        let Some(rule) = self.routing.rules.get(&pool.rule) else { return Vec::new() };
        let key = BenchKey { rule: pool.rule.clone(), channel: demand.channel.clone() };
        let last = self.state.cursors.get(&(demand.queue.clone(), number));
        let last = last.filter(|_| rule.assign_by == AssignBy::RoundRobin);
        let can_take = |id: &AgentId| {
            let (Some(agent), Some(worker)) = (self.routing.agents.get(id), self.index.workers.get(id))
            else {
                return false;
            };
            // Whoever can take it through an earlier pool stands there.
            demand.admits(id, agent, worker, &self.routing, now) == Ok(number)
        };
        let mut standings = Vec::new();
        for group in &pool.groups {
            let Some(bench) = self.index.benches.bench(group, &key) else { continue };
            let tier = self.index.tiers.tier(group, &demand.queue);
            let standing = |wrapped: bool, (rank, id): (RankKey, &AgentId)| {
                let [matching, at_level, shift, ..] = rank;
                let place = if same_rule { 0 } else { number };
                (tier, matching, at_level, place, shift, wrapped, rank, id.clone())
            };
            let search = Search::new(bench, &demand.skills, rule.skills, can_take);
            let Some(first) = search.first() else { continue };
            standings.push(standing(last.is_some_and(|last| first.1 <= last), first));
            // AR-5: the next one by name among those who rank alike, before the first one again.
            let next = last.and_then(|last| search.next(first.0, last));
            standings.extend(next.map(|next| standing(false, next)));
        }
        standings
    }

    /// Asks an agent; with auto-assign, says yes for them (`AR-7`).
    pub(super) fn offer(&mut self, id: WorkItemId, choice: &Choice, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let Some(channel) = item.service_channel.clone() else { return };
        let routing = std::sync::Arc::clone(&self.routing);
        let queue = item.ticket.as_ref().and_then(|ticket| routing.queues.get(&ticket.queue));
        let pool = queue.and_then(|queue| queue.pools.get(usize::from(choice.pool)));
        let rule = pool.and_then(|pool| routing.rules.get(&pool.rule)).cloned().unwrap_or_default();
        let offer = Offer {
            agent: choice.agent.clone(),
            number: item.offers + 1,
            at: now,
            expires: rule.offer_timeout.map(|timeout| now.plus(timeout)),
            pool: Some(choice.pool),
            // TR-3: what an agent handed to the queue is accepted or times out, if it can.
            reject_allowed: rule.reject_allowed
                && !(rule.offer_timeout.is_some() && matches!(item.origin, ItemOrigin::ToQueue { .. })),
            transferred_from: None,
        };
        let size = item.size;
        self.emit(RouterEvent::Offered { item: id, offer, service_channel: channel, size }, now);
        if rule.auto_assign {
            self.begin_accepting(id, now);
        }
    }

    /// Everybody who could take a queued item now, the best one first: slow, for explanations and checks.
    pub(super) fn ranking(&self, item: WorkItemId, now: Timestamp) -> Vec<(AgentId, u8)> {
        let Some(demand) = self.index.lines.demand(item) else { return Vec::new() };
        let Some(queue) = self.routing.queues.get(&demand.queue) else { return Vec::new() };
        let affine = self.state.items.get(&item).and_then(|item| item.ticket.as_ref());
        let affine = affine.map(|ticket| ticket.affine.as_slice()).unwrap_or_default();
        let same_rule = queue.pools.windows(2).all(|pools| pools[0].rule == pools[1].rule);
        let mut all: Vec<_> = self
            .index
            .workers
            .iter()
            .filter_map(|(id, worker)| {
                let agent = self.routing.agents.get(id)?;
                let number = demand.admits(id, agent, worker, &self.routing, now).ok()?;
                let pool = queue.pools.get(usize::from(number))?;
                let rule = self.routing.rules.get(&pool.rule)?;
                let skills = if rule.skills.is_some() { demand.skills.as_slice() } else { &[] };
                let rank = rank_key(agent, worker, self.state.agents.get(id), rule, &demand.channel, skills);
                let last = self.state.cursors.get(&(demand.queue.clone(), number));
                let round_robin = rule.assign_by == AssignBy::RoundRobin;
                let wrapped = round_robin && last.is_some_and(|last| id <= last);
                let preferred = affine.iter().position(|other| other == id).unwrap_or(usize::MAX);
                let in_pool = |group: &&crate::routing::GroupId| pool.groups.contains(*group);
                let tiers = agent.groups.iter().filter(in_pool);
                let tier = tiers.map(|group| self.index.tiers.tier(group, &demand.queue)).min()?;
                let place = if same_rule { 0 } else { number };
                let [matching, at_level, shift, ..] = rank;
                let standing: Standing = (tier, matching, at_level, place, shift, wrapped, rank, id.clone());
                Some(((preferred, standing), number))
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.into_iter().map(|((_, (.., id)), number)| (id, number)).collect()
    }

    /// Whether any agent with room could take any waiting item: what settling leaves none of (`R3`).
    /// Looks at everybody; for checks.
    pub fn unmatched(&self, now: Timestamp) -> Option<(WorkItemId, AgentId)> {
        let queued = self.state.items.values().filter(|item| item.place == Place::Queued);
        queued.into_iter().find_map(|item| {
            let (agent, _) = self.ranking(item.id, now).into_iter().next()?;
            Some((item.id, agent))
        })
    }
}
