//! What goes over a live stream in either direction, and the bodies of the routes around it.

use crate::message::{AcceptedResponse, Answer, Attachment, Choice};
use crate::{Card, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// What a client says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[expect(clippy::large_enum_variant, reason = "a frame lives only until it is answered")]
pub enum ClientFrame {
    /// Are you there; answered with `pong`.
    Ping {},
    /// The client's user is writing. Never stored.
    Typing {
        /// Where.
        conversation_id: String,
    },
    /// A message; answered with `sent` or `problem`.
    Send {
        /// The client's id of it, 1 to 256 visible characters: the same id again is the same message (`L6`).
        id: String,
        /// Into which conversation. A requester may leave it out to begin one, or to go on with the active one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation_id: Option<String>,
        /// The company's address, for a requester's message that names no conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// What it says; may be empty if there are attachments.
        #[serde(default)]
        text: String,
        /// Files that it refers to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        /// What an agent lets the requester choose from.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        choices: Vec<Choice>,
        /// The component that an agent sends instead of words of their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        component: Option<String>,
        /// What a requester chose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Answer>,
        /// When the requester's client says it was written, in RFC 3339; not for agents.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_at: Option<String>,
        /// What the client knows beside the text.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        context: BTreeMap<String, String>,
    },
    /// Everything up to an event has arrived at the client.
    Delivered {
        /// Where.
        conversation_id: String,
        /// Up to which event.
        version: u64,
    },
    /// Everything up to an event was shown to the client's user.
    Read {
        /// Where.
        conversation_id: String,
        /// Up to which event.
        version: u64,
    },
}

/// What the server says. Frames with a cursor are stored facts, come once and in order, and are what a client resumes
/// behind; all others are of the moment and are lost with the connection.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The stream has begun.
    Hello {
        /// From where on facts follow.
        cursor: String,
        /// How often the server pings, in seconds.
        heartbeat_s: u64,
        /// A requester's conversations that are not over (`RE-1`).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conversations: Vec<OpenConversation>,
    },
    /// A fact, for agents and supervisors.
    Event {
        /// Resume behind this.
        cursor: String,
        /// Of which conversation.
        conversation_id: String,
        /// Which of its events, from 1.
        version: u64,
        /// What kind of fact it is, such as `conversation.opened`.
        event: String,
        /// When it was committed, in RFC 3339.
        at: String,
        /// Who wanted it, and what it follows from.
        cause: Value,
        /// What it says.
        data: Value,
    },
    /// Something that is shown to a requester.
    Said {
        /// Resume behind this.
        cursor: String,
        /// In which conversation.
        conversation_id: String,
        /// By which of its events, from 1.
        version: u64,
        /// Which of the things that the event says, from 0.
        part: u32,
        /// When, in RFC 3339.
        at: String,
        /// `requester`, `agent`, `virtual_agent` or `system`.
        from: String,
        /// The agent's name, if it is from one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<String>,
        /// The meaning of a system message, such as `idle_reminder`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<String>,
        /// What it says.
        text: String,
        /// Files that it refers to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        /// What the requester may choose from.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        choices: Vec<Choice>,
        /// The message, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_id: Option<String>,
    },
    /// An agent is offered work.
    Offer {
        /// The work.
        card: Box<Card>,
    },
    /// What an agent has in front of them, whole.
    Inbox {
        /// The cards, as of `GET /v1/agents/{id}/inbox`.
        cards: Vec<Card>,
    },
    /// Somebody is writing.
    Typing {
        /// Where.
        conversation_id: String,
        /// Who: `requester` or `agent`.
        from: String,
        /// The agent's name, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<String>,
    },
    /// What the other side's client has received.
    Delivered {
        /// Where.
        conversation_id: String,
        /// Up to which event, or which event alone.
        version: u64,
        /// Who: `requester` or `agent`.
        from: String,
        /// The agent's name, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<String>,
        /// Whether it is that event alone, as a provider said it, and nothing that went before.
        #[serde(default, skip_serializing_if = "is_false")]
        alone: bool,
    },
    /// What the other side has been shown.
    Read {
        /// Where.
        conversation_id: String,
        /// Up to which event, or which event alone.
        version: u64,
        /// Who: `requester` or `agent`.
        from: String,
        /// The agent's name, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<String>,
        /// Whether it is that event alone, as a provider said it, and nothing that went before.
        #[serde(default, skip_serializing_if = "is_false")]
        alone: bool,
    },
    /// What never reached the requester, as a provider said it (`MSG-19`).
    Failed {
        /// Where.
        conversation_id: String,
        /// Which event.
        version: u64,
        /// Why, as a short stable code, if it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// An agent's presence changed; for that agent and for supervisors.
    Presence {
        /// Whose.
        agent: String,
        /// The state, by name.
        state: String,
        /// Whether their workspace is there.
        connected: bool,
    },
    /// A message was taken, and is durable.
    Sent {
        /// The client's id of it.
        id: String,
        /// What became of it.
        #[serde(flatten)]
        accepted: AcceptedResponse,
    },
    /// What a client said was refused.
    Problem {
        /// The client's id of it, if it had one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Why.
        problem: Problem,
    },
    /// The answer to `ping`.
    Pong {},
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the serializer asks so")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A conversation of a requester that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenConversation {
    /// Which.
    pub id: String,
    /// `chat` or `messaging`.
    pub mode: String,
    /// `new`, `work_in_progress` or `on_hold`.
    pub state: String,
    /// How many events it has.
    pub version: u64,
    /// The agent who has it, if one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

impl fmt::Debug for ClientFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientFrame").finish_non_exhaustive()
    }
}

impl fmt::Debug for ServerFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerFrame").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_a_client_has_a_known_type_and_no_unknown_field() {
        let read = serde_json::from_str::<ClientFrame>;
        assert_eq!(read(r#"{"type":"ping"}"#).unwrap(), ClientFrame::Ping {});
        assert!(read(r#"{"type":"send","id":"1","text":"hi"}"#).is_ok());
        for wrong in [
            r#"{"type":"pong"}"#,
            r#"{"type":"ping","more":1}"#,
            r#"{"type":"send","text":"hi"}"#,
            r#"{"type":"send","id":"1","txt":"hi"}"#,
            "[]",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    /// P1
    #[test]
    fn a_frame_prints_nothing_of_itself() {
        let frame: ClientFrame =
            serde_json::from_str(r#"{"type":"send","id":"1","text":"my secret"}"#).unwrap();
        assert_eq!(format!("{frame:?}"), "ClientFrame { .. }");
    }
}
