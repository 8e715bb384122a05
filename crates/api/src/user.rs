//! The integrator's users, who a requester is taken for, and what an agent may know before writing first.

use crate::{AcceptedResponse, Attachment};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is known of a user; everything at once.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutUserRequest {
    /// How they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their numbers: in E.164, or as they are written in `country`.
    #[serde(default)]
    pub phones: Vec<String>,
    /// Where mail reaches them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The language that they prefer, such as `en` or `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The country that they are in, as two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// `consumer`, the default, or `full`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A user.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserResponse {
    /// The integrator's id.
    pub id: String,
    /// As in [`PutUserRequest`], the numbers in E.164.
    #[serde(flatten)]
    pub user: PutUserRequest,
}

/// A page of users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserListResponse {
    /// In a fixed order that says nothing.
    pub users: Vec<UserResponse>,
    /// The `after` of the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after: Option<String>,
}

/// What became of users who were put in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportResponse {
    /// New ones, and those of whom something else is known now.
    pub changed: usize,
    /// Those who are as they were.
    pub unchanged: usize,
}

/// A user's PIN.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinRequest {
    /// 4 to 12 digits.
    pub pin: String,
}

/// Says who the requester of a conversation is (`ID-9`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReassociateRequest {
    /// Who.
    pub user: String,
    /// Why, 1 to 500 bytes.
    pub reason: String,
}

/// Holds a PIN against a user's (`ID-14`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// Who the requester says they are.
    pub user: String,
    /// The PIN that they gave.
    pub pin: String,
}

/// Whether a requester is who they say. Why not is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyResponse {
    /// If not, the conversation goes on as it was.
    pub verified: bool,
}

/// What an agent may know of a number before writing to it (`PRO-15`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactLookupResponse {
    /// Whether anybody was ever seen there.
    pub known: bool,
    /// The user who is taken to be there, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether a PIN or an agent confirmed it.
    pub verified: bool,
    /// The conversations that go on, one for each of the company's addresses at most.
    pub conversations: Vec<OngoingConversation>,
    /// What may be sent, for each of the company's addresses of which something was said.
    pub consent: Vec<ConsentResponse>,
}

/// A conversation that goes on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OngoingConversation {
    /// Its id.
    pub id: String,
    /// The channel that it runs on.
    pub channel: String,
    /// The company's address.
    pub company: String,
    /// Its state.
    pub state: String,
    /// When anything last happened in it, in RFC 3339.
    pub last_at: String,
    /// The user for whom it was opened, or who turned out to be the requester.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The agent who has it, if one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

/// What may be sent from one of the company's addresses.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentResponse {
    /// The address.
    pub company: String,
    /// Whether nothing may be (`OPT-6`).
    pub opted_out: bool,
    /// Whether notifications are wanted (`OPT-1`).
    pub notifications: bool,
}

/// One message to several recipients, each in a conversation of their own (`PRO-14`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// The channel's name.
    pub channel: String,
    /// The company's address.
    pub from: String,
    /// What it says.
    #[serde(default)]
    pub text: String,
    /// Files that it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// 1 to 100 of them.
    pub recipients: Vec<BulkRecipient>,
}

/// A user, an address, or a user at one of their addresses.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkRecipient {
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The address; without one, the user's only number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What became of a message to several recipients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResponse {
    /// In the order of the recipients.
    pub outcomes: Vec<BulkOutcome>,
    /// How many were accepted.
    pub accepted: usize,
    /// How many were not.
    pub failed: usize,
}

/// What became of one of them: one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOutcome {
    /// It went out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<AcceptedResponse>,
    /// It did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<BulkProblem>,
}

/// Why one did not go out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkProblem {
    /// As in a problem of its own.
    pub code: String,
    /// Likewise.
    pub detail: String,
}

macro_rules! prints_nothing {
    ($($type:ident),+) => {
        $(impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        })+
    };
}

prints_nothing!(
    PutUserRequest,
    UserResponse,
    PinRequest,
    ReassociateRequest,
    VerifyRequest,
    ContactLookupResponse,
    OngoingConversation,
    ConsentResponse,
    BulkRequest,
    BulkRecipient
);

#[cfg(test)]
mod tests {
    use super::*;

    /// P1
    #[test]
    fn a_pin_prints_nothing_of_itself() {
        let request = VerifyRequest { user: "u-1".to_owned(), pin: "2468".to_owned() };
        assert_eq!(format!("{request:?}"), "VerifyRequest { .. }");
    }
}
