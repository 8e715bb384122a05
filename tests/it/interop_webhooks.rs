//! The reference libraries of Standard Webhooks and CloudEvents take what we send.

use crate::interop::{python, run};
use crate::provider::{KEYS, Provider, answer, event, key, message, try_once};
use channels::standard_webhooks::{ID, SIGNATURE, TIMESTAMP};
use channels::{Channels, Settings};
use domain::channel::ChannelKind;
use engine::{Attempt, Delivery, SystemWall};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a receiver gets of a delivery that is sent now: these libraries look at the machine's clock.
async fn receive(delivery: &Delivery) -> Value {
    let provider = Provider::with([answer(200, &json!({}))]).await;
    let ([first, second], port) = (KEYS, provider.port);
    let settings: Settings = toml::from_str(&format!(
        "allow_private_addresses = true
        [channels.own]\nprovider = \"webhook\"\nurl = \"http://127.0.0.1:{port}/out\"\nsecrets = [\"{first}\", \"{second}\"]
        [[subscriptions]]\nname = \"crm\"\nurl = \"http://127.0.0.1:{port}/crm\"\nsecrets = [\"{first}\", \"{second}\"]"
    ))
    .unwrap();
    let channels = Channels::new(&settings, Arc::new(SystemWall)).unwrap();
    assert_eq!(try_once(&channels, delivery).await, Attempt::Sent { provider_id: None });
    let asked = provider.asked().remove(0);
    let headers: serde_json::Map<String, Value> =
        asked.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    assert!([ID, TIMESTAMP, SIGNATURE, "content-type"].iter().all(|name| headers.contains_key(*name)));
    json!({ "headers": headers, "body": String::from_utf8(asked.body).unwrap(), "keys": KEYS })
}

#[tokio::test]
async fn the_library_verifies_with_either_key_and_refuses_what_is_forged() {
    let Some(python) = python() else { return };
    let script = "
from standardwebhooks import Webhook, WebhookVerificationError
def verifies(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
        return True
    except WebhookVerificationError:
        return False
headers, body = given['headers'], given['body']
old, new = given['keys']
other = 'whsec_' + 'B' * 32
answer = [
    verifies(old, body, headers), verifies(new, body, headers), verifies(other, body, headers),
    verifies(old, body + ' ', headers), verifies(old, body, {**headers, 'webhook-id': 'x'}),
    verifies(old, body, {**headers, 'webhook-timestamp': '1000000000'}),
]";
    for delivery in [message("own", ChannelKind::Own, "Größe 👍", &["image/png"]), event()] {
        let verified = run(&python, script, &receive(&delivery).await).await;
        assert_eq!(verified, json!([true, true, false, false, false, false]));
    }
}

#[tokio::test]
async fn the_library_reads_our_events() {
    let Some(python) = python() else { return };
    let script = "
from cloudevents.http import from_http
event = from_http(given['headers'], given['body'])
answer = {**event.get_attributes(), 'data': event.data}";
    let read = run(&python, script, &receive(&event()).await).await;
    let expected = json!({
        "specversion": "1.0",
        "id": key(9).to_string(),
        "source": "/colloquy",
        "type": "conversation.closed",
        "subject": key(9).source.to_string(),
        "time": "2026-01-31T22:10:47.900Z",
        "datacontenttype": "application/json",
        "channel": "sms",
        "data": { "reason": "ended_by_agent" },
    });
    assert_eq!(read, expected);
}
