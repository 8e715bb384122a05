//! Devices and digests over HTTP, and what an integrator's webhook gets (`MSG-11` to `MSG-13`).

use crate::http_client::{Answer, Client, message};
use crate::process::{Site, confined_token, eventually, token};
use crate::provider::{Asked, KEYS, Provider, answer};
use crate::stream_client::Ask;
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

const CHANNELS: &str = "
[channels.app]
kind = \"mweb\"
mode = \"messaging\"
";
const USER: &str = "user-7";

fn site(subscriber: &Provider) -> Site {
    let ([first, _], port) = (KEYS, subscriber.port);
    let settings = format!(
        "[engine]\npush_after_s = 1\ndigest_after_s = 2\n[delivery]\nallow_private_addresses = true
        [[delivery.subscriptions]]\nname = \"push\"\nurl = \"http://127.0.0.1:{port}/push\"
        secrets = [\"{first}\"]\ntypes = [\"contact.push_due\", \"contact.digest_due\"]"
    );
    Site::with(CHANNELS, &settings)
}

async fn put(http: &Client, path: &str, who: &str, body: &Value) -> Answer {
    Client::send(http.request(Method::PUT, path, who).json(body)).await.unwrap()
}

async fn delete(http: &Client, path: &str, who: &str) -> Answer {
    Client::send(http.request(Method::DELETE, path, who)).await.unwrap()
}

fn phone() -> Value {
    json!({ "platform": "fcm", "token": "t-o-k-e-n", "language": "de" })
}

/// What the webhook gets of this kind.
async fn asked(subscriber: &Provider, kind: &str) -> Asked {
    eventually("the subscriber is told", async || {
        subscriber.asked().into_iter().find(|asked| asked.json()["type"] == kind)
    })
    .await
}

/// MSG-11, MSG-13
#[tokio::test]
async fn an_integrator_is_told_what_to_push_and_what_to_mail() {
    let subscriber = Provider::with((0..9).map(|_| answer(204, &Value::Null))).await;
    let site = site(&subscriber);
    let server = site.serve().await;
    let (http, user, ann) =
        (server.http(), confined_token(Role::Requester, USER, "app"), token(Role::Agent, "ann"));
    put(&http, "/v1/requester/devices/phone", &user, &phone()).await.ok();
    let first = message("m-1", USER, "front", "hello");
    let id = http.inbound("app", &token(Role::Gateway, "own"), &first).await.conversation;
    http.order(&id, "join", &ann, &json!({})).await;
    http.order(&id, "messages", &ann, &json!({ "text": "good day" })).await;
    let push = asked(&subscriber, "contact.push_due").await.json();
    assert_eq!(push["channel"], "app");
    assert_eq!(push["data"]["address"], USER);
    assert_eq!(push["data"]["devices"][0]["token"], "t-o-k-e-n");
    assert_eq!(push["data"]["items"][0]["text"], "good day");
    let digest = asked(&subscriber, "contact.digest_due").await.json();
    assert_eq!(digest["subject"], push["subject"], "they are of one contact");
    assert_eq!(digest["data"]["conversations"][0]["conversation_id"], json!(id));
    let log = server.output();
    server.stop().await;
    assert!(!log.contains("t-o-k-e-n") && !log.contains("good day") && !log.contains(USER), "{log}");
}

/// MSG-11: a device whose stream is open needs no push, and says so when it connects.
#[tokio::test]
async fn a_device_that_has_a_stream_is_left_out() {
    let subscriber = Provider::with((0..9).map(|_| answer(204, &Value::Null))).await;
    let site = site(&subscriber);
    let server = site.serve().await;
    let (http, user, ann) =
        (server.http(), confined_token(Role::Requester, USER, "app"), token(Role::Agent, "ann"));
    put(&http, "/v1/requester/devices/phone", &user, &phone()).await.ok();
    let tablet = json!({ "platform": "apns", "token": "tablet" });
    put(&http, "/v1/requester/devices/tablet", &user, &tablet).await.ok();
    let connect = |device: &str| Ask { query: format!("device={device}"), ..Ask::with(&user) };
    assert_eq!(connect("%20").open(&server).await.err(), Some(400));
    let stream = connect("phone").open(&server).await.unwrap();
    let first = message("m-1", USER, "front", "hello");
    let id = http.inbound("app", &token(Role::Gateway, "own"), &first).await.conversation;
    http.order(&id, "join", &ann, &json!({})).await;
    http.order(&id, "messages", &ann, &json!({ "text": "good day" })).await;
    let push = asked(&subscriber, "contact.push_due").await.json();
    let devices = push["data"]["devices"].as_array().unwrap();
    assert_eq!(devices.iter().map(|device| &device["token"]).collect::<Vec<_>>(), ["tablet"]);
    stream.close().await;
    server.stop().await;
}

/// MSG-11
#[tokio::test]
async fn devices_and_wishes_are_put_shown_and_removed_and_what_is_illegal_is_refused() {
    let site = Site::with(CHANNELS, "");
    let server = site.serve().await;
    let (http, user) = (server.http(), confined_token(Role::Requester, USER, "app"));
    put(&http, "/v1/requester/devices/phone", &user, &phone()).await.ok();
    let devices = http.get("/v1/requester/devices", &user).await.ok();
    assert_eq!(devices, json!({ "devices": [{ "id": "phone", "platform": "fcm", "language": "de" }] }));
    delete(&http, "/v1/requester/devices/phone", &user).await.ok();
    delete(&http, "/v1/requester/devices/phone", &user).await.ok();
    assert_eq!(http.get("/v1/requester/devices", &user).await.ok(), json!({ "devices": [] }));
    put(&http, "/v1/requester/digest", &user, &json!({ "wish": "after", "after_s": 7200 })).await.ok();
    let wished = http.get("/v1/requester/digest", &user).await.ok();
    assert_eq!(wished, json!({ "wish": "after", "after_s": 7200 }));

    for body in [
        json!({ "platform": "", "token": "t" }),
        json!({ "platform": "fcm", "token": "" }),
        json!({ "platform": "fcm", "token": "a b" }),
        json!({ "platform": "fcm", "token": "t".repeat(4097) }),
        json!({ "platform": "fcm", "token": "t", "language": "?" }),
        json!({ "platform": "fcm", "token": "t", "colour": "red" }),
        json!({ "platform": "fcm" }),
    ] {
        put(&http, "/v1/requester/devices/phone", &user, &body).await.problem(422, "invalid_body");
    }
    for body in [
        json!({ "wish": "after" }),
        json!({ "wish": "after", "after_s": 59 }),
        json!({ "wish": "never", "after_s": 900 }),
        json!({ "wish": "often" }),
    ] {
        put(&http, "/v1/requester/digest", &user, &body).await.problem(422, "invalid_body");
    }
    let long = format!("/v1/requester/devices/{}", "d".repeat(65));
    put(&http, &long, &user, &phone()).await.problem(400, "invalid_query");
    let other = json!({ "platform": "fcm", "token": "t", "address": "user-8" });
    put(&http, "/v1/requester/devices/phone", &user, &other).await.problem(403, "role_forbidden");
    let agent = token(Role::Agent, "ann");
    put(&http, "/v1/requester/devices/phone", &agent, &phone()).await.problem(403, "role_forbidden");
    server.stop().await;
}
