//! The router's facts as records of the log.

use crate::keys::ROUTER_STREAM;
use crate::shared::{HOME, encode};
use domain::router::{Errand, RouterEvent};
use domain::{Cause, Event, Timestamp};
use store::{Append, CommandEntry, Record};

/// About how many bytes of events one record holds, of those that may be split.
const RECORD_BYTES: usize = 48 * 1024;

/// The records of one command's facts; `version` is the stream's before them. Few facts, and those that must not be
/// parted, are one record. What a change of configuration or the passing of time does to thousands of items is several,
/// each of which leaves the router in a state from which it goes on.
pub(crate) fn of(
    events: &[RouterEvent],
    version: u64,
    at: Timestamp,
    cause: &Cause,
    entry: Option<CommandEntry>,
    whole: bool,
) -> Vec<Record> {
    let encoded = encode(events, at, cause, Event::Router);
    let mut parts: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut bytes = 0;
    for (event, encoded) in events.iter().zip(encoded) {
        if parts.is_empty() || (!whole && bytes > RECORD_BYTES && begins_a_step(event)) {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes += encoded.len();
        if let Some(part) = parts.last_mut() {
            part.push(encoded);
        }
    }
    let mut expected = version;
    let mut records: Vec<Record> = Vec::with_capacity(parts.len());
    for events in parts {
        let count = events.len() as u64;
        records.push(record(at, vec![Append { stream: ROUTER_STREAM, expected, events }]));
        expected += count;
    }
    // An id is remembered even where nothing had to change (`L6`).
    if entry.is_some() && records.is_empty() {
        records.push(record(at, Vec::new()));
    }
    if let Some(last) = records.last_mut() {
        last.command = entry;
    }
    records
}

fn record(at: Timestamp, appends: Vec<Append>) -> Record {
    Record { partition: HOME, at_ms: at.0, appends, claims: Vec::new(), command: None, timers: Vec::new() }
}

/// Whether the router may stop before this fact and go on from there.
const fn begins_a_step(event: &RouterEvent) -> bool {
    match event {
        RouterEvent::Queued { .. }
        | RouterEvent::Unrouted { .. }
        | RouterEvent::Offered { .. }
        | RouterEvent::OfferEnded { .. }
        | RouterEvent::TargetExceeded { .. }
        | RouterEvent::Ended { .. }
        | RouterEvent::ErrandGiven { errand: Errand::Tell { .. }, .. }
        | RouterEvent::PresenceChanged { .. } => true,
        RouterEvent::Reconfigured { .. }
        | RouterEvent::TakenIn { .. }
        | RouterEvent::ItemCreated { .. }
        | RouterEvent::VariablesLearned { .. }
        | RouterEvent::Accepting { .. }
        | RouterEvent::Accepted { .. }
        | RouterEvent::HoldChanged { .. }
        | RouterEvent::ErrandGiven { .. }
        | RouterEvent::ErrandDone { .. }
        | RouterEvent::AgentSeen { .. } => false,
    }
}
