//! A store full of dormant conversations, each with a timer that is due in two days: how long a start takes, what the
//! process occupies, and how fast one of them answers.

use super::bench::{Bench, disk_bytes, resident_kib, say};
use super::child::{self, Job};
use super::report::{Report, quantile};
use super::server::{self, Server, Steps};
use super::wire::{self, Connection};
use super::world;
use domain::Timestamp;
use engine::{Engine, ManualClock, Options, RandomIds, SystemWall, Timers, Wall as _};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use store::{EventLog as _, PartitionId};

const NOT_MEASURED: &[&str] = &[
    "reading from a cold disk: the store's file is in the page cache",
    "an outage: no timer is due at the start",
    "stores that have been written to for weeks",
];

/// How many dormant conversations are written to.
const WOKEN: u64 = 20;

/// Makes a store of conversations that agents have begun and nobody has answered.
#[derive(Serialize, Deserialize)]
pub(crate) struct Prepare {
    pub(crate) store: PathBuf,
    pub(crate) conversations: u64,
}

/// Starts a server, and writes to conversations that sleep.
#[derive(Serialize, Deserialize)]
pub(crate) struct Start {
    store: PathBuf,
    /// How many conversations the store has to write to; none are written to if it has none.
    conversations: u64,
}

/// What a start took, in milliseconds from the process's beginning.
#[derive(Serialize, Deserialize)]
pub(crate) struct Started {
    pub(crate) ready: f64,
    pub(crate) steps: Steps,
    /// After it was ready, until the list had seen everything.
    pub(crate) list: f64,
    pub(crate) kib: f64,
    pub(crate) head: u64,
    /// The first message to conversations that slept, and the second to the same.
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Prepare {
    pub(crate) fn perform(&self) -> anyhow::Result<u64> {
        let conversations = self.conversations;
        engine::block_on(async {
            let begin = SystemWall.read();
            let clock = Arc::new(ManualClock::new(begin));
            let options = Options { timers: Timers::Driven, ..world::options() };
            let log = world::open(&self.store)?;
            let (ids, seed) = (Arc::new(RandomIds), Some(world::channels()?));
            let engine = Engine::start(Arc::clone(&log), options, clock.clone(), ids, seed).await?;
            let list = Arc::new(views::Conversations::open(Arc::clone(&log))?);
            let writing = engine.clone();
            world::crowd(256, 0..conversations, move |number| {
                let (engine, clock) = (writing.clone(), Arc::clone(&clock));
                async move {
                    // One a millisecond, so that no two timers are due at once.
                    clock.advance_to(Timestamp(begin.0 + i64::try_from(number)?));
                    world::contribute(&engine, number, number).await.map(drop)
                }
            })
            .await?;
            list.catch_up()?;
            engine.drain().await;
            Ok(log.head(PartitionId(0)).0)
        })
    }
}

impl Start {
    /// Starts and stops.
    pub(crate) fn only(store: &Path) -> Self {
        Self { store: store.to_owned(), conversations: 0 }
    }

    pub(crate) fn perform(&self) -> anyhow::Result<Started> {
        let begun = Instant::now();
        let server = Server::start(&self.store, world::options())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut connection = runtime.block_on(Connection::open(&server.address))?;
        let (status, _) = runtime.block_on(connection.ask(&wire::ready(&server.address)))?;
        let ready = begun.elapsed().as_secs_f64() * 1000.0;
        anyhow::ensure!(status == 200, "the server is not ready: {status}");
        let kib = resident_kib()?;
        let list = server.list_is_there().as_secs_f64() * 1000.0;
        let head = server.log.head(PartitionId(0)).0;
        let (first, second) = runtime.block_on(self.wake(&mut connection, &server))?;
        let steps = server.steps;
        server.stop()?;
        Ok(Started { ready, steps, list, kib, head, first, second })
    }

    /// Writes twice to some of them. A stranger's message goes first, so that none of them pays for a cold process.
    async fn wake(
        &self,
        connection: &mut Connection,
        server: &Server,
    ) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
        let token = server::token()?;
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let chosen = (0..WOKEN.min(self.conversations)).map(|n| n * self.conversations / WOKEN);
        let new = SystemWall.read().0.unsigned_abs() * 1_000;
        let stranger = (self.conversations > 0).then_some(9_999_999);
        for (number, requester) in (new..).step_by(2).zip(stranger.into_iter().chain(chosen)) {
            for (number, took) in [(number, &mut first), (number + 1, &mut second)] {
                let request = wire::inbound(&server.address, &token, requester, number)?;
                let begun = Instant::now();
                let (status, _) = connection.ask(&request).await?;
                anyhow::ensure!(status == 202, "the server answered {status}");
                if Some(requester) != stranger {
                    took.push(begun.elapsed().as_secs_f64() * 1000.0);
                }
            }
        }
        Ok((first, second))
    }
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let conversations = bench.of(200, 5_000, 100_000);
    let says = format!("a start with {conversations} dormant conversations, beside one with an empty store");
    let mut report = Report::new("dormant", says, NOT_MEASURED);
    let temporary = bench.folder()?;
    let home = bench.keep.as_deref().unwrap_or(temporary.path());
    let (empty, _) = store(home, 0)?;
    let (full, begun) = store(home, conversations)?;
    let (bytes, _) = disk_bytes(&full)?;
    let (mut at_full, mut at_empty) = (Vec::new(), Vec::new());
    for number in 0..bench.rounds {
        say(format_args!("dormant: round {}", number + 1));
        at_full.push(child::run::<Started>(&Job::Start(Start { store: full.clone(), conversations }))?);
        at_empty.push(child::run::<Started>(&Job::Start(Start::only(&empty)))?);
    }
    let full = |part: fn(&Started) -> f64| at_full.iter().map(part).collect::<Vec<f64>>();
    let empty = |part: fn(&Started) -> f64| at_empty.iter().map(part).collect::<Vec<f64>>();
    report.ratio("start to ready: full / empty", &full(|s| s.ready), &empty(|s| s.ready));
    report.row("start to ready, full", "ms", &full(|s| s.ready));
    report.row("start to ready, empty", "ms", &empty(|s| s.ready));
    if let Some(begun) = begun {
        report.fact("the first start after all were opened", "ms", begun.ready);
    }
    report.row("of it: the store opens", "ms", &full(|s| s.steps.store));
    report.row("of it: the engine starts", "ms", &full(|s| s.steps.engine));
    report.row("of it: the list opens", "ms", &full(|s| s.steps.list));
    report.row("memory when ready, full", "MiB", &full(|s| s.kib / 1024.0));
    report.row("memory when ready, empty", "MiB", &empty(|s| s.kib / 1024.0));
    let each =
        at_full.iter().zip(&at_empty).map(|(full, empty)| (full.kib - empty.kib) / conversations as f64);
    report.row("memory for each dormant conversation", "KiB", &each.collect::<Vec<f64>>());
    report.fact("disk for each dormant conversation", "KiB", bytes as f64 / 1024.0 / conversations as f64);
    report.row("first message to a dormant one", "ms", &full(|s| quantile(&s.first, 0.5)));
    report.row("second message to the same", "ms", &full(|s| quantile(&s.second, 0.5)));
    Ok(report)
}

/// The store of so many, and its first start if it had to be made. It gets its name once it is whole.
fn store(home: &Path, conversations: u64) -> anyhow::Result<(PathBuf, Option<Started>)> {
    let store = home.join(format!("dormant-{conversations}"));
    if store.exists() {
        return Ok((store, None));
    }
    say(format_args!("dormant: preparing {conversations} conversations"));
    let unfinished = home.join(format!("unfinished-{conversations}"));
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    let head: u64 = child::run(&Job::Prepare(Prepare { store: unfinished.clone(), conversations }))?;
    anyhow::ensure!(head >= conversations, "the store has only {head} records");
    // The library under the store leaves a start something that makes the next one shorter, so this one stands alone.
    let begun = child::run(&Job::Start(Start::only(&unfinished)))?;
    fs::rename(&unfinished, &store)?;
    Ok((store, Some(begun)))
}
