//! `colloquy rehearse`: recorded traffic through the actors that serve, answered as recorded or by the agents of a roster.

mod report;

use crate::args::Rehearse;
use crate::channels::ChannelsFile;
use crate::exit::{Code, Failure, Outcome};
use crate::ui;
use ::replay::{History, REHEARSAL_KEY, Rehearsal, Roster, TraceLine};
use domain::channel::Mode;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use store::{EventLog, Identity, MemoryLog, SledLog, SledOptions};

pub(crate) fn run(args: &Rehearse) -> Outcome {
    let mode = Mode::parse(&args.mode).ok_or_else(|| Failure::said("--mode must be messaging or chat"))?;
    let file = match args.config.as_ref().or(args.roster.as_ref()) {
        Some(path) => ChannelsFile::read(path)?,
        None => ChannelsFile::default(),
    };
    let settings = file.rehearsal(mode).map_err(Failure::said)?;
    let roster = args.roster.as_deref().map(roster).transpose()?;
    let input = File::open(&args.file)
        .map_err(|error| Failure::said(format_args!("{} cannot be read: {error}", args.file.display())))?;
    let history = History::read(BufReader::new(input)).map_err(|error| {
        Failure::user(anyhow::Error::new(error).context(format!("{} cannot be played", args.file.display())))
    })?;
    let log = open_log(args)?;
    let bar = ui::progress("playing", Some(history.moments.len() as u64));
    let mut print = |line: &TraceLine| ui::say(line);
    let trace: Option<&mut dyn FnMut(&TraceLine)> = if args.trace { Some(&mut print) } else { None };
    let rehearsal = Rehearsal { settings, roster, seed: args.seed };
    let played = engine::block_on(rehearsal.play(
        log,
        &history,
        |progress| bar.set_position(progress.played as u64),
        trace,
    ));
    bar.finish_and_clear();
    report::print(&played?, args.format)?;
    Ok(Code::Ok)
}

fn roster(path: &Path) -> Result<Roster, Failure> {
    let file = ChannelsFile::read(path)?;
    file.roster().map_err(|error| Failure::said(format_args!("{}: {error}", path.display())))
}

fn open_log(args: &Rehearse) -> Result<Arc<dyn EventLog>, Failure> {
    Ok(match &args.store {
        None => Arc::new(MemoryLog::new(Identity { partitions: args.partitions, key: REHEARSAL_KEY })),
        Some(path) => {
            let options = SledOptions {
                partitions: args.partitions,
                key: Some(REHEARSAL_KEY),
                ..SledOptions::default()
            };
            Arc::new(SledLog::open(path, options)?)
        }
    })
}
