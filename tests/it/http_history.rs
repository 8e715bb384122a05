//! The panel of earlier conversations: whose they are, across channels and changes of hands, and who may look.

use crate::http_client::{Answer, Client, message, ms};
use crate::http_office::{Office, ROUTED};
use crate::process::{CHANNELS, COMPANY, Server, Site, confined_token, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

const NUMBER: &str = "+12025550143";

/// A server, and Ann, who joins whatever comes.
struct World {
    site: Site,
    server: Server,
    http: Client,
    ann: String,
    sent: u32,
    position: String,
}

impl World {
    async fn new(settings: &str) -> Self {
        let site = Site::with(CHANNELS, settings);
        let server = site.serve().await;
        let http = server.http();
        Self { site, server, http, ann: token(Role::Agent, "ann"), sent: 0, position: String::new() }
    }

    async fn user(&self, id: &str, phones: &[&str]) {
        let put = self.http.request(Method::PUT, &format!("/v1/users/{id}"), &token(Role::Admin, "root"));
        Client::send(put.json(&json!({ "name": "Ada", "phones": phones }))).await.unwrap().ok();
    }

    /// A message, and Ann joins its conversation.
    async fn writes(&mut self, channel: &str, from: &str) -> String {
        self.sent += 1;
        let to = if channel == "sms" { COMPANY } else { "desk" };
        let said = message(&format!("M-{}", self.sent), from, to, "A secret order.");
        let id = self.http.inbound(channel, &token(Role::Gateway, "twilio"), &said).await.conversation;
        self.order(&id, "join", &json!({})).await;
        id
    }

    async fn order(&mut self, id: &str, what: &str, body: &Value) {
        self.position = self.http.order(id, what, &self.ann, body).await.position;
    }

    async fn is(&mut self, id: &str, user: &str) {
        self.order(id, "reassociate", &json!({ "user": user, "reason": "They said so." })).await;
    }

    /// A conversation that begins and ends.
    async fn talk(&mut self, channel: &str, from: &str, user: Option<&str>) -> String {
        let id = self.writes(channel, from).await;
        if let Some(user) = user {
            self.is(&id, user).await;
        }
        self.order(&id, "end", &json!({})).await;
        id
    }

    async fn look(&self, id: &str, query: &str, token: &str) -> Answer {
        let caught_up = format!("/v1/conversations?at_least={}", self.position);
        self.http.get(&caught_up, &self.ann).await.ok();
        self.http.get(&format!("/v1/conversations/{id}/history{query}"), token).await
    }

    /// The ids that Ann is shown.
    async fn earlier(&self, id: &str, query: &str) -> Vec<String> {
        let shown = self.look(id, query, &self.ann).await.ok();
        let rows = shown["conversations"].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Everything that is stored must be sound, the rows of the panel among it.
    async fn end(self) {
        self.server.stop().await;
        assert_eq!(self.site.verify_store()["differences"], 0);
    }
}

/// MSG-23: what a row tells, and that it tells nothing of what was said.
#[tokio::test]
async fn a_row_tells_when_and_with_whom_and_nothing_of_what_was_said() {
    let mut world = World::new("").await;
    let first = world.talk("sms", NUMBER, None).await;
    let now = world.writes("sms", NUMBER).await;
    let shown = world.look(&now, "", &world.ann).await;
    assert!(!shown.text.contains("secret") && !shown.text.contains(&NUMBER[1..]), "{}", shown.text);
    let row = &shown.ok()["conversations"][0];
    let said = ["id", "channel", "state", "reason", "agent"].map(|name| row[name].as_str().unwrap());
    assert_eq!(said, [&first, "sms", "closed_complete", "agent_ended", "ann"]);
    assert!(ms(&row["opened_at"]) <= ms(&row["closed_at"]), "{row}");
    assert_eq!(row["messages"], json!({ "requester": 1, "agent": 0 }));
    // Whoever has the panel can open what is in it.
    let transcript = format!("/v1/conversations/{first}/transcript?kind=internal&format=text");
    assert!(world.http.get(&transcript, &world.ann).await.text.contains("A secret order."));
    world.end().await;
}

/// OMN-5, OMN-6: the same user on another channel, if it is certain on both; never for a name or a number alone.
#[tokio::test]
async fn the_history_crosses_channels_for_a_verified_user_only() {
    let mut world = World::new("").await;
    world.user("ada", &[NUMBER]).await;
    let by_number = world.talk("sms", NUMBER, None).await;
    let certain = world.talk("sms", NUMBER, Some("ada")).await;
    let other = world.talk("sms", "+12025550144", Some("eve")).await;
    let on_web = world.writes("web", "guest-1").await;
    assert_eq!(world.earlier(&on_web, "").await, Vec::<String>::new(), "nobody knows who it is");
    world.is(&on_web, "ada").await;
    assert_eq!(world.earlier(&on_web, "").await, [certain.as_str()]);
    assert_eq!(world.earlier(&on_web, "?scope=channel").await, Vec::<String>::new());
    let confined = confined_token(Role::Agent, "ann", "web");
    assert_eq!(world.look(&on_web, "", &confined).await.ok()["conversations"], json!([]));
    world.is(&on_web, "eve").await;
    assert_eq!(world.earlier(&on_web, "").await, [other], "it was somebody else");
    world.is(&on_web, "ada").await;
    let next = world.writes("sms", NUMBER).await;
    assert_eq!(world.earlier(&next, "").await, [on_web.clone(), certain.clone(), by_number.clone()]);
    assert_eq!(world.earlier(&next, "?scope=channel").await, [certain.clone(), by_number.clone()]);
    assert_eq!(world.earlier(&next, "?limit=1").await, [on_web]);
    world.end().await;
}

/// OMN-5: a property turns it off.
#[tokio::test]
async fn the_history_stays_on_its_channel_where_that_is_set() {
    let mut world = World::new("[server]\nconversation_history_cross_channel = false\n").await;
    let on_sms = world.talk("sms", NUMBER, Some("ada")).await;
    let on_web = world.writes("web", "guest-1").await;
    world.is(&on_web, "ada").await;
    assert_eq!(world.earlier(&on_web, "").await, Vec::<String>::new());
    let next = world.writes("sms", NUMBER).await;
    assert_eq!(world.earlier(&next, "").await, [on_sms]);
}

/// ID-9, PRO-4: a number that changed hands takes nothing along of what its former holder said.
#[tokio::test]
async fn the_history_of_a_number_stays_with_its_former_holder() {
    let mut world = World::new("").await;
    world.user("ada", &[NUMBER]).await;
    let of_ada = world.talk("sms", NUMBER, Some("ada")).await;
    let mut taken = json!({ "channel": "sms", "to": NUMBER, "from": COMPANY, "text": "It is Ann." });
    (taken["user"], taken["take_over"]) = (json!("bea"), json!(true));
    let of_bea = world.http.post("/v1/conversations", &world.ann, &taken).await.accepted();
    world.position = of_bea.position;
    assert_eq!(world.earlier(&of_bea.conversation, "").await, Vec::<String>::new());
    world.order(&of_bea.conversation, "end", &json!({})).await;
    let next = world.writes("sms", NUMBER).await;
    assert_eq!(world.earlier(&next, "").await, [of_bea.conversation.as_str()]);
    world.is(&next, "cyd").await;
    assert_eq!(world.earlier(&next, "").await, Vec::<String>::new(), "Bea's are not Cyd's");
    world.is(&next, "ada").await;
    assert_eq!(world.earlier(&next, "").await, [of_ada], "Ada has it again");
    world.end().await;
}

/// ID-4, ID-9: what a guest said belongs to whom the guest turns out to be, and a guest is told nothing of a user.
#[tokio::test]
async fn a_guest_s_history_is_of_the_user_who_they_turn_out_to_be() {
    let mut world = World::new("").await;
    let as_guest = world.talk("sms", NUMBER, None).await;
    let next = world.writes("sms", NUMBER).await;
    assert_eq!(world.earlier(&next, "").await, [as_guest.as_str()]);
    world.is(&next, "ada").await;
    assert_eq!(world.earlier(&next, "").await, [as_guest.as_str()]);
    world.is(&next, "bea").await;
    assert_eq!(world.earlier(&next, "").await, Vec::<String>::new(), "the guest may have been Ada");
    world.end().await;
}

/// MSG-23: for whoever takes part while it goes on, and for those who supervise.
#[tokio::test]
async fn only_who_has_the_conversation_or_supervises_sees_its_history() {
    let mut world = World::new("").await;
    let first = world.talk("sms", NUMBER, None).await;
    let now = world.writes("sms", NUMBER).await;
    let (bob, sue) = (token(Role::Agent, "bob"), token(Role::Supervisor, "sue"));
    world.look(&now, "", &bob).await.problem(409, "not_participant");
    assert_eq!(world.look(&now, "", &sue).await.ok()["conversations"][0]["id"], json!(first));
    world.look(&now, "", &token(Role::Gateway, "twilio")).await.problem(403, "role_forbidden");
    world.order(&now, "end", &json!({})).await;
    world.look(&now, "", &world.ann).await.problem(409, "not_participant");
    world.look(&now, "", &token(Role::Admin, "root")).await.ok();
}

/// MSG-23: an agent who is offered a conversation may look before they accept, and others may not.
#[tokio::test]
async fn an_agent_who_is_asked_sees_the_history() {
    let site = Site::new(ROUTED);
    let office = Office::open(&site).await;
    let id = office.ask(1).await;
    office.comes("ann").await;
    office.card("ann", "offered").await;
    let path = format!("/v1/conversations/{id}/history");
    office.http.get(&path, &office.ann).await.ok();
    office.http.get(&path, &office.bob).await.problem(409, "not_participant");
}
