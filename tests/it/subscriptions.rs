//! Subscribers are told what happens in conversations: what they want, in order, at least once under one key, and whatever
//! fails holds up only itself.

use crate::outbox_world::tell_pulling;
use domain::{ConversationId, Seconds, Timestamp};
use engine::Subscription;
use sim::{Answer, Harness, Kill, Note, Pair, Provider, Setup, Step, Tried};
use std::collections::{BTreeMap, BTreeSet};

/// Less than the day has commits.
const COMMITS_MIN: u64 = 11;
/// More than the day has commits, so that the last round runs to its end.
const COMMITS_MAX: u64 = 30;

/// Who wants these facts on these channels.
fn wants(name: &str, types: &[&str], channels: &[&str]) -> Subscription {
    let channel = |name: &&str| domain::ChannelId::new(name).unwrap();
    Subscription {
        name: name.to_owned(),
        types: types.iter().map(|name| (*name).to_owned()).collect(),
        channels: channels.iter().map(channel).collect(),
        without_texts: false,
    }
}

/// Tells a story in which nothing but facts is pushed out.
fn tell(subscriptions: &[Subscription], story: impl AsyncFn(&mut Harness, &Provider)) {
    tell_pulling(&["sms", "web"], |setup| setup.subscriptions = subscriptions.to_vec(), story);
}

/// A requester writes, and Ann answers and ends it. Errors are part of it once the process is dead.
async fn talk(harness: &Harness, requester: u8) -> Option<ConversationId> {
    let note = |what: &str| Note::new(what).id(&format!("{requester}-{what}"));
    let id = harness.inbound(&Pair::web(requester, 0), note("hello")).await.ok()?.conversation;
    let _ = harness.join(id, "ann").await;
    let _ = harness.post(id, "ann", note("good day")).await;
    let _ = harness.end(id, "ann").await;
    Some(id)
}

/// The names of what happened in a conversation.
async fn happened(harness: &Harness, id: ConversationId) -> Vec<String> {
    let events = harness.events(id).await.unwrap();
    events.iter().map(|event| event.type_name().to_owned()).collect()
}

fn tried(provider: &Provider, subscription: &str) -> Vec<Tried> {
    let all = provider.tried().into_iter();
    all.filter(|tried| tried.subscription.as_deref() == Some(subscription)).collect()
}

/// L5
#[test]
fn a_subscriber_is_told_every_fact_once_and_in_order() {
    tell(&[wants("crm", &[], &[])], async |harness, provider| {
        for requester in 0..20 {
            let id = talk(harness, requester).await.unwrap();
            harness.engine.settle().await.unwrap();
            let happened = happened(harness, id).await;
            assert!(happened.len() > 3);
            assert_eq!(provider.told("crm", id), happened);
        }
        let all = tried(provider, "crm");
        let keys: BTreeSet<_> = all.iter().map(|tried| tried.key).collect();
        assert_eq!(keys.len(), all.len());
        assert!(all.iter().all(|tried| tried.key.part == 0 && tried.attempt == 1));
    });
}

#[test]
fn each_is_told_what_it_wants_of_which_channels() {
    let all = [
        wants("closings", &["conversation.closed"], &[]),
        wants("agents", &["conversation.agent_*", "conversation.opened"], &["web"]),
        wants("texts", &[], &["sms"]),
    ];
    tell(&all, async |harness, provider| {
        let web = talk(harness, 1).await.unwrap();
        let sms = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        harness.join(sms, "ann").await.unwrap();
        harness.engine.settle().await.unwrap();
        assert_eq!(provider.told("closings", web), ["conversation.closed"]);
        let agents =
            ["opened", "agent_joined", "agent_message_posted"].map(|what| format!("conversation.{what}"));
        assert_eq!(provider.told("agents", web), agents);
        assert_eq!(provider.told("agents", sms), [""; 0]);
        assert_eq!(provider.told("texts", web), [""; 0]);
        assert_eq!(provider.told("texts", sms), happened(harness, sms).await);
    });
}

#[test]
fn a_conversation_that_fails_delays_no_other_and_is_told_later_in_order() {
    tell(&[wants("crm", &[], &[])], async |harness, provider| {
        let failing = talk(harness, 0).await.unwrap();
        let back = harness.now().plus(Seconds(3600));
        provider.plan(move |tried, _| {
            let fails = tried.key.conversation() == Some(failing) && tried.at < back;
            if fails { Answer::Retry("http_500", None) } else { Answer::Take }
        });
        for requester in 1..40 {
            let id = talk(harness, requester).await.unwrap();
            harness.engine.settle().await.unwrap();
            assert_eq!(provider.told("crm", id), happened(harness, id).await);
        }
        assert_eq!(provider.told("crm", failing), [""; 0]);
        let before = tried(provider, "crm").len();
        harness.advance(Seconds(4000)).await.unwrap();
        assert_eq!(provider.told("crm", failing), happened(harness, failing).await);
        let again = tried(provider, "crm").len() - before;
        assert!((12..40).contains(&again), "pauses grow to five minutes: {again}");
    });
}

/// What a receiver asks for with `Retry-After` counts, and a try that hangs ends by itself.
#[test]
fn a_receiver_that_asks_for_time_gets_it() {
    tell(&[wants("crm", &["conversation.opened"], &[])], async |harness, provider| {
        provider.plan(|_, before| match before {
            0 => Answer::Retry("http_429", Some(Seconds(600))),
            1 => Answer::Hang,
            _ => Answer::Take,
        });
        talk(harness, 0).await.unwrap();
        let begun = harness.now();
        harness.advance(Seconds(1000)).await.unwrap();
        let waited: Vec<i64> =
            tried(provider, "crm").iter().map(|tried| tried.at.since_ms(begun) / 1000).collect();
        assert!(matches!(waited[..], [0, 600, 631..=632]), "{waited:?}");
    });
}

#[test]
fn what_is_refused_or_never_taken_is_given_up_and_the_rest_is_told() {
    tell(&[wants("crm", &[], &[])], async |harness, provider| {
        let id = talk(harness, 0).await.unwrap();
        let begun = harness.now();
        provider.plan(|tried, _| match tried.text.as_str() {
            "conversation.opened" => Answer::Refuse("http_400"),
            "conversation.agent_joined" => Answer::Retry("http_500", None),
            _ => Answer::Take,
        });
        harness.advance(harness.setup.options.outbox_tries_for).await.unwrap();
        let mut expected = happened(harness, id).await;
        expected
            .retain(|name| !["conversation.opened", "conversation.agent_joined"].contains(&name.as_str()));
        assert_eq!(provider.told("crm", id), expected);
        let last =
            tried(provider, "crm").into_iter().rfind(|tried| tried.text == "conversation.agent_joined");
        assert_eq!(last.unwrap().at.since_ms(begun), 86_400_000);
    });
}

/// The world ends only the process: what arrived before is known to the subscriber, and the keys tell it so.
#[test]
fn a_day_that_dies_at_any_commit_is_told_whole() {
    for (step, rows_every) in
        [(Step::BeforeCommit, 1), (Step::AfterCommitBeforeReply, 1), (Step::AfterCommitBeforeReply, 256)]
    {
        for commit in 1..=COMMITS_MAX {
            let all = [wants("crm", &[], &[]), wants("closings", &["conversation.closed"], &[])];
            let setup = |setup: &mut Setup| {
                setup.subscriptions = all.to_vec();
                setup.options.outbox_rows_every = rows_every;
            };
            tell_pulling(&["sms", "web"], setup, async |harness, provider| {
                provider.plan(|tried, before| match (tried.text.as_str(), before) {
                    ("conversation.opened", 0) => Answer::TakeAndSayNothing,
                    ("conversation.agent_joined", 0) => Answer::Retry("http_500", None),
                    _ => Answer::Take,
                });
                harness.log.kill_at(Kill { commit, step });
                let mut ids = day(harness).await;
                let died = harness.log.is_dead();
                if died {
                    harness.restart(Seconds(5), None).await.unwrap();
                    // Whoever was not answered does it again.
                    ids = day(harness).await;
                }
                told_whole(harness, provider, ids).await;
                assert!(died || commit > COMMITS_MIN, "the day has only {commit} commits");
                assert!(!died || commit < COMMITS_MAX, "the last round runs to its end");
            });
        }
    }
}

async fn day(harness: &Harness) -> Vec<ConversationId> {
    let mut ids = Vec::new();
    for requester in 0..3 {
        ids.extend(talk(harness, requester).await);
        let _ = harness.advance(Seconds(60)).await;
    }
    ids
}

async fn told_whole(harness: &Harness, provider: &Provider, ids: Vec<ConversationId>) {
    assert_eq!(ids.len(), 3);
    for id in ids {
        let happened = happened(harness, id).await;
        assert_eq!(provider.told("crm", id), happened);
        let closings = happened.iter().filter(|name| *name == "conversation.closed").count();
        assert_eq!(provider.told("closings", id).len(), closings);
    }
    let mut texts = BTreeMap::new();
    for tried in tried(provider, "crm") {
        let first = texts.entry(tried.key).or_insert_with(|| tried.text.clone());
        assert_eq!(*first, tried.text, "a key names one fact");
    }
}

/// A new subscription begins with what happens from its first start on; one that was there goes on where it was, whatever
/// happened while nobody looked; one that was removed and comes back is new.
#[test]
fn a_new_subscription_begins_at_the_head_and_a_known_one_goes_on() {
    tell(&[wants("old", &[], &[])], async |harness, provider| {
        let first = talk(harness, 0).await.unwrap();
        harness.engine.settle().await.unwrap();
        provider.plan(|_, _| Answer::Retry("http_503", None));
        let second = talk(harness, 1).await.unwrap();
        harness.setup.subscriptions.push(wants("new", &[], &[]));
        harness.restart(Seconds(5), None).await.unwrap();
        provider.plan(|_, _| Answer::Take);
        let third = talk(harness, 2).await.unwrap();
        harness.engine.settle().await.unwrap();
        for id in [first, second, third] {
            assert_eq!(provider.told("old", id), happened(harness, id).await);
        }
        assert_eq!((provider.told("new", first).len(), provider.told("new", second).len()), (0, 0));
        assert_eq!(provider.told("new", third), happened(harness, third).await);
        assert!(
            tried(provider, "old").iter().filter(|tried| tried.key.conversation() == Some(first)).count()
                < 10
        );

        harness.setup.subscriptions.remove(0);
        harness.restart(Seconds(5), None).await.unwrap();
        let fourth = talk(harness, 3).await.unwrap();
        harness.setup.subscriptions.push(wants("old", &[], &[]));
        harness.restart(Seconds(5), None).await.unwrap();
        let fifth = talk(harness, 4).await.unwrap();
        harness.engine.settle().await.unwrap();
        assert_eq!(provider.told("old", fourth), [""; 0]);
        assert_eq!(provider.told("old", fifth), happened(harness, fifth).await);
        assert_eq!(provider.told("new", fourth), happened(harness, fourth).await);
    });
}

/// L5: what stands before what was told is not told again after the mark was written.
#[test]
fn what_was_told_and_written_down_is_not_told_again() {
    tell(&[wants("crm", &[], &[])], async |harness, provider| {
        talk(harness, 0).await.unwrap();
        harness.engine.settle().await.unwrap();
        let before: Vec<Timestamp> = tried(provider, "crm").iter().map(|tried| tried.at).collect();
        harness.restart(Seconds(5), None).await.unwrap();
        harness.advance(Seconds(60)).await.unwrap();
        let after: Vec<Timestamp> = tried(provider, "crm").iter().map(|tried| tried.at).collect();
        assert_eq!(after, before);
    });
}
