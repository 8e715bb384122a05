//! One file a command.

mod config;
mod demo;
mod explain;
mod load;
mod rehearse;
mod replay;
mod serve;
mod token;

use crate::args::{Args, Command};
use crate::exit::Outcome;

/// Carries out what the command line says.
pub(crate) fn run(args: Args) -> Outcome {
    match args.command {
        Command::Serve(args) => serve::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Token(args) => token::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Rehearse(args) => rehearse::run(&args),
        Command::Load(args) => load::run(&args),
    }
}
