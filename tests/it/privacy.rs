//! P1: no text, no address, no name and no secret is in anything that the process says of itself, however much it is
//! asked to say.

use crate::http_client::{Client, message};
use crate::process::{SECRET, Site, eventually, token};
use channels::twilio::signature::sign;
use domain::Role;
use reqwest::Method;
use serde_json::json;

const REQUESTER: &str = "+12025550143";
const COMPANY: &str = "+12025550187";
const TWILIO: &str = "/v1/channels/sms/twilio";
/// In every text, name, URL, variable and key that a client may choose.
const MARK: &str = "zebra-quartz";

const CHANNELS: &str = r#"
[channels.sms]
kind = "sms"
proactive_active = true
proactive_allow_manual_recipient = true
addresses = ["+12025550187"]
prompt_agent_after = 1
prompt_agent_message = "zebra-quartz prompt"
"#;

/// Twilio on the channel, with a secret that is marked too.
const DELIVERY: &str = r#"
[delivery]
public_url = "https://talk.example.org"
[delivery.channels.sms]
provider = "twilio"
account_sid = "AC1"
auth_token = "zebra-quartz-token"
"#;

/// Posts a message as Twilio does, signed or not.
fn twilio(http: &Client, path: &str, from: &str, signed: bool) -> reqwest::RequestBuilder {
    let form = [("MessageSid", MARK), ("From", from), ("To", COMPANY), ("Body", MARK)];
    let fields = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let signature = sign("zebra-quartz-token", &format!("https://talk.example.org{path}"), &fields);
    let signature = if signed { signature } else { format!("{MARK}{signature}") };
    http.request(Method::POST, path, "").header("x-twilio-signature", signature).form(&form)
}

/// Every route in every way that can go well.
async fn walk(http: &Client) -> String {
    let (gateway, ann) = (token(Role::Gateway, "twilio"), token(Role::Agent, "ann"));
    let mut first = message(&format!("{MARK}-1"), REQUESTER, COMPANY, MARK);
    first["context"] = json!({ MARK: MARK });
    first["attachments"] = json!([{
        "url": format!("https://example.com/{MARK}"), "content_type": "image/png", "name": MARK,
    }]);
    let id = http.inbound("sms", &gateway, &first).await.conversation;
    assert!(http.inbound("sms", &gateway, &first).await.duplicate);
    http.order(&id, "join", &ann, &json!({})).await;
    // ACT-2: what the engine says itself is a text too.
    http.event(&id, "conversation.agent_prompted", &ann).await;
    let path = format!("/v1/conversations/{id}/messages");
    http.post_as(MARK, &path, &ann, &json!({ "text": MARK })).await.accepted();
    let requester = token(Role::Requester, REQUESTER);
    http.order(&id, "messages", &requester, &json!({ "text": MARK })).await;
    http.order(&id, "hold", &ann, &json!({})).await;
    http.order(&id, "resume", &ann, &json!({})).await;
    // OPT-1: whoever is to be notified by text message has asked for it.
    http.inbound("sms", &gateway, &message(&format!("{MARK}-start"), REQUESTER, COMPANY, "START")).await;
    let notification = json!({
        "channel": "sms", "address": REQUESTER, "text": MARK, "link": format!("https://example.com/{MARK}"),
    });
    assert_eq!(http.post_as(MARK, "/v1/notifications", &gateway, &notification).await.status, 202);
    let named = json!({ "channel": "sms", "address": REQUESTER });
    let window =
        http.post("/v1/windows", &gateway, &named).await.ok()["window_id"].as_str().unwrap().to_owned();
    http.post(&format!("/v1/windows/{window}/page"), &gateway, &named).await.ok();
    http.get(&format!("/v1/unread?channel=sms&address=%2B{}", &REQUESTER[1..]), &gateway).await.ok();
    http.order(&id, "seen", &ann, &json!({})).await;
    http.get("/v1/agents/ann/ongoing", &ann).await.ok();
    for what in ["", "/events", "/timers", "/history", "/transcript", "/transcript?kind=internal&format=text"]
    {
        let answer = http.get(&format!("/v1/conversations/{id}{what}"), &ann).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    http.get("/v1/conversations?agent=ann", &ann).await.ok();
    http.order(&id, "end", &requester, &json!({})).await;
    let start = json!({ "channel": "sms", "to": REQUESTER, "from": COMPANY, "text": MARK });
    http.post("/v1/conversations", &ann, &start).await.accepted();
    Client::send(twilio(http, TWILIO, REQUESTER, true))
        .await
        .map(|answer| assert_eq!(answer.status, 200))
        .unwrap();
    id
}

/// Every mistake that can carry something personal; none of the answers repeats it.
async fn stumble(http: &Client, id: &str) {
    let (gateway, ann) = (token(Role::Gateway, "twilio"), token(Role::Agent, "ann"));
    let inbound = "/v1/channels/sms/inbound";
    let json_type = ("content-type", "application/json");
    let post = |path: &str, token: &str| http.request(Method::POST, path, token);
    let wrong_number = message("1", &REQUESTER[1..], COMPANY, MARK);
    let wrong_company = message("1", REQUESTER, "+12025550143", MARK);
    let reused = message(&format!("{MARK}-1"), REQUESTER, COMPANY, "other");
    let broken = format!("{{\"text\": \"{MARK} {REQUESTER}\" \"{MARK}\"");
    let requests = [
        twilio(http, TWILIO, REQUESTER, false),
        twilio(http, TWILIO, &REQUESTER[1..], true),
        twilio(http, TWILIO, "", true),
        twilio(http, &format!("{TWILIO}/status/{MARK}"), REQUESTER, true),
        twilio(http, &format!("{TWILIO}/status/{MARK}"), REQUESTER, false),
        post(inbound, &gateway).json(&wrong_number),
        post(inbound, &gateway).json(&wrong_company),
        post(inbound, &gateway).json(&reused),
        post(inbound, &gateway).header(json_type.0, json_type.1).body(broken),
        post(inbound, &gateway).json(&json!({ REQUESTER: MARK })),
        post(inbound, &gateway).json(&json!({ "text": { REQUESTER: MARK } })),
        post(inbound, &gateway).json(&json!(MARK)),
        post(inbound, &gateway).body(MARK),
        post(inbound, &ann).json(&wrong_number),
        post(inbound, MARK).json(&wrong_number),
        post(&format!("/v1/channels/{MARK}/inbound"), &gateway).json(&wrong_number),
        post(&format!("/v1/conversations/{id}/messages"), &ann).json(&json!({ "text": MARK })),
        post(&format!("/v1/conversations/{MARK}/messages"), &ann).json(&json!({ "text": MARK })),
        post(&format!("/{MARK}/{REQUESTER}"), &ann),
        post("/v1/notifications", &gateway).json(&json!({
            "channel": "sms", "address": &REQUESTER[1..], "text": MARK, "link": MARK,
        })),
        post("/v1/notifications", &gateway).json(&json!({
            "channel": "sms", "address": REQUESTER, "text": MARK, "link": MARK,
        })),
        http.request(Method::GET, &format!("/v1/unread?channel={MARK}&address={REQUESTER}"), &gateway),
        post("/v1/conversations", &ann)
            .header("Idempotency-Key", format!("{MARK} {REQUESTER}"))
            .json(&json!({ "channel": "sms", "to": REQUESTER, "from": COMPANY, "text": MARK })),
        http.request(Method::GET, &format!("/v1/conversations?{MARK}={REQUESTER}"), &ann),
        http.request(Method::GET, &format!("/v1/conversations?state={MARK}"), &ann),
        http.request(Method::GET, &format!("/v1/conversations?agent={MARK}%20{REQUESTER}"), &ann),
        http.request(Method::from_bytes(b"ZEBRA-QUARTZ").unwrap(), "/livez", &ann),
        http.request(Method::GET, "/v1/conversations", &token(Role::Requester, "+12025550144")),
    ];
    for request in requests {
        let answer = Client::send(request).await.unwrap();
        assert!((400..500).contains(&answer.status), "{}", answer.text);
        check_silent("an answer", &answer.text);
    }
}

#[track_caller]
fn check_silent(where_from: &str, text: &str) {
    let tokens = ["eyJ0eXAi", "eyJhbGci", "Bearer ey"];
    let numbers = [&REQUESTER[1..], &COMPANY[1..], "12025550144", "2025550143", "2025550187"];
    for hidden in [MARK, "ZEBRA-QUARTZ", SECRET].into_iter().chain(numbers).chain(tokens) {
        let line = text.lines().find(|line| line.contains(hidden));
        assert!(line.is_none(), "{hidden} is in {where_from}: {line:?}");
    }
}

/// P1, with everything that can be logged, in both formats, over a kill and a recovery.
#[tokio::test]
async fn neither_logs_nor_metrics_hold_anything_personal_or_secret() {
    for format in ["text", "json"] {
        let site =
            Site::with(CHANNELS, &format!("[log]\nfilter = \"trace\"\nformat = \"{format}\"\n{DELIVERY}"));
        let server = site.serve().await;
        let id = walk(&server.http()).await;
        stumble(&server.http(), &id).await;
        let metrics = server.http().get("/metrics", &token(Role::Admin, "adam")).await.text;
        assert!(metrics.contains("colloquy_http_requests_total"));
        check_silent("the metrics", &metrics);
        let said = eventually("something is logged", async || {
            let said = server.output();
            said.contains("request refused").then_some(said)
        });
        check_silent("the log", &said.await);
        server.kill();
        let server = site.serve().await;
        server.http().get(&format!("/v1/conversations/{id}"), &token(Role::Agent, "ann")).await.ok();
        check_silent("the log after a recovery", &server.output());
        server.ask_to_stop();
        let last = site.path("output-1");
        assert_eq!(server.ended().await.code(), Some(0));
        check_silent("the last words", &std::fs::read_to_string(last).unwrap());
    }
}

/// P1: nor do names of files, and nor does the command line.
#[tokio::test]
async fn neither_the_names_of_files_nor_the_commands_hold_anything_personal_or_secret() {
    let site = Site::with(CHANNELS, DELIVERY);
    let server = site.serve().await;
    walk(&server.http()).await;
    server.stop().await;
    for args in [
        ["replay", "--store", "store", "--verify"].as_slice(),
        &["serve", "--config", "colloquy.toml", "--print-config"],
        &["config", "check", "--config", "colloquy.toml"],
    ] {
        let run = site.run(args);
        assert_eq!(run.code, 0, "{run:?}");
        check_silent("what a command says", &(run.stdout + &run.stderr));
    }
    let mut folders = vec![site.path("store")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            check_silent("the name of a file", path.to_str().unwrap());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
}
