//! Some records of one partition on their way into the table: all that they change is one write.

use super::keys::{self, Indexes, Range};
use super::{Row, TABLE, fold, row};
use crate::{Error, Histories};
use domain::{ConversationId, Event};
use std::collections::{BTreeMap, BTreeSet};
use store::{Identity, PartitionId, Position, StoredRecord, TableWrite, Tables};

/// What became of the rows so far, in memory.
pub(super) struct Batch<'a> {
    tables: &'a dyn Tables,
    partition: PartitionId,
    consumed: Position,
    rows: BTreeMap<ConversationId, Change>,
    histories: Histories<'a>,
}

struct Change {
    before: Option<Row>,
    after: Option<Row>,
}

impl<'a> Batch<'a> {
    /// An empty batch that goes on from a position.
    pub(super) fn new(
        tables: &'a dyn Tables,
        identity: &Identity,
        partition: PartitionId,
        consumed: Position,
    ) -> Self {
        let histories = Histories::over(tables, identity);
        Self { tables, partition, consumed, rows: BTreeMap::new(), histories }
    }

    /// The position up to which it has folded.
    pub(super) const fn consumed(&self) -> Position {
        self.consumed
    }

    /// Folds a record, wholly or, if there is an error, not at all. One that was folded before is left out.
    pub(super) fn add(&mut self, record: &StoredRecord) -> Result<(), Error> {
        if record.position <= self.consumed {
            return Ok(());
        }
        let next = Position(self.consumed.0 + 1);
        if record.position != next {
            return Err(self.damaged(next, "the record is missing".to_owned()));
        }
        let mut facts = Vec::new();
        for append in &record.appends {
            for (bytes, version) in append.events.iter().zip(append.first..) {
                let unreadable = |error: codec::Error| self.damaged(next, error.to_string());
                let codec::Envelope { at, cause: _, event } = codec::decode(bytes).map_err(unreadable)?;
                match event {
                    Event::Conversation(_) => {
                        self.load(ConversationId::from_bytes(append.stream.0))?;
                        facts.push((append.stream.0, version, at, event));
                    }
                    Event::Contact(_) => facts.push((append.stream.0, version, at, event)),
                    Event::Configuration(_) | Event::Router(_) | Event::Engine(_) | Event::Directory(_) => {}
                }
            }
        }
        let added = facts
            .iter()
            .try_for_each(|(stream, version, _, event)| self.histories.add(*stream, *version, event));
        if let Err(error) = added.and_then(|()| self.histories.keep()) {
            self.histories.forget();
            return Err(error);
        }
        for (stream, _, at, event) in facts {
            let Event::Conversation(event) = event else { continue };
            let id = ConversationId::from_bytes(stream);
            let Some(change) = self.rows.get_mut(&id) else { continue };
            change.after = fold(change.after.take(), id, at, &event);
        }
        self.consumed = next;
        Ok(())
    }

    fn load(&mut self, id: ConversationId) -> Result<(), Error> {
        if !self.rows.contains_key(&id) {
            let value = self.tables.get(TABLE, &Range::rows().key(id))?;
            let before = value.map(|value| row::decode(id, &value)).transpose()?;
            self.rows.insert(id, Change { after: before.clone(), before });
        }
        Ok(())
    }

    fn damaged(&self, position: Position, what: String) -> Error {
        Error::Damaged { partition: self.partition, position, what }
    }

    /// The rows as they are now, their index entries, and with them the position: a crash has all of it or
    /// nothing.
    pub(super) fn into_writes(self, indexes: &Indexes) -> Result<Vec<TableWrite>, Error> {
        let consumed = self.consumed.0.to_be_bytes().to_vec();
        let mut writes = vec![TableWrite::Put(keys::position(self.partition), consumed)];
        for (id, Change { before, after }) in self.rows {
            // Nothing that is folded takes a row away again, so there is nothing to remove but index entries.
            let Some(row) = after.filter(|row| before.as_ref() != Some(row)) else { continue };
            writes.push(TableWrite::Put(Range::rows().key(id), row::encode(&row)?));
            let old: BTreeSet<Range> = before.iter().flat_map(|row| indexes.of(row)).collect();
            let new: BTreeSet<Range> = indexes.of(&row).into_iter().collect();
            writes.extend(old.difference(&new).map(|range| TableWrite::Delete(range.key(id))));
            writes.extend(new.difference(&old).map(|range| TableWrite::Put(range.key(id), Vec::new())));
        }
        writes.extend(self.histories.into_writes());
        Ok(writes)
    }
}
