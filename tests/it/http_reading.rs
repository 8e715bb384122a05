//! Reading over HTTP: the list with its filters and cursors, a read of one's own write, and events page by page.

use crate::http_client::{Client, message};
use crate::process::{CHANNELS, COMPANY, Site, token};
use domain::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Reads the list page by page, and gives the ids of all.
async fn list(http: &Client, query: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/conversations?{query}{cursor}");
        let page = http.get(&path, &token(Role::Agent, "ann")).await.ok();
        let rows = page["conversations"].as_array().unwrap();
        ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

/// L4: also after a kill, when the projection is rebuilt from the log or goes on where it was.
#[tokio::test]
async fn the_list_has_filters_and_pages_and_contains_what_was_just_written() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway, ann) = (server.http(), token(Role::Gateway, "twilio"), token(Role::Agent, "ann"));
    let mut all = Vec::new();
    for number in 0..7 {
        let from = format!("+120255501{:02}", number);
        let accepted = http.inbound("sms", &gateway, &message(&from, &from, COMPANY, "Hello?")).await;
        // The read of one's own write, at once and without a wait of ours.
        let seen = list(&http, &format!("at_least={}", accepted.position)).await;
        assert!(seen.contains(&accepted.conversation));
        all.push(accepted.conversation);
    }
    let chat = http.inbound("web", &gateway, &message("W-1", "guest-1", "shop", "Hello?")).await;
    http.order(&all[0], "join", &ann, &json!({})).await;
    http.order(&all[1], "join", &ann, &json!({})).await;
    http.order(&all[1], "hold", &ann, &json!({})).await;
    http.order(&all[2], "join", &token(Role::Agent, "bob"), &json!({})).await;
    let last = http.order(&all[3], "end", &gateway, &json!({})).await.position;
    let sms: BTreeSet<String> = all.iter().cloned().collect();
    let check = async |http: &Client| {
        let set = async |query: &str| -> BTreeSet<String> {
            let ids = list(http, &format!("at_least={last}{query}")).await;
            let found: BTreeSet<String> = ids.iter().cloned().collect();
            assert_eq!(found.len(), ids.len(), "a page repeats a conversation");
            found
        };
        let of =
            |indices: &[usize]| -> BTreeSet<String> { indices.iter().map(|i| all[*i].clone()).collect() };
        assert_eq!(set("&channel=sms&limit=2").await, sms);
        assert_eq!(set("&channel=web").await, BTreeSet::from([chat.conversation.clone()]));
        assert_eq!(set("&limit=1").await.len(), 8);
        assert_eq!(set("&agent=ann").await, of(&[0, 1]));
        assert_eq!(set("&agent=ann&state=on_hold").await, of(&[1]));
        assert_eq!(set("&state=new&channel=sms").await, of(&[4, 5, 6]));
        assert_eq!(set("&state=closed_abandoned").await, of(&[3]));
        assert_eq!(set("&agent=nobody").await, BTreeSet::new());
    };
    check(&http).await;
    server.kill();
    let server = site.serve().await;
    check(&server.http()).await;
    let row = http_row(&server.http(), &all[3]).await;
    assert_eq!(
        (&row["state"], &row["reason"]),
        (&json!("closed_abandoned"), &json!("left_before_engagement"))
    );
    assert_eq!(row["messages"], json!({ "requester": 1, "agent": 0 }));
    // P1
    assert!(row.get("requester").is_none() && !row.to_string().contains("+1202"), "{row}");
}

async fn http_row(http: &Client, id: &str) -> Value {
    let page = http.get("/v1/conversations", &token(Role::Supervisor, "sue")).await.ok();
    page["conversations"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone()
}

#[tokio::test]
async fn a_position_that_the_log_has_not_reached_is_waited_for_and_then_refused() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let answer = server.http().get("/v1/conversations?at_least=0-999999", &token(Role::Agent, "ann")).await;
    answer.problem(503, "projection_behind");
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn events_are_read_page_by_page_without_a_gap_and_without_an_end() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, gateway) = (server.http(), token(Role::Gateway, "twilio"));
    let mut id = String::new();
    for number in 0..5 {
        let sent = message(&format!("SM-{number}"), "+12025550101", COMPANY, "Hello?");
        id = http.inbound("sms", &gateway, &sent).await.conversation;
    }
    let (mut versions, mut after) = (Vec::new(), 0);
    loop {
        let path = format!("/v1/conversations/{id}/events?limit=4&after={after}");
        let page = http.get(&path, &gateway).await.ok();
        let events = page["events"].as_array().unwrap();
        versions.extend(events.iter().map(|event| event["version"].as_u64().unwrap()));
        let next = page["next_after"].as_u64().unwrap();
        if events.is_empty() {
            assert_eq!(next, after);
            break;
        }
        after = next;
    }
    assert_eq!(versions, [1, 2, 3, 4, 5, 6]);
    let beyond = http.get(&format!("/v1/conversations/{id}/events?after={}", u64::MAX), &gateway).await.ok();
    assert_eq!(beyond["events"], json!([]));
}
