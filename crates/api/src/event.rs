//! What happened in a conversation.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// One event.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct EventResponse {
    /// Its place in its conversation; the first is 1.
    pub version: u64,
    /// Its record's place in the log; opaque.
    pub position: String,
    /// What kind of fact it is, such as `conversation.opened`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was committed, in RFC 3339.
    pub at: String,
    /// Who wanted it, and what it follows from.
    pub cause: Value,
    /// What it says.
    pub data: Value,
}

/// Some events of a conversation, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EventsResponse {
    /// The events.
    pub events: Vec<EventResponse>,
    /// The `after` with which to ask for what follows: the last version of this page, or what was asked with if the
    /// page is empty. So the same loop reads what there is and then waits for more.
    pub next_after: u64,
}

impl fmt::Debug for EventResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventResponse")
            .field("version", &self.version)
            .field("kind", &self.kind)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
