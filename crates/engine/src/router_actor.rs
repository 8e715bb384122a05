//! The router's actor: decides each job at once on its working state, hands the facts to the committer in order, and
//! answers when they are durable. So one disk sync serves all that was decided meanwhile, and no decision waits for one.

use crate::committer::Submitted;
use crate::errands;
use crate::intake::TakeIn;
use crate::router::Done;
use crate::router_records;
use crate::router_rows::{self, Checkpoint};
use crate::runtime::{self, Pipelined};
use crate::shared::Shared;
use crate::{CommandId, Error, Timers};
use domain::router::{Command, Errand, ErrandKind, Router, RouterEvent};
use domain::routing::WorkItemId;
use domain::{Cause, Timestamp};
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::{CommandEntry, CommandKey, Outcome, Position, Record};
use tokio::sync::{Notify, oneshot, watch};

type Look = Box<dyn FnOnce(&Router, Timestamp) -> Box<dyn FnOnce() + Send> + Send>;

pub(crate) enum RouterJob {
    Command {
        command: Box<Command>,
        cause: Cause,
        entry: Option<CommandEntry>,
        /// What the answer waits for at the conversation, if it does.
        through: Option<Through>,
        reply: oneshot::Sender<Result<Done, Error>>,
    },
    TakeIn {
        batch: Vec<TakeIn>,
        reply: oneshot::Sender<Result<(), Error>>,
    },
    Look(Look),
    /// Runs the errands that were open when the router was loaded.
    Resume {
        reply: oneshot::Sender<()>,
    },
    /// Facts of this life of the working state did not become durable.
    Failed {
        life: u64,
    },
    /// What the router goes on with after that.
    Reloaded(Box<Result<Router, Error>>),
}

/// An answer that waits until the conversation has been assigned by accepting this item. The id is remembered with the
/// conversation's own facts, so that it never stands for a yes that the conversation did not give (`L6`).
pub(crate) struct Through {
    pub(crate) item: WorkItemId,
    pub(crate) command: Option<CommandId>,
}

/// How far the router has come, for whoever waits for it.
#[derive(Default)]
pub(crate) struct Progress {
    /// Records that were handed to the committer and are not answered, and errands that are being run.
    open: AtomicUsize,
    settled: Notify,
    /// Held by an errand while it runs, in an engine that is driven.
    turn: tokio::sync::Mutex<()>,
}

/// Counts one open piece of work for as long as it lives.
pub(crate) struct Open(Arc<Progress>);

impl Progress {
    pub(crate) fn open(self: &Arc<Self>) -> Open {
        self.open.fetch_add(1, Ordering::SeqCst);
        Open(Arc::clone(self))
    }

    /// Waits until nothing is under way.
    pub(crate) async fn settled(&self) {
        loop {
            let mut settled = std::pin::pin!(self.settled.notified());
            settled.as_mut().enable();
            if self.open.load(Ordering::SeqCst) == 0 {
                return;
            }
            settled.await;
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.settled.notify_waiters();
        }
    }
}

pub(crate) struct RouterActor {
    shared: Arc<Shared>,
    /// `None` while it is loaded again after a failure.
    router: Option<Router>,
    /// Counts the working states that there were; facts of an earlier one are not waited for.
    life: u64,
    next_due: watch::Sender<Option<Timestamp>>,
    /// How many times facts were handed to the committer, and how many of them are durable.
    submitted: u64,
    durable: watch::Sender<u64>,
    /// Ids of commands whose records are under way: the log does not know them yet (`L6`).
    under_way: Arc<Mutex<BTreeSet<CommandKey>>>,
    checkpoint: Checkpoint,
}

/// What a decision led to, on its way to the disk.
struct Decided {
    committing: Committing,
    errands: Vec<(WorkItemId, Errand)>,
    result: Result<(), Error>,
}

/// Records under way. Waiting for none is waiting for all before.
struct Committing {
    records: Vec<Submitted>,
    has_facts: bool,
    number: u64,
    durable: watch::Sender<u64>,
    _open: Open,
}

impl Committing {
    /// The position of the last record, once all before it and itself are durable.
    async fn wait(self) -> Result<Option<Position>, Error> {
        let mut position = None;
        for record in self.records {
            match record.wait().await? {
                Outcome::Stored(at) => position = Some(at),
                // One router writes its stream, and looked for the command before: this working state is not the log's.
                Outcome::Duplicate(_) | Outcome::Refused(_) => return Err(Error::Overloaded("router")),
            }
        }
        if !self.has_facts {
            let mut durable = self.durable.subscribe();
            // The sender is kept in `self`, so a failure is told by a number that no success ever gives.
            let reached = durable.wait_for(|done| *done >= self.number).await.map(|done| *done);
            return if reached.is_ok_and(|done| done != FAILED) {
                Ok(position)
            } else {
                Err(Error::Overloaded("router"))
            };
        }
        self.durable.send_if_modified(|done| {
            let further = *done < self.number;
            *done = (*done).max(self.number);
            further
        });
        Ok(position)
    }
}

/// What the channel of durable numbers says after a failure.
const FAILED: u64 = u64::MAX;

impl Pipelined for RouterActor {
    type Job = RouterJob;

    fn handle(&mut self, job: RouterJob) -> impl Future<Output = ()> + 'static {
        match job {
            RouterJob::Command { command, cause, entry, through, reply } => {
                self.command(&command, cause, entry, through, reply)
            }
            RouterJob::TakeIn { batch, reply } => self.take_in(batch, reply),
            RouterJob::Look(look) => self.look(look),
            RouterJob::Resume { reply } => {
                if let Some(router) = &self.router {
                    run_open_errands(&self.shared, router);
                }
                answer(reply, ())
            }
            RouterJob::Failed { life } => {
                if life == self.life {
                    self.fail();
                }
                nothing()
            }
            RouterJob::Reloaded(loaded) => {
                self.reloaded(*loaded);
                nothing()
            }
        }
    }

    fn on_panic(&mut self) {
        metrics::counter!("colloquy_actor_crashes_total", "kind" => "router").increment(1);
        self.fail();
    }
}

impl RouterActor {
    pub(crate) fn new(
        shared: Arc<Shared>,
        router: Router,
        next_due: watch::Sender<Option<Timestamp>>,
    ) -> Self {
        let checkpoint = Checkpoint::new(Arc::clone(&shared), router.state().version);
        next_due.send_replace(router.next_due());
        Self {
            shared,
            router: Some(router),
            life: 0,
            next_due,
            submitted: 0,
            durable: watch::Sender::new(0),
            under_way: Arc::default(),
            checkpoint,
        }
    }

    fn command(
        &mut self,
        command: &Command,
        cause: Cause,
        entry: Option<CommandEntry>,
        through: Option<Through>,
        reply: oneshot::Sender<Result<Done, Error>>,
    ) -> LocalBoxFuture<'static, ()> {
        let key = entry.as_ref().map(|entry| entry.key);
        if key.is_some_and(|key| !lock(&self.under_way).insert(key)) {
            return answer(reply, Err(Error::Overloaded("the same command is under way")));
        }
        let decided = match self.decide(command, &cause, entry) {
            Ok(decided) => decided,
            Err(error) => {
                key.map(|key| lock(&self.under_way).remove(&key));
                return answer(reply, Err(error));
            }
        };
        let awaited = through.and_then(|through| self.awaited(through));
        let (shared, under_way, life) = (Arc::clone(&self.shared), Arc::clone(&self.under_way), self.life);
        async move {
            let durable = decided.committing.wait().await;
            key.map(|key| lock(&under_way).remove(&key));
            let position = match told(&shared, life, durable) {
                Ok(position) => position,
                Err(error) => return drop(reply.send(Err(error))),
            };
            let own = awaited.as_ref().map(|(item, errand, _)| (*item, errand.kind()));
            for (item, errand) in decided.errands {
                if own != Some((item, errand.kind())) {
                    run_errand(&shared, item, errand, cause.clone());
                }
            }
            let refused = match awaited {
                Some((item, errand, command)) => {
                    errands::run(shared, item, errand, cause, command).await.refusal()
                }
                None => None,
            };
            drop(reply.send(decided.result.map(|()| Done { position, refused })));
        }
        .boxed_local()
    }

    /// The errand that an answer waits for: also the one of an earlier accept that is still under way.
    fn awaited(&self, through: Through) -> Option<(WorkItemId, Errand, Option<CommandId>)> {
        let Through { item, command } = through;
        let errand = self.router.as_ref()?.state().errands.get(&(item, ErrandKind::Assign))?;
        Some((item, errand.clone(), command))
    }

    fn take_in(
        &mut self,
        batch: Vec<TakeIn>,
        reply: oneshot::Sender<Result<(), Error>>,
    ) -> LocalBoxFuture<'static, ()> {
        let mut all = Vec::with_capacity(batch.len() + 1);
        // What is due comes first, in records of its own: those of facts are never split and must stay small.
        let due = TakeIn { command: Command::Tick, cause: crate::router::cause(&self.shared) };
        for TakeIn { command, cause } in std::iter::once(due).chain(batch) {
            match self.decide(&command, &cause, None) {
                Ok(decided) => all.push((decided, cause)),
                Err(error) => return answer(reply, Err(error)),
            }
        }
        let (shared, life) = (Arc::clone(&self.shared), self.life);
        async move {
            let mut result = Ok(());
            for (decided, cause) in all {
                match told(&shared, life, decided.committing.wait().await) {
                    Ok(_) => {
                        for (item, errand) in decided.errands {
                            run_errand(&shared, item, errand, cause.clone());
                        }
                    }
                    Err(error) => result = Err(error),
                }
            }
            drop(reply.send(result));
        }
        .boxed_local()
    }

    fn look(&mut self, look: Look) -> LocalBoxFuture<'static, ()> {
        let Some(router) = &self.router else { return nothing() };
        let tell = look(router, self.shared.clock.now());
        let committing = self.submit(Vec::new());
        async move {
            // Without an answer, whoever asked learns that the router failed.
            if committing.wait().await.is_ok() {
                tell();
            }
        }
        .boxed_local()
    }

    /// Decides a command and hands its facts over. What was refused may still have had something due before it.
    fn decide(
        &mut self,
        command: &Command,
        cause: &Cause,
        entry: Option<CommandEntry>,
    ) -> Result<Decided, Error> {
        let now = self.shared.clock.now();
        let router = self.router.as_mut().ok_or(Error::Overloaded("router"))?;
        let version = router.state().version;
        let begun = std::time::Instant::now();
        let (events, result) = router.decide(command, now);
        metrics::histogram!("colloquy_router_decision_seconds").record(begun.elapsed());
        let next = router.next_due();
        self.next_due.send_if_modified(|due| {
            let changed = *due != next;
            *due = next;
            changed
        });
        let errands = given(&events);
        let entry = entry.filter(|_| result.is_ok());
        let whole = matches!(command, Command::TakeIn { .. });
        let records = router_records::of(&events, version, now, cause, entry, whole);
        let committing = self.submit(records);
        if let Some(router) = &mut self.router {
            self.checkpoint.follow(router, committing.number, &self.durable);
        }
        Ok(Decided { committing, errands, result: result.map_err(Error::Refused) })
    }

    fn submit(&mut self, records: Vec<Record>) -> Committing {
        // A record that only holds an id expects no version, so it says nothing of those before it.
        let has_facts = records.iter().any(|record| !record.appends.is_empty());
        let records: Vec<_> =
            records.into_iter().map(|record| self.shared.committer.submit(record)).collect();
        self.submitted += u64::from(has_facts);
        let number = self.submitted;
        let _open = self.shared.router_progress.open();
        Committing { records, has_facts, number, durable: self.durable.clone(), _open }
    }

    /// Throws the working state away, and loads what is durable when nothing is under way any more.
    fn fail(&mut self) {
        self.life += 1;
        self.router = None;
        lock(&self.under_way).clear();
        // Also those who begin to wait only now have to see it, so it is replaced and not merely sent.
        self.durable.send_replace(FAILED);
        self.durable = watch::Sender::new(0);
        self.submitted = 0;
        metrics::counter!("colloquy_router_reloads_total").increment(1);
        let shared = Arc::clone(&self.shared);
        runtime::spawn(async move {
            shared.router_progress.settled().await;
            let loaded = router_rows::load(&shared).await;
            if let Ok(router) = shared.router() {
                router.reloaded(loaded);
            }
        });
    }

    fn reloaded(&mut self, loaded: Result<Router, Error>) {
        match loaded {
            Ok(router) => {
                self.checkpoint = Checkpoint::new(Arc::clone(&self.shared), router.state().version);
                self.next_due.send_replace(router.next_due());
                run_open_errands(&self.shared, &router);
                self.router = Some(router);
            }
            Err(error) => {
                tracing::error!(code = error.code(), %error, "the router cannot be loaded; trying again");
                let shared = Arc::clone(&self.shared);
                runtime::spawn(async move {
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                    let loaded = router_rows::load(&shared).await;
                    if let Ok(router) = shared.router() {
                        router.reloaded(loaded);
                    }
                });
            }
        }
    }
}

/// Runs everything that is still to be done to conversations: after a start, and after a failure.
fn run_open_errands(shared: &Arc<Shared>, router: &Router) {
    for ((item, _), errand) in &router.state().errands {
        run_errand(shared, *item, errand.clone(), crate::router::cause(shared));
    }
}

fn run_errand(shared: &Arc<Shared>, item: WorkItemId, errand: Errand, cause: Cause) {
    let (shared, progress) = (Arc::clone(shared), Arc::clone(&shared.router_progress));
    let open = progress.open();
    runtime::spawn(async move {
        let turn = match shared.options.timers {
            Timers::Automatic => None,
            // Whoever drives an engine wants the same log each time, so errands do not overtake each other.
            Timers::Driven => Some(progress.turn.lock().await),
        };
        let outcome = errands::try_once(&shared, item, &errand, &cause, None).await;
        drop(turn);
        match outcome {
            Some(outcome) => {
                if !errands::tell_once(&shared, item, &errand, &cause, &outcome).await {
                    // A router that is being loaded again waits until nothing is open any more.
                    drop(open);
                    drop(errands::tell(&shared, item, &errand, cause, outcome).await);
                }
            }
            None => {
                // What has to be tried again may take for ever, and nobody waits for that.
                drop(open);
                drop(errands::run(shared, item, errand, cause, None).await);
            }
        }
    });
}

/// The errands that events give.
fn given(events: &[RouterEvent]) -> Vec<(WorkItemId, Errand)> {
    let errand = |event: &RouterEvent| {
        let RouterEvent::ErrandGiven { item, errand } = event else { return None };
        Some((*item, errand.clone()))
    };
    events.iter().filter_map(errand).collect()
}

/// Tells the router when its facts did not become durable.
fn told<T>(shared: &Shared, life: u64, durable: Result<T, Error>) -> Result<T, Error> {
    if durable.is_err()
        && let Ok(router) = shared.router()
    {
        router.failed(life);
    }
    durable
}

fn lock(set: &Mutex<BTreeSet<CommandKey>>) -> std::sync::MutexGuard<'_, BTreeSet<CommandKey>> {
    set.lock().unwrap_or_else(PoisonError::into_inner)
}

fn nothing() -> LocalBoxFuture<'static, ()> {
    std::future::ready(()).boxed_local()
}

fn answer<T: 'static>(reply: oneshot::Sender<T>, answer: T) -> LocalBoxFuture<'static, ()> {
    drop(reply.send(answer));
    nothing()
}
