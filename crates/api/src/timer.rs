//! The timers that a conversation has.

use serde::{Deserialize, Serialize};

/// One armed timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerResponse {
    /// What it does: `idle_reminder`, `idle_cancel`, `conversation_idle`, `prompt_agent`, `abandon` or `reassign`.
    pub kind: String,
    /// When it fires, in RFC 3339.
    pub due: String,
    /// The version of the event that armed it.
    pub armed_by: u64,
}

/// The armed timers of a conversation, in the order in which they are due; none once it is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimersResponse {
    /// The timers.
    pub timers: Vec<TimerResponse>,
}
