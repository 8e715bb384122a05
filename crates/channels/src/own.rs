//! The integrator's own gateway: what is said to a requester, as one JSON object.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::Timestamp;
use engine::{Delivery, OutgoingMessage};
use serde::Serialize;

/// The media type of the body.
pub(crate) const CONTENT_TYPE: &str = "application/json";

/// The body; docs/channels.md describes it, so a field that is there stays.
#[derive(Serialize)]
struct Body<'a> {
    /// The same for every try, as in `webhook-id`.
    delivery: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
    channel: &'a str,
    from: &'a str,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_id: Option<String>,
    text: &'a str,
    attachments: Vec<File<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Choice<'a>>,
    at: String,
}

#[derive(Serialize)]
struct File<'a> {
    url: &'a str,
    content_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct Choice<'a> {
    value: &'a str,
    label: &'a str,
}

/// The body of a request to the gateway.
pub(crate) fn body(delivery: &Delivery, message: &OutgoingMessage) -> Vec<u8> {
    let attachments = message.attachments.iter().map(|file| File {
        url: file.url.expose(),
        content_type: &file.content_type,
        name: file.name.as_ref().map(|name| name.expose().as_str()),
    });
    let choices =
        message.choices.iter().map(|choice| Choice { value: &choice.value, label: choice.label.expose() });
    let body = Body {
        delivery: delivery.key.to_string(),
        conversation_id: delivery.key.conversation().map(|id| id.to_string()),
        channel: message.channel.as_str(),
        from: message.from.as_str(),
        to: message.to.expose().as_str(),
        message_id: message.message.map(|id| id.to_string()),
        agent: message.agent.as_ref().map(domain::AgentId::as_str),
        notice: message.notice.map(domain::notice::NoticeKey::name),
        notification_id: message.notification.map(|id| id.to_string()),
        text: message.text.expose(),
        attachments: attachments.collect(),
        choices: choices.collect(),
        at: time_text(delivery.at),
    };
    // Texts and lists of texts are always JSON.
    serde_json::to_vec(&body).unwrap_or_default()
}

/// A time as RFC 3339 in UTC with milliseconds; one that the calendar does not have reads as the epoch.
pub(crate) fn time_text(at: Timestamp) -> String {
    DateTime::<Utc>::from_timestamp_millis(at.0)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}
