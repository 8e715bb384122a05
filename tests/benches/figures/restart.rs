//! A start while many items wait in the router's queues: with the rows that it keeps for that, without them, and beside
//! an empty store.

use super::bench::{Bench, resident_kib, say};
use super::child::{self, Job};
use super::desk;
use super::report::Report;
use super::server::{Server, Steps};
use super::world;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Instant;

const NOT_MEASURED: &[&str] = &[
    "reading from a cold disk: the store's file is in the page cache",
    "timers and maximum waits that came due meanwhile",
];

/// The agents of the desk, none of whom is there.
const AGENTS: u64 = 10;

/// Makes a store of conversations that wait for an agent.
#[derive(Serialize, Deserialize)]
pub(crate) struct Fill {
    store: PathBuf,
    items: u64,
}

/// Takes the router's rows away.
#[derive(Serialize, Deserialize)]
pub(crate) struct Strip {
    store: PathBuf,
}

/// Starts, and has an agent come to work.
#[derive(Serialize, Deserialize)]
pub(crate) struct Open {
    store: PathBuf,
    items: u64,
}

/// What a start took, in milliseconds from the process's beginning.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opened {
    ready: f64,
    steps: Steps,
    kib: f64,
    /// From the agent's coming to work to their offer, if there is something to offer.
    offer: Option<f64>,
}

impl Fill {
    pub(crate) fn perform(&self) -> anyhow::Result<u64> {
        let server = Server::start_with(&self.store, world::options(), desk::apply(AGENTS)?)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let writing = server.engine.clone();
        runtime.block_on(world::crowd(256, 0..self.items, move |number| {
            let engine = writing.clone();
            async move { world::write(&engine, number, number).await.map(drop) }
        }))?;
        let commits = server.engine.subscribe();
        let waiting = runtime.block_on(async {
            loop {
                let waiting = server.engine.look(|router, _| router.state().items.len() as u64).await?;
                if waiting >= self.items {
                    return anyhow::Ok(waiting);
                }
                commits.recv()?;
            }
        })?;
        server.list_is_there();
        server.stop()?;
        Ok(waiting)
    }
}

impl Strip {
    pub(crate) fn perform(&self) -> anyhow::Result<()> {
        let log = world::open(&self.store)?;
        Ok(log.tables().clear("router")?)
    }
}

impl Open {
    pub(crate) fn perform(&self) -> anyhow::Result<Opened> {
        let begun = Instant::now();
        let server = Server::start_with(&self.store, world::options(), desk::apply(AGENTS)?)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let items = runtime.block_on(server.engine.look(|router, _| router.state().items.len() as u64))?;
        let ready = begun.elapsed().as_secs_f64() * 1000.0;
        anyhow::ensure!(items == self.items, "{items} items wait of {}", self.items);
        let kib = resident_kib()?;
        let steps = server.steps;
        let offer = if self.items == 0 { None } else { Some(runtime.block_on(first_offer(&server))?) };
        server.stop()?;
        Ok(Opened { ready, steps, kib, offer })
    }
}

async fn first_offer(server: &Server) -> anyhow::Result<f64> {
    let (agent, commits) = (desk::named(desk::LATE), server.engine.subscribe());
    let begun = Instant::now();
    desk::comes(&server.engine, agent.clone()).await?;
    desk::offered(&server.engine, &commits, &agent).await?;
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let items = bench.of(200, 10_000, 100_000);
    let says = format!("a start with {items} waiting items, beside one with an empty store");
    let mut report = Report::new("router-restart", says, NOT_MEASURED);
    let home = bench.folder()?;
    let (full, empty) = (home.path().join("full"), home.path().join("empty"));
    say(format_args!("router-restart: preparing {items} waiting items"));
    for (store, items) in [(&full, items), (&empty, 0)] {
        child::run::<u64>(&Job::Fill(Fill { store: store.clone(), items }))?;
        // The first start reads what the library under the store has not put away yet; the figure recovery has that.
        open(store, items)?;
    }
    let (mut with_rows, mut without, mut nothing) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..bench.rounds {
        say(format_args!("router-restart: round {}", number + 1));
        with_rows.push(open(&full, items)?);
        nothing.push(open(&empty, 0)?);
    }
    for _ in 0..bench.rounds {
        child::run::<()>(&Job::Strip(Strip { store: full.clone() }))?;
        without.push(open(&full, items)?);
    }
    let ready = |starts: &[Opened]| starts.iter().map(|start| start.ready).collect::<Vec<f64>>();
    report.ratio("start to ready: with rows / without", &ready(&with_rows), &ready(&without));
    for (name, starts) in [("with rows", &with_rows), ("without rows", &without), ("empty", &nothing)] {
        let of = |part: fn(&Opened) -> f64| starts.iter().map(part).collect::<Vec<f64>>();
        report.row(format!("{name}: start to ready"), "ms", &ready(starts));
        report.row(
            format!("{name}: of it, the engine with its router"),
            "ms",
            &of(|start| start.steps.engine),
        );
        report.row(format!("{name}: memory when ready"), "MiB", &of(|start| start.kib / 1024.0));
        if items > 0 && name != "empty" {
            report.row(
                format!("{name}: an agent comes, until their offer"),
                "ms",
                &of(|start| start.offer.unwrap_or(f64::NAN)),
            );
        }
    }
    Ok(report)
}

fn open(store: &Path, items: u64) -> anyhow::Result<Opened> {
    child::run(&Job::Reopen(Open { store: store.to_owned(), items }))
}
