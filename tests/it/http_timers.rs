//! Timers from outside: they fire when they are due, once, as events that say so, and a killed process does not change
//! that.

use crate::http_client::{Accepted, Client, message, ms, rfc3339, types};
use crate::process::{Server, Site, machine_now, passed, token};
use domain::Role;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A chat that reminds after two seconds and closes after four.
const QUICK: &str = r#"
[channels.web]
kind = "mweb"
mode = "chat"
idle_chat_timer_task_interval = 1
idle_chat_reminder_timeout = 2
idle_chat_cancel_timeout = 4
"#;
const REMINDER_MS: i64 = 2000;
const CANCEL_MS: i64 = 4000;
/// When both are due, with a margin for the machine's clock.
const BOTH_DUE: Duration = Duration::from_millis(4100);
const NO_GRACE: [(&str, &str); 1] = [("COLLOQUY_ENGINE__RECOVERY_GRACE_S", "0")];

/// A chat whose agent has answered, and when.
struct Answered {
    id: String,
    guest: String,
    anchor_ms: i64,
    at: Instant,
}

async fn write(http: &Client, key: &str, guest: &str) -> Accepted {
    let gateway = token(Role::Gateway, "widget");
    http.inbound("web", &gateway, &message(key, guest, "shop", "Is it open?")).await
}

/// The requester writes, an agent joins and answers: from then on the chat is idle.
async fn answered(server: &Server, guest: &str) -> Answered {
    let (http, agent) = (server.http(), token(Role::Agent, "ann"));
    let id = write(&http, &format!("{guest}-1"), guest).await.conversation;
    http.order(&id, "join", &agent, &json!({})).await;
    http.order(&id, "messages", &agent, &json!({ "text": "Until eight." })).await;
    let at = Instant::now();
    let anchor_ms = ms(&http.event(&id, "conversation.agent_message_posted", &agent).await["at"]);
    Answered { id, guest: guest.to_owned(), anchor_ms, at }
}

/// T1: due to the millisecond, and never early.
fn check_fired(event: &Value, due_ms: i64) {
    assert_eq!(ms(&event["data"]["due"]), due_ms, "{event}");
    assert!(ms(&event["at"]) >= due_ms, "{event}");
    assert!(event["cause"]["causation"].is_object(), "{event}");
}

/// Waits for the close, and checks that the whole chat is what it has to be.
async fn check_reminded_and_closed(server: &Server, chat: &Answered) {
    let (http, agent) = (server.http(), token(Role::Agent, "ann"));
    http.event(&chat.id, "conversation.closed", &agent).await;
    let events = http.events(&chat.id, &agent).await;
    let expected = [
        "conversation.opened",
        "conversation.requester_message_posted",
        "conversation.agent_joined",
        "conversation.agent_message_posted",
        "conversation.idle_reminder_sent",
        "conversation.closed",
    ];
    assert_eq!(types(&events), expected);
    check_fired(&events[4], chat.anchor_ms + REMINDER_MS);
    check_fired(&events[5], chat.anchor_ms + CANCEL_MS);
    assert_eq!(events[5]["data"]["state"], "closed_complete");
    assert_eq!(events[5]["data"]["reason"], "no_user_response");
}

/// T1, T2, IDLE-2, IDLE-3, IDLE-8, LC-4
#[tokio::test]
async fn an_idle_chat_is_reminded_and_then_closed_and_the_next_message_opens_another() {
    let site = Site::new(QUICK);
    let server = site.serve().await;
    let chat = answered(&server, "guest-1").await;
    let (http, agent) = (server.http(), token(Role::Agent, "ann"));
    let timers = http.get(&format!("/v1/conversations/{}/timers", chat.id), &agent).await.ok();
    let due = |index: usize| ms(&timers["timers"][index]["due"]) - chat.anchor_ms;
    assert_eq!((due(0), due(1)), (REMINDER_MS, CANCEL_MS));
    assert_eq!(timers["timers"][0]["kind"], "idle_reminder");
    assert_eq!(timers["timers"][1]["kind"], "idle_cancel");
    assert_eq!(timers["timers"][0]["armed_by"], 4);
    check_reminded_and_closed(&server, &chat).await;
    let timers = http.get(&format!("/v1/conversations/{}/timers", chat.id), &agent).await.ok();
    assert_eq!(timers["timers"], json!([]));
    assert_ne!(write(&http, "guest-1-2", &chat.guest).await.conversation, chat.id);
}

/// T1, T3, L1, L4
#[tokio::test]
async fn timers_that_became_due_while_the_process_was_dead_fire_once_and_in_order() {
    let site = Site::new(QUICK);
    let server = site.serve_with(&NO_GRACE).await;
    let chat = answered(&server, "guest-1").await;
    server.kill();
    passed(chat.at, BOTH_DUE).await;
    let server = site.serve_with(&NO_GRACE).await;
    check_reminded_and_closed(&server, &chat).await;
    assert_ne!(write(&server.http(), "guest-1-2", &chat.guest).await.conversation, chat.id);
    server.stop().await;
    site.verify_store();
}

/// T1: a timer that is not due yet when the process comes back fires at its old time.
#[tokio::test]
async fn a_restart_moves_no_timer() {
    let site = Site::new(QUICK);
    let server = site.serve_with(&NO_GRACE).await;
    let chat = answered(&server, "guest-1").await;
    server.kill();
    let server = site.serve_with(&NO_GRACE).await;
    check_reminded_and_closed(&server, &chat).await;
}

/// T3, section 6.4: what was written during the outage and is redelivered within the grace counts from when it was
/// written, so the chat stays open; one whose requester wrote nothing is closed when the grace is over.
#[tokio::test]
async fn a_message_that_is_redelivered_within_the_grace_keeps_its_chat_open() {
    const GRACE_MS: i64 = 2500;
    let site = Site::new(QUICK);
    let server = site.serve().await;
    let kept = answered(&server, "guest-1").await;
    let lost = answered(&server, "guest-2").await;
    server.kill();
    passed(lost.at, BOTH_DUE).await;
    let started_ms = machine_now().0;
    let server = site.serve_with(&[("COLLOQUY_ENGINE__RECOVERY_GRACE_S", "3")]).await;
    let (http, agent) = (server.http(), token(Role::Agent, "ann"));
    let sent_ms = lost.anchor_ms + 1500;
    let mut late = message("guest-1-2", &kept.guest, "shop", "Thanks!");
    late["sent_at"] = rfc3339(sent_ms).into();
    let gateway = token(Role::Gateway, "widget");
    assert_eq!(http.inbound("web", &gateway, &late).await.conversation, kept.id);

    check_reminded_and_closed(&server, &lost).await;
    let closed = http.event(&lost.id, "conversation.closed", &agent).await;
    assert!(ms(&closed["at"]) >= started_ms + GRACE_MS, "{closed}");
    let state = http.get(&format!("/v1/conversations/{}", kept.id), &agent).await.ok();
    assert_eq!(state["state"], "work_in_progress");
    let events = http.events(&kept.id, &agent).await;
    let [.., reminded, posted] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(reminded["type"], "conversation.idle_reminder_sent");
    assert_eq!(posted["type"], "conversation.requester_message_posted");
    // It counts from when it was written, although the overdue reminder went out before it came.
    let counts_from_ms = ms(&posted["data"]["counts_from"]);
    assert_eq!(counts_from_ms, sent_ms);
    assert!(counts_from_ms < ms(&posted["at"]));
    let timers = http.get(&format!("/v1/conversations/{}/timers", kept.id), &agent).await.ok();
    assert_eq!(timers["timers"][0]["kind"], "conversation_idle");
    assert_eq!(ms(&timers["timers"][0]["due"]), counts_from_ms + 7_200_000);
}
