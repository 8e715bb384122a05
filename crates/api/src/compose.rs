//! What an agent who wants to write first can choose from.

use serde::{Deserialize, Serialize};
use std::fmt;

/// From where and to whom an agent may write first (`PRO-6`, `PRO-7`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposeResponse {
    /// To whom, if that is clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<ComposeRecipient>,
    /// The channels, in the order in which they are to be shown.
    pub channels: Vec<ComposeChannel>,
}

/// To whom an agent writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposeRecipient {
    /// The user.
    pub user: String,
    /// `named` in the question, or the one for whom the chat was `opened_for`.
    pub source: String,
}

/// A channel on which an agent may write first.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComposeChannel {
    /// Its name.
    pub channel: String,
    /// What it is, such as `sms`.
    pub kind: String,
    /// The company's addresses on it; with none, any may be typed.
    pub from: Vec<String>,
    /// The one of them that is meant unless another is chosen: where there is just one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preselected_from: Option<String>,
    /// The recipient's addresses on it.
    pub to: Vec<String>,
    /// As for `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preselected_to: Option<String>,
    /// Whether both addresses may be typed as well. One of the company's still has to be in `from`, if that has any.
    pub manual: bool,
}

impl fmt::Debug for ComposeChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComposeChannel").field("channel", &self.channel).finish_non_exhaustive()
    }
}
