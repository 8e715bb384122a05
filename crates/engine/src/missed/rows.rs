//! What each contact missed, as rows of a table: a cache that never runs ahead of the log.
//!
//! ```text
//! v             -> what the rows mean
//! p partition   -> up to where it was followed
//! c contact     -> what they missed; nobody of whom there is nothing to remember
//! d due contact -> nothing: who is due when, the earliest first
//! ```
//!
//! Integers are big-endian.

use crate::Error;
use domain::missed::Missed;
use domain::{ContactId, Timestamp};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use store::{EventLog, PartitionId, Position, TableWrite};

const TABLE: &str = "missed";
/// What the rows mean; rows of another meaning, or laid out in another way, are thrown away.
const VERSION: &[u8] = &[1, codec::snapshot::MISSED];

const VERSION_KEY: &[u8] = b"v";
const POSITION: u8 = b'p';
const CONTACT: u8 = b'c';
const DUE: u8 = b'd';

/// Up to where each partition was followed; what cannot be read is thrown away with all the rest.
pub(super) fn load(log: &dyn EventLog) -> Result<Vec<Position>, Error> {
    let partitions = log.identity().partitions;
    if let Some(positions) = positions(log, partitions)? {
        return Ok(positions);
    }
    log.tables().clear(TABLE)?;
    log.tables().write(TABLE, &[TableWrite::Put(VERSION_KEY.to_vec(), VERSION.to_vec())])?;
    Ok(vec![Position(0); usize::from(partitions)])
}

/// Whether the rows are there. They are not once one of them could not be read.
pub(super) fn are_whole(log: &dyn EventLog) -> Result<bool, Error> {
    Ok(log.tables().get(TABLE, VERSION_KEY)?.as_deref() == Some(VERSION))
}

fn positions(log: &dyn EventLog, partitions: u16) -> Result<Option<Vec<Position>>, Error> {
    if !are_whole(log)? {
        return Ok(None);
    }
    let mut positions = Vec::new();
    for partition in (0..partitions).map(PartitionId) {
        let bytes = log.tables().get(TABLE, &position_key(partition))?.unwrap_or_else(|| vec![0; 8]);
        let Ok(bytes) = bytes.try_into() else { return Ok(None) };
        let position = Position(u64::from_be_bytes(bytes));
        // Rows of a log that was longer: of another store, or of one whose end was lost.
        if position > log.head(partition) {
            return Ok(None);
        }
        positions.push(position);
    }
    Ok(Some(positions))
}

/// Who is due, the earliest first; at most `limit`.
pub(super) fn due(
    log: &dyn EventLog,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<(ContactId, Missed)>, Error> {
    let mut found = Vec::new();
    for (key, _) in log.tables().scan(TABLE, &[DUE], None, limit)? {
        let Some((due, contact)) = due_of(&key) else { continue };
        if due > now {
            break;
        }
        found.push((contact, read(log, contact)?));
    }
    Ok(found)
}

/// When anybody is due next.
pub(super) fn next_due(log: &dyn EventLog) -> Result<Option<Timestamp>, Error> {
    let first = log.tables().scan(TABLE, &[DUE], None, 1)?.pop();
    Ok(first.and_then(|(key, _)| due_of(&key)).map(|(due, _)| due))
}

/// Has somebody due at another time than the facts say.
pub(super) fn put(log: &dyn EventLog, contact: ContactId, missed: Missed) -> Result<(), Error> {
    let mut rows = Rows::over(log);
    rows.edit(contact, |row| *row = missed)?;
    Ok(log.tables().write(TABLE, &rows.writes())?)
}

/// Rows on their way.
pub(super) struct Rows<'a> {
    log: &'a dyn EventLog,
    /// As they were, and as they are.
    rows: BTreeMap<ContactId, (Missed, Missed)>,
}

impl<'a> Rows<'a> {
    pub(super) const fn over(log: &'a dyn EventLog) -> Self {
        Self { log, rows: BTreeMap::new() }
    }

    pub(super) fn edit(&mut self, contact: ContactId, edit: impl FnOnce(&mut Missed)) -> Result<(), Error> {
        let (_, row) = match self.rows.entry(contact) {
            Entry::Occupied(row) => row.into_mut(),
            Entry::Vacant(place) => {
                let row = read(self.log, contact)?;
                place.insert((row.clone(), row))
            }
        };
        edit(row);
        Ok(())
    }

    /// Writes down what changed, and up to where it was followed; the latter alone only if that `is_row_due`. Whether
    /// anything was written.
    pub(super) fn write(
        self,
        partition: PartitionId,
        followed: Position,
        is_row_due: bool,
    ) -> Result<bool, Error> {
        let log = self.log;
        let mut writes = self.writes();
        // Facts that change nothing may be folded again, and change nothing again.
        if writes.is_empty() && !is_row_due {
            return Ok(false);
        }
        writes.push(TableWrite::Put(position_key(partition), followed.0.to_be_bytes().to_vec()));
        log.tables().write(TABLE, &writes)?;
        Ok(true)
    }

    fn writes(self) -> Vec<TableWrite> {
        let mut writes = Vec::new();
        for (contact, (before, now)) in self.rows {
            let is_kept = !now.is_nothing();
            if before == now || (before.is_nothing() && !is_kept) {
                continue;
            }
            let (was_due, due) = (before.due(), now.due().filter(|_| is_kept));
            if was_due != due {
                writes.extend(was_due.map(|due| TableWrite::Delete(due_key(due, contact))));
                writes.extend(due.map(|due| TableWrite::Put(due_key(due, contact), Vec::new())));
            }
            let key = contact_key(contact);
            writes.push(match is_kept {
                true => TableWrite::Put(key, codec::snapshot::encode_missed(&now)),
                false => TableWrite::Delete(key),
            });
        }
        writes
    }
}

/// A row that cannot be read has all of them thrown away: what it said stands in the log.
fn read(log: &dyn EventLog, contact: ContactId) -> Result<Missed, Error> {
    let Some(row) = log.tables().get(TABLE, &contact_key(contact))? else { return Ok(Missed::default()) };
    match codec::snapshot::decode_missed(&row) {
        Ok(missed) => Ok(missed),
        Err(error) => {
            tracing::error!(%error, %contact, "what a contact missed cannot be read; it is folded anew for everybody");
            log.tables().clear(TABLE)?;
            Err(error.into())
        }
    }
}

fn position_key(partition: PartitionId) -> Vec<u8> {
    [&[POSITION][..], &partition.0.to_be_bytes()].concat()
}

fn contact_key(contact: ContactId) -> Vec<u8> {
    [&[CONTACT][..], &contact.0].concat()
}

/// Nothing is due before the epoch.
fn due_key(due: Timestamp, contact: ContactId) -> Vec<u8> {
    [&[DUE][..], &due.0.max(0).unsigned_abs().to_be_bytes(), &contact.0].concat()
}

fn due_of(key: &[u8]) -> Option<(Timestamp, ContactId)> {
    let (due, contact) = key.get(1..)?.split_first_chunk::<8>()?;
    let due = i64::try_from(u64::from_be_bytes(*due)).ok()?;
    Some((Timestamp(due), ContactId(contact.try_into().ok()?)))
}
