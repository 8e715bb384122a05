//! The life of conversations over HTTP: every route, every role, and the rules as a client sees them.

use crate::http_client::{Client, message, types};
use crate::process::{CHANNELS, COMPANY, Site, token};
use domain::Role;
use serde_json::{Value, json};

const REQUESTER: &str = "+12025550101";

async fn state(http: &Client, id: &str) -> Value {
    http.get(&format!("/v1/conversations/{id}"), &token(Role::Supervisor, "sue")).await.ok()
}

async fn check_closed(http: &Client, id: &str, expected: &str, reason: &str) {
    let state = state(http, id).await;
    assert_eq!(
        (state["state"].as_str(), state["reason"].as_str()),
        (Some(expected), Some(reason)),
        "{state}"
    );
}

/// LC-5, LC-6, LC-14, PRO-13, C1
#[tokio::test]
async fn a_conversation_is_opened_joined_held_resumed_and_ended() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "twilio"));
    let (ann, bob) = (token(Role::Agent, "ann"), token(Role::Agent, "bob"));
    let (nothing, say) = (json!({}), json!({ "text": "Here I am." }));
    let id = http.inbound("sms", &gateway, &message("SM-1", REQUESTER, COMPANY, "Hello?")).await.conversation;
    let path = |what: &str| format!("/v1/conversations/{id}/{what}");
    let opened = state(&http, &id).await;
    assert_eq!((&opened["state"], &opened["owner"]["kind"]), (&json!("new"), &json!("queue")));
    http.post(&path("messages"), &ann, &say).await.problem(409, "not_participant");
    http.post(&path("hold"), &ann, &nothing).await.problem(409, "not_owner");

    http.order(&id, "join", &ann, &nothing).await;
    http.order(&id, "messages", &ann, &say).await;
    http.post(&path("resume"), &ann, &nothing).await.problem(409, "wrong_state");
    http.order(&id, "join", &bob, &nothing).await;
    http.post(&path("hold"), &bob, &nothing).await.problem(409, "not_owner");
    http.post(&path("end"), &bob, &nothing).await.problem(409, "not_owner");
    http.order(&id, "hold", &ann, &nothing).await;
    assert_eq!(state(&http, &id).await["state"], "on_hold");
    http.order(&id, "resume", &ann, &nothing).await;
    http.order(&id, "hold", &ann, &nothing).await;
    http.order(&id, "messages", &token(Role::Requester, REQUESTER), &say).await;
    let resumed = state(&http, &id).await;
    assert_eq!((&resumed["state"], &resumed["owner"]["agent"]), (&json!("work_in_progress"), &json!("ann")));
    assert_eq!(resumed["participants"], json!(["ann", "bob"]));
    assert_eq!(resumed["messages"], json!({ "requester": 2, "agent": 1 }));

    http.order(&id, "end", &ann, &nothing).await;
    check_closed(&http, &id, "closed_complete", "agent_ended").await;
    for (what, token) in [("messages", &ann), ("messages", &gateway)] {
        http.post(&path(what), token, &say).await.problem(409, "conversation_closed");
    }
    for what in ["join", "hold", "resume", "end"] {
        http.post(&path(what), &ann, &nothing).await.problem(409, "conversation_closed");
    }
    let events = http.events(&id, &ann).await;
    let kinds: Vec<&str> =
        types(&events).into_iter().map(|kind| kind.strip_prefix("conversation.").unwrap()).collect();
    let expected = "opened requester_message_posted agent_joined agent_message_posted agent_joined held resumed held \
                    requester_message_posted resumed closed";
    assert_eq!(kinds.join(" "), expected);
    check_requesters_view(&http, &id).await;
    let versions: Vec<u64> = events.iter().map(|event| event["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, (1..=11).collect::<Vec<u64>>());
}

/// What is between the agent and the engine is none of the requester's business.
async fn check_requesters_view(http: &Client, id: &str) {
    let events = http.events(id, &token(Role::Requester, REQUESTER)).await;
    let hidden = ["conversation.held", "conversation.resumed"];
    assert!(types(&events).iter().all(|kind| !hidden.contains(kind)));
    assert!(events.iter().all(|event| event["cause"].is_null()));
    assert_eq!(events.len(), 7);
}

/// LC-10, LC-13, PRO-13: who ends it, and whether an agent had come, decides how it is closed.
#[tokio::test]
async fn how_a_conversation_is_closed_depends_on_who_ends_it_and_when() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway, nothing) = (server.http(), token(Role::Gateway, "twilio"), json!({}));
    for (number, (joined, role, name, expected, reason)) in [
        (false, Role::Gateway, "twilio", "closed_abandoned", "left_before_engagement"),
        (false, Role::Requester, "+12025550111", "closed_abandoned", "left_before_engagement"),
        (true, Role::Requester, "+12025550112", "closed_complete", "user_ended"),
        (true, Role::Agent, "ann", "closed_complete", "agent_ended"),
        (true, Role::Supervisor, "sue", "closed_complete", "agent_ended"),
        (false, Role::Admin, "adam", "closed_complete", "agent_ended"),
    ]
    .into_iter()
    .enumerate()
    {
        let from = format!("+120255501{}", 10 + number);
        let first = message(&format!("SM-{number}"), &from, COMPANY, "Hello?");
        let id = http.inbound("sms", &gateway, &first).await.conversation;
        if joined {
            http.order(&id, "join", &token(Role::Agent, "ann"), &nothing).await;
        }
        http.order(&id, "end", &token(role, name), &nothing).await;
        check_closed(&http, &id, expected, reason).await;
    }
}

/// PRO-1, section 17 rule 11: agents open no chats, and nothing with what cannot be right.
#[tokio::test]
async fn an_agent_never_opens_a_chat_nor_writes_to_or_from_what_is_not_there() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, ann) = (server.http(), token(Role::Agent, "ann"));
    let first = json!({ "channel": "sms", "to": REQUESTER, "from": COMPANY, "text": "It has arrived." });
    let chat = json!({ "channel": "web", "to": "guest-1", "from": "shop", "text": "Hello!" });
    http.post("/v1/conversations", &ann, &chat).await.problem(409, "chat_not_agent_initiated");
    for (field, value, status, code) in [
        ("channel", "fax", 404, "channel_unknown"),
        ("to", "2025550101", 422, "invalid_address"),
        ("from", "+12025550198", 422, "company_address_unknown"),
        ("text", "", 422, "invalid_message"),
    ] {
        let mut wrong = first.clone();
        wrong[field] = value.into();
        http.post("/v1/conversations", &ann, &wrong).await.problem(status, code);
    }
}

#[tokio::test]
async fn a_message_keeps_its_attachments_its_context_and_who_caused_it() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "widget"));
    let mut sent = message("W-1", "guest-1", "shop", "");
    let attachment =
        json!({ "url": "https://example.com/a.png", "content_type": "image/png", "name": "a.png" });
    sent["attachments"] = json!([attachment]);
    sent["context"] = json!({ "page": "/cart" });
    sent["sent_at"] = json!("2026-01-31T22:10:47Z");
    let answer = http.post("/v1/channels/web/inbound", &gateway, &sent).await;
    let request = answer.header("x-request-id").to_owned();
    let accepted = answer.accepted();
    let events = http.events(&accepted.conversation, &gateway).await;
    let (event, data) = (&events[1], &events[1]["data"]);
    assert_eq!(data["attachments"], json!([attachment]));
    assert_eq!(data["context"], json!({ "page": "/cart" }));
    assert_eq!(data["sent_at"], "2026-01-31T22:10:47.000Z");
    assert_eq!(data["message_id"], *accepted.message.as_ref().unwrap());
    assert_eq!(event["cause"]["role"], "gateway");
    assert_eq!(event["cause"]["name"], "widget");
    assert_eq!(event["cause"]["correlation"], request);
    assert_eq!(event["position"], accepted.position);
}

#[tokio::test]
async fn the_process_says_that_it_lives_and_is_ready_and_what_it_counts() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let http = server.http();
    assert_eq!(http.get("/livez", "none").await.ok(), json!({ "alive": true }));
    assert_eq!(http.get("/readyz", "none").await.ok(), json!({ "ready": true }));
    let metrics = http.get("/metrics", &token(Role::Admin, "adam")).await;
    assert_eq!((metrics.status, metrics.header("content-type").starts_with("text/plain")), (200, true));
    let line = r#"colloquy_http_requests_total{route="/livez",method="GET",status="200"} 1"#;
    assert!(metrics.text.contains(line), "{}", metrics.text);
    assert_eq!(metrics.header("cache-control"), "no-store");
}
