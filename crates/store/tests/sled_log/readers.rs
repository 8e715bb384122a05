//! Readers on other threads see whole and durable things only.

use crate::common;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
use store::{EventLog, PartitionId, Position, SledLog, SledOptions, Snapshot, StreamId};

/// L1, L2: whatever is visible is visible with all that belongs to it, while commits go on.
#[test]
fn readers_never_see_half_a_commit() {
    let home = tempfile::tempdir().unwrap();
    let log = SledLog::open(home.path(), SledOptions::default()).unwrap();
    let done = AtomicBool::new(false);
    let read = || {
        while !done.load(Ordering::Acquire) {
            let head = log.head(PartitionId(0));
            let newest = log.read_partition(PartitionId(0), Position(head.0.saturating_sub(3)), 99).unwrap();
            for record in newest {
                let append = &record.appends[0];
                assert!(log.version(append.stream).unwrap() > append.first);
                let events = log.read_stream(append.stream, append.first - 1, 2).unwrap();
                assert!(events.iter().map(|event| &event.bytes).eq(&append.events));
                let command = log.command(record.command.unwrap().key).unwrap();
                assert_eq!(command.unwrap().position, record.position);
            }
            assert!(log.commands(None, 20).unwrap().len() as u64 >= head.0.min(20));
        }
    };
    let write = || {
        common::fill(&log, 0..1_500);
        done.store(true, Ordering::Release);
    };
    thread::scope(|scope| {
        scope.spawn(read);
        scope.spawn(write);
    });
}

/// L4: a snapshot in many pieces is the old one or the new one.
#[test]
fn readers_never_see_half_a_snapshot() {
    let home = tempfile::tempdir().unwrap();
    let log = SledLog::open(home.path(), SledOptions::default()).unwrap();
    let stream = StreamId([1; 16]);
    let snapshot =
        |version: u64| Snapshot { version, bytes: vec![version as u8; 50_000 - version as usize * 100] };
    let done = AtomicBool::new(false);
    let read = || {
        while !done.load(Ordering::Acquire) {
            if let Some(found) = log.snapshot(stream).unwrap() {
                assert!(found == snapshot(found.version));
            }
        }
    };
    let write = || {
        (0..300).for_each(|version| log.put_snapshot(stream, &snapshot(version)).unwrap());
        done.store(true, Ordering::Release);
    };
    thread::scope(|scope| {
        scope.spawn(read);
        scope.spawn(write);
    });
}
