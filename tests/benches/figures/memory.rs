//! Memory of a conversation: awake, put to sleep, and after a restart.
//!
//! Every number is the difference of two processes that did the same otherwise. So what the store's cache takes for the
//! same writes is in both, and cancels out of what an actor takes.

use super::bench::{Bench, resident_kib, say};
use super::child::{self, Job};
use super::dormant::{Start, Started};
use super::report::Report;
use super::world;
use domain::Seconds;
use engine::Options;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

const NOT_MEASURED: &[&str] = &[
    "connections of clients",
    "what the allocator keeps in reserve and would give to the next conversation, which is in the numbers",
    "conversations with long histories: each has two messages here",
];

/// How many actors of a kind may be awake in the process that puts them to sleep.
const FEW: usize = 64;

/// Opens conversations and leaves them alone.
#[derive(Serialize, Deserialize)]
pub(crate) struct Open {
    store: PathBuf,
    conversations: u64,
    /// Whether they are put to sleep: all but [`FEW`] while others are opened, and the rest when it has been idle.
    sleep: bool,
}

/// What a process occupies when it is done.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opened {
    kib: f64,
    /// How many conversations were awake right after the last was opened.
    active: usize,
}

impl Open {
    pub(crate) fn perform(&self) -> anyhow::Result<Opened> {
        engine::block_on(async {
            let (active_max, idle_s) = if self.sleep { (FEW, 2) } else { (usize::MAX, 3600) };
            let options = Options { active_max, passivate_after: Seconds(idle_s), ..world::options() };
            let engine = world::start(world::open(&self.store)?, options, world::channels()?).await?;
            let writing = engine.clone();
            let conversations = self.conversations;
            // The second message wakes the conversation that the first has opened.
            world::crowd(64, 0..2 * conversations, move |number| {
                let engine = writing.clone();
                async move { world::write(&engine, number % conversations, number).await.map(drop) }
            })
            .await?;
            let active = engine.health().active;
            // Two sweeps of the housekeeping find an idle actor, one marks it and one puts it to sleep.
            tokio::time::sleep(Duration::from_secs(4)).await;
            anyhow::ensure!(!self.sleep || engine.health().active == 0, "somebody is still awake");
            let opened = Opened { kib: resident_kib()?, active };
            engine.drain().await;
            Ok(opened)
        })
    }
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let conversations = bench.of(1_000, 10_000, 50_000);
    let says = format!("what each of {conversations} conversations occupies");
    let mut report = Report::new("memory", says, NOT_MEASURED);
    let (mut empty, mut awake, mut asleep, mut restarted, mut over) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for number in 0..bench.rounds {
        say(format_args!("memory: round {}", number + 1));
        let folders = [bench.folder()?, bench.folder()?, bench.folder()?];
        let open = |folder: usize, conversations: u64, sleep: bool| {
            let store = folders[folder].path().to_owned();
            child::run::<Opened>(&Job::Open(Open { store, conversations, sleep }))
        };
        let none = open(0, 0, false)?;
        let all = open(1, conversations, false)?;
        let slept = open(2, conversations, true)?;
        anyhow::ensure!(all.active as u64 == conversations, "only {} are awake", all.active);
        let restart = |folder: usize| child::run::<Started>(&Job::Start(Start::only(folders[folder].path())));
        let (nothing, everything) = (restart(0)?, restart(2)?);
        let each = |more: f64, less: f64| (more - less) / conversations as f64;
        empty.push(none.kib / 1024.0);
        awake.push(each(all.kib, slept.kib));
        asleep.push((slept.kib - none.kib) / 1024.0);
        restarted.push(each(everything.kib, nothing.kib));
        over.push(slept.active as f64);
    }
    report.row("awake: its own actor and its contact's", "KiB each", &awake);
    report.row("dormant, after a restart", "KiB each", &restarted);
    report.row("dormant, where they were opened: cache and reserve", "MiB in all", &asleep);
    report.row("a process with an empty store", "MiB in all", &empty);
    report.row(format!("awake where {FEW} may be, after the last was opened"), "conversations", &over);
    Ok(report)
}
