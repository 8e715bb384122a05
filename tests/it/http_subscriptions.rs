//! A real process tells a subscriber what happens: CloudEvents, signed by Standard Webhooks, again after the process died.

use crate::http_client::{Client, message};
use crate::process::{CHANNELS, COMPANY, Site, eventually, machine_now, token};
use crate::provider::{Asked, KEYS, Provider, Reply, answer};
use channels::standard_webhooks::{Headers, Key, verify};
use domain::Role;
use serde_json::{Value, json};

/// A site that tells this subscriber of openings and closings of conversations by text message.
fn site(subscriber: &Provider) -> Site {
    let ([first, second], port) = (KEYS, subscriber.port);
    let settings = format!(
        "[delivery]\nallow_private_addresses = true\npublic_url = \"http://talk.example.org\"
        [[delivery.subscriptions]]\nname = \"crm\"\nurl = \"http://127.0.0.1:{port}/crm\"
        secrets = [\"{first}\", \"{second}\"]
        types = [\"conversation.opened\", \"conversation.clos*\"]\nchannels = [\"sms\"]"
    );
    Site::with(CHANNELS, &settings)
}

fn yes() -> Reply {
    answer(204, &Value::Null)
}

/// What the subscriber was asked, once it was asked so often.
async fn asked(subscriber: &Provider, count: usize) -> Vec<Asked> {
    eventually("the subscriber is told", async || {
        Some(subscriber.asked()).filter(|asked| asked.len() >= count)
    })
    .await
}

fn check(asked: &Asked, id: &str, event: &Value) {
    assert_eq!(asked.line, "POST /crm");
    assert_eq!(asked.header("content-type"), "application/cloudevents+json");
    let headers = Headers {
        id: asked.header("webhook-id"),
        timestamp: asked.header("webhook-timestamp"),
        signature: asked.header("webhook-signature"),
    };
    for key in KEYS {
        assert_eq!(verify(&[Key::parse(key).unwrap()], headers, &asked.body, machine_now()), Ok(()));
    }
    let key = format!("{id}.{}.0", event["version"]);
    assert_eq!(headers.id, key);
    let expected = json!({
        "specversion": "1.0",
        "id": key,
        "source": "http://talk.example.org",
        "type": event["type"],
        "subject": id,
        "time": event["at"],
        "datacontenttype": "application/json",
        "channel": "sms",
        "data": event["data"],
    });
    assert_eq!(asked.json(), expected);
}

/// A requester writes on a channel.
async fn writes(http: &Client, channel: &str, id: &str) -> String {
    let gateway = token(Role::Gateway, "own");
    http.inbound(channel, &gateway, &message(id, "+12025550101", COMPANY, "hello")).await.conversation
}

/// L5
#[tokio::test]
async fn a_subscriber_gets_signed_cloud_events_also_after_a_crash() {
    let subscriber = Provider::with([yes(), Reply::Hang, yes()]).await;
    let site = site(&subscriber);
    let server = site.serve().await;
    let (http, ann) = (server.http(), token(Role::Agent, "ann"));
    writes(&http, "web", "m-0").await;
    let id = writes(&http, "sms", "m-1").await;
    let opened = http.event(&id, "conversation.opened", &ann).await;
    check(&asked(&subscriber, 1).await[0], &id, &opened);
    http.order(&id, "join", &ann, &json!({})).await;
    http.order(&id, "end", &ann, &json!({})).await;
    let closed = http.event(&id, "conversation.closed", &ann).await;
    asked(&subscriber, 2).await;
    server.kill();

    let server = site.serve().await;
    let last = eventually("what was not answered comes again", async || {
        let asked = subscriber.asked().split_off(2);
        asked.into_iter().find(|asked| asked.json()["type"] == "conversation.closed")
    });
    check(&last.await, &id, &closed);
    let log = server.output();
    server.stop().await;
    assert!(!log.contains("+12025550101"), "{log}");
}
