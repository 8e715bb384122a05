//! The only place that prints: data to stdout, everything for people to stderr.

use crate::exit::Failure;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};

/// Prints data.
pub(crate) fn data(text: impl Display) {
    // A reader that went away, such as `head`, is no failure of ours.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Tells people something.
pub(crate) fn say(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Says why a command failed, what caused it, and what to do next.
pub(crate) fn complain(failure: &Failure) {
    say(format_args!("error: {}", failure.error()));
    for cause in failure.error().chain().skip(1) {
        say(format_args!("  caused by: {cause}"));
    }
    if let Some(hint) = failure.hint_text() {
        say(format_args!("hint: {hint}"));
    }
}

/// A progress bar for long work: in a terminal only, and gone when it is done. Without a known length it counts.
pub(crate) fn progress(what: &'static str, length: Option<u64>) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr_with_hz(10)
    } else {
        ProgressDrawTarget::hidden()
    };
    let template =
        if length.is_some() { "{msg} {wide_bar} {human_pos}/{human_len} {eta}" } else { "{msg} {human_pos}" };
    let bar = ProgressBar::with_draw_target(length, target).with_message(what);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Rows as a table for people.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    for row in rows {
        table.add_row(row);
    }
    table.trim_fmt()
}
