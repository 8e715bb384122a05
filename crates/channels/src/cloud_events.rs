//! CloudEvents 1.0, structured JSON: how a subscriber is told a fact.

use crate::own::time_text;
use engine::{Delivery, OutgoingEvent};
use serde::Serialize;
use serde_json::Value;

/// The media type of the body.
pub(crate) const CONTENT_TYPE: &str = "application/cloudevents+json";

/// What stands in `source` where no public URL is set.
const SOURCE: &str = "/colloquy";

#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: String,
    source: &'a str,
    #[serde(rename = "type")]
    type_name: &'static str,
    subject: String,
    time: String,
    datacontenttype: &'static str,
    /// An extension: the conversation's channel, so that a receiver need not know every type of data to sort by it.
    channel: &'a str,
    data: &'a Value,
}

/// The body of a request to the subscriber. `source` and `id` together name the event for ever.
pub(crate) fn body(delivery: &Delivery, event: &OutgoingEvent, public_url: Option<&str>) -> Vec<u8> {
    let event = CloudEvent {
        specversion: "1.0",
        id: delivery.key.to_string(),
        source: public_url.unwrap_or(SOURCE),
        type_name: event.type_name,
        subject: delivery.key.source.to_string(),
        time: time_text(delivery.at),
        datacontenttype: "application/json",
        channel: event.channel.as_str(),
        data: event.data.expose(),
    };
    // A JSON value with texts around it is always JSON.
    serde_json::to_vec(&event).unwrap_or_default()
}
