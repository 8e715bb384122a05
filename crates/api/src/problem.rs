//! Everything that can go wrong on the wire: one table of codes, and the body that carries one (RFC 9457).

use serde::{Deserialize, Serialize};

/// The body of every answer that is not a success, sent as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `/problems/` and the code; its page says what to do.
    #[serde(rename = "type")]
    pub kind: String,
    /// What went wrong in a few words; the same for every problem of this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong this time. Never holds a text, an address or a token (`P1`).
    pub detail: String,
    /// `/requests/` and the request's id, as in the header `X-Request-Id` and in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The stable name for programs; see [`ProblemCode`].
    pub code: String,
    /// What is wrong with which field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One thing wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field or parameter.
    pub field: String,
    /// What would be legal.
    pub detail: String,
}

macro_rules! problem_codes {
    ($($name:ident $code:literal $status:literal $title:literal $(retry after $retry:literal s)?;)*) => {
        /// What can go wrong. Codes are stable: clients may branch on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemCode {
            $(#[doc = $title] $name,)*
        }

        impl ProblemCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable name.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status with which it is answered.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The title, always the same for a code.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// After how many seconds the same request may well succeed; sent as `Retry-After`.
            pub const fn retry_after_s(self) -> Option<u32> {
                match self { $(Self::$name => problem_codes!(@retry $($retry)?),)* }
            }
        }
    };
    (@retry) => { None };
    (@retry $retry:literal) => { Some($retry) };
}

problem_codes! {
    // Who asks.
    TokenMissing "token_missing" 401 "No token";
    TokenInvalid "token_invalid" 401 "The token is not valid";
    TokenExpired "token_expired" 401 "The token has expired";
    RoleForbidden "role_forbidden" 403 "The role may not do this";
    SignatureInvalid "signature_invalid" 403 "The signature is not valid";
    TicketInvalid "ticket_invalid" 401 "The ticket is not valid";
    OriginForbidden "origin_forbidden" 403 "The page may not use this server";
    GuestsForbidden "guests_forbidden" 403 "Guests may not come to this channel";

    // How it is asked.
    RouteUnknown "route_unknown" 404 "There is no such route";
    MethodNotAllowed "method_not_allowed" 405 "The route has no such method";
    BodyTimeout "body_timeout" 408 "The body came too slowly";
    BodyTooLarge "body_too_large" 413 "The body is too large";
    UnsupportedMediaType "unsupported_media_type" 415 "The body is not JSON";
    MalformedJson "malformed_json" 400 "The body is broken JSON";
    InvalidBody "invalid_body" 422 "The body has the wrong shape";
    InvalidQuery "invalid_query" 400 "The query is not valid";
    InvalidIdempotencyKey "invalid_idempotency_key" 400 "The idempotency key is not valid";
    UpgradeRequired "upgrade_required" 426 "The route speaks WebSocket only";
    InvalidAddress "invalid_address" 422 "The address is not one of this channel";
    InvalidMessage "invalid_message" 422 "The message breaks a bound";
    InvalidNotification "invalid_notification" 422 "The notification breaks a bound";
    AttachmentUrlRefused "attachment_url_refused" 422 "The file is not at a safe URL";
    AttachmentTypeRefused "attachment_type_refused" 422 "The channel does not take such files";
    AttachmentTooLarge "attachment_too_large" 422 "The file is too large for the channel";
    ComponentUnknown "component_unknown" 422 "There is no such component";

    // What is asked of.
    ChannelUnknown "channel_unknown" 404 "There is no such channel";
    CompanyAddressUnknown "company_address_unknown" 422 "The company has no such address";
    ConversationUnknown "conversation_unknown" 404 "There is no such conversation";
    WorkItemUnknown "work_item_unknown" 404 "There is no such work item";
    WorkItemOver "work_item_over" 410 "The work item is over";
    AgentUnknown "agent_unknown" 404 "There is no such agent";
    QueueUnknown "queue_unknown" 404 "There is no such queue";
    PresenceUnknown "presence_unknown" 422 "There is no such presence state";
    RejectReasonUnknown "reject_reason_unknown" 422 "There is no such reason for rejecting";
    DeliveryUnknown "delivery_unknown" 404 "There is no such delivery";
    UserUnknown "user_unknown" 404 "There is no such user";
    WindowUnknown "window_unknown" 404 "There is no such window";
    EntryUnknown "entry_unknown" 404 "The configuration has no such entry";

    // What the rules refuse.
    BadConfiguration "bad_configuration" 422 "The configuration would not be legal";
    ConversationClosed "conversation_closed" 409 "The conversation is closed";
    NotParticipant "not_participant" 409 "The agent has not joined";
    NotOwner "not_owner" 409 "The conversation is not this agent's";
    WrongState "wrong_state" 409 "The conversation is in another state";
    OfferStale "offer_stale" 409 "The conversation no longer waits for this offer";
    AlreadyAssigned "already_assigned" 409 "Another agent has the conversation";
    ChoiceUnknown "choice_unknown" 409 "There is no such choice";
    LiveAgentsDisabled "live_agents_disabled" 409 "The channel has no live agents";
    NotOffered "not_offered" 409 "The work item is not offered to this agent";
    RejectNotAllowed "reject_not_allowed" 409 "The offer cannot be rejected";
    SwitchNotAllowed "switch_not_allowed" 409 "The channel cannot be switched";
    AgentUnavailable "agent_unavailable" 409 "The agent is not available";
    AgentFull "agent_full" 409 "The agent has no capacity left";
    TransferPending "transfer_pending" 409 "A transfer is pending already";
    NoTransfer "no_transfer" 409 "No transfer is pending";
    ChatNotAgentInitiated "chat_not_agent_initiated" 409 "An agent cannot open a chat";
    DeliveryNotNext "delivery_not_next" 409 "Something said earlier is not finished";
    DeliveryNotDead "delivery_not_dead" 409 "The delivery was not given up";
    OptedOut "opted_out" 409 "The requester has opted out";
    NotSubscribed "not_subscribed" 409 "The requester has not asked for notifications";
    NumberHeld "number_held" 409 "Another user holds the number";
    ProactiveDisabled "proactive_disabled" 409 "Agents do not write first on this channel";
    ManualRecipient "manual_recipient" 409 "The channel takes no typed number";
    RecipientUnknown "recipient_unknown" 409 "Nobody has written from this number before";
    RecipientAmbiguous "recipient_ambiguous" 409 "The user has not exactly one number";
    NotAChat "not_a_chat" 409 "The conversation is not a chat";
    IdempotencyKeyReused "idempotency_key_reused" 409 "The idempotency key was used for another body";

    // What the server cannot do now.
    TooManyRequests "too_many_requests" 429 "Too many requests" retry after 60 s;
    Overloaded "overloaded" 503 "The server is at its limit" retry after 1 s;
    Draining "draining" 503 "The server is stopping" retry after 5 s;
    ProjectionBehind "projection_behind" 503 "The list has not caught up" retry after 1 s;
    ActorFailed "actor_failed" 503 "The conversation failed while it worked" retry after 1 s;
    RecordMalformed "record_malformed" 413 "The command is too large to be stored";
    StoreFailed "store_failed" 503 "The store failed" retry after 5 s;
    StoreDamaged "store_damaged" 500 "What is stored cannot be read";
    Internal "internal" 500 "The server failed";
}

impl ProblemCode {
    /// The code of that name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.code() == code)
    }

    /// The relative URI that stands in a problem's `type`.
    pub fn type_uri(self) -> String {
        format!("/problems/{}", self.code())
    }

    /// The problem with a detail, to which instance and errors may be added.
    pub fn problem(self, detail: impl Into<String>) -> Problem {
        Problem {
            kind: self.type_uri(),
            title: self.title().to_owned(),
            status: self.status(),
            detail: detail.into(),
            instance: None,
            code: self.code().to_owned(),
            errors: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_unique_and_is_found_by_its_name() {
        let names: BTreeSet<&str> = ProblemCode::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(names.len(), ProblemCode::ALL.len());
        for code in ProblemCode::ALL {
            assert_eq!(ProblemCode::parse(code.code()), Some(*code));
            assert!((400..600).contains(&code.status()), "{}", code.code());
        }
        assert_eq!(ProblemCode::parse("no_such_code"), None);
    }

    /// X1
    #[test]
    fn everything_that_is_unavailable_says_when_to_try_again() {
        for code in ProblemCode::ALL {
            assert_eq!(
                code.retry_after_s().is_some(),
                [429, 503].contains(&code.status()),
                "{}",
                code.code()
            );
        }
    }

    #[test]
    fn a_problem_is_written_as_rfc_9457_says() {
        let problem = ProblemCode::ConversationClosed.problem("it is over");
        let expected = r#"{"type":"/problems/conversation_closed","title":"The conversation is closed","status":409,"detail":"it is over","code":"conversation_closed"}"#;
        assert_eq!(serde_json::to_string(&problem).unwrap(), expected);
    }
}
