//! `colloquy replay`: rebuilds all state from a store's log.

use crate::args::{Format, Replay};
use crate::exit::{Code, Outcome};
use crate::ui;
use std::sync::Arc;
use store::{EventLog, SledLog, SledOptions};

pub(crate) fn run(args: &Replay) -> Outcome {
    let options = SledOptions { create: false, ..SledOptions::default() };
    let log: Arc<dyn EventLog> = Arc::new(SledLog::open(&args.store, options)?);
    let bar = ui::progress("records", None);
    let found = ::replay::verify(&log, |records| bar.set_position(records));
    bar.finish_and_clear();
    let found = found?;
    let mut value = serde_json::json!(found);
    if !args.verify
        && let Some(fields) = value.as_object_mut()
    {
        fields.retain(|name, _| {
            ["records", "events", "contacts", "conversations", "open", "state_hash"].contains(&&**name)
        });
    }
    match args.format {
        Format::Json => ui::data(&value),
        Format::Text => {
            let fields = value.as_object().into_iter().flatten().filter(|(name, _)| *name != "told");
            let text =
                |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let rows: Vec<Vec<String>> =
                fields.map(|(name, value)| vec![name.replace('_', " "), text(value)]).collect();
            ui::data(ui::table(&rows));
        }
    }
    if !args.verify || found.differences == 0 {
        return Ok(Code::Ok);
    }
    for difference in &found.told {
        ui::say(format_args!("differs: {difference}"));
    }
    Ok(Code::Diverged)
}
