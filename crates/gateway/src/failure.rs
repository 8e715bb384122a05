//! Why a request is not answered with what it asked for, on its way to becoming a problem.
//!
//! A failure has two texts: `detail` goes to the client, `internal` goes to the log under the same request id. They are
//! never mixed, so that no path, no error of the store and nothing personal leaks out.

use crate::configuration;
use crate::observe::RequestId;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use api::{FieldError, Problem, ProblemCode};
use domain::router::Refusal;
use domain::{AttachmentRefusal, Rejection};
use std::fmt;

/// Why a request failed.
#[derive(Debug)]
pub(crate) struct Failure {
    code: ProblemCode,
    detail: String,
    errors: Vec<FieldError>,
    internal: Option<String>,
    allow: Option<&'static str>,
}

impl Failure {
    /// A failure, told to the client with these words.
    pub(crate) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), internal: None, allow: None }
    }

    /// A failure of one field.
    pub(crate) fn field(code: ProblemCode, field: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let error = FieldError { field: field.to_owned(), detail: detail.clone() };
        Self::new(code, format!("`{field}`: {detail}")).with_error(error)
    }

    /// Adds what is wrong with one field.
    #[must_use]
    pub(crate) fn with_error(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    /// A failure whose reason is only for the log.
    pub(crate) fn internal(reason: impl Into<String>) -> Self {
        Self::new(ProblemCode::Internal, "the server failed; its log has the reason under this request's id")
            .because(reason)
    }

    /// There is no such conversation, or none that this caller may know of: the two look alike on purpose.
    pub(crate) fn conversation_unknown() -> Self {
        Rejection::ConversationUnknown.into()
    }

    /// The configuration would not be legal; everything that is wrong with it.
    pub(crate) fn bad_configuration(errors: Vec<FieldError>) -> Self {
        let first = errors.first().map(|FieldError { field, detail }| format!("`{field}`: {detail}"));
        let more = match errors.len().saturating_sub(1) {
            0 => String::new(),
            more => format!("; `errors` has {more} more"),
        };
        let detail = first.unwrap_or_else(|| "it breaks its rules".to_owned()) + &more;
        Self { errors, ..Self::new(ProblemCode::BadConfiguration, detail) }
    }

    /// The route exists, but not with this method.
    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        let detail = format!("this route answers {allow} only");
        Self { allow: Some(allow), ..Self::new(ProblemCode::MethodNotAllowed, detail) }
    }

    /// Something failed outside of our own code, such as one of the framework's extractors.
    pub(crate) fn foreign(error: &actix_web::Error) -> Self {
        match error.as_response_error().status_code() {
            StatusCode::NOT_FOUND => Self::new(ProblemCode::RouteUnknown, "there is no such route"),
            _ => Self::internal(error.to_string()),
        }
    }

    /// Adds what only the log may know.
    #[must_use]
    pub(crate) fn because(mut self, reason: impl Into<String>) -> Self {
        self.internal = Some(reason.into());
        self
    }

    /// Which problem it is.
    pub(crate) const fn code(&self) -> ProblemCode {
        self.code
    }

    /// What the client is told.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// What only the log may know.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.internal.as_deref()
    }

    /// The problem as the client is told it.
    pub(crate) fn problem(&self, request: Option<RequestId>) -> Problem {
        let mut problem = self.code.problem(self.detail.clone());
        problem.errors.clone_from(&self.errors);
        problem.instance = request.map(|id| format!("/requests/{id}"));
        problem
    }

    /// The answer to the client.
    pub(crate) fn answer(&self, request: Option<RequestId>) -> HttpResponse {
        let problem = self.problem(request);
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json");
        if let Some(seconds) = self.code.retry_after_s() {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(allow) = self.allow {
            response.insert_header((header::ALLOW, allow));
        }
        if let Some(challenge) = self.challenge() {
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        // The rest of such a body is not worth reading, so the connection cannot be used again.
        if matches!(self.code, ProblemCode::BodyTooLarge | ProblemCode::BodyTimeout) {
            response.force_close();
        }
        match serde_json::to_string(&problem) {
            Ok(body) => response.body(body),
            Err(_) => response.finish(),
        }
    }
}

impl Failure {
    /// What a 401 has to say about how to ask instead.
    fn challenge(&self) -> Option<&'static str> {
        if self.code.status() != 401 {
            return None;
        }
        let missing = self.code == ProblemCode::TokenMissing;
        Some(if missing {
            r#"Bearer realm="colloquy""#
        } else {
            r#"Bearer realm="colloquy", error="invalid_token""#
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.code(), self.detail)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.answer(None)
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        let code = match rejection {
            Rejection::ConversationClosed => ProblemCode::ConversationClosed,
            Rejection::ConversationUnknown => ProblemCode::ConversationUnknown,
            Rejection::NotParticipant => ProblemCode::NotParticipant,
            Rejection::NotOwner => ProblemCode::NotOwner,
            Rejection::WrongState(_) => ProblemCode::WrongState,
            Rejection::OfferStale => ProblemCode::OfferStale,
            Rejection::AlreadyAssigned => ProblemCode::AlreadyAssigned,
            Rejection::LiveAgentsDisabled => ProblemCode::LiveAgentsDisabled,
            Rejection::ChatNotAgentInitiated => ProblemCode::ChatNotAgentInitiated,
            Rejection::EntryUnknown => ProblemCode::EntryUnknown,
            Rejection::DeliveryUnknown => ProblemCode::DeliveryUnknown,
            Rejection::DeliveryNotNext => ProblemCode::DeliveryNotNext,
            Rejection::DeliveryNotDead => ProblemCode::DeliveryNotDead,
            Rejection::OptedOut => ProblemCode::OptedOut,
            Rejection::NotSubscribed => ProblemCode::NotSubscribed,
            Rejection::NumberHeld => ProblemCode::NumberHeld,
            Rejection::ProactiveDisabled => ProblemCode::ProactiveDisabled,
            Rejection::ManualRecipient => ProblemCode::ManualRecipient,
            Rejection::RecipientUnknown => ProblemCode::RecipientUnknown,
            Rejection::RecipientAmbiguous => ProblemCode::RecipientAmbiguous,
            Rejection::UserUnknown => ProblemCode::UserUnknown,
            Rejection::WindowUnknown => ProblemCode::WindowUnknown,
            Rejection::ChoiceUnknown => ProblemCode::ChoiceUnknown,
            Rejection::AttachmentRefused(AttachmentRefusal::Type) => ProblemCode::AttachmentTypeRefused,
            Rejection::AttachmentRefused(AttachmentRefusal::TooLarge { .. }) => {
                ProblemCode::AttachmentTooLarge
            }
            Rejection::NotAChat => ProblemCode::NotAChat,
            Rejection::BadConfiguration(problems) => {
                return Self::bad_configuration(problems.iter().map(configuration::explain).collect());
            }
            // The engine answers these itself; a client can neither cause nor mend them.
            Rejection::PairBusy(_)
            | Rejection::NotActive
            | Rejection::WithVirtualAgent
            | Rejection::Answered => {
                return Self::internal(rejection.to_string());
            }
        };
        Self::new(code, rejection.to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::ItemUnknown => ProblemCode::WorkItemUnknown,
            Refusal::ItemOver => ProblemCode::WorkItemOver,
            Refusal::NotOffered => ProblemCode::NotOffered,
            Refusal::RejectNotAllowed => ProblemCode::RejectNotAllowed,
            Refusal::ReasonUnknown => ProblemCode::RejectReasonUnknown,
            Refusal::AgentUnknown => ProblemCode::AgentUnknown,
            Refusal::PresenceUnknown => ProblemCode::PresenceUnknown,
            Refusal::SwitchNotAllowed => ProblemCode::SwitchNotAllowed,
            Refusal::NotOwner => ProblemCode::NotOwner,
            Refusal::AgentUnavailable => ProblemCode::AgentUnavailable,
            Refusal::AgentFull => ProblemCode::AgentFull,
            Refusal::TransferPending => ProblemCode::TransferPending,
            Refusal::NoTransfer => ProblemCode::NoTransfer,
            Refusal::QueueUnknown => ProblemCode::QueueUnknown,
            Refusal::AlreadyAssigned => ProblemCode::AlreadyAssigned,
        };
        Self::new(code, refusal.to_string())
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        use engine::Error;
        let text = error.to_string();
        match error {
            Error::Rejected(rejection) => rejection.into(),
            Error::Refused(refusal) => refusal.into(),
            Error::UnknownChannel => Self::new(ProblemCode::ChannelUnknown, text),
            Error::UnknownCompanyAddress => Self::new(ProblemCode::CompanyAddressUnknown, text),
            Error::CommandReused => Self::new(ProblemCode::IdempotencyKeyReused, text),
            Error::Overloaded(_) => Self::new(ProblemCode::Overloaded, text),
            Error::Draining => Self::new(ProblemCode::Draining, "the server is stopping; try again shortly"),
            Error::ActorFailed => Self::new(ProblemCode::ActorFailed, text),
            Error::Malformed(_) => Self::new(ProblemCode::RecordMalformed, "the command is too large to be stored as one").because(text),
            Error::Damaged(_) => Self::new(
                ProblemCode::StoreDamaged,
                "what is stored of this conversation cannot be read; it is stopped until an operator looks at it",
            )
            .because(text),
            Error::Store(_) => Self::new(
                ProblemCode::StoreFailed,
                "the store failed; whether this was stored is unknown, so repeat it with the same id",
            )
            .because(text),
        }
    }
}

impl From<actix_web::error::BlockingError> for Failure {
    fn from(_: actix_web::error::BlockingError) -> Self {
        Self::new(ProblemCode::Draining, "the server is stopping; try again shortly")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P1
    #[test]
    fn what_the_store_says_goes_to_the_log_and_not_to_the_client() {
        let failure = Failure::from(engine::Error::Store("disk /dev/sdb1 is full".to_owned()));
        assert!(!failure.to_string().contains("sdb1"));
        assert!(failure.reason().is_some_and(|reason| reason.contains("sdb1")));
    }

    #[test]
    fn every_error_of_the_engine_keeps_its_code() {
        use engine::Error;
        for error in [
            Error::UnknownChannel,
            Error::UnknownCompanyAddress,
            Error::CommandReused,
            Error::Overloaded("mailbox"),
            Error::Draining,
            Error::ActorFailed,
            Error::Malformed("too large"),
            Error::Damaged(String::new()),
            Error::Store(String::new()),
            Error::Rejected(Rejection::ConversationClosed),
            Error::Rejected(Rejection::ConversationUnknown),
            Error::Rejected(Rejection::NotParticipant),
            Error::Rejected(Rejection::NotOwner),
            Error::Rejected(Rejection::WrongState(domain::conversation::Lifecycle::New)),
            Error::Rejected(Rejection::OfferStale),
            Error::Rejected(Rejection::AlreadyAssigned),
            Error::Rejected(Rejection::NotAChat),
            Error::Rejected(Rejection::LiveAgentsDisabled),
            Error::Rejected(Rejection::ChatNotAgentInitiated),
            Error::Rejected(Rejection::BadConfiguration(Vec::new())),
            Error::Rejected(Rejection::EntryUnknown),
            Error::Rejected(Rejection::DeliveryUnknown),
            Error::Rejected(Rejection::DeliveryNotNext),
            Error::Rejected(Rejection::DeliveryNotDead),
            Error::Rejected(Rejection::OptedOut),
            Error::Rejected(Rejection::NotSubscribed),
            Error::Rejected(Rejection::NumberHeld),
            Error::Rejected(Rejection::ProactiveDisabled),
            Error::Rejected(Rejection::ManualRecipient),
            Error::Rejected(Rejection::RecipientUnknown),
            Error::Rejected(Rejection::RecipientAmbiguous),
            Error::Rejected(Rejection::UserUnknown),
            Error::Rejected(Rejection::ChoiceUnknown),
            Error::Rejected(Rejection::AttachmentRefused(AttachmentRefusal::Type)),
            Error::Rejected(Rejection::AttachmentRefused(AttachmentRefusal::TooLarge { max_bytes: 1 })),
        ] {
            let code = error.code();
            assert_eq!(Failure::from(error).code().code(), code);
        }
    }

    /// X1
    #[test]
    fn a_bound_that_was_reached_says_when_to_try_again() {
        let response = Failure::from(engine::Error::Overloaded("mailbox")).answer(None);
        assert_eq!(response.status().as_u16(), 503);
        assert_eq!(response.headers().get(header::RETRY_AFTER).unwrap(), "1");
    }
}
