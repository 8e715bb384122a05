//! Several agents write first, or just when the virtual agent hands over: they meet in one conversation (`PRO-3`).

use crate::http_client::Client;
use crate::http_office::{Office, ROUTED, requester};
use crate::process::{COMPANY, Site, token};
use domain::Role;
use serde_json::{Value, json};

/// As an office, where the virtual agent is the first to answer.
fn with_bot() -> String {
    ROUTED.replacen("kind = \"sms\"", "kind = \"sms\"\nfirst_responder = \"virtual_agent\"", 1)
}

/// Ann writes first, under one key.
async fn starts(office: &Office) -> crate::http_client::Accepted {
    let body = json!({ "channel": "sms", "to": requester(1), "from": COMPANY, "text": "It is Ann." });
    office.http.post_as("first", "/v1/conversations", &office.ann, &body).await.accepted()
}

async fn texts(http: &Client, conversation: &str, token: &str) -> Vec<Value> {
    let events = http.events(conversation, token).await;
    events.iter().map(|event| event["data"]["text"].clone()).filter(Value::is_string).collect()
}

async fn end(site: &Site, office: Office) {
    office.server.stop().await;
    assert_eq!(site.verify_store()["differences"], 0);
}

/// PRO-2, PRO-3: what the virtual agent has handed over is a colleague's, and is joined.
#[tokio::test]
async fn pro_3_a_conversation_that_a_colleague_took_from_the_virtual_agent_is_joined() {
    let site = Site::new(&with_bot());
    let office = Office::open(&site).await;
    let bot = token(Role::Gateway, "bot");
    office.comes("bob").await;
    let id = office.ask(1).await;
    office.http.order(&id, "agent-request", &bot, &json!({})).await;
    let card = office.card("bob", "offered").await;
    office.item(&card["item"], "accept", &office.bob, &json!({})).await.accepted();
    assert_eq!(starts(&office).await.conversation, id);
    let state = office.state(&id).await;
    assert_eq!(state["owner"], json!({ "kind": "agent", "agent": "bob" }));
    let participants = state["participants"].as_array().unwrap();
    assert!(participants.iter().any(|one| *one == "ann") && participants.len() == 2, "{state}");
    assert_eq!(texts(&office.http, &id, &office.ann).await, ["Bonjour?", "It is Ann."]);
    end(&site, office).await;
}

/// PRO-3, LC-13: with many who write first at once, the first takes the place and the others join.
#[tokio::test]
async fn pro_3_agents_who_write_first_at_once_meet_in_one_conversation() {
    let site = Site::new(&with_bot());
    let office = Office::open(&site).await;
    let old = office.ask(1).await;
    let first = async |agent: &str| {
        let body = json!({ "channel": "sms", "to": requester(1), "from": COMPANY, "text": agent });
        let token = token(Role::Agent, agent);
        office.http.post("/v1/conversations", &token, &body).await.accepted().conversation
    };
    let (ann, bob, cid) = tokio::join!(first("ann"), first("bob"), first("cid"));
    assert!(ann != old && ann == bob && bob == cid, "{old}: {ann} {bob} {cid}");
    assert_eq!(office.state(&old).await["reason"], "superseded");
    let mut said = texts(&office.http, &ann, &office.ann).await;
    said.sort_by_key(Value::to_string);
    assert_eq!(said, ["ann", "bob", "cid"]);
    end(&site, office).await;
}
