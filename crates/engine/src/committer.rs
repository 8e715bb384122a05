//! The one thread that writes: gathers records from all actors into a batch, makes it durable, then answers all (`L1`).

use crate::Error;
use crate::timer_queue::TimerQueues;
use domain::Timestamp;
use std::cell::Cell;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use store::{EventLog, Outcome, PartitionId, Record, Snapshot, StreamId, TimerEntry};
use tokio::sync::{oneshot, watch};

/// The most that a batch may hold, in bytes of events.
const BATCH_MAX_BYTES: usize = 4 * 1024 * 1024;

enum Work {
    Commit { record: Box<Record>, reply: oneshot::Sender<Result<Outcome, Error>> },
    Snapshot { stream: StreamId, snapshot: Snapshot },
    DropTimer { partition: PartitionId, entry: TimerEntry },
    Mark(Timestamp),
    Stop { reply: oneshot::Sender<()> },
}

/// A record on its way.
pub(crate) struct Submitted {
    committer: Committer,
    answer: oneshot::Receiver<Result<Outcome, Error>>,
    refused: Option<Error>,
}

impl Submitted {
    /// What became of it.
    pub(crate) async fn wait(self) -> Result<Outcome, Error> {
        match self.refused {
            Some(error) => Err(error),
            None => self.answer.await.unwrap_or_else(|_| Err(self.committer.gone())),
        }
    }
}

/// Hands records to the committer's thread.
#[derive(Clone)]
pub(crate) struct Committer {
    work: SyncSender<Work>,
    feed: Feed,
    batches: watch::Receiver<u64>,
    failure: watch::Receiver<Option<String>>,
}

/// Who wants to know that something was committed. Each holds at most one pending wake-up.
#[derive(Clone, Default)]
struct Feed(Arc<Mutex<Vec<SyncSender<()>>>>);

impl Committer {
    /// Starts the thread.
    pub(crate) fn start(
        log: Arc<dyn EventLog>,
        queues: TimerQueues,
        queue_max: usize,
        batch_max: usize,
    ) -> Self {
        let (work, inbox) = mpsc::sync_channel(queue_max);
        let (failed, failure) = watch::channel(None);
        let (batch, batches) = watch::channel(0);
        let feed = Feed::default();
        let stopped = Cell::new(false);
        let thread = Thread { log, queues, inbox, batch_max, feed: feed.clone(), batch, failed, stopped };
        // A process that cannot start a thread cannot serve; there is nobody to tell but the log.
        if let Err(error) =
            std::thread::Builder::new().name("committer".to_owned()).spawn(move || thread.run())
        {
            tracing::error!(%error, "the committer's thread does not start");
        }
        Self { work, feed, batches, failure }
    }

    /// Makes the record durable, or says why not.
    pub(crate) async fn commit(&self, record: Record) -> Result<Outcome, Error> {
        self.submit(record).wait().await
    }

    /// Queues the record before it returns, so that records are written in the order in which they were submitted.
    pub(crate) fn submit(&self, record: Record) -> Submitted {
        let (reply, answer) = oneshot::channel();
        let refused = match self.work.try_send(Work::Commit { record: Box::new(record), reply }) {
            Ok(()) => None,
            Err(TrySendError::Full(_)) => Some(Error::Overloaded("commit queue")),
            Err(TrySendError::Disconnected(_)) => Some(self.gone()),
        };
        Submitted { committer: self.clone(), answer, refused }
    }

    /// Counts batches, for those who wait for the next one.
    pub(crate) fn batches(&self) -> watch::Receiver<u64> {
        self.batches.clone()
    }

    /// Stores a snapshot when there is room for it: it is a cache.
    pub(crate) fn put_snapshot(&self, stream: StreamId, snapshot: Snapshot) {
        self.when_there_is_room(Work::Snapshot { stream, snapshot });
    }

    /// Removes an index entry that its conversation does not have (`T2`).
    pub(crate) fn drop_timer(&self, partition: PartitionId, entry: TimerEntry) {
        self.when_there_is_room(Work::DropTimer { partition, entry });
    }

    /// Notes that the engine is alive, so that a quiet day is not taken for an outage (`T4`).
    pub(crate) fn mark(&self, now: Timestamp) {
        self.when_there_is_room(Work::Mark(now));
    }

    /// Wakes up, coalesced, whenever something was committed.
    pub(crate) fn subscribe(&self) -> Receiver<()> {
        let (wake, woken) = mpsc::sync_channel(1);
        self.feed.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(wake);
        woken
    }

    /// Resolves with the reason when the store has failed and the process must end (`L1`).
    pub(crate) async fn failure(&self) -> String {
        let mut failure = self.failure.clone();
        match failure.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            // The thread ended without a failure; nothing will ever fail any more.
            Err(_) => std::future::pending().await,
        }
    }

    /// Writes what is queued, checkpoints and ends the thread.
    pub(crate) async fn stop(&self) {
        let (reply, stopped) = oneshot::channel();
        let work = self.work.clone();
        // The queue may be full of work that will be done; waiting for room must not hold up an arbiter.
        let asked = tokio::task::spawn_blocking(move || work.send(Work::Stop { reply })).await;
        if matches!(asked, Ok(Ok(()))) {
            let _ = stopped.await;
        }
    }

    fn when_there_is_room(&self, work: Work) {
        if self.work.try_send(work).is_err() {
            metrics::counter!("colloquy_housekeeping_skipped_total").increment(1);
        }
    }

    fn gone(&self) -> Error {
        let reason = self.failure.borrow().clone();
        reason.map_or(Error::Draining, Error::Store)
    }
}

struct Thread {
    log: Arc<dyn EventLog>,
    queues: TimerQueues,
    inbox: Receiver<Work>,
    batch_max: usize,
    feed: Feed,
    batch: watch::Sender<u64>,
    failed: watch::Sender<Option<String>>,
    /// Whether it was told to end.
    stopped: Cell<bool>,
}

type Waiting = Vec<oneshot::Sender<Result<Outcome, Error>>>;

impl Thread {
    fn run(self) {
        while let Ok(first) = self.inbox.recv() {
            match self.turn(first) {
                Ok(None) => {}
                Ok(Some(stopped)) => {
                    self.stopped.set(true);
                    let _ = stopped.send(());
                    return;
                }
                // L1: what is stored is unknown now. Whoever waits gets an error because their channels are dropped.
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "the store failed; the process has to end");
                    return self.fail(&error.to_string());
                }
            }
        }
    }

    /// One batch, and the odd jobs that were queued among its records.
    fn turn(&self, first: Work) -> Result<Option<oneshot::Sender<()>>, store::Error> {
        let (mut records, mut waiting) = (Vec::new(), Waiting::new());
        let (mut odd_jobs, mut bytes) = (Vec::new(), 0);
        let mut next = Some(first);
        let mut stop = None;
        while let Some(work) = next.take() {
            match work {
                Work::Commit { record, reply } => {
                    bytes += size(&record);
                    records.push(*record);
                    waiting.push(reply);
                }
                Work::Stop { reply } => stop = Some(reply),
                job @ (Work::Snapshot { .. } | Work::DropTimer { .. } | Work::Mark(_)) => odd_jobs.push(job),
            }
            if records.len() < self.batch_max && bytes < BATCH_MAX_BYTES && stop.is_none() {
                next = self.inbox.try_recv().ok();
            }
        }
        if !records.is_empty() {
            self.commit(&records, waiting)?;
        }
        for job in odd_jobs {
            guarded(|| self.odd_job(job))?;
        }
        if stop.is_some() {
            guarded(|| self.log.checkpoint())?;
        }
        Ok(stop)
    }

    fn commit(&self, records: &[Record], waiting: Waiting) -> Result<(), store::Error> {
        let begun = Instant::now();
        let outcomes = match guarded(|| self.log.commit(records)) {
            // A record that no store would take must not end the process, nor take others with it.
            Err(store::Error::Malformed(what)) => return self.commit_one_by_one(records, waiting, what),
            // Known before the waiting channels are dropped, so that nobody takes the failure for a drain.
            other => other.inspect_err(|error| self.fail(&error.to_string()))?,
        };
        metrics::histogram!("colloquy_commit_seconds").record(begun.elapsed());
        metrics::histogram!("colloquy_commit_records").record(records.len() as f64);
        for (record, outcome) in records.iter().zip(&outcomes) {
            if matches!(outcome, Outcome::Stored(_)) {
                self.queues.apply(record.partition, &record.timers);
            }
        }
        // A reader that went away loses its place.
        let mut feed = self.feed.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        feed.retain(|wake| !matches!(wake.try_send(()), Err(TrySendError::Disconnected(()))));
        drop(feed);
        self.batch.send_modify(|count| *count += 1);
        for (reply, outcome) in waiting.into_iter().zip(outcomes) {
            let _ = reply.send(Ok(outcome));
        }
        Ok(())
    }

    fn commit_one_by_one(
        &self,
        records: &[Record],
        mut waiting: Waiting,
        what: &'static str,
    ) -> Result<(), store::Error> {
        if records.len() == 1 {
            tracing::error!(what, "a record was malformed and is refused");
            for reply in waiting {
                let _ = reply.send(Err(Error::Malformed(what)));
            }
            return Ok(());
        }
        for (record, reply) in records.iter().zip(waiting.drain(..)) {
            self.commit(std::slice::from_ref(record), vec![reply])?;
        }
        Ok(())
    }

    fn odd_job(&self, job: Work) -> Result<(), store::Error> {
        match job {
            // A snapshot is a cache: without it an actor wakes more slowly, and that is all.
            Work::Snapshot { stream, snapshot } => {
                if let Err(error) = self.log.put_snapshot(stream, &snapshot) {
                    metrics::counter!("colloquy_snapshots_failed_total").increment(1);
                    tracing::warn!(code = error.code(), "a snapshot could not be stored");
                }
                Ok(())
            }
            Work::DropTimer { partition, entry } => self.log.drop_timer(partition, entry),
            // The checkpoint bounds what a damaged tail could take away unnoticed to what came since the last mark.
            Work::Mark(now) => self.log.mark(now.0).and_then(|()| self.log.checkpoint()),
            Work::Commit { .. } | Work::Stop { .. } => Ok(()),
        }
    }
}

impl Thread {
    fn fail(&self, reason: &str) {
        self.failed.send_if_modified(|failed| {
            let first = failed.is_none();
            failed.get_or_insert_with(|| reason.to_owned());
            first
        });
    }
}

/// However the thread ends, unless it was told to: nothing is written any more, and everybody has to know.
impl Drop for Thread {
    fn drop(&mut self) {
        if !self.stopped.get() {
            self.fail("the committer's thread ended");
        }
    }
}

/// The store's library checks itself by assertions. One that fails leaves as much unknown as any other failure.
fn guarded<T>(work: impl FnOnce() -> Result<T, store::Error>) -> Result<T, store::Error> {
    let worked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    worked.unwrap_or_else(|_| Err(store::Error::Io("the store panicked".to_owned())))
}

fn size(record: &Record) -> usize {
    record.appends.iter().flat_map(|append| &append.events).map(Vec::len).sum()
}
