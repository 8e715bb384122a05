//! Every parser of bytes that come from outside, each behind one function that takes any bytes at all, reads them, and
//! panics if what comes of it breaks a promise. What they promise beside not to panic stands with each.
//!
//! For tests only: `cargo test` runs all of them over the seeds in `fuzz/seeds` and over changed copies of those, and each
//! is also a libFuzzer target (fuzz/README.md).

mod files;
mod http;
mod people;
mod provider;
mod stored;
#[cfg(test)]
mod tests;
mod words;

pub use files::{channels_file, configuration, history, ledger, settings};
pub use http::{bodies, content, cursors, frames, queries, tokens};
pub use people::{phone, users};
pub use provider::{answers, headers, twilio};
pub use stored::{codec, records};
pub use words::{condition, html, schedule, wording};

/// The name of a target, and what it opens.
pub type Door = (&'static str, fn(&[u8]));

/// All of them.
pub const DOORS: [Door; 22] = [
    ("answers", answers),
    ("bodies", bodies),
    ("channels_file", channels_file),
    ("codec", codec),
    ("condition", condition),
    ("configuration", configuration),
    ("content", content),
    ("cursors", cursors),
    ("frames", frames),
    ("headers", headers),
    ("history", history),
    ("html", html),
    ("ledger", ledger),
    ("phone", phone),
    ("queries", queries),
    ("records", records),
    ("schedule", schedule),
    ("settings", settings),
    ("tokens", tokens),
    ("twilio", twilio),
    ("users", users),
    ("wording", wording),
];

/// Bytes as a text, whatever they are.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// `P1`: what is told of an input holds none of its longer numbers, which stand here for everything personal.
fn assert_keeps_quiet(input: &str, told: &str) {
    for number in input.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= 7) {
        assert!(!told.contains(number), "what is told repeats what was sent: {told}");
    }
}

/// The number that stands behind these words.
fn number_after(words: &str, told: &str) -> Option<usize> {
    let (_, rest) = told.split_once(words)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
