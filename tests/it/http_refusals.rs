//! Bad input: each has its designed answer, changes nothing, and the server lives on.

use crate::http_client::{Answer, Client, message, raw};
use crate::process::{CHANNELS, COMPANY, SECRET, Server, Site, confined_token, issue, machine_now, token};
use domain::{Role, Timestamp};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

const REQUESTER: &str = "+12025550101";
const INBOUND: &str = "/v1/channels/sms/inbound";
/// The head `{"alg":"none","typ":"JWT"}`.
const NO_ALGORITHM: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";

/// A server with an open conversation of ann's and a closed one, and the place where the log ends.
struct Scene {
    server: Server,
    http: Client,
    open: String,
    closed: String,
    position: String,
}

impl Scene {
    async fn set(site: &Site) -> Self {
        let server = site.serve().await;
        let (http, gateway, ann) = (server.http(), gateway(), token(Role::Agent, "ann"));
        let closed = message("SM-1", "+12025550102", COMPANY, "Hello?");
        let closed = http.inbound("sms", &gateway, &closed).await.conversation;
        http.order(&closed, "end", &gateway, &json!({})).await;
        let open = message("SM-2", REQUESTER, COMPANY, "Hello?");
        let open = http.inbound("sms", &gateway, &open).await.conversation;
        let position = http.order(&open, "join", &ann, &json!({})).await.position;
        Self { server, http, open, closed, position }
    }

    /// A path below the open conversation.
    fn path(&self, what: &str) -> String {
        format!("/v1/conversations/{}/{what}", self.open)
    }

    /// A message into the open conversation.
    fn post(&self, token: &str) -> RequestBuilder {
        self.http.request(Method::POST, &self.path("messages"), token)
    }

    /// L3, C1: nothing was stored in the meantime, and the next record takes the next position.
    async fn check_unchanged(self) {
        let ann = token(Role::Agent, "ann");
        assert_eq!(self.http.events(&self.open, &ann).await.len(), 3);
        assert_eq!(self.http.events(&self.closed, &ann).await.len(), 3);
        let next = self.http.order(&self.open, "hold", &ann, &json!({})).await.position;
        let number = |position: &str| position.rsplit_once('-').unwrap().1.parse::<u64>().unwrap();
        assert_eq!(number(&next), number(&self.position) + 1);
        self.server.stop().await;
    }
}

fn gateway() -> String {
    token(Role::Gateway, "twilio")
}

/// A message with one field set to something else.
fn but(field: &str, value: impl Into<Value>) -> Value {
    let mut message = message("SM-9", REQUESTER, COMPANY, "Hello?");
    message[field] = value.into();
    message
}

/// A message without a field.
fn without(field: &str) -> Value {
    let mut message = but(field, "");
    message.as_object_mut().unwrap().remove(field);
    message
}

async fn answer(request: RequestBuilder) -> Answer {
    Client::send(request).await.unwrap()
}

#[tokio::test]
async fn a_body_that_is_not_what_it_should_be_is_refused_and_changes_nothing() {
    let site = Site::new(CHANNELS);
    let scene = Scene::set(&site).await;
    let attachment = json!([{ "url": "https://example.com/a.png" }]);
    for (body, status, code) in [
        ("{\"provider_message_id\": ".to_owned(), 400, "malformed_json"),
        (String::new(), 400, "malformed_json"),
        ("\u{0}".to_owned(), 400, "malformed_json"),
        ("[".repeat(20_000), 400, "malformed_json"),
        ("[]".to_owned(), 422, "invalid_body"),
        ("null".to_owned(), 422, "invalid_body"),
        (but("texts", "x").to_string(), 422, "invalid_body"),
        (but("text", 5).to_string(), 422, "invalid_body"),
        (but("attachments", attachment).to_string(), 422, "invalid_body"),
        (but("context", json!({ "page": 5 })).to_string(), 422, "invalid_body"),
        (but("sent_at", "yesterday").to_string(), 422, "invalid_body"),
        (without("provider_message_id").to_string(), 422, "invalid_body"),
        (but("provider_message_id", "").to_string(), 422, "invalid_body"),
        (but("provider_message_id", "a b").to_string(), 422, "invalid_body"),
        (but("provider_message_id", "a".repeat(257)).to_string(), 422, "invalid_body"),
        (without("from").to_string(), 422, "invalid_body"),
        (but("text", "").to_string(), 422, "invalid_message"),
        (without("text").to_string(), 422, "invalid_message"),
        (but("text", "a".repeat(16 * 1024 + 1)).to_string(), 422, "invalid_message"),
        (but("text", "a".repeat(64 * 1024)).to_string(), 413, "body_too_large"),
        (but("from", "12025550101").to_string(), 422, "invalid_address"),
        (but("from", "+1 202 555 0101").to_string(), 422, "invalid_address"),
        (but("from", "").to_string(), 422, "invalid_body"),
        (but("to", "shop").to_string(), 422, "invalid_address"),
        (but("to", "+12025550198").to_string(), 422, "company_address_unknown"),
    ] {
        let request = scene.http.request(Method::POST, INBOUND, &gateway());
        let said: String = body.chars().take(60).collect();
        let answer = answer(request.header("content-type", "application/json").body(body)).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (status, Some(code)), "{said}");
        answer.problem(status, code);
    }
    scene.check_unchanged().await;
}

/// X1
#[tokio::test]
async fn a_body_without_a_bound_or_an_end_is_refused_and_changes_nothing() {
    let site = Site::with(CHANNELS, "[server]\nbody_timeout_s = 1\n");
    let scene = Scene::set(&site).await;
    let head = |more: &str| {
        let token = gateway();
        format!(
            "POST {INBOUND} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\n{more}\r\n\r\n"
        )
    };
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    let announced = head("Content-Length: 999999999");
    let endless = head("Transfer-Encoding: chunked") + &chunk.repeat(20);
    let nobody = head("Transfer-Encoding: chunked").replace("Bearer", "Nobody") + &chunk;
    let slow_chunked = head("Transfer-Encoding: chunked") + "100\r\n{";
    let slow = head("Content-Length: 100") + "{";
    for (bytes, status, code) in [
        (announced, "413", "body_too_large"),
        (endless, "413", "body_too_large"),
        (nobody, "401", "token_invalid"),
        (slow, "408", "body_timeout"),
        (slow_chunked, "408", "body_timeout"),
    ] {
        let said = raw(scene.server.address(), bytes.as_bytes());
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
        assert!(said.contains("application/problem+json") && said.contains(code), "{said}");
    }
    // What is no HTTP at all has no problem's body, but an answer and no effect.
    for bytes in ["GET / HTTP/9\r\n\r\n", "\u{1}\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"] {
        let said = raw(scene.server.address(), bytes.as_bytes());
        assert!(said.starts_with("HTTP/1.1 400 "), "{bytes:?}: {said}");
    }
    let endless_head = format!("GET / HTTP/1.1\r\nX-A: {}", "a".repeat(300_000));
    let said = raw(scene.server.address(), endless_head.as_bytes());
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    scene.check_unchanged().await;
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused_and_changes_nothing() {
    let site = Site::new(CHANNELS);
    let scene = Scene::set(&site).await;
    let good = token(Role::Agent, "ann");
    let claims = good.split('.').nth(1).unwrap();
    let long_ago = Timestamp(machine_now().0 - 7_200_000);
    let forged = issue("another-secret-0123456789-0123456789", Role::Agent, "ann", None, machine_now());
    let body = json!({ "text": "Hello?" });
    for (token, code) in [
        (issue(SECRET, Role::Agent, "ann", None, long_ago), "token_expired"),
        (forged, "token_invalid"),
        (format!("{NO_ALGORITHM}.{claims}."), "token_invalid"),
        (format!("{NO_ALGORITHM}.{claims}.{}", good.rsplit('.').next().unwrap()), "token_invalid"),
        (good[..good.len() - 2].to_owned(), "token_invalid"),
        ("x".repeat(9000), "token_invalid"),
        ("x".to_owned(), "token_invalid"),
    ] {
        let answer = answer(scene.post(&token).json(&body)).await;
        answer.problem(401, code);
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
    let request = |url: String| reqwest::Client::new().post(url).json(&body);
    let url = format!("http://{}{}", scene.server.address(), scene.path("messages"));
    answer(request(url.clone())).await.problem(401, "token_missing");
    answer(request(url.clone()).header("Authorization", "Basic YTpi")).await.problem(401, "token_invalid");
    let twice = request(url).bearer_auth(&good).bearer_auth(&good);
    answer(twice).await.problem(401, "token_invalid");
    scene.check_unchanged().await;
}

/// Who may not know of a conversation is told that there is none.
#[tokio::test]
async fn a_role_reaches_what_is_its_own_and_nothing_else() {
    let site = Site::new(CHANNELS);
    let scene = Scene::set(&site).await;
    let (http, say) = (&scene.http, json!({ "text": "Hello?" }));
    let requester = token(Role::Requester, REQUESTER);
    let stranger = token(Role::Requester, "+12025550103");
    let elsewhere = confined_token(Role::Requester, REQUESTER, "web");
    let (agent, admin) = (token(Role::Agent, "ann"), token(Role::Admin, "adam"));
    for (path, token) in [
        (INBOUND.to_owned(), &agent),
        (scene.path("join"), &gateway()),
        (scene.path("hold"), &requester),
        (scene.path("resume"), &admin),
        (scene.path("messages"), &admin),
        ("/v1/conversations".to_owned(), &requester),
        ("/v1/conversations".to_owned(), &gateway()),
    ] {
        http.post(&path, token, &say).await.problem(403, "role_forbidden");
    }
    for (path, token) in
        [("/v1/conversations", &requester), ("/v1/conversations", &gateway()), ("/metrics", &agent)]
    {
        http.get(path, token).await.problem(403, "role_forbidden");
    }
    let confined = confined_token(Role::Gateway, "twilio", "web");
    http.post(INBOUND, &confined, &but("text", "Hi")).await.problem(403, "role_forbidden");
    for token in [&stranger, &elsewhere] {
        http.post(&scene.path("messages"), token, &say).await.problem(404, "conversation_unknown");
        http.post(&scene.path("end"), token, &json!({})).await.problem(404, "conversation_unknown");
        for what in ["", "/events"] {
            let path = format!("/v1/conversations/{}{what}", scene.open);
            http.get(&path, token).await.problem(404, "conversation_unknown");
            assert_eq!(http.get(&path, &requester).await.status, 200);
        }
    }
    http.get(&scene.path("timers"), &requester).await.problem(403, "role_forbidden");
    http.get(&scene.path("timers"), &confined).await.problem(404, "conversation_unknown");
    scene.check_unchanged().await;
}

#[tokio::test]
async fn a_place_or_a_way_that_does_not_exist_is_refused_and_changes_nothing() {
    let site = Site::new(CHANNELS);
    let scene = Scene::set(&site).await;
    let (http, ann, say) = (&scene.http, token(Role::Agent, "ann"), json!({ "text": "Hello?" }));
    http.post("/v1/channels/fax/inbound", &gateway(), &but("text", "Hi"))
        .await
        .problem(404, "channel_unknown");
    http.post("/v1/channels/%00/inbound", &gateway(), &but("text", "Hi"))
        .await
        .problem(404, "channel_unknown");
    for id in ["x", "%20", "019a0000-0000-7000-8000-000000000000", &"9".repeat(2000)] {
        let path = format!("/v1/conversations/{id}");
        http.get(&path, &ann).await.problem(404, "conversation_unknown");
        http.post(&format!("{path}/messages"), &ann, &say).await.problem(404, "conversation_unknown");
    }
    for path in ["/", "/v1", "/v2/conversations", "/v1/conversations/", "/v1/channels/sms", "/metrics/x"] {
        http.get(path, &ann).await.problem(404, "route_unknown");
    }
    for (method, path) in [
        (Method::GET, INBOUND.to_owned()),
        (Method::DELETE, "/v1/conversations".to_owned()),
        (Method::POST, scene.path("events")),
        (Method::GET, scene.path("join")),
        (Method::from_bytes(b"BREW").unwrap(), "/livez".to_owned()),
    ] {
        answer(http.request(method, &path, &ann)).await.problem(405, "method_not_allowed");
    }
    let list = "/v1/conversations";
    for (path, query) in [
        (list, "limit=0"),
        (list, "limit=ten"),
        (list, "state=sleeping"),
        (list, "cursor=x"),
        (list, "at_least=x"),
        (list, "limits=1"),
        (list, "limit=1&limit=2"),
        (list, "channel=%00"),
        (&scene.path("events"), "after=-1"),
        (&scene.path("events"), "limit=1001"),
        (&scene.path("timers"), "limit=1"),
    ] {
        http.get(&format!("{path}?{query}"), &ann).await.problem(400, "invalid_query");
    }
    for key in ["", "a b", &"a".repeat(257), "é"] {
        let answer = answer(scene.post(&ann).header("Idempotency-Key", key).json(&say)).await;
        answer.problem(400, "invalid_idempotency_key");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let answer = answer(scene.post(&ann).header("content-type", kind).body("{}")).await;
        answer.problem(415, "unsupported_media_type");
    }
    let zipped = scene.post(&ann).header("content-encoding", "gzip").json(&say);
    answer(zipped).await.problem(415, "unsupported_media_type");
    scene.check_unchanged().await;
}
