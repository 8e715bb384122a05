//! The keys of the log's tree. One byte says what a key is; the integers behind it are big-endian, so that the order
//! of the bytes is the order of the values.

use crate::{ClaimKey, CommandKey, Error, PartitionId, Position, StreamId, TimerEntry, Version};

pub(super) const CLAIM: u8 = b'K';
pub(super) const COMMAND: u8 = b'C';
const META: u8 = b'M';
const RECORD: u8 = b'R';
const STREAM: u8 = b'S';
const TIMER: u8 = b'T';

fn joined<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut key = [0; N];
    let bytes = parts.iter().flat_map(|part| part.iter());
    key.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    key
}

/// `R | partition`, which all records of a partition start with.
pub(super) fn records(partition: PartitionId) -> [u8; 3] {
    joined(&[&[RECORD], &partition.0.to_be_bytes()])
}

/// `R | partition | position`: the record itself.
pub(super) fn record(partition: PartitionId, position: Position) -> [u8; 11] {
    joined(&[&records(partition), &position.0.to_be_bytes()])
}

/// The position in the key of a record.
pub(super) fn position(record_key: &[u8]) -> Option<Position> {
    let (_, position) = record_key.split_first_chunk::<3>()?;
    Some(Position(u64::from_be_bytes(position.try_into().ok()?)))
}

/// `S | stream`, which all pointers of a stream start with.
pub(super) fn stream(stream: StreamId) -> [u8; 17] {
    joined(&[&[STREAM], &stream.0])
}

/// `S | stream | last`: where the append stands that brought the stream to version `last`.
pub(super) fn pointer(id: StreamId, last: Version) -> [u8; 25] {
    joined(&[&stream(id), &last.to_be_bytes()])
}

/// The version in the key of a pointer.
pub(super) fn version(pointer_key: &[u8]) -> Option<Version> {
    let (_, version) = pointer_key.split_first_chunk::<17>()?;
    Some(u64::from_be_bytes(version.try_into().ok()?))
}

/// `K | key`: who holds a claim.
pub(super) fn claim(key: ClaimKey) -> [u8; 17] {
    joined(&[&[CLAIM], &key.0])
}

/// `C | key`: where the record of a command stands.
pub(super) fn command(key: CommandKey) -> [u8; 17] {
    joined(&[&[COMMAND], &key.0])
}

/// The sixteen bytes in the key of a claim or of a command.
pub(super) fn name(key: &[u8]) -> Option<[u8; 16]> {
    key.get(1..)?.try_into().ok()
}

/// `T | partition`, which all timers of a partition start with.
pub(super) fn timers(partition: PartitionId) -> [u8; 3] {
    joined(&[&[TIMER], &partition.0.to_be_bytes()])
}

/// `T | partition | due | stream | kind | armed by`: an armed timer, wholly in its key. A timer is never due before
/// the epoch, so its due time sorts as an unsigned number.
pub(super) fn timer(partition: PartitionId, entry: &TimerEntry) -> [u8; 36] {
    let due = entry.due_ms.to_be_bytes();
    joined(&[&timers(partition), &due, &entry.stream.0, &[entry.kind], &entry.armed_by.to_be_bytes()])
}

/// The timer in a key.
pub(super) fn timer_entry(key: &[u8]) -> Option<TimerEntry> {
    let (_, key) = key.split_first_chunk::<3>()?;
    let (due, key) = key.split_first_chunk()?;
    let (stream, key) = key.split_first_chunk()?;
    let (kind, armed_by) = key.split_first()?;
    Some(TimerEntry {
        due_ms: i64::from_be_bytes(*due),
        stream: StreamId(*stream),
        kind: *kind,
        armed_by: u64::from_be_bytes(armed_by.try_into().ok()?),
    })
}

/// `M | name`: what the store says about itself.
pub(super) fn meta(name: &str) -> Vec<u8> {
    [&[META], name.as_bytes()].concat()
}

/// A record's place, as pointers hold it.
pub(super) fn place(partition: PartitionId, position: Position) -> [u8; 10] {
    joined(&[&partition.0.to_be_bytes(), &position.0.to_be_bytes()])
}

/// The place that a pointer holds.
pub(super) fn placed(value: &[u8]) -> Result<(PartitionId, Position), Error> {
    let read = || {
        let (partition, position) = value.split_first_chunk::<2>()?;
        let position = u64::from_be_bytes(position.try_into().ok()?);
        Some((PartitionId(u16::from_be_bytes(*partition)), Position(position)))
    };
    read().ok_or_else(|| unreadable("a pointer to a record"))
}

/// Something in the tree that no build of this format wrote.
pub(super) fn unreadable(what: &str) -> Error {
    Error::Damaged { place: None, what: format!("{what} cannot be read") }
}
