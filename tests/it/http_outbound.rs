//! What goes out over HTTP: pulled, acknowledged, given up, tried again; who may do so, and what is no way to ask.

use crate::http_client::Client;
use crate::process::{CHANNELS, COMPANY, Site, confined_token, eventually, token};
use crate::stream_client::{Ask, Stream};
use domain::Role;
use serde_json::{Value, json};

const OUTBOUND: &str = "/v1/channels/sms/outbound";

/// An agent opens a conversation by text message and says all this.
async fn says(http: &Client, to: &str, texts: &[&str]) -> String {
    let ann = token(Role::Agent, "ann");
    let start = |text: &str| json!({ "channel": "sms", "to": to, "from": COMPANY, "text": text });
    let id = http.post("/v1/conversations", &ann, &start(texts[0])).await.accepted().conversation;
    for text in &texts[1..] {
        http.order(&id, "messages", &ann, &json!({ "text": text })).await;
    }
    id
}

/// What waits, once something does.
async fn pull(http: &Client, query: &str) -> Vec<Value> {
    let gateway = token(Role::Gateway, "own");
    let found = http.get(&format!("{OUTBOUND}?wait_s=10{query}"), &gateway).await.ok();
    found["deliveries"].as_array().unwrap().clone()
}

fn path(delivery: &Value, what: &str) -> String {
    format!("{OUTBOUND}/{}/{what}", delivery["key"].as_str().unwrap())
}

/// CH-10, L5
#[tokio::test]
async fn what_is_said_is_pulled_in_order_and_acknowledged() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "own"));
    let id = says(&http, "+12025550101", &["one", "two"]).await;
    let found = pull(&http, "").await;
    assert_eq!(found.len(), 1, "the second waits for the first: {found:?}");
    let first = &found[0];
    assert_eq!((&first["text"], &first["agent"]), (&json!("one"), &json!("ann")));
    assert_eq!((&first["from"], &first["to"]), (&json!(COMPANY), &json!("+12025550101")));
    assert_eq!((&first["conversation_id"], &first["key"]), (&json!(id), &json!(format!("{id}.3.0"))));
    let later = format!("{OUTBOUND}/{id}.5.0/ack");
    let sent = json!({ "outcome": "sent", "provider_id": "SM-1" });
    http.post(&later, &gateway, &sent).await.problem(409, "delivery_not_next");
    server.kill();

    let server = site.serve().await;
    let http = server.http();
    assert_eq!(pull(&http, "").await, found, "nothing is lost, and the key is the same");
    http.post(&path(first, "ack"), &gateway, &sent).await.accepted();
    http.post(&path(first, "ack"), &gateway, &sent).await.accepted();
    http.post(&path(first, "receipt"), &gateway, &json!({ "status": "delivered" })).await.accepted();
    http.post(&path(first, "receipt"), &gateway, &json!({ "status": "failed", "code": "x" }))
        .await
        .accepted();
    let second = eventually("the second is next", async || {
        pull(&http, "").await.into_iter().find(|delivery| delivery["text"] == "two")
    });
    http.post(&path(&second.await, "ack"), &gateway, &sent).await.accepted();
    let events = http.events(&id, &token(Role::Agent, "ann")).await;
    let types: Vec<&str> = crate::http_client::types(&events).into_iter().skip(5).collect();
    let what = ["dispatched", "receipt_taken", "dispatched"].map(|what| format!("conversation.{what}"));
    assert_eq!(types, what);
    assert_eq!(events[5]["data"]["provider_id"], "SM-1");
    let own = confined_token(Role::Requester, "+12025550101", "sms");
    assert_eq!(http.events(&id, &own).await.len(), 4, "a requester sees nothing of how it went out");
    assert_eq!(http.get(OUTBOUND, &gateway).await.ok()["deliveries"], json!([]));
    server.stop().await;
    site.verify_store();
}

/// CH-10: dead letters are listed, tried again, thrown away.
#[tokio::test]
async fn what_failed_is_listed_and_redriven_or_discarded() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway, admin) = (server.http(), token(Role::Gateway, "own"), token(Role::Admin, "eve"));
    let mut keys = Vec::new();
    for (to, text) in [("+12025550101", "one"), ("+12025550102", "two")] {
        says(&http, to, &[text]).await;
        let found = eventually("it waits", async || {
            pull(&http, "").await.into_iter().find(|delivery| delivery["text"] == text)
        });
        let found = found.await;
        let failed = json!({ "outcome": "failed", "code": "no_route" });
        http.post(&path(&found, "ack"), &gateway, &failed).await.accepted();
        keys.push(found["key"].clone());
    }
    let dead = async |query: &str| http.get(&format!("/v1/dead-letters{query}"), &admin).await.ok();
    let both = eventually("both are dead", async || {
        let all = dead("").await["dead_letters"].as_array().unwrap().clone();
        (all.len() == 2).then_some(all)
    });
    let both = both.await;
    assert!(both.iter().all(|letter| letter["code"] == "no_route" && letter["channel"] == "sms"));
    let page = dead("?limit=1&channel=sms").await;
    let next = dead(&format!("?limit=1&after={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!([&page["dead_letters"][0], &next["dead_letters"][0]], [&both[0], &both[1]]);
    assert_eq!(dead("?channel=web").await["dead_letters"], json!([]));

    let about = |key: &Value, what: &str| format!("/v1/dead-letters/{}/{what}", key.as_str().unwrap());
    http.post(&about(&keys[0], "redrive"), &admin, &json!({})).await.accepted();
    http.post(&about(&keys[1], "discard"), &admin, &json!({})).await.accepted();
    assert_eq!(dead("").await["dead_letters"], json!([]), "at once");
    let again = pull(&http, "").await;
    assert_eq!((again.len(), &again[0]["key"], &again[0]["text"]), (1, &keys[0], &json!("one")));
    http.post(&path(&again[0], "ack"), &gateway, &json!({ "outcome": "sent" })).await.accepted();
    http.post(&about(&keys[0], "redrive"), &admin, &json!({})).await.problem(409, "delivery_not_dead");
    let metrics = http.get("/metrics", &admin).await.text;
    assert!(metrics.contains(r#"colloquy_deliveries_total{kind="sms",outcome="sent"} 1"#), "{metrics}");
    assert!(!metrics.contains("+1202"), "P1");
}

/// Roles, and whose is what.
#[tokio::test]
async fn only_a_gateway_of_the_channel_pulls_and_only_an_admin_sees_dead_letters() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "own"));
    let id = says(&http, "+12025550101", &["one"]).await;
    let delivery = pull(&http, "").await.remove(0);
    for role in [Role::Requester, Role::Agent, Role::Supervisor, Role::Admin] {
        http.get(OUTBOUND, &token(role, "x")).await.problem(403, "role_forbidden");
        let sent = json!({ "outcome": "sent" });
        http.post(&path(&delivery, "ack"), &token(role, "x"), &sent).await.problem(403, "role_forbidden");
    }
    for role in [Role::Gateway, Role::Requester, Role::Agent, Role::Supervisor] {
        http.get("/v1/dead-letters", &token(role, "x")).await.problem(403, "role_forbidden");
        let redrive = format!("/v1/dead-letters/{id}.3.0/redrive");
        http.post(&redrive, &token(role, "x"), &json!({})).await.problem(403, "role_forbidden");
    }
    let other = confined_token(Role::Gateway, "own", "web");
    http.get(OUTBOUND, &other).await.problem(403, "role_forbidden");
    let sent = json!({ "outcome": "sent" });
    let elsewhere = format!("/v1/channels/web/outbound/{id}.3.0/ack");
    http.post(&elsewhere, &gateway, &sent).await.problem(404, "delivery_unknown");
    let admin = confined_token(Role::Admin, "eve", "web");
    http.post(&format!("/v1/dead-letters/{id}.3.0/discard"), &admin, &json!({}))
        .await
        .problem(404, "delivery_unknown");
}

#[tokio::test]
async fn what_is_no_way_to_ask_is_refused() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway, admin) = (server.http(), token(Role::Gateway, "own"), token(Role::Admin, "eve"));
    let id = says(&http, "+12025550101", &["one"]).await;
    for query in ["limit=0", "limit=101", "wait_s=31", "after=1", "cursor=1"] {
        http.get(&format!("{OUTBOUND}?{query}"), &gateway).await.problem(400, "invalid_query");
    }
    for query in ["limit=1001", "after=x", "channel=no%20name"] {
        http.get(&format!("/v1/dead-letters?{query}"), &admin).await.problem(400, "invalid_query");
    }
    http.get("/v1/channels/none/outbound", &gateway).await.problem(404, "channel_unknown");
    for key in ["x", "1.2.3", &format!("{id}.3"), &format!("{id}.3.1"), &format!("{id}.99.0")] {
        let ack = http.post(&format!("{OUTBOUND}/{key}/ack"), &gateway, &json!({ "outcome": "sent" })).await;
        ack.problem(404, "delivery_unknown");
        let receipt = json!({ "status": "read" });
        let receipt = http.post(&format!("{OUTBOUND}/{key}/receipt"), &gateway, &receipt).await;
        receipt.problem(404, "delivery_unknown");
    }
    let key = format!("{id}.3.0");
    for body in [json!({}), json!({ "outcome": "lost" }), json!({ "outcome": "failed" })] {
        http.post(&format!("{OUTBOUND}/{key}/ack"), &gateway, &body).await.problem(422, "invalid_body");
    }
    for body in [json!({}), json!({ "status": "sent" }), json!({ "status": "failed", "code": "a b" })] {
        http.post(&format!("{OUTBOUND}/{key}/receipt"), &gateway, &body).await.problem(422, "invalid_body");
    }
    let pending = http.post(&format!("/v1/dead-letters/{key}/redrive"), &admin, &json!({})).await;
    pending.problem(409, "delivery_not_dead");
    http.post("/v1/dead-letters/x/redrive", &admin, &json!({})).await.problem(404, "delivery_unknown");
}

/// MSG-19: what a provider says of a message is a tick beside its fact, for the agent and for supervisors, live and for
/// who comes later.
#[tokio::test]
async fn a_stored_receipt_is_a_tick_live_and_later() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "own"));
    let (ann, sue) = (token(Role::Agent, "ann"), token(Role::Supervisor, "sue"));
    let (mut agent, mut supervisor) = (Stream::open(&server, &ann).await, Stream::open(&server, &sue).await);
    let id = says(&http, "+12025550101", &["one"]).await;
    let delivery = pull(&http, "").await.remove(0);
    http.post(&path(&delivery, "ack"), &gateway, &json!({ "outcome": "sent" })).await.accepted();
    for receipt in [json!({ "status": "failed", "code": "x" }), json!({ "status": "delivered" })] {
        http.post(&path(&delivery, "receipt"), &gateway, &receipt).await.accepted();
    }
    let failed = json!({ "type": "failed", "conversation_id": id, "version": 3, "code": "x" });
    let delivered = json!({
        "type": "delivered", "conversation_id": id, "version": 3, "from": "requester", "alone": true
    });
    for stream in [&mut agent, &mut supervisor] {
        check_ticks(stream, &[&failed, &delivered]).await;
    }
    for token in [&ann, &sue] {
        let mut later = Ask::with(token).after("start").open(&server).await.unwrap();
        check_ticks(&mut later, &[&failed, &delivered]).await;
    }
    server.stop().await;
}

/// Each tick comes right before the fact that it stands for.
async fn check_ticks(stream: &mut Stream, expected: &[&Value]) {
    for tick in expected {
        assert_eq!(&stream.next_of(tick["type"].as_str().unwrap()).await, *tick);
        assert_eq!(stream.next().await["event"], "conversation.receipt_taken");
    }
}

/// NTF-1, CH-10: a channel without a provider is pulled, and one with several addresses has to be told which.
#[tokio::test]
async fn a_notification_is_pulled_and_acknowledged() {
    const TWO: &str = r#"
[channels.partner]
kind = "own"
mode = "messaging"
addresses = ["shop-1", "shop-2"]
"#;
    let site = Site::new(TWO);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "own"));
    let mut body = json!({ "channel": "partner", "address": "user-7", "text": "Your parcel is here." });
    http.post("/v1/notifications", &gateway, &body).await.problem(422, "invalid_body");
    body["from"] = json!("shop-2");
    let sent = http.post("/v1/notifications", &gateway, &body).await;
    assert_eq!(sent.status, 202, "{}", sent.text);
    let found = http.get("/v1/channels/partner/outbound?wait_s=10", &gateway).await.ok();
    let delivery = &found["deliveries"][0];
    assert_eq!((&delivery["from"], &delivery["to"]), (&json!("shop-2"), &json!("user-7")));
    assert_eq!(delivery["notification_id"], sent.body["notification_id"]);
    assert_eq!((&delivery["conversation_id"], &delivery["message_id"]), (&Value::Null, &Value::Null));
    let at = format!("/v1/channels/partner/outbound/{}", delivery["key"].as_str().unwrap());
    let other = at.replace("partner", "other");
    http.post(&format!("{other}/ack"), &gateway, &json!({ "outcome": "sent" }))
        .await
        .problem(404, "delivery_unknown");
    for _ in 0..2 {
        let known = http.post(&format!("{at}/ack"), &gateway, &json!({ "outcome": "sent" })).await;
        assert_eq!(known.status, 202, "{}", known.text);
    }
    let read = http.post(&format!("{at}/receipt"), &gateway, &json!({ "status": "read" })).await;
    assert_eq!(read.status, 202, "{}", read.text);
    let left = http.get("/v1/channels/partner/outbound", &gateway).await.ok();
    assert_eq!(left["deliveries"], json!([]));
}
