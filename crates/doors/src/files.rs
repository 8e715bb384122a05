//! Files of operators: settings, channels, recorded traffic, and what a load test kept.

use crate::text;
use api::configuration as words;
use domain::configuration::Configuration;
use domain::{channel, routing};
use replay::History;

/// All of routing and of what is said, as one JSON. What is understood is the same when it is shown and read again, and is
/// judged without a panic.
pub fn configuration(bytes: &[u8]) {
    if let Ok(said) = serde_json::from_slice::<words::Routing>(bytes)
        && let Ok(read) = gateway::configuration::read(said)
    {
        assert_eq!(gateway::configuration::read(gateway::configuration::show(&read)), Ok(read.clone()));
        assert!(routing::validate(&read).len() <= routing::limits::PROBLEMS_MAX_COUNT);
    }
    if let Ok(said) = serde_json::from_slice::<words::Wording>(bytes)
        && let Ok(read) = gateway::configuration::read_wording(said)
    {
        let standing = Configuration {
            texts: read.texts.unwrap_or_default(),
            components: read.components.clone().unwrap_or_default(),
            ..Configuration::default()
        };
        let Ok(again) = gateway::configuration::read_wording(gateway::configuration::show_wording(&standing))
        else {
            panic!("what is shown cannot be read");
        };
        assert_eq!(again.texts.unwrap_or_default(), standing.texts);
        assert!(read.components.is_none() || again.components == read.components);
    }
}

/// A file of settings, behind whose first line with `---` stand variables, `NAME=value` each. What is taken is within its
/// bounds and is taken again as it is shown, unless it shows that it hides something.
pub fn settings(bytes: &[u8]) {
    let said = text(bytes);
    let (file, rest) = said.split_once("\n---\n").unwrap_or((&said, ""));
    let variable = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let Ok(shown) = cli::doors::settings(file, rest.lines().filter_map(variable).collect()) else { return };
    if !shown.contains("(secret)") {
        assert_eq!(cli::doors::settings(&shown, Vec::new()).as_ref(), Ok(&shown));
    }
}

/// A file of channels, routing and a roster. What is taken is what the domain finds legal, and routing is the same when it
/// is shown and read again.
pub fn channels_file(bytes: &[u8]) {
    let said = text(bytes);
    if let Ok(apply) = cli::doors::channels(&said) {
        assert!(channel::validate(&apply.channels).is_empty());
        if let Some(read) = apply.routing {
            assert!(routing::validate(&read).is_empty());
            assert_eq!(gateway::configuration::read(gateway::configuration::show(&read)), Ok(read));
        }
    }
    if let Ok(roster) = cli::doors::roster(&said) {
        assert!(roster.habits.problems(&roster.routing).is_empty());
    }
}

/// Recorded traffic, a conversation a line: in the order of time; what is wrong is told by a line that there is.
pub fn history(bytes: &[u8]) {
    match History::read(bytes) {
        Ok(History { moments }) => {
            assert!(!moments.is_empty());
            assert!(moments.is_sorted_by_key(|moment| (moment.at, moment.id)));
        }
        Err(replay::Error::BadLine { line, .. }) => {
            assert!((1..=bytes.split(|byte| *byte == b'\n').count()).contains(&line));
        }
        Err(_) => {}
    }
}

/// What a load test kept of what was acknowledged. A last line without an end is left out, and what is wrong is told by a
/// line that there is.
pub fn ledger(bytes: &[u8]) {
    let lines = bytes.split(|byte| *byte == b'\n').count();
    match load::Ledger::parse(bytes) {
        Ok(entries) => {
            assert!(entries.len() < lines);
            let mut file = Vec::new();
            for entry in &entries {
                file.extend(serde_json::to_vec(entry).unwrap_or_default());
                file.push(b'\n');
            }
            assert_eq!(load::Ledger::parse(&file), Ok(entries));
        }
        Err(what) => {
            assert!(
                crate::number_after("line ", &what).is_some_and(|line| (1..lines).contains(&line)),
                "{what}"
            );
        }
    }
}
