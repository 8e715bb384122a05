//! What each requester and each agent gets to see, in the order in which it was committed: the index behind the live
//! stream.
//!
//! Whoever was away asks for what stands behind their last place, and reads as much of the log as concerns them and no
//! more. What is committed from now on is handed to a publisher in the same step in which it is written here, so that
//! both ways show the same facts to the same people. It is a cache (`L4`), as the list of conversations is.

mod batch;
mod follow;
mod keys;
mod read;
mod scene;

#[cfg(test)]
mod tests;

pub use follow::News;
pub use read::Page;
pub use scene::Scene;

use crate::Error;
use batch::Batch;
use domain::routing::WorkItemId;
use domain::{AgentId, ContactId, ConversationId};
use keys::Hasher;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{EventLog, PartitionId, Position, TableWrite};

/// The name of the table.
const TABLE: &str = "timeline";

/// What the rows mean. Any change of the fold, the rows or the keys needs another number; the next opening
/// then rebuilds.
const VERSION: u32 = 2;

/// The most records that are folded in one write.
const BATCH: u64 = 256;

/// The timeline of a log. A log has one instance that folds; its methods may be called from any thread and may block on
/// the disk, but for [`consumed`](Self::consumed) and [`failure`](Self::failure).
pub struct Timeline {
    log: Arc<dyn EventLog>,
    hasher: Hasher,
    /// Held by whoever folds.
    folding: Mutex<()>,
    progress: Mutex<Progress>,
    progressed: Condvar,
}

/// What others may know while somebody folds.
struct Progress {
    consumed: Vec<Position>,
    failure: Option<String>,
}

/// Whose timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The requester behind a contact: the facts of their own conversations, since their history last began anew (`ID-9`).
    Contact(ContactId),
    /// An agent: the facts of conversations in which they are, or which are offered to them, when the fact happens. The
    /// one that takes them out is among them.
    Agent(AgentId),
    /// Everybody's.
    All,
}

/// Where a fact stands in its partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The position of its record.
    pub position: u64,
    /// Which event of the record it is, from 0.
    pub ordinal: u32,
}

/// A fact of a conversation, and who gets to see it.
#[derive(Clone, Debug)]
pub struct Fact {
    /// In which partition.
    pub partition: u16,
    /// Where in it.
    pub place: Place,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Which of its events, from 1.
    pub version: u64,
    /// What happened, when and why.
    pub envelope: codec::Envelope,
    /// What is known of the conversation.
    pub scene: Arc<Scene>,
    /// The agents who see it, when it was published; when it was read for somebody, they alone.
    pub agents: Vec<AgentId>,
}

/// What the publisher is told, in the order of each partition.
#[derive(Clone, Debug)]
pub enum Published {
    /// A fact of a conversation.
    Fact(Box<Fact>),
    /// Something about an agent's work changed.
    Work {
        /// Whose.
        agent: AgentId,
        /// What was just offered to them, if that was it.
        offered: Option<WorkItemId>,
    },
    /// An agent's presence changed.
    Presence {
        /// Whose.
        agent: AgentId,
        /// The name of the state.
        state: String,
        /// Whether their workspace is there.
        connected: bool,
    },
}

impl Fact {
    /// The event's name, such as `conversation.opened`.
    pub fn type_name(&self) -> &'static str {
        codec::json::event_type(&self.envelope.event)
    }

    /// What it says, as JSON.
    pub fn data(&self) -> serde_json::Value {
        codec::json::event_data(&self.envelope.event)
    }

    /// Why it is, as JSON.
    pub fn cause(&self) -> serde_json::Value {
        codec::json::cause(&self.envelope.cause)
    }
}

impl Timeline {
    /// Takes up the projection where its rows are. One of another version, or one that has seen more than the log has,
    /// is thrown away here, and the next [`catch_up`](Self::catch_up) builds it anew.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn open(log: Arc<dyn EventLog>) -> Result<Self, Error> {
        let consumed = vec![Position(0); log.identity().partitions.into()];
        let view = Self {
            hasher: Hasher::new(log.identity()),
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

    /// Folds all that is committed when it is called, and tells the publisher; answers how many records that were. Rows
    /// that cannot be read are no reason to fail: the projection is then rebuilt, and nothing is told a second time to
    /// those who go by their last place.
    ///
    /// # Errors
    /// [`Error::Damaged`] if a record is missing or cannot be understood: everything before it is folded in.
    /// [`Error::Store`] if the store fails; the next call goes on from where the rows are.
    pub fn catch_up(&self, publish: &mut dyn FnMut(Vec<Published>)) -> Result<u64, Error> {
        self.catch_up_while(&mut || true, publish)
    }

    fn catch_up_while(
        &self,
        go_on: &mut dyn FnMut() -> bool,
        publish: &mut dyn FnMut(Vec<Published>),
    ) -> Result<u64, Error> {
        let _folding = self.folding.lock().unwrap_or_else(PoisonError::into_inner);
        match self.fold_while(go_on, publish) {
            Err(Error::Row) => {
                tracing::warn!(
                    table = TABLE,
                    "a row cannot be read; the projection is built from the beginning"
                );
                self.clear()?;
                self.fold_while(go_on, publish)
            }
            outcome => outcome,
        }
    }

    /// By partition, the position up to which records are folded in.
    pub fn consumed(&self) -> Vec<u64> {
        self.progress().consumed.iter().map(|position| position.0).collect()
    }

    /// Why the follower has ended before its time; nothing personal is in it.
    pub fn failure(&self) -> Option<String> {
        self.progress().failure.clone()
    }

    /// Waits until the record at this position is folded in, and says whether it is.
    pub fn wait_for(&self, partition: u16, position: u64, timeout: Duration) -> bool {
        let at = |progress: &Progress| progress.consumed.get(usize::from(partition)).copied();
        let arrived = |progress: &Progress| at(progress).is_some_and(|at| at.0 >= position);
        let wait = |progress: &mut Progress| {
            !arrived(progress) && progress.failure.is_none() && at(progress).is_some()
        };
        let outcome = self.progressed.wait_timeout_while(self.progress(), timeout, wait);
        arrived(&outcome.unwrap_or_else(PoisonError::into_inner).0)
    }

    /// How far the log is, by partition.
    pub fn heads(&self) -> Vec<u64> {
        self.partitions().map(|partition| self.log.head(partition).0).collect()
    }

    /// One batch of each partition, again and again, so that a long one does not hold up the others.
    fn fold_while(
        &self,
        go_on: &mut dyn FnMut() -> bool,
        publish: &mut dyn FnMut(Vec<Published>),
    ) -> Result<u64, Error> {
        let heads: Vec<_> =
            self.partitions().map(|partition| (partition, self.log.head(partition))).collect();
        let mut records = 0;
        loop {
            let mut behind = false;
            for (partition, head) in &heads {
                let (folded, after) = self.fold_batch(*partition, *head, publish)?;
                records += folded;
                behind |= after < *head;
            }
            if !behind || !go_on() {
                return Ok(records);
            }
        }
    }

    /// Starts from the position in the table: only the table knows whether a write that failed has happened.
    fn fold_batch(
        &self,
        partition: PartitionId,
        head: Position,
        publish: &mut dyn FnMut(Vec<Published>),
    ) -> Result<(u64, Position), Error> {
        let before = self.stored_position(partition)?;
        let limit = head.0.saturating_sub(before.0).min(BATCH);
        if limit == 0 {
            self.advance(partition, before);
            return Ok((0, before));
        }
        let records =
            self.log.read_partition(partition, before, usize::try_from(limit).unwrap_or(usize::MAX))?;
        let mut batch = Batch::new(self.log.tables(), &self.hasher, partition, before);
        let mut outcome = records.iter().try_for_each(|record| batch.add(record));
        let after = batch.consumed();
        if outcome.is_ok() && after == before {
            let (position, what) = (Position(before.0 + 1), "the record is missing".to_owned());
            outcome = Err(Error::Damaged { partition, position, what });
        }
        let (writes, published) = batch.finish()?;
        self.log.tables().write(TABLE, &writes)?;
        self.advance(partition, after);
        publish(published);
        outcome.map(|()| (after.0 - before.0, after))
    }

    fn stored_position(&self, partition: PartitionId) -> Result<Position, Error> {
        let Some(value) = self.log.tables().get(TABLE, &keys::position(partition))? else {
            return Ok(Position(0));
        };
        let position = value.try_into().map_err(|_| Error::Row)?;
        Ok(Position(u64::from_be_bytes(position)))
    }

    /// Without rows and positions, the version says that the emptiness is ours.
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

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
