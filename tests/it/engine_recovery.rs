//! What a new process finds: states, timers, and the commands whose answers were lost.

use crate::support::{census, tell, tell_with};
use domain::conversation::{ClosedState, StateReason, TimerKind, timers};
use domain::{ConversationId, Rejection, Seconds};
use engine::{Error, keys::conversation_stream};
use sim::{Deed, Harness, Kill, Note, Pair, Step};

const STEPS: [Step; 2] = [Step::BeforeCommit, Step::AfterCommitBeforeReply];

/// L4: from a snapshot and the events after it, and from the events alone.
#[test]
fn a_conversation_is_the_same_from_its_snapshot_and_from_its_log() {
    for snapshot_every in [3, 1000] {
        tell_with(
            |setup| setup.options.snapshot_every = snapshot_every,
            async |harness| {
                let pair = Pair::sms(1, 0);
                let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
                harness.join(id, "ann").await.unwrap();
                for turn in 0..6 {
                    harness.post(id, "ann", format!("turn {turn}").as_str()).await.unwrap();
                }
                harness.hold(id, "ann").await.unwrap();
                let before = harness.state(id).await.unwrap();
                let snapshot = harness.log.survivor().snapshot(conversation_stream(id)).unwrap();
                let version = snapshot.map_or(0, |snapshot| snapshot.version);
                assert!(version < before.version, "there are events after it");
                assert_eq!(version > 0, snapshot_every == 3);
                harness.restart(Seconds(1), None).await.unwrap();
                assert_eq!(harness.state(id).await.unwrap(), before);
                harness.inbound(&pair, "still there?").await.unwrap();
                assert_eq!(harness.story(id).await.unwrap()[10..], ["requester_message_posted", "resumed"]);
            },
        );
    }
}

/// L4: a snapshot is a cache; what cannot be read is rebuilt.
#[test]
fn a_damaged_snapshot_is_thrown_away() {
    tell_with(
        |setup| setup.options.snapshot_every = 2,
        async |harness| {
            let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
            harness.join(id, "ann").await.unwrap();
            harness.engine.drain().await;
            let (log, stream) = (harness.log.survivor(), conversation_stream(id));
            let kept = log.snapshot(stream).unwrap().unwrap();
            for (version, bytes) in [(kept.version, vec![0xff; 9]), (kept.version + 50, kept.bytes.clone())] {
                log.put_snapshot(stream, &store::Snapshot { version, bytes }).unwrap();
                harness.restart(Seconds(1), None).await.unwrap();
                harness.post(id, "ann", format!("after {version}").as_str()).await.unwrap();
            }
            assert_eq!(harness.state(id).await.unwrap().messages.agent, 2);
            // The next check reads snapshots, so a sound one has to be there again.
            log.put_snapshot(stream, &kept).unwrap();
        },
    );
}

/// Opens a conversation in which each of the deeds can be done next.
async fn prepare(harness: &Harness, deed: &Deed) -> Option<ConversationId> {
    deed.conversation()?;
    let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
    harness.join(id, "ann").await.unwrap();
    if matches!(deed, Deed::Resume(..)) {
        harness.hold(id, "ann").await.unwrap();
    }
    Some(id)
}

/// Every kind of command; those on a conversation are addressed to `id`.
fn deeds(id: ConversationId) -> Vec<Deed> {
    let ann = || "ann".to_owned();
    vec![
        Deed::Inbound(Pair::sms(1, 0)),
        Deed::Contribute(Pair::sms(1, 0), ann()),
        Deed::Receive(id),
        Deed::Post(id, ann()),
        Deed::Join(id, "bob".to_owned()),
        Deed::Hold(id, ann()),
        Deed::Resume(id, ann()),
        Deed::EndByRequester(id),
        Deed::EndByAgent(id, ann()),
        Deed::EndBySupervisor(id, "sam".to_owned()),
    ]
}

fn addressed(deed: &Deed, id: Option<ConversationId>) -> Deed {
    let index = deeds(ConversationId::new(0, 0, 0)).iter().position(|other| other == deed).unwrap();
    deeds(id.unwrap_or(ConversationId::new(0, 0, 0))).swap_remove(index)
}

/// L1, L6: open, close and everything between, killed at each step; the repetition gets what was stored or does it.
#[test]
fn a_command_killed_at_any_step_is_done_once_when_it_is_repeated() {
    for step in STEPS {
        for deed in deeds(ConversationId::new(0, 0, 0)) {
            tell(async |harness| {
                let deed = addressed(&deed, prepare(harness, &deed).await);
                let note = Note::new("once").id("c1");
                harness.log.kill_at(Kill { commit: 1, step });
                let lost = harness.send(&deed, &note).await;
                assert!(matches!(lost, Err(Error::Store(_))), "{deed:?}: {lost:?}");
                harness.restart(Seconds(1), None).await.unwrap();
                let before = events(harness);
                let again = harness.send(&deed, &note).await.unwrap();
                assert_eq!(again.duplicate, step == Step::AfterCommitBeforeReply, "{deed:?} at {step:?}");
                assert_eq!(events(harness) == before, again.duplicate, "{deed:?} at {step:?}");
                let third = harness.send(&deed, &note).await.unwrap();
                assert_eq!(third, engine::Accepted { duplicate: true, ..again });
            });
        }
    }
}

/// How many events all conversations have together.
fn events(harness: &Harness) -> u64 {
    census(harness).conversations.values().map(|state| state.version).sum()
}

/// T1: a timer killed at any step has fired once in the end, and with its own due time.
#[test]
fn a_timer_killed_at_any_step_fires_once() {
    for step in STEPS {
        tell(async |harness| {
            let id = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
            harness.join(id, "ann").await.unwrap();
            harness.log.kill_at(Kill { commit: 1, step });
            let lost = harness.advance(Seconds(180)).await;
            assert!(matches!(lost, Err(Error::Store(_))), "it died while it fired the reminder: {lost:?}");
            harness.restart(Seconds(1), None).await.unwrap();
            harness.engine.fire_due().await.unwrap();
            assert_eq!(harness.story(id).await.unwrap()[3..], ["idle_reminder_sent"], "{step:?}");
        });
    }
}

/// L1: dying while starting loses nothing either.
#[test]
fn an_engine_that_dies_while_it_starts_starts_the_next_time() {
    for step in STEPS {
        tell(async |harness| {
            let id = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
            assert!(harness.restart(Seconds(1), Some(Kill { commit: 1, step })).await.is_err());
            harness.restart(Seconds(1), None).await.unwrap();
            harness.join(id, "ann").await.unwrap();
        });
    }
}

/// A chat whose agent has joined; its reminder is due after 180 seconds, its end after 360.
async fn engaged_chat(harness: &Harness, pair: &Pair) -> ConversationId {
    let id = harness.inbound(pair, "hello").await.unwrap().conversation;
    harness.join(id, "ann").await.unwrap();
    id
}

/// T3
#[test]
fn an_overdue_reminder_fires_before_the_message_that_comes_after_the_outage() {
    tell(async |harness| {
        let pair = Pair::web(1, 0);
        let id = engaged_chat(harness, &pair).await;
        harness.restart(Seconds(200), None).await.unwrap();
        harness.inbound(&pair, "I am here").await.unwrap();
        assert_eq!(harness.story(id).await.unwrap()[3..], ["idle_reminder_sent", "requester_message_posted"]);
    });
}

/// T3: all overdue timers of all conversations, in the order in which they were due.
#[test]
fn overdue_timers_fire_in_the_order_in_which_they_were_due() {
    tell(async |harness| {
        let mut chats = Vec::new();
        for number in [3, 1, 2] {
            chats.push(engaged_chat(harness, &Pair::web(number, 0)).await);
            harness.pass(Seconds(7));
        }
        harness.restart(Seconds(300), None).await.unwrap();
        assert_eq!(harness.engine.fire_due().await.unwrap(), 3);
        for (index, chat) in chats.iter().enumerate() {
            let events = harness.events(*chat).await.unwrap();
            let data = events[3].data();
            assert_eq!(events[3].type_name(), "conversation.idle_reminder_sent", "{index}: {data}");
            assert_eq!(events[3].at(), harness.now());
        }
    });
}

/// T3, section 6.4: closers wait for the grace, and what was written meanwhile saves the conversation.
#[test]
fn a_redelivered_message_saves_a_conversation_whose_end_is_overdue() {
    tell(async |harness| {
        let pair = Pair::web(1, 0);
        let id = engaged_chat(harness, &pair).await;
        let written = harness.now().plus(Seconds(100));
        harness.restart(Seconds(1000), None).await.unwrap();
        let saved = harness.inbound(&pair, Note::new("I am here").sent_at(written)).await.unwrap();
        assert_eq!(saved.conversation, id);
        harness.advance(Seconds(3600)).await.unwrap();
        assert!(!harness.state(id).await.unwrap().is_closed());
    });
}

/// T3: the grace is exact, and nothing that closes fires within it.
#[test]
fn an_overdue_end_comes_when_the_grace_is_over() {
    tell(async |harness| {
        let id = engaged_chat(harness, &Pair::web(1, 0)).await;
        harness.restart(Seconds(1000), None).await.unwrap();
        let started = harness.now();
        harness.engine.fire_due().await.unwrap();
        assert_eq!(harness.story(id).await.unwrap()[3..], ["idle_reminder_sent"]);
        assert_eq!(harness.engine.next_due().await.unwrap(), Some(started.plus(Seconds(60))));
        harness.advance(Seconds(60)).await.unwrap();
        let events = harness.events(id).await.unwrap();
        assert_eq!((events.len(), events[4].at()), (5, started.plus(Seconds(60))));
        let closing = harness.state(id).await.unwrap().closing;
        assert_eq!(closing, Some((ClosedState::Complete, StateReason::NoUserResponse)));
    });
}

/// T3, LC-4: without grace the end that was overdue comes first, and the message opens a new conversation.
#[test]
fn without_grace_an_overdue_end_precedes_the_message() {
    tell_with(
        |setup| setup.options.recovery_grace = Seconds(0),
        async |harness| {
            let pair = Pair::web(1, 0);
            let id = engaged_chat(harness, &pair).await;
            let written = harness.now().plus(Seconds(100));
            harness.restart(Seconds(1000), None).await.unwrap();
            harness.pass(Seconds(1));
            let next = harness.inbound(&pair, Note::new("I am here").sent_at(written)).await.unwrap();
            assert_ne!(next.conversation, id);
            assert_eq!(harness.story(id).await.unwrap()[3..], ["idle_reminder_sent", "closed"]);
        },
    );
}

/// Section 6.4: the provider's time counts for what was written during the outage, so a prompt is due when it was.
#[test]
fn the_time_of_a_redelivered_message_drives_its_timers() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let id = harness.contribute(&pair, "ann", "hello").await.unwrap().conversation;
        let written = harness.now().plus(Seconds(100));
        harness.restart(Seconds(1000), None).await.unwrap();
        harness.inbound(&pair, Note::new("yes?").sent_at(written)).await.unwrap();
        let armed = timers(&harness.state(id).await.unwrap());
        let armed: Vec<_> = armed.iter().map(|timer| (timer.kind, timer.due)).collect();
        assert_eq!(armed, [(TimerKind::PromptAgent, written.plus(Seconds(1800)))]);
        harness.advance_to(written.plus(Seconds(1800))).await.unwrap();
        assert_eq!(harness.story(id).await.unwrap()[6..], ["agent_prompted"]);
    });
}

/// Section 6.4: before the outage, after it, or after the grace, the time of receipt counts.
#[test]
fn only_what_was_written_during_the_outage_and_comes_within_the_grace_counts_from_then() {
    for (written, late) in [(-500, 10), (1005, 10), (500, 60), (500, 90)] {
        tell(async |harness| {
            let pair = Pair::sms(1, 0);
            let id = harness.contribute(&pair, "ann", "hello").await.unwrap().conversation;
            let written = domain::Timestamp(harness.now().0 + written * 1000);
            harness.restart(Seconds(1000), None).await.unwrap();
            harness.pass(Seconds(late));
            harness.inbound(&pair, Note::new("yes?").sent_at(written)).await.unwrap();
            let counts_from = harness.state(id).await.unwrap().anchors.requester_last.unwrap().at;
            assert_eq!(counts_from, harness.now(), "written at {written:?}");
        });
    }
}

/// L1: a close that was killed after its commit is a close; its pair is free.
#[test]
fn a_close_that_nobody_was_told_of_has_happened() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
        harness.log.kill_at(Kill { commit: 1, step: Step::AfterCommitBeforeReply });
        assert!(harness.leave(id).await.is_err());
        harness.restart(Seconds(1), None).await.unwrap();
        let again = harness.leave(id).await;
        assert!(matches!(again, Err(Error::Rejected(Rejection::ConversationClosed))), "{again:?}");
        assert_ne!(harness.inbound(&pair, "a new matter").await.unwrap().conversation, id);
    });
}
