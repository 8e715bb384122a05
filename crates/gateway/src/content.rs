//! From wire types to the domain's checked ones, and times between the two.

use crate::failure::Failure;
use api::ProblemCode;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::channel::ChannelKind;
use domain::consent::SenderKind;
use domain::{
    Address, AddressError, Answer, Attachment, ChannelId, Choice, Choices, Content, ContentError, MessageId,
    Parts, Personal, Timestamp,
};
use engine::Engine;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a message says, without choices and answer, not checked yet.
pub(crate) fn parts(
    text: String,
    attachments: Vec<api::Attachment>,
    context: BTreeMap<String, String>,
) -> Parts {
    let attachment = |api::Attachment { url, content_type, name, size_bytes }| Attachment {
        url: Personal::new(url),
        content_type,
        name: name.map(Personal::new),
        size_bytes,
    };
    let context = context.into_iter().map(|(key, value)| (key, Personal::new(value)));
    Parts {
        text: Personal::new(text),
        attachments: attachments.into_iter().map(attachment).collect(),
        context: context.collect(),
        ..Parts::default()
    }
}

/// The checked content of a message.
pub(crate) fn content(parts: Parts) -> Result<Content, Failure> {
    Content::of(parts).map_err(refused)
}

/// The checked choices of a message; none are none.
pub(crate) fn choices(choices: Vec<api::Choice>) -> Result<Option<Choices>, Failure> {
    if choices.is_empty() {
        return Ok(None);
    }
    let options = choices.iter().map(|api::Choice { value, label }| Choice::new(value, label)).collect();
    Choices::new(None, options).map(Some).map_err(refused)
}

/// What a requester chose. Whether there is such a choice is for the conversation to say.
pub(crate) fn answer(answer: Option<api::Answer>) -> Result<Option<Answer>, Failure> {
    let Some(api::Answer { message_id, value }) = answer else { return Ok(None) };
    let id = Uuid::try_parse(&message_id).map_err(|_| {
        let expected = "expected the `message_id` of the message that offered the choice";
        Failure::field(ProblemCode::InvalidBody, "answer.message_id", expected)
    })?;
    Ok(Some(Answer { message: MessageId(id), value }))
}

fn refused(error: ContentError) -> Failure {
    let (code, field) = match error {
        ContentError::Empty | ContentError::TextTooLong => (ProblemCode::InvalidMessage, "text"),
        ContentError::BadAttachment => (ProblemCode::InvalidMessage, "attachments"),
        ContentError::UnsafeUrl => (ProblemCode::AttachmentUrlRefused, "attachments"),
        ContentError::ContextTooLarge => (ProblemCode::InvalidMessage, "context"),
        ContentError::BadChoices => (ProblemCode::InvalidMessage, "choices"),
    };
    Failure::field(code, field, error.to_string())
}

/// A file as it goes over the wire.
pub(crate) fn show_attachment(attachment: &Attachment) -> api::Attachment {
    let Attachment { url, content_type, name, size_bytes } = attachment;
    api::Attachment {
        url: url.expose().clone(),
        content_type: content_type.clone(),
        name: name.as_ref().map(|name| name.expose().clone()),
        size_bytes: *size_bytes,
    }
}

/// A choice as it goes over the wire.
pub(crate) fn show_choice(choice: &Choice) -> api::Choice {
    let Choice { value, label } = choice;
    api::Choice { value: value.clone(), label: label.expose().clone() }
}

/// An address as this kind of channel has them.
pub(crate) fn address(kind: ChannelKind, field: &'static str, text: &str) -> Result<Address, Failure> {
    kind.address(text).map_err(|error| bad_address(error, field))
}

/// An address of the company's as this channel has them. One that is not configured may have been retired while
/// conversations on it go on; its addresses are read as `kind` says.
pub(crate) fn company_address(
    engine: &Engine,
    (channel, kind): (&ChannelId, ChannelKind),
    field: &'static str,
    text: &str,
) -> Result<Address, Failure> {
    let configuration = engine.configuration();
    let sender = configuration.channels.get(channel).map_or_else(SenderKind::default, |it| it.sender_kind);
    kind.company_address(sender, text).map_err(|error| bad_address(error, field))
}

fn bad_address(error: AddressError, field: &'static str) -> Failure {
    let expected = match error {
        AddressError::NotE164 => "expected a phone number in E.164, such as +12025550123",
        AddressError::Malformed => "expected 1 to 128 bytes without blanks and control characters",
        AddressError::NotShortCode => "expected a short code of 3 to 8 digits",
    };
    Failure::field(ProblemCode::InvalidAddress, field, expected)
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
        let failure = content(parts("a".repeat(16 * 1024 + 1), Vec::new(), BTreeMap::new())).unwrap_err();
        assert_eq!(failure.code(), ProblemCode::InvalidMessage);
    }
}
