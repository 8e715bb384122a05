//! Who is there (section 9): presence states, channel switches, lost workspaces, inactivity.

use super::Router;
use super::command::Refusal;
use super::event::{Exclude, OfferEnd, PresenceWhy, RouterEvent};
use super::item::Place;
use crate::routing::{PresenceId, PresenceState, ServiceChannelId, WorkItemId, presence_names};
use crate::{AgentId, Timestamp};
use std::collections::BTreeSet;

impl Router {
    /// Sets an agent's presence. Saying the same again is a sign of life.
    pub(super) fn set_presence(
        &mut self,
        agent: &AgentId,
        to: &PresenceId,
        switched_off: Option<&BTreeSet<ServiceChannelId>>,
        connected: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let roster =
            self.routing.agents.get(agent).filter(|agent| agent.active).ok_or(Refusal::AgentUnknown)?;
        let may_choose = |state: &&PresenceState| {
            state.active && (state.groups.is_empty() || !state.groups.is_disjoint(&roster.groups))
        };
        let state = self.routing.presence.get(to).filter(may_choose).ok_or(Refusal::PresenceUnknown)?;
        let here = self.state.agents.get(agent);
        let before = here.map(|here| here.switched_off.clone()).unwrap_or_default();
        let after = switched_off.cloned().unwrap_or_else(|| before.clone());
        if after != before {
            let known = after.iter().all(|channel| self.routing.service_channels.contains_key(channel));
            if state.channels_fixed || !known {
                return Err(Refusal::SwitchNotAllowed);
            }
        }
        let unchanged = here.is_some_and(|here| {
            here.presence == *to && here.switched_off == after && here.disconnected.is_none() == connected
        });
        if unchanged {
            self.seen(agent, now);
        } else {
            self.change_presence(agent, to.clone(), after, connected, PresenceWhy::Chosen, now);
        }
        Ok(())
    }

    /// Changes presence and takes back the offers that no longer fit; what was accepted stays (`PR-4`).
    pub(super) fn change_presence(
        &mut self,
        agent: &AgentId,
        state: PresenceId,
        switched_off: BTreeSet<ServiceChannelId>,
        connected: bool,
        why: PresenceWhy,
        now: Timestamp,
    ) {
        let id = agent.clone();
        self.emit(RouterEvent::PresenceChanged { agent: id, state, switched_off, connected, why }, now);
        let end = match why {
            PresenceWhy::Inactive | PresenceWhy::Disconnected => OfferEnd::ConnectionLost,
            PresenceWhy::Chosen | PresenceWhy::OfferTimedOut | PresenceWhy::Declined => {
                OfferEnd::PresenceChanged
            }
        };
        let items = self.state.agents.get(agent).map(|here| here.items.clone()).unwrap_or_default();
        let is_offered = |id: &WorkItemId| {
            self.state.items.get(id).is_some_and(|item| matches!(item.place, Place::Offered(_)))
        };
        let offered: Vec<WorkItemId> = items.into_iter().filter(is_offered).collect();
        for id in offered {
            if !self.takes_work_for(id, agent) {
                self.end_offer(id, end.clone(), Exclude::No, now);
            }
        }
    }

    /// Notes a sign of life, when that makes a difference to when the agent counts as inactive.
    pub(super) fn seen(&mut self, agent: &AgentId, now: Timestamp) {
        let Some(here) = self.state.agents.get(agent) else { return };
        let presence = self.routing.presence.get(&here.presence);
        let Some(after) = presence.and_then(|presence| presence.inactive_after) else { return };
        // A quarter of the time is exact enough, and keeps the log from growing with every click.
        if now.since_ms(here.seen) * 4 >= i64::from(after.0) * 1000 {
            self.emit(RouterEvent::AgentSeen { agent: agent.clone() }, now);
        }
    }

    /// The agent is gone.
    pub(super) fn sign_off(&mut self, agent: &AgentId, why: PresenceWhy, now: Timestamp) {
        let (Some(here), Ok(offline)) =
            (self.state.agents.get(agent), PresenceId::new(presence_names::OFFLINE))
        else {
            return;
        };
        let (switched_off, connected) = (here.switched_off.clone(), here.disconnected.is_none());
        self.change_presence(agent, offline, switched_off, connected, why, now);
    }

    /// Whether an agent counts as available for what they have: in the state of that name and no other (`RE-3`).
    pub(super) fn is_available(&self, agent: &AgentId) -> bool {
        let roster = self.routing.agents.get(agent).is_some_and(|agent| agent.active);
        let here = self.state.agents.get(agent);
        let state = self.routing.presence.get(&match here {
            Some(here) if here.presence.as_str() == presence_names::AVAILABLE => here.presence.clone(),
            Some(_) | None => return false,
        });
        roster && state.is_some_and(|state| state.active)
    }
}
