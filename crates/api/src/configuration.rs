//! Routing as administrators write it, in bodies as JSON and in files as TOML: the same tables with the same keys.
//!
//! A key that is left out has the documented default. Every span is a number of whole seconds, every name is 1 to 64 of
//! the characters `A-Z a-z 0-9 . _ - @`, and a key that nobody knows is refused. Whether the values are legal, and
//! whether what they name exists, is not looked at here.
//!
//! The texts are the company's and not a person's, so `Debug` may print them.

mod people;
mod queue;
mod wording;
mod work;

pub use people::{Agent, Group, PresenceState, RejectReason};
pub use queue::{Affinity, Pool, Queue, SkillDemand, SortRule, WaitMessage};
pub use wording::{Attachments, Component, ComponentsResponse, Text, TextsResponse, Wording};
pub use work::{Rule, Schedule, ServiceChannel, ShiftUse, SizeOverride, SkillUse};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All of routing. In a file, `settings` is the table `routing` and the others have the names that they have here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Routing {
    /// What is set once.
    pub settings: Settings,
    /// By name; likewise below.
    pub schedules: BTreeMap<String, Schedule>,
    /// Presence states.
    pub presence_states: BTreeMap<String, PresenceState>,
    /// Reasons for rejecting an offer.
    pub reject_reasons: BTreeMap<String, RejectReason>,
    /// Service channels. Without any, nothing is routed.
    pub service_channels: BTreeMap<String, ServiceChannel>,
    /// Assignment rules.
    pub rules: BTreeMap<String, Rule>,
    /// Groups of agents.
    pub groups: BTreeMap<String, Group>,
    /// Agents.
    pub agents: BTreeMap<String, Agent>,
    /// Queues.
    pub queues: BTreeMap<String, Queue>,
}

/// What is set once for all of routing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What had been created longer ago than this when it could first be routed is left to people. Seconds; 600.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look_back: Option<u32>,
    /// How many items may be queued in all; 10000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queued_max: Option<u32>,
    /// Whether a pending offer outlives the maximum wait; true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bypass_max_wait: Option<bool>,
    /// What the requester of a chat is told that cannot be routed, unless the queue says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_agent_message: Option<String>,
    /// Whether a returning requester whose agent is unavailable gets another one; false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reassign_enabled: Option<bool>,
    /// What counts as returning: `message`, the default, or `open`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reassign_on: Option<String>,
    /// How long an agent whose workspace closed stays assignable. Seconds; 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnect_buffer: Option<u32>,
    /// How waits are estimated: `mean`, the default, or `weighted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<String>,
}

/// The answer to a change of one entry. What it speaks of is durable (`L1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedResponse {
    /// Whether anything is different now; without it nothing was written.
    pub changed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_nobody_knows_is_refused_at_every_depth() {
        for text in [
            r#"{"queue":{}}"#,
            r#"{"settings":{"lookback":1}}"#,
            r#"{"queues":{"a":{"service_channel":"chat","orders":1}}}"#,
            r#"{"queues":{"a":{"service_channel":"chat","skills":[{"skill":"a","levels":1}]}}}"#,
            r#"{"rules":{"a":{"shift":{"require":1}}}}"#,
        ] {
            assert!(serde_json::from_str::<Routing>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_set_is_left_out() {
        let queue: Queue = serde_json::from_str(r#"{"service_channel":"chat"}"#).unwrap();
        assert_eq!(serde_json::to_string(&queue).unwrap(), r#"{"service_channel":"chat"}"#);
        assert_eq!(serde_json::to_string(&Settings::default()).unwrap(), "{}");
    }
}
