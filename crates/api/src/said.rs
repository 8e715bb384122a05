//! A conversation as one side sees it: what was said, and which system messages that side is shown.

use crate::message::{Answer, Attachment, Choice};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidResponse {
    /// The version of the event that says it.
    pub version: u64,
    /// Which of the things that the event says, from 0; with the version it names this one for ever.
    pub part: u16,
    /// When, in RFC 3339.
    pub at: String,
    /// Who: `requester`, `agent` or `system`.
    pub from: String,
    /// The agent, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What a system message means, such as `participant_entered`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The message's id, if somebody wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The words; an agent's may have markdown in them.
    pub text: String,
    /// The words as HTML that is safe to show, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The component that it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// What the requester may choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What the requester chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// Some of what is shown of a conversation, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesResponse {
    /// What is shown.
    pub messages: Vec<SaidResponse>,
    /// The `after` with which to ask for what follows. Not every event says something, so a page may be empty and not
    /// the last one: only if this is the `after` that was asked with, there is nothing more yet.
    pub next_after: u64,
}

impl fmt::Debug for SaidResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaidResponse")
            .field("version", &self.version)
            .field("part", &self.part)
            .field("from", &self.from)
            .field("notice", &self.notice)
            .finish_non_exhaustive()
    }
}
