//! The `colloquy` binary: parses arguments, wires the crates together, talks to the terminal.

mod args;
mod channels;
mod commands;
mod exit;
mod server;
mod settings;
mod ui;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match commands::run(args) {
        Ok(code) => code.into(),
        Err(failure) => {
            ui::complain(&failure);
            failure.code().into()
        }
    }
}
