//! Why an item is where it is: every agent of the queue's pools, who came into question, who did not and why, and who
//! ranked first (`WI-3`). Slow and complete; decisions do not use it, but look at the same obstacles and ranks.

use super::Router;
use super::demand::Obstacle;
use super::item::Place;
use super::worker::Worker;
use crate::routing::WorkItemId;
use crate::{AgentId, Timestamp};
use std::collections::BTreeMap;

/// The field of candidates for one item at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Which item.
    pub item: WorkItemId,
    /// When.
    pub at: Timestamp,
    /// How many of the queue's pools were open.
    pub open_pools: usize,
    /// Every agent of the roster: first who could take it, the best one first, then the others by name.
    pub candidates: Vec<Candidate>,
}

/// One agent of the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub agent: AgentId,
    /// What was found.
    pub verdict: Verdict,
}

/// Whether an agent came into question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Candidate {
        /// From 1; the first one is asked.
        rank: usize,
        /// Through which pool.
        pool: u8,
        /// Whether preferred (`AFF-2`).
        preferred: bool,
        /// The agent's room on the channel.
        room: i64,
    },
    /// No.
    Filtered(Obstacle),
}

impl Router {
    /// The field for an item that waits now; `None` if it does not.
    pub fn explain(&self, id: WorkItemId, now: Timestamp) -> Option<Explanation> {
        let item = self.state.items.get(&id).filter(|item| item.place == Place::Queued)?;
        let demand = self.index.lines.demand(id)?;
        let affine = item.ticket.as_ref().map(|ticket| ticket.affine.as_slice()).unwrap_or_default();
        let ranking = self.ranking(id, now);
        let ranked: BTreeMap<&AgentId, usize> =
            ranking.iter().enumerate().map(|(place, (agent, _))| (agent, place + 1)).collect();
        let mut candidates: Vec<Candidate> = ranking
            .iter()
            .map(|(agent, pool)| {
                let room = self.index.workers.get(agent).and_then(|worker| worker.room.get(&demand.channel));
                let verdict = Verdict::Candidate {
                    rank: ranked.get(agent).copied().unwrap_or_default(),
                    pool: *pool,
                    preferred: affine.contains(agent),
                    room: room.copied().unwrap_or_default(),
                };
                Candidate { agent: agent.clone(), verdict }
            })
            .collect();
        for (agent, roster) in &self.routing.agents {
            if ranked.contains_key(agent) {
                continue;
            }
            let obstacle = self.obstacle(agent, roster, demand, now);
            candidates.push(Candidate { agent: agent.clone(), verdict: Verdict::Filtered(obstacle) });
        }
        Some(Explanation { item: id, at: now, open_pools: demand.pools, candidates })
    }

    /// The first of `AR-13` that keeps an agent out: whose pool it is, then presence, then the rest.
    fn obstacle(
        &self,
        id: &AgentId,
        agent: &crate::routing::Agent,
        demand: &super::demand::Demand,
        now: Timestamp,
    ) -> Obstacle {
        if !agent.active {
            return Obstacle::Inactive;
        }
        let absent = Worker::default();
        let worker = self.index.workers.get(id);
        match demand.admits(id, agent, worker.unwrap_or(&absent), &self.routing, now) {
            Err(outside @ (Obstacle::NotInPool | Obstacle::PoolNotOpen)) => outside,
            Err(_) | Ok(_) if worker.is_none() => Obstacle::Presence,
            Err(obstacle) => obstacle,
            // Somebody who could take it would have ranked.
            Ok(_) => Obstacle::Presence,
        }
    }
}
