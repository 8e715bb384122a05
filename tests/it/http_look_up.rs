//! The integrator's look-up, from outside: a fake integrator answers, hangs, talks nonsense or sends elsewhere, and the
//! requester is served all the same.

use crate::http_client::{Client, message};
use crate::process::{CHANNELS, COMPANY, Server, Site, token};
use crate::provider::{KEYS, Provider, Reply, answer};
use channels::standard_webhooks::{Headers, Key, verify};
use domain::{Role, Timestamp};
use serde_json::{Value, json};

/// The settings of somebody who asks there.
fn asking(url: &str, allow_private: bool) -> String {
    let secret = KEYS[0];
    format!(
        "[delivery]\nallow_private_addresses = {allow_private}
[delivery.look_up]\nurl = \"{url}\"\nsecrets = [\"{secret}\"]\n"
    )
}

/// A server that asks the provider.
async fn serving(provider: &Provider) -> (Site, Server) {
    let site = Site::with(CHANNELS, &asking(&format!("http://127.0.0.1:{}/who", provider.port), true));
    let server = site.serve().await;
    (site, server)
}

/// Whose the first conversation of a number is.
async fn whose(http: &Client, number: &str) -> Value {
    let said = message(&format!("SM-{number}"), number, COMPANY, "Hello?");
    let id = http.inbound("sms", &token(Role::Gateway, "twilio"), &said).await.conversation;
    let state = http.get(&format!("/v1/conversations/{id}"), &token(Role::Agent, "ann")).await.ok();
    state["user"].clone()
}

fn users(ids: &[&str]) -> Reply {
    let users: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "name": "A Person" })).collect();
    answer(200, &json!({ "users": users }))
}

/// ID-1, ID-2: asked once for a number that nobody here has, signed; what is answered holds from then on.
#[tokio::test]
async fn whom_the_integrator_knows_has_the_number() {
    let provider = Provider::with([users(&["ada"])]).await;
    let (site, server) = serving(&provider).await;
    let http = server.http();
    assert_eq!(whose(&http, "+12025550143").await, "ada");
    let asked = provider.asked().remove(0);
    assert_eq!((asked.line.as_str(), asked.header("content-type")), ("POST /who", "application/json"));
    assert_eq!(asked.json(), json!({ "channel": "sms", "number": "+12025550143" }));
    let headers = Headers {
        id: asked.header("webhook-id"),
        timestamp: asked.header("webhook-timestamp"),
        signature: asked.header("webhook-signature"),
    };
    let now = Timestamp(headers.timestamp.parse::<i64>().unwrap() * 1000);
    assert_eq!(verify(&[Key::parse(KEYS[0]).unwrap()], headers, &asked.body, now), Ok(()));
    // The profile is there now, so that nobody is asked again (ID-3).
    let again = message("SM-2", "+12025550143", COMPANY, "And?");
    http.inbound("sms", &token(Role::Gateway, "twilio"), &again).await;
    assert_eq!(provider.asked().len(), 1);
    server.stop().await;
    assert_eq!(site.verify_store()["differences"], 0);
}

/// ID-2: the directory knows better, and is not asked about.
#[tokio::test]
async fn the_integrator_is_not_asked_about_whom_the_directory_knows() {
    let provider = Provider::with([users(&["bea"])]).await;
    let (_site, server) = serving(&provider).await;
    let http = server.http();
    let put = http.request(reqwest::Method::PUT, "/v1/users/ada", &token(Role::Admin, "root"));
    Client::send(put.json(&json!({ "phones": ["+12025550143"] }))).await.unwrap().ok();
    assert_eq!(whose(&http, "+12025550143").await, "ada");
    assert_eq!(provider.asked().len(), 0);
}

/// ID-4, ID-6, X1: several are nobody; so is whatever is no plain answer, and the message goes its way. Nothing that is
/// said of it names the number (P1).
#[tokio::test]
async fn whatever_is_no_plain_answer_is_nobody() {
    let elsewhere = Provider::with([users(&["eve"])]).await;
    let to: &'static str = format!("location: http://127.0.0.1:{}/who\r\n", elsewhere.port).leak();
    let text = |status, body: &str| Reply::Answer(status, "", body.to_owned());
    let huge = format!("{{\"users\":[{{\"id\":\"ada\",\"name\":\"{}\"}}]}}", "x".repeat(100_000));
    let replies = [
        users(&["ada", "bea"]),
        users(&[]),
        users(&["no blanks"]),
        text(200, "not json"),
        text(200, &huge),
        text(500, "{\"users\":[{\"id\":\"ada\"}]}"),
        Reply::Answer(307, to, String::new()),
        Reply::Garbage,
        Reply::Endless,
        Reply::Half,
        Reply::Close,
        Reply::Hang,
        Reply::Drip,
    ];
    let count = replies.len();
    let provider = Provider::with(replies.clone()).await;
    let (site, server) = serving(&provider).await;
    let http = server.http();
    for (number, reply) in (100..).zip(&replies) {
        assert_eq!(whose(&http, &format!("+12025550{number}")).await, Value::Null, "{reply:?}");
    }
    assert_eq!((provider.asked().len(), elsewhere.asked().len()), (count, 0), "one try, and none elsewhere");
    let metrics = http.get("/metrics", &token(Role::Admin, "root")).await.text;
    for (outcome, times) in [("answered", 2), ("bad_answer", 7), ("http_status", 2), ("timeout", 2)] {
        let line = format!("colloquy_user_look_ups_total{{outcome=\"{outcome}\"}} {times}\n");
        assert!(metrics.contains(&line), "{line}{metrics}");
    }
    assert!(!metrics.contains("2025550") && !server.output().contains("2025550"));
    server.stop().await;
    assert_eq!(site.verify_store()["differences"], 0);
}

/// ID-1: a name that leads into the machine's own network is not followed, unless that is allowed.
#[tokio::test]
async fn a_look_up_does_not_reach_a_private_address() {
    let provider = Provider::with([users(&["ada"])]).await;
    let site = Site::with(CHANNELS, &asking(&format!("https://localhost:{}/who", provider.port), false));
    let server = site.serve().await;
    assert_eq!(whose(&server.http(), "+12025550143").await, Value::Null);
    assert_eq!(provider.asked().len(), 0);
    let bare = Site::with(CHANNELS, &asking("https://127.0.0.1/who", false));
    let refused = bare.run(&["config", "check", "--config", "colloquy.toml"]);
    assert!(refused.stderr.contains("delivery.look_up.url must be an address that is public"), "{refused:?}");
}

/// The settings are shown without the key, and the environment goes before the file.
#[tokio::test]
async fn where_is_asked_can_be_set_and_shown() {
    let provider = Provider::with([users(&["ada"])]).await;
    let site = Site::with(CHANNELS, &asking("http://127.0.0.1:1/who", true));
    let shown = site.run(&["serve", "--config", "colloquy.toml", "--print-config"]).stdout;
    assert!(shown.contains("[delivery.look_up]\nurl = \"http://127.0.0.1:1/who\""), "{shown}");
    assert!(!shown.contains(KEYS[0]), "{shown}");
    let url = format!("http://127.0.0.1:{}/env", provider.port);
    let server = site.serve_with(&[("COLLOQUY_DELIVERY__LOOK_UP__URL", &url)]).await;
    assert_eq!(whose(&server.http(), "+12025550143").await, "ada");
    assert_eq!(provider.asked()[0].line, "POST /env");
}
