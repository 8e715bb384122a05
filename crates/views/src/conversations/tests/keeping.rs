//! The rows are kept between openings, and thrown away when they cannot be right.

use super::super::{BATCH, TABLE, VERSION, keys};
use super::support::*;
use crate::Error;
use crate::conversations::Conversations;
use domain::channel::Mode;
use std::sync::Arc;
use store::{EventLog, PartitionId, Position, TableWrite};

fn put(log: &dyn EventLog, key: &[u8], value: &[u8]) {
    log.tables().write(TABLE, &[TableWrite::Put(key.to_vec(), value.to_vec())]).unwrap();
}

/// Three conversations of two messages each; the rows of a view must say so.
fn fill(log: &dyn EventLog) {
    for number in 0..3 {
        commit(log, id(log, number), at(number), [opened("web", Mode::Chat), asked()]);
        commit(log, id(log, number), at(9), [asked()]);
    }
}

fn assert_filled(view: &Conversations) {
    let messages: Vec<u64> = view.rows(None, 9).unwrap().iter().map(|row| row.requester_messages).collect();
    assert_eq!(messages, [2, 2, 2]);
}

/// L4: rows and position are one write, so whoever dies between two of them goes on from there.
#[test]
fn an_opening_goes_on_where_the_rows_are_and_counts_nothing_twice() {
    for partitions in [1, 3] {
        let folder = tempfile::tempdir().unwrap();
        {
            let log = sled(partitions, &folder);
            commit(&*log, id(&*log, 0), at(0), [opened("web", Mode::Chat), asked()]);
            let view = Conversations::open(Arc::clone(&log)).unwrap();
            assert_eq!(view.catch_up().unwrap(), 1);
            commit(&*log, id(&*log, 0), at(1), [asked()]);
        }
        let log = sled(partitions, &folder);
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        assert_eq!(view.consumed(PartitionId(0)), Position(1), "known before anything is folded");
        assert_eq!((view.catch_up().unwrap(), view.catch_up().unwrap()), (1, 0));
        assert_eq!(view.row(id(&*log, 0)).unwrap().unwrap().requester_messages, 2);
    }
}

#[test]
fn two_instances_that_take_turns_count_nothing_twice() {
    on_every_log(|log| {
        let views = [(); 2].map(|()| Conversations::open(Arc::clone(&log)).unwrap());
        fill(&*log);
        assert_eq!(views.each_ref().map(|view| view.catch_up().unwrap()), [6, 0]);
        assert_filled(&views[1]);
        assert_eq!(views[1].consumed(PartitionId(0)), views[0].consumed(PartitionId(0)));
    });
}

/// L4
#[test]
fn rows_of_another_version_are_thrown_away() {
    on_every_log(|log| {
        fill(&*log);
        Conversations::open(Arc::clone(&log)).unwrap().catch_up().unwrap();
        put(&*log, keys::VERSION, &(VERSION + 1).to_be_bytes());
        put(&*log, b"something of that version", b"");
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        assert!(view.rows(None, 9).unwrap().is_empty());
        assert_eq!(view.catch_up().unwrap(), 6);
        assert_filled(&view);
        assert_eq!(log.tables().get(TABLE, b"something of that version").unwrap(), None);
    });
}

/// L4
#[test]
fn rows_that_have_seen_more_than_the_log_has_are_thrown_away() {
    on_every_log(|log| {
        fill(&*log);
        Conversations::open(Arc::clone(&log)).unwrap().catch_up().unwrap();
        let last = PartitionId(log.identity().partitions - 1);
        for unbelievable in [&99_u64.to_be_bytes()[..], b"no position"] {
            put(&*log, &keys::position(last), unbelievable);
            let view = Conversations::open(Arc::clone(&log)).unwrap();
            assert_eq!(view.consumed(PartitionId(0)), Position(0));
            assert_eq!(view.catch_up().unwrap(), 6);
            assert_filled(&view);
        }
    });
}

/// L4
#[test]
fn a_row_that_cannot_be_read_is_an_error_to_readers_and_rebuilt_when_it_changes() {
    on_every_log(|log| {
        fill(&*log);
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        view.catch_up().unwrap();
        put(&*log, &keys::Range::rows().key(id(&*log, 1)), b"no row");
        assert!(matches!(view.rows(None, 9), Err(Error::Row)));
        assert!(matches!(view.row(id(&*log, 1)), Err(Error::Row)));
        commit(&*log, id(&*log, 1), at(10), [answered("ann")]);
        assert_eq!(view.catch_up().unwrap(), 7);
        assert_filled(&view);
    });
}

#[test]
fn more_records_than_one_batch_takes_are_folded_in_one_go() {
    let log = memory(3);
    let records = BATCH * 2 + 1;
    for _ in 0..records {
        commit(&*log, id(&*log, 1), at(1), [opened("web", Mode::Chat), asked()]);
    }
    commit(&*log, id(&*log, 2), at(1), [opened("web", Mode::Chat)]);
    let view = Conversations::open(Arc::clone(&log)).unwrap();
    assert_eq!(view.catch_up_while(|| false).unwrap(), BATCH + 1, "a round is one batch of each partition");
    assert_eq!(view.catch_up().unwrap(), records - BATCH);
    assert_eq!(view.row(id(&*log, 1)).unwrap().unwrap().requester_messages, records);
}
