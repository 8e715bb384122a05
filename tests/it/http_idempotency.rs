//! L6 from outside: a command that is sent again is done once, also at the same moment and after a kill.

use crate::http_client::{Accepted, Client, message};
use crate::process::{CHANNELS, COMPANY, Site, token};
use domain::Role;
use serde_json::{Value, json};

const REQUESTER: &str = "+12025550101";

/// Sends the same three times at once; who comes first is left to chance.
async fn three_at_once(http: &Client, path: &str, token: &str, bodies: [&Value; 3]) -> [Accepted; 3] {
    let post = |body| http.post(path, token, body);
    let answers = tokio::join!(post(bodies[0]), post(bodies[1]), post(bodies[2]));
    [answers.0, answers.1, answers.2].map(|answer| answer.accepted())
}

/// What was answered, but for whether it was a duplicate.
fn what(accepted: &Accepted) -> Accepted {
    Accepted { duplicate: true, ..accepted.clone() }
}

async fn messages_of(http: &Client, id: &str) -> usize {
    let events = http.events(id, &token(Role::Agent, "ann")).await;
    events.iter().filter(|event| event["data"]["message_id"].is_string()).count()
}

/// L6, MSG-25
#[tokio::test]
async fn a_providers_message_that_comes_three_times_at_once_is_stored_once_and_so_it_is_after_a_kill() {
    let site = Site::new(CHANNELS);
    let (server, gateway) = (site.serve().await, token(Role::Gateway, "twilio"));
    let (path, sent) = ("/v1/channels/sms/inbound", message("SM-1", REQUESTER, COMPANY, "Where is it?"));
    let answers = three_at_once(&server.http(), path, &gateway, [&sent; 3]).await;
    assert_eq!(answers.iter().filter(|answer| answer.duplicate).count(), 2, "{answers:?}");
    assert!(answers.iter().all(|answer| what(answer) == what(&answers[0])), "{answers:?}");
    let other = message("SM-1", REQUESTER, COMPANY, "Something else");
    server.http().post(path, &gateway, &other).await.problem(409, "idempotency_key_reused");
    server.kill();

    let server = site.serve().await;
    let http = server.http();
    let mut again = sent.clone();
    again["sent_at"] = json!("2026-01-31T22:10:47Z");
    assert_eq!(http.inbound("sms", &gateway, &again).await, what(&answers[0]));
    http.post(path, &gateway, &other).await.problem(409, "idempotency_key_reused");
    assert_eq!(messages_of(&http, &answers[0].conversation).await, 1);
    // The same id with another provider is another message.
    let elsewhere = message("SM-1", "guest-1", "shop", "Where is it?");
    assert!(!http.inbound("web", &gateway, &elsewhere).await.duplicate);
}

/// C2, LC-1
#[tokio::test]
async fn first_messages_of_one_pair_at_once_open_one_conversation_also_after_a_kill() {
    let site = Site::new(CHANNELS);
    let gateway = token(Role::Gateway, "twilio");
    let server = site.serve().await;
    let sent = ["SM-1", "SM-2", "SM-3"].map(|id| message(id, REQUESTER, COMPANY, "Hello?"));
    let [a, b, c] = &sent;
    let answers = three_at_once(&server.http(), "/v1/channels/sms/inbound", &gateway, [a, b, c]).await;
    let id = &answers[0].conversation;
    assert!(answers.iter().all(|answer| answer.conversation == *id && !answer.duplicate), "{answers:?}");
    server.kill();
    let server = site.serve().await;
    assert_eq!(messages_of(&server.http(), id).await, 3);
    let fourth = message("SM-4", REQUESTER, COMPANY, "Still there?");
    assert_eq!(server.http().inbound("sms", &gateway, &fourth).await.conversation, *id);
}

/// L6: the scope is role, subject, method and path.
#[tokio::test]
async fn an_idempotency_key_repeats_an_agents_command_and_is_refused_with_another_body() {
    let site = Site::new(CHANNELS);
    let (ann, bob) = (token(Role::Agent, "ann"), token(Role::Agent, "bob"));
    let server = site.serve().await;
    let http = server.http();
    let start = json!({ "channel": "sms", "to": REQUESTER, "from": COMPANY, "text": "It has arrived." });
    let started = http.post_as("k-1", "/v1/conversations", &ann, &start).await.accepted();
    let id = &started.conversation;
    let path = |what: &str| format!("/v1/conversations/{id}/{what}");
    let (said, other) = (json!({ "text": "One more thing." }), json!({ "text": "Another thing." }));
    let posted = http.post_as("k-1", &path("messages"), &ann, &said).await.accepted();
    assert!(!posted.duplicate && posted.message != started.message);
    assert!(!http.post_as("k-1", &path("join"), &bob, &json!({})).await.accepted().duplicate);
    assert!(!http.post_as("k-1", &path("messages"), &bob, &said).await.accepted().duplicate);
    assert!(!http.post_as("k-2", &path("messages"), &ann, &said).await.accepted().duplicate);
    let ended = http.post_as("k-1", &path("end"), &ann, &json!({})).await.accepted();
    let count = messages_of(&http, id).await;
    server.kill();

    let server = site.serve().await;
    let http = server.http();
    let again = http.post_as("k-1", "/v1/conversations", &ann, &start).await.accepted();
    assert_eq!(again, what(&started));
    // The conversation is closed by now, and still this was accepted once.
    assert_eq!(http.post_as("k-1", &path("messages"), &ann, &said).await.accepted(), what(&posted));
    assert_eq!(http.post_as("k-1", &path("end"), &ann, &json!({})).await.accepted(), what(&ended));
    http.post_as("k-1", &path("messages"), &ann, &other).await.problem(409, "idempotency_key_reused");
    http.post_as("k-3", &path("messages"), &ann, &said).await.problem(409, "conversation_closed");
    assert_eq!(messages_of(&http, id).await, count);
}
