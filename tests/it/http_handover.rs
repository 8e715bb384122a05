//! Handing conversations on over HTTP: to another agent, to a queue, and by a supervisor's hand.

use crate::http_client::Answer;
use crate::http_office::{Office, ROUTED};
use crate::process::{Site, eventually, token};
use domain::Role;
use serde_json::{Value, json};

/// An office in which ann has a conversation.
async fn busy(site: &Site) -> (Office, String) {
    let office = Office::open(site).await;
    office.comes("ann").await;
    let conversation = office.ask(1).await;
    let item = office.card("ann", "offered").await["item"].clone();
    office.item(&item, "accept", &office.ann, &json!({})).await.accepted();
    office.card("ann", "accepted").await;
    (office, conversation)
}

async fn transfer(office: &Office, conversation: &str, token: &str, body: Value) -> Answer {
    office.http.post(&format!("/v1/conversations/{conversation}/transfer"), token, &body).await
}

/// TR-2, TR-4, TR-5, TR-6
#[tokio::test]
async fn an_agent_hands_a_conversation_to_another_one_who_may_decline_or_accept() {
    let site = Site::new(ROUTED);
    let (office, id) = busy(&site).await;
    let (http, nothing) = (&office.http, json!({}));
    let to_bob = || json!({ "to_agent": "bob" });
    transfer(&office, &id, &office.ann, to_bob()).await.problem(409, "agent_unavailable");
    transfer(&office, &id, &office.ann, json!({ "to_agent": "eve" })).await.problem(404, "agent_unknown");
    office.comes("bob").await;
    transfer(&office, &id, &office.bob, to_bob()).await.problem(409, "not_owner");
    transfer(&office, &id, &office.ann, json!({ "cancel": true })).await.problem(409, "no_transfer");

    assert_eq!(transfer(&office, &id, &office.ann, to_bob()).await.accepted().conversation, id);
    let card = office.card("bob", "offered").await;
    assert_eq!((&card["transferred_from"], &card["queue"]), (&json!("ann"), &Value::Null));
    assert_eq!(http.get("/v1/agents/bob", &office.bob).await.ok()["universal"]["in_use"], 1);
    transfer(&office, &id, &office.ann, to_bob()).await.problem(409, "transfer_pending");
    transfer(&office, &id, &office.ann, json!({ "cancel": true })).await.accepted();
    office.no_card("bob").await;
    office.item(&card["item"], "accept", &office.bob, &nothing).await.problem(410, "work_item_over");

    transfer(&office, &id, &office.ann, to_bob()).await.accepted();
    let card = office.card("bob", "offered").await;
    office.item(&card["item"], "reject", &office.bob, &json!({ "reason": "busy" })).await.accepted();
    assert_eq!(office.state(&id).await["owner"]["agent"], "ann");
    http.order(&id, "messages", &office.ann, &json!({ "text": "I am still here." })).await;

    transfer(&office, &id, &office.ann, to_bob()).await.accepted();
    let card = office.card("bob", "offered").await;
    office.item(&card["item"], "accept", &office.bob, &nothing).await.accepted();
    let state = office.state(&id).await;
    assert_eq!((&state["owner"]["agent"], &state["participants"]), (&json!("bob"), &json!(["bob"])));
    http.post(&format!("/v1/conversations/{id}/messages"), &office.ann, &json!({ "text": "?" }))
        .await
        .problem(409, "not_participant");
    office.no_card("ann").await;
    let item = http.get(&format!("/v1/work-items?conversation={id}"), &office.sue).await.ok();
    assert_eq!(item["work_items"][0]["allocated_by"], "transfer");

    // Bob has no room for another one.
    let second = office.ask(2).await;
    let card = office.card("ann", "offered").await;
    office.item(&card["item"], "accept", &office.ann, &nothing).await.accepted();
    office.card("ann", "accepted").await;
    transfer(&office, &second, &office.ann, to_bob()).await.problem(409, "agent_full");
}

/// TR-1, TR-4, SUP-6
#[tokio::test]
async fn a_conversation_goes_to_a_queue_by_its_agent_or_by_a_supervisor() {
    let site = Site::new(ROUTED);
    let (office, id) = busy(&site).await;
    let http = &office.http;
    let parked = || json!({ "to_queue": "parked" });
    for body in [json!({}), json!({ "to_queue": "parked", "to_agent": "bob" }), json!({ "cancel": false })] {
        transfer(&office, &id, &office.ann, body).await.problem(422, "invalid_body");
    }
    transfer(&office, &id, &office.bob, parked()).await.problem(409, "not_owner");
    transfer(&office, &id, &office.ann, json!({ "to_queue": "lost" })).await.problem(404, "queue_unknown");
    let admin = token(Role::Admin, "adam");
    transfer(&office, &id, &admin, json!({ "to_agent": "bob" })).await.problem(403, "role_forbidden");

    transfer(&office, &id, &office.sue, parked()).await.accepted();
    assert_eq!(office.state(&id).await["owner"]["kind"], "queue");
    http.post(&format!("/v1/conversations/{id}/messages"), &office.ann, &json!({ "text": "?" }))
        .await
        .problem(409, "not_participant");
    let item = eventually("it is in its queue", async || {
        let items = http.get("/v1/work-items?queue=parked&place=queued", &office.sue).await.ok();
        items["work_items"].as_array().unwrap().first().cloned()
    })
    .await;
    assert_eq!((&item["origin"], &item["conversation"]), (&json!("to_queue"), &json!(id)));
    assert!(item["previous"].is_string(), "{item}");
    office.no_card("ann").await;
    transfer(&office, &id, &office.sue, parked()).await.problem(409, "wrong_state");
}

/// LC-13, CAP-9
#[tokio::test]
async fn a_supervisor_gives_what_waits_to_an_agent_who_is_there() {
    let site = Site::new(ROUTED);
    let (office, first) = busy(&site).await;
    let (http, second) = (&office.http, office.ask(2).await);
    let item = eventually("the second one waits", async || {
        let items = http.get(&format!("/v1/work-items?conversation={second}"), &office.sue).await.ok();
        items["work_items"].as_array().unwrap().first().cloned()
    })
    .await["id"]
        .clone();
    let assign = async |item: &Value, agent: &str| {
        office.item(item, "assign", &office.sue, &json!({ "agent": agent })).await
    };
    assign(&item, "eve").await.problem(404, "agent_unknown");
    assign(&item, "bob").await.problem(409, "agent_unavailable");
    assign(&json!("99"), "ann").await.problem(404, "work_item_unknown");
    // Ann is full, which does not matter to somebody who knows what they do.
    assert_eq!(assign(&item, "ann").await.accepted().conversation, second);
    assert_eq!(office.state(&second).await["owner"]["agent"], "ann");
    let cards = eventually("ann has two", async || {
        let cards = office.inbox("ann").await;
        (cards.len() == 2).then_some(cards)
    })
    .await;
    assert_eq!((&cards[0]["conversation"], &cards[1]["conversation"]), (&json!(first), &json!(second)));
    let ann = http.get("/v1/agents/ann", &office.sue).await.ok();
    assert_eq!(ann["channels"]["messaging"], json!({ "on": true, "in_use": 2, "max": 1 }));
    assign(&item, "ann").await.problem(410, "work_item_over");
    assign(&cards[0]["item"], "ann").await.problem(409, "already_assigned");
}
