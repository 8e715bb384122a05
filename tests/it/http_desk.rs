//! What an agent has on the desk, over HTTP: what is unseen, what there was before, and transcripts (`MSG-14` to `MSG-23`).

use crate::http_client::{Client, message};
use crate::process::{CHANNELS, COMPANY, Server, Site, eventually, token};
use domain::Role;
use serde_json::{Value, json};

const REQUESTER: &str = "+12025550143";

struct Desk {
    /// Ends the process when it is dropped.
    _server: Server,
    http: Client,
    gateway: String,
    ann: String,
    bob: String,
    sue: String,
}

impl Desk {
    async fn open(site: &Site) -> Self {
        let server = site.serve().await;
        Self {
            http: server.http(),
            _server: server,
            gateway: token(Role::Gateway, "twilio"),
            ann: token(Role::Agent, "ann"),
            bob: token(Role::Agent, "bob"),
            sue: token(Role::Supervisor, "sue"),
        }
    }

    /// The requester writes; gives conversation and position.
    async fn writes(&self, id: &str, text: &str) -> (String, String) {
        let sent = message(id, REQUESTER, COMPANY, text);
        let accepted = self.http.inbound("sms", &self.gateway, &sent).await;
        (accepted.conversation, accepted.position)
    }

    async fn ongoing(&self, agent: &str, query: &str) -> Value {
        self.http.get(&format!("/v1/agents/{agent}/ongoing?{query}"), &self.sue).await.ok()
    }

    async fn transcript(&self, id: &str, query: &str, token: &str) -> crate::http_client::Answer {
        self.http.get(&format!("/v1/conversations/{id}/transcript?{query}"), token).await
    }
}

/// MSG-14, MSG-15, MSG-18: an agent sees what they have not seen since they got it, and whoever gets it next has nothing
/// unseen. What is over, and chats, never appear.
#[tokio::test]
async fn what_is_unseen_begins_when_an_agent_gets_it_and_ends_when_they_look() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let chat = desk.http.inbound("web", &desk.gateway, &message("W-1", "guest-1", "shop", "Hello?")).await;
    desk.http.order(&chat.conversation, "join", &desk.ann, &json!({})).await;
    let (id, _) = desk.writes("M-1", "Hello?").await;
    let joined = desk.http.order(&id, "join", &desk.ann, &json!({})).await.position;
    let ongoing = desk.ongoing("ann", &format!("at_least={joined}")).await;
    assert_eq!(ongoing["conversations"].as_array().unwrap().len(), 1, "no chat is among them: {ongoing}");
    assert_eq!((&ongoing["with_unseen"], &ongoing["conversations"][0]["unseen"]), (&json!(0), &json!(0)));
    desk.writes("M-2", "Are you there?").await;
    desk.writes("M-3", "Hello??").await;
    let card = async |agent: &str| desk.ongoing(agent, "levels=1").await["conversations"][0].clone();
    let before = card("ann").await;
    assert_eq!((&before["conversation_id"], &before["unseen"]), (&json!(id), &json!(2)));
    assert!(before["unseen_since"].is_string());
    // The pause before it was short.
    assert_eq!(before.get("separator"), None);
    eventually("the level is reached", async || (card("ann").await["level"] == "warning").then_some(()))
        .await;
    // The first of the two was seen, then all.
    desk.http.order(&id, "seen", &desk.ann, &json!({ "up_to": 4 })).await;
    assert_eq!(card("ann").await["unseen"], 1);
    desk.http.order(&id, "seen", &desk.ann, &json!({})).await;
    let seen = card("ann").await;
    assert_eq!((&seen["unseen"], seen.get("level"), seen.get("unseen_since")), (&json!(0), None, None));
    let refused = desk.http.post(&format!("/v1/conversations/{id}/seen"), &desk.bob, &json!({})).await;
    refused.problem(409, "not_owner");
    // MSG-18
    desk.writes("M-4", "Still waiting").await;
    desk.http.order(&id, "end", &desk.sue, &json!({})).await;
    let (next, _) = desk.writes("M-5", "Once more").await;
    desk.writes("M-6", "Hello?").await;
    let joined = desk.http.order(&next, "join", &desk.bob, &json!({})).await.position;
    let ongoing = desk.ongoing("bob", &format!("at_least={joined}")).await;
    assert_eq!((&ongoing["with_unseen"], &ongoing["conversations"][0]["unseen"]), (&json!(0), &json!(0)));
    assert_eq!(
        desk.ongoing("ann", &format!("at_least={joined}")).await["conversations"],
        json!([]),
        "it is over"
    );
    desk.http.get("/v1/agents/ann/ongoing", &desk.bob).await.problem(403, "role_forbidden");
    desk.http.get("/v1/agents/ann/ongoing?levels=60,30", &desk.ann).await.problem(400, "invalid_query");
}

/// MSG-17, rule 17.8: a workspace is told how many tabs an agent may have open: ten, or fewer if an operator says so.
#[tokio::test]
async fn a_workspace_is_told_how_many_tabs_an_agent_may_have() {
    for (settings, expected) in [("", 10), ("[web]\ntabs_per_agent_max = 4\n", 4)] {
        let site = Site::with(CHANNELS, settings);
        let desk = Desk::open(&site).await;
        assert_eq!(desk.ongoing("ann", "").await["tabs_max"], expected);
    }
    let site = Site::with(CHANNELS, "[web]\ntabs_per_agent_max = 11\n");
    let run = site.run(&["serve", "--config", "colloquy.toml", "--listen", "127.0.0.1:0"]);
    assert!(run.code != 0 && run.stderr.contains("tabs_per_agent_max"), "{run:?}");
}

/// MSG-23, rule 17.8
#[tokio::test]
async fn the_history_has_the_25_newest_conversations_before_this_one() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let mut all = Vec::new();
    for number in 0..28 {
        let (id, _) = desk.writes(&format!("M-{number}"), "Hello?").await;
        if number < 27 {
            desk.http.order(&id, "end", &desk.gateway, &json!({})).await;
        }
        all.push(id);
    }
    let other = message("O-1", "+12025550144", COMPANY, "Hello?");
    let last = desk.http.inbound("sms", &desk.gateway, &other).await.position;
    desk.http.get(&format!("/v1/conversations?at_least={last}"), &desk.ann).await.ok();
    let history = async |id: &str, query: &str| {
        let path = format!("/v1/conversations/{id}/history?{query}");
        let rows = desk.http.get(&path, &desk.ann).await.ok()["conversations"].clone();
        rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let expected: Vec<String> = all[2..27].iter().rev().cloned().collect();
    assert_eq!(history(&all[27], "").await, expected);
    assert_eq!(history(&all[2], "limit=1&scope=channel").await, all[1..2]);
    assert_eq!(history(&all[0], "").await, Vec::<String>::new());
    let path = format!("/v1/conversations/{}/history", all[27]);
    desk.http.get(&format!("{path}?limit=26"), &desk.ann).await.problem(400, "invalid_query");
    desk.http.get(&format!("{path}?scope=user"), &desk.ann).await.problem(400, "invalid_query");
    desk.http.get(&path, &token(Role::Requester, REQUESTER)).await.problem(403, "role_forbidden");
}

/// MSG-21, MSG-22: the requester's transcript has what they were shown, the one for those who work has everything and
/// says by whom; a long one is fetched.
#[tokio::test]
async fn a_transcript_is_for_the_requester_or_for_those_who_work() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let (id, _) = desk.writes("M-1", "Hello?").await;
    desk.http.order(&id, "join", &desk.ann, &json!({})).await;
    let files = json!([{ "url": "https://files.example/1.png", "content_type": "image/png", "name": "map" }]);
    desk.http.order(&id, "messages", &desk.ann, &json!({ "text": "Here:", "attachments": files })).await;
    desk.http.order(&id, "hold", &desk.ann, &json!({})).await;
    let external = desk.transcript(&id, "", &token(Role::Requester, REQUESTER)).await.ok();
    let lines: Vec<String> =
        external["text"].as_str().unwrap().lines().map(|line| line[25..].to_owned()).collect();
    assert_eq!(
        lines,
        ["requester: Hello?", "ann: Here:", "ann: [map, image/png] https://files.example/1.png"]
    );
    assert_eq!(external["characters"], external["text"].as_str().unwrap().chars().count());
    let internal = desk.transcript(&id, "kind=internal&format=text", &desk.bob).await;
    assert_eq!((internal.status, internal.header("content-type")), (200, "text/plain; charset=utf-8"));
    for expected in
        ["conversation.agent_joined by agent ann: {", "conversation.held by agent ann: {", " ann: Here:"]
    {
        assert!(internal.text.contains(expected), "{expected} is not in {}", internal.text);
    }
    for token in [&token(Role::Requester, REQUESTER), &desk.gateway] {
        desk.transcript(&id, "kind=internal", token).await.problem(403, "role_forbidden");
    }
    desk.transcript(&id, "", &token(Role::Requester, "+12025550144"))
        .await
        .problem(404, "conversation_unknown");
    desk.writes("M-2", &"x".repeat(4000)).await;
    let long = desk.transcript(&id, "kind=external&format=json", &desk.ann).await.ok();
    assert_eq!(long.get("text"), None);
    let text = desk.http.get(long["url"].as_str().unwrap(), &desk.ann).await.text;
    assert_eq!(long["characters"], text.chars().count());
}
