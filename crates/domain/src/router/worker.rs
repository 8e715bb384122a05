//! An agent as matching sees them: on which channels they take work just now, and how much room they have.

use super::state::State;
use super::tiers::Tiers;
use crate::routing::{Agent, GroupId, PresenceState, Routing, ServiceChannelId, SkillDemand};
use crate::{AgentId, Timestamp};
use std::collections::BTreeMap;

/// An agent who is offered work on at least one channel. Room can be negative: what came by hand or was revived may
/// exceed the capacity (`CAP-9`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Worker {
    /// The channels that are on, with the room on each.
    pub(super) room: BTreeMap<ServiceChannelId, i64>,
    /// The room over all channels; `None` is without limit (`CAP-4`).
    pub(super) universal: Option<i64>,
    /// Until when the shift goes on, if there is a shift and it is now.
    pub(super) shift_until: Option<Timestamp>,
    /// The queues that they serve.
    pub(super) tiers: Tiers,
}

/// How well an agent's skills fit, and whether they suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SkillFit {
    /// How many of the skills the agent has.
    pub(super) matching: i64,
    /// How many of them at the level that is needed.
    pub(super) at_level: i64,
}

impl Worker {
    /// The agent's room, or `None` if no channel is on for them.
    pub(super) fn of(id: &AgentId, state: &State, routing: &Routing, now: Timestamp) -> Option<Self> {
        let roster = routing.agents.get(id).filter(|agent| agent.active)?;
        let here = state.agents.get(id)?;
        let presence = routing.presence.get(&here.presence).filter(|it| it.active && it.receives_work)?;
        let load = state.load(id, |channel| on_hold_counts(routing, channel));
        let mut worker = Self::default();
        let mut in_use = 0;
        for (channel, settings) in &routing.service_channels {
            if !is_on(presence, channel) || here.switched_off.contains(channel) {
                continue;
            }
            let used = i64::from(load.by_channel.get(channel).copied().unwrap_or(0));
            // CAP-7: what is on a channel that is off does not count over all.
            in_use += used;
            let capacity = capacity(roster, routing, channel).unwrap_or(settings.capacity);
            worker.room.insert(channel.clone(), i64::from(capacity) - used);
        }
        if worker.room.is_empty() {
            return None;
        }
        worker.universal = roster.universal.map(|most| i64::from(most) - in_use);
        let shift = roster.shift.as_ref().and_then(|shift| routing.schedules.get(shift));
        worker.shift_until = shift.and_then(|shift| shift.open_until(now));
        Some(worker)
    }

    /// Whether there is room for so much more on a channel and over all (`CAP-5`).
    pub(super) fn has_room(&self, channel: &ServiceChannelId, size: u32) -> bool {
        let size = i64::from(size);
        self.room.get(channel).is_some_and(|room| *room >= size)
            && self.universal.is_none_or(|room| room >= size)
    }

    /// Whether something may be for them now that was not when they were like `before`.
    pub(super) fn exceeds(&self, before: &Self) -> bool {
        let more = |(channel, room): (&ServiceChannelId, &i64)| {
            before.room.get(channel).is_none_or(|before| room > before)
        };
        self.shift_until != before.shift_until
            || self.universal > before.universal
            || self.room.iter().any(more)
    }

    /// Whether there is any room at all.
    pub(super) fn has_any_room(&self) -> bool {
        self.universal.is_none_or(|room| room > 0) && self.room.values().any(|room| *room > 0)
    }
}

/// The agent's own capacity, or the largest of their groups; `None` where nothing was set (`CAP-3`).
pub(super) fn capacity(agent: &Agent, routing: &Routing, channel: &ServiceChannelId) -> Option<u32> {
    let of_group = |group: &GroupId| routing.groups.get(group)?.capacity.get(channel).copied();
    agent.capacity.get(channel).copied().or_else(|| agent.groups.iter().filter_map(of_group).max())
}

/// Whether what is on hold still takes capacity on a channel (R1, R2).
pub(super) fn on_hold_counts(routing: &Routing, channel: &ServiceChannelId) -> bool {
    routing.service_channels.get(channel).is_none_or(|channel| channel.kind.on_hold_counts())
}

pub(super) fn is_on(presence: &PresenceState, channel: &ServiceChannelId) -> bool {
    presence.channels.as_ref().is_none_or(|channels| channels.contains(channel))
}

/// How an agent's skills fit what is needed (`AR-11`).
pub(super) fn skill_fit(agent: &Agent, demands: &[SkillDemand], levels: bool) -> SkillFit {
    let held = demands.iter().filter_map(|demand| Some((demand, *agent.skills.get(&demand.skill)?)));
    let mut fit = SkillFit { matching: 0, at_level: 0 };
    for (demand, level) in held {
        fit.matching += 1;
        fit.at_level += i64::from(levels && level >= demand.level);
    }
    fit
}
