//! How busy agents were: what they had and could have had, over the time for which they were there.

use super::report::{GroupReport, mean, share};
use crate::World;
use crate::bearing::Bearing;
use domain::router::{Place, RouterEvent, State};
use domain::routing::{Routing, WorkItemId, presence_names};
use domain::{AgentId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Follows everybody.
#[derive(Default)]
pub(super) struct Occupancy {
    /// Under the configuration that the router goes by.
    bearing: Option<Bearing>,
    agents: BTreeMap<AgentId, Agent>,
    /// Whoever got an item, and when.
    begun: BTreeMap<WorkItemId, (AgentId, Timestamp)>,
    /// Whom the present fact concerns.
    concerned: BTreeSet<AgentId>,
}

/// One agent: how it is since the last change, and what that added up to until then.
#[derive(Clone, Debug, Default)]
struct Agent {
    since: Timestamp,
    now: Situation,
    shift_ms: i64,
    work_ms: i64,
    after_shift_ms: i64,
    /// Sizes times milliseconds: what was in use, and what could have been.
    used: i64,
    most: i64,
    handled: u64,
    handling_ms: i64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Situation {
    is_there: bool,
    has_work: bool,
    in_use: u32,
    most: u32,
}

impl Agent {
    /// Adds what has passed.
    fn pass(&mut self, at: Timestamp) {
        let span_ms = at.since_ms(self.since).max(0);
        let Situation { is_there, has_work, in_use, most } = self.now;
        if is_there {
            self.shift_ms += span_ms;
            self.work_ms += if has_work { span_ms } else { 0 };
            self.used += span_ms * i64::from(in_use);
            self.most += span_ms * i64::from(most);
        } else if has_work {
            self.after_shift_ms += span_ms;
        }
        self.since = at;
    }
}

impl Occupancy {
    pub(super) fn before(&mut self, world: &World, at: Timestamp, event: &RouterEvent) {
        let state = &world.router;
        self.concerned = concerned(state, event);
        if let RouterEvent::Ended { item, .. } = event
            && let Some((agent, since)) = self.begun.remove(item)
        {
            let agent = self.agents.entry(agent).or_default();
            agent.handled += 1;
            agent.handling_ms += at.since_ms(since);
        }
        if let RouterEvent::Accepted { item, agent, .. } = event {
            self.begun.insert(*item, (agent.clone(), at));
        }
    }

    pub(super) fn after(&mut self, world: &World, at: Timestamp, event: &RouterEvent) {
        let state = &world.router;
        let mut concerned = std::mem::take(&mut self.concerned);
        concerned.extend(self::concerned(state, event));
        if matches!(event, RouterEvent::Reconfigured { .. }) {
            self.bearing = Some(Bearing::under(Arc::new(world.configuration.routing.clone())));
            concerned.extend(state.agents.keys().cloned());
        }
        let Some(bearing) = &self.bearing else { return };
        for id in concerned {
            let now = situation(bearing, state, &id);
            let agent = self.agents.entry(id).or_default();
            agent.pass(at);
            agent.now = now;
        }
    }

    pub(super) fn report(mut self, routing: &Routing, end: Timestamp) -> Vec<GroupReport> {
        self.agents.values_mut().for_each(|agent| agent.pass(end));
        let of_group = |group| {
            let members = routing.agents.iter().filter(|(_, agent)| agent.groups.contains(group));
            let seen: Vec<_> =
                members.map(|(id, _)| self.agents.get(id).cloned().unwrap_or_default()).collect();
            let sum = |part: fn(&Agent) -> i64| seen.iter().map(part).sum::<i64>();
            let handled = seen.iter().map(|agent| agent.handled).sum();
            GroupReport {
                group: group.as_str().to_owned(),
                agents: seen.len() as u64,
                shift_seconds: sum(|agent| agent.shift_ms) / 1000,
                share_with_work: share(sum(|agent| agent.work_ms), sum(|agent| agent.shift_ms)),
                mean_use: share(sum(|agent| agent.used), sum(|agent| agent.most)),
                after_shift_seconds: sum(|agent| agent.after_shift_ms) / 1000,
                handled,
                mean_handling_ms: mean(sum(|agent| agent.handling_ms), handled),
            }
        };
        routing.groups.keys().map(of_group).collect()
    }
}

/// Whose item or presence a fact is about.
fn concerned(state: &State, event: &RouterEvent) -> BTreeSet<AgentId> {
    let holder = event.item().and_then(|item| state.items.get(&item)?.agent()).cloned();
    let named = match event {
        RouterEvent::PresenceChanged { agent, .. } => Some(agent.clone()),
        RouterEvent::Reconfigured { .. }
        | RouterEvent::TakenIn { .. }
        | RouterEvent::ItemCreated { .. }
        | RouterEvent::VariablesLearned { .. }
        | RouterEvent::Queued { .. }
        | RouterEvent::Unrouted { .. }
        | RouterEvent::Offered { .. }
        | RouterEvent::OfferEnded { .. }
        | RouterEvent::Accepting { .. }
        | RouterEvent::Accepted { .. }
        | RouterEvent::HoldChanged { .. }
        | RouterEvent::TargetExceeded { .. }
        | RouterEvent::Ended { .. }
        | RouterEvent::ErrandGiven { .. }
        | RouterEvent::ErrandDone { .. }
        | RouterEvent::AgentSeen { .. } => None,
    };
    holder.into_iter().chain(named).collect()
}

fn situation(bearing: &Bearing, state: &State, id: &AgentId) -> Situation {
    let Some(here) = state.agents.get(id) else { return Situation::default() };
    let is_work = |item: &WorkItemId| {
        let Some(item) = state.items.get(item) else { return false };
        let Place::Accepted { on_hold, .. } = item.place else { return false };
        // What is parked takes no time of anybody, where it takes no capacity either.
        let channel = item.service_channel.as_ref();
        !on_hold || channel.is_none_or(|channel| bearing.counts_on_hold(channel))
    };
    Situation {
        is_there: here.presence.as_str() != presence_names::OFFLINE,
        has_work: here.items.iter().any(is_work),
        in_use: bearing.carries_all(state, id),
        most: bearing.most_in_all(id),
    }
}
