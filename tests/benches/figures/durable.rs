//! Durable messages a second: through the engine, beside the same batches committed by one thread that does nothing
//! else. What is between the two is what the engine costs.

use super::bench::{Bench, say};
use super::counting::{Commits, Counting};
use super::report::{Report, quantile};
use super::world;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{EventLog, Record};

/// Existing conversations that the messages go to.
const CONVERSATIONS: u64 = 1000;
/// How many senders wait for their answers at a time.
const TASKS: [usize; 3] = [1, 64, 256];

const NOT_MEASURED: &[&str] = &[
    "HTTP, tokens and the list of conversations",
    "losing power: the disk is virtual, and what its syncs promise is its host's affair",
    "conversations that have to be woken: all of them are awake",
    "the copy that is kept of each record to do it again, which counts against the engine",
];

/// What one round gave.
struct Round {
    engine_per_s: f64,
    store_per_s: f64,
    batch: f64,
    in_store: f64,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let says = format!(
        "acknowledged messages of {} bytes a second, to {CONVERSATIONS} conversations",
        world::TEXT_BYTES
    );
    let mut report = Report::new("durable", says, NOT_MEASURED);
    let syncs = sync_us(bench)?;
    report.fact("one sync of one page, p50", "µs", quantile(&syncs, 0.5));
    report.fact("one sync of one page, p99", "µs", quantile(&syncs, 0.99));
    for tasks in TASKS {
        let messages = match tasks {
            1 => bench.of(100, 5_000, 20_000),
            _ => bench.of(1_000, 50_000, 300_000),
        };
        let mut rounds = Vec::new();
        for number in 0..bench.rounds {
            say(format_args!("durable: {tasks} at a time, round {}", number + 1));
            rounds.push(round(bench, tasks, messages)?);
        }
        let of = |part: fn(&Round) -> f64| rounds.iter().map(part).collect::<Vec<f64>>();
        let (engine, store) = (of(|round| round.engine_per_s), of(|round| round.store_per_s));
        report.ratio(format!("{tasks} at a time: engine / bare store"), &engine, &store);
        report.row(format!("{tasks} at a time: engine"), "messages/s", &engine);
        report.row(format!("{tasks} at a time: bare store"), "messages/s", &store);
        report.row(format!("{tasks} at a time: records a batch"), "", &of(|round| round.batch));
        report.row(format!("{tasks} at a time: the store's part"), "% of time", &of(|round| round.in_store));
    }
    Ok(report)
}

fn round(bench: &Bench, tasks: usize, messages: u64) -> anyhow::Result<Round> {
    let folder = bench.folder()?;
    let (before, commits, elapsed) = engine::block_on(through_engine(folder.path(), tasks, messages))?;
    drop(folder);
    let folder = bench.folder()?;
    let bare = bare_store(folder.path(), &before.batches, &commits.batches)?;
    Ok(Round {
        engine_per_s: messages as f64 / elapsed.as_secs_f64(),
        store_per_s: messages as f64 / bare.as_secs_f64(),
        batch: messages as f64 / commits.batches.len() as f64,
        in_store: commits.took.iter().sum::<f64>() / 10.0 / elapsed.as_secs_f64(),
    })
}

/// What was committed before the clock ran and while it did, and how long it did.
async fn through_engine(
    store: &Path,
    tasks: usize,
    messages: u64,
) -> anyhow::Result<(Commits, Commits, Duration)> {
    let log = Arc::new(Counting::new(world::open(store)?, true));
    let engine =
        world::start(Arc::clone(&log) as Arc<dyn EventLog>, world::options(), world::channels()?).await?;
    let writing = engine.clone();
    let write = move |number: u64| {
        let engine = writing.clone();
        async move { world::write(&engine, number % CONVERSATIONS, number).await.map(drop) }
    };
    // The second message wakes the conversation that the first has opened.
    world::crowd(256, 0..2 * CONVERSATIONS, write.clone()).await?;
    let before = log.take();
    let begun = Instant::now();
    world::crowd(tasks, 2 * CONVERSATIONS..2 * CONVERSATIONS + messages, write).await?;
    let elapsed = begun.elapsed();
    let commits = log.take();
    engine.drain().await;
    Ok((before, commits, elapsed))
}

fn bare_store(store: &Path, before: &[Vec<Record>], batches: &[Vec<Record>]) -> anyhow::Result<Duration> {
    let log = world::open(store)?;
    for records in before {
        log.commit(records)?;
    }
    let begun = Instant::now();
    for records in batches {
        log.commit(records)?;
    }
    Ok(begun.elapsed())
}

/// What the disk takes to sync one page that was appended: the floor under every acknowledgement.
fn sync_us(bench: &Bench) -> anyhow::Result<Vec<f64>> {
    let folder = bench.folder()?;
    let mut file = File::create(folder.path().join("page"))?;
    let mut took = Vec::new();
    for _ in 0..bench.of(10, 2_000, 2_000) {
        file.write_all(&[7; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        took.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    Ok(took)
}
