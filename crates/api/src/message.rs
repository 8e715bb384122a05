//! Bodies with which messages come in, and the answer to every command.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A message from a requester, as a gateway pushes it in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundRequest {
    /// The provider's id of the message, 1 to 256 visible characters. The same id again is the same message.
    pub provider_message_id: String,
    /// The requester's address. A requester may leave it out: it is the subject of their token.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// The company's address. A requester may leave it out where the company has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// What it says; may be empty if there are attachments.
    #[serde(default)]
    pub text: String,
    /// When the provider says it was written, in RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<String>,
    /// Files that it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What the channel knows beside the text, such as the page or the language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, String>,
    /// What the requester chose, where the channel lets them choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// A message with which an agent, the token's subject, writes first.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartConversationRequest {
    /// The channel's name.
    pub channel: String,
    /// The requester's address; may be left out for a user who has one number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// The company's address.
    pub from: String,
    /// What it says; may be empty if there are attachments.
    #[serde(default)]
    pub text: String,
    /// Files that it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The user to whom it is written, if not just to an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether the number may be taken from another user, whose conversation is closed then (`PRO-4`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub take_over: bool,
    /// What the agent knows beside the text, such as the language; it stays with the conversation (`PRO-9`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, String>,
    /// The chat that the agent has in front of them and starts from (`PRO-5`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_from: Option<String>,
}

/// A message into one conversation; who wrote it is the token's subject.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostMessageRequest {
    /// What it says; may be empty if there are attachments.
    #[serde(default)]
    pub text: String,
    /// Files that it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// When the requester's client says it was written, in RFC 3339; not for agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<String>,
    /// What the client knows beside the text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, String>,
    /// What the requester may choose from; an agent's only. 1 to 10 choices, no two alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// The name of a component, which brings text and choices; an agent's only, and instead of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// What the requester chose; theirs only. The text may be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// One thing to choose.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its name for programs: 1 to 64 of the characters `A-Z a-z 0-9 . _ - @`.
    pub value: String,
    /// What the requester sees, 1 to 200 bytes.
    pub label: String,
}

/// What a requester chose.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The message that offered it; only the latest one can be answered.
    pub message_id: String,
    /// The choice's value.
    pub value: String,
}

/// A file that a message refers to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Where it is, as an `https` URL.
    pub url: String,
    /// Its media type.
    pub content_type: String,
    /// The name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How large it is, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
}

/// The body of a command that says everything with its path. It may also be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmptyRequest {}

/// The answer to a requester who opened the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedResponse {
    /// Whether the conversation was taken from an agent who is not there, and goes to another one (`RE-10`).
    pub reassigned: bool,
}

/// The answer to every command that was accepted. What it speaks of is durable (`L1`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedResponse {
    /// The conversation that it went to; absent for a word about consent that belongs to none (`OPT-6`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub conversation_id: String,
    /// The message that it made, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Whether it had been accepted before, and nothing was written now (`L6`).
    pub duplicate: bool,
    /// From where on it can be seen; opaque, for `at_least`.
    pub position: String,
}

impl fmt::Debug for InboundRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundRequest").finish_non_exhaustive()
    }
}

impl fmt::Debug for StartConversationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartConversationRequest").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl fmt::Debug for PostMessageRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostMessageRequest").finish_non_exhaustive()
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Choice").field("value", &self.value).finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_nobody_knows_is_refused_in_requests_and_accepted_in_answers() {
        let message = r#"{"provider_message_id":"1","from":"a","to":"b","text":"c","attachements":[]}"#;
        assert!(serde_json::from_str::<InboundRequest>(message).is_err());
        assert!(serde_json::from_str::<EmptyRequest>(r#"{"a":1}"#).is_err());
        let answer = r#"{"conversation_id":"1","duplicate":false,"position":"0-1","newer":true}"#;
        assert!(serde_json::from_str::<AcceptedResponse>(answer).is_ok());
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let request = PostMessageRequest { text: "hi".to_owned(), ..PostMessageRequest::default() };
        assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"text":"hi"}"#);
    }

    /// P1
    #[test]
    fn a_message_prints_nothing_of_itself() {
        let request = InboundRequest {
            provider_message_id: "SM1".to_owned(),
            from: "+12025550123".to_owned(),
            to: "+12025550100".to_owned(),
            text: "my secret".to_owned(),
            sent_at: None,
            attachments: Vec::new(),
            context: BTreeMap::new(),
            answer: None,
        };
        assert_eq!(format!("{request:?}"), "InboundRequest { .. }");
    }
}
