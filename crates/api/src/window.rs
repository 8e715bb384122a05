//! What a requester sees of all their conversations, what of it they have not read, and notifications.

use crate::Attachment;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who asks, where the token does not say it all. A requester's token says the address, and its claim `channel` the
/// channel; a gateway names both.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequesterRequest {
    /// The channel's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The requester's address on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A simple notification.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationRequest {
    /// The channel's name.
    pub channel: String,
    /// The requester's address on it.
    pub address: String,
    /// What it says.
    pub text: String,
    /// Where it leads, as `https://` or `http://`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The company's address from which it leaves, where it leaves at all; needed if there are several on the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// A notification that is durable (`L1`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationResponse {
    /// Its id.
    pub notification_id: String,
    /// Whether it had been sent before, and nothing was written now (`L6`).
    pub duplicate: bool,
    /// From where on it can be seen; opaque, for `at_least`.
    pub position: String,
}

/// A page of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowResponse {
    /// The window.
    pub window_id: String,
    /// From where on the opening can be seen, and from where a stream goes on.
    pub position: String,
    /// What the page shows, oldest first.
    pub items: Vec<HistoryItem>,
    /// The number of the oldest unread item that this window has shown; the separator stands before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<u64>,
    /// How many unread items are older than the page.
    pub unread_above: u64,
    /// How many unread items are newer than the page.
    pub unread_below: u64,
    /// How many items are unread in all.
    pub unread_total: u64,
}

/// One fact that a requester is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryItem {
    /// Its number in the requester's history, from 1.
    pub number: u64,
    /// The conversation that it belongs to; a notification belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// When it came, in RFC 3339.
    pub at: String,
    /// Whether it is unread.
    pub unread: bool,
    /// What is shown of it, in order; nothing where nothing is said.
    pub parts: Vec<Part>,
}

/// Something that is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Part {
    /// The requester's own message.
    Requester {
        /// Its id.
        message_id: String,
        /// What it says.
        text: String,
        /// Its files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// An agent's message.
    Agent {
        /// Who wrote it.
        agent: String,
        /// Its id.
        message_id: String,
        /// What it says.
        text: String,
        /// Its files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// The virtual agent's message.
    VirtualAgent {
        /// Its id.
        message_id: String,
        /// What it says.
        text: String,
        /// Its files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// A system message.
    Notice {
        /// What it means, such as `closed_by_actor`.
        key: String,
        /// What it says.
        text: String,
    },
    /// A simple notification.
    Notification {
        /// Its id.
        notification_id: String,
        /// What it says.
        text: String,
        /// Where it leads, if anywhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
}

/// A window's sign of life, or its end, is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowChangedResponse {
    /// From where on it can be seen.
    pub position: String,
}

/// What a requester has not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadResponse {
    /// How many items, without any limit.
    pub total: u64,
    /// Of which conversations, newest first, at most 50 of them.
    pub conversations: Vec<UnreadOf>,
    /// The first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<HistoryItem>,
}

/// What is unread of one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadOf {
    /// Which; absent for notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// How many items.
    pub unread: u64,
}

impl fmt::Debug for RequesterRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequesterRequest").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl fmt::Debug for NotificationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotificationRequest").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Requester { .. } => "Requester { .. }",
            Self::Agent { .. } => "Agent { .. }",
            Self::VirtualAgent { .. } => "VirtualAgent { .. }",
            Self::Notice { .. } => "Notice { .. }",
            Self::Notification { .. } => "Notification { .. }",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P1
    #[test]
    fn what_is_shown_prints_nothing_of_itself() {
        let part = Part::Notice { key: "agent_transfer".to_owned(), text: "my secret".to_owned() };
        assert_eq!(format!("{part:?}"), "Notice { .. }");
        let text = r#"{"channel":"web","address":"guest-7","text":"my secret"}"#;
        let request: NotificationRequest = serde_json::from_str(text).unwrap();
        assert!(!format!("{request:?}").contains("secret") && !format!("{request:?}").contains("guest"));
    }
}
