//! The command line: parses arguments, wires the crates together, talks to the terminal. A library only so that what it
//! reads can be tried from outside.

mod args;
mod channels;
mod commands;
#[doc(hidden)]
pub mod doors;
mod exit;
mod server;
mod settings;
mod ui;

use clap::Parser as _;
use std::process::ExitCode;

/// Does what the process's arguments say.
pub fn run() -> ExitCode {
    let args = args::Args::parse();
    match commands::run(args) {
        Ok(code) => code.into(),
        Err(failure) => {
            ui::complain(&failure);
            failure.code().into()
        }
    }
}
