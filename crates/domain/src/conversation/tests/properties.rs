//! What holds for every conversation there can be, legal or not.

mod strategies;

use super::story::{Teller, at, fire};
use crate::conversation::{
    Conversation, ConversationEvent, Lifecycle, Owner, Policy, Timer, TimerKind, evolve, timers,
};
use crate::{Rejection, Seconds, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use strategies::{fact, inputs, policy};

fn fold(state: Option<Conversation>, facts: &[(Timestamp, ConversationEvent)]) -> Option<Conversation> {
    facts.iter().fold(state, |state, (at, event)| evolve(state, *at, event))
}

/// A conversation that came to be by the rules, when it last happened, and from when on each of its events counts.
struct Legal {
    teller: Teller,
    now: u32,
    counts_from: Vec<Timestamp>,
}

fn legal(policy: Policy, inputs: &[(u32, &str)]) -> Legal {
    let mut story = Legal { teller: Teller::new(policy), now: 0, counts_from: Vec::new() };
    for (pause, input) in [(0, "requester")].iter().chain(inputs) {
        story.now += pause;
        let events = story.teller.attempt(story.now, input).unwrap_or_default();
        for event in &events {
            let counts_from = if let ConversationEvent::RequesterMessagePosted { counts_from, .. } = event {
                *counts_from
            } else {
                at(story.now)
            };
            story.counts_from.push(counts_from);
        }
    }
    story
}

fn closes(events: &[ConversationEvent]) -> usize {
    events.iter().filter(|event| matches!(event, ConversationEvent::Closed { .. })).count()
}

/// C3: what the parts of a state say of who has the conversation agrees.
fn check_owner(state: &Conversation) {
    let kinds = |kinds: &[TimerKind]| timers(state).iter().any(|timer| kinds.contains(&timer.kind));
    match &state.owner {
        Owner::Agent(agent) => {
            assert!(state.participants.contains(agent), "the owner is in it: {state:?}");
            assert!(state.engaged && state.request.is_none(), "nobody waits for who has come: {state:?}");
            assert_ne!(state.lifecycle, Lifecycle::New);
        }
        Owner::Queue => {
            assert_eq!(state.anchors.assigned, None);
            let agents = [TimerKind::PromptAgent, TimerKind::Reassign];
            let idle = [TimerKind::IdleReminder, TimerKind::IdleCancel];
            assert!(!kinds(&agents) && !kinds(&idle), "nobody has it: {state:?}");
            assert!(matches!(state.lifecycle, Lifecycle::New | Lifecycle::Closed));
        }
        Owner::VirtualAgent => {
            assert!(state.has_virtual_agent && state.request.is_none(), "nobody is waited for: {state:?}");
            assert!(!kinds(&[TimerKind::PromptAgent, TimerKind::Reassign, TimerKind::IdleCancel]));
        }
    }
    assert!(state.request.is_none() || !state.is_closed());
    assert!(state.request.is_none_or(|version| version <= state.version));
}

proptest! {
    /// C3, TR-4: after every input of every story.
    #[test]
    fn who_has_it_who_is_in_it_and_who_is_waited_for_agree(
        policy in policy(),
        first in select(vec!["requester", "requester to bot"]),
        inputs in inputs(),
    ) {
        let mut teller = Teller::new(policy);
        let (mut now, mut joined, mut told) = (0, false, None);
        for (pause, input) in [(0, first)].into_iter().chain(inputs) {
            now += pause;
            for event in teller.attempt(now, input).unwrap_or_default() {
                joined |= matches!(event, ConversationEvent::AgentJoined { .. });
                if let ConversationEvent::WaitMessageSent { item, number, .. } = event {
                    prop_assert!(told < Some((item, number)), "each is told once, in order");
                    told = Some((item, number));
                }
            }
            let state = teller.state.as_ref().unwrap();
            check_owner(state);
            prop_assert_eq!((state.engaged, state.told), (joined, told));
        }
    }

    /// LC-5, RE-5, TR-1, VA-6: what the router or a person asks for a second time at once is fulfilled or refused.
    #[test]
    fn nothing_that_concerns_the_wait_happens_twice(
        policy in policy(),
        inputs in inputs(),
        input in select(vec![
            "ann accepts 1.1", "bob accepts 2.1 from ann", "supervisor sam assigns bob", "unassign ann", "ann joins",
            "ann transfers to sales", "router ends 1", "router refuses 1", "router tells 3.1", "requester asks",
            "requester cancels",
        ]),
    ) {
        let mut story = legal(policy, &inputs);
        if story.teller.attempt(story.now, input).is_ok() {
            prop_assert_eq!(story.teller.attempt(story.now, input).unwrap_or_default(), vec![]);
        }
    }

    /// L4
    #[test]
    fn facts_can_be_applied_in_any_order_and_from_any_state_on(
        facts in vec(fact(), 0..30),
        cut in any::<Index>(),
    ) {
        let whole = fold(None, &facts);
        let (head, tail) = facts.split_at(cut.index(facts.len() + 1));
        prop_assert_eq!(&fold(fold(None, head), tail), &whole);
        let before = facts.iter().take_while(|(_, event)| !matches!(event, ConversationEvent::Opened { .. }));
        let counted = facts.len() - before.count();
        prop_assert_eq!(whole.as_ref().map_or(0, |state| state.version), counted as u64);
        // Whatever the state, asking for its timers answers.
        let armed = whole.as_ref().map(timers).unwrap_or_default();
        prop_assert!(armed.is_sorted());
    }

    /// T2: at most one timer of a kind, each hung on an event that was, and never due before that event counts.
    #[test]
    fn a_timer_is_never_due_before_the_event_that_armed_it(policy in policy(), inputs in inputs()) {
        let story = legal(policy, &inputs);
        let armed = story.teller.armed();
        for timer in &armed {
            let anchor = story.counts_from[usize::try_from(timer.armed_by).unwrap() - 1];
            prop_assert!(timer.due > anchor, "{timer:?} hangs on {anchor:?}");
            let alike = armed.iter().filter(|other| other.kind == timer.kind).count();
            prop_assert_eq!(alike, 1);
        }
        prop_assert_eq!(story.counts_from.len() as u64, story.teller.state.map_or(0, |state| state.version));
    }

    /// T1: in whatever order the armed timers are fired, each does its work at most once and one at most closes.
    #[test]
    fn no_order_of_firing_closes_twice(
        policy in policy(),
        inputs in inputs(),
        order in Just(()).prop_perturb(|(), mut rng| [rng.next_u32(), rng.next_u32(), rng.next_u32()]),
    ) {
        let mut story = legal(policy, &inputs);
        let mut armed: Vec<Timer> = story.teller.armed();
        let late = armed.iter().map(|timer| timer.due).max().unwrap_or_default();
        let mut closed = 0;
        for turn in order {
            if armed.is_empty() {
                break;
            }
            let timer = armed.remove(turn as usize % armed.len());
            let events = story.teller.give(late, &fire(timer)).unwrap();
            prop_assert!(events.len() <= 1);
            prop_assert!(closed == 0 || events.is_empty(), "something fired after the close");
            closed += closes(&events);
            prop_assert_eq!(story.teller.give(late, &fire(timer)), Ok(vec![]), "it fires once");
        }
        prop_assert!(closed <= 1);
    }

    /// T1, T2: time alone settles every conversation in finitely many steps, each when it is due and not before.
    #[test]
    fn left_alone_a_conversation_comes_to_rest(policy in policy(), inputs in inputs()) {
        let mut story = legal(policy, &inputs);
        let mut fired = 0;
        while let Some(timer) = story.teller.armed().first().copied() {
            let early = Timestamp(timer.due.0 - 1);
            prop_assert_eq!(story.teller.give(early, &fire(timer)), Ok(vec![]));
            prop_assert_eq!(story.teller.give(timer.due, &fire(timer)).unwrap().len(), 1);
            fired += 1;
            prop_assert!(fired <= TimerKind::ALL.len(), "timers arm each other for ever");
        }
    }

    /// C1, LC-4
    #[test]
    fn a_closed_conversation_has_no_more_events(
        policy in policy(),
        inputs in inputs(),
        ending in select(vec!["requester ends", "supervisor sam ends", "fault"]),
        after in vec((0_u32..200_000, select(vec![
            "requester", "requester redelivered 50", "requester ends", "ann joins", "ann posts", "ann contributes",
            "ann holds", "ann resumes", "ann ends", "supervisor sam ends", "fault", "tick", "requester asks",
            "requester cancels", "ann accepts 1.1", "bob accepts 1.1 from ann", "supervisor sam assigns ann",
            "unassign ann", "ann transfers to sales", "router ends 1", "router refuses 1", "router tells 9.9",
        ])), 1..10),
        fires in vec((select(TimerKind::ALL.to_vec()), 0_u32..400_000, 0_u64..40), 0..10),
    ) {
        let mut story = legal(policy, &inputs);
        // Most stories are over by now; the others end here.
        let _ = story.teller.attempt(story.now, ending);
        let closed = story.teller.state.clone();
        prop_assert!(closed.as_ref().is_some_and(Conversation::is_closed));
        for (pause, input) in after {
            story.now += pause;
            match story.teller.attempt(story.now, input) {
                Ok(events) => prop_assert_eq!(events, vec![], "{}", input),
                Err(rejection) => prop_assert_eq!(rejection, Rejection::ConversationClosed),
            }
        }
        for (kind, due, armed_by) in fires {
            let stale = fire(Timer { kind, due: at(due), armed_by });
            prop_assert_eq!(story.teller.give(at(u32::MAX / 2), &stale), Ok(vec![]));
        }
        prop_assert_eq!(story.teller.state, closed);
    }

    /// IDLE-7, 18.3
    #[test]
    fn rounding_never_moves_a_time_back(ms in any::<i64>(), span in any::<u32>()) {
        let rounded = Timestamp(ms).rounded_up_to(Seconds(span));
        prop_assert!(rounded.0 >= ms);
        prop_assert!(rounded.0 == i64::MAX || span == 0 || rounded.0 % (i64::from(span) * 1000) == 0);
        prop_assert!(rounded.since_ms(Timestamp(ms)) < i64::from(span.max(1)) * 1000);
    }
}
