//! Who gets no stream, and who loses one.

use crate::http_client::Client;
use crate::process::{Site, confined_token, issue, machine_now, token};
use crate::stream_client::{Ask, Stream};
use domain::{Role, Timestamp};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

const CHANNELS: &str =
    "[channels.app]\nkind = \"own\"\nmode = \"messaging\"\n[channels.web]\nkind = \"mweb\"\n";

#[tokio::test]
async fn a_stream_needs_a_token_or_a_ticket_and_a_page_that_may() {
    let site = Site::with(CHANNELS, "[web]\norigins = [\"https://shop.example\"]\n");
    let server = site.serve().await;
    let ann = token(Role::Agent, "ann");
    let opened = async |ask: Ask| ask.open(&server).await.map(|_| 101);
    assert_eq!(opened(Ask::default()).await, Err(401));
    assert_eq!(opened(Ask::with("nonsense")).await, Err(401));
    let hour_ago = Timestamp(machine_now().0 - 7_200_000);
    let expired = issue(crate::process::SECRET, Role::Agent, "ann", None, hour_ago);
    assert_eq!(opened(Ask::with(&expired)).await, Err(401));
    assert_eq!(opened(Ask::with(&token(Role::Gateway, "app"))).await, Err(403));
    assert_eq!(opened(Ask::with(&ann)).await, Ok(101));

    let from = |origin: &str| Ask { origin: Some(origin.to_owned()), ..Ask::with(&ann) };
    assert_eq!(opened(from("https://evil.example")).await, Err(403));
    assert_eq!(opened(from("null")).await, Err(403));
    assert_eq!(opened(from("https://shop.example")).await, Ok(101));
    assert_eq!(opened(from(&format!("http://{}", server.address()))).await, Ok(101));

    let ticket = server.http().post("/v1/stream/tickets", &ann, &json!({})).await;
    assert_eq!((ticket.status, &ticket.body["expires_in_s"]), (201, &json!(30)));
    let ticket = ticket.body["ticket"].as_str().unwrap().to_owned();
    let with = |ticket: &str| Ask { query: format!("ticket={ticket}"), ..Ask::default() };
    assert_eq!(opened(with("0123456789abcdef")).await, Err(401));
    assert_eq!(opened(with(&ticket)).await, Ok(101));
    assert_eq!(opened(with(&ticket)).await, Err(401), "a ticket is used once");
    let used = format!("http://{}/v1/stream/poll?ticket={ticket}", server.address());
    Client::send(reqwest::Client::new().get(used)).await.unwrap().problem(401, "ticket_invalid");

    for after in ["nonsense", "999999999", "0_0", ""] {
        assert_eq!(opened(Ask::with(&ann).after(after)).await, Err(400), "{after}");
    }
    // Of several channels a requester's stream is about one.
    let user = token(Role::Requester, "user-7");
    assert_eq!(opened(Ask::with(&user)).await, Err(400));
    let about = |channel: &str| Ask { query: format!("channel={channel}"), ..Ask::with(&user) };
    assert_eq!(opened(about("app")).await, Ok(101));
    assert_eq!(opened(about("fax")).await, Err(404));
    let confined = confined_token(Role::Requester, "user-7", "web");
    assert_eq!(opened(Ask { token: Some(confined), ..about("app") }).await, Err(403));
    let plain = server.http().get("/v1/stream", &ann).await;
    plain.problem(426, "upgrade_required");
    server.stop().await;
}

/// X1
#[tokio::test]
async fn one_stream_too_many_closes_the_users_oldest_or_is_refused() {
    let site = Site::with(CHANNELS, "[web]\nstreams_per_user_max = 2\nstreams_max = 4\n");
    let server = site.serve().await;
    let [ann, bob] = ["ann", "bob"].map(|name| token(Role::Agent, name));
    let mut first = Stream::open(&server, &ann).await;
    let _second = Stream::open(&server, &ann).await;
    let _third = Stream::open(&server, &ann).await;
    assert_eq!(first.closed().await, 4009);
    drop(first);
    let _bob = Stream::open(&server, &bob).await;
    crate::process::eventually("the limit is reached", async || {
        let kept = Ask::with(&token(Role::Supervisor, "sam")).open(&server).await;
        match kept {
            // Kept until the next attempt, so that the last place is taken.
            Ok(stream) => {
                let refused = Ask::with(&bob).open(&server).await.err();
                drop(stream);
                (refused == Some(503)).then_some(())
            }
            Err(status) => (status == 503).then_some(()),
        }
    })
    .await;
    server.stop().await;
}

/// X1: what is no frame is answered, and what is no bounded text ends the stream.
#[tokio::test]
async fn garbage_is_answered_and_what_is_too_much_ends_the_stream() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let ann = token(Role::Agent, "ann");
    let mut stream = Stream::open(&server, &ann).await;
    for garbage in ["{", "[]", "hello", r#"{"type":"nothing"}"#, r#"{"type":"typing","conversation_id":"x"}"#]
    {
        stream.say_raw(Message::text(garbage)).await;
        let code = stream.next().await["problem"]["code"].as_str().unwrap().to_owned();
        assert!(["invalid_body", "conversation_unknown"].contains(&code.as_str()), "{garbage}: {code}");
    }
    stream.say_raw(Message::binary(vec![0, 1, 2])).await;
    assert_eq!(stream.closed().await, 1003);
    let mut stream = Stream::open(&server, &ann).await;
    stream.say_raw(Message::text("x".repeat(70 * 1024))).await;
    assert_eq!(stream.closed().await, 1009);
    let mut stream = Stream::open(&server, &ann).await;
    for _ in 0..200 {
        stream.say_raw(Message::text(r#"{"type":"ping"}"#)).await;
    }
    assert_eq!(stream.closed().await, 1008);
    server.stop().await;
}
