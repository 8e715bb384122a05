//! Reading the log back: records by position, events by stream. Nothing that is missing is passed over (`L3`).

use super::{keys, plan::last_version, tree};
use crate::{Error, PartitionId, Position, StoredEvent, StoredRecord, StreamId, Version, record};
use sled::Tree;

/// One record, with its checksum proved.
pub(super) fn record(tree: &Tree, partition: PartitionId, position: Position) -> Result<StoredRecord, Error> {
    let bytes = tree::get(tree, &keys::record(partition, position))?;
    record::decode(partition, position, &bytes.ok_or_else(|| missing(partition, position))?)
}

fn missing(partition: PartitionId, position: Position) -> Error {
    Error::Damaged { place: Some((partition, position)), what: "the record is missing".to_owned() }
}

/// The records after `after` up to `head`, at most `limit`.
pub(super) fn partition(
    tree: &Tree,
    partition: PartitionId,
    (after, head): (Position, Position),
    limit: usize,
) -> Result<Vec<StoredRecord>, Error> {
    let there = usize::try_from(head.0.saturating_sub(after.0)).unwrap_or(usize::MAX);
    let count = limit.min(there);
    let mut records = Vec::new();
    let entries = tree::following(tree, &keys::records(partition), Some(&keys::record(partition, after)));
    for (entry, wanted) in entries.take(count).zip(after.0.saturating_add(1)..) {
        let (key, first) = entry?;
        if keys::position(&key) != Some(Position(wanted)) {
            return Err(missing(partition, Position(wanted)));
        }
        let bytes = tree::whole(tree, &key, &first)?;
        records.push(record::decode(partition, Position(wanted), &bytes)?);
    }
    if records.len() < count {
        return Err(missing(partition, Position(after.0 + records.len() as u64 + 1)));
    }
    Ok(records)
}

/// The stream's version as far as `durable` says yes.
pub(super) fn version(
    tree: &Tree,
    stream: StreamId,
    durable: impl Fn(PartitionId, Position) -> bool,
) -> Result<Version, Error> {
    let prefix = keys::stream(stream);
    for entry in tree.range(prefix.to_vec()..=keys::pointer(stream, u64::MAX).to_vec()).rev() {
        let (key, value) = entry.map_err(tree::failed)?;
        let (partition, position) = keys::placed(&value)?;
        if durable(partition, position) {
            return keys::version(&key).ok_or_else(|| keys::unreadable("the pointer of a stream"));
        }
    }
    Ok(0)
}

/// The events of a stream after `after` as far as `durable` says yes, at most `limit`.
pub(super) fn stream(
    tree: &Tree,
    stream: StreamId,
    after: Version,
    limit: usize,
    durable: impl Fn(PartitionId, Position) -> bool,
) -> Result<Vec<StoredEvent>, Error> {
    let mut events: Vec<StoredEvent> = Vec::new();
    // The pointer's key is the last version of its append, so the first one beyond `after` may start before it.
    for entry in tree::following(tree, &keys::stream(stream), Some(&keys::pointer(stream, after))) {
        if events.len() >= limit {
            break;
        }
        let (key, value) = entry?;
        let (partition, position) = keys::placed(&value)?;
        if !durable(partition, position) {
            break;
        }
        let damaged =
            |what: &str| Error::Damaged { place: Some((partition, position)), what: what.to_owned() };
        let record = record(tree, partition, position)?;
        let at_ms = record.at_ms;
        let append = record.appends.into_iter().find(|append| append.stream == stream);
        let append = append.ok_or_else(|| damaged("a stream points to a record that is not its own"))?;
        let next = events.last().map_or(after, |event| event.version).saturating_add(1);
        let fits = append.first <= next && (events.is_empty() || append.first == next);
        if !fits || keys::version(&key) != Some(last_version(append.first, append.events.len())) {
            return Err(damaged("events are missing from a stream"));
        }
        let found =
            append.events.into_iter().zip(append.first..).skip_while(|(_, version)| *version <= after);
        events.extend(found.map(|(bytes, version)| StoredEvent { version, position, at_ms, bytes }));
    }
    events.truncate(limit);
    Ok(events)
}
