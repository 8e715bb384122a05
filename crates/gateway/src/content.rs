//! From wire types to the domain's checked ones, and times between the two.

use crate::failure::Failure;
use api::ProblemCode;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::channel::ChannelKind;
use domain::{Address, AddressError, Attachment, Content, ContentError, Personal, Timestamp};
use std::collections::BTreeMap;

/// The checked content of a message.
pub(crate) fn content(
    text: String,
    attachments: Vec<api::Attachment>,
    context: BTreeMap<String, String>,
) -> Result<Content, Failure> {
    let attachments = attachments.into_iter().map(|api::Attachment { url, content_type, name }| Attachment {
        url: Personal::new(url),
        content_type,
        name: name.map(Personal::new),
    });
    let context = context.into_iter().map(|(key, value)| (key, Personal::new(value)));
    Content::new(text, attachments.collect(), context.collect()).map_err(|error| {
        let field = match error {
            ContentError::Empty | ContentError::TextTooLong => "text",
            ContentError::BadAttachment => "attachments",
            ContentError::ContextTooLarge => "context",
        };
        Failure::field(ProblemCode::InvalidMessage, field, error.to_string())
    })
}

/// An address as this kind of channel has them.
pub(crate) fn address(kind: ChannelKind, field: &'static str, text: &str) -> Result<Address, Failure> {
    kind.address(text).map_err(|error| {
        let expected = match error {
            AddressError::NotE164 => "expected a phone number in E.164, such as +12025550123",
            AddressError::Malformed => "expected 1 to 128 bytes without blanks and control characters",
        };
        Failure::field(ProblemCode::InvalidAddress, field, expected)
    })
}

/// The time at which a client says that something was written.
pub(crate) fn sent_at(text: Option<&str>) -> Result<Option<Timestamp>, Failure> {
    text.map(|text| {
        DateTime::parse_from_rfc3339(text).map(|at| Timestamp(at.timestamp_millis())).map_err(|_| {
            let expected = "expected a time in RFC 3339, such as 2026-01-31T22:10:47Z";
            Failure::field(ProblemCode::InvalidBody, "sent_at", expected)
        })
    })
    .transpose()
}

/// A time as RFC 3339 in UTC with milliseconds. Times come from the engine's clock and from parsed RFC 3339, so one
/// that the calendar does not have cannot occur; it would read as the epoch.
pub(crate) fn time_text(at: Timestamp) -> String {
    DateTime::<Utc>::from_timestamp_millis(at.0)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_goes_there_and_back() {
        let at = sent_at(Some("2026-02-01T00:10:47.5+02:00")).unwrap().unwrap();
        assert_eq!(time_text(at), "2026-01-31T22:10:47.500Z");
        assert_eq!(sent_at(Some("yesterday")).unwrap_err().code(), ProblemCode::InvalidBody);
    }

    /// P1
    #[test]
    fn a_wrong_address_is_not_repeated() {
        let failure = address(ChannelKind::Sms, "from", "12025550123").unwrap_err();
        assert_eq!(failure.code(), ProblemCode::InvalidAddress);
        assert!(!failure.to_string().contains("12025550123 "), "{failure}");
        assert!(address(ChannelKind::Mweb, "from", "guest-7").is_ok());
    }

    /// X1
    #[test]
    fn a_message_over_its_bounds_is_refused() {
        let failure = content("a".repeat(16 * 1024 + 1), Vec::new(), BTreeMap::new()).unwrap_err();
        assert_eq!(failure.code(), ProblemCode::InvalidMessage);
    }
}
