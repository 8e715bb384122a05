//! What goes out over a gateway that pulls, what it says of it, and what was given up.

use crate::{Attachment, Choice};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What waits to be pulled on a channel: the next delivery of each conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundResponse {
    /// In the order in which it was said.
    pub deliveries: Vec<DeliveryResponse>,
    /// For `after`, if there may be more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Something that is to be sent to a requester.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryResponse {
    /// The same for ever: whoever gets it again has got it before.
    pub key: String,
    /// The conversation in which it was said; a notification belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// When it was said, in RFC 3339.
    pub at: String,
    /// The company's address.
    pub from: String,
    /// The requester's address.
    pub to: String,
    /// The message's id, if somebody wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The agent who wrote it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What it means, if the system says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The notification's id, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_id: Option<String>,
    /// The words; empty if there are only files.
    pub text: String,
    /// Files that it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What the requester may choose from; none where the text has them written out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// What became of something that was pulled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AckRequest {
    /// Whether it went out.
    pub outcome: AckOutcome,
    /// How the provider calls it; only of what was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// Why it failed, as a short stable code; only of what failed, and then required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// Whether something went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AckOutcome {
    /// It did.
    Sent,
    /// It did not, and never will.
    Failed,
}

/// What a receiver says of something that went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRequest {
    /// What became of it.
    pub status: ReceiptStatus,
    /// Why, as a short stable code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What became of something at its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiptStatus {
    /// It arrived.
    Delivered,
    /// It was read.
    Read,
    /// It did not arrive.
    Failed,
}

/// What was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterListResponse {
    /// In the order of their keys.
    pub dead_letters: Vec<DeadLetterResponse>,
    /// For `after`, if there may be more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Something that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterResponse {
    /// Its key.
    pub key: String,
    /// The conversation in which it was said; a notification belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// On which channel.
    pub channel: String,
    /// Why, as a short stable code.
    pub code: String,
    /// When, in RFC 3339.
    pub at: String,
}

impl fmt::Debug for DeliveryResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryResponse").field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_and_a_status_go_by_their_names() {
        let ack: AckRequest = serde_json::from_str(r#"{"outcome":"sent","provider_id":"SM1"}"#).unwrap();
        assert_eq!((ack.outcome, ack.provider_id.as_deref()), (AckOutcome::Sent, Some("SM1")));
        let receipt: ReceiptRequest = serde_json::from_str(r#"{"status":"read"}"#).unwrap();
        assert_eq!(receipt.status, ReceiptStatus::Read);
        for illegal in [r#"{"status":"sent"}"#, r#"{"outcome":"queued"}"#, r#"{"outcome":"sent","id":"1"}"#] {
            assert!(serde_json::from_str::<ReceiptRequest>(illegal).is_err());
            assert!(serde_json::from_str::<AckRequest>(illegal).is_err());
        }
    }

    /// P1
    #[test]
    fn a_delivery_prints_nothing_of_what_it_says() {
        let delivery =
            r#"{"key":"1.2.0","conversation_id":"1","at":"","from":"a","to":"+12025550123","text":"b"}"#;
        let delivery: DeliveryResponse = serde_json::from_str(delivery).unwrap();
        assert_eq!(format!("{delivery:?}"), r#"DeliveryResponse { key: "1.2.0", .. }"#);
    }
}
