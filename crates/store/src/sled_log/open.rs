//! Opening a store: making it, recognising it, and proving that what is there can be true.

use super::{
    SledOptions, checkpoint, checkpoint::Checkpoint, keys, plan::last_version, read, tree, tree::failed,
};
use crate::{Error, Identity, PartitionId, Position, StoredRecord};
use sled::{Batch, Db, Tree};
use std::{
    fs::{self, File},
    io::ErrorKind,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

const FORMAT: u32 = 1;
const PAGE: usize = 256;
/// How long a lock is waited for, and how often it is tried.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// A store that was opened and checked.
pub(super) struct Opened {
    pub(super) db: Db,
    pub(super) log: Tree,
    pub(super) identity: Identity,
    /// sled's own file, to sync it.
    pub(super) file: File,
    pub(super) found: Checkpoint,
}

/// Opens the store. sled checks much by assertion, so damage can surface as a panic; here it becomes an error.
pub(super) fn open(path: &Path, options: &SledOptions) -> Result<Opened, Error> {
    catch_unwind(AssertUnwindSafe(|| open_unguarded(path, options))).unwrap_or_else(|_| {
        Err(Error::Damaged { place: None, what: "the library under the store cannot read it".to_owned() })
    })
}

fn open_unguarded(path: &Path, options: &SledOptions) -> Result<Opened, Error> {
    if options.partitions == 0 {
        return Err(Error::Malformed("a store needs at least one partition"));
    }
    let folder = path.join("log");
    let there = folder.join("db").exists();
    if !there && checkpoint::exists(path) {
        return Err(damaged("its file is gone"));
    }
    if !there && !options.create {
        return Err(Error::Missing { path: path.to_owned() });
    }
    fs::create_dir_all(&folder).map_err(io)?;
    let config = sled::Config::new().path(&folder).cache_capacity(options.cache_bytes).flush_every_ms(None);
    let db = open_patiently(path, &config)?;
    let log = db.open_tree("log").map_err(failed)?;
    let file = File::open(folder.join("db")).map_err(io)?;
    if log.get(keys::meta("format")).map_err(failed)?.is_none() {
        // A store that was never finished has neither records nor a checkpoint; anything else has lost its beginning.
        if !log.is_empty() || checkpoint::exists(path) {
            return Err(damaged("its beginning is lost"));
        }
        if !options.create {
            return Err(Error::Missing { path: path.to_owned() });
        }
        create(path, &log, &file, options)?;
    }
    let identity = identity(&log)?;
    let found = check(path, &log, &identity)?;
    Ok(Opened { db, log, identity, file, found })
}

/// Waits a moment for a lock: the threads of one who has just let go of the store, or was killed, may still hold it.
fn open_patiently(path: &Path, config: &sled::Config) -> Result<Db, Error> {
    let begun = Instant::now();
    loop {
        match config.open().map_err(|error| not_opened(path, error)) {
            Err(Error::Locked { .. }) if begun.elapsed() < LOCK_PATIENCE => std::thread::sleep(LOCK_PAUSE),
            opened => return opened,
        }
    }
}

/// Writes what the store is, and makes the names of its files durable before anything is promised.
fn create(path: &Path, log: &Tree, file: &File, options: &SledOptions) -> Result<(), Error> {
    let mut key = options.key.unwrap_or_default();
    if options.key.is_none() {
        getrandom::fill(&mut key).map_err(|error| Error::Io(format!("there is no randomness: {error}")))?;
    }
    let mut batch = Batch::default();
    batch.insert(keys::meta("format"), &FORMAT.to_be_bytes());
    batch.insert(keys::meta("partitions"), &options.partitions.to_be_bytes());
    batch.insert(keys::meta("key"), &key);
    log.apply_batch(batch).map_err(failed)?;
    log.flush().map_err(failed)?;
    file.sync_all().map_err(io)?;
    let folder = path.join("log");
    File::open(folder.join("conf")).and_then(|conf| conf.sync_all()).map_err(io)?;
    for folder in [&folder.join("blobs"), &folder, path] {
        checkpoint::sync_folder(folder).map_err(io)?;
    }
    if let Some(parent) = fs::canonicalize(path).map_err(io)?.parent() {
        checkpoint::sync_folder(parent).map_err(io)?;
    }
    let heads = vec![0; usize::from(options.partitions)];
    checkpoint::write(path, &Checkpoint { heads, latest_ms: None })
}

fn identity(log: &Tree) -> Result<Identity, Error> {
    let meta = |name: &str| {
        let value = log.get(keys::meta(name)).map_err(failed)?;
        value.ok_or_else(|| damaged("it does not say what it is"))
    };
    let lost = |_| damaged("it does not say what it is");
    let found = u32::from_be_bytes((*meta("format")?).try_into().map_err(lost)?);
    if found != FORMAT {
        return Err(Error::Format { found, supported: FORMAT });
    }
    Ok(Identity {
        partitions: u16::from_be_bytes((*meta("partitions")?).try_into().map_err(lost)?),
        key: (*meta("key")?).try_into().map_err(lost)?,
    })
}

/// Proves every partition from its last checkpoint to its head, and answers where they stand (`L3`).
fn check(path: &Path, log: &Tree, identity: &Identity) -> Result<Checkpoint, Error> {
    let partitions = usize::from(identity.partitions);
    let last = checkpoint::read(path);
    let last = last.unwrap_or_else(|| Checkpoint { heads: vec![0; partitions], latest_ms: None });
    if last.heads.len() != partitions {
        return Err(damaged("its checkpoint is of another store"));
    }
    let mut found = Checkpoint { heads: Vec::new(), latest_ms: last.latest_ms.max(read_mark(log)?) };
    for (partition, checked) in (0..).map(PartitionId).zip(last.heads) {
        let newest = tree::newest(log, &keys::records(partition))?;
        let head = newest.map(|(key, _)| keys::position(&key).ok_or_else(|| keys::unreadable("a key")));
        let head = head.transpose()?.unwrap_or_default();
        if head.0 < checked {
            return Err(Error::Damaged {
                place: Some((partition, Position(head.0 + 1))),
                what: format!("the log ends here, and reached position {checked} before"),
            });
        }
        let mut after = Position(checked.saturating_sub(1));
        while after < head {
            for record in read::partition(log, partition, (after, head), PAGE)? {
                check_pointers(log, partition, &record)?;
                after = record.position;
                found.latest_ms = found.latest_ms.max(Some(record.at_ms));
            }
        }
        found.heads.push(head.0);
    }
    Ok(found)
}

/// A record that its streams and its command do not point to would be there and never be found.
fn check_pointers(log: &Tree, partition: PartitionId, record: &StoredRecord) -> Result<(), Error> {
    let place = keys::place(partition, record.position);
    let points_here = |key: &[u8]| {
        let pointer = log.get(key).map_err(failed)?;
        Ok(pointer.is_some_and(|pointer| *pointer == place))
    };
    let lost =
        |what: &str| Error::Damaged { place: Some((partition, record.position)), what: what.to_owned() };
    for append in &record.appends {
        let last = last_version(append.first, append.events.len());
        if !points_here(&keys::pointer(append.stream, last))? {
            return Err(lost("a stream does not point to its record"));
        }
    }
    match &record.command {
        Some(command) if !points_here(&keys::command(command.key))? => {
            Err(lost("a command does not point to its record"))
        }
        _ => Ok(()),
    }
}

/// The newest time at which the engine said that it was alive.
pub(super) fn read_mark(log: &Tree) -> Result<Option<i64>, Error> {
    let value = log.get(keys::meta("mark")).map_err(failed)?;
    let read = |value: sled::IVec| {
        Ok(i64::from_be_bytes((*value).try_into().map_err(|_| keys::unreadable("a mark"))?))
    };
    value.map(read).transpose()
}

fn damaged(what: &str) -> Error {
    Error::Damaged { place: None, what: what.to_owned() }
}

fn io(error: std::io::Error) -> Error {
    Error::Io(error.to_string())
}

/// sled reports a lock that it does not get as some other failure, with the cause only in its text.
fn not_opened(path: &Path, error: sled::Error) -> Error {
    match &error {
        sled::Error::Io(cause)
            if cause.kind() == ErrorKind::WouldBlock
                || cause.to_string().contains("could not acquire lock") =>
        {
            Error::Locked { path: path.to_owned() }
        }
        sled::Error::Unsupported(_) => Error::Damaged { place: None, what: error.to_string() },
        sled::Error::Io(_)
        | sled::Error::Corruption { .. }
        | sled::Error::ReportableBug(_)
        | sled::Error::CollectionNotFound(_) => failed(error),
    }
}
