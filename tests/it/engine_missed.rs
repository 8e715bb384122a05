//! What somebody missed is due to be told outside of windows: pushes to devices and digests, as facts that subscribers are
//! told, on simulated time.

use crate::outbox_world::tell_pulling;
use domain::contact::{Device, DeviceId, DigestWish, Grounds, Notification};
use domain::{ConversationId, Personal, Principal, Role, Seconds, Timestamp, UserId};
use engine::{Request, Requester, Subscription};
use serde_json::{Value, json};
use sim::{Answer, Harness, Pair, Provider, Setup};
use uuid::Uuid;

/// Who is told what is due.
pub(crate) fn pusher() -> Subscription {
    Subscription { name: "push".to_owned(), types: vec!["contact.*".to_owned()], ..Subscription::default() }
}

/// Tells a story of which the subscriber hears what is due.
fn tell(change: impl Fn(&mut Setup), story: impl AsyncFn(&mut Harness, &Provider)) {
    let setup = |setup: &mut Setup| {
        setup.subscriptions = vec![pusher()];
        change(setup);
    };
    tell_pulling(&["sms", "web"], setup, story);
}

pub(crate) fn request() -> Request {
    let principal = Principal { role: Role::Requester, name: "guest".to_owned() };
    Request { principal, correlation: Uuid::nil(), command: None }
}

/// A requester with a messaging conversation that ann has.
async fn served(harness: &Harness, requester: u8) -> (Requester, ConversationId) {
    let id = harness.inbound(&Pair::sms(requester, 0), "hello").await.unwrap().conversation;
    harness.join(id, "ann").await.unwrap();
    (whom(harness, id).await, id)
}

/// With whom a conversation is.
pub(crate) async fn whom(harness: &Harness, id: ConversationId) -> Requester {
    let state = harness.state(id).await.unwrap();
    Requester { channel: state.channel, address: Personal::new(state.requester.expose().clone()) }
}

pub(crate) fn device(name: &str) -> Device {
    Device::new(DeviceId::new(name).unwrap(), "fcm", format!("token-of-{name}"), Some("de")).unwrap()
}

async fn registers(harness: &Harness, guest: &Requester, name: &str) {
    harness.engine.register_device(guest, device(name), &request()).await.unwrap();
}

async fn opens(harness: &Harness, guest: &Requester) -> Uuid {
    harness.engine.open_window(guest, &request()).await.unwrap().window
}

async fn closes(harness: &Harness, guest: &Requester, window: Uuid) {
    let contact = harness.engine.contact_id(guest);
    harness.engine.close_window(contact, window, &request()).await.unwrap();
}

/// What the subscriber was told of this kind: when, and what.
pub(crate) fn told(provider: &Provider, kind: &str) -> Vec<(Timestamp, Value)> {
    let all = provider.arrived().into_iter().filter(|tried| tried.text == kind);
    all.map(|tried| (tried.at, serde_json::from_str(&tried.data).unwrap())).collect()
}

/// The texts of each push, and its devices.
fn pushes(provider: &Provider) -> Vec<(Vec<String>, Vec<String>)> {
    let list = |value: &Value, field: &str| -> Vec<String> {
        value.as_array().unwrap().iter().map(|it| it[field].as_str().unwrap_or("-").to_owned()).collect()
    };
    let push = |(_, data): (_, Value)| (list(&data["items"], "text"), list(&data["devices"], "id"));
    told(provider, "contact.push_due").into_iter().map(push).collect()
}

fn push(texts: &[&str], devices: &[&str]) -> (Vec<String>, Vec<String>) {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    (owned(texts), owned(devices))
}

/// MSG-11: one batch a minute after its first item, for each device, with the texts and what reaches the devices.
#[test]
fn what_comes_within_a_minute_is_one_push() {
    tell(
        |_| {},
        async |harness, provider| {
            let (guest, id) = served(harness, 1).await;
            registers(harness, &guest, "phone").await;
            registers(harness, &guest, "tablet").await;
            let first = harness.now();
            harness.post(id, "ann", "one").await.unwrap();
            harness.advance(Seconds(30)).await.unwrap();
            harness.post(id, "ann", "two").await.unwrap();
            harness.advance(Seconds(29)).await.unwrap();
            assert_eq!(pushes(provider), []);
            harness.advance(Seconds(1)).await.unwrap();
            assert_eq!(pushes(provider), [push(&["one", "two"], &["phone", "tablet"])]);
            let (at, data) = told(provider, "contact.push_due").remove(0);
            assert_eq!(at, first.plus(Seconds(60)));
            let phone =
                json!({ "id": "phone", "platform": "fcm", "token": "token-of-phone", "language": "de" });
            assert_eq!(data["devices"][0], phone);
            assert_eq!(data["address"], json!(guest.address.expose().as_str()));
            let item = &data["items"][0];
            let expected = (json!(id.to_string()), json!("agent"), json!("ann"));
            assert_eq!(
                (item["conversation_id"].clone(), item["from"].clone(), item["agent"].clone()),
                expected
            );
            harness.post(id, "ann", "three").await.unwrap();
            harness.advance(Seconds(300)).await.unwrap();
            assert_eq!(pushes(provider)[1..], [push(&["three"], &["phone", "tablet"])]);
        },
    );
}

/// MSG-11: with no time to wait, each goes at once.
#[test]
fn a_push_that_does_not_wait_goes_at_once() {
    tell(
        |setup| setup.options.push_after = Seconds(0),
        async |harness, provider| {
            let (guest, id) = served(harness, 1).await;
            registers(harness, &guest, "phone").await;
            for text in ["one", "two"] {
                harness.post(id, "ann", text).await.unwrap();
                harness.engine.settle().await.unwrap();
            }
            assert_eq!(pushes(provider), [push(&["one"], &["phone"]), push(&["two"], &["phone"])]);
        },
    );
}

/// MSG-7, MSG-11
#[test]
fn a_window_that_opens_in_time_is_told_enough() {
    tell(
        |_| {},
        async |harness, provider| {
            let (guest, id) = served(harness, 1).await;
            registers(harness, &guest, "phone").await;
            harness.post(id, "ann", "seen in time").await.unwrap();
            harness.advance(Seconds(59)).await.unwrap();
            let window = opens(harness, &guest).await;
            harness.post(id, "ann", "shown live").await.unwrap();
            closes(harness, &guest, window).await;
            harness.advance(Seconds(600)).await.unwrap();
            assert_eq!(pushes(provider), []);
            harness.post(id, "ann", "missed").await.unwrap();
            harness.advance(Seconds(60)).await.unwrap();
            assert_eq!(pushes(provider), [push(&["missed"], &["phone"])]);
        },
    );
}

/// MSG-7, MSG-11: what came to a client that vanished was seen by nobody.
#[test]
fn what_came_to_a_vanished_client_is_pushed() {
    tell(
        |_| {},
        async |harness, provider| {
            let (guest, id) = served(harness, 1).await;
            registers(harness, &guest, "phone").await;
            opens(harness, &guest).await;
            harness.post(id, "ann", "anybody there?").await.unwrap();
            harness.advance(Seconds(179)).await.unwrap();
            assert_eq!(pushes(provider), []);
            harness.advance(Seconds(1)).await.unwrap();
            assert_eq!(pushes(provider), [push(&["anybody there?"], &["phone"])]);
        },
    );
}

/// MSG-11
#[test]
fn a_device_in_use_is_left_out_and_waited_for_if_there_is_no_other() {
    tell(
        |_| {},
        async |harness, provider| {
            let (guest, id) = served(harness, 1).await;
            let contact = harness.engine.contact_id(&guest);
            registers(harness, &guest, "phone").await;
            registers(harness, &guest, "tablet").await;
            let phone = harness.engine.device_in_use(contact, DeviceId::new("phone").unwrap());
            harness.post(id, "ann", "one").await.unwrap();
            harness.advance(Seconds(60)).await.unwrap();
            assert_eq!(pushes(provider), [push(&["one"], &["tablet"])]);
            let tablet = harness.engine.device_in_use(contact, DeviceId::new("tablet").unwrap());
            harness.post(id, "ann", "two").await.unwrap();
            harness.advance(Seconds(119)).await.unwrap();
            drop((phone, tablet));
            assert_eq!(pushes(provider).len(), 1, "all are in use");
            harness.advance(Seconds(1)).await.unwrap();
            assert_eq!(pushes(provider)[1..], [push(&["two"], &["phone", "tablet"])]);
        },
    );
}

/// MSG-12: notifications and the idle reminder are pushed, other system messages are not.
#[test]
fn of_system_messages_the_idle_reminder_alone_is_pushed() {
    tell(
        |_| {},
        async |harness, provider| {
            let id = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
            let guest = whom(harness, id).await;
            registers(harness, &guest, "phone").await;
            harness.join(id, "ann").await.unwrap();
            harness.advance(Seconds(60)).await.unwrap();
            assert_eq!(pushes(provider), [], "somebody joined, which is a system message");
            harness.post(id, "ann", "how can I help?").await.unwrap();
            harness.advance(Seconds(1800)).await.unwrap();
            let story = harness.story(id).await.unwrap();
            assert!(story.contains(&"idle_reminder_sent") && story.contains(&"closed"), "{story:?}");
            let from: Vec<Value> = told(provider, "contact.push_due")
                .iter()
                .flat_map(|(_, data)| data["items"].as_array().unwrap().clone())
                .map(|item| item["from"].clone())
                .collect();
            assert_eq!(from, ["agent", "system"]);
            let text = Personal::new("Your parcel is here.".to_owned());
            let notification =
                Notification { id: harness.engine.new_message_id(), text, link: None, from: None };
            harness.engine.notify(&guest, notification, &request()).await.unwrap();
            harness.advance(Seconds(60)).await.unwrap();
            assert_eq!(pushes(provider).last(), Some(&push(&["Your parcel is here."], &["phone"])));
        },
    );
}

/// MSG-13: one digest for each absence of a known user, never for a guest.
#[test]
fn a_digest_comes_once_for_each_absence_and_never_to_a_guest() {
    tell(
        |_| {},
        async |harness, provider| {
            let (known, id) = served(harness, 1).await;
            let (_, of_guest) = served(harness, 2).await;
            harness.engine.sign_in(&known, &request()).await.unwrap();
            let first = harness.now();
            harness.post(id, "ann", "one").await.unwrap();
            harness.post(of_guest, "ann", "one").await.unwrap();
            harness.advance(Seconds(899)).await.unwrap();
            harness.post(id, "ann", "two").await.unwrap();
            assert_eq!(told(provider, "contact.digest_due"), []);
            harness.advance(Seconds(3600)).await.unwrap();
            harness.post(id, "ann", "three").await.unwrap();
            harness.advance(Seconds(3600)).await.unwrap();
            let digests = told(provider, "contact.digest_due");
            assert_eq!(digests.len(), 1, "they were told, and were not here since");
            assert_eq!(digests[0].0, first.plus(Seconds(900)));
            let part = &digests[0].1["conversations"][0];
            let expected = (json!(id.to_string()), json!(2), json!("ann"));
            assert_eq!(
                (part["conversation_id"].clone(), part["count"].clone(), part["agent"].clone()),
                expected
            );
            let window = opens(harness, &known).await;
            closes(harness, &known, window).await;
            harness.post(id, "ann", "four").await.unwrap();
            harness.advance(Seconds(900)).await.unwrap();
            assert_eq!(told(provider, "contact.digest_due").len(), 2);
        },
    );
}

/// MSG-13
#[test]
fn a_digest_comes_when_it_is_wished_for_or_never() {
    for (wish, after_s) in [
        (DigestWish::Never, None),
        (DigestWish::After(Seconds(7200)), Some(7200)),
        (DigestWish::Usual, Some(900)),
    ] {
        tell(
            |_| {},
            async |harness, provider| {
                let (known, id) = served(harness, 1).await;
                harness.engine.sign_in(&known, &request()).await.unwrap();
                harness.engine.wish_digest(&known, wish, &request()).await.unwrap();
                let first = harness.now();
                harness.post(id, "ann", "one").await.unwrap();
                harness.advance(Seconds(10_000)).await.unwrap();
                let came: Vec<_> = told(provider, "contact.digest_due").iter().map(|(at, _)| *at).collect();
                assert_eq!(came, after_s.map(|after_s| first.plus(Seconds(after_s))).as_slice());
            },
        );
    }
}

/// MSG-11: texts are told to whoever wants them.
#[test]
fn texts_are_told_unless_they_are_not_wanted() {
    let silent = Subscription { without_texts: true, ..pusher() };
    tell(
        |setup| setup.subscriptions = vec![silent.clone()],
        async |harness, provider| {
            let (guest, id) = served(harness, 1).await;
            registers(harness, &guest, "phone").await;
            harness.post(id, "ann", "a secret").await.unwrap();
            harness.advance(Seconds(60)).await.unwrap();
            assert_eq!(pushes(provider), [push(&["-"], &["phone"])]);
            assert!(provider.tried().iter().all(|tried| !tried.data.contains("a secret")));
        },
    );
}

/// Whoever does not name what is due is not told of it, and if nobody does it is not even found out.
#[test]
fn what_nobody_asks_for_is_not_due() {
    let all = Subscription { name: "crm".to_owned(), ..Subscription::default() };
    tell(
        |setup| setup.subscriptions = vec![all.clone()],
        async |harness, provider| {
            let (guest, id) = served(harness, 1).await;
            registers(harness, &guest, "phone").await;
            harness.post(id, "ann", "one").await.unwrap();
            let contact = harness.engine.contact_id(&guest);
            harness.engine.settle().await.unwrap();
            let head = harness.engine.contact_head(contact).position;
            harness.advance(Seconds(600)).await.unwrap();
            assert_eq!(harness.engine.contact_head(contact).position, head);
            assert!(provider.tried().iter().all(|tried| !tried.text.starts_with("contact.")));
        },
    );
}

/// ID-9, MSG-11, MSG-13: what was due to the old holder, and was not taken yet, is told of nobody: neither with the new holder's
/// tokens nor with their name.
#[test]
fn what_was_due_to_the_old_holder_is_not_told_with_the_new_ones_devices() {
    tell(
        |_| {},
        async |harness, provider| {
            let (guest, id) = served(harness, 1).await;
            let is_taken_for = async |user| {
                let user = UserId::new(user).unwrap();
                harness.engine.reassociate(id, user, Grounds::Pin, request()).await.unwrap();
            };
            is_taken_for("ada").await;
            harness.engine.sign_in(&guest, &request()).await.unwrap();
            registers(harness, &guest, "phone").await;
            provider.plan(|tried, _| match tried.text.starts_with("contact.") {
                true => Answer::Retry("http_503", Some(Seconds(60))),
                false => Answer::Take,
            });
            harness.post(id, "ann", "for ada").await.unwrap();
            harness.advance(Seconds(1000)).await.unwrap();
            let due = |tried: &sim::Tried| tried.text.clone();
            let tried: std::collections::BTreeSet<String> = provider.tried().iter().map(due).collect();
            assert!(tried.contains("contact.push_due"), "{tried:?}");
            is_taken_for("bea").await;
            registers(harness, &guest, "phone").await;
            provider.plan(|_, _| Answer::Take);
            harness.post(id, "ann", "for bea").await.unwrap();
            harness.advance(Seconds(600)).await.unwrap();
            assert_eq!(pushes(provider), [push(&["for bea"], &["phone"])]);
            assert_eq!(told(provider, "contact.digest_due"), []);
        },
    );
}

/// MSG-13: whoever has a device in use is not away, and once they are, it takes the whole absence again.
#[test]
fn a_digest_waits_for_the_whole_absence_after_a_device_was_in_use() {
    tell(
        |_| {},
        async |harness, provider| {
            let (known, id) = served(harness, 1).await;
            harness.engine.sign_in(&known, &request()).await.unwrap();
            registers(harness, &known, "phone").await;
            let contact = harness.engine.contact_id(&known);
            let phone = harness.engine.device_in_use(contact, DeviceId::new("phone").unwrap());
            let first = harness.now();
            harness.post(id, "ann", "one").await.unwrap();
            harness.advance(Seconds(901)).await.unwrap();
            drop(phone);
            harness.advance(Seconds(898)).await.unwrap();
            assert_eq!(told(provider, "contact.digest_due"), []);
            harness.advance(Seconds(1)).await.unwrap();
            let came: Vec<_> = told(provider, "contact.digest_due").iter().map(|(at, _)| *at).collect();
            assert_eq!(came, [first.plus(Seconds(1800))]);
        },
    );
}

/// MSG-11: others never stop talking, and somebody is told all the same.
#[test]
fn a_push_that_is_due_is_told_while_the_log_goes_on() {
    /// Many times what it takes to tell somebody.
    const POSTS_MAX: usize = 2000;
    tell(
        |_| {},
        async |harness, provider| {
            let (guest, id) = served(harness, 1).await;
            let (_, busy) = served(harness, 2).await;
            registers(harness, &guest, "phone").await;
            harness.post(id, "ann", "one").await.unwrap();
            harness.engine.settle().await.unwrap();
            harness.pass(Seconds(60));
            let is_told = || pushes(provider).len() == 1;
            let talk = async {
                let mut posts = 0;
                while !is_told() && posts < POSTS_MAX {
                    harness.post(busy, "ann", "and so on").await.unwrap();
                    posts += 1;
                }
                assert!(is_told(), "not after {posts} posts");
            };
            let (settled, ()) = futures_util::future::join(harness.engine.settle(), talk).await;
            settled.unwrap();
        },
    );
}
