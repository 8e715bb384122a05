//! Agents: how they stand, what they say of themselves, and what they have in front of them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What an agent says of themselves. The same again is a sign of life (`PR-3`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresenceRequest {
    /// The presence state, by name.
    pub state: String,
    /// The service channels that are switched off inside the state; absent leaves them as they are (`PR-2`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switched_off: Option<Vec<String>>,
    /// Whether the agent's workspace is there. One that is gone leaves the agent assignable for a while (`PR-3`).
    #[serde(default = "there")]
    pub connected: bool,
}

/// How an agent stands (`KPI-11`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentResponse {
    /// Who.
    pub agent: String,
    /// The groups that they are in; none if the configuration does not know them any more.
    pub groups: Vec<String>,
    /// The presence state; `offline` for somebody who never came.
    pub state: String,
    /// Since when, in RFC 3339; absent for somebody who never came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Whether their workspace is there.
    pub connected: bool,
    /// How they stand on each service channel.
    pub channels: BTreeMap<String, ChannelLoad>,
    /// How they stand over all channels that are on.
    pub universal: UniversalLoad,
}

/// What an agent carries on one service channel, in units of size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelLoad {
    /// Whether they are offered work on it.
    pub on: bool,
    /// How much they carry.
    pub in_use: u32,
    /// How much they are offered at the most.
    pub max: u32,
}

/// What an agent carries over all channels that are on, in units of size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UniversalLoad {
    /// How much they carry.
    pub in_use: u32,
    /// The most; null without a limit (`CAP-4`).
    pub max: Option<u32>,
}

/// A page of agents, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentListResponse {
    /// The agents.
    pub agents: Vec<AgentResponse>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What an agent has in front of them, in the order in which it came; a card keeps its place (`WI-9`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxResponse {
    /// The cards.
    pub cards: Vec<Card>,
}

/// One work item as its agent sees it: an offer, or a conversation that they have.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The work item.
    pub item: String,
    /// Its conversation.
    pub conversation: String,
    /// The channel that the conversation runs on.
    pub channel: String,
    /// `offered`, `accepting` or `accepted`.
    pub place: String,
    /// The queue that it comes from, while it is offered; absent for a transfer to the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// That queue's priority; lower goes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
    /// Whose capacity it takes, if any service channel knows the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_channel: Option<String>,
    /// How much of it.
    pub size: u32,
    /// When it came to the agent, in RFC 3339.
    pub arrived_at: String,
    /// When it was offered, in RFC 3339; likewise below only while it is `offered` or `accepting`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_at: Option<String>,
    /// When the offer is over, in RFC 3339; absent if it never is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Whether it may be rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reject_allowed: Option<bool>,
    /// The agent who hands it over, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferred_from: Option<String>,
    /// How long the requester has waited, or had waited when the agent got it, in milliseconds.
    pub waited_ms: i64,
    /// Whether that was longer than the queue's target.
    pub late: bool,
    /// Whether the conversation is on hold.
    pub on_hold: bool,
    /// What the requester's side said beside the texts: at most five variables, the first ones by name (`WI-9`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
}

const fn there() -> bool {
    true
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card").field("item", &self.item).field("place", &self.place).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PR-3
    #[test]
    fn who_says_nothing_of_their_workspace_is_there() {
        let request: PresenceRequest = serde_json::from_str(r#"{"state":"available"}"#).unwrap();
        assert_eq!((request.connected, request.switched_off), (true, None));
        assert!(serde_json::from_str::<PresenceRequest>(r#"{"state":"away","swiched_off":[]}"#).is_err());
    }
}
