//! Long polling and server-sent events bring the same frames as a socket.

use crate::http_client::{Client, message};
use crate::process::{DEADLINE, Site, confined_token, token};
use crate::stream_client::Ask;
use domain::Role;
use serde_json::{Value, json};

const CHANNELS: &str = "[channels.app]\nkind = \"own\"\nmode = \"messaging\"\n";

/// Reads server-sent events until there are so many with an id.
async fn server_sent(http: &Client, path: &str, token: &str, last: Option<&str>, count: usize) -> Vec<Value> {
    let mut request = http.request(reqwest::Method::GET, path, token);
    if let Some(last) = last {
        request = request.header("Last-Event-ID", last);
    }
    let mut response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    loop {
        let events =
            text.split("\n\n").filter(|event| event.contains("\"type\":") && !event.contains("hello"));
        let complete: Vec<&str> = events.collect();
        if complete.len() >= count && text.ends_with("\n\n") {
            return complete
                .iter()
                .map(|event| {
                    let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap();
                    let frame: Value = serde_json::from_str(line("data: ")).unwrap();
                    assert_eq!(frame["cursor"], line("id: "));
                    frame
                })
                .collect();
        }
        let chunk = tokio::time::timeout(DEADLINE, response.chunk()).await.expect("events come in time");
        text.push_str(std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap());
    }
}

#[tokio::test]
async fn polling_and_server_sent_events_bring_the_frames_that_a_socket_brings() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "app"));
    let user = confined_token(Role::Requester, "user-7", "app");
    let begun = http.get("/v1/stream/poll", &user).await.ok();
    assert_eq!(begun["frames"], json!([]));
    for number in 0..5 {
        http.inbound("app", &gateway, &message(&number.to_string(), "user-7", "us", "Hello?")).await;
    }
    let mut socket = Ask::with(&user).after("start").open(&server).await.unwrap();
    let mut expected = Vec::new();
    for _ in 0..5 {
        expected.push(socket.next_of("said").await);
    }

    let mut polled = Vec::new();
    let mut cursor = begun["cursor"].as_str().unwrap().to_owned();
    while polled.len() < 5 {
        let page = http.get(&format!("/v1/stream/poll?after={cursor}&wait_s=10"), &user).await.ok();
        page["cursor"].as_str().unwrap().clone_into(&mut cursor);
        polled.extend(page["frames"].as_array().unwrap().clone());
    }
    assert_eq!(polled, expected);
    let nothing = http.get(&format!("/v1/stream/poll?after={cursor}&wait_s=0"), &user).await.ok();
    assert_eq!(nothing["frames"], json!([]));
    // A poll that waits gets what comes.
    let waiting = {
        let (http, user, cursor) = (http.clone(), user.clone(), cursor.clone());
        tokio::spawn(async move {
            http.get(&format!("/v1/stream/poll?after={cursor}&wait_s=15"), &user).await.ok()
        })
    };
    http.inbound("app", &gateway, &message("late", "user-7", "us", "Late")).await;
    let late = waiting.await.unwrap();
    assert_eq!(late["frames"][0]["text"], "Late");
    expected.extend(late["frames"].as_array().unwrap().clone());

    let events = server_sent(&http, "/v1/stream/events?after=start", &user, None, 6).await;
    assert_eq!(events, expected);
    let last = expected[2]["cursor"].as_str();
    let resumed = server_sent(&http, "/v1/stream/events?after=start", &user, last, 3).await;
    assert_eq!(resumed, expected[3..]);
    http.get("/v1/stream/poll?wait_s=31", &user).await.problem(400, "invalid_query");
    server.stop().await;
}

/// Whoever has no socket can still begin to write, for themselves and nobody else.
#[tokio::test]
async fn a_requester_begins_a_conversation_over_http_for_themselves_only() {
    let site =
        Site::new("[channels.app]\nkind = \"own\"\nmode = \"messaging\"\n[channels.sms]\nkind = \"sms\"\n");
    let server = site.serve().await;
    let (http, user) = (server.http(), confined_token(Role::Requester, "user-7", "app"));
    let first = http.inbound("app", &user, &message("1", "user-7", "us", "Hello?")).await;
    let again = http.inbound("app", &user, &message("1", "user-7", "us", "Hello?")).await;
    assert_eq!((&again.message, again.duplicate), (&first.message, true));
    let other = http.post("/v1/channels/app/inbound", &user, &message("2", "user-8", "us", "I am 8")).await;
    other.problem(422, "invalid_address");
    // Who they are stands in the token, and there is no other address of the company's to choose.
    let short = json!({ "provider_message_id": "4", "text": "Still me." });
    let mine = http.inbound("app", &user, &short).await;
    let talk = http.events(&mine.conversation, &token(Role::Agent, "ann")).await;
    assert_eq!(
        (&talk[0]["data"]["requester"], &talk[0]["data"]["company"]),
        (&json!("user-7"), &json!("app"))
    );
    let gateways = http.post("/v1/channels/app/inbound", &token(Role::Gateway, "own"), &short).await;
    gateways.problem(422, "invalid_body");
    let phone = token(Role::Requester, "+12025550101");
    let sms = message("3", "+12025550101", "+12025550199", "Hello?");
    http.post("/v1/channels/sms/inbound", &phone, &sms).await.problem(403, "role_forbidden");
    server.stop().await;
}
