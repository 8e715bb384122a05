//! What people see of the router: queues, agents, inboxes, positions and estimates.

use super::Router;
use super::evolve::required;
use super::item::{Place, WorkItem};
use super::state::AgentState;
use super::worker::{capacity, is_on, on_hold_counts};
use crate::channel::Mode;
use crate::routing::{PresenceId, QueueId, ReassignOn, ServiceChannelId, WorkItemId};
use crate::{AgentId, ConversationId, Seconds, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How a queue stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueFigures {
    /// Which.
    pub queue: QueueId,
    /// How many wait.
    pub queued: usize,
    /// How many are offered.
    pub offered: usize,
    /// Since when the one waits that waits longest.
    pub oldest: Option<Timestamp>,
    /// What the next one may expect (`EWT-1`); `None` without samples (`EWT-2`).
    pub estimate: Option<Seconds>,
    /// How many of them waited longer than the target.
    pub late: usize,
    /// Whether any agent of its pools is there.
    pub anybody_online: bool,
}

/// How an agent stands (`KPI-11`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentFigures {
    /// Who.
    pub agent: AgentId,
    /// The presence state; offline for somebody who never came.
    pub presence: Option<PresenceId>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Whether the workspace is there.
    pub connected: bool,
    /// By service channel.
    pub channels: BTreeMap<ServiceChannelId, ChannelFigures>,
    /// What is in use over all channels that are on.
    pub universal_in_use: u32,
    /// The most over all channels.
    pub universal_max: Option<u32>,
}

/// How an agent stands on one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelFigures {
    /// Whether it is on.
    pub on: bool,
    /// What is in use.
    pub in_use: u32,
    /// The most.
    pub max: u32,
}

impl Router {
    /// A queue's figures; `None` if there is no such queue. Costs a look at each item that waits in it.
    pub fn queue_figures(&self, id: &QueueId, now: Timestamp) -> Option<QueueFigures> {
        let queue = self.routing.queues.get(id)?;
        let queued = self.index.lines.len(id);
        let waiting = self.index.lines.in_order(id);
        let items = || self.index.waiting_items(id).filter_map(|item| self.state.items.get(&item));
        Some(QueueFigures {
            queue: id.clone(),
            queued,
            offered: self.index.waiting(id).saturating_sub(queued),
            oldest: waiting.map(|rank| rank.since).min(),
            estimate: self
                .state
                .waits
                .get(id)
                .and_then(|waits| waits.estimate(&BTreeSet::new(), self.routing.settings.estimate, now)),
            late: items().filter(|item| item.exceeded_target).count(),
            anybody_online: self.index.anybody_online(queue),
        })
    }

    /// How many go before an item that waits, in the order of its queue; 0 for the next one.
    pub fn position(&self, item: WorkItemId) -> Option<usize> {
        self.index.lines.before(item)
    }

    /// What a waiting item may expect from entering the queue to the agent's joining: by those who required the same
    /// skills (`EWT-1`). Not for what is offered directly.
    pub fn estimate(&self, item: WorkItemId, now: Timestamp) -> Option<Seconds> {
        let ticket = self.state.items.get(&item)?.ticket.as_ref()?;
        let waits = self.state.waits.get(&ticket.queue)?;
        waits.estimate(&required(ticket), self.routing.settings.estimate, now)
    }

    /// What an agent has in front of them: offers and what they have, in the order in which it came (`WI-9`).
    pub fn inbox(&self, agent: &AgentId) -> Vec<&WorkItem> {
        let ids = self.state.agents.get(agent).map(|here| &here.items);
        let mut items: Vec<&WorkItem> =
            ids.into_iter().flatten().filter_map(|id| self.state.items.get(id)).collect();
        items.sort_by_key(|item| (arrived(item), item.id));
        items
    }

    /// Whose a messaging conversation is that goes to somebody else when its requester opens the window (`RE-10`): of an
    /// agent who is not available, where the settings say so.
    pub fn absent_owner(&self, conversation: ConversationId) -> Option<&AgentId> {
        let settings = &self.routing.settings;
        let wanted = settings.reassign_enabled && settings.reassign_on == ReassignOn::Open;
        let item = self
            .state
            .own_item(conversation)
            .filter(|item| wanted && item.subject.mode == Mode::Messaging)?;
        match &item.place {
            Place::Accepted { agent, .. } if !self.is_available(agent) => Some(agent),
            Place::Accepted { .. }
            | Place::Unrouted(_)
            | Place::Queued
            | Place::Offered(_)
            | Place::Accepting(_) => None,
        }
    }

    /// Whether a channel is on for an agent, or any channel if none is asked for.
    pub fn is_on(&self, agent: &AgentId, channel: Option<&ServiceChannelId>) -> bool {
        let worker = self.index.workers.get(agent);
        worker.is_some_and(|worker| channel.is_none_or(|channel| worker.room.contains_key(channel)))
    }

    /// An agent's figures; `None` if nobody knows the agent.
    pub fn agent_figures(&self, id: &AgentId) -> Option<AgentFigures> {
        let (roster, here) = (self.routing.agents.get(id), self.state.agents.get(id));
        if roster.is_none() && here.is_none() {
            return None;
        }
        let load = self.state.load(id, |channel| on_hold_counts(&self.routing, channel));
        let presence = here.and_then(|here| self.routing.presence.get(&here.presence));
        let receives = presence.filter(|presence| presence.active && presence.receives_work);
        let channel = |(name, settings): (&ServiceChannelId, &crate::routing::ServiceChannel)| {
            let switched_off = here.is_some_and(|here: &AgentState| here.switched_off.contains(name));
            let on = receives.is_some_and(|presence| is_on(presence, name)) && !switched_off;
            let own = roster.and_then(|roster| capacity(roster, &self.routing, name));
            let in_use = load.by_channel.get(name).copied().unwrap_or(0);
            (name.clone(), ChannelFigures { on, in_use, max: own.unwrap_or(settings.capacity) })
        };
        let channels: BTreeMap<_, _> = self.routing.service_channels.iter().map(channel).collect();
        Some(AgentFigures {
            agent: id.clone(),
            presence: here.map(|here| here.presence.clone()),
            since: here.map(|here| here.since),
            connected: here.is_some_and(|here| here.disconnected.is_none()),
            universal_in_use: channels.values().filter(|it| it.on).map(|it| it.in_use).sum(),
            universal_max: roster.and_then(|roster| roster.universal),
            channels,
        })
    }
}

/// When an item came to its agent.
const fn arrived(item: &WorkItem) -> Timestamp {
    match &item.place {
        Place::Offered(offer) | Place::Accepting(offer) => offer.at,
        Place::Accepted { arrived, .. } => *arrived,
        Place::Unrouted(_) | Place::Queued => item.asked,
    }
}
