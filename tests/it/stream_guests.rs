//! Guests of a web channel: their sessions, and what happens when they are gone.

use crate::http_client::{Client, message, types};
use crate::process::{Server, Site, token};
use crate::stream_client::{Ask, Stream};
use crate::support::tell;
use domain::{Role, Seconds};
use engine::{Order, Request};
use reqwest::Method;
use serde_json::{Value, json};
use sim::Pair;

const CHANNELS: &str = "[channels.web]\nkind = \"mweb\"\nmode = \"chat\"\n[channels.sms]\nkind = \"sms\"\n";
const GUESTS: &str = "[web]\nguest_sessions = true\norigins = [\"https://shop.example\"]\n";

/// Begins a session without any token.
async fn begin(http: &Client, body: &Value) -> crate::http_client::Answer {
    let request = http.request(Method::POST, "/v1/sessions", "").json(body);
    Client::send(request).await.unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// ID-10, ID-11, ID-13: off unless switched on, and somebody new each time unless resumable.
#[tokio::test]
async fn guests_come_where_they_may_and_as_somebody_new_unless_sessions_are_resumable() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    begin(&server.http(), &json!({ "channel": "web" })).await.problem(403, "guests_forbidden");
    server.stop().await;
    for (resumable, life) in [(false, -1), (true, 900)] {
        let more = format!("guest_session_resumable = {resumable}\nguest_cookie_life_s = {life}\n");
        let site = Site::with(CHANNELS, &format!("{GUESTS}{more}"));
        let server = site.serve().await;
        let http = server.http();
        begin(&http, &json!({ "channel": "sms" })).await.problem(403, "guests_forbidden");
        begin(&http, &json!({ "channel": "fax" })).await.problem(404, "channel_unknown");
        let request = http.request(Method::POST, "/v1/sessions", "").header("Origin", "https://evil.example");
        let refused = Client::send(request.json(&json!({ "channel": "web" }))).await.unwrap();
        refused.problem(403, "origin_forbidden");
        let first = begin(&http, &json!({ "channel": "web" })).await;
        assert_eq!(first.status, 201, "{}", first.text);
        let first = first.body;
        assert_eq!((&first["cookie_life_s"], &first["expires_in_s"]), (&json!(life), &json!(1800)));
        let again = begin(&http, &json!({ "channel": "web", "token": first["token"] })).await.body;
        assert_eq!(again["guest"] == first["guest"], resumable);
        let renewed = http.post("/v1/sessions/renew", &text(&first["token"]), &json!({})).await.ok();
        assert_eq!(renewed["guest"], first["guest"], "a renewed session stays who it was");
        let user = token(Role::Requester, "user-7");
        http.post("/v1/sessions/renew", &user, &json!({})).await.problem(403, "role_forbidden");
        server.stop().await;
    }
}

/// ID-12, ID-18: who lost the connection rejoins the same conversation with all they missed; it is noted that they were
/// gone, for a guest and not for a user.
#[tokio::test]
async fn a_guest_who_lost_the_connection_rejoins_with_all_they_missed() {
    let site = Site::with(CHANNELS, GUESTS);
    let server = site.serve().await;
    let http = server.http();
    let session = begin(&http, &json!({ "channel": "web" })).await.body;
    let guest = text(&session["token"]);
    let mut stream = Stream::open(&server, &guest).await;
    stream.say(json!({ "type": "send", "id": "a", "text": "Hello?" })).await;
    let id = text(&stream.next_of("sent").await["conversation_id"]);
    let ann = token(Role::Agent, "ann");
    http.order(&id, "join", &ann, &json!({})).await;
    while stream.next_of("said").await["notice"] != "participant_entered" {}
    // A second tab is no reason to be gone when the first one closes.
    let second = Stream::open(&server, &guest).await;
    let cursor = stream.cursor.clone();
    stream.close().await;
    drop(second);
    http.event(&id, "conversation.requester_disconnected", &ann).await;
    http.order(&id, "messages", &ann, &json!({ "text": "Are you there?" })).await;
    let timers = http.get(&format!("/v1/conversations/{id}/timers"), &ann).await.ok();
    assert!(timers["timers"].as_array().unwrap().iter().any(|timer| timer["kind"] == "disconnect"));

    let mut back = Ask::with(&guest).after(&cursor).open(&server).await.unwrap();
    assert_eq!(back.hello["conversations"][0]["id"], *id);
    assert_eq!(back.next_of("said").await["text"], "Are you there?");
    http.event(&id, "conversation.requester_reconnected", &ann).await;
    let events = http.events(&id, &ann).await;
    let gone = types(&events).iter().filter(|kind| kind.ends_with("requester_disconnected")).count();
    assert_eq!(gone, 1);

    let user = crate::process::confined_token(Role::Requester, "user-7", "web");
    let mut stream = Stream::open(&server, &user).await;
    stream.say(json!({ "type": "send", "id": "a", "text": "Hello?" })).await;
    let id = text(&stream.next_of("sent").await["conversation_id"]);
    stream.close().await;
    // The guest's leave, told after the user's, shows that there was time to tell of the user.
    drop(back);
    let guests = begin(&http, &json!({ "channel": "web" })).await.body;
    let mut other = Stream::open(&server, &text(&guests["token"])).await;
    other.say(json!({ "type": "send", "id": "a", "text": "Hello?" })).await;
    let marker = text(&other.next_of("sent").await["conversation_id"]);
    other.close().await;
    http.event(&marker, "conversation.requester_disconnected", &ann).await;
    assert_eq!(
        http.events(&id, &ann).await.len(),
        2,
        "a user who signed in may be gone for as long as they like"
    );
    server.stop().await;
    site.verify_store();
}

/// A guest on the web who has written, and their conversation, which knows that they are there.
struct Guest {
    token: String,
    id: String,
    stream: Option<Stream>,
}

impl Guest {
    /// One with a socket, or one who polls.
    async fn new(server: &Server, ann: &str, with_socket: bool) -> Self {
        let http = server.http();
        let session = begin(&http, &json!({ "channel": "web" })).await.body;
        let (token, address) = (text(&session["token"]), text(&session["guest"]));
        let stream = if with_socket { Some(Stream::open(server, &token).await) } else { None };
        let first = message(&address, &address, "shop", "Hello?");
        let id = http.inbound("web", &token, &first).await.conversation;
        let guest = Self { token, id, stream };
        if !with_socket {
            guest.poll(&http).await;
        }
        http.event(&guest.id, "conversation.requester_connected", ann).await;
        guest
    }

    async fn poll(&self, http: &Client) {
        http.get("/v1/stream/poll?after=start&wait_s=0", &self.token).await.ok();
    }
}

/// ID-12, L4: who was there when the process died counts as gone from the next start on, whether they had a socket or
/// polled, and until they are back.
#[tokio::test]
async fn a_guest_who_was_there_when_the_server_was_killed_counts_as_gone_until_they_are_back() {
    let site = Site::with(CHANNELS, GUESTS);
    let server = site.serve().await;
    let ann = token(Role::Agent, "ann");
    let gone = Guest::new(&server, &ann, true).await;
    let back = Guest::new(&server, &ann, true).await;
    let polls = Guest::new(&server, &ann, false).await;
    let polled = Guest::new(&server, &ann, false).await;
    server.kill();

    let server = site.serve().await;
    let http = server.http();
    for guest in [&gone, &back, &polls, &polled] {
        let lost = http.event(&guest.id, "conversation.requester_disconnected", &ann).await;
        assert_eq!(lost["cause"]["name"], "recovery", "{lost}");
        let timers = http.get(&format!("/v1/conversations/{}/timers", guest.id), &ann).await.ok();
        assert!(timers["timers"].as_array().unwrap().iter().any(|timer| timer["kind"] == "disconnect"));
    }
    let stream = Stream::open(&server, &back.token).await;
    polls.poll(&http).await;
    for guest in [&back, &polls] {
        http.event(&guest.id, "conversation.requester_reconnected", &ann).await;
    }
    // A server that stops in peace says itself that nobody is there any more.
    server.stop().await;
    drop((gone.stream, back.stream, stream));
    let server = site.serve().await;
    let http = server.http();
    for (id, absences) in [(&gone.id, 1), (&back.id, 2), (&polls.id, 2), (&polled.id, 1)] {
        let events = http.events(id, &ann).await;
        let gone = types(&events).iter().filter(|kind| kind.ends_with("requester_disconnected")).count();
        assert_eq!(gone, absences);
    }
    server.stop().await;
    site.verify_store();
}

fn request() -> Request {
    let principal = domain::Principal { role: Role::System, name: "stream".to_owned() };
    Request { principal, correlation: uuid::Uuid::from_u128(1), command: None }
}

/// ID-12, T1: the timer is durable, exact, and outlives the process.
#[test]
fn a_guest_who_is_gone_for_300_seconds_ends_the_chat() {
    tell(async |harness| {
        let [gone, back] = [1, 2].map(|number| Pair::web(number, 0));
        let gone = harness.inbound(&gone, "Hello?").await.unwrap().conversation;
        let back = harness.inbound(&back, "Hello?").await.unwrap().conversation;
        for id in [gone, back] {
            harness.join(id, "ann").await.unwrap();
            harness.engine.order(id, Order::Disconnect, request()).await.unwrap();
        }
        harness.advance(Seconds(100)).await.unwrap();
        harness.restart(Seconds(10), None).await.unwrap();
        harness.advance(Seconds(189)).await.unwrap();
        harness.engine.order(back, Order::Reconnect, request()).await.unwrap();
        assert_eq!(harness.story(gone).await.unwrap().last(), Some(&"idle_reminder_sent"));
        harness.advance(Seconds(1)).await.unwrap();
        let ended = harness.state(gone).await.unwrap().closing.unwrap();
        assert_eq!((ended.0.name(), ended.1.name()), ("closed_complete", "guest_disconnected"));
        assert!(!harness.state(back).await.unwrap().is_closed());
    });
}

/// ID-12, T3, L4: whoever was there when the process died has the whole time from the next start on; nobody needs to say
/// so, and whose presence was never known is left alone.
#[test]
fn a_guest_who_was_there_when_the_process_died_is_gone_from_the_next_start_on() {
    tell(async |harness| {
        let mut all = Vec::new();
        for number in 1..=3 {
            let id = harness.inbound(&Pair::web(number, 0), "Hello?").await.unwrap().conversation;
            harness.join(id, "ann").await.unwrap();
            all.push(id);
        }
        let [gone, back, unknown] = all[..] else { panic!("there are three") };
        for id in [gone, back] {
            harness.engine.order(id, Order::Reconnect, request()).await.unwrap();
        }
        assert_eq!(harness.advance(Seconds(10)).await.unwrap(), 0, "they are there");
        harness.restart(Seconds(20), None).await.unwrap();
        assert_eq!(harness.advance(Seconds(0)).await.unwrap(), 2);
        for (id, last) in
            [(gone, "requester_disconnected"), (back, "requester_disconnected"), (unknown, "agent_joined")]
        {
            assert_eq!(harness.story(id).await.unwrap().last(), Some(&last));
        }
        harness.advance(Seconds(200)).await.unwrap();
        harness.engine.order(back, Order::Reconnect, request()).await.unwrap();
        harness.advance(Seconds(99)).await.unwrap();
        assert!(!harness.state(gone).await.unwrap().is_closed());
        harness.advance(Seconds(1)).await.unwrap();
        let ended = harness.state(gone).await.unwrap().closing.unwrap();
        assert_eq!((ended.0.name(), ended.1.name()), ("closed_complete", "guest_disconnected"));
        for id in [back, unknown] {
            assert!(!harness.state(id).await.unwrap().is_closed());
        }
    });
}

/// ID-12: a guest who is back before anybody looked was away all the same, and is there from then on, whatever dies.
#[test]
fn a_guest_who_is_back_at_once_is_there_until_the_process_dies_again() {
    tell(async |harness| {
        let id = harness.inbound(&Pair::web(1, 0), "Hello?").await.unwrap().conversation;
        for _ in 0..2 {
            harness.engine.order(id, Order::Reconnect, request()).await.unwrap();
            harness.restart(Seconds(1), None).await.unwrap();
        }
        harness.engine.order(id, Order::Reconnect, request()).await.unwrap();
        harness.advance(Seconds(600)).await.unwrap();
        let [there, gone, back] = ["requester_connected", "requester_disconnected", "requester_reconnected"];
        let story = harness.story(id).await.unwrap();
        assert_eq!(story[2..], [there, gone, back, gone, back]);
    });
}
