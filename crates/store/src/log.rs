//! The contract of an event log, and the values that cross it.

use crate::{Error, Tables};

/// The unit of order, ownership and atomicity. A store has a fixed number of them, numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionId(pub u16);

/// Names one stream of events. Opaque: the caller derives it, and never from anything personal without a key (`P1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub [u8; 16]);

/// How many events a stream holds; its first event has version 1, an unwritten stream is at version 0.
pub type Version = u64;

/// Where a record stands in its partition. Contiguous; the first record has position 1 (`L3`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// Names something that at most one holder may claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimKey(pub [u8; 16]);

/// Names a command within the scope of whoever sent it (`L6`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandKey(pub [u8; 16]);

/// What one store is: fixed when it is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// How many partitions it has, at least 1.
    pub partitions: u16,
    /// The secret with which addresses are hashed into keys (`P1`).
    pub key: [u8; 32],
}

/// All that one command writes: stored whole or not at all (`L2`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Every stream, claim and timer of the record belongs to this partition.
    pub partition: PartitionId,
    /// Engine time in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// At most one entry a stream.
    pub appends: Vec<Append>,
    /// Compare-and-set changes; all must hold.
    pub claims: Vec<Claim>,
    /// The command that caused the record, if its sender gave it an id.
    pub command: Option<CommandEntry>,
    /// How the timer index changes.
    pub timers: Vec<TimerChange>,
}

/// New events of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The stream that grows.
    pub stream: StreamId,
    /// The version that the writer believes the stream to have (`L2`).
    pub expected: Version,
    /// Encoded events, in order; never empty.
    pub events: Vec<Vec<u8>>,
}

/// A compare-and-set on one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed.
    pub key: ClaimKey,
    /// The holder that the writer believes in.
    pub expected: Option<[u8; 16]>,
    /// The holder from now on; `None` frees the claim.
    pub value: Option<[u8; 16]>,
}

/// Makes a command idempotent (`L6`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandEntry {
    /// Which command.
    pub key: CommandKey,
    /// A digest of its body: the same key with another fingerprint is refused.
    pub fingerprint: [u8; 16],
    /// What to answer when it comes again; opaque.
    pub reply: Vec<u8>,
}

/// One armed timer, ordered by due time, then stream, then kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerEntry {
    /// When it is due, in milliseconds since the Unix epoch; never negative.
    pub due_ms: i64,
    /// Whose timer it is.
    pub stream: StreamId,
    /// Which of the stream's timers; opaque.
    pub kind: u8,
    /// The version of the event that armed it.
    pub armed_by: Version,
}

/// A change of the timer index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerChange {
    /// Adds the entry.
    Arm(TimerEntry),
    /// Removes the entry; removing one that is not there changes nothing.
    Disarm(TimerEntry),
}

/// What became of one record of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Durable, at this position.
    Stored(Position),
    /// The same command was stored before; nothing was written now.
    Duplicate(StoredCommand),
    /// Refused; nothing of it was written.
    Refused(Refusal),
}

/// Why a record was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody else wrote the stream (`L2`).
    Version {
        /// The stream in question.
        stream: StreamId,
        /// What the writer believed.
        expected: Version,
        /// What is true.
        actual: Version,
    },
    /// The claim has another holder.
    Claim {
        /// The claim in question.
        key: ClaimKey,
        /// Its holder.
        actual: Option<[u8; 16]>,
    },
    /// The command's id was used with another body (`L6`).
    CommandReused,
    /// What decides about the record is stored, but cannot be read (`L3`); says what.
    Damaged(String),
}

/// An event as read back from its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the stream.
    pub version: Version,
    /// Its record's place in the partition.
    pub position: Position,
    /// Engine time of its record.
    pub at_ms: i64,
    /// The encoded event.
    pub bytes: Vec<u8>,
}

/// A record as read back from its partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its place in the partition.
    pub position: Position,
    /// Engine time, milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// What it appended.
    pub appends: Vec<StoredAppend>,
    /// What it claimed and freed.
    pub claims: Vec<Claim>,
    /// The command that caused it.
    pub command: Option<CommandEntry>,
    /// What it armed and disarmed.
    pub timers: Vec<TimerChange>,
}

/// Events of one stream within a stored record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAppend {
    /// The stream that grew.
    pub stream: StreamId,
    /// The version of the first of `events`.
    pub first: Version,
    /// Encoded events, in order.
    pub events: Vec<Vec<u8>>,
}

/// What the log remembers of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCommand {
    /// Where its record stands.
    pub position: Position,
    /// The partition of that record.
    pub partition: PartitionId,
    /// The digest of its body.
    pub fingerprint: [u8; 16],
    /// What was answered.
    pub reply: Vec<u8>,
}

/// A cached fold of a stream; never the truth (`L4`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The version up to which events are folded in.
    pub version: Version,
    /// The encoded state.
    pub bytes: Vec<u8>,
}

/// A durable, ordered, conditional log of records in partitions.
///
/// `commit` is for one writer thread, the committer; everything else may be called from any thread. All calls may
/// block on the disk, so none belongs on a thread that runs actors.
pub trait EventLog: Send + Sync + 'static {
    /// What this store is.
    fn identity(&self) -> &Identity;

    /// Writes the records, in order, as one batch and one sync; durable when it returns (`L1`).
    ///
    /// The answers stand in the order of `records`. A refused or duplicate record writes nothing and holds up no
    /// other. A record sees those before it in the same batch.
    ///
    /// # Errors
    /// Any error means that what became of the batch is unknown: the caller must stop and recover.
    fn commit(&self, records: &[Record]) -> Result<Vec<Outcome>, Error>;

    /// The position of the partition's newest record; 0 if there is none.
    fn head(&self, partition: PartitionId) -> Position;

    /// The latest engine time that the log knows of: of its newest record or its newest [`mark`](Self::mark).
    fn latest_ms(&self) -> Option<i64>;

    /// Notes durably that the engine was alive at this time, without a record.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    fn mark(&self, at_ms: i64) -> Result<(), Error>;

    /// The stream's version; 0 if it was never written.
    ///
    /// # Errors
    /// When the store cannot be read or is damaged; likewise for every read below.
    fn version(&self, stream: StreamId) -> Result<Version, Error>;

    /// At most `limit` events of the stream with versions above `after`, in order.
    fn read_stream(&self, stream: StreamId, after: Version, limit: usize) -> Result<Vec<StoredEvent>, Error>;

    /// At most `limit` records of the partition with positions above `after`, in order, each with its checksum proved.
    /// A gap is [`Error::Damaged`], never skipped (`L3`).
    fn read_partition(
        &self,
        partition: PartitionId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, Error>;

    /// The holder of a claim.
    fn claim(&self, key: ClaimKey) -> Result<Option<[u8; 16]>, Error>;

    /// At most `limit` claims with keys above `after`, in the order of keys.
    fn claims(&self, after: Option<ClaimKey>, limit: usize) -> Result<Vec<(ClaimKey, [u8; 16])>, Error>;

    /// What became of a command.
    fn command(&self, key: CommandKey) -> Result<Option<StoredCommand>, Error>;

    /// At most `limit` commands with keys above `after`, in the order of keys.
    fn commands(
        &self,
        after: Option<CommandKey>,
        limit: usize,
    ) -> Result<Vec<(CommandKey, StoredCommand)>, Error>;

    /// At most `limit` armed timers of the partition after `after`, in the order of [`TimerEntry`].
    fn timers(
        &self,
        partition: PartitionId,
        after: Option<TimerEntry>,
        limit: usize,
    ) -> Result<Vec<TimerEntry>, Error>;

    /// Removes an index entry that its stream no longer has; the index is derived, so no record is written (`T2`).
    /// Called by the committer only.
    fn drop_timer(&self, partition: PartitionId, entry: TimerEntry) -> Result<(), Error>;

    /// The stream's snapshot, if there is one.
    fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, Error>;

    /// Replaces the stream's snapshot; not synced, because it is a cache.
    fn put_snapshot(&self, stream: StreamId, snapshot: &Snapshot) -> Result<(), Error>;

    /// At most `limit` streams with snapshots after `after`, in the order of ids.
    fn snapshots(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<(StreamId, Snapshot)>, Error>;

    /// Where projections keep their rows.
    fn tables(&self) -> &dyn Tables;

    /// Makes all durable and notes the checkpoint from which the next opening checks (`L3`).
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    fn checkpoint(&self) -> Result<(), Error>;
}
