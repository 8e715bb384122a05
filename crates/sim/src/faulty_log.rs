//! A log that dies at a chosen commit, before or after it was written, as a process does.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use store::{
    ClaimKey, CommandKey, Error, EventLog, Identity, Outcome, PartitionId, Position, Record, Snapshot,
    StoredCommand, StoredEvent, StoredRecord, StreamId, Tables, TimerEntry, Version,
};

/// Where in a protocol the process dies. The rows of `docs/protocols.md` name these steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The commit was asked for, and nothing of it is stored.
    BeforeCommit,
    /// The commit is durable, and nobody was told.
    AfterCommitBeforeReply,
}

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kill {
    /// At which commit from now on; 1 is the next.
    pub commit: u64,
    /// On which side of it.
    pub step: Step,
}

/// Passes everything on to a log that survives, until it dies; then nothing more is written through it. A new
/// process is a new `FaultyLog` on the same inner log.
pub struct FaultyLog {
    inner: Arc<dyn EventLog>,
    life: Mutex<Life>,
    released: Condvar,
}

struct Life {
    commits: u64,
    kill: Option<Kill>,
    dead: bool,
    held: bool,
}

impl FaultyLog {
    /// A log that will not die by itself.
    pub fn new(inner: Arc<dyn EventLog>) -> Self {
        let life = Life { commits: 0, kill: None, dead: false, held: false };
        Self { inner, life: Mutex::new(life), released: Condvar::new() }
    }

    /// The log underneath, which survives.
    pub fn survivor(&self) -> Arc<dyn EventLog> {
        Arc::clone(&self.inner)
    }

    /// Plans the death.
    pub fn kill_at(&self, kill: Kill) {
        let mut life = self.life();
        let commit = life.commits + kill.commit;
        life.kill = Some(Kill { commit, ..kill });
    }

    /// Dies now: whatever is not written is never written.
    pub fn kill_now(&self) {
        self.life().dead = true;
        self.release();
    }

    /// Whether it has died.
    pub fn is_dead(&self) -> bool {
        self.life().dead
    }

    /// How many commits were asked for.
    pub fn commits(&self) -> u64 {
        self.life().commits
    }

    /// Holds every commit from now on until [`release`](Self::release), like a disk that does not answer.
    pub fn hold(&self) {
        self.life().held = true;
    }

    /// Lets held commits go on.
    pub fn release(&self) {
        self.life().held = false;
        self.released.notify_all();
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alive(&self) -> Result<(), Error> {
        if self.is_dead() { Err(died()) } else { Ok(()) }
    }
}

fn died() -> Error {
    Error::Io("the process was killed here".to_owned())
}

impl EventLog for FaultyLog {
    fn identity(&self) -> &Identity {
        self.inner.identity()
    }

    fn commit(&self, records: &[Record]) -> Result<Vec<Outcome>, Error> {
        let life = self.life();
        let mut life =
            self.released.wait_while(life, |life| life.held).unwrap_or_else(PoisonError::into_inner);
        if life.dead {
            return Err(died());
        }
        life.commits += 1;
        let Some(kill) = life.kill.filter(|kill| kill.commit == life.commits) else {
            drop(life);
            return self.inner.commit(records);
        };
        life.dead = true;
        match kill.step {
            Step::BeforeCommit => {}
            // The answer is lost with the process.
            Step::AfterCommitBeforeReply => drop(self.inner.commit(records)?),
        }
        Err(died())
    }

    fn head(&self, partition: PartitionId) -> Position {
        self.inner.head(partition)
    }

    fn latest_ms(&self) -> Option<i64> {
        self.inner.latest_ms()
    }

    fn mark(&self, at_ms: i64) -> Result<(), Error> {
        self.alive()?;
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
        self.alive()?;
        self.inner.drop_timer(partition, entry)
    }

    fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, Error> {
        self.inner.snapshot(stream)
    }

    fn put_snapshot(&self, stream: StreamId, snapshot: &Snapshot) -> Result<(), Error> {
        self.alive()?;
        self.inner.put_snapshot(stream, snapshot)
    }

    fn snapshots(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<(StreamId, Snapshot)>, Error> {
        self.inner.snapshots(after, limit)
    }

    fn tables(&self) -> &dyn Tables {
        self.inner.tables()
    }

    fn checkpoint(&self) -> Result<(), Error> {
        self.alive()?;
        self.inner.checkpoint()
    }
}
