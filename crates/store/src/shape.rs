//! What a record must look like before any log considers it, and what it becomes when it is stored.

use crate::{
    ClaimKey, Error, Identity, Position, Record, StoredAppend, StoredRecord, StreamId, TimerChange, record,
};
use std::collections::HashSet;

/// Refuses a batch with a record that no store would take, before anything of the batch is written.
pub(crate) fn check(identity: &Identity, records: &[Record]) -> Result<(), Error> {
    records.iter().try_for_each(|record| check_one(identity, record))
}

fn check_one(identity: &Identity, record: &Record) -> Result<(), Error> {
    if record.partition.0 >= identity.partitions {
        return Err(Error::Malformed("the store has no such partition"));
    }
    let writes = !(record.appends.is_empty() && record.claims.is_empty() && record.timers.is_empty());
    if !writes && record.command.is_none() {
        return Err(Error::Malformed("it is empty"));
    }
    let mut streams: HashSet<StreamId> = HashSet::new();
    for append in &record.appends {
        if append.events.is_empty() {
            return Err(Error::Malformed("it appends nothing to a stream"));
        }
        if !streams.insert(append.stream) {
            return Err(Error::Malformed("it appends twice to one stream"));
        }
    }
    let mut claims: HashSet<ClaimKey> = HashSet::new();
    if !record.claims.iter().all(|claim| claims.insert(claim.key)) {
        return Err(Error::Malformed("it changes one claim twice"));
    }
    let due = |change: &TimerChange| match change {
        TimerChange::Arm(entry) | TimerChange::Disarm(entry) => entry.due_ms,
    };
    if record.timers.iter().any(|change| due(change) < 0) {
        return Err(Error::Malformed("a timer is due before the epoch"));
    }
    // Encoding knows the bounds; the position has no part in them.
    record::encode(Position(0), record).map(drop)
}

/// The record as it is read back after it was stored at this position.
pub(crate) fn stored(position: Position, record: &Record) -> StoredRecord {
    let appends = record.appends.iter().map(|append| StoredAppend {
        stream: append.stream,
        first: append.expected + 1,
        events: append.events.clone(),
    });
    StoredRecord {
        position,
        at_ms: record.at_ms,
        appends: appends.collect(),
        claims: record.claims.clone(),
        command: record.command.clone(),
        timers: record.timers.clone(),
    }
}

/// The bounds on a row of a table, the same for every log, so that what passes in a rehearsal passes in service.
pub(crate) fn check_row(key: &[u8], value: &[u8]) -> Result<(), Error> {
    if key.len() > crate::MAX_ROW_KEY_BYTES {
        return Err(Error::Malformed("the key of a row is too long"));
    }
    check_value(value)
}

/// The bound on a snapshot or the value of a row.
pub(crate) fn check_value(value: &[u8]) -> Result<(), Error> {
    if value.len() > crate::MAX_VALUE_BYTES {
        return Err(Error::Malformed("a snapshot or the value of a row is too long"));
    }
    Ok(())
}
