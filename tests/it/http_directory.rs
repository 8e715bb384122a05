//! The directory's doors, and whose a number is: the rows of the table in `docs/identity.md`, numbers as they are written in
//! a country, PINs from many numbers, and whatever a file or a body can have wrong.

use crate::http_client::{Answer, Client, message};
use crate::process::{CHANNELS, COMPANY, Server, Site, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Instant;

const NUMBER: &str = "+12025550143";
const HEADER: &str = "id,name,phones,email,language,country";

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

    async fn put(&self, path: &str, body: &Value) -> Answer {
        let request = self.http.request(Method::PUT, path, &token(Role::Admin, "root"));
        Client::send(request.json(body)).await.unwrap()
    }

    async fn user(&self, id: &str, phones: &[&str]) {
        self.put(&format!("/v1/users/{id}"), &json!({ "phones": phones })).await.ok();
    }

    async fn phones(&self, id: &str) -> Value {
        let user = self.http.get(&format!("/v1/users/{id}"), &token(Role::Admin, "root")).await;
        user.ok()["phones"].clone()
    }

    async fn import(&self, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.http.request(Method::POST, "/v1/users/import", &token(Role::Admin, "root"));
        Client::send(request.header("content-type", kind).body(body.into())).await.unwrap()
    }

    /// The conversation to which a message of a number goes; Ann has it.
    async fn writes(&mut self, number: &str) -> String {
        self.sent += 1;
        let said = message(&format!("SM-{}", self.sent), number, COMPANY, "It is Bea.");
        let id = self.http.inbound("sms", &token(Role::Gateway, "twilio"), &said).await.conversation;
        self.order(&id, "join", &json!({})).await.accepted();
        id
    }

    async fn order(&self, id: &str, what: &str, body: &Value) -> Answer {
        let path = format!("/v1/conversations/{id}/{what}");
        self.http.post(&path, &token(Role::Agent, "ann"), body).await
    }

    async fn ends(&self, id: &str) {
        self.order(id, "end", &json!({})).await.accepted();
    }

    async fn whose(&self, id: &str) -> Value {
        let state = self.http.get(&format!("/v1/conversations/{id}"), &token(Role::Agent, "ann")).await;
        state.ok()["user"].clone()
    }

    async fn tries(&self, id: &str, user: &str, pin: &str) -> Value {
        self.order(id, "verify", &json!({ "user": user, "pin": pin })).await.ok()
    }

    async fn end(self) {
        self.server.stop().await;
        assert_eq!(self.site.verify_store()["differences"], 0);
    }
}

/// ID-3: whoever turned out to be behind a number has the next conversation too, and the number is not written down as
/// theirs.
#[tokio::test]
async fn who_is_confirmed_has_the_profile_and_not_the_number() {
    let mut world = World::new().await;
    world.user("ada", &["+12025550101"]).await;
    let id = world.writes(NUMBER).await;
    let said = json!({ "user": "ada", "reason": "She told me her order." });
    world.order(&id, "reassociate", &said).await.accepted();
    world.ends(&id).await;
    let next = world.writes(NUMBER).await;
    assert_eq!(world.whose(&next).await, "ada");
    assert_eq!(world.phones("ada").await, json!(["+12025550101"]));
    world.end().await;
}

/// ID-5: what a message says of its author changes nothing until somebody confirms it.
#[tokio::test]
async fn who_only_says_so_is_not_taken_for_somebody_else() {
    let mut world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    world.user("bea", &[]).await;
    let id = world.writes(NUMBER).await;
    assert_eq!(world.whose(&id).await, "ada");
    let said = json!({ "user": "bea", "reason": "She knows her customer number." });
    world.order(&id, "reassociate", &said).await.accepted();
    assert_eq!(world.whose(&id).await, "bea");
    world.ends(&id).await;
    let next = world.writes(NUMBER).await;
    assert_eq!((world.whose(&next).await, world.phones("ada").await), (json!("bea"), json!([NUMBER])));
    world.end().await;
}

/// ID-6, ID-7: a profile of nobody stays one, also when all but one of those who had the number are gone.
#[tokio::test]
async fn a_number_of_several_is_not_guessed_afterwards() {
    let mut world = World::new().await;
    for id in ["ada", "bea", "cyd"] {
        world.user(id, &[NUMBER]).await;
    }
    let first = world.writes(NUMBER).await;
    assert_eq!(world.whose(&first).await, Value::Null);
    world.ends(&first).await;
    world.user("bea", &[]).await;
    world.user("cyd", &[]).await;
    let next = world.writes(NUMBER).await;
    assert_eq!(world.whose(&next).await, Value::Null);
    world.end().await;
}

/// ID-2, ID-8: a number as it is written at home is found by the one that the provider sends.
#[tokio::test]
async fn a_number_is_converted_with_the_user_s_country() {
    let mut world = World::new().await;
    for (id, phone, country, number) in [
        ("gb", "020 7946 0018", "GB", "+442079460018"),
        ("us", "(202) 555-0191", "US", "+12025550191"),
        ("de", "030/901820", "DE", "+4930901820"),
        ("it", "06 1234 5678", "IT", "+390612345678"),
        ("es", "0034 612 345 678", "GB", "+34612345678"),
    ] {
        let body = json!({ "phones": [phone], "country": country });
        world.put(&format!("/v1/users/{id}"), &body).await.ok();
        assert_eq!(world.phones(id).await, json!([number]));
        let conversation = world.writes(number).await;
        assert_eq!(world.whose(&conversation).await, id);
    }
    for (phone, country) in
        [("020 7946 0018", None), ("020 7946 0018", Some("XX")), ("12", Some("GB")), ("me", None)]
    {
        let body = json!({ "phones": [phone], "country": country });
        let refused = world.put("/v1/users/bad", &body).await;
        refused.problem(422, "invalid_body");
        assert_eq!(refused.body["errors"][0]["field"], "phones", "{phone}");
        assert!(!refused.text.contains("7946"), "{}", refused.text);
    }
    world.end().await;
}

/// ID-14: three wrong PINs from three numbers lock the user for a fourth, for the user's own, and for the next
/// conversation; and a refusal takes its time whatever the reason.
#[tokio::test]
async fn wrong_pins_from_many_numbers_lock_one_user() {
    let mut world = World::new().await;
    world.user("ada", &[NUMBER]).await;
    world.user("bea", &[]).await;
    for id in ["ada", "bea"] {
        assert_eq!(world.put(&format!("/v1/users/{id}/pin"), &json!({ "pin": "2468" })).await.status, 204);
    }
    let own = world.writes(NUMBER).await;
    let mut told = Vec::new();
    for (number, user, pin) in [
        (1, "ada", "1111"),
        (2, "ada", "1111"),
        (3, "ada", "1111"),
        (4, "ada", "2468"),
        (5, "nobody", "2468"),
    ] {
        let id = world.writes(&format!("+1202555020{number}")).await;
        let begun = Instant::now();
        told.push(world.tries(&id, user, pin).await);
        assert!(begun.elapsed().as_millis() >= 250, "{number}");
    }
    assert!(told.iter().all(|answer| *answer == json!({ "verified": false })), "{told:?}");
    assert_eq!(world.tries(&own, "ada", "2468").await["verified"], false, "her own number is no better");
    let other = world.writes("+12025550206").await;
    assert_eq!(world.tries(&other, "bea", "2468").await["verified"], true, "only one is locked");
    assert_eq!(world.whose(&own).await, "ada");
    world.ends(&own).await;
    let next = world.writes(NUMBER).await;
    assert_eq!(world.whose(&next).await, Value::Null);
    world.end().await;
}

/// X1, ID-8: a file is taken whole or not at all; each bad line is told by its number, and what it says is not.
#[tokio::test]
async fn a_bad_file_of_users_stores_nothing() {
    let world = World::new().await;
    let good = "good,,+12025550101,,,\n";
    for (lines, at) in [
        ("a b,,,,,", "line 3"),
        ("u-2,,secret,,,", "line 3"),
        ("u-2,,020 7946 0018,,,", "line 3"),
        ("u-2,,,secret,,", "line 3"),
        ("u-2,,,,e,", "line 3"),
        ("u-2,,,,,gb", "line 3"),
        ("u-2,,,,", "line 3"),
        ("u-2,,,,,,", "line 3"),
        ("good,,,,,", "line 3"),
        ("u-2,\"secret\nsecret\",,,,", "line 3"),
        ("u-2,,,,,\n\n\nu-2,,,,,", "line 6"),
    ] {
        let refused = world.import("text/csv", format!("{HEADER}\n{good}{lines}\n")).await;
        refused.problem(422, "invalid_body");
        assert_eq!(refused.body["errors"][0]["field"], at, "{lines}");
        assert!(!refused.text.contains("secret") && !refused.text.contains("7946"), "{}", refused.text);
    }
    for file in ["", "\n\n", good, "id,name\n", &format!("name,id,phones,email,language,country\n{good}")] {
        let refused = world.import("text/csv", file).await;
        refused.problem(422, "invalid_body");
        assert_eq!(refused.body["errors"][0]["field"], "line 1", "{file}");
    }
    let latin = [HEADER.as_bytes(), b"\n", good.as_bytes(), b"u-2,Bj\xf6rn,,,,\n"].concat();
    world.import("text/csv", latin).await.problem(422, "invalid_body");
    let utf16: Vec<u8> = format!("{HEADER}\n{good}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    world.import("text/csv", utf16).await.problem(422, "invalid_body");
    for kind in ["application/json", "text/plain"] {
        let refused = world.import(kind, format!("{HEADER}\n{good}")).await;
        refused.problem(415, "unsupported_media_type");
    }
    let large = format!("{HEADER}\n{good}{}", "x".repeat(4 * 1024 * 1024));
    world.import("text/csv", large).await.problem(413, "body_too_large");
    let many = (0..10_001).map(|number| format!("u-{number},,,,,\n")).collect::<String>();
    world.import("text/csv", format!("{HEADER}\n{many}")).await.problem(422, "invalid_body");
    let users = world.http.get("/v1/users", &token(Role::Admin, "root")).await.ok();
    assert_eq!(users["users"], json!([]), "nothing of all that was stored");
    // What other programs write: a byte order mark, CRLF, quotes where none are needed.
    let fine = format!("\u{feff}{HEADER}\r\n\"u-1\",\"Byron, \"\"Ada\"\"\",\"(202) 555-0143\",,,US\r\n");
    assert_eq!(world.import("text/csv", fine).await.ok(), json!({ "changed": 1, "unchanged": 0 }));
    assert_eq!(world.phones("u-1").await, json!([NUMBER]));
    world.end().await;
}

/// X1, ID-8: so is one user as JSON.
#[tokio::test]
async fn a_bad_user_is_refused_by_the_field_and_stored_nowhere() {
    let world = World::new().await;
    let phones: Vec<String> = (0..11).map(|number| format!("+1202555{number:04}")).collect();
    for (body, field) in [
        (json!({ "phones": ["secret"] }), "phones"),
        (json!({ "phones": phones }), "phones"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x".repeat(257) }), "name"),
        (json!({ "email": "secret" }), "email"),
        (json!({ "email": "se cret@example.com" }), "email"),
        (json!({ "language": "e" }), "language"),
        (json!({ "country": "gbr" }), "country"),
        (json!({ "kind": "secret" }), "kind"),
    ] {
        let refused = world.put("/v1/users/bad", &body).await;
        refused.problem(422, "invalid_body");
        assert_eq!(refused.body["errors"][0]["field"], field, "{body}");
        assert!(!refused.text.contains("cret"), "{}", refused.text);
    }
    for body in [json!({ "phone": NUMBER }), json!({ "phones": NUMBER }), json!({ "name": 7 }), json!([])] {
        assert!([400, 422].contains(&world.put("/v1/users/bad", &body).await.status), "{body}");
    }
    world.put("/v1/users/a%20b", &json!({})).await.problem(422, "invalid_body");
    let root = token(Role::Admin, "root");
    let raw = |body: Vec<u8>| {
        let request = world.http.request(Method::PUT, "/v1/users/bad", &root);
        Client::send(request.header("content-type", "application/json").body(body))
    };
    for body in [&b"{"[..], b"", b"\xff\xfe{}", b"{\"name\":\"Bj\xf6rn\"}"] {
        assert!([400, 422].contains(&raw(body.to_vec()).await.unwrap().status), "{body:?}");
    }
    raw(vec![b' '; 70_000]).await.unwrap().problem(413, "body_too_large");
    for pin in ["", "123", "1234567890123", "12a4", "\u{661}\u{662}\u{663}\u{664}"] {
        world.put("/v1/users/bad/pin", &json!({ "pin": pin })).await.problem(422, "invalid_body");
    }
    world.put("/v1/users/bad/pin", &json!({ "pin": "2468" })).await.problem(404, "user_unknown");
    for who in [Role::Agent, Role::Supervisor, Role::Gateway] {
        let put = world.http.request(Method::PUT, "/v1/users/bad", &token(who, "sue"));
        Client::send(put.json(&json!({}))).await.unwrap().problem(403, "role_forbidden");
    }
    world.http.get("/v1/users/bad", &root).await.problem(404, "user_unknown");
    world.end().await;
}
