//! The command line. The texts here are the manual.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// An engine for customer-service conversations that last minutes or weeks.
///
/// A gateway pushes messages in, agents answer, timers remind and close, and every fact is an event in a log from which
/// all state can be rebuilt. Data goes to stdout, everything for people to stderr.
#[derive(Debug, Parser)]
#[command(name = "colloquy", version, max_term_width = 110)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve conversations over HTTP until SIGTERM or Ctrl-C
    Serve(Serve),
    /// Serve on defaults with sample channels and a little synthetic traffic, and print what to try next
    Demo(Demo),
    /// Check settings, channels and routing, or apply channels and routing to a store
    #[command(subcommand)]
    Config(Config),
    /// Issue a token for a role, signed with the server's secret
    Token(Token),
    /// Rebuild all state from a store's log; with --verify compare it with everything that is kept beside the log
    Replay(Replay),
    /// Say what happened to a work item and why: who came into question for each offer, and who did not
    Explain(Explain),
    /// Play recorded traffic through the same actors that serve, in seconds
    Rehearse(Rehearse),
    /// Push synthetic traffic at a running server and check that each acknowledged message is there once
    Load(Load),
}

/// Where the process's settings come from: a file, then the environment, then flags.
#[derive(Clone, Debug, Default, ClapArgs)]
pub(crate) struct SettingsArgs {
    /// The process's settings, in TOML; COLLOQUY_SECTION__KEY in the environment overrides a key
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The channels, and the routing if it says anything of it, with which a store without any begins, in TOML; a store
    /// that has channels keeps them
    #[arg(long, value_name = "FILE")]
    pub(crate) channels: Option<PathBuf>,
    /// The folder of the store
    #[arg(long, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// Where to listen: an address with a port (0 for any free one), or unix:PATH
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// What to believe when this machine's clock is long after the last moment that the store knows of
    #[arg(long, value_enum)]
    pub(crate) resume: Option<ResumeArg>,
    /// Print the settings as they would be used, without secrets, and exit
    #[arg(long)]
    pub(crate) print_config: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ResumeArg {
    /// The service was off: what became due is overdue
    Wall,
    /// The clock is wrong: go on from the last moment that the store knows of
    LastCommit,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {
    /// Where the demo keeps its store, secret and tokens
    #[arg(long, value_name = "DIR", default_value = "colloquy-demo")]
    pub(crate) dir: PathBuf,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7080")]
    pub(crate) listen: String,
    /// How long synthetic traffic comes in, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub(crate) traffic_s: u64,
    /// Stop when the traffic is over, instead of serving on
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Check the settings, the channels and the routing, and say everything that is wrong
    Check(SettingsArgs),
    /// Show how the channels and the routing of a store differ from those of the file, and make these the ones in force
    Apply {
        #[command(flatten)]
        settings: SettingsArgs,
        /// Show the difference only
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Token {
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// gateway, requester, agent, supervisor or admin
    #[arg(long)]
    pub(crate) role: String,
    /// Who it is for: an agent's or gateway's name, or a requester's address
    #[arg(long)]
    pub(crate) subject: String,
    /// How long it is good, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub(crate) lifetime_s: u32,
    /// Confine it to one channel; do so for requesters
    #[arg(long)]
    pub(crate) channel: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Replay {
    /// The folder of the store; nobody else may be using it
    #[arg(long, value_name = "DIR", default_value = "colloquy-data")]
    pub(crate) store: PathBuf,
    /// Compare snapshots, timers, claims, command ids, the projection and the router's rows with the log, and routing
    /// with its rules; exit code 4 if they differ
    #[arg(long)]
    pub(crate) verify: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Says what happened to a work item, step by step and from the log alone: when, what, who wanted it and what it
/// follows from. Before each offer stands who came into question, the first one first, and what was in the way of the
/// others.
#[derive(Debug, ClapArgs)]
pub(crate) struct Explain {
    /// The work item's number
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) work_item: u64,
    /// The folder of the store; nobody else may be using it
    #[arg(long, value_name = "DIR", default_value = "colloquy-data")]
    pub(crate) store: PathBuf,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Plays recorded traffic: one conversation a line, as JSON, with `requester` and `company_number` in E.164 and
/// `messages` of `id`, `at`, `from` and `text`. Time jumps from one message or timer to the next, and runs on after the
/// last message until no timer is armed.
#[derive(Debug, ClapArgs)]
pub(crate) struct Rehearse {
    /// The recorded traffic
    pub(crate) file: PathBuf,
    /// messaging or chat
    #[arg(long)]
    pub(crate) mode: String,
    /// Timeouts and messages to rehearse with: the table `defaults`, and `channels.rehearsal` over it
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Leave the recorded agents out and let those of this file work: routing as in a file of channels, and the table
    /// `rehearsal`; without --config the timeouts and messages are from it too
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<PathBuf>,
    /// Keep the log in a new store instead of in memory
    #[arg(long, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// Partitions of the log
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) partitions: u16,
    /// From which all ids follow, and what the agents of a roster do by chance
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Print each event as it happens, to stderr
    #[arg(long)]
    pub(crate) trace: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Load {
    /// The settings of the server under load, for its secret
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// The server; on this machine
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7080")]
    pub(crate) url: String,
    /// The channel on which requesters write
    #[arg(long, default_value = "sms")]
    pub(crate) channel: String,
    /// The company's address on it
    #[arg(long, default_value = "+12025550199")]
    pub(crate) company: String,
    /// New messages of requesters a second, whatever the server does
    #[arg(long, default_value_t = 50.0)]
    pub(crate) rate: f64,
    /// How long, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) duration_s: u64,
    /// How many requesters write
    #[arg(long, default_value_t = 100)]
    pub(crate) requesters: u32,
    /// How many agents answer
    #[arg(long, default_value_t = 5)]
    pub(crate) agents: u32,
    /// From which the traffic follows
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Append every acknowledgement to this file, for a check after a crash
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Send nothing; check that every acknowledgement in the ledger is stored once
    #[arg(long, requires = "ledger")]
    pub(crate) verify_only: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
