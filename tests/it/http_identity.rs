//! Who a requester is taken for, and to whom agents may write first: from outside, over HTTP.

use crate::http_client::Client;
use crate::http_world::{NUMBER, World};
use crate::process::{CHANNELS, COMPANY, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

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

/// PRO-6, PRO-8
#[tokio::test]
async fn what_an_agent_may_send_first_depends_on_the_channel() {
    let world = World::new().await;
    let with =
        |kind: &str| json!({ "attachments": [{ "url": "https://a.example/1", "content_type": kind }] });
    world.starts(&with("application/pdf")).await.problem(422, "attachment_type_refused");
    world.starts(&with("image/png")).await.accepted();
    world.end().await;
    let but = |from: &str, to: &str| CHANNELS.replace(from, to);
    let manual = "proactive_allow_manual_recipient = true";
    for (channels, code) in [
        (but("proactive_active = true", "proactive_active = false"), "proactive_disabled"),
        (but(manual, ""), "manual_recipient"),
        (but(manual, &format!("{manual}\nproactive_require_existing_recipient = true")), "recipient_unknown"),
    ] {
        let world = World::with(&channels).await;
        world.starts(&json!({})).await.problem(409, code);
        world.user("ada", &[]).await;
        let ambiguous = world.starts(&json!({ "to": "", "user": "ada" })).await;
        ambiguous.problem(409, "recipient_ambiguous");
    }
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
    world.order(&id, "join", &json!({})).await.accepted();
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
