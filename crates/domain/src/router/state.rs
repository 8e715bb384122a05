//! What the router knows: a fold of its events and nothing else (`L4`). Indexes for finding matches are built from it and
//! live elsewhere.

use super::item::{Place, WorkItem};
use super::served::Served;
use super::waits::Waits;
use super::{Errand, ErrandKind};
use crate::routing::{PresenceId, QueueId, ServiceChannelId, WorkItemId, presence_names};
use crate::{AgentId, ConversationId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The router's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// How many events it has seen.
    pub version: u64,
    /// The version of the configuration that it goes by.
    pub configuration: u64,
    /// Since when conversations are routed.
    pub on_since: Option<Timestamp>,
    /// The position up to which each partition is taken in.
    pub taken_in: BTreeMap<u16, u64>,
    /// The number of the newest item.
    pub last_item: u64,
    /// Items that are not over.
    pub items: BTreeMap<WorkItemId, WorkItem>,
    /// Which items a conversation has: its own, and at most one that hands it over (`WI-12`).
    pub conversations: BTreeMap<ConversationId, BTreeSet<WorkItemId>>,
    /// Agents who were ever here.
    pub agents: BTreeMap<AgentId, AgentState>,
    /// How long the last ones waited, by queue (`EWT-1`).
    pub waits: BTreeMap<QueueId, Waits>,
    /// Who was asked last, by queue and pool (`AR-5`).
    pub cursors: BTreeMap<(QueueId, u8), AgentId>,
    /// Who served which contact (`AFF-1`).
    pub served: Served,
    /// What is still to be done to conversations.
    pub errands: BTreeMap<(WorkItemId, ErrandKind), Errand>,
}

/// What the router knows of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentState {
    /// The presence state.
    pub presence: PresenceId,
    /// The channels that the agent switched off.
    pub switched_off: BTreeSet<ServiceChannelId>,
    /// Since when the state is this one.
    pub since: Timestamp,
    /// Since when the workspace is gone, if it is (`PR-3`).
    pub disconnected: Option<Timestamp>,
    /// The last sign of life that was recorded.
    pub seen: Timestamp,
    /// What the agent has or was offered.
    pub items: BTreeSet<WorkItemId>,
    /// When the agent was last asked, by channel; of a burst each offer counts (`AR-4`, 18.12).
    pub assigned: BTreeMap<ServiceChannelId, Timestamp>,
    /// When the agent last had work, by channel (`AR-3`).
    pub worked: BTreeMap<ServiceChannelId, Timestamp>,
}

/// What an agent carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Sizes by channel, of what counts there (R1, R2, `CAP-6`).
    pub by_channel: BTreeMap<ServiceChannelId, u32>,
}

impl AgentState {
    /// Somebody who has not come yet.
    pub fn absent(at: Timestamp) -> Option<Self> {
        Some(Self {
            presence: PresenceId::new(presence_names::OFFLINE).ok()?,
            switched_off: BTreeSet::new(),
            since: at,
            disconnected: None,
            seen: at,
            items: BTreeSet::new(),
            assigned: BTreeMap::new(),
            worked: BTreeMap::new(),
        })
    }
}

impl State {
    /// Whether anything is still to be done for an item.
    pub fn has_errands(&self, item: WorkItemId) -> bool {
        ErrandKind::ALL.iter().any(|kind| self.errands.contains_key(&(item, *kind)))
    }

    /// The conversation's own item: not one that hands it over.
    pub fn own_item(&self, conversation: ConversationId) -> Option<&WorkItem> {
        let items = self.conversations.get(&conversation)?;
        items.iter().filter_map(|id| self.items.get(id)).find(|item| !item.is_handover())
    }

    /// The item that hands the conversation over to another agent, if one does.
    pub fn handover(&self, conversation: ConversationId) -> Option<&WorkItem> {
        let items = self.conversations.get(&conversation)?;
        items.iter().filter_map(|id| self.items.get(id)).find(|item| item.is_handover())
    }

    /// What an agent carries: offered, accepting and accepted items, each by its size (`CAP-5`, `CAP-6`). `counts` says
    /// whether an item on hold counts on a channel.
    pub fn load(&self, agent: &AgentId, counts_on_hold: impl Fn(&ServiceChannelId) -> bool) -> Load {
        let mut load = Load::default();
        let items = self.agents.get(agent).map(|agent| &agent.items);
        for item in items.into_iter().flatten().filter_map(|id| self.items.get(id)) {
            let Some(channel) = &item.service_channel else { continue };
            let counts = match &item.place {
                Place::Unrouted(_) | Place::Queued => false,
                Place::Offered(_) | Place::Accepting(_) => true,
                Place::Accepted { on_hold, .. } => !on_hold || counts_on_hold(channel),
            };
            if counts {
                *load.by_channel.entry(channel.clone()).or_default() += item.size;
            }
        }
        load
    }
}
