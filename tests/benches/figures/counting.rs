//! A log that remembers how long each commit took and, if asked to, what was in it, to do the same again without an
//! engine.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use store::{
    ClaimKey, CommandKey, Error, EventLog, Identity, Outcome, PartitionId, Position, Record, Snapshot,
    StoredCommand, StoredEvent, StoredRecord, StreamId, Tables, TimerEntry, Version,
};

/// Passes everything on to another log.
pub(crate) struct Counting {
    inner: Arc<dyn EventLog>,
    keep: bool,
    commits: Mutex<Commits>,
}

/// What was committed.
#[derive(Default)]
pub(crate) struct Commits {
    /// The records of each commit, as they were given; only if they are kept.
    pub(crate) batches: Vec<Vec<Record>>,
    /// How long each commit took, in milliseconds.
    pub(crate) took: Vec<f64>,
}

impl Counting {
    pub(crate) fn new(inner: Arc<dyn EventLog>, keep: bool) -> Self {
        Self { inner, keep, commits: Mutex::default() }
    }

    /// What was committed since the last call.
    pub(crate) fn take(&self) -> Commits {
        std::mem::take(&mut self.commits())
    }

    fn commits(&self) -> MutexGuard<'_, Commits> {
        self.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventLog for Counting {
    fn identity(&self) -> &Identity {
        self.inner.identity()
    }

    fn commit(&self, records: &[Record]) -> Result<Vec<Outcome>, Error> {
        let begun = Instant::now();
        let outcomes = self.inner.commit(records);
        let took = begun.elapsed();
        let batch = self.keep.then(|| records.to_vec());
        let mut commits = self.commits();
        commits.batches.extend(batch);
        commits.took.push(took.as_secs_f64() * 1000.0);
        outcomes
    }

    fn head(&self, partition: PartitionId) -> Position {
        self.inner.head(partition)
    }

    fn latest_ms(&self) -> Option<i64> {
        self.inner.latest_ms()
    }

    fn mark(&self, at_ms: i64) -> Result<(), Error> {
        self.inner.mark(at_ms)
    }

    fn version(&self, stream: StreamId) -> Result<Version, Error> {
        self.inner.version(stream)
    }

    fn read_stream(&self, stream: StreamId, after: Version, limit: usize) -> Result<Vec<StoredEvent>, Error> {
        self.inner.read_stream(stream, after, limit)
    }

    fn read_partition(
        &self,
        partition: PartitionId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, Error> {
        self.inner.read_partition(partition, after, limit)
    }

    fn claim(&self, key: ClaimKey) -> Result<Option<[u8; 16]>, Error> {
        self.inner.claim(key)
    }

    fn claims(&self, after: Option<ClaimKey>, limit: usize) -> Result<Vec<(ClaimKey, [u8; 16])>, Error> {
        self.inner.claims(after, limit)
    }

    fn command(&self, key: CommandKey) -> Result<Option<StoredCommand>, Error> {
        self.inner.command(key)
    }

    fn commands(
        &self,
        after: Option<CommandKey>,
        limit: usize,
    ) -> Result<Vec<(CommandKey, StoredCommand)>, Error> {
        self.inner.commands(after, limit)
    }

    fn timers(
        &self,
        partition: PartitionId,
        after: Option<TimerEntry>,
        limit: usize,
    ) -> Result<Vec<TimerEntry>, Error> {
        self.inner.timers(partition, after, limit)
    }

    fn drop_timer(&self, partition: PartitionId, entry: TimerEntry) -> Result<(), Error> {
        self.inner.drop_timer(partition, entry)
    }

    fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, Error> {
        self.inner.snapshot(stream)
    }

    fn put_snapshot(&self, stream: StreamId, snapshot: &Snapshot) -> Result<(), Error> {
        self.inner.put_snapshot(stream, snapshot)
    }

    fn snapshots(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<(StreamId, Snapshot)>, Error> {
        self.inner.snapshots(after, limit)
    }

    fn tables(&self) -> &dyn Tables {
        self.inner.tables()
    }

    fn checkpoint(&self) -> Result<(), Error> {
        self.inner.checkpoint()
    }
}
