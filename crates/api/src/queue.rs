//! Queues: how they stand.

use serde::{Deserialize, Serialize};

/// How a queue stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueResponse {
    /// Which.
    pub queue: String,
    /// Whose work it holds.
    pub service_channel: String,
    /// Whether it takes anything new.
    pub active: bool,
    /// How many items wait in it and are not offered.
    pub queued: usize,
    /// How many are offered, or accepted and not yet assigned.
    pub offered: usize,
    /// How long the one has waited that waits longest, in milliseconds; null if none waits.
    pub oldest_wait_ms: Option<i64>,
    /// What the next one may expect, in seconds; null without anything to go by, never 0 for want of it (`EWT-2`).
    pub estimate_s: Option<u32>,
    /// How many of them waited longer than the target.
    pub late: usize,
    /// Whether any agent of its pools is offered work.
    pub anybody_online: bool,
}

/// A page of queues, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueListResponse {
    /// The queues.
    pub queues: Vec<QueueResponse>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A conversation's place while it waits for an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The queue; absent for a requester.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Its place in line, 1 for whoever goes next; absent while it is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// What is left of the wait, in whole minutes, at least 1; absent without anything to go by (`EWT-2`, `EWT-3`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_minutes: Option<u32>,
}
