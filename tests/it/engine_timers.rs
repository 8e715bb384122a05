//! Timers of a running engine, driven: when they fire, what they meet, and what becomes of those that are not armed.

use crate::support::{tell, tell_with};
use codec::json;
use domain::channel::Mode;
use domain::conversation::{ClosedState, StateReason, TimerKind};
use domain::{Seconds, Timestamp};
use engine::keys::conversation_stream;
use engine::{Clock, Engine};
use sim::{Deed, Note, Pair, Setup};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::{Identity, MemoryLog, PartitionId, TimerEntry};

/// Section 6.4, 18.7: at the same instant the message wins.
#[test]
fn a_message_at_the_very_moment_of_the_reminder_comes_before_it() {
    tell(async |harness| {
        let pair = Pair::web(1, 0);
        let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        harness.pass(Seconds(180));
        assert_eq!(harness.engine.next_due().await.unwrap(), Some(harness.now()));
        harness.inbound(&pair, "I am here").await.unwrap();
        assert_eq!(harness.engine.fire_due().await.unwrap(), 0, "it is disarmed");
        assert_eq!(harness.story(id).await.unwrap()[3..], ["requester_message_posted"]);
    });
}

/// T3: one millisecond later it does not.
#[test]
fn a_message_a_millisecond_after_the_reminder_was_due_comes_after_it() {
    tell(async |harness| {
        let pair = Pair::web(1, 0);
        let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        harness.clock.advance_to(Timestamp(harness.now().0 + 180_001));
        harness.inbound(&pair, "I am here").await.unwrap();
        assert_eq!(harness.story(id).await.unwrap()[3..], ["idle_reminder_sent", "requester_message_posted"]);
    });
}

/// T1, IDLE-2, IDLE-3
#[test]
fn an_idle_chat_is_reminded_and_closed_to_the_millisecond() {
    tell(async |harness| {
        let id = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        let anchor = harness.now();
        harness.join(id, "ann").await.unwrap();
        harness.advance(Seconds(100_000)).await.unwrap();
        let events = harness.events(id).await.unwrap();
        let fired: Vec<_> = events[3..].iter().map(|event| (event.type_name(), event.at())).collect();
        let at = |seconds| anchor.plus(Seconds(seconds));
        assert_eq!(fired, [("conversation.idle_reminder_sent", at(180)), ("conversation.closed", at(360))]);
        assert_eq!(events[3].data()["due"], json::timestamp(at(180)));
        let cause = &events[4].envelope.cause;
        assert_eq!(cause.causation.unwrap().version, 3, "the join armed it");
    });
}

/// ACT-2, ACT-3, LC-12
#[test]
fn a_silent_messaging_conversation_prompts_and_is_abandoned_after_two_days() {
    tell(async |harness| {
        let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        assert_eq!(harness.advance(Seconds(1800)).await.unwrap(), 1);
        harness.post(id, "ann", "hello").await.unwrap();
        assert_eq!(harness.advance(Seconds(172_799)).await.unwrap(), 0);
        assert_eq!(harness.advance(Seconds(1)).await.unwrap(), 1);
        let closing = harness.state(id).await.unwrap().closing;
        assert_eq!(closing, Some((ClosedState::Abandoned, StateReason::RequesterSilent)));
        assert_eq!(harness.engine.next_due().await.unwrap(), None);
    });
}

/// T2: an entry of the index that no conversation has fires nothing and is taken out.
#[test]
fn a_stray_entry_of_the_index_changes_nothing_and_goes_away() {
    tell(async |harness| {
        let id = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        let before = harness.state(id).await.unwrap();
        let (log, partition) = (harness.log.survivor(), PartitionId(id.partition()));
        let stray = TimerEntry {
            due_ms: harness.now().0 + 1000,
            stream: conversation_stream(id),
            kind: TimerKind::IdleCancel.number(),
            armed_by: 2,
        };
        let armed = store::Record {
            partition,
            at_ms: harness.now().0,
            appends: vec![],
            claims: vec![],
            command: None,
            timers: vec![store::TimerChange::Arm(stray)],
        };
        log.commit(&[armed]).unwrap();
        harness.restart(Seconds(1), None).await.unwrap();
        harness.advance(Seconds(120)).await.unwrap();
        assert_eq!(harness.state(id).await.unwrap(), before);
        harness.engine.drain().await;
        assert!(!log.timers(partition, None, 100).unwrap().contains(&stray));
    });
}

/// X1: more timers than memory holds still fire, each once and in order.
#[test]
fn more_timers_than_fit_in_memory_fire_all_the_same() {
    tell_with(
        |setup| setup.options.timers_in_memory_max = 4,
        async |harness| {
            let mut chats = Vec::new();
            for number in 0..30 {
                chats.push(
                    harness.inbound(&Pair::web(number, 0), format!("{number}").as_str()).await.unwrap(),
                );
                harness.join(chats[usize::from(number)].conversation, "ann").await.unwrap();
                harness.pass(Seconds(1));
            }
            assert_eq!(harness.advance(Seconds(400)).await.unwrap(), 60);
            for chat in chats {
                let story = harness.story(chat.conversation).await.unwrap();
                assert_eq!(story[3..], ["idle_reminder_sent", "closed"]);
            }
        },
    );
}

/// CH-1: the channel's mode decides which clock runs.
#[test]
fn web_in_messaging_has_the_actions_and_no_idle_clock() {
    tell_with(
        |setup| setup.configuration = Some(sim::configuration(Mode::Messaging)),
        async |harness| {
            let id = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
            harness.join(id, "ann").await.unwrap();
            harness.advance(Seconds(1800)).await.unwrap();
            assert_eq!(harness.story(id).await.unwrap()[3..], ["agent_prompted"]);
        },
    );
}

/// A clock that moves on whenever it is looked at, as a real one does.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::SeqCst))
    }

    fn wall(&self) -> Timestamp {
        self.now()
    }

    fn look_at_wall(&self) -> Option<i64> {
        None
    }
}

/// T4: a conversation's time never runs back, although the reminder is fired while the message waits for its turn.
#[test]
fn what_is_stored_later_did_not_happen_earlier() {
    engine::block_on(Box::pin(async {
        let Setup { start, options, configuration, ids, .. } = Setup::default();
        let clock = Arc::new(Ticking(AtomicI64::new(start.0)));
        let log = Arc::new(MemoryLog::new(Identity { partitions: 1, key: [7; 32] }));
        let engine =
            Engine::start(log, options, Arc::<Ticking>::clone(&clock), ids, configuration).await.unwrap();
        let inbound = Deed::Inbound(Pair::web(1, 0));
        let id = inbound.send(&engine, &Note::new("hello"), 0).await.unwrap().conversation;
        Deed::Join(id, "ann".to_owned()).send(&engine, &Note::default(), 1).await.unwrap();
        clock.0.fetch_add(200_000, Ordering::SeqCst);
        inbound.send(&engine, &Note::new("I am here"), 2).await.unwrap();
        let events = engine.events(id, 0, 100).await.unwrap();
        let names: Vec<_> = events[3..].iter().map(engine::EventRecord::type_name).collect();
        assert_eq!(names, ["conversation.idle_reminder_sent", "conversation.requester_message_posted"]);
        let times: Vec<_> = events.iter().map(engine::EventRecord::at).collect();
        assert!(times.is_sorted(), "{times:?}");
        engine.drain().await;
    }));
}
