//! What agents say of themselves, and what is known of them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A state that an agent can be in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresenceState {
    /// An inactive one cannot be chosen, and whoever is in it gets no work; true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Whether agents in it are offered work. Required.
    pub receives_work: bool,
    /// On which service channels; all if it is left out, none if it is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<String>>,
    /// Whether agents may not switch channels on and off in it; false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels_fixed: Option<bool>,
    /// How it is sorted for agents; 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// The groups whose members may choose it; everybody if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// After how many seconds without a sign of life an agent in it goes offline; never if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_after: Option<u32>,
}

/// Why an agent rejects an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectReason {
    /// What agents see. Required.
    pub label: String,
    /// Whether agents can choose it; true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selectable: Option<bool>,
    /// How it is sorted for agents; 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// For which service channel; all if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Whether the same agent may get the item again. Required.
    pub reassignable: bool,
}

/// A group of agents. Who is in it is said by each agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Group {
    /// By service channel: how much its members can bear who have no capacity of their own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<String, u32>,
    /// By queue: which it serves first. Lower goes first; 100 for what is not named.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub queue_order: BTreeMap<String, u32>,
}

/// What is known of an agent before they come to work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Agent {
    /// An inactive one gets no work; true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Where they belong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What they can do, and how well, 0 to 10.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub skills: BTreeMap<String, u8>,
    /// By service channel: how much they can bear, instead of what the group or the channel says.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<String, u32>,
    /// The most work over all channels. 0 is none at all; no limit if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub universal: Option<u32>,
    /// The schedule of when they work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift: Option<String>,
}
