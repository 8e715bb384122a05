//! Who takes another user's place at an address begins anew, over HTTP and over the stream (`ID-9`, `PRO-4`).

use crate::http_client::{Answer, Client, message};
use crate::process::{CHANNELS, COMPANY, Server, Site, confined_token, token};
use crate::stream_client::{Ask, Stream};
use domain::Role;
use serde_json::{Value, json};

const NUMBER: &str = "+12025550143";

/// A server, whoever has the number, and ann.
struct Desk {
    server: Server,
    http: Client,
    holder: String,
    ann: String,
}

impl Desk {
    async fn open(site: &Site) -> Self {
        let server = site.serve().await;
        let holder = confined_token(Role::Requester, NUMBER, "sms");
        Self { http: server.http(), server, holder, ann: token(Role::Agent, "ann") }
    }

    /// Whoever has the number writes, ann joins and answers; gives the conversation.
    async fn served(&self) -> String {
        let first = message("SM-1", NUMBER, COMPANY, "Hello?");
        let id = self.http.inbound("sms", &token(Role::Gateway, "twilio"), &first).await.conversation;
        self.http.order(&id, "join", &self.ann, &json!({})).await;
        self.says(&id, "Your balance is zero.").await;
        id
    }

    async fn says(&self, id: &str, text: &str) {
        self.http.order(id, "messages", &self.ann, &json!({ "text": text })).await;
    }

    async fn takes_for(&self, id: &str, user: &str) {
        let said = json!({ "user": user, "reason": "They said so." });
        self.http.order(id, "reassociate", &self.ann, &said).await;
    }

    /// What was said in a conversation goes out; where its receipt comes.
    async fn goes_out(&self, id: &str) -> String {
        let (outbound, gateway) = ("/v1/channels/sms/outbound", token(Role::Gateway, "twilio"));
        let waits = self.http.get(&format!("{outbound}?wait_s=10"), &gateway).await.ok();
        let deliveries = waits["deliveries"].as_array().unwrap();
        let mine = deliveries.iter().find(|delivery| delivery["conversation_id"] == id).unwrap();
        let at = format!("{outbound}/{}", mine["key"].as_str().unwrap());
        let sent = json!({ "outcome": "sent", "provider_id": "SM-9" });
        self.http.post(&format!("{at}/ack"), &gateway, &sent).await.accepted();
        format!("{at}/receipt")
    }

    /// What whoever has the number reads at a path.
    async fn reads(&self, path: &str) -> Answer {
        self.http.get(path, &self.holder).await
    }

    async fn window(&self) -> Value {
        self.http.post("/v1/windows", &self.holder, &json!({})).await.ok()
    }

    /// The total and the first of what is unread, once everything that was said is counted.
    async fn unread(&self, id: &str) -> Value {
        let events = self.http.events(id, &self.ann).await;
        let position = events.last().unwrap()["position"].as_str().unwrap();
        let unread = self.reads(&format!("/v1/unread?at_least={position}")).await.ok();
        json!([unread["total"], unread["first"]["parts"][0]["text"]])
    }

    /// What a stream from the beginning says first.
    async fn first_heard(&self) -> Value {
        let mut stream: Stream = Ask::with(&self.holder).after("start").open(&self.server).await.unwrap();
        stream.next_of("said").await["text"].clone()
    }
}

/// The texts of a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().filter_map(|item| item["text"].as_str()).collect()
}

fn shown(window: &Value) -> Vec<&str> {
    window["items"].as_array().unwrap().iter().flat_map(|item| texts(&item["parts"])).collect()
}

/// ID-9: a guest who turns out to be a user is the same person; another user's history, counters, preview and stream begin
/// when they come, in the same conversation too, and an agent sees all of it.
#[tokio::test]
async fn another_user_of_the_number_sees_and_counts_nothing_of_before() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let id = desk.served().await;
    desk.takes_for(&id, "ada").await;
    assert_eq!(desk.unread(&id).await, json!([1, "Your balance is zero."]));
    let window = desk.window().await;
    assert_eq!(shown(&window), ["Hello?", "Your balance is zero."]);

    desk.takes_for(&id, "bea").await;
    assert_eq!(desk.unread(&id).await, json!([0, null]));
    let page = format!("/v1/windows/{}/page", window["window_id"].as_str().unwrap());
    desk.http.post(&page, &desk.holder, &json!({})).await.problem(404, "window_unknown");
    let path = |what: &str| format!("/v1/conversations/{id}{what}");
    assert_eq!(desk.reads(&path("/messages")).await.ok()["messages"], json!([]));
    assert_eq!(desk.reads(&path("/events")).await.ok()["events"], json!([]));
    assert_eq!(desk.reads(&path("/transcript")).await.ok()["text"], "");
    assert_eq!(desk.reads(&path("")).await.ok()["messages"], json!({ "requester": 0, "agent": 0 }));

    desk.says(&id, "Hello, Bea.").await;
    assert_eq!(desk.unread(&id).await, json!([1, "Hello, Bea."]));
    assert_eq!(shown(&desk.window().await), ["Hello, Bea."]);
    let messages = desk.reads(&path("/messages")).await.ok();
    assert_eq!(texts(&messages["messages"]), ["Hello, Bea."]);
    assert_eq!(desk.reads(&path("")).await.ok()["messages"], json!({ "requester": 0, "agent": 1 }));
    assert_eq!(desk.first_heard().await, "Hello, Bea.");
    let all = desk.http.get(&path("/messages"), &desk.ann).await.ok();
    assert_eq!(texts(&all["messages"]), ["Hello?", "Your balance is zero.", "Hello, Bea."]);
    desk.server.stop().await;
    assert_eq!(site.verify_store()["differences"], 0);
}

/// ID-9, PRO-4: of the conversation that was closed for it, whoever has the number now does not even know.
#[tokio::test]
async fn whoever_takes_a_number_over_begins_with_the_message_that_was_written_to_them() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let old = desk.served().await;
    let receipt = desk.goes_out(&old).await;
    desk.takes_for(&old, "ada").await;
    let start = json!({
        "channel": "sms", "to": NUMBER, "from": COMPANY, "text": "Are you Bea?", "user": "bea",
        "take_over": true,
    });
    let new = desk.http.post("/v1/conversations", &desk.ann, &start).await.accepted().conversation;
    assert_ne!(new, old);
    assert_eq!(desk.unread(&new).await, json!([1, "Are you Bea?"]));
    assert_eq!(shown(&desk.window().await), ["Are you Bea?"]);
    assert_eq!(desk.first_heard().await, "Are you Bea?");
    // What became of what was said there is told long after its end, and says nothing to whoever has the number.
    let (gateway, read) = (token(Role::Gateway, "twilio"), json!({ "status": "read" }));
    desk.http.post(&receipt, &gateway, &read).await.accepted();
    for what in ["", "/messages", "/events", "/transcript"] {
        let read = desk.reads(&format!("/v1/conversations/{old}{what}")).await;
        read.problem(404, "conversation_unknown");
    }
    let messages = desk.reads(&format!("/v1/conversations/{new}/messages")).await.ok();
    assert_eq!(texts(&messages["messages"]), ["Are you Bea?"]);
    let earlier = desk.http.get(&format!("/v1/conversations/{new}/history"), &desk.ann).await.ok();
    assert_eq!(earlier["conversations"], json!([]), "MSG-23: it was with somebody else");
    desk.server.stop().await;
    assert_eq!(site.verify_store()["differences"], 0);
}
