//! Twilio's messages and statuses come in over HTTP: by signature, once each, and from nobody else.

use crate::http_client::{Answer, Client};
use crate::process::{COMPANY, Server, Site, token};
use channels::twilio::signature::sign;
use domain::Role;
use reqwest::Method;
use serde_json::json;

const PUBLIC: &str = "https://talk.example.org/colloquy";
const TOKEN: &str = "t-o-k-e-n";
const SECOND: &str = "s-e-c-o-n-d";
const INBOUND: &str = "/v1/channels/sms/twilio";
const CHANNELS: &str = crate::process::CHANNELS;
const EMPTY: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;

async fn serve() -> (Site, Server) {
    let delivery = format!(
        "[delivery]\npublic_url = \"{PUBLIC}/\"\n[delivery.channels.sms]\nprovider = \"twilio\"\naccount_sid = \"AC1\"
        auth_token = \"{TOKEN}\"\nsecondary_auth_token = \"{SECOND}\"\n[server]\nbody_max = 4096\n"
    );
    let site = Site::with(CHANNELS, &delivery);
    let server = site.serve().await;
    (site, server)
}

/// The form of a text message.
fn form(sid: &str, from: &str, text: &str) -> Vec<(String, String)> {
    [
        ("MessageSid", sid),
        ("From", from),
        ("To", COMPANY),
        ("Body", text),
        ("NumMedia", "0"),
        ("ApiVersion", "2010-04-01"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

async fn post(http: &Client, path: &str, form: &[(String, String)], signature: &str) -> Answer {
    // Twilio sends no token; whoever sends one is not believed for it.
    let request = http.request(Method::POST, path, "none").header("x-twilio-signature", signature).form(form);
    Client::send(request).await.unwrap()
}

async fn post_signed(http: &Client, path: &str, form: &[(String, String)]) -> Answer {
    post(http, path, form, &sign(TOKEN, &format!("{PUBLIC}{path}"), form)).await
}

#[track_caller]
fn check_taken(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_str()), (200, EMPTY));
    assert_eq!(answer.header("content-type"), "text/xml");
}

/// MSG-25, L6
#[tokio::test]
async fn a_signed_message_comes_in_once_and_a_second_time_is_answered_the_same() {
    let (site, server) = serve().await;
    let http = server.http();
    let ann = token(Role::Agent, "ann");
    let mut picture = form("SM-1", "+12025550123", "Look: äö & more");
    picture[4].1 = "1".to_owned();
    picture.extend([
        ("MediaUrl0".to_owned(), "https://api.twilio.com/m/1".to_owned()),
        ("MediaContentType0".to_owned(), "image/jpeg".to_owned()),
    ]);
    for _ in 0..2 {
        check_taken(&post_signed(&http, INBOUND, &picture).await);
    }
    // The same message, pushed in by an integrator's gateway: its id is known.
    let pushed = json!({
        "provider_message_id": "SM-1", "from": "+12025550123", "to": COMPANY, "text": "Look: äö & more",
        "attachments": [{ "url": "https://api.twilio.com/m/1", "content_type": "image/jpeg" }],
    });
    let known = http.inbound("sms", &token(Role::Gateway, "own"), &pushed).await;
    assert!(known.duplicate);
    let id = known.conversation;
    let events = http.events(&id, &ann).await;
    let received: Vec<_> =
        events.iter().filter(|event| event["type"] == "conversation.requester_message_posted").collect();
    assert_eq!(received.len(), 1, "{events:?}");
    let message = received[0].to_string();
    for part in ["Look: äö & more", "https://api.twilio.com/m/1", "image/jpeg"] {
        assert!(message.contains(part), "{message}");
    }
    let other = post_signed(&http, INBOUND, &form("SM-1", "+12025550123", "something else")).await;
    other.problem(409, "idempotency_key_reused");
    server.stop().await;
    site.verify_store();
}

#[tokio::test]
async fn a_forged_message_is_refused_and_changes_nothing() {
    let (_site, server) = serve().await;
    let http = server.http();
    let message = form("SM-1", "+12025550123", "Hello");
    let good = sign(TOKEN, &format!("{PUBLIC}{INBOUND}"), &message);
    let by_second = sign(SECOND, &format!("{PUBLIC}{INBOUND}"), &message);
    let mut changed = message.clone();
    changed[3].1 = "Hello!".to_owned();
    let by_another = sign("another", &format!("{PUBLIC}{INBOUND}"), &message);
    let for_another_url = sign(TOKEN, &format!("https://talk.example.org{INBOUND}"), &message);
    for (path, form, signature) in [
        (INBOUND, &changed, good.as_str()),
        (INBOUND, &message, ""),
        (INBOUND, &message, &good[1..]),
        (INBOUND, &message, &by_another),
        (INBOUND, &message, &for_another_url),
        ("/v1/channels/sms/twilio?a=b", &message, &good),
        ("/v1/channels/sms/twilio/status/x", &message, &good),
    ] {
        post(&http, path, form, signature).await.problem(403, "signature_invalid");
    }
    // Had any of them been believed, this id would be known.
    let pushed = crate::http_client::message("SM-1", "+12025550123", COMPANY, "Hello");
    assert!(!http.inbound("sms", &token(Role::Gateway, "own"), &pushed).await.duplicate);
    // While the account's tokens are exchanged, either of them signs.
    for signature in [&good, &by_second] {
        check_taken(&post(&http, INBOUND, &message, signature).await);
    }
    server.stop().await;
}

/// ID-8, X1
#[tokio::test]
async fn what_is_signed_and_still_not_legal_is_told() {
    let (_site, server) = serve().await;
    let http = server.http();
    let (web, none) = ("/v1/channels/web/twilio", "/v1/channels/none/twilio");
    let long = "a".repeat(5000);
    for (path, sid, from, text, status, code) in [
        (INBOUND, "SM-1", "12025550123", "Hello", 422, "invalid_address"),
        (INBOUND, "SM-1", "+12025550123", "", 422, "invalid_message"),
        (INBOUND, "", "+12025550123", "Hello", 422, "invalid_body"),
        (INBOUND, "SM 1", "+12025550123", "Hello", 422, "invalid_body"),
        (INBOUND, "SM-1", "+12025550123", long.as_str(), 413, "body_too_large"),
        (web, "SM-1", "+12025550123", "Hello", 404, "channel_unknown"),
        (none, "SM-1", "+12025550123", "Hello", 404, "channel_unknown"),
    ] {
        post_signed(&http, path, &form(sid, from, text)).await.problem(status, code);
    }
    let text = http.request(Method::POST, INBOUND, "none").header("content-type", "text/plain").body("Hello");
    Client::send(text).await.unwrap().problem(415, "unsupported_media_type");
    http.get(INBOUND, "none").await.problem(405, "method_not_allowed");
    server.stop().await;
}

/// MSG-19: what is on its way is nothing to tell; how statuses of real deliveries are taken is told in `sms_end_to_end`.
#[tokio::test]
async fn a_signed_status_is_taken_and_one_of_no_delivery_is_refused() {
    let (_site, server) = serve().await;
    let http = server.http();
    let path = format!("/v1/channels/sms/twilio/status/{}", crate::provider::key(4));
    let fields = |status: &str| {
        [("MessageSid", "SM-1"), ("MessageStatus", status)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    for status in ["queued", "sent", "sent"] {
        check_taken(&post_signed(&http, &path, &fields(status)).await);
    }
    for status in ["delivered", "failed"] {
        post_signed(&http, &path, &fields(status)).await.problem(404, "delivery_unknown");
    }
    let no_key = "/v1/channels/sms/twilio/status/none";
    post_signed(&http, no_key, &fields("sent")).await.problem(404, "route_unknown");
    post_signed(&http, &path, &fields("")).await.problem(422, "invalid_body");
    server.stop().await;
}
