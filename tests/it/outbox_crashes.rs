//! A day of messages in which the process dies at every commit in turn: everything arrives, in order, and repeats only
//! under the key of what they repeat (the table "deliver" of `docs/protocols.md`).

use crate::outbox_world::{notify, tell_outside};
use crate::routing_desk::request;
use crate::support::census;
use domain::{ConversationId, Seconds};
use engine::{DeliveryKey, Source};
use sim::{Answer, Harness, Kill, Note, Pair, Provider, Setup, Step};
use std::collections::BTreeMap;

/// Less than the day has commits.
const COMMITS_MIN: u64 = 15;
/// More than the day has commits, so that the last round runs to its end.
const COMMITS_MAX: u64 = 60;

#[test]
fn a_day_that_dies_at_any_commit_delivers_everything_in_order() {
    for step in [Step::BeforeCommit, Step::AfterCommitBeforeReply] {
        for commit in 1..=COMMITS_MAX {
            tell_outside(often, async |harness, provider| {
                provider.plan(|tried, before| match (tried.text.as_str(), before) {
                    ("refused", 0) => Answer::Refuse("http_400"),
                    ("two", 0) => Answer::Retry("http_500", None),
                    ("three", 0) => Answer::TakeAndSayNothing,
                    _ => Answer::Take,
                });
                harness.log.kill_at(Kill { commit, step });
                day(harness).await;
                if !harness.log.is_dead() {
                    assert!(commit > COMMITS_MIN, "the day has only {commit} commits");
                    return arrived(provider);
                }
                harness.restart(Seconds(5), None).await.unwrap();
                // Whoever was not answered does it again.
                day(harness).await;
                arrived(provider);
                census(harness);
            });
        }
    }
}

/// The rows are as old as can be, or as new.
fn often(setup: &mut Setup) {
    setup.options.outbox_rows_every = 1;
}

/// One who subscribed is notified; and three requesters, of whom one closes before everything has left. Errors are part of it
/// once the process is dead.
async fn day(harness: &Harness) {
    let pair = Pair::sms(7, 0);
    if harness.inbound(&pair, Note::new("START").id("start")).await.is_err() {
        return;
    }
    for text in ["refused", "two"] {
        let _ = notify(harness, &pair, text).await;
    }
    for number in 0..3 {
        let pair = Pair::sms(number, 0);
        let note = |text: &str| Note::new(text).id(&format!("{number}-{text}"));
        let Ok(opened) = harness.contribute(&pair, "ann", note("one")).await else { return };
        let id = opened.conversation;
        for text in ["two", "refused", "three"] {
            let _ = harness.post(id, "ann", note(text)).await;
        }
        if number == 1 {
            let _ = harness.end(id, "ann").await;
        }
        if harness.advance(Seconds(200)).await.is_err() || harness.log.is_dead() {
            return;
        }
        redrive(harness, id).await;
        if harness.advance(Seconds(10)).await.is_err() || harness.log.is_dead() {
            return;
        }
    }
}

/// Whatever is dead of a conversation, or of the notifications.
async fn redrive(harness: &Harness, id: ConversationId) {
    let Ok((letters, _)) = harness.engine.dead_letters(None, None, 100).await else { return };
    for letter in letters.into_iter().filter(|letter| letter.key.conversation().is_none_or(|of| of == id)) {
        let _ = harness.engine.redrive(letter.key, request("eve")).await;
    }
}

/// Each message once, by its key, and in order but for the one that was refused at first.
fn arrived(provider: &Provider) {
    let mut texts: BTreeMap<Source, Vec<String>> = BTreeMap::new();
    for tried in provider.arrived() {
        texts.entry(tried.key.source).or_default().push(tried.text);
    }
    assert_eq!(texts.len(), 4, "{texts:?}");
    for (source, texts) in &mut texts {
        let refused = texts.iter().position(|text| text == "refused").unwrap_or_else(|| panic!("{texts:?}"));
        texts.remove(refused);
        let expected: &[&str] = match source {
            Source::Conversation(_) => &["one", "two", "three"],
            Source::Contact(_) => &["two"],
        };
        assert_eq!(texts, expected);
    }
    let keys: BTreeMap<DeliveryKey, String> =
        provider.tried().into_iter().map(|tried| (tried.key, tried.text)).collect();
    assert!(provider.tried().iter().all(|tried| keys[&tried.key] == tried.text), "a key names one message");
    assert_eq!(keys.len(), 14);
}
