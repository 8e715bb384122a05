//! The bytes of one record: written by hand, so that the format is what this file says and not what a library does.
//!
//! A record is `magic, version, partition, position, at_ms, appends, claims, command, timers, crc32`, all integers
//! big-endian, every list behind its count. There is exactly one encoding of each record.

use crate::{
    Append, Claim, ClaimKey, CommandEntry, CommandKey, Error, PartitionId, Position, Record, StoredAppend,
    StoredRecord, StreamId, TimerChange, TimerEntry,
};

/// The largest record that a log takes, encoded. What is larger belongs elsewhere, with a reference in its event.
pub const MAX_RECORD_BYTES: usize = 128 * 1024;

const MAGIC: u8 = 0xC7;
const VERSION: u8 = 1;
const CRC_BYTES: usize = 4;

/// Encodes a record that was accepted at this position; its streams stand where it expected them.
pub(crate) fn encode(position: Position, record: &Record) -> Result<Vec<u8>, Error> {
    let mut out = vec![MAGIC, VERSION];
    out.extend(record.partition.0.to_be_bytes());
    out.extend(position.0.to_be_bytes());
    out.extend(record.at_ms.to_be_bytes());
    put_count(&mut out, record.appends.len())?;
    for append in &record.appends {
        put_append(&mut out, append)?;
    }
    put_count(&mut out, record.claims.len())?;
    for claim in &record.claims {
        put_claim(&mut out, claim);
    }
    out.push(u8::from(record.command.is_some()));
    if let Some(command) = &record.command {
        out.extend(command.key.0);
        out.extend(command.fingerprint);
        put_bytes(&mut out, &command.reply)?;
    }
    put_count(&mut out, record.timers.len())?;
    for change in &record.timers {
        put_timer(&mut out, change);
    }
    let crc = crc32fast::hash(&out);
    out.extend(crc.to_be_bytes());
    if out.len() > MAX_RECORD_BYTES {
        return Err(Error::Malformed("it is larger than a record may be"));
    }
    Ok(out)
}

fn put_count(out: &mut Vec<u8>, count: usize) -> Result<(), Error> {
    let count = u16::try_from(count).map_err(|_| Error::Malformed("one of its lists is too long"))?;
    out.extend(count.to_be_bytes());
    Ok(())
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Error> {
    let len = u32::try_from(bytes.len()).map_err(|_| Error::Malformed("one of its parts is too long"))?;
    out.extend(len.to_be_bytes());
    out.extend(bytes);
    Ok(())
}

fn put_append(out: &mut Vec<u8>, append: &Append) -> Result<(), Error> {
    out.extend(append.stream.0);
    let first = append.expected.checked_add(1).ok_or(Error::Malformed("a version is out of range"))?;
    out.extend(first.to_be_bytes());
    put_count(out, append.events.len())?;
    append.events.iter().try_for_each(|event| put_bytes(out, event))
}

fn put_claim(out: &mut Vec<u8>, claim: &Claim) {
    out.extend(claim.key.0);
    for holder in [claim.expected, claim.value] {
        out.push(u8::from(holder.is_some()));
        out.extend(holder.unwrap_or_default().iter().take(if holder.is_some() { 16 } else { 0 }));
    }
}

fn put_timer(out: &mut Vec<u8>, change: &TimerChange) {
    let (tag, entry) = match change {
        TimerChange::Arm(entry) => (1, entry),
        TimerChange::Disarm(entry) => (0, entry),
    };
    out.push(tag);
    out.extend(entry.due_ms.to_be_bytes());
    out.extend(entry.stream.0);
    out.push(entry.kind);
    out.extend(entry.armed_by.to_be_bytes());
}

/// Decodes the record that stands at this place, and proves that it is the one that was written there.
pub(crate) fn decode(
    partition: PartitionId,
    position: Position,
    bytes: &[u8],
) -> Result<StoredRecord, Error> {
    let damaged = |what: &str| Error::Damaged {
        place: Some((partition, position)),
        what: format!("the record {what}"),
    };
    let Some((body, crc)) = bytes.split_last_chunk::<CRC_BYTES>() else {
        return Err(damaged("is cut short"));
    };
    if crc32fast::hash(body) != u32::from_be_bytes(*crc) {
        return Err(damaged("does not match its checksum"));
    }
    let mut input = Input(body);
    let Some((found, record)) = input.record().filter(|_| input.0.is_empty()) else {
        return Err(damaged("cannot be read by this build"));
    };
    if (found, record.position) != (partition, position) {
        return Err(damaged("belongs to another place"));
    }
    Ok(record)
}

/// What is left to decode. Everything answers `None` rather than panic, because the bytes may be anything.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        let len = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head.to_vec())
    }

    /// Nothing is reserved ahead: a count out of thin air ends where the bytes end.
    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = u16::from_be_bytes(self.array()?);
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(item(self)?);
        }
        Some(items)
    }

    fn record(&mut self) -> Option<(PartitionId, StoredRecord)> {
        if self.array()? != [MAGIC, VERSION] {
            return None;
        }
        let partition = PartitionId(u16::from_be_bytes(self.array()?));
        let record = StoredRecord {
            position: Position(self.u64()?),
            at_ms: self.i64()?,
            appends: self.list(Self::append)?,
            claims: self.list(Self::claim)?,
            command: if self.flag()? { Some(self.command()?) } else { None },
            timers: self.list(Self::timer)?,
        };
        Some((partition, record))
    }

    fn append(&mut self) -> Option<StoredAppend> {
        Some(StoredAppend {
            stream: StreamId(self.array()?),
            first: self.u64()?,
            events: self.list(Self::bytes)?,
        })
    }

    fn holder(&mut self) -> Option<Option<[u8; 16]>> {
        if self.flag()? { self.array().map(Some) } else { Some(None) }
    }

    fn claim(&mut self) -> Option<Claim> {
        Some(Claim { key: ClaimKey(self.array()?), expected: self.holder()?, value: self.holder()? })
    }

    fn command(&mut self) -> Option<CommandEntry> {
        Some(CommandEntry {
            key: CommandKey(self.array()?),
            fingerprint: self.array()?,
            reply: self.bytes()?,
        })
    }

    fn timer(&mut self) -> Option<TimerChange> {
        let arm = self.flag()?;
        let entry = TimerEntry {
            due_ms: self.i64()?,
            stream: StreamId(self.array()?),
            kind: self.byte()?,
            armed_by: self.u64()?,
        };
        Some(if arm { TimerChange::Arm(entry) } else { TimerChange::Disarm(entry) })
    }
}

#[cfg(test)]
mod tests;
