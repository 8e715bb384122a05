//! What an agent has on the desk: ongoing conversations with what is unseen, earlier ones, and transcripts.

use crate::ConversationRow;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The messaging conversations that an agent has, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OngoingResponse {
    /// At most 100 of them.
    pub conversations: Vec<Ongoing>,
    /// How many of them have something unseen.
    pub with_unseen: u64,
    /// How many conversations an agent may have open as tabs at once (`MSG-17`). Tabs are the workspace's own: the server
    /// says the number, and the workspace keeps to it.
    pub tabs_max: u32,
}

/// A conversation that an agent has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ongoing {
    /// Its id.
    pub conversation_id: String,
    /// The channel that it runs on.
    pub channel: String,
    /// `work_in_progress` or `on_hold`.
    pub state: String,
    /// How many messages of the requester the agent has not seen; 1000 stands for that and more.
    pub unseen: u64,
    /// When the first of them came, in RFC 3339: the timer runs from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen_since: Option<String>,
    /// How long that is ago: `warning`, `critical` or `severe`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The version before which a separator stands, if there is to be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<u64>,
    /// The version up to which the agent has seen it.
    pub seen: u64,
    /// How many events it has seen.
    pub version: u64,
}

/// The agent looked at a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenRequest {
    /// The version of the last event that they saw; all there is if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<u64>,
}

/// Earlier conversations of the same requester.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryResponse {
    /// Newest first.
    pub conversations: Vec<ConversationRow>,
}

/// A transcript, or where to get it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptResponse {
    /// Of which conversation.
    pub conversation_id: String,
    /// `internal` or `external`.
    pub kind: String,
    /// How many characters it has.
    pub characters: u64,
    /// The transcript, if it has at most 4000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where the transcript is as a text.
    pub url: String,
}

impl fmt::Debug for TranscriptResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TranscriptResponse")
            .field("conversation_id", &self.conversation_id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
