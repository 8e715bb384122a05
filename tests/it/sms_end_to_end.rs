//! Text messages from one end to the other: in by signed webhook, out over a provider that fails in many ways, and what
//! became of them back by callback.

use crate::http_client::message;
use crate::messages_api::Mishap::{Close, Half, Hang, Nothing, Refuse, Slow};
use crate::messages_api::{BROKEN, BUSY, MessagesApi, UNSUBSCRIBED};
use crate::process::{COMPANY, eventually, token};
use crate::sms_world::World;
use domain::Role;
use serde_json::{Value, json};

const ADA: &str = "+12025550143";
const BEA: &str = "+12025550144";

/// CH-10, L5: nobody listens yet; half an answer; too many requests; no answer in time; its own trouble, also at the
/// look-up; slow.
#[tokio::test]
async fn all_that_an_agent_says_arrives_once_and_in_order_however_the_provider_fails() {
    let world = World::new(MessagesApi::absent(), 1).await;
    let id = world.joined(ADA).await;
    world.says(&id, ["one", "two", "three"]).await;
    world.failed().await;
    assert_eq!(world.api.asked(ADA), Vec::<String>::new());
    world
        .api
        .script(ADA, [Nothing, Half, Nothing, BUSY, Nothing, Hang, Nothing, BROKEN, BROKEN, Nothing, Slow]);
    world.api.listen();
    world.arrived(&id, ADA, ["one", "two", "three"]).await;
    let [one, two, three] = ["POST one", "POST two", "POST three"];
    let expected = ["GET", one, "GET", two, "GET", two, "GET", three, "GET", "GET", three];
    assert_eq!(world.api.asked(ADA), expected);
    world.end().await;
}

/// L5, L6: the provider takes each message and does not live to say so.
#[tokio::test]
async fn a_message_whose_answer_is_cut_off_is_found_and_not_sent_again() {
    let world = World::new(MessagesApi::open(), 15).await;
    let id = world.joined(ADA).await;
    world.api.script(ADA, [Close, Close, Nothing]);
    world.says(&id, ["one", "two"]).await;
    world.arrived(&id, ADA, ["one", "two"]).await;
    assert_eq!(world.api.asked(ADA), ["POST one", "GET", "GET", "POST two"]);
    world.end().await;
}

/// L1, L5, L6
#[tokio::test]
async fn a_kill_after_the_provider_took_a_message_and_before_it_answered_loses_and_doubles_nothing() {
    let mut world = World::new(MessagesApi::open(), 15).await;
    let id = world.joined(ADA).await;
    world.api.script(ADA, [Nothing, Hang]);
    world.says(&id, ["one", "two", "three"]).await;
    eventually("the second is taken", async || (world.api.taken(ADA).len() == 2).then_some(())).await;
    assert_eq!(world.events(&id, "dispatched").await.len(), 1);
    world.kill_and_restart().await;
    world.arrived(&id, ADA, ["one", "two", "three"]).await;
    assert_eq!(world.api.asked(ADA), ["POST one", "POST two", "GET", "GET", "POST three"]);
    world.kill_and_restart().await;
    world.says(&id, ["four"]).await;
    world.arrived(&id, ADA, ["one", "two", "three", "four"]).await;
    world.end().await;
}

/// L5: what the provider took before is told from what it did not take by what is written down, and not by the text.
#[tokio::test]
async fn the_same_text_said_twice_is_not_taken_for_one_after_a_kill() {
    let mut world = World::new(MessagesApi::absent(), 15).await;
    let id = world.joined(ADA).await;
    world.says(&id, ["yes", "yes", "yes"]).await;
    world.api.script(ADA, [Nothing, Nothing, Hang]);
    world.failed().await;
    world.api.listen();
    world.so_many(&id, "dispatched", 1).await;
    eventually("the second is taken", async || (world.api.taken(ADA).len() == 2).then_some(())).await;
    world.kill_and_restart().await;
    world.arrived(&id, ADA, ["yes", "yes", "yes"]).await;
    world.end().await;
}

/// L5: the same, where the second never got through.
#[tokio::test]
async fn a_text_like_the_one_before_it_is_not_lost_by_a_kill() {
    let mut world = World::new(MessagesApi::absent(), 15).await;
    let id = world.joined(ADA).await;
    world.says(&id, ["yes", "yes"]).await;
    world.failed().await;
    world.api.script(ADA, [Nothing, Nothing, BROKEN]);
    world.api.always(ADA, BROKEN);
    world.api.listen();
    world.so_many(&id, "dispatched", 1).await;
    eventually("the second failed", async || (world.api.asked(ADA).len() >= 3).then_some(())).await;
    world.kill_and_restart().await;
    world.api.always(ADA, Nothing);
    world.arrived(&id, ADA, ["yes", "yes"]).await;
    world.end().await;
}

/// L5: the same text in two conversations of one pair, of which the first never got through.
#[tokio::test]
async fn the_same_text_in_another_conversation_is_not_taken_for_this_one_after_a_kill() {
    let mut world = World::new(MessagesApi::open(), 15).await;
    let first = world.joined(ADA).await;
    world.api.script(ADA, [Refuse(429, "retry-after: 600\r\n", 20429)]);
    world.says(&first, ["yes"]).await;
    world.failed().await;
    world.order(&first, "end", &json!({})).await.accepted();
    world.hears(ADA, "SM-again", "Hello again?").await;
    let known = world.conversations(ADA).await;
    let second = known.iter().filter_map(|found| found["id"].as_str()).find(|id| *id != first).unwrap();
    world.order(second, "join", &json!({})).await.accepted();
    world.says(second, ["yes"]).await;
    world.so_many(second, "dispatched", 1).await;
    world.kill_and_restart().await;
    let both = || world.api.texts(ADA).iter().filter(|text| *text == "yes").count() == 2;
    eventually("both are taken", async || both().then_some(())).await;
    world.end().await;
}

/// NTF-1, CH-10, L5, OPT-1: to who subscribed, over a provider that fails at first, and through a kill; then 21610.
#[tokio::test]
async fn a_notification_leaves_by_text_message_once_however_the_provider_fails() {
    let mut world = World::new(MessagesApi::open(), 15).await;
    let (gateway, admin) = (token(Role::Gateway, "shop"), token(Role::Admin, "eve"));
    let body = |text: &str| json!({ "channel": "sms", "address": ADA, "text": text });
    let refused = world.http.post("/v1/notifications", &gateway, &body("early")).await;
    refused.problem(409, "not_subscribed");
    world.hears(ADA, "SM-start", "START").await;
    world.api.script(ADA, [BROKEN, Nothing, Hang]);
    let mut linked = body("Your parcel is here.");
    linked["link"] = json!("https://example.com/1");
    for _ in 0..2 {
        let answer = world.http.post_as("N-1", "/v1/notifications", &gateway, &linked).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }
    let text = "Your parcel is here.\nhttps://example.com/1";
    eventually("it is taken", async || (world.api.texts(ADA) == [text]).then_some(())).await;
    world.kill_and_restart().await;
    eventually("it is looked for", async || (world.api.asked(ADA).len() == 4).then_some(())).await;
    world.api.script(ADA, [UNSUBSCRIBED]);
    let mut named = body("It was picked up.");
    named["from"] = json!(COMPANY);
    assert_eq!(world.http.post("/v1/notifications", &gateway, &named).await.status, 202);
    let dead = eventually("it is a dead letter", async || {
        let dead = world.http.get("/v1/dead-letters", &admin).await.ok();
        dead["dead_letters"].as_array()?.first().cloned()
    });
    let dead = dead.await;
    assert_eq!((&dead["code"], &dead["conversation_id"]), (&json!("twilio_21610"), &Value::Null));
    assert_eq!(world.api.texts(ADA), [text], "the first was found and not sent again");
    world.http.post("/v1/notifications", &gateway, &named).await.problem(409, "opted_out");
    world.hears(ADA, "SM-again", "START").await;
    let key = dead["key"].as_str().unwrap();
    let redrive = format!("/v1/dead-letters/{key}/redrive");
    assert_eq!(world.http.post(&redrive, &admin, &json!({})).await.status, 202);
    eventually("it is taken", async || (world.api.texts(ADA).len() == 2).then_some(())).await;
    let callback = world.api.taken(ADA)[1].callback.clone();
    assert!(callback.ends_with(&format!("/status/{key}")), "{callback}");
    world.report(&callback, "delivered", "").await;
    named["from"] = json!("+12025550777");
    world.http.post("/v1/notifications", &gateway, &named).await.problem(422, "company_address_unknown");
    world.end().await;
}

fn statuses(receipts: &[Value]) -> Vec<(Value, Value)> {
    let status = |receipt: &Value| (receipt["data"]["status"].clone(), receipt["data"]["code"].clone());
    receipts.iter().map(status).collect()
}

/// MSG-19: a receipt never goes back, whatever comes late or twice.
#[tokio::test]
async fn what_became_of_a_message_is_told_once_whatever_comes_late_or_twice() {
    let world = World::new(MessagesApi::open(), 15).await;
    let id = world.joined(ADA).await;
    world.says(&id, ["one", "two"]).await;
    world.arrived(&id, ADA, ["one", "two"]).await;
    let [one, two] = [0, 1].map(|number| world.api.taken(ADA)[number].callback.clone());
    for status in ["sent", "delivered", "delivered", "sent", "queued"] {
        world.report(&one, status, "").await;
    }
    for (status, code) in [("failed", "30003"), ("undelivered", "30003"), ("sent", "")] {
        world.report(&two, status, code).await;
        world.report(&one, status, code).await;
    }
    let told = world.events(&id, "receipt_taken").await;
    let expected = [(json!("delivered"), Value::Null), (json!("failed"), json!("twilio_30003"))];
    assert_eq!(statuses(&told), expected);
    let versions: Vec<&Value> = told.iter().map(|receipt| &receipt["data"]["of"]).collect();
    let posted = world.events(&id, "agent_message_posted").await;
    assert_eq!(versions, [&posted[0]["version"], &posted[1]["version"]]);
    world.end().await;
}

/// MSG-19, OPT-4: an account tells of its own channel's messages only, and of what was said.
#[tokio::test]
async fn a_callback_for_what_another_channel_said_or_nobody_said_changes_nothing() {
    let world = World::new(MessagesApi::open(), 15).await;
    let id = world.joined(ADA).await;
    world.says(&id, ["one"]).await;
    world.arrived(&id, ADA, ["one"]).await;
    let callback = world.api.taken(ADA)[0].callback.clone();
    let before = world.http.events(&id, &token(Role::Agent, "ann")).await;
    let other = callback.replace("/sms/", "/other/");
    let not_said = callback.replace(&format!("{id}."), &format!("{id}.9"));
    assert!(other != callback && not_said != callback);
    for callback in [other, not_said] {
        world.call_back(&callback, "failed", "21610").await.problem(404, "delivery_unknown");
    }
    assert_eq!(world.http.events(&id, &token(Role::Agent, "ann")).await, before);
    world.says(&id, ["two"]).await;
    world.end().await;
}

/// MSG-19: the callback may be faster than the answer to the request.
#[tokio::test]
async fn a_receipt_that_comes_before_the_answer_is_taken() {
    let world = World::new(MessagesApi::open(), 2).await;
    let id = world.joined(ADA).await;
    world.api.script(ADA, [Hang]);
    world.says(&id, ["one"]).await;
    let callback =
        eventually("it is taken", async || Some(world.api.taken(ADA).first()?.callback.clone())).await;
    world.report(&callback, "delivered", "").await;
    assert_eq!(world.events(&id, "receipt_taken").await.len(), 1);
    world.arrived(&id, ADA, ["one"]).await;
    world.end().await;
}

/// OPT-4, OPT-6
#[tokio::test]
async fn a_send_that_is_refused_for_an_opt_out_is_a_dead_letter_and_start_lifts_the_block() {
    let world = World::new(MessagesApi::open(), 15).await;
    let (id, admin) = (world.joined(ADA).await, token(Role::Admin, "eve"));
    world.api.script(ADA, [UNSUBSCRIBED]);
    world.says(&id, ["one"]).await;
    let failed = world.so_many(&id, "dispatch_failed", 1).await;
    assert_eq!(failed[0]["data"]["code"], "twilio_21610");
    world.order(&id, "messages", &json!({ "text": "two" })).await.problem(409, "opted_out");
    let dead = eventually("it is a dead letter", async || {
        let dead = world.http.get("/v1/dead-letters", &admin).await.ok();
        dead["dead_letters"].as_array()?.first().cloned()
    });
    let dead = dead.await;
    assert_eq!((&dead["code"], &dead["channel"]), (&json!("twilio_21610"), &json!("sms")));
    world.hears(ADA, "SM-start", "START").await;
    world.hears(ADA, "SM-start", "START").await;
    assert_eq!(world.events(&id, "requester_message_posted").await.len(), 1, "a word is no message");
    world.order(&id, "resume", &json!({})).await.accepted();
    world.says(&id, ["two"]).await;
    world.so_many(&id, "dispatched", 1).await;
    let redrive = format!("/v1/dead-letters/{}/redrive", dead["key"].as_str().unwrap());
    world.http.post(&redrive, &admin, &json!({})).await.accepted();
    world.so_many(&id, "dispatched", 2).await;
    assert_eq!(world.api.texts(ADA), ["two", "one"]);
    world.end().await;
}

/// OPT-4: what a callback says a second time is old, and START came after it.
#[tokio::test]
async fn an_opt_out_that_a_callback_repeats_does_not_undo_start() {
    let world = World::new(MessagesApi::open(), 15).await;
    let id = world.joined(ADA).await;
    world.says(&id, ["one"]).await;
    world.arrived(&id, ADA, ["one"]).await;
    let callback = world.api.taken(ADA)[0].callback.clone();
    world.report(&callback, "undelivered", "21610").await;
    world.order(&id, "messages", &json!({ "text": "two" })).await.problem(409, "opted_out");
    world.hears(ADA, "SM-start", "START").await;
    world.report(&callback, "undelivered", "21610").await;
    world.order(&id, "resume", &json!({})).await.accepted();
    world.says(&id, ["two"]).await;
    world.arrived(&id, ADA, ["one", "two"]).await;
    world.end().await;
}

/// CH-10: one conversation that fails delays no other.
#[tokio::test]
async fn a_number_that_always_fails_holds_up_nobody_else() {
    let world = World::new(MessagesApi::open(), 15).await;
    let (ada, bea) = (world.joined(ADA).await, world.joined(BEA).await);
    world.api.always(ADA, BROKEN);
    world.says(&ada, ["one", "two"]).await;
    world.failed().await;
    world.says(&bea, ["one", "two", "three"]).await;
    world.arrived(&bea, BEA, ["one", "two", "three"]).await;
    assert_eq!((world.api.texts(ADA), world.events(&ada, "dispatched").await), (vec![], vec![]));
    world.api.always(ADA, Nothing);
    world.arrived(&ada, ADA, ["one", "two"]).await;
    world.end().await;
}

/// LC-1, L6, MSG-25: three first messages at once, then repeats in another order, by webhook and pushed in.
#[tokio::test]
async fn first_messages_that_come_at_once_and_again_open_one_conversation_and_are_there_once() {
    let world = World::new(MessagesApi::open(), 15).await;
    let all = [("SM-1", "one"), ("SM-2", "two"), ("SM-3", "three")];
    let [first, second, third] = all.map(|(sid, text)| world.hears(ADA, sid, text));
    let [again, twice, _] = all.map(|(sid, text)| world.hears(ADA, sid, text));
    tokio::join!(first, second, third, again, twice);
    for (sid, text) in all.iter().rev().chain(&all) {
        world.hears(ADA, sid, text).await;
    }
    let found = world.conversations(ADA).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let id = found[0]["id"].as_str().unwrap();
    for (sid, text) in all {
        let pushed = message(sid, ADA, COMPANY, text);
        let known = world.http.inbound("sms", &token(Role::Gateway, "own"), &pushed).await;
        assert_eq!((known.conversation.as_str(), known.duplicate), (id, true));
    }
    let events = world.http.events(id, &token(Role::Agent, "ann")).await;
    let mut texts: Vec<&str> = events.iter().filter_map(|event| event["data"]["text"].as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["one", "three", "two"]);
    world.end().await;
}
