//! Routing is configured over HTTP: what is set is there, also after a restart, with its author; what would not be legal
//! is refused with everything that is wrong, and changes nothing.

use crate::http_client::{Answer, Client};
use crate::process::{CHANNELS, Server, Site, confined_token, token};
use domain::configuration::ConfigurationEvent;
use domain::{Event, Role};
use engine::keys::CONFIGURATION_STREAM;
use reqwest::Method;
use serde_json::{Value, json};
use store::{EventLog as _, SledLog, SledOptions};

const ROUTING: &str = "/v1/configuration/routing";

/// An administrator of a server.
struct Admin {
    http: Client,
    token: String,
}

impl Admin {
    fn of(server: &Server) -> Self {
        Self { http: server.http(), token: token(Role::Admin, "adam") }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.http.request(method, &format!("{ROUTING}{path}"), &self.token);
        let request = body.into_iter().fold(request, |request, body| request.json(body));
        Client::send(request).await.unwrap()
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, Some(&body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    /// Makes a change that is legal; whether anything is different.
    async fn set(&self, path: &str, body: Value) -> bool {
        self.put(path, body).await.ok()["changed"].as_bool().unwrap()
    }
}

/// A routing with an entry of every kind, each after what it refers to.
fn entries() -> [(&'static str, Value); 9] {
    [
        ("/settings", json!({ "reassign_enabled": true, "look_back": 60 })),
        ("/schedules/office", json!({ "zone": "Europe/Berlin", "weekly": ["monday-friday 09:00-17:00"] })),
        ("/presence_states/training", json!({ "receives_work": false, "order": 250 })),
        ("/service_channels/chat", json!({ "kind": "chat", "capacity": 3, "hours": "office" })),
        ("/reject_reasons/language", json!({ "label": "Another language", "reassignable": false })),
        ("/rules/offer", json!({ "offer_timeout": 60, "timeout_presence": "training" })),
        ("/groups/front", json!({ "capacity": { "chat": 2 } })),
        ("/agents/ann", json!({ "groups": ["front"], "skills": { "german": 8 }, "shift": "office" })),
        (
            "/queues/chats",
            json!({
                "service_channel": "chat",
                "condition": "mode == \"chat\"",
                "pools": [{ "groups": ["front"], "rule": "offer" }],
                "skills": [{ "skill": "german", "level": 5, "need": "additional", "drop_order": 1 }],
            }),
        ),
    ]
}

/// Whether everything that one says, the other says too.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| contains(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| contains(whole, part))
        }
        (whole, part) => whole == part,
    }
}

#[tokio::test]
async fn every_kind_of_entry_can_be_set_read_changed_and_taken_away() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let admin = Admin::of(&server);
    let before = admin.get("").await.ok();
    for (path, entry) in entries() {
        assert!(admin.set(path, entry.clone()).await, "{path} is new");
        assert!(!admin.set(path, entry.clone()).await, "{path} is there already");
        let shown = admin.get(path).await.ok();
        if path != "/schedules/office" {
            assert!(contains(&shown, &entry), "{path}: {shown}");
        }
        // What is read can be sent back, and says the same.
        assert!(!admin.set(path, shown).await, "{path} is what was shown");
    }
    assert_eq!(admin.get("/queues/chats").await.ok()["reoffer_after"], 300, "defaults are shown");
    assert_eq!(admin.get("/schedules/office").await.ok()["weekly"][4], "friday 09:00-17:00");
    let all = admin.get("").await.ok();
    for kind in ["queues", "agents", "groups", "rules", "service_channels", "reject_reasons", "schedules"] {
        assert_eq!(admin.get(&format!("/{kind}")).await.ok()[kind], all[kind], "{kind}");
    }
    assert_eq!(all["presence_states"].as_object().unwrap().len(), 4);
    assert_eq!(all["settings"], admin.get("/settings").await.ok());
    // A whole entry is set: what is left out gets its default.
    assert!(admin.set("/queues/chats", json!({ "service_channel": "chat", "order": 7 })).await);
    let queue = admin.get("/queues/chats").await.ok();
    assert_eq!((&queue["order"], &queue["pools"]), (&json!(7), &Value::Null));
    for (path, _) in entries().into_iter().rev().filter(|(path, _)| *path != "/settings") {
        assert_eq!(admin.delete(path).await.ok(), json!({ "changed": true }), "{path}");
        admin.delete(path).await.problem(404, "entry_unknown");
        admin.get(path).await.problem(404, "entry_unknown");
    }
    assert!(admin.set("/settings", json!({})).await);
    assert_eq!(admin.get("").await.ok(), before);
    server.stop().await;
    site.verify_store();
}

#[tokio::test]
async fn what_would_not_be_legal_is_refused_with_everything_that_is_wrong() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let admin = Admin::of(&server);
    for (path, entry) in entries() {
        admin.set(path, entry).await;
    }
    let before = admin.get("").await.ok();
    let chats = |more: Value| {
        let mut queue = json!({ "service_channel": "chat" });
        queue.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        queue
    };
    let cases: [(&str, Value, &[&str]); 8] = [
        (
            "/queues/chats",
            chats(
                json!({ "condition": "mode chat", "nobody": "hope", "pools": [{ "groups": [""], "rule": "offer" }] }),
            ),
            &["queues.chats.condition", "queues.chats.nobody", "queues.chats.pools[0].groups[0]"],
        ),
        (
            "/queues/new",
            chats(
                json!({ "max_wait": 60, "overflow_queue": "none", "pools": [{ "groups": ["none"], "rule": "none" }] }),
            ),
            &[
                "queues.new.max_wait_message",
                "queues.new.pools.groups",
                "queues.new.pools.rule",
                "queues.new.overflow_queue",
            ],
        ),
        ("/service_channels/chat", json!({ "kind": "chat", "size": 0 }), &["service_channels.chat.size"]),
        ("/rules/offer", json!({ "auto_assign": true }), &["rules.offer.reject_allowed"]),
        ("/agents/ann", json!({ "skills": { "german": 11 } }), &["agents.ann.skills"]),
        ("/schedules/office", json!({ "zone": "Mars", "weekly": [] }), &["schedules.office.zone"]),
        ("/settings", json!({ "estimate": "guess" }), &["routing.estimate"]),
        ("/agents/an%20n", json!({}), &["agents"]),
    ];
    for (path, entry, fields) in cases {
        let answer = admin.put(path, entry).await;
        answer.problem(422, "bad_configuration");
        let errors = answer.body["errors"].as_array().unwrap();
        let found: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(found, fields, "{}", answer.text);
    }
    // What others refer to cannot go, and they say so.
    for (path, field) in [
        ("/groups/front", "agents.ann.groups"),
        ("/rules/offer", "queues.chats.pools.rule"),
        ("/presence_states/available", "routing.presence_states"),
    ] {
        let answer = admin.delete(path).await;
        answer.problem(422, "bad_configuration");
        let errors = answer.body["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["field"] == field), "{}", answer.text);
    }
    assert_eq!(admin.get("").await.ok(), before);
}

#[tokio::test]
async fn what_is_not_there_or_has_the_wrong_shape_is_refused() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let admin = Admin::of(&server);
    for path in ["/channels", "/queues/none", "/channels/none", "/queues/a%20b", "/presence_states/%00"] {
        admin.get(path).await.problem(404, "entry_unknown");
    }
    for path in ["/queues/none", "/channels/none", "/queues/a%20b"] {
        admin.delete(path).await.problem(404, "entry_unknown");
    }
    admin.put("/channels/none", json!({})).await.problem(404, "entry_unknown");
    admin.get("?page=1").await.problem(400, "invalid_query");
    admin.get("/queues?limit=1").await.problem(400, "invalid_query");
    admin.delete("/settings").await.problem(405, "method_not_allowed");
    admin.put("/queues", json!({})).await.problem(405, "method_not_allowed");
    let unknown = admin.put("/queues/a", json!({ "service_channel": "chat", "max_waiting": 1 })).await;
    unknown.problem(422, "invalid_body");
    assert_eq!(unknown.body["errors"][0]["field"], "max_waiting");
    let missing = admin.put("/queues/a", json!({ "pools": [{ "groups": [] }] })).await;
    missing.problem(422, "invalid_body");
    assert_eq!(missing.body["errors"][0]["field"], "pools[0].rule");
    admin.put("/groups/a", json!([])).await.problem(422, "invalid_body");
    admin.put("/agents/a", json!({ "universal": -1 })).await.problem(422, "invalid_body");
    let large = json!({ "groups": [ "a".repeat(70_000) ] });
    admin.put("/agents/a", large).await.problem(413, "body_too_large");
    assert_eq!(admin.get("/agents").await.ok(), json!({ "agents": {} }));
}

#[tokio::test]
async fn only_an_admin_who_is_confined_to_no_channel_configures() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let others = [
        token(Role::Supervisor, "sue"),
        token(Role::Agent, "ann"),
        token(Role::Gateway, "twilio"),
        token(Role::Requester, "+12025550101"),
        confined_token(Role::Admin, "adam", "sms"),
    ];
    for token in others {
        let admin = Admin { http: server.http(), token };
        for path in ["", "/settings", "/groups", "/groups/front"] {
            admin.get(path).await.problem(403, "role_forbidden");
        }
        for path in ["/settings", "/groups/front"] {
            admin.put(path, json!({})).await.problem(403, "role_forbidden");
        }
        admin.delete("/groups/front").await.problem(403, "role_forbidden");
    }
    Admin::of(&server).get("/groups/front").await.problem(404, "entry_unknown");
}

/// Design, configuration: every change is an event with its author, and outlives the process, also one that is killed.
#[tokio::test]
async fn a_change_outlives_the_process_and_names_its_author() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let admin = Admin::of(&server);
    for (path, entry) in entries() {
        admin.set(path, entry).await;
    }
    let removed = admin.delete("/agents/ann").await;
    let request = removed.header("x-request-id").to_owned();
    removed.ok();
    let before = admin.get("").await.ok();
    server.kill();
    let server = site.serve().await;
    assert_eq!(Admin::of(&server).get("").await.ok(), before);
    server.stop().await;
    site.verify_store();

    let log = SledLog::open(&site.path("store"), SledOptions::default()).unwrap();
    let stored = log.read_stream(CONFIGURATION_STREAM, 0, 1000).unwrap();
    let mine: Vec<_> = stored
        .iter()
        .map(|stored| codec::decode(&stored.bytes).unwrap())
        .filter(|envelope| envelope.cause.principal.role == Role::Admin)
        .filter(|envelope| envelope.cause.principal.name == "adam")
        .collect();
    assert_eq!(mine.len(), entries().len() + 1);
    let last = mine.last().unwrap();
    assert_eq!(last.cause.correlation.to_string(), request);
    let Event::Configuration(ConfigurationEvent::RoutingRemoved { key }) = &last.event else {
        panic!("{:?}", last.event)
    };
    assert_eq!(key.to_string(), "agents.ann");
}
