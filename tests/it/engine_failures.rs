//! Actors that panic, bounds that are reached, stores that fail, engines that stop.

use crate::support::{census, tell, tell_with, tell_with_panics};
use domain::conversation::{ClosedState, Lifecycle, StateReason};
use domain::{Rejection, Seconds};
use engine::Error;
use futures_util::future::{join, join3};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use sim::{Deed, Kill, Note, Pair, Step};
use std::time::Duration;

/// How long a test waits for what must come at once before it fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(30);

/// A panicked actor is gone; the next command wakes another one from the log.
#[test]
fn an_actor_that_panicked_is_replaced_and_the_repeated_command_is_done_once() {
    tell_with_panics(async |harness, ids| {
        let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        let (post, note) = (Deed::Post(id, "ann".to_owned()), Note::new("hi").id("c1"));
        ids.panic_next(1);
        assert!(matches!(harness.send(&post, &note).await, Err(Error::ActorFailed)));
        assert!(!harness.send(&post, &note).await.unwrap().duplicate);
        let story = harness.story(id).await.unwrap();
        assert_eq!(story, ["opened", "requester_message_posted", "agent_joined", "agent_message_posted"]);
    });
}

/// Section 3.1, Faulted: after three panics in a row the conversation is closed, and its pair is free.
#[test]
fn after_three_panics_a_conversation_is_faulted_and_the_next_message_opens_another() {
    tell_with_panics(async |harness, ids| {
        let pair = Pair::web(1, 0);
        let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        ids.panic_next(3);
        for _ in 0..3 {
            assert!(matches!(harness.post(id, "ann", "hi").await, Err(Error::ActorFailed)));
        }
        let state = harness.state(id).await.unwrap();
        assert_eq!(state.lifecycle, Lifecycle::Closed);
        assert_eq!(state.closing, Some((ClosedState::Faulted, StateReason::Error)));
        assert_eq!(harness.engine.next_due().await.unwrap(), None, "its timers went with it");
        let refused = harness.post(id, "ann", "hi").await;
        assert!(matches!(refused, Err(Error::Rejected(Rejection::ConversationClosed))), "{refused:?}");
        let next = harness.inbound(&pair, "still there?").await.unwrap();
        assert_ne!(next.conversation, id);
    });
}

/// Panics that have work between them are not a conversation that cannot go on.
#[test]
fn work_between_panics_is_forgiveness() {
    tell_with_panics(async |harness, ids| {
        let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        for turn in 0..3 {
            ids.panic_next(2);
            for _ in 0..2 {
                assert!(harness.post(id, "ann", "hi").await.is_err());
            }
            harness.post(id, "ann", format!("turn {turn}").as_str()).await.unwrap();
        }
        assert!(!harness.state(id).await.unwrap().is_closed());
    });
}

/// A contact's actor is replaced as well; it has no conversation that could be faulted.
#[test]
fn a_message_whose_contact_panicked_opens_its_conversation_when_it_comes_again() {
    tell_with_panics(async |harness, ids| {
        let (pair, note) = (Pair::sms(1, 0), Note::new("hello").id("m1"));
        ids.panic_next(4);
        for _ in 0..4 {
            assert!(matches!(harness.inbound(&pair, note.clone()).await, Err(Error::ActorFailed)));
        }
        assert!(!harness.inbound(&pair, note).await.unwrap().duplicate);
        assert_eq!(census(harness).said.len(), 1);
    });
}

/// T1: a timer whose actor panicked comes again, with the time at which it was due.
#[test]
fn a_timer_whose_actor_panicked_fires_later() {
    tell_with_panics(async |harness, ids| {
        let id = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        harness.pass(Seconds(180));
        ids.panic_next(1);
        let failed = harness.engine.fire_due().await;
        assert!(matches!(failed, Err(Error::ActorFailed)), "{failed:?}");
        assert_eq!(harness.story(id).await.unwrap().len(), 3, "it has not fired");
        harness.advance(Seconds(5)).await.unwrap();
        assert_eq!(harness.story(id).await.unwrap()[3..], ["idle_reminder_sent"]);
    });
}

/// X1: a mailbox that is full refuses at once; it holds up nobody, and what it took is done.
#[test]
fn a_full_mailbox_refuses_instead_of_growing() {
    tell_with(
        |setup| setup.options.mailbox_max = 4,
        async |harness| {
            let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
            harness.join(id, "ann").await.unwrap();
            harness.log.hold();
            let texts: Vec<String> = (0..200).map(|number| format!("text {number}")).collect();
            let mut posts: FuturesUnordered<_> =
                texts.iter().map(|text| harness.post(id, "ann", text.as_str())).collect();
            let first = tokio::time::timeout(PATIENCE, posts.next()).await.expect("the mailbox has a bound");
            assert!(matches!(first, Some(Err(Error::Overloaded(_)))), "{first:?}");
            harness.log.release();
            let mut taken = 0;
            while let Some(result) = posts.next().await {
                match result {
                    Ok(_) => taken += 1,
                    Err(error) => assert!(matches!(error, Error::Overloaded(_)), "{error}"),
                }
            }
            assert!((1..150).contains(&taken), "{taken} of 200 were taken");
            assert_eq!(harness.state(id).await.unwrap().messages.agent, taken);
        },
    );
}

/// X1: the same for the committer's queue.
#[test]
fn a_full_commit_queue_refuses_instead_of_growing() {
    tell_with(
        |setup| setup.options.commit_queue_max = 2,
        async |harness| {
            harness.log.hold();
            let pairs: Vec<(Pair, String)> =
                (0..60).map(|number| (Pair::sms(number, 0), format!("text {number}"))).collect();
            let mut messages: FuturesUnordered<_> =
                pairs.iter().map(|(pair, text)| harness.inbound(pair, text.as_str())).collect();
            let first = tokio::time::timeout(PATIENCE, messages.next()).await.expect("the queue has a bound");
            assert!(matches!(first, Some(Err(Error::Overloaded("commit queue")))), "{first:?}");
            harness.log.release();
            let mut taken = 0;
            while let Some(result) = messages.next().await {
                taken += usize::from(result.is_ok());
            }
            assert!(taken > 0);
            assert_eq!(census(harness).said.len(), taken);
        },
    );
}

/// Design, interfaces: what is under way is finished, what comes later is refused.
#[test]
fn a_drain_finishes_what_is_under_way_and_refuses_the_rest() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        harness.log.hold();
        let (taken, (), refused) = join3(
            harness.inbound(&pair, "before"),
            async {
                let release = async { harness.log.release() };
                // The drain begins before the store answers.
                join(harness.engine.drain(), release).await;
            },
            harness.inbound(&pair, "after"),
        )
        .await;
        assert!(taken.is_ok(), "{taken:?}");
        assert!(matches!(refused, Err(Error::Draining)), "{refused:?}");
        assert!(!harness.engine.health().ready);
        let later = harness.inbound(&Pair::sms(2, 0), "later").await;
        assert!(matches!(later, Err(Error::Draining)), "{later:?}");
        assert_eq!(census(harness).said.len(), 1);
    });
}

/// L1: a store that failed means that what is stored is unknown; the process is told to end and takes nothing more.
#[test]
fn a_failing_store_fails_every_command_from_then_on() {
    for step in [Step::BeforeCommit, Step::AfterCommitBeforeReply] {
        tell(async |harness| {
            let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
            harness.log.kill_at(Kill { commit: 1, step });
            let answer = harness.join(id, "ann").await;
            assert!(matches!(answer, Err(Error::Store(_))), "{answer:?}");
            let reason = tokio::time::timeout(PATIENCE, harness.engine.store_failure()).await;
            assert!(reason.expect("the failure is told").contains("killed"));
            for _ in 0..3 {
                let later = harness.inbound(&Pair::sms(2, 0), "later").await;
                assert!(matches!(later, Err(Error::Store(_))), "{later:?}");
            }
            assert_eq!(census(harness).said.len(), 1);
        });
    }
}

/// An id that no store of this shape ever gave leads nowhere.
#[test]
fn a_conversation_that_never_was_is_unknown() {
    tell(async |harness| {
        for partition in [0, 2, 4095] {
            let id = domain::ConversationId::new(partition, 1, 1);
            let unknown = |result: &Result<_, Error>| {
                matches!(result, Err(Error::Rejected(Rejection::ConversationUnknown)))
            };
            assert!(unknown(&harness.join(id, "ann").await.map(drop)));
            assert!(unknown(&harness.state(id).await.map(drop)));
            assert!(unknown(&harness.events(id).await.map(drop)));
        }
    });
}
