//! A store that is closed and opened again is the same store, and only one may have it open.

use crate::common::{self, contents, existing, fill};
use std::fs;
use store::{
    ClaimKey, Error, EventLog, PartitionId, Position, SledLog, SledOptions, Snapshot, StreamId, TableWrite,
};

/// L1, L3: everything that a commit answered for is there again.
#[test]
fn a_store_that_is_opened_again_has_everything() {
    let home = tempfile::tempdir().unwrap();
    let options = SledOptions { partitions: 3, ..SledOptions::default() };
    let log = SledLog::open(home.path(), options).unwrap();
    fill(&log, 0..100);
    log.commit(&[common::record(2, 0)]).unwrap();
    log.mark(5_000).unwrap();
    log.put_snapshot(StreamId([1; 16]), &Snapshot { version: 3, bytes: vec![1; 20_000] }).unwrap();
    log.tables().write("t", &[TableWrite::Put(vec![1], vec![2])]).unwrap();
    let before = (contents(&log).unwrap(), log.identity().clone(), log.claims(None, 999).unwrap());
    let timers = log.timers(PartitionId(0), None, 999).unwrap();
    drop(log);

    let log =
        SledLog::open(home.path(), SledOptions { partitions: 9, key: Some([0; 32]), ..existing() }).unwrap();
    assert_eq!((contents(&log).unwrap(), log.identity().clone(), log.claims(None, 999).unwrap()), before);
    assert_eq!(log.timers(PartitionId(0), None, 999).unwrap(), timers);
    assert_eq!([0, 1, 2].map(|partition| log.head(PartitionId(partition)).0), [100, 0, 1]);
    assert_eq!(log.latest_ms(), Some(5_000));
    assert_eq!(log.snapshot(StreamId([1; 16])).unwrap().unwrap().bytes.len(), 20_000);
    assert_eq!(log.tables().get("t", &[1]).unwrap(), Some(vec![2]));
    fill(&log, 100..101);
    assert_eq!(log.head(PartitionId(0)), Position(101));
}

/// T2: without a mark, the newest record says when the engine was last alive; a checkpoint changes nothing about it.
#[test]
fn the_latest_time_survives() {
    let home = tempfile::tempdir().unwrap();
    let log = SledLog::open(home.path(), SledOptions::default()).unwrap();
    fill(&log, 0..20);
    drop(log);
    let log = SledLog::open(home.path(), existing()).unwrap();
    assert_eq!(log.latest_ms(), Some(1_019));
    log.checkpoint().unwrap();
    drop(log);
    let log = SledLog::open(home.path(), existing()).unwrap();
    assert_eq!(log.latest_ms(), Some(1_019));
}

/// P1: two stores do not hash one address to the same key.
#[test]
fn every_new_store_has_a_key_of_its_own() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let key = |home: &tempfile::TempDir| {
        let log = SledLog::open(home.path(), SledOptions::default()).unwrap();
        assert!(!format!("{log:?}").contains(&format!("{:?}", log.identity().key)));
        log.identity().key
    };
    assert_ne!(key(&one), key(&other));
    assert_eq!(key(&one), key(&one));
}

/// L1: a store has one owner.
#[test]
fn a_store_in_use_is_locked() {
    let home = tempfile::tempdir().unwrap();
    let log = SledLog::open(home.path(), SledOptions::default()).unwrap();
    for _ in 0..3 {
        let second = SledLog::open(home.path(), SledOptions::default());
        assert!(matches!(second, Err(Error::Locked { .. })), "{second:?}");
    }
    fill(&log, 0..4);
}

/// A typing error in a path must not look like an empty store.
#[test]
fn a_store_that_is_not_there_is_missing() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("none");
    assert!(matches!(SledLog::open(&path, existing()), Err(Error::Missing { .. })));
    assert!(!path.exists());
    assert!(matches!(
        SledLog::open(&path, SledOptions { partitions: 0, ..SledOptions::default() }),
        Err(Error::Malformed(_))
    ));
}

/// A store of a later build is left alone.
#[test]
fn a_store_of_another_format_is_refused() {
    let home = tempfile::tempdir().unwrap();
    drop(SledLog::open(home.path(), SledOptions::default()).unwrap());
    let db = sled::open(home.path().join("log")).unwrap();
    db.open_tree("log").unwrap().insert(b"Mformat", &2_u32.to_be_bytes()).unwrap();
    db.flush().unwrap();
    drop(db);
    let opened = SledLog::open(home.path(), existing());
    assert!(matches!(opened, Err(Error::Format { found: 2, supported: 1 })), "{opened:?}");
}

/// L1: nothing of the log goes into sled's side files, which nobody syncs, however large the records are.
#[test]
fn large_values_stay_in_the_file_that_is_synced() {
    let home = tempfile::tempdir().unwrap();
    let log = SledLog::open(home.path(), SledOptions::default()).unwrap();
    for number in 0..200 {
        let mut record = common::record(0, number);
        // Sizes around a piece, where a leaf is at its fullest, and at the bound.
        record.appends[0].events[0] = vec![1; [5_500, 6_000, 6_144, 120_000][number as usize % 4]];
        log.commit(&[record]).unwrap();
        log.put_snapshot(StreamId([number as u8; 16]), &Snapshot { version: 1, bytes: vec![1; 9_000] })
            .unwrap();
    }
    assert_eq!(fs::read_dir(home.path().join("log/blobs")).unwrap().count(), 0);
    assert_eq!(log.claim(ClaimKey([0; 16])).unwrap(), Some([0; 16]));
}

/// L3: a log that nobody checkpoints does so itself, so that an opening never has long to check.
#[test]
fn a_long_log_checkpoints_itself() {
    let home = tempfile::tempdir().unwrap();
    let checkpoint = || fs::read(home.path().join("checkpoint")).unwrap();
    let log = SledLog::open(home.path(), SledOptions::default()).unwrap();
    let first = checkpoint();
    fill(&log, 0..9_999);
    assert_eq!(checkpoint(), first);
    fill(&log, 9_999..10_000);
    assert_ne!(checkpoint(), first);
}
