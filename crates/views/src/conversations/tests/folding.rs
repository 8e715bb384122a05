//! Rows follow from the facts, and from nothing else.

use super::support::*;
use crate::conversations::{Conversations, Indexes, Row, TABLE, batch::Batch, fold, row};
use crate::{Error, Filter};
use domain::channel::Mode;
use domain::conversation::{ClosedState, Conversation, ConversationEvent, Lifecycle, Owner, evolve};
use domain::{ConversationId, EngineEvent, Event, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{PartitionId, Position};

/// What the state of a conversation looks like in a list, if it was closed at that time.
fn shown(id: ConversationId, state: &Conversation, closed_at: Option<Timestamp>) -> Row {
    let ended = state.closing.filter(|_| state.lifecycle == Lifecycle::Closed);
    Row {
        id,
        state: ended.map_or(state.lifecycle.name(), |(state, _)| state.name()).to_owned(),
        reason: state.closing.map(|(_, reason)| reason.name().to_owned()),
        mode: state.policy.mode(),
        channel: state.channel.clone(),
        agent: match &state.owner {
            Owner::Queue | Owner::VirtualAgent => None,
            Owner::Agent(agent) => Some(agent.clone()),
        },
        opened_at: state.opened.at,
        last_at: state.last_at,
        closed_at: closed_at.filter(|_| state.closing.is_some()),
        requester_messages: state.messages.requester,
        agent_messages: state.messages.agent,
        user: state.user.clone(),
        opted_out: state.opted_out.is_some(),
        language: state.language.clone(),
    }
}

fn all_rows(view: &Conversations) -> Vec<Row> {
    view.rows(None, 1000).unwrap()
}

fn filters() -> Vec<Filter> {
    let states = [None, Some("new"), Some("work_in_progress"), Some("closed_complete"), Some("unheard of")];
    let (channels, agents) = ([None, Some("sms"), Some("web")], [None, Some("ann"), Some("bob")]);
    let mut filters = Vec::new();
    for state in states {
        for on in channels {
            for who in agents {
                let (state, channel) = (state.map(str::to_owned), on.map(channel));
                filters.push(Filter { state, channel, agent: who.map(agent) });
            }
        }
    }
    filters
}

fn listed(view: &Conversations, filter: &Filter, limit: usize) -> Vec<Row> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let page = view.list(filter, cursor.as_ref(), limit).unwrap();
        rows.extend(page.rows);
        let Some(next) = page.next else { return rows };
        cursor = Some(next);
    }
}

proptest! {
    /// L4: whatever the log holds, a row shows what the state is.
    #[test]
    fn a_row_shows_what_the_state_says_after_any_facts(
        facts in prop::collection::vec((any_fact(), 0..99_u16), 0..30),
    ) {
        let id = id(&*memory(1), 1);
        let (mut row, mut state, mut closed_at) = (None, None, None);
        for (event, seconds) in &facts {
            row = fold(row, id, at(*seconds), event);
            if row.is_some() && matches!(event, ConversationEvent::Closed { .. }) {
                closed_at = Some(at(*seconds));
            }
            prop_assert!(row.iter().all(|row| row::STATES.contains(&&row.state[..])));
            state = evolve(state, at(*seconds), event);
            prop_assert_eq!(&row, &state.as_ref().map(|state| shown(id, state, closed_at)));
        }
    }

    /// L4: rows that were folded bit by bit, by several openings, are those of a rebuild, and every list has
    /// them.
    #[test]
    fn rebuilt_rows_and_lists_equal_those_that_were_folded_bit_by_bit(
        facts in prop::collection::vec((0..6_u16, any_fact(), 0..4_u8), 0..60),
        partitions in prop::sample::select(vec![1_u16, 3]),
        limit in 1..5_usize,
    ) {
        let log = memory(partitions);
        let mut view = Conversations::open(Arc::clone(&log)).unwrap();
        let mut states: BTreeMap<ConversationId, Conversation> = BTreeMap::new();
        let (mut folded, mut closed) = (0, BTreeMap::new());
        for ((number, event, pause), second) in facts.iter().zip(0..) {
            let id = id(&*log, *number);
            commit(&*log, id, at(second), [event.clone()]);
            if let Some(state) = evolve(states.remove(&id), at(second), event) {
                if matches!(event, ConversationEvent::Closed { .. }) {
                    closed.insert(id, at(second));
                }
                states.insert(id, state);
            }
            match pause {
                0 => folded += view.catch_up().unwrap(),
                1 => view = Conversations::open(Arc::clone(&log)).unwrap(),
                _ => {}
            }
        }
        folded += view.catch_up().unwrap();
        prop_assert_eq!(folded, facts.len() as u64);
        let expected: Vec<Row> = states.iter().rev().map(|(id, state)| shown(*id, state, closed.get(id).copied())).collect();
        prop_assert_eq!(&all_rows(&view)[..], &expected[..]);
        for filter in filters() {
            let admitted: Vec<Row> = expected.iter().filter(|row| filter.admits(row)).cloned().collect();
            prop_assert_eq!(listed(&view, &filter, limit), admitted);
        }
        let table = || log.tables().scan(TABLE, b"", None, 10_000).unwrap();
        let before = table();
        prop_assert_eq!(view.rebuild().unwrap(), facts.len() as u64);
        prop_assert_eq!(table(), before);
    }
}

/// TR-1, TR-4: a list shows who has a conversation now, nobody while it waits again.
#[test]
fn a_row_follows_from_agent_to_queue_and_to_the_next_agent() {
    on_every_log(|log| {
        let id = id(&*log, 1);
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        let row_after = |facts: &[ConversationEvent]| {
            commit(&*log, id, at(2), facts.to_vec());
            view.catch_up().unwrap();
            let row = view.row(id).unwrap().unwrap();
            (row.state, row.agent.map(|agent| agent.to_string()))
        };
        let of = |state: &str, agent: Option<&str>| (state.to_owned(), agent.map(str::to_owned));
        let assigned = row_after(&[opened("sms", Mode::Messaging), asked(), joined("ann", true)]);
        assert_eq!(assigned, of("work_in_progress", Some("ann")));
        assert_eq!(row_after(&[transferred("ann")]), of("new", None));
        let of_ann = Filter { state: None, channel: None, agent: Some(agent("ann")) };
        assert_eq!(listed(&view, &of_ann, 9), []);
        assert_eq!(row_after(&[joined("bob", true)]), of("work_in_progress", Some("bob")));
        assert_eq!(row_after(&[joined("eve", true)]), of("work_in_progress", Some("eve")));
        let waiting = Filter { state: Some("new".to_owned()), channel: None, agent: None };
        assert_eq!(listed(&view, &waiting, 9), []);
    });
}

#[test]
fn a_record_of_several_streams_changes_only_the_rows_of_its_conversations() {
    on_every_log(|log| {
        let [first, second] = [1, 1 + log.identity().partitions].map(|number| id(&*log, number));
        let engine = Event::Engine(EngineEvent::ClockStepped { wall: at(0), step_ms: 1 });
        let opening = || Event::Conversation(opened("web", Mode::Chat));
        let facts = [
            (*b"\0engine\0\0\0\0\0\0\0\0\0", vec![encoded(at(1), engine)]),
            (second.to_bytes(), vec![encoded(at(1), opening())]),
            (
                first.to_bytes(),
                [opening(), Event::Conversation(asked())].map(|event| encoded(at(1), event)).to_vec(),
            ),
        ];
        commit_together(&*log, partition(first), facts);
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        assert_eq!(view.catch_up().unwrap(), 1);
        let rows = all_rows(&view);
        let counts: Vec<_> = rows.iter().map(|row| (row.id, row.requester_messages)).collect();
        assert_eq!(counts, [(second, 0), (first, 1)]);
        assert_eq!(view.row(second).unwrap().as_ref(), rows.first());
    });
}

/// L3
#[test]
fn what_cannot_be_decoded_stops_the_projection_right_before_it() {
    on_every_log(|log| {
        let id = id(&*log, 2);
        commit(&*log, id, at(1), [opened("web", Mode::Chat)]);
        let good = encoded(at(2), Event::Conversation(asked()));
        commit_bytes(&*log, partition(id), id.to_bytes(), vec![good, b"no event".to_vec()]);
        commit(&*log, id, at(3), [asked()]);
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        for _ in 0..2 {
            let error = view.catch_up().unwrap_err();
            assert_eq!(error.code(), "view_log_damaged");
            let Error::Damaged { partition: place, position, .. } = error else { panic!("{error}") };
            assert_eq!((place, position), (partition(id), Position(2)));
            assert_eq!(view.consumed(partition(id)), Position(1));
            let row = view.row(id).unwrap().unwrap();
            assert_eq!(row.requester_messages, 0, "a record is folded wholly or not at all");
        }
    });
}

/// L3
#[test]
fn a_record_that_comes_twice_counts_once_and_a_missing_one_is_damage() {
    let log = memory(1);
    let (id, partition) = (id(&*log, 1), PartitionId(0));
    commit(&*log, id, at(1), [opened("web", Mode::Chat), asked()]);
    commit(&*log, id, at(2), [asked()]);
    commit(&*log, id, at(3), [closed(ClosedState::Complete)]);
    let records = log.read_partition(partition, Position(0), 9).unwrap();
    let mut batch = Batch::new(log.tables(), log.identity(), partition, Position(0));
    for index in [0, 0, 1, 0, 1] {
        batch.add(&records[index]).unwrap();
    }
    assert_eq!(batch.consumed(), Position(2));
    let mut gap = Batch::new(log.tables(), log.identity(), partition, Position(1));
    let error = gap.add(&records[2]).unwrap_err();
    assert!(matches!(error, Error::Damaged { position: Position(2), .. }), "{error}");
    let indexes = Indexes::new(log.identity());
    log.tables().write(TABLE, &batch.into_writes(&indexes).unwrap()).unwrap();
    let value = log.tables().scan(TABLE, b"r", None, 9).unwrap().remove(0).1;
    let row = row::decode(id, &value).unwrap();
    assert_eq!(row.requester_messages, 2);
}

#[test]
fn a_fact_of_a_conversation_that_was_never_opened_makes_no_row() {
    let id = id(&*memory(1), 1);
    let facts: [ConversationEvent; 3] = [asked(), joined("ann", true), closed(ClosedState::Faulted)];
    for fact in facts {
        assert_eq!(fold(None, id, Timestamp(5), &fact), None);
    }
}
