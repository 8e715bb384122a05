//! What is due survives the process: nothing is lost and nothing is due twice, wherever it dies.

use crate::engine_missed::{device, pusher, request, told, whom};
use crate::outbox_world::tell_pulling;
use domain::contact::ContactEvent;
use domain::conversation::ConversationEvent;
use domain::{ConversationId, Event, Seconds};
use engine::{Requester, keys};
use sim::{Harness, Kill, Note, Pair, Provider, Setup, Step};
use std::collections::BTreeSet;
use store::TableWrite;

/// Less than the day has commits.
const COMMITS_MIN: u64 = 8;
/// More than the day has commits, so that the last round runs to its end.
const COMMITS_MAX: u64 = 25;

fn tell(change: impl Fn(&mut Setup), story: impl AsyncFn(&mut Harness, &Provider)) {
    let setup = |setup: &mut Setup| {
        setup.subscriptions = vec![pusher()];
        change(setup);
    };
    tell_pulling(&["sms", "web"], setup, story);
}

/// All facts of a stream.
fn facts(harness: &Harness, stream: store::StreamId) -> Vec<(u64, Event)> {
    let stored = harness.log.survivor().read_stream(stream, 0, 1000).unwrap();
    stored.iter().map(|it| (it.version, codec::decode(&it.bytes).unwrap().event)).collect()
}

/// A known requester with a device is written to three times, and is not there. Errors are part of it once the process is
/// dead; whoever was not answered does it again.
async fn day(harness: &Harness) -> Option<(Requester, ConversationId)> {
    let note = |what: &str| Note::new(what).id(what);
    let id = harness.inbound(&Pair::sms(1, 0), note("hello")).await.ok()?.conversation;
    let guest = whom(harness, id).await;
    let _ = harness.join(id, "ann").await;
    let _ = harness.engine.sign_in(&guest, &request()).await;
    let _ = harness.engine.register_device(&guest, device("phone"), &request()).await;
    for text in ["one", "two", "three"] {
        let _ = harness.post(id, "ann", note(text)).await;
        let _ = harness.advance(Seconds(40)).await;
    }
    let _ = harness.advance(Seconds(1000)).await;
    Some((guest, id))
}

/// Every message is in one push, and there is one digest.
fn check(harness: &Harness, provider: &Provider, guest: &Requester, id: ConversationId) {
    let said: Vec<u64> = facts(harness, keys::conversation_stream(id))
        .into_iter()
        .filter(|(_, event)| {
            matches!(event, Event::Conversation(ConversationEvent::AgentMessagePosted { .. }))
        })
        .map(|(version, _)| version)
        .collect();
    assert_eq!(said.len(), 3);
    let (mut pushed, mut digests, mut pushes) = (Vec::new(), 0, 0);
    for (_, event) in facts(harness, keys::contact_stream(harness.engine.contact_id(guest))) {
        if let Event::Contact(ContactEvent::PushDue(batch)) = &event {
            pushes += 1;
            pushed.extend(batch.items.iter().map(|item| item.version));
        } else if let Event::Contact(ContactEvent::DigestDue(_)) = event {
            digests += 1;
        }
    }
    assert_eq!((pushed, digests), (said, 1));
    let keys: BTreeSet<_> = provider.arrived().iter().map(|tried| tried.key).collect();
    assert_eq!(keys.len(), pushes + digests, "the subscriber was told each");
}

/// MSG-11, MSG-13, L5
#[test]
fn a_day_that_dies_at_any_commit_loses_nothing_and_doubles_nothing() {
    for step in [Step::BeforeCommit, Step::AfterCommitBeforeReply] {
        for commit in 1..=COMMITS_MAX {
            tell(
                |_| {},
                async |harness, provider| {
                    harness.log.kill_at(Kill { commit, step });
                    let mut who = day(harness).await;
                    let died = harness.log.is_dead();
                    if died {
                        harness.restart(Seconds(5), None).await.unwrap();
                        who = day(harness).await;
                    }
                    let (guest, id) = who.unwrap();
                    check(harness, provider, &guest, id);
                    assert!(died || commit > COMMITS_MIN, "the day has only {commit} commits");
                    assert!(!died || commit < COMMITS_MAX, "the last round runs to its end");
                },
            );
        }
    }
}

/// T3: what fell due during an outage is due at once, and once.
#[test]
fn what_fell_due_during_an_outage_is_told_at_once_and_once() {
    tell(
        |_| {},
        async |harness, provider| {
            let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
            let guest = whom(harness, id).await;
            harness.join(id, "ann").await.unwrap();
            harness.engine.register_device(&guest, device("phone"), &request()).await.unwrap();
            harness.post(id, "ann", "one").await.unwrap();
            harness.engine.settle().await.unwrap();
            for _ in 0..2 {
                harness.restart(Seconds(3600), None).await.unwrap();
                harness.engine.settle().await.unwrap();
                assert_eq!(told(provider, "contact.push_due").len(), 1);
            }
        },
    );
}

/// What fell due longer ago than anything is tried is let go.
#[test]
fn what_fell_due_too_long_ago_is_let_go() {
    tell(
        |setup| setup.options.outbox_tries_for = Seconds(600),
        async |harness, provider| {
            let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
            let guest = whom(harness, id).await;
            harness.join(id, "ann").await.unwrap();
            harness.engine.register_device(&guest, device("phone"), &request()).await.unwrap();
            harness.post(id, "ann", "one").await.unwrap();
            harness.engine.settle().await.unwrap();
            harness.restart(Seconds(3600), None).await.unwrap();
            harness.advance(Seconds(600)).await.unwrap();
            assert_eq!(told(provider, "contact.push_due"), []);
            harness.post(id, "ann", "two").await.unwrap();
            harness.advance(Seconds(60)).await.unwrap();
            assert_eq!(told(provider, "contact.push_due").len(), 1);
        },
    );
}

/// L4: the rows are a cache, which is made again from the log.
#[test]
fn without_its_rows_everything_is_known_again_and_nothing_is_told_twice() {
    tell(
        |_| {},
        async |harness, provider| {
            let (guest, id) = day(harness).await.unwrap();
            harness.post(id, "ann", "four").await.unwrap();
            harness.engine.settle().await.unwrap();
            harness.log.survivor().tables().clear("missed").unwrap();
            harness.restart(Seconds(5), None).await.unwrap();
            let before = told(provider, "contact.push_due").len();
            harness.advance(Seconds(3600)).await.unwrap();
            let pushes = told(provider, "contact.push_due");
            assert_eq!(pushes.len(), before + 1);
            assert_eq!(pushes[before].1["items"][0]["text"], "four");
            assert_eq!(told(provider, "contact.digest_due").len(), 1, "they were not here since");
            assert_eq!(harness.engine.reached(&guest).await.unwrap().devices, [device("phone")]);
        },
    );
}

/// L4: the same if one of them cannot be read, be it another contact's, and nobody else waits for it for ever.
#[test]
fn a_row_that_cannot_be_read_is_folded_anew_and_stops_nobody() {
    tell(
        |_| {},
        async |harness, provider| {
            let (_, id) = day(harness).await.unwrap();
            let before = told(provider, "contact.push_due").len();
            harness.post(id, "ann", "four").await.unwrap();
            harness.engine.settle().await.unwrap();
            let log = harness.log.survivor();
            let rows = log.tables().scan("missed", b"c", None, 10).unwrap();
            assert!(!rows.is_empty());
            let damaged = rows.into_iter().map(|(key, _)| TableWrite::Put(key, b"?".to_vec()));
            log.tables().write("missed", &damaged.collect::<Vec<_>>()).unwrap();
            harness.advance(Seconds(3600)).await.unwrap();
            let pushes = told(provider, "contact.push_due");
            assert_eq!(pushes.len(), before + 1);
            assert_eq!(pushes[before].1["items"][0]["text"], "four");
            assert_eq!(told(provider, "contact.digest_due").len(), 1, "they were not here since");
        },
    );
}
