//! Who a requester is taken for, what may be sent to them, and how agents write first: from outside, over HTTP.

use crate::http_client::{Answer, Client, message, types};
use crate::process::{CHANNELS, COMPANY, Server, Site, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

const NUMBER: &str = "+12025550143";

/// A server and everybody who talks to it.
struct World {
    site: Site,
    server: Server,
    http: Client,
    sent: u32,
}

impl World {
    async fn new() -> Self {
        let site = Site::new(CHANNELS);
        let server = site.serve().await;
        let http = server.http();
        Self { site, server, http, sent: 0 }
    }

    async fn user(&self, id: &str, phones: &[&str]) {
        let admin = token(Role::Admin, "root");
        let request = self.http.request(Method::PUT, &format!("/v1/users/{id}"), &admin);
        Client::send(request.json(&json!({ "phones": phones }))).await.unwrap().ok();
    }

    async fn says(&mut self, text: &str) -> Value {
        self.sent += 1;
        let said = message(&format!("SM-{}", self.sent), NUMBER, COMPANY, text);
        let answer = self.http.post("/v1/channels/sms/inbound", &token(Role::Gateway, "twilio"), &said).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.body
    }

    /// The conversation to which the message went.
    async fn writes(&mut self, text: &str) -> String {
        self.says(text).await["conversation_id"].as_str().unwrap().to_owned()
    }

    async fn state(&self, id: &str) -> Value {
        self.http.get(&format!("/v1/conversations/{id}"), &token(Role::Agent, "ann")).await.ok()
    }

    async fn as_agent(&self, path: &str, body: &Value) -> Answer {
        self.http.post(path, &token(Role::Agent, "ann"), body).await
    }

    async fn order(&self, id: &str, what: &str, body: &Value) -> Answer {
        self.as_agent(&format!("/v1/conversations/{id}/{what}"), body).await
    }

    /// Ann writes first.
    async fn starts(&self, more: &Value) -> Answer {
        let mut body = json!({ "channel": "sms", "to": NUMBER, "from": COMPANY, "text": "It is Ann." });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.as_agent("/v1/conversations", &body).await
    }

    async fn lookup(&self) -> Value {
        let path = format!("/v1/contacts/lookup?channel=sms&address=%2B{}", &NUMBER[1..]);
        self.http.get(&path, &token(Role::Agent, "ann")).await.ok()
    }

    /// Everything that is stored must be sound.
    async fn end(self) {
        self.server.stop().await;
        assert_eq!(self.site.verify_store()["differences"], 0);
    }
}

/// ID-1, ID-2
#[tokio::test]
async fn a_number_of_one_user_belongs_to_that_user() {
    let mut world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    let id = world.writes("Hello?").await;
    assert_eq!(world.state(&id).await["user"], "ada");
    let found = world.lookup().await;
    assert_eq!((&found["user"], &found["verified"]), (&json!("ada"), &json!(false)));
    world.end().await;
}

/// ID-3, ID-5, ID-7: the profile wins over the directory, and there is one of it.
#[tokio::test]
async fn who_holds_the_number_keeps_it_when_the_directory_changes() {
    let mut world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    let first = world.writes("Hello?").await;
    world.order(&first, "join", &json!({})).await.accepted();
    world.order(&first, "end", &json!({})).await.accepted();
    world.user("ada", &[]).await;
    world.user("bea", &[NUMBER]).await;
    let second = world.writes("It is me again.").await;
    assert_ne!(first, second, "LC-4");
    assert_eq!(world.state(&second).await["user"], "ada");
    world.end().await;
}

/// ID-4, ID-9: a guest, until an agent knows better; what was told before stays.
#[tokio::test]
async fn a_number_of_nobody_is_a_guests_until_an_agent_says_who_it_is() {
    let mut world = World::new().await;
    let id = world.writes("Hello?").await;
    assert_eq!(world.state(&id).await.get("user"), None);
    let said = json!({ "user": "ada", "reason": "She told me her order." });
    world.order(&id, "reassociate", &said).await.problem(409, "not_owner");
    world.order(&id, "join", &json!({})).await.accepted();
    world.order(&id, "reassociate", &said).await.accepted();
    assert_eq!(world.state(&id).await["user"], "ada");
    let events = world.http.events(&id, &token(Role::Agent, "ann")).await;
    assert_eq!(events[0]["data"]["user"], Value::Null);
    let told = events.last().unwrap();
    assert_eq!((&told["data"]["from"], &told["data"]["to"]), (&Value::Null, &json!("ada")));
    let found = world.lookup().await;
    assert_eq!((&found["user"], &found["verified"]), (&json!("ada"), &json!(true)));
    world.end().await;
}

/// ID-6
#[tokio::test]
async fn a_number_of_two_users_belongs_to_neither() {
    let mut world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    world.user("bea", &[NUMBER]).await;
    let id = world.writes("Hello?").await;
    assert_eq!(world.state(&id).await.get("user"), None);
    world.end().await;
}

/// ID-8: a file is taken whole or not at all, and found at once by whoever writes next.
#[tokio::test]
async fn users_are_imported_from_a_file_and_recognised_at_once_also_after_a_restart() {
    let mut world = World::new().await;
    let admin = token(Role::Admin, "root");
    let import = async |http: &Client, lines: &str| {
        let text = format!("id,name,phones,email,language,country\n{lines}");
        let request =
            http.request(Method::POST, "/v1/users/import", &admin).header("content-type", "text/csv");
        Client::send(request.body(text)).await.unwrap()
    };
    let bad = import(&world.http, "ada,,(202) 555-0143,,,US\nbea,,12,,,US\n").await;
    bad.problem(422, "invalid_body");
    assert_eq!(bad.body["errors"][0]["field"], "line 3");
    world.http.get("/v1/users/ada", &admin).await.problem(404, "user_unknown");
    let done = import(&world.http, "ada,Ada,(202) 555-0143,,en,US\n").await.ok();
    assert_eq!(done, json!({ "changed": 1, "unchanged": 0 }));
    world.server.kill();
    world.server = world.site.serve().await;
    world.http = world.server.http();
    let id = world.writes("Hello?").await;
    assert_eq!(world.state(&id).await["user"], "ada");
    world.end().await;
}

/// OPT-3, OPT-6, 18.19: a word alone opens nothing; what is more than the word is a message.
#[tokio::test]
async fn a_consent_keyword_opens_no_conversation_and_more_than_the_word_does() {
    let mut world = World::new().await;
    for word in ["STOP", " help ", "START"] {
        assert_eq!(world.says(word).await.get("conversation_id"), None, "{word}");
    }
    let id = world.writes("stop please").await;
    assert_eq!(world.writes("yes").await, id, "they have not opted out, so it is an answer");
    assert_eq!(world.state(&id).await["messages"]["requester"], 2);
    world.end().await;
}

/// OPT-4, OPT-6, ACT-6, L6
#[tokio::test]
async fn stop_parks_the_conversation_and_blocks_the_agent_until_start() {
    let mut world = World::new().await;
    let id = world.writes("Hello?").await;
    let say = json!({ "text": "Here I am." });
    world.order(&id, "join", &json!({})).await.accepted();
    world.order(&id, "messages", &say).await.accepted();
    assert_eq!(world.writes("Stop").await, id);
    let parked = world.state(&id).await;
    assert_eq!((&parked["state"], &parked["opted_out"]), (&json!("on_hold"), &json!(true)));
    assert_eq!(parked["messages"]["requester"], 1, "it is no message");
    world.order(&id, "messages", &say).await.problem(409, "opted_out");
    world.starts(&json!({})).await.problem(409, "opted_out");
    assert_eq!(world.lookup().await["consent"][0]["opted_out"], true);
    let stop = message("SM-2", NUMBER, COMPANY, "Stop");
    let again = world.http.inbound("sms", &token(Role::Gateway, "twilio"), &stop).await;
    assert!(again.duplicate);
    assert_eq!(world.writes("START").await, id);
    assert_eq!(world.state(&id).await["state"], "on_hold", "the agent takes it up by hand");
    world.order(&id, "resume", &json!({})).await.accepted();
    world.order(&id, "messages", &say).await.accepted();
    world.end().await;
}

/// PRO-1, PRO-10, PRO-15, LC-2: parked until the requester replies, who stays with that agent.
#[tokio::test]
async fn an_agent_writes_first_and_the_reply_goes_to_them() {
    let mut world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    world.starts(&json!({ "to": "", "user": "bea" })).await.problem(404, "user_unknown");
    let id = world.starts(&json!({ "to": "", "user": "ada" })).await.accepted().conversation;
    let state = world.state(&id).await;
    assert_eq!((&state["state"], &state["user"]), (&json!("on_hold"), &json!("ada")));
    let found = &world.lookup().await["conversations"][0];
    assert_eq!((&found["id"], &found["agent"]), (&json!(id), &json!("ann")));
    assert_eq!(world.writes("Oh, hello.").await, id);
    assert_eq!(world.state(&id).await["state"], "work_in_progress");
    world.end().await;
}

/// PRO-4, 18.17: one warning, then one decision.
#[tokio::test]
async fn a_number_that_another_user_holds_is_taken_over_only_when_it_is_confirmed() {
    let mut world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    let old = world.writes("Hello?").await;
    world.starts(&json!({ "user": "bea" })).await.problem(409, "number_held");
    assert_eq!(world.state(&old).await["state"], "new", "nothing has happened");
    let new = world.starts(&json!({ "user": "bea", "take_over": true })).await.accepted().conversation;
    assert_ne!(new, old);
    let closed = world.state(&old).await;
    assert_eq!((&closed["state"], &closed["reason"]), (&json!("closed_complete"), &json!("superseded")));
    assert_eq!(world.state(&new).await["user"], "bea");
    assert_eq!(world.lookup().await["user"], "bea");
    assert_eq!(world.writes("This is Bea.").await, new);
    world.order(&old, "messages", &json!({ "text": "Ada?" })).await.problem(409, "conversation_closed");
    let ann = token(Role::Agent, "ann");
    let told = world.http.events(&old, &ann).await;
    assert_eq!(types(&told).last(), Some(&"conversation.closed"));
    world.end().await;
}

/// PRO-2, PRO-6, PRO-8
#[tokio::test]
async fn what_an_agent_may_send_first_depends_on_the_channel() {
    let mut world = World::new().await;
    let id = world.writes("Hello?").await;
    world.order(&id, "join", &json!({})).await.accepted();
    let bob = token(Role::Agent, "bob");
    let body = json!({ "channel": "sms", "to": NUMBER, "from": COMPANY, "text": "Bob here." });
    assert_eq!(world.http.post("/v1/conversations", &bob, &body).await.accepted().conversation, id);
    assert_eq!(world.state(&id).await["owner"]["agent"], "ann");
    let with =
        |kind: &str| json!({ "attachments": [{ "url": "https://a.example/1", "content_type": kind }] });
    world.starts(&with("application/pdf")).await.problem(422, "attachment_not_allowed");
    world.starts(&with("image/png")).await.accepted();
    world.end().await;
    let site = Site::new(&CHANNELS.replace("proactive_active = true", "proactive_active = false"));
    let server = site.serve().await;
    server.http().post("/v1/conversations", &bob, &body).await.problem(409, "proactive_disabled");
}

/// PRO-14: one fails, the rest is sent, and a repetition sends nothing twice.
#[tokio::test]
async fn several_recipients_get_a_conversation_and_an_outcome_each() {
    let world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    let body = json!({ "channel": "sms", "from": COMPANY, "text": "We are open again.", "recipients": [
        { "user": "ada" }, { "to": "+12025550144" }, { "user": "nobody" }, { "to": "12" },
    ] });
    let ann = token(Role::Agent, "ann");
    let send = async || world.http.post_as("bulk-1", "/v1/conversations/bulk", &ann, &body).await.ok();
    let done = send().await;
    assert_eq!((&done["accepted"], &done["failed"]), (&json!(2), &json!(2)), "{done}");
    let codes: Vec<&Value> = (2..4).map(|number| &done["outcomes"][number]["problem"]["code"]).collect();
    assert_eq!(codes, ["user_unknown", "invalid_address"]);
    let again = send().await;
    for number in 0..2 {
        let (first, second) = (&done["outcomes"][number]["accepted"], &again["outcomes"][number]["accepted"]);
        assert_eq!(first["conversation_id"], second["conversation_id"]);
        assert_eq!((&first["duplicate"], &second["duplicate"]), (&json!(false), &json!(true)));
    }
    world.end().await;
}

/// ID-14: the third wrong PIN locks, and the right one is then told nothing else than a wrong one.
#[tokio::test]
async fn a_pin_makes_a_guest_a_user_and_three_wrong_ones_lock() {
    let mut world = World::new().await;
    world.user("ada", &[]).await;
    let admin = token(Role::Admin, "root");
    let pin = world.http.request(Method::PUT, "/v1/users/ada/pin", &admin).json(&json!({ "pin": "2468" }));
    assert_eq!(Client::send(pin).await.unwrap().status, 204);
    let id = world.writes("It is Ada.").await;
    let tries = async |world: &World, user: &str, pin: &str| {
        world.order(&id, "verify", &json!({ "user": user, "pin": pin })).await.ok()["verified"].clone()
    };
    assert_eq!(tries(&world, "ada", "1111").await, false);
    assert_eq!(tries(&world, "nobody", "2468").await, false);
    assert_eq!(tries(&world, "ada", "2468").await, true);
    assert_eq!(world.state(&id).await["user"], "ada");
    for _ in 0..3 {
        assert_eq!(tries(&world, "ada", "1111").await, false);
    }
    assert_eq!(tries(&world, "ada", "2468").await, false, "it is locked");
    world.end().await;
}
