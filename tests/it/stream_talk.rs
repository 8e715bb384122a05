//! What is said over live streams, by two devices of one requester and by an agent.

use crate::http_client::{message, types};
use crate::http_office::{Office, ROUTED};
use crate::process::{Site, confined_token, token};
use crate::stream_client::{Ask, Heard, Stream};
use domain::Role;
use serde_json::{Value, json};

const CHANNELS: &str = "[channels.app]\nkind = \"own\"\nmode = \"messaging\"\n";

fn said(frame: &Value) -> (u64, &str, &str) {
    assert_eq!(frame["type"], "said", "{frame}");
    (frame["version"].as_u64().unwrap(), frame["from"].as_str().unwrap(), frame["text"].as_str().unwrap())
}

/// OMN-1, OMN-2, OMN-4: one user, two devices, one conversation, and its history on both.
#[tokio::test]
async fn two_devices_of_one_user_are_in_one_conversation() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let user = confined_token(Role::Requester, "user-7", "app");
    let mut phone = Stream::open(&server, &user).await;
    phone.say(json!({ "type": "send", "id": "a", "text": "Hello?" })).await;
    let sent = phone.next_of("sent").await;
    assert_eq!(sent["id"], "a");
    let id = sent["conversation_id"].as_str().unwrap().to_owned();

    // RE-1: the second device learns what is open, and reads all there was.
    let mut laptop = Ask::with(&user).after("start").open(&server).await.unwrap();
    assert_eq!(laptop.hello["conversations"][0]["id"], *id);
    assert_eq!(said(&laptop.next().await), (2, "requester", "Hello?"));
    laptop.say(json!({ "type": "send", "id": "b", "text": "Still me" })).await;
    assert_eq!(laptop.next_of("sent").await["conversation_id"], *id, "the same conversation goes on");

    let ann = token(Role::Agent, "ann");
    server.http().order(&id, "join", &ann, &json!({})).await;
    server.http().order(&id, "messages", &ann, &json!({ "text": "Yes?" })).await;
    for device in [&mut phone, &mut laptop] {
        loop {
            let frame = device.next_of("said").await;
            if frame["from"] == "agent" {
                assert_eq!((frame["agent"].as_str(), frame["text"].as_str()), (Some("ann"), Some("Yes?")));
                break;
            }
        }
    }
    // RE-1: whoever comes now sees who has it.
    let again = Stream::open(&server, &user).await;
    let open = &again.hello["conversations"][0];
    assert_eq!((&open["agent"], &open["state"]), (&json!("ann"), &json!("work_in_progress")));
    server.stop().await;
}

/// L6, MSG-24: the same id is the same message however it is sent, and one into a closed conversation opens none.
#[tokio::test]
async fn a_message_over_a_stream_is_the_same_as_over_http_and_stays_in_its_conversation() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, user) = (server.http(), confined_token(Role::Requester, "user-7", "app"));
    let mut stream = Stream::open(&server, &user).await;
    stream.say(json!({ "type": "send", "id": "a", "text": "Hello?" })).await;
    let first = stream.next_of("sent").await;
    let id = first["conversation_id"].as_str().unwrap();
    stream.say(json!({ "type": "send", "id": "a", "text": "Hello?" })).await;
    let again = stream.next_of("sent").await;
    assert_eq!((&again["message_id"], &again["duplicate"]), (&first["message_id"], &json!(true)));
    stream.say(json!({ "type": "send", "id": "b", "conversation_id": id, "text": "More" })).await;
    let over_stream = stream.next_of("sent").await;
    let body = json!({ "text": "More" });
    let over_http = http.post_as("b", &format!("/v1/conversations/{id}/messages"), &user, &body).await;
    assert_eq!(json!(over_http.accepted().message), over_stream["message_id"]);
    stream.say(json!({ "type": "send", "id": "b", "conversation_id": id, "text": "Other" })).await;
    assert_eq!(stream.next_of("problem").await["problem"]["code"], "idempotency_key_reused");

    http.order(id, "end", &user, &json!({})).await;
    stream.say(json!({ "type": "send", "id": "c", "conversation_id": id, "text": "Late" })).await;
    let refused = stream.next_of("problem").await;
    assert_eq!((&refused["id"], &refused["problem"]["code"]), (&json!("c"), &json!("conversation_closed")));
    stream.say(json!({ "type": "send", "id": "d", "text": "Anew" })).await;
    assert_ne!(stream.next_of("sent").await["conversation_id"], *id);
    server.stop().await;
}

/// An agent hears of a conversation what the events route shows, and nothing of one they are not in.
#[tokio::test]
async fn an_agent_hears_whole_events_of_their_own_conversations_and_signs_of_life() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "app"));
    let (ann, user) = (token(Role::Agent, "ann"), confined_token(Role::Requester, "user-7", "app"));
    let mut agent = Stream::open(&server, &ann).await;
    let mut requester = Stream::open(&server, &user).await;
    http.inbound("app", &gateway, &message("1", "user-8", "us", "Not yours")).await;
    let id = http.inbound("app", &gateway, &message("2", "user-7", "us", "Hello?")).await.conversation;
    http.order(&id, "join", &ann, &json!({})).await;
    let joined = agent.next_of("event").await;
    assert_eq!((&joined["event"], &joined["version"]), (&json!("conversation.agent_joined"), &json!(3)));
    let stored = http.events(&id, &ann).await;
    for name in ["version", "at", "cause", "data"] {
        assert_eq!(joined[name], stored[2][name], "{name}");
    }

    requester.say(json!({ "type": "typing", "conversation_id": id })).await;
    let typing = agent.next().await;
    assert_eq!((&typing["type"], &typing["from"]), (&json!("typing"), &json!("requester")));
    agent.say(json!({ "type": "read", "conversation_id": id, "version": 2 })).await;
    let read = requester.next_of("read").await;
    assert_eq!((&read["version"], &read["agent"]), (&json!(2), &json!("ann")));
    agent.say(json!({ "type": "send", "id": "x", "conversation_id": id, "text": "Yes?" })).await;
    agent.next_of("sent").await;
    // Nothing of all that is stored but the message.
    assert_eq!(types(&http.events(&id, &ann).await)[3..], ["conversation.agent_message_posted"]);

    // Somebody else's conversation is nothing to sign in.
    let mut bob = Stream::open(&server, &token(Role::Agent, "bob")).await;
    bob.say(json!({ "type": "typing", "conversation_id": id })).await;
    assert_eq!(bob.next().await["problem"]["code"], "conversation_unknown");
    bob.say(json!({ "type": "ping" })).await;
    assert_eq!(bob.next().await["type"], "pong");
    server.stop().await;
}

/// X1: who does not read is closed and not waited for, and goes on from where they were.
#[tokio::test]
async fn a_slow_client_is_closed_and_resumes_from_its_cursor() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "app"));
    let supervisor = token(Role::Supervisor, "sam");
    let ask = Ask { receive_buffer: Some(4096), ..Ask::with(&supervisor) };
    let mut slow = ask.open(&server).await.unwrap();
    let text = "x".repeat(16 * 1024);
    let mut sent = 0_u64;
    let closed = async |http: &crate::http_client::Client| {
        http.get("/metrics", &supervisor)
            .await
            .text
            .contains("colloquy_streams_closed_total{code=\"4008\"} 1")
    };
    while !closed(&http).await {
        assert!(sent < 4000, "a client that does not read is never closed");
        for _ in 0..50 {
            sent += 1;
            http.inbound("app", &gateway, &message(&sent.to_string(), "user-7", "us", &text)).await;
        }
    }
    let mut cursor = slow.hello["cursor"].as_str().unwrap().to_owned();
    let mut heard = Vec::new();
    while let Heard::Frame(frame) = slow.hear().await {
        heard.push(frame["version"].as_u64().unwrap());
        cursor.clone_from(&slow.cursor);
    }
    let mut again = Ask::with(&supervisor).after(&cursor).open(&server).await.unwrap();
    while heard.last() != Some(&(sent + 1)) {
        heard.push(again.next_of("event").await["version"].as_u64().unwrap());
    }
    assert_eq!(heard, (1..=sent + 1).collect::<Vec<_>>());
    server.stop().await;
}

/// SIGTERM: every stream is told, and the process does not wait for its clients.
#[tokio::test]
async fn a_stop_closes_streams_with_1001_and_ends_quickly() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let user = confined_token(Role::Requester, "user-7", "app");
    let mut streams = vec![Stream::open(&server, &user).await];
    streams.push(Stream::open(&server, &token(Role::Agent, "ann")).await);
    streams.push(Stream::open(&server, &token(Role::Supervisor, "sam")).await);
    let begun = std::time::Instant::now();
    server.ask_to_stop();
    for stream in &mut streams {
        assert_eq!(stream.closed().await, 1001);
    }
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "{:?}", begun.elapsed());
    site.verify_store();
}

/// WI-9: an agent hears of an offer, of what their inbox holds then, and of the offered conversation before they accept.
#[tokio::test]
async fn an_agent_hears_of_offers_and_of_their_inbox_as_it_changes() {
    let site = Site::new(ROUTED);
    let office = Office::open(&site).await;
    let mut ann = Stream::open(&office.server, &office.ann).await;
    let mut sue = Stream::open(&office.server, &office.sue).await;
    assert_eq!(ann.next_of("inbox").await["cards"], json!([]));
    office.comes("ann").await;
    for stream in [&mut ann, &mut sue] {
        let presence = stream.next_of("presence").await;
        assert_eq!((&presence["agent"], &presence["state"]), (&json!("ann"), &json!("available")));
    }
    let conversation = office.ask(1).await;
    let card = ann.next_of("offer").await["card"].clone();
    assert_eq!((&card["conversation"], &card["place"]), (&json!(conversation), &json!("offered")));
    assert_eq!(ann.next_of("inbox").await["cards"][0]["item"], card["item"]);
    let again = token(Role::Requester, &crate::http_office::requester(1));
    office.http.order(&conversation, "messages", &again, &json!({ "text": "Still there?" })).await;
    assert_eq!(ann.next_of("event").await["data"]["text"], "Still there?");
    office.item(&card["item"], "accept", &office.ann, &json!({})).await.accepted();
    assert_eq!(ann.next_of("event").await["event"], "conversation.agent_joined");
    while ann.next_of("inbox").await["cards"][0]["place"] != "accepted" {}
}
