//! All conversations as a list, newest first, to be narrowed by state, channel and agent.
//!
//! One table has the rows, their index entries, the histories of requesters and, for each partition, the position up to which records are
//! folded in. It is a cache (`L4`): of another version, or ahead of its log, it is thrown away.

mod batch;
mod follow;
mod keys;
mod list;
mod row;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use keys::{index_key, keyed_hash};
pub use list::{Filter, Page, PageCursor};
pub use row::{Row, fold};

use crate::Error;
use batch::Batch;
use keys::Indexes;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{EventLog, PartitionId, Position, TableWrite};

/// The name of the table.
pub(crate) const TABLE: &str = "conversations";

/// What the rows mean. Any change of the fold, the rows or the keys needs another number; the next opening
/// then rebuilds.
const VERSION: u32 = 4;

/// The most records that are folded in one write; together they stay below 32 MiB.
const BATCH: u64 = 256;

/// The list of all conversations. A log has one instance that folds; its methods may be called from any
/// thread, all but [`consumed`](Self::consumed) and [`failure`](Self::failure) may block on the disk or, by
/// their purpose, on others.
///
/// What it answers may lag behind the log, which [`wait_for`](Self::wait_for) makes up for. While it is
/// rebuilt, it has only what was folded so far.
pub struct Conversations {
    pub(crate) log: Arc<dyn EventLog>,
    indexes: Indexes,
    /// Held by whoever folds.
    folding: Mutex<()>,
    progress: Mutex<Progress>,
    progressed: Condvar,
}

/// What others may know while somebody folds.
struct Progress {
    /// By partition. Copies of what stands in the table, for those who wait.
    consumed: Vec<Position>,
    /// Why the follower has ended.
    failure: Option<String>,
}

impl Conversations {
    /// Takes up the projection where its rows are. One of another version, or one that has seen more than the
    /// log has, is thrown away here, and the next [`catch_up`](Self::catch_up) builds it anew.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn open(log: Arc<dyn EventLog>) -> Result<Self, Error> {
        let consumed = vec![Position(0); log.identity().partitions.into()];
        let view = Self {
            indexes: Indexes::new(log.identity()),
            log,
            folding: Mutex::default(),
            progress: Mutex::new(Progress { consumed, failure: None }),
            progressed: Condvar::new(),
        };
        let version = view.log.tables().get(TABLE, keys::VERSION)?;
        let mut discarded = (version != Some(VERSION.to_be_bytes().to_vec())).then_some("version");
        for partition in view.partitions() {
            match view.stored_position(partition) {
                Ok(position) if position <= view.log.head(partition) => view.advance(partition, position),
                Ok(_) => discarded = Some("position"),
                Err(Error::Row) => discarded = Some("row"),
                Err(error @ (Error::Store(_) | Error::Damaged { .. })) => return Err(error),
            }
        }
        if let Some(because) = discarded {
            tracing::info!(table = TABLE, because, "the projection will be built from the beginning");
            view.clear()?;
        }
        Ok(view)
    }

    /// Folds all that is committed when it is called, in batches, and answers how many records that were.
    /// Rows that cannot be read are no reason to fail: the projection is then rebuilt, and these records
    /// count too.
    ///
    /// # Errors
    /// [`Error::Damaged`] if a record is missing or cannot be understood: everything before it is folded in.
    /// [`Error::Store`] if the store fails; the next call goes on from where the rows are.
    pub fn catch_up(&self) -> Result<u64, Error> {
        self.catch_up_while(|| true)
    }

    /// As [`catch_up`](Self::catch_up), but asks before every further round whether to go on.
    fn catch_up_while(&self, mut go_on: impl FnMut() -> bool) -> Result<u64, Error> {
        let _folding = self.folding();
        match self.fold_while(&mut go_on) {
            Err(Error::Row) => {
                tracing::warn!(
                    table = TABLE,
                    "a row cannot be read; the projection is built from the beginning"
                );
                self.clear()?;
                self.fold_while(&mut go_on)
            }
            outcome => outcome,
        }
    }

    /// Throws everything away and folds the whole log again; answers how many records it has.
    ///
    /// # Errors
    /// As [`catch_up`](Self::catch_up).
    pub fn rebuild(&self) -> Result<u64, Error> {
        let _folding = self.folding();
        self.clear()?;
        self.fold_while(&mut || true)
    }

    /// The position up to which the partition's records are folded in.
    pub fn consumed(&self, partition: PartitionId) -> Position {
        self.progress().at(partition).unwrap_or_default()
    }

    /// Waits until the record at this position is folded in, and says whether it is. Not so if the time is
    /// over, if the follower has failed or if there is no such partition.
    pub fn wait_for(&self, partition: PartitionId, position: Position, timeout: Duration) -> bool {
        let arrived = |progress: &Progress| progress.at(partition).is_some_and(|at| at >= position);
        let hopeless = |progress: &Progress| progress.failure.is_some() || progress.at(partition).is_none();
        let wait = |progress: &mut Progress| !arrived(progress) && !hopeless(progress);
        let outcome = self.progressed.wait_timeout_while(self.progress(), timeout, wait);
        arrived(&outcome.unwrap_or_else(PoisonError::into_inner).0)
    }

    /// One batch of each partition, again and again, so that a long one does not hold up the others.
    fn fold_while(&self, go_on: &mut impl FnMut() -> bool) -> Result<u64, Error> {
        let heads: Vec<_> =
            self.partitions().map(|partition| (partition, self.log.head(partition))).collect();
        let mut records = 0;
        loop {
            let mut behind = false;
            for (partition, head) in &heads {
                records += self.fold_batch(*partition, *head)?;
                behind |= self.consumed(*partition) < *head;
            }
            if !behind || !go_on() {
                return Ok(records);
            }
        }
    }

    /// Starts from the position in the table: only the table knows whether a write that failed has happened.
    fn fold_batch(&self, partition: PartitionId, head: Position) -> Result<u64, Error> {
        let before = self.stored_position(partition)?;
        let limit = head.0.saturating_sub(before.0).min(BATCH);
        if limit == 0 {
            self.advance(partition, before);
            return Ok(0);
        }
        let records =
            self.log.read_partition(partition, before, usize::try_from(limit).unwrap_or(usize::MAX))?;
        let mut batch = Batch::new(self.log.tables(), self.log.identity(), partition, before);
        let mut outcome = records.iter().try_for_each(|record| batch.add(record));
        let after = batch.consumed();
        if outcome.is_ok() && after == before {
            let (position, what) = (Position(before.0 + 1), "the record is missing".to_owned());
            outcome = Err(Error::Damaged { partition, position, what });
        }
        // What stands before a damage is folded in, so that the projection says exactly how far it can be
        // believed.
        self.log.tables().write(TABLE, &batch.into_writes(&self.indexes)?)?;
        self.advance(partition, after);
        outcome.map(|()| after.0 - before.0)
    }

    fn stored_position(&self, partition: PartitionId) -> Result<Position, Error> {
        let Some(value) = self.log.tables().get(TABLE, &keys::position(partition))? else {
            return Ok(Position(0));
        };
        let position = value.try_into().map_err(|_| Error::Row)?;
        Ok(Position(u64::from_be_bytes(position)))
    }

    /// Without rows and positions, the version says that the emptiness is ours. A crash before it is written
    /// leaves a table that the next opening clears again.
    fn clear(&self) -> Result<(), Error> {
        self.progress().consumed.fill(Position(0));
        let version = TableWrite::Put(keys::VERSION.to_vec(), VERSION.to_be_bytes().to_vec());
        self.log.tables().clear(TABLE)?;
        Ok(self.log.tables().write(TABLE, &[version])?)
    }

    fn advance(&self, partition: PartitionId, position: Position) {
        if let Some(consumed) = self.progress().consumed.get_mut(usize::from(partition.0)) {
            *consumed = position;
        }
        self.progressed.notify_all();
    }

    fn partitions(&self) -> impl Iterator<Item = PartitionId> + use<> {
        (0..self.log.identity().partitions).map(PartitionId)
    }

    fn folding(&self) -> MutexGuard<'_, ()> {
        self.folding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    fn at(&self, partition: PartitionId) -> Option<Position> {
        self.consumed.get(usize::from(partition.0)).copied()
    }
}
