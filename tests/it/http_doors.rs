//! Bad input for each door: all routes of the server are walked, so that a new one cannot be forgotten. What only one
//! route can get wrong is in `http_refusals` and with the route's own tests.

use crate::http_client::{Answer, Client, message, raw};
use crate::process::{CHANNELS, COMPANY, Server, Site, token};
use domain::Role;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const REQUESTER: &str = "+12025550101";
/// More than the server takes of anything but a file of users.
const TOO_LARGE: usize = 70_000;

/// What a route takes as its body; the texts are good ones.
#[derive(Clone, Copy)]
enum Takes {
    /// Nothing, and does not look.
    Nothing,
    /// JSON with fields that have to be there.
    Needed(&'static str),
    /// JSON of which no single field has to be there.
    Json(&'static str),
    /// JSON or nothing.
    Maybe(&'static str),
    /// A file of users.
    Csv,
    /// What a provider has signed.
    Signed,
}
use Takes::{Csv, Json, Maybe, Needed, Nothing, Signed};

/// With what something may be answered.
type Problems = &'static [(u16, &'static str)];

const EMPTY: Takes = Maybe("{}");
const WORDS: Takes = Json(r#"{"text":"Hello?"}"#);
const WHOSE: Takes = Maybe(r#"{"channel":"sms","address":"+12025550101"}"#);

/// Every route with the roles that it serves, by their first letters (`d` is the admin), the last of which is the one that
/// tries it; nobody's is open to all.
const DOORS: &[(&str, &str, Takes)] = &[
    ("GET /livez", "", Nothing),
    ("GET /readyz", "", Nothing),
    ("GET /metrics", "sd", Nothing),
    (
        "POST /v1/channels/{channel}/inbound",
        "rgd",
        Needed(r#"{"provider_message_id":"SM9","from":"+12025550101","to":"+12025550199","text":"x"}"#),
    ),
    ("GET /v1/conversations", "asd", Nothing),
    (
        "POST /v1/conversations",
        "as",
        Needed(r#"{"channel":"sms","to":"+12025550109","from":"+12025550199","text":"x"}"#),
    ),
    ("GET /v1/conversations/{id}", "rgasd", Nothing),
    ("GET /v1/conversations/{id}/events", "rgasd", Nothing),
    ("GET /v1/conversations/{id}/timers", "gasd", Nothing),
    ("GET /v1/conversations/{id}/messages", "rgasd", Nothing),
    ("POST /v1/conversations/{id}/messages", "rgas", WORDS),
    ("POST /v1/conversations/{id}/virtual-agent/messages", "g", WORDS),
    ("POST /v1/conversations/{id}/virtual-agent/end", "g", EMPTY),
    ("POST /v1/conversations/{id}/join", "as", EMPTY),
    ("POST /v1/conversations/{id}/hold", "as", EMPTY),
    ("POST /v1/conversations/{id}/resume", "as", EMPTY),
    ("POST /v1/conversations/{id}/end", "rgasd", EMPTY),
    (
        "POST /v1/conversations/bulk",
        "as",
        Needed(r#"{"channel":"sms","from":"+12025550199","text":"x","recipients":[{"to":"+12025550109"}]}"#),
    ),
    ("POST /v1/conversations/{id}/reassociate", "as", Needed(r#"{"user":"u-1","reason":"asked"}"#)),
    ("POST /v1/conversations/{id}/verify", "gas", Needed(r#"{"user":"u-1","pin":"2468"}"#)),
    ("GET /v1/contacts/lookup", "as", Nothing),
    ("GET /v1/compose", "as", Nothing),
    ("GET /v1/users", "d", Nothing),
    ("POST /v1/users/import", "d", Csv),
    ("GET /v1/users/{id}", "d", Nothing),
    ("PUT /v1/users/{id}", "d", Json(r#"{"name":"Ada","phones":["+12025550108"]}"#)),
    ("DELETE /v1/users/{id}", "d", EMPTY),
    ("PUT /v1/users/{id}/pin", "d", Needed(r#"{"pin":"2468"}"#)),
    ("POST /v1/channels/{channel}/twilio", "", Signed),
    ("POST /v1/channels/{channel}/twilio/status/{key}", "", Signed),
    ("POST /v1/windows", "rg", WHOSE),
    ("DELETE /v1/windows/{id}", "rg", Nothing),
    ("POST /v1/windows/{id}/page", "rg", WHOSE),
    ("POST /v1/windows/{id}/renew", "rg", WHOSE),
    ("GET /v1/unread", "rg", Nothing),
    ("GET /v1/requester/devices", "rg", Nothing),
    (
        "PUT /v1/requester/devices/{id}",
        "rg",
        Needed(r#"{"channel":"sms","address":"+12025550101","platform":"fcm","token":"t"}"#),
    ),
    ("DELETE /v1/requester/devices/{id}", "rg", Nothing),
    ("GET /v1/requester/digest", "rg", Nothing),
    (
        "PUT /v1/requester/digest",
        "rg",
        Needed(r#"{"channel":"sms","address":"+12025550101","wish":"usual"}"#),
    ),
    ("POST /v1/notifications", "gd", Needed(r#"{"channel":"sms","address":"+12025550101","text":"x"}"#)),
    ("GET /v1/agents/{id}/ongoing", "asd", Nothing),
    ("POST /v1/conversations/{id}/seen", "as", Maybe(r#"{"up_to":3}"#)),
    ("GET /v1/conversations/{id}/history", "asd", Nothing),
    ("GET /v1/conversations/{id}/transcript", "rgasd", Nothing),
    ("GET /v1/agents", "sd", Nothing),
    ("GET /v1/agents/{id}", "asd", Nothing),
    ("GET /v1/agents/{id}/inbox", "asd", Nothing),
    ("PUT /v1/agents/{id}/presence", "asd", Needed(r#"{"state":"available"}"#)),
    ("GET /v1/queues", "asd", Nothing),
    ("GET /v1/queues/{id}", "asd", Nothing),
    ("GET /v1/work-items", "asd", Nothing),
    ("GET /v1/work-items/{id}", "asd", Nothing),
    ("POST /v1/work-items/{id}/accept", "as", EMPTY),
    ("POST /v1/work-items/{id}/reject", "as", Maybe(r#"{"reason":"busy"}"#)),
    ("POST /v1/work-items/{id}/assign", "sd", Needed(r#"{"agent":"ann"}"#)),
    ("GET /v1/work-items/{id}/explain", "sd", Nothing),
    ("POST /v1/conversations/{id}/transfer", "asd", Json(r#"{"to_queue":"letters"}"#)),
    ("POST /v1/conversations/{id}/opened", "rg", EMPTY),
    ("POST /v1/conversations/{id}/agent-request", "rg", EMPTY),
    ("DELETE /v1/conversations/{id}/agent-request", "rg", EMPTY),
    ("GET /v1/channels/{channel}/outbound", "g", Nothing),
    ("POST /v1/channels/{channel}/outbound/{key}/ack", "g", Needed(r#"{"outcome":"sent"}"#)),
    ("POST /v1/channels/{channel}/outbound/{key}/receipt", "g", Needed(r#"{"status":"read"}"#)),
    ("GET /v1/dead-letters", "d", Nothing),
    ("POST /v1/dead-letters/{key}/redrive", "d", EMPTY),
    ("POST /v1/dead-letters/{key}/discard", "d", EMPTY),
    ("POST /v1/sessions", "", Needed(r#"{"channel":"web"}"#)),
    ("POST /v1/sessions/renew", "r", Nothing),
    ("GET /v1/stream", "ras", Nothing),
    ("GET /v1/stream/poll", "ras", Nothing),
    ("GET /v1/stream/events", "ras", Nothing),
    ("POST /v1/stream/tickets", "ras", Nothing),
    ("GET /v1/configuration/routing", "d", Nothing),
    ("GET /v1/configuration/routing/settings", "d", Nothing),
    ("PUT /v1/configuration/routing/settings", "d", Json(r#"{"look_back":60}"#)),
    ("GET /v1/configuration/routing/{kind}", "d", Nothing),
    ("GET /v1/configuration/routing/{kind}/{name}", "d", Nothing),
    ("PUT /v1/configuration/routing/{kind}/{name}", "d", Needed(r#"{"service_channel":"chat"}"#)),
    ("DELETE /v1/configuration/routing/{kind}/{name}", "d", Nothing),
    ("GET /v1/configuration/texts", "d", Nothing),
    ("GET /v1/configuration/texts/{language}/{key}", "d", Nothing),
    ("PUT /v1/configuration/texts/{language}/{key}", "d", Needed(r#"{"text":"x"}"#)),
    ("DELETE /v1/configuration/texts/{language}/{key}", "d", Nothing),
    ("GET /v1/configuration/components", "asd", Nothing),
    ("GET /v1/configuration/components/{name}", "asd", Nothing),
    (
        "PUT /v1/configuration/components/{name}",
        "d",
        Needed(r#"{"text":"x","choices":[{"value":"a","label":"A"}]}"#),
    ),
    ("DELETE /v1/configuration/components/{name}", "d", Nothing),
    ("GET /v1/configuration/channels/{id}/attachments", "d", Nothing),
    (
        "PUT /v1/configuration/channels/{id}/attachments",
        "d",
        Needed(r#"{"types":["image/png"],"max_bytes":9}"#),
    ),
    ("DELETE /v1/configuration/channels/{id}/attachments", "d", Nothing),
];
const ROLES: [(char, Role); 5] = [
    ('r', Role::Requester),
    ('g', Role::Gateway),
    ('a', Role::Agent),
    ('s', Role::Supervisor),
    ('d', Role::Admin),
];

/// The routes of the server's own source: each path with its methods.
fn routes() -> BTreeMap<String, BTreeSet<String>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/gateway/src/routes.rs");
    let source = fs::read_to_string(source).unwrap();
    let routes = source.split("resource(\"").skip(1).map(|rest| {
        let (path, rest) = rest.split_once('"').unwrap();
        let methods = rest.trim_start_matches([',', ' ', '"', '\n']).split('"').next().unwrap();
        (path.to_owned(), methods.split(", ").map(str::to_owned).collect())
    });
    routes.collect()
}

fn bearer(letter: char) -> String {
    let (_, role) = ROLES.into_iter().find(|(known, _)| *known == letter).unwrap();
    token(role, if role == Role::Requester { REQUESTER } else { "ann" })
}

/// A server, a conversation on it, and what has been found wrong so far.
struct Walk {
    server: Server,
    http: Client,
    conversation: String,
    /// Where the log ended before all this.
    position: String,
    wrong: Vec<String>,
}

impl Walk {
    async fn begin(site: &Site) -> Self {
        let server = site.serve().await;
        let http = server.http();
        let first = message("SM-1", REQUESTER, COMPANY, "Hello?");
        let conversation = http.inbound("sms", &bearer('g'), &first).await.conversation;
        let position = http.order(&conversation, "join", &bearer('a'), &json!({})).await.position;
        Self { server, http, conversation, position, wrong: Vec::new() }
    }

    /// A path on which there is something, as far as there can be; `last` stands in the last of the braces instead.
    fn path(&self, pattern: &str, last: Option<&str>) -> String {
        let mut path = pattern.to_owned();
        if let (Some(last), Some(at)) = (last, pattern.rfind('{')) {
            path = format!("{}{last}{}", &pattern[..at], pattern[at..].split_once('}').unwrap().1);
        }
        let of_conversation = path.starts_with("/v1/conversations/");
        let of_channel = path.starts_with("/v1/configuration/channels/");
        let id = if of_conversation {
            &self.conversation
        } else if of_channel {
            "sms"
        } else {
            "ann"
        };
        let key = if path.contains("/texts/") { "agent_transfer" } else { "x.1.0" };
        let filled =
            [("{channel}", "sms"), ("{id}", id), ("{key}", key), ("{kind}", "queues"), ("{name}", "letters")];
        let filled = filled.into_iter().fold(path, |path, (brace, text)| path.replace(brace, text));
        let filled = filled.replace("{language}", "de");
        let whose = if pattern == "/v1/windows/{id}" { "?channel=sms&address=%2B12025550101" } else { "" };
        filled + whose
    }

    fn request(&self, route: &str, last: Option<&str>, letter: Option<char>) -> RequestBuilder {
        let (method, pattern) = route.split_once(' ').unwrap();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let path = self.path(pattern, last);
        match letter {
            Some(letter) => self.http.request(method, &path, &bearer(letter)),
            None => reqwest::Client::new().request(method, format!("http://{}{path}", self.server.address())),
        }
    }

    /// Sends something and notes if it is not answered with one of these problems.
    async fn expect(&mut self, what: &str, request: RequestBuilder, problems: &[(u16, &str)]) {
        let Answer { status, body, headers, .. } = Client::send(request).await.unwrap();
        let code = body["code"].as_str().unwrap_or_default();
        let is_problem = headers.get("content-type").is_some_and(|kind| kind == "application/problem+json");
        if !is_problem || !problems.contains(&(status, code)) {
            self.wrong.push(format!("{what}: {status} {code}, and not {problems:?}"));
        }
    }

    /// C1, L3: nothing was stored since the one message; the server lives on.
    async fn end(self) {
        assert!(self.wrong.is_empty(), "{} answers are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert_eq!(self.http.events(&self.conversation, &bearer('d')).await.len(), 3);
        assert_eq!(self.http.get("/v1/users", &bearer('d')).await.ok()["users"], json!([]));
        let next = self.http.order(&self.conversation, "hold", &bearer('a'), &json!({})).await.position;
        let number = |position: &str| position.rsplit_once('-').unwrap().1.parse::<u64>().unwrap();
        assert_eq!(number(&next), number(&self.position) + 1, "something else was stored");
        self.server.stop().await;
    }
}

fn site() -> Site {
    let settings = "[web]\nguest_sessions = true\nguest_sessions_per_minute = 1000\n
        [delivery]\npublic_url = \"https://talk.example.org\"\n
        [delivery.channels.other]\nprovider = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"t-o-k-e-n\"\n";
    Site::with(
        &format!("{CHANNELS}[channels.other]\nkind = \"sms\"\naddresses = [\"+12025550198\"]\n"),
        settings,
    )
}

/// The one who tries a route.
fn caller(serves: &str) -> Option<char> {
    serves.chars().last()
}

#[test]
fn the_table_has_every_route_of_the_server_and_no_other() {
    let mut table: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (route, ..) in DOORS {
        let (method, path) = route.split_once(' ').unwrap();
        assert!(
            table.entry(path.to_owned()).or_default().insert(method.to_owned()),
            "{route} is there twice"
        );
    }
    assert_eq!(table, routes());
}

#[tokio::test]
async fn every_door_is_closed_to_nobody_and_to_other_roles_and_to_other_methods() {
    let site = site();
    let mut walk = Walk::begin(&site).await;
    for (route, serves, takes) in DOORS {
        if !serves.is_empty() {
            let request = walk.request(route, None, None);
            walk.expect(&format!("{route} without a token"), request, &[(401, "token_missing")]).await;
        }
        for (letter, _) in ROLES.iter().filter(|(letter, _)| !serves.is_empty() && !serves.contains(*letter))
        {
            let request = walk.request(route, None, Some(*letter));
            walk.expect(&format!("{route} as {letter}"), request, &[(403, "role_forbidden")]).await;
        }
        if matches!(takes, Signed) {
            let forged = walk.request(&route.replace("{channel}", "other"), None, None);
            let forged = forged.header("x-twilio-signature", "AAAA");
            let form = [("MessageSid", "SM1"), ("From", REQUESTER), ("To", "+12025550198"), ("Body", "x")];
            walk.expect(&format!("{route} forged"), forged.form(&form), &[(403, "signature_invalid")]).await;
            let elsewhere = walk.request(route, None, None).form(&form);
            walk.expect(&format!("{route} elsewhere"), elsewhere, &[(404, "channel_unknown")]).await;
            let other = walk.request(&route.replace("{channel}", "other"), None, None);
            let other = other.header("content-type", "text/csv").body("x");
            walk.expect(&format!("{route} as a file"), other, &[(415, "unsupported_media_type")]).await;
        }
    }
    for (path, methods) in routes() {
        let other = ["PATCH", "GET", "PUT"].into_iter().find(|method| !methods.contains(*method)).unwrap();
        let request = walk.request(&format!("{other} {path}"), None, Some('d'));
        walk.expect(&format!("{other} {path}"), request, &[(405, "method_not_allowed")]).await;
    }
    walk.end().await;
}

/// X1
#[tokio::test]
async fn every_door_refuses_a_body_that_is_not_what_it_takes() {
    const SHAPE: &[(u16, &str)] = &[(422, "invalid_body")];
    let site = site();
    let mut walk = Walk::begin(&site).await;
    for (route, serves, takes) in DOORS {
        let (sample, needed) = match takes {
            Nothing | Signed | Csv => continue,
            Needed(sample) => (sample, true),
            Json(sample) | Maybe(sample) => (sample, false),
        };
        let sample: Value = serde_json::from_str(sample).unwrap();
        let mut bad: Vec<(String, Vec<u8>, Problems)> = vec![
            ("an open brace".to_owned(), b"{".to_vec(), &[(400, "malformed_json")]),
            ("a control character".to_owned(), b"\0".to_vec(), &[(400, "malformed_json")]),
            (
                "no UTF-8".to_owned(),
                b"{\"text\":\"\xff\"}".to_vec(),
                &[(400, "malformed_json"), (422, "invalid_body")],
            ),
            ("brackets".to_owned(), "[".repeat(20_000).into_bytes(), &[(400, "malformed_json")]),
            ("a list".to_owned(), b"[]".to_vec(), SHAPE),
            ("null".to_owned(), b"null".to_vec(), SHAPE),
            ("an unknown field".to_owned(), br#"{"no_such_field":1}"#.to_vec(), SHAPE),
            ("too much".to_owned(), vec![b' '; TOO_LARGE], &[(413, "body_too_large")]),
        ];
        if needed {
            bad.push(("nothing said".to_owned(), b"{}".to_vec(), SHAPE));
        }
        for field in sample.as_object().unwrap().keys() {
            let mut wrong = sample.clone();
            wrong[field] = json!({ "no_such": [] });
            bad.push((format!("an object as {field}"), wrong.to_string().into_bytes(), SHAPE));
        }
        for (what, body, problems) in bad {
            let request =
                walk.request(route, None, caller(serves)).header("content-type", "application/json");
            walk.expect(&format!("{route} with {what}"), request.body(body), problems).await;
        }
        for (name, value) in [("content-type", "text/plain"), ("content-encoding", "gzip")] {
            let request = walk.request(route, None, caller(serves)).body(sample.to_string());
            let request = match name {
                "content-type" => request.header(name, value),
                _ => request.header("content-type", "application/json").header(name, value),
            };
            walk.expect(&format!("{route} as {value}"), request, &[(415, "unsupported_media_type")]).await;
        }
    }
    walk.end().await;
}

/// X1
#[tokio::test]
async fn a_file_of_users_is_refused_whole_whatever_is_wrong_with_it() {
    let site = site();
    let mut walk = Walk::begin(&site).await;
    let head = "id,name,phones,email,language,country\n";
    for (what, kind, body, problem) in [
        ("JSON", "application/json", b"{}".to_vec(), (415, "unsupported_media_type")),
        ("nothing", "text/csv", Vec::new(), (422, "invalid_body")),
        ("no columns", "text/csv", b"u-1,,,,,\n".to_vec(), (422, "invalid_body")),
        ("no UTF-8", "text/csv", [head.as_bytes(), b"u-1,\xff,,,,\n"].concat(), (422, "invalid_body")),
        ("an open quote", "text/csv", format!("{head}u-1,\"x,,,,\n").into_bytes(), (422, "invalid_body")),
        (
            "one bad line",
            "text/csv",
            format!("{head}u-1,,,,,\nu-2,,12,,,\n").into_bytes(),
            (422, "invalid_body"),
        ),
    ] {
        let request = walk.request("POST /v1/users/import", None, Some('d')).header("content-type", kind);
        walk.expect(what, request.body(body), &[problem]).await;
    }
    let announced = format!(
        "POST /v1/users/import HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nContent-Type: text/csv\r\n\
         Content-Length: 4194305\r\n\r\n",
        bearer('d')
    );
    let said = raw(walk.server.address(), announced.as_bytes());
    assert!(said.starts_with("HTTP/1.1 413 ") && said.contains("body_too_large"), "{said}");
    walk.end().await;
}

/// The problem of a name that is none, by what the path speaks of.
fn unknown(method: &str, pattern: &str) -> Option<(u16, &'static str)> {
    let of_what = [
        ("/twilio/status/", None),
        ("/outbound/{key}", Some((404, "delivery_unknown"))),
        ("/v1/dead-letters/", Some((404, "delivery_unknown"))),
        ("/attachments", Some((404, "channel_unknown"))),
        ("/v1/configuration/routing/{kind}/{name}", Some((404, "entry_unknown"))),
        ("/v1/configuration/components/{name}", Some((404, "entry_unknown"))),
        ("/v1/configuration/", Some((404, "entry_unknown"))),
        ("/v1/channels/", Some((404, "channel_unknown"))),
        ("/v1/conversations/", Some((404, "conversation_unknown"))),
        ("/v1/users/", Some((404, "user_unknown"))),
        ("/v1/requester/devices/", Some((400, "invalid_query"))),
        ("/v1/windows/", Some((404, "window_unknown"))),
        ("/v1/agents/", Some((404, "agent_unknown"))),
        ("/v1/queues/", Some((404, "queue_unknown"))),
        ("/v1/work-items/", Some((404, "work_item_unknown"))),
    ];
    let (_, problem) = of_what.into_iter().find(|(part, _)| pattern.contains(part)).unwrap();
    // What is put under a name that is none is refused as a whole.
    match (method, pattern) {
        ("PUT", "/v1/users/{id}") => Some((422, "invalid_body")),
        ("PUT", "/v1/configuration/routing/{kind}/{name}" | "/v1/configuration/components/{name}") => {
            Some((422, "bad_configuration"))
        }
        _ => problem,
    }
}

#[tokio::test]
async fn every_door_says_that_there_is_nothing_of_a_name_that_is_none_and_knows_its_parameters() {
    /// What looks at no parameters at all.
    const LAX: [&str; 4] = ["/livez", "/readyz", "/metrics", "/v1/users/{id}"];
    let site = site();
    let mut walk = Walk::begin(&site).await;
    for (route, serves, takes) in DOORS {
        let (method, pattern) = route.split_once(' ').unwrap();
        if method == "GET" && !LAX.contains(&pattern) {
            for query in ["no_such_parameter=1", "%2B12025550123", "limit=0&limit=0&no=1"] {
                let request = walk.request(&format!("{route}?{query}"), None, caller(serves));
                walk.expect(&format!("{route}?{query}"), request, &[(400, "invalid_query")]).await;
            }
        }
        let Some(problem) = pattern.contains('{').then(|| unknown(method, pattern)).flatten() else {
            continue;
        };
        for name in ["%20", "%00", "%F0%9F%92%A9", &"9".repeat(2000)] {
            let request = walk.request(route, Some(name), caller(serves));
            let request = match takes {
                Nothing | Csv | Signed => request,
                Needed(sample) | Json(sample) | Maybe(sample) => {
                    request.header("content-type", "application/json").body(*sample)
                }
            };
            let shown: String = name.chars().take(9).collect();
            walk.expect(&format!("{route} of {shown}"), request, &[problem]).await;
        }
    }
    walk.end().await;
}
