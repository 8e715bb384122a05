//! How much agents can bear and carry, as the configuration and the router's state say.

use domain::router::{AgentFigures, Router, State};
use domain::routing::{Routing, ServiceChannelId};
use domain::{AgentId, Timestamp};
use std::sync::Arc;

/// What agents can bear under one configuration.
pub(crate) struct Bearing {
    routing: Arc<Routing>,
    /// Knows the configuration and nothing that ever happened.
    empty: Router,
}

impl Bearing {
    pub(crate) fn under(routing: Arc<Routing>) -> Self {
        let empty = Router::new(State::default(), Arc::clone(&routing), Timestamp::default());
        Self { routing, empty }
    }

    /// The most that an agent may have on each channel and over all; `None` for somebody who is not on the roster.
    pub(crate) fn most(&self, agent: &AgentId) -> Option<AgentFigures> {
        self.empty.agent_figures(agent)
    }

    /// The most that an agent may have at a time, over all channels.
    pub(crate) fn most_in_all(&self, agent: &AgentId) -> u32 {
        let Some(most) = self.most(agent) else { return 0 };
        let channels = most.channels.values().map(|channel| channel.max).sum();
        most.universal_max.map_or(channels, |universal| universal.min(channels))
    }

    /// What an agent carries on a channel: offered, accepting and accepted (`CAP-6`).
    pub(crate) fn carries(&self, state: &State, agent: &AgentId, channel: &ServiceChannelId) -> u32 {
        let load = state.load(agent, |channel| self.counts_on_hold(channel));
        load.by_channel.get(channel).copied().unwrap_or(0)
    }

    /// The same over all channels.
    pub(crate) fn carries_all(&self, state: &State, agent: &AgentId) -> u32 {
        state.load(agent, |channel| self.counts_on_hold(channel)).by_channel.values().sum()
    }

    /// The same over those that are on, as capacity over all channels is counted (`CAP-7`).
    pub(crate) fn carries_in_all(&self, state: &State, agent: &AgentId) -> u32 {
        let load = state.load(agent, |channel| self.counts_on_hold(channel));
        let on = load.by_channel.iter().filter(|(channel, _)| self.is_on(state, agent, channel));
        on.map(|(_, size)| size).sum()
    }

    /// Whether an item that is on hold still counts on a channel (R1, R2).
    pub(crate) fn counts_on_hold(&self, channel: &ServiceChannelId) -> bool {
        self.routing.service_channels.get(channel).is_none_or(|channel| channel.kind.on_hold_counts())
    }

    /// Whether an agent takes work on a channel.
    pub(crate) fn is_on(&self, state: &State, agent: &AgentId, channel: &ServiceChannelId) -> bool {
        let on_roster = self.routing.agents.get(agent).is_some_and(|agent| agent.active);
        let Some(here) = state.agents.get(agent).filter(|_| on_roster) else { return false };
        let presence = self.routing.presence.get(&here.presence);
        let receives = presence.filter(|presence| presence.active && presence.receives_work);
        let open = |presence: &domain::routing::PresenceState| {
            presence.channels.as_ref().is_none_or(|channels| channels.contains(channel))
        };
        receives.is_some_and(open) && !here.switched_off.contains(channel)
    }
}
