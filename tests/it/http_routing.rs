//! Routing over HTTP: agents come, offers appear in their inboxes, are accepted and rejected; who waits, and why.

use crate::http_client::Client;
use crate::http_office::{Office, ROUTED, requester};
use crate::process::{Site, confined_token, eventually, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

/// LC-5, WI-7, WI-9, CAP-6, EWT-3, L6
#[tokio::test]
async fn an_offer_appears_in_the_inbox_and_is_accepted_by_whom_it_is_for() {
    let site = Site::new(ROUTED);
    let office = Office::open(&site).await;
    let (http, nothing) = (&office.http, json!({}));
    office.comes("ann").await;
    let conversation = office.ask(1).await;
    let card = office.card("ann", "offered").await;
    assert_eq!((&card["conversation"], &card["queue"]), (&json!(conversation), &json!("letters")));
    assert_eq!((&card["channel"], &card["service_channel"]), (&json!("sms"), &json!("messaging")));
    assert_eq!((&card["reject_allowed"], &card["variables"]), (&json!(true), &json!({ "topic": "parcel" })));
    assert!(card["expires_at"].is_string() && card["waited_ms"].is_u64(), "{card}");
    let item = &card["item"];

    office.item(item, "accept", &office.bob, &nothing).await.problem(409, "not_offered");
    office.item(&json!("99"), "accept", &office.ann, &nothing).await.problem(404, "work_item_unknown");
    let path = format!("/v1/work-items/{}/accept", item.as_str().unwrap());
    let accepted = http.post_as("key-1", &path, &office.ann, &nothing).await.accepted();
    assert_eq!((accepted.conversation, accepted.duplicate), (conversation.clone(), false));
    assert!(http.post_as("key-1", &path, &office.ann, &nothing).await.accepted().duplicate);
    let again = office.item(item, "accept", &office.ann, &nothing).await;
    assert_eq!(again.accepted().conversation, conversation);

    let state = office.state(&conversation).await;
    assert_eq!((&state["owner"]["agent"], &state["waiting"]), (&json!("ann"), &Value::Null));
    let card = office.card("ann", "accepted").await;
    assert_eq!((&card["item"], &card["expires_at"]), (item, &Value::Null));
    let ann = http.get("/v1/agents/ann", &office.ann).await.ok();
    assert_eq!(ann["channels"]["messaging"], json!({ "on": true, "in_use": 1, "max": 1 }));
    assert_eq!(ann["universal"], json!({ "in_use": 1, "max": null }));
    let item = http.get(&format!("/v1/work-items/{}", item.as_str().unwrap()), &office.ann).await.ok();
    assert_eq!((&item["allocated_by"], &item["place"]), (&json!("offer"), &json!("accepted")));
    office.item(&item["id"], "reject", &office.ann, &nothing).await.problem(409, "not_offered");

    // Whoever comes next may expect to be served as fast, and is told a whole minute.
    let next = office.ask(2).await;
    office.position(&next, 1).await;
    assert_eq!(office.state(&next).await["waiting"]["estimated_minutes"], 1);
    assert!(http.get("/v1/queues/letters", &office.bob).await.ok()["estimate_s"].is_u64());
}

/// WI-3, WI-4, WI-5
#[tokio::test]
async fn a_rejected_offer_goes_to_the_next_agent_and_the_reason_is_kept() {
    let site = Site::new(ROUTED);
    let office = Office::open(&site).await;
    office.comes("ann").await;
    office.comes("cid").await;
    office.ask(1).await;
    let item = office.card("ann", "offered").await["item"].clone();
    office.comes("bob").await;
    let reject =
        async |reason: &str| office.item(&item, "reject", &office.ann, &json!({ "reason": reason })).await;
    reject("tired").await.problem(422, "reject_reason_unknown");
    reject("not_mine").await.accepted();
    assert_eq!(office.card("bob", "offered").await["item"], item);
    reject("not_mine").await.problem(409, "not_offered");
    let path = format!("/v1/work-items/{}", item.as_str().unwrap());
    let found = office.http.get(&path, &office.bob).await.ok();
    assert_eq!((&found["rejected"], &found["offers"]), (&json!(true), &json!(2)));
    // An agent knows of what is their own only.
    office.http.get(&path, &office.ann).await.problem(404, "work_item_unknown");

    let history = office.http.get(&format!("{path}/explain"), &office.sue).await.ok();
    let steps = history["steps"].as_array().unwrap();
    let of_kind = |kind: &str| -> Vec<&Value> { steps.iter().filter(|step| step["type"] == kind).collect() };
    let ended = of_kind("router.offer_ended");
    assert_eq!(ended[0]["data"]["why"]["reason"], "not_mine");
    assert_eq!((&ended[0]["cause"]["role"], &ended[0]["cause"]["name"]), (&json!("agent"), &json!("ann")));
    let offers = of_kind("router.offered");
    let first = &offers[0]["field"]["candidates"];
    assert_eq!((&first[0]["agent"], &first[0]["rank"]), (&json!("ann"), &json!(1)));
    assert_eq!((&first[1]["agent"], &first[1]["obstacle"]), (&json!("bob"), &json!("presence")));
    assert_eq!((&first[2]["obstacle"], &first[2]["skill"]), (&json!("missing_skill"), &json!("french")));
    let second = offers[1]["field"]["candidates"].as_array().unwrap();
    assert_eq!((&second[0]["agent"], &second[1]["obstacle"]), (&json!("bob"), &json!("declined")));
    let only = office.http.get(&format!("{path}/explain?agent=cid"), &office.sue).await.ok();
    let field = only["steps"].as_array().unwrap().iter().find(|step| step["field"].is_object()).unwrap();
    assert_eq!(field["field"]["candidates"].as_array().unwrap().len(), 1);
    assert_eq!(field["field"]["omitted"], 2);
}

/// Q-8, EWT-2, VA-6, KPI-11
#[tokio::test]
async fn who_waits_has_a_place_in_line_until_they_no_longer_want_an_agent() {
    let site = Site::new(ROUTED);
    let office = Office::open(&site).await;
    let (http, nothing) = (&office.http, json!({}));
    let (first, second) = (office.ask(1).await, office.ask(2).await);
    office.position(&first, 1).await;
    office.position(&second, 2).await;
    let own = token(Role::Requester, &requester(2));
    let seen = http.get(&format!("/v1/conversations/{second}"), &own).await.ok();
    assert_eq!(seen["waiting"], json!({ "position": 2 }));
    let queue = http.get("/v1/queues/letters", &office.ann).await.ok();
    assert_eq!((&queue["queued"], &queue["offered"], &queue["late"]), (&json!(2), &json!(0), &json!(0)));
    assert_eq!((&queue["estimate_s"], &queue["anybody_online"]), (&Value::Null, &json!(false)));
    assert!(queue["oldest_wait_ms"].is_u64(), "{queue}");
    http.get("/v1/queues/lost", &office.ann).await.problem(404, "queue_unknown");
    let metrics = http.get("/metrics", &office.sue).await.text;
    assert!(metrics.contains(r#"colloquy_queue_items{queue="letters",place="queued"} 2"#), "{metrics}");

    let page = http.get("/v1/work-items?queue=letters&place=queued&limit=1", &office.sue).await.ok();
    assert_eq!(page["work_items"][0]["conversation"], first);
    let cursor = page["next_cursor"].as_str().unwrap();
    let after = format!("/v1/work-items?queue=letters&limit=1&cursor={cursor}");
    let next = http.get(&after, &office.sue).await.ok();
    assert_eq!(
        (&next["work_items"][0]["conversation"], &next["next_cursor"]),
        (&json!(second), &Value::Null)
    );
    let old = next["work_items"][0]["id"].clone();

    let path = format!("/v1/conversations/{second}/agent-request");
    Client::send(http.request(Method::DELETE, &path, &own)).await.unwrap().accepted();
    eventually("it does not wait", async || office.state(&second).await["waiting"].is_null().then_some(()))
        .await;
    http.post(&path, &own, &nothing).await.accepted();
    office.position(&second, 2).await;
    let items = http.get(&format!("/v1/work-items?conversation={second}"), &office.sue).await.ok();
    assert_ne!(items["work_items"][0]["id"], old);
    http.get(&format!("/v1/work-items/{}", old.as_str().unwrap()), &office.sue)
        .await
        .problem(410, "work_item_over");
}

/// WI-8, 18.20
#[tokio::test]
async fn an_accept_after_the_requester_left_is_refused_and_says_so() {
    let site = Site::new(ROUTED);
    let office = Office::open(&site).await;
    let nothing = json!({});
    office.comes("ann").await;
    let conversation = office.ask(1).await;
    let item = office.card("ann", "offered").await["item"].clone();
    let own = token(Role::Requester, &requester(1));
    office.http.order(&conversation, "end", &own, &nothing).await;
    // Whether the router has heard of it yet or not.
    let at_once = office.item(&item, "accept", &office.ann, &nothing).await;
    assert!([409, 410].contains(&at_once.status), "{}", at_once.text);
    office.no_card("ann").await;
    let refused = office.item(&item, "accept", &office.ann, &nothing).await;
    refused.problem(410, "work_item_over");
    assert!(refused.body["detail"].as_str().unwrap().contains("over"), "{}", refused.text);
    assert_eq!(office.state(&conversation).await["reason"], "left_before_engagement");
    let path = format!("/v1/work-items/{}/explain", item.as_str().unwrap());
    let history = office.http.get(&path, &office.sue).await.ok();
    let last = history["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(last["type"], "router.ended");
}

/// PR-2, PR-4
#[tokio::test]
async fn presence_is_said_by_oneself_and_decides_what_is_offered() {
    let site = Site::new(ROUTED);
    let office = Office::open(&site).await;
    let said = async |body: Value| office.presence("ann", &body).await;
    said(json!({ "state": "asleep" })).await.problem(422, "presence_unknown");
    said(json!({ "state": "no name" })).await.problem(422, "presence_unknown");
    said(json!({ "state": "available", "switched_off": ["fax"] })).await.problem(409, "switch_not_allowed");
    said(json!({ "stat": "available" })).await.problem(422, "invalid_body");
    office.presence("eve", &json!({ "state": "available" })).await.problem(404, "agent_unknown");
    let off = said(json!({ "state": "available", "switched_off": ["messaging"] })).await.ok();
    assert_eq!((&off["state"], &off["connected"]), (&json!("available"), &json!(true)));
    assert_eq!(off["channels"]["messaging"]["on"], false);
    let conversation = office.ask(1).await;
    office.position(&conversation, 1).await;
    said(json!({ "state": "available", "switched_off": [] })).await.ok();
    office.card("ann", "offered").await;
    said(json!({ "state": "away" })).await.ok();
    office.no_card("ann").await;
    office.position(&conversation, 1).await;
    let gone = said(json!({ "state": "away", "connected": false })).await.ok();
    assert_eq!((&gone["connected"], gone["since"].is_string()), (&json!(false), true));
    let for_ann = office.http.request(Method::PUT, "/v1/agents/ann/presence", &office.sue);
    let back = Client::send(for_ann.json(&json!({ "state": "away" }))).await.unwrap().ok();
    assert_eq!(back["connected"], true);
    let list = async |query: &str| {
        let list = office.http.get(&format!("/v1/agents?{query}"), &office.sue).await.ok();
        let names: Vec<String> =
            list["agents"].as_array().unwrap().iter().map(|agent| agent["agent"].to_string()).collect();
        (names.join(" "), list["next_cursor"].clone())
    };
    assert_eq!(list("limit=2").await, (r#""ann" "bob""#.to_owned(), json!("bob")));
    assert_eq!(list("limit=2&cursor=bob").await, (r#""cid""#.to_owned(), Value::Null));
    assert_eq!(list("state=away&group=front").await.0, r#""ann""#);
    assert_eq!(list("state=offline").await.0, r#""bob" "cid""#);
    assert_eq!(list("group=back").await.0, "");
}

/// An agent asks for themselves alone, a requester not at all, and a token for another channel sees nothing.
#[tokio::test]
async fn a_role_sees_the_work_that_is_its_own() {
    let site = Site::new(ROUTED);
    let office = Office::open(&site).await;
    let (http, nothing) = (&office.http, json!({}));
    office.comes("ann").await;
    let conversation = office.ask(1).await;
    let item = office.card("ann", "offered").await["item"].clone();
    let path = format!("/v1/work-items/{}", item.as_str().unwrap());
    for path in ["/v1/agents/ann", "/v1/agents/ann/inbox", "/v1/agents", "/v1/work-items?agent=ann"] {
        http.get(path, &office.bob).await.problem(403, "role_forbidden");
    }
    let on_behalf = http.request(Method::PUT, "/v1/agents/ann/presence", &office.bob);
    let on_behalf = Client::send(on_behalf.json(&json!({ "state": "away" }))).await.unwrap();
    on_behalf.problem(403, "role_forbidden");
    let own = http.get("/v1/work-items", &office.bob).await.ok();
    assert_eq!(own["work_items"], json!([]));
    let own = http.get("/v1/work-items", &office.ann).await.ok();
    assert_eq!(own["work_items"][0]["id"], item);
    http.get(&format!("{path}/explain"), &office.ann).await.problem(403, "role_forbidden");
    office
        .item(&item, "assign", &office.ann, &json!({ "agent": "ann" }))
        .await
        .problem(403, "role_forbidden");
    let requester = token(Role::Requester, &requester(1));
    for path in ["/v1/queues", "/v1/work-items", "/v1/agents", &path] {
        http.get(path, &requester).await.problem(403, "role_forbidden");
    }
    let request = format!("/v1/conversations/{conversation}/agent-request");
    http.post(&request, &office.ann, &nothing).await.problem(403, "role_forbidden");
    let stranger = token(Role::Requester, "+12025559999");
    http.post(&request, &stranger, &nothing).await.problem(404, "conversation_unknown");

    let elsewhere = confined_token(Role::Supervisor, "sue", "web");
    assert_eq!(http.get("/v1/work-items", &elsewhere).await.ok()["work_items"], json!([]));
    assert_eq!(http.get("/v1/agents/ann/inbox", &elsewhere).await.ok()["cards"], json!([]));
    for path in [path.clone(), format!("{path}/explain")] {
        http.get(&path, &elsewhere).await.problem(404, "work_item_unknown");
    }
    let assign = office.item(&item, "assign", &elsewhere, &json!({ "agent": "bob" })).await;
    assign.problem(404, "work_item_unknown");
    let ann = confined_token(Role::Agent, "ann", "web");
    office.item(&item, "accept", &ann, &nothing).await.problem(404, "work_item_unknown");
}

/// AR-8: an offer that cannot be rejected stays offered.
#[tokio::test]
async fn an_offer_that_may_not_be_rejected_stays_with_its_agent() {
    let site = Site::new(&ROUTED.replacen(
        "offer_timeout = 3600",
        "offer_timeout = 3600\nreject_allowed = false",
        1,
    ));
    let office = Office::open(&site).await;
    office.comes("ann").await;
    office.ask(1).await;
    let card = office.card("ann", "offered").await;
    assert_eq!(card["reject_allowed"], false);
    let refused = office.item(&card["item"], "reject", &office.ann, &json!({ "reason": "busy" })).await;
    refused.problem(409, "reject_not_allowed");
    office.card("ann", "offered").await;
}
