//! The figures of docs/performance.md: `cargo bench -p tests --bench figures -- NAME`.
//!
//! Absolute numbers say as much about the machine as about the program. So whatever can be compared runs side by side
//! in one run, turn by turn, and the ratio is the figure. Each figure also says what it does not measure.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "figures go to stdout, and what is being done to stderr, for whoever runs it"
)]

/// One file a figure, and what they share.
mod figures {
    pub(crate) mod assignment;
    pub(crate) mod bench;
    pub(crate) mod child;
    pub(crate) mod counting;
    pub(crate) mod desk;
    pub(crate) mod dormant;
    pub(crate) mod durable;
    pub(crate) mod floor;
    pub(crate) mod http;
    pub(crate) mod latency;
    pub(crate) mod matching;
    pub(crate) mod memory;
    pub(crate) mod plain;
    pub(crate) mod recovery;
    pub(crate) mod report;
    pub(crate) mod restart;
    pub(crate) mod server;
    pub(crate) mod sockets;
    pub(crate) mod space;
    pub(crate) mod staff;
    pub(crate) mod wire;
    pub(crate) mod world;
}

use clap::{Parser, ValueEnum};
use figures::bench::{Bench, Size, Ticks};
use figures::report::Report;
use figures::{
    assignment, child, dormant, durable, http, latency, matching, memory, recovery, restart, sockets, space,
};
use std::path::PathBuf;

/// Measures the figures that docs/performance.md publishes.
#[derive(Parser)]
struct Args {
    /// Which figures; all of them when none is named.
    names: Vec<Name>,
    /// The big sizes: minutes a figure and gigabytes of disk.
    #[arg(long, conflicts_with = "tiny")]
    full: bool,
    /// Sizes that show that the bench works, and nothing else.
    #[arg(long)]
    tiny: bool,
    /// How the figures are written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How often each side has its turn.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Where stores are made: a folder on a disk, since on a memory file system a sync costs nothing.
    #[arg(long, default_value = env!("CARGO_TARGET_TMPDIR"))]
    dir: PathBuf,
    /// Keeps the stores of dormant conversations in this folder, and takes those that are there.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// What a process that another figure started has to do.
    #[arg(long, hide = true)]
    child: Option<String>,
    /// Given by `cargo bench`, and not by a test run that takes the benches along.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// Durable messages a second: the engine beside the bare store.
    Durable,
    /// Messages a second over HTTP: the gateway beside a route that stores nothing.
    Http,
    /// Acknowledgements and timers at half of the HTTP maximum.
    Latency,
    /// Bytes on disk beside what was said.
    Space,
    /// Memory of a conversation, awake and asleep.
    Memory,
    /// Start and memory of a store full of dormant conversations.
    Dormant,
    /// Start after a kill.
    Recovery,
    /// What each decision of the router takes, in memory.
    Matching,
    /// From freed capacity to the offer in an agent's inbox, on a store.
    Assignment,
    /// Start with many items that wait.
    RouterRestart,
    /// Memory of a live stream that nothing happens on, and how soon a frame follows its commit.
    Sockets,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Tables.
    Text,
    /// One JSON object a figure and line.
    Json,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(job) = &args.child {
        return child::perform(job);
    }
    if !args.bench {
        eprintln!("nothing is measured outside `cargo bench -p tests --bench figures`");
        return Ok(());
    }
    let size = match (args.tiny, args.full) {
        (true, _) => Size::Tiny,
        (false, true) => Size::Full,
        (false, false) => Size::Small,
    };
    let bench = Bench { size, rounds: args.rounds, dir: args.dir, keep: args.keep };
    let all: Vec<Name> = Name::value_variants().to_vec();
    for name in if args.names.is_empty() { all } else { args.names } {
        let report = measure(name, &bench)?;
        match args.format {
            Format::Text => println!("{report}"),
            Format::Json => println!("{}", serde_json::to_string(&report)?),
        }
    }
    Ok(())
}

fn measure(name: Name, bench: &Bench) -> anyhow::Result<Report> {
    let before = Ticks::now()?;
    let mut report = match name {
        Name::Durable => durable::measure(bench),
        Name::Http => http::measure(bench),
        Name::Latency => latency::measure(bench),
        Name::Space => space::measure(bench),
        Name::Memory => memory::measure(bench),
        Name::Dormant => dormant::measure(bench),
        Name::Recovery => recovery::measure(bench),
        Name::Matching => matching::measure(bench),
        Name::Assignment => assignment::measure(bench),
        Name::RouterRestart => restart::measure(bench),
        Name::Sockets => sockets::measure(bench),
    }?;
    // A figure taken beside a busy neighbour is none; this tells which one was.
    report.fact("taken by other processes meanwhile", "% of the cores", Ticks::now()?.others_since(&before));
    Ok(report)
}
