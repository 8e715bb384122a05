//! One conversation, and the list of them.

use crate::Waiting;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The state of one conversation, as of its last event.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationResponse {
    /// Its id.
    pub id: String,
    /// The channel that it runs on.
    pub channel: String,
    /// `chat` or `messaging`; fixed when it was opened.
    pub mode: String,
    /// `new`, `work_in_progress`, `on_hold`, `closed_complete`, `closed_abandoned` or `faulted`.
    pub state: String,
    /// Why it is closed, once it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The requester's address.
    pub requester: String,
    /// The company's address.
    pub company: String,
    /// Who has it.
    pub owner: Owner,
    /// Its place in line, while it waits in a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// The agents who joined, sorted.
    pub participants: Vec<String>,
    /// When it was opened, in RFC 3339.
    pub opened_at: String,
    /// When anything last happened in it, in RFC 3339.
    pub last_at: String,
    /// How many events it has seen.
    pub version: u64,
    /// How many messages it has; for a requester whose history begins in the midst of it, those since then, and absent if
    /// it has gone on for more than 2000 events since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<MessageCounts>,
    /// The user who is taken to be the requester; absent for a guest, and for requesters themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether nothing may be sent to the requester (`OPT-6`).
    #[serde(default)]
    pub opted_out: bool,
    /// The chat from which an agent opened it, if they did (`PRO-5`); absent for requesters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_from: Option<String>,
}

/// Who has a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Owner {
    /// Nobody yet.
    Queue,
    /// The virtual agent.
    VirtualAgent,
    /// An agent.
    Agent {
        /// Who.
        agent: String,
    },
}

/// How many messages were accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageCounts {
    /// Of the requester.
    pub requester: u64,
    /// Of agents.
    pub agent: u64,
}

/// One conversation in a list: what can be shown without reading its log, and nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRow {
    /// Its id.
    pub id: String,
    /// The channel that it runs on.
    pub channel: String,
    /// `chat` or `messaging`.
    pub mode: String,
    /// As in [`ConversationResponse`].
    pub state: String,
    /// Why it is closed, once it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The agent who has it, if one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// When it was opened, in RFC 3339.
    pub opened_at: String,
    /// When anything last happened in it, in RFC 3339.
    pub last_at: String,
    /// When it was closed, once it is, in RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// How many messages it has.
    pub messages: MessageCounts,
    /// As in [`ConversationResponse`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// As in [`ConversationResponse`].
    #[serde(default)]
    pub opted_out: bool,
}

/// A page of conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationListResponse {
    /// In a fixed order, so that a page never repeats a conversation of an earlier one.
    pub conversations: Vec<ConversationRow>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl fmt::Debug for ConversationResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversationResponse")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_a_kind_and_a_name_if_there_is_one() {
        let text = |owner| serde_json::to_string(&owner).unwrap();
        assert_eq!(text(Owner::Queue), r#"{"kind":"queue"}"#);
        assert_eq!(text(Owner::VirtualAgent), r#"{"kind":"virtual_agent"}"#);
        assert_eq!(text(Owner::Agent { agent: "ann".to_owned() }), r#"{"kind":"agent","agent":"ann"}"#);
    }
}
