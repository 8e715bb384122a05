//! One try at the integrator's own gateway and at a subscriber: what they get, and whom nobody may be made to reach.

use crate::provider::{
    KEYS, NOW, Provider, Reply, answer, channels, event, key, message, refused, retry, sent, try_once,
};
use channels::http::{ANSWER_MAX, Client, HttpError};
use channels::standard_webhooks::{Headers, Key, verify};
use domain::Seconds;
use domain::channel::ChannelKind;
use engine::{Attempt, Outgoing};
use serde_json::json;
use std::time::Duration;

/// Verifies with either key alone, as a receiver in the middle of a rotation does.
fn check_signed(asked: &crate::provider::Asked, id: &str) {
    let headers = Headers {
        id: asked.header("webhook-id"),
        timestamp: asked.header("webhook-timestamp"),
        signature: asked.header("webhook-signature"),
    };
    assert_eq!(headers.id, id);
    for key in KEYS {
        assert_eq!(verify(&[Key::parse(key).unwrap()], headers, &asked.body, NOW), Ok(()));
    }
}

#[tokio::test]
async fn an_own_gateway_gets_what_is_said_signed_with_every_key() {
    let provider = Provider::with([answer(200, &json!({ "provider_id": "m-17" }))]).await;
    let delivery = message("own", ChannelKind::Own, "Hello", &["application/pdf"]);
    assert_eq!(try_once(&provider.channels(15), &delivery).await, sent("m-17"));
    let asked = provider.asked().remove(0);
    assert_eq!((asked.line.as_str(), asked.header("content-type")), ("POST /out", "application/json"));
    check_signed(&asked, &key(4).to_string());
    let file =
        json!({ "url": "https://files.example/1", "content_type": "application/pdf", "name": "a file" });
    let expected = json!({
        "delivery": key(4).to_string(),
        "conversation_id": key(4).source.to_string(),
        "channel": "own",
        "from": "+12025550100",
        "to": "+12025550123",
        "message_id": "00000000-0000-0000-0000-000000000005",
        "agent": "ann",
        "text": "Hello",
        "attachments": [file],
        "at": "2026-01-31T22:10:47.900Z",
    });
    assert_eq!(asked.json(), expected);
}

#[tokio::test]
async fn what_the_system_says_has_the_key_of_its_meaning_and_no_author() {
    let provider = Provider::with([answer(204, &json!(null))]).await;
    let mut delivery = message("own", ChannelKind::Own, "Are you still there?", &[]);
    let Outgoing::Message(said) = &mut delivery.what else { panic!() };
    (said.message, said.agent) = (None, None);
    said.notice = Some(domain::notice::NoticeKey::IdleReminder);
    assert_eq!(try_once(&provider.channels(15), &delivery).await, Attempt::Sent { provider_id: None });
    let body = provider.asked()[0].json();
    assert_eq!(body["notice"], "idle_reminder");
    assert!(body.get("agent").is_none() && body.get("message_id").is_none(), "{body}");
}

#[tokio::test]
async fn a_subscriber_gets_a_cloud_event() {
    let provider = Provider::with([answer(202, &json!({}))]).await;
    assert_eq!(try_once(&provider.channels(15), &event()).await, Attempt::Sent { provider_id: None });
    let asked = provider.asked().remove(0);
    let said = (asked.line.as_str(), asked.header("content-type"));
    assert_eq!(said, ("POST /crm", "application/cloudevents+json"));
    check_signed(&asked, &key(9).to_string());
    let expected = json!({
        "specversion": "1.0",
        "id": key(9).to_string(),
        "source": "https://talk.example.org",
        "type": "conversation.closed",
        "subject": key(9).source.to_string(),
        "time": "2026-01-31T22:10:47.900Z",
        "datacontenttype": "application/json",
        "channel": "sms",
        "data": { "reason": "ended_by_agent" },
    });
    assert_eq!(asked.json(), expected);
}

#[tokio::test]
async fn a_receiver_says_later_or_never() {
    for (reply, expected) in [
        (Reply::Answer(410, "", String::new()), refused("http_410")),
        (Reply::Answer(422, "", String::new()), refused("http_422")),
        (Reply::Answer(301, "location: /other\r\n", String::new()), refused("http_301")),
        (Reply::Answer(503, "", String::new()), retry("http_503")),
        (
            Reply::Answer(429, "retry-after: 86400\r\n", String::new()),
            Attempt::Retry { code: "http_429".to_owned(), after: Some(Seconds(3600)) },
        ),
        (Reply::Garbage, retry("bad_answer")),
        (Reply::Endless, retry("bad_answer")),
    ] {
        let provider = Provider::with([reply.clone()]).await;
        assert_eq!(try_once(&provider.channels(15), &event()).await, expected, "{reply:?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_to_whoever_is_not_there_or_cannot_be_trusted() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = plain.local_addr().unwrap().port();
    tokio::spawn(async move { while plain.accept().await.is_ok() {} });
    for url in [format!("http://127.0.0.1:{nobody}"), format!("https://127.0.0.1:{port}")] {
        let channels = channels(&format!(
            "allow_private_addresses = true
            [channels.own]\nprovider = \"webhook\"\nurl = \"{url}\"\nsecrets = [\"{}\"]",
            KEYS[0]
        ));
        let delivery = message("own", ChannelKind::Own, "Hello", &[]);
        assert_eq!(try_once(&channels, &delivery).await, retry("connect"), "{url}");
    }
}

/// Whatever name or form an address has, the machine's own network is out of reach.
#[tokio::test]
async fn a_private_address_is_not_reached_by_any_name() {
    let provider = Provider::with([]).await;
    let port = provider.port;
    let by_name = channels(&format!(
        "[channels.own]\nprovider = \"webhook\"\nurl = \"https://localhost:{port}\"\nsecrets = [\"{}\"]",
        KEYS[0]
    ));
    let delivery = message("own", ChannelKind::Own, "Hello", &[]);
    assert_eq!(try_once(&by_name, &delivery).await, retry("private_address"));
    let guarded = Client::new(Duration::from_secs(15), false).unwrap();
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "localhost",
    ] {
        let url = format!("http://{host}:{port}/").parse().unwrap();
        let answer = guarded.send(guarded.get(url), ANSWER_MAX, NOW).await;
        assert_eq!(answer.map(|_| ()).unwrap_err(), HttpError::PrivateAddress, "{host}");
    }
    assert_eq!(provider.asked().len(), 0);
}
