//! A start after a kill in the middle of writing, beside a start after a clean stop of a writer that wrote as much.
//!
//! Either way it is the first start after the writing, because a start leaves something that makes the next one shorter.

use super::bench::{Bench, say};
use super::child::{self, Job};
use super::dormant::{Start, Started};
use super::report::Report;
use super::server::Server;
use super::world;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const NOT_MEASURED: &[&str] = &[
    "losing power: SIGKILL keeps the page cache, so nothing that was written is lost by it",
    "reading from a cold disk, for the same reason",
    "timers that came due meanwhile",
];

/// How many conversations are written to.
const CONVERSATIONS: u64 = 1000;
/// After how many acknowledgements the writer says so.
const TOLD_EVERY: u64 = 500;

/// Writes until it is killed, or so much, and says how much was acknowledged.
#[derive(Serialize, Deserialize)]
pub(crate) struct Write {
    store: PathBuf,
    messages: u64,
}

impl Write {
    pub(crate) fn perform(&self) -> anyhow::Result<()> {
        let server = Server::start(&self.store, world::options())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let acknowledged = Arc::new(AtomicU64::new(0));
        let writing = server.engine.clone();
        runtime.block_on(world::crowd(256, 0..self.messages, move |number| {
            let (engine, acknowledged) = (writing.clone(), Arc::clone(&acknowledged));
            async move {
                world::write(&engine, number % CONVERSATIONS, number).await?;
                let told = acknowledged.fetch_add(1, Ordering::Relaxed) + 1;
                if told.is_multiple_of(TOLD_EVERY) {
                    writeln!(std::io::stdout(), "{told}")?;
                }
                Ok(())
            }
        }))?;
        server.list_is_there();
        server.stop()
    }
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let says = "a first start after SIGKILL in the middle of writing, beside one after a clean stop";
    let mut report = Report::new("recovery", says, NOT_MEASURED);
    for records in bench.of(vec![1_000], vec![10_000, 100_000], vec![50_000, 500_000]) {
        let (mut killed, mut stopped, mut again) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..bench.rounds {
            say(format_args!("recovery: {records} records, round {}", number + 1));
            let folder = bench.folder()?;
            let told = write(folder.path(), records, true)?;
            let first = start(folder.path())?;
            anyhow::ensure!(first.head >= told, "{told} were acknowledged, {} are there", first.head);
            killed.push(first.ready);
            let folder = bench.folder()?;
            write(folder.path(), records, false)?;
            stopped.push(start(folder.path())?.ready);
            again.push(start(folder.path())?.ready);
        }
        report.ratio(format!("{records} records: after a kill / after a stop"), &killed, &stopped);
        report.row(format!("{records} records: ready after a kill"), "ms", &killed);
        report.row(format!("{records} records: ready after a stop"), "ms", &stopped);
        report.row(format!("{records} records: ready at the next start"), "ms", &again);
    }
    Ok(report)
}

fn start(store: &Path) -> anyhow::Result<Started> {
    child::run(&Job::Start(Start::only(store)))
}

/// Has so many records written by a process that is then killed, while it goes on writing, or ends by itself. The last
/// number that it told.
fn write(store: &Path, records: u64, kill: bool) -> anyhow::Result<u64> {
    let messages = if kill { u64::MAX } else { records };
    let (mut writer, stdout) = child::spawn(&Job::Write(Write { store: store.to_owned(), messages }))?;
    let mut told = 0;
    // What it told before it died is still in the pipe. The last line of one that ended is its outcome.
    for line in stdout.lines() {
        told = line?.parse().unwrap_or(told);
        if kill && told >= records {
            writer.kill()?;
        }
    }
    let ended = writer.wait()?;
    anyhow::ensure!(ended.success() != kill, "the writer ended in another way than it should: {ended}");
    Ok(told)
}
