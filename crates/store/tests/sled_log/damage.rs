//! A store that was damaged says so. It never panics, never makes things up, and never forgets what a checkpoint
//! vouches for (`L3`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use crate::common::{contents, existing, fill};
use std::{
    fs,
    path::{Path, PathBuf},
};
use store::{Error, SledLog, SledOptions, StoredRecord};
use tempfile::TempDir;

const AT_CHECKPOINT: u64 = 60;
const IN_ALL: u64 = 120;

/// A store with a checkpoint in the middle, and what is in it.
fn a_store() -> (TempDir, Vec<StoredRecord>) {
    let home = tempfile::tempdir().unwrap();
    let log = SledLog::open(home.path(), SledOptions::default()).unwrap();
    fill(&log, 0..AT_CHECKPOINT);
    store::EventLog::checkpoint(&log).unwrap();
    fill(&log, AT_CHECKPOINT..IN_ALL);
    let records = contents(&log).unwrap();
    assert_eq!(records.len() as u64, IN_ALL);
    (home, records)
}

fn db(home: &Path) -> PathBuf {
    home.join("log/db")
}

/// Copies a store as it stands on the disk.
fn copy(from: &Path) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    fs::create_dir_all(to.path().join("log/blobs")).unwrap();
    for folder in ["", "log"] {
        for file in fs::read_dir(from.join(folder)).unwrap().map(Result::unwrap) {
            if file.file_type().unwrap().is_file() {
                fs::copy(file.path(), to.path().join(folder).join(file.file_name())).unwrap();
            }
        }
    }
    to
}

/// The store is damaged, or what it has is the beginning of the truth and at least what the checkpoint vouches for.
/// Answers whether it was still whole.
fn is_honest(home: &Path, truth: &[StoredRecord], what: &str) -> bool {
    let read = SledLog::open(home, existing()).and_then(|log| contents(&log));
    match read {
        Ok(records) => {
            assert!(records.len() as u64 >= AT_CHECKPOINT, "{what}: {} records", records.len());
            assert_eq!(records, truth[..records.len()], "{what}");
            records.len() == truth.len()
        }
        Err(error) => {
            assert!(matches!(error, Error::Damaged { .. } | Error::Format { .. }), "{what}: {error}");
            false
        }
    }
}

/// L3: a copy that nobody touched is whole, or the other tests would prove nothing.
#[test]
fn a_copy_is_whole() {
    let (home, truth) = a_store();
    assert!(is_honest(copy(home.path()).path(), &truth, "a copy"));
}

/// L3: wherever the file is cut off.
#[test]
fn a_file_that_is_cut_off_is_found() {
    let (home, truth) = a_store();
    let len = fs::metadata(db(home.path())).unwrap().len();
    let mut whole = 0;
    for cut in (0..len).step_by(usize::try_from(len / 48).unwrap()) {
        for with_snapshot in [true, false] {
            let copy = copy(home.path());
            fs::File::options().write(true).open(db(copy.path())).unwrap().set_len(cut).unwrap();
            if !with_snapshot {
                without_snapshots(copy.path());
            }
            whole += u32::from(is_honest(copy.path(), &truth, &format!("cut at {cut}, {with_snapshot}")));
        }
    }
    assert!(whole < 96, "the cuts hit nothing");
}

/// sled keeps an index of its file beside it. Without, it reads the file from its beginning, as after a crash.
fn without_snapshots(home: &Path) {
    for file in fs::read_dir(home.join("log")).unwrap().map(Result::unwrap) {
        if file.file_name().to_string_lossy().starts_with("snap.") {
            fs::remove_file(file.path()).unwrap();
        }
    }
}

/// L3: wherever a byte changes.
#[test]
fn a_byte_that_changed_is_found() {
    let (home, truth) = a_store();
    let bytes = fs::read(db(home.path())).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    let mut whole = 0;
    let places = (0..used).step_by(used / 96);
    for at in places.clone() {
        let copy = copy(home.path());
        let mut changed = bytes.clone();
        changed[at] ^= 0x41;
        fs::write(db(copy.path()), changed).unwrap();
        if at % 2 == 0 {
            without_snapshots(copy.path());
        }
        whole += usize::from(is_honest(copy.path(), &truth, &format!("byte {at}")));
    }
    assert!(whole < places.count(), "the changes hit nothing");
}

/// L3: a tail that is lost below the checkpoint is noticed, though sled itself is content.
#[test]
fn a_tail_lost_below_the_checkpoint_is_found() {
    let home = tempfile::tempdir().unwrap();
    let log = SledLog::open(home.path(), SledOptions::default()).unwrap();
    fill(&log, 0..20);
    drop(log);
    let early = copy(home.path());
    let log = SledLog::open(home.path(), existing()).unwrap();
    fill(&log, 20..40);
    store::EventLog::checkpoint(&log).unwrap();
    drop(log);
    fs::copy(home.path().join("checkpoint"), early.path().join("checkpoint")).unwrap();
    let opened = SledLog::open(early.path(), existing());
    let Err(Error::Damaged { place: Some((_, position)), .. }) = opened else { panic!("{opened:?}") };
    assert_eq!(position.0, 21);
}

/// L3: a store that lost everything is not taken for a new one.
#[test]
fn a_store_that_lost_its_file_is_not_new() {
    let (home, _) = a_store();
    for everything in [true, false] {
        let copy = copy(home.path());
        if everything {
            fs::remove_dir_all(copy.path().join("log")).unwrap();
        } else {
            fs::remove_file(db(copy.path())).unwrap();
            without_snapshots(copy.path());
            fs::write(db(copy.path()), []).unwrap();
        }
        let opened = SledLog::open(copy.path(), SledOptions::default());
        assert!(matches!(opened, Err(Error::Damaged { .. })), "{opened:?}");
    }
}

/// L3: a checkpoint that cannot be read only means more to check.
#[test]
fn a_checkpoint_that_cannot_be_read_is_not_needed() {
    let (home, truth) = a_store();
    for change in [fs::remove_file, |path: PathBuf| fs::write(path, b"nonsense")] {
        let copy = copy(home.path());
        change(copy.path().join("checkpoint")).unwrap();
        assert!(is_honest(copy.path(), &truth, "without a checkpoint"));
    }
}

/// L3: what sled gives back unharmed may still be wrong: a record that is gone, changed, or no longer pointed to.
#[test]
fn a_record_that_is_gone_or_changed_is_found() {
    let (home, _) = a_store();
    let key = |position: u64| [&b"R\0\0"[..], &position.to_be_bytes()].concat();
    type Harm = fn(&sled::Tree, &[u8]);
    let harms: [Harm; 3] = [
        |log, key| drop(log.remove(key).unwrap()),
        |log, key| {
            let mut bytes = log.get(key).unwrap().unwrap().to_vec();
            bytes[60] ^= 1;
            log.insert(key, bytes).unwrap();
        },
        |log, key| {
            let place = [&[0, 0], &key[3..]].concat();
            let pointer = log.scan_prefix(b"S").map(Result::unwrap).find(|(_, value)| **value == *place);
            log.remove(pointer.unwrap().0).unwrap();
        },
    ];
    for harm in harms {
        for position in [30, 90] {
            let copy = copy(home.path());
            let db = sled::open(copy.path().join("log")).unwrap();
            harm(&db.open_tree("log").unwrap(), &key(position));
            db.flush().unwrap();
            drop(db);
            let opened = SledLog::open(copy.path(), existing());
            // An opening checks from the checkpoint on; what is before is found when it is read.
            assert_eq!(opened.is_err(), position > AT_CHECKPOINT);
            let read = opened.and_then(|log| contents(&log));
            assert!(matches!(read, Err(Error::Damaged { .. })), "{read:?}");
        }
    }
}
