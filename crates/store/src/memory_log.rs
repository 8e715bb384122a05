//! The reference: the contract in its plainest form, for tests and rehearsals. What it holds dies with it.

use crate::{
    ClaimKey, CommandKey, Error, EventLog, Identity, Outcome, PartitionId, Position, Record, Refusal, Row,
    Snapshot, StoredCommand, StoredEvent, StoredRecord, StreamId, TableWrite, Tables, TimerChange,
    TimerEntry, Version, shape,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// An [`EventLog`] in memory. Every call is one critical section, so it has no order of things to get wrong.
#[derive(Debug)]
pub struct MemoryLog {
    identity: Identity,
    state: Mutex<State>,
    tables: MemoryTables,
}

#[derive(Debug, Default)]
struct State {
    partitions: Vec<Vec<StoredRecord>>,
    streams: BTreeMap<StreamId, Vec<StoredEvent>>,
    claims: BTreeMap<ClaimKey, [u8; 16]>,
    commands: BTreeMap<CommandKey, StoredCommand>,
    timers: BTreeMap<PartitionId, BTreeSet<TimerEntry>>,
    snapshots: BTreeMap<StreamId, Snapshot>,
    latest_ms: Option<i64>,
}

impl MemoryLog {
    /// An empty log that is what `identity` says.
    pub fn new(identity: Identity) -> Self {
        let partitions = vec![Vec::new(); usize::from(identity.partitions)];
        let state = Mutex::new(State { partitions, ..State::default() });
        Self { identity, state, tables: MemoryTables::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn version(&self, stream: StreamId) -> Version {
        self.streams.get(&stream).and_then(|events| events.last()).map_or(0, |event| event.version)
    }

    fn write(&mut self, record: &Record) -> Outcome {
        let known =
            record.command.as_ref().and_then(|command| Some((command, self.commands.get(&command.key)?)));
        if let Some((command, known)) = known {
            return if known.fingerprint == command.fingerprint {
                Outcome::Duplicate(known.clone())
            } else {
                Outcome::Refused(Refusal::CommandReused)
            };
        }
        for append in &record.appends {
            let (stream, expected, actual) = (append.stream, append.expected, self.version(append.stream));
            if expected != actual {
                return Outcome::Refused(Refusal::Version { stream, expected, actual });
            }
        }
        for claim in &record.claims {
            let actual = self.claims.get(&claim.key).copied();
            if claim.expected != actual {
                return Outcome::Refused(Refusal::Claim { key: claim.key, actual });
            }
        }
        Outcome::Stored(self.store(record))
    }

    fn store(&mut self, record: &Record) -> Position {
        let partition = &mut self.partitions[usize::from(record.partition.0)];
        let position = Position(partition.last().map_or(0, |newest| newest.position.0) + 1);
        partition.push(shape::stored(position, record));
        for append in &record.appends {
            let events = append.events.iter().zip(append.expected + 1..).map(|(bytes, version)| {
                StoredEvent { version, position, at_ms: record.at_ms, bytes: bytes.clone() }
            });
            self.streams.entry(append.stream).or_default().extend(events);
        }
        for claim in &record.claims {
            match claim.value {
                Some(holder) => self.claims.insert(claim.key, holder),
                None => self.claims.remove(&claim.key),
            };
        }
        if let Some(command) = record.command.clone() {
            let (fingerprint, reply) = (command.fingerprint, command.reply);
            let stored = StoredCommand { position, partition: record.partition, fingerprint, reply };
            self.commands.insert(command.key, stored);
        }
        let timers = self.timers.entry(record.partition).or_default();
        for change in &record.timers {
            match change {
                TimerChange::Arm(entry) => timers.insert(*entry),
                TimerChange::Disarm(entry) => timers.remove(entry),
            };
        }
        self.latest_ms = self.latest_ms.max(Some(record.at_ms));
        position
    }
}

/// Versions and positions count from 1, so what comes after one of them starts at the index of the same number.
fn index(after: u64) -> usize {
    usize::try_from(after).unwrap_or(usize::MAX)
}

/// The items after a key; the shape of every read that pages.
fn page<K: Ord + Copy, V: Clone>(map: &BTreeMap<K, V>, after: Option<K>, limit: usize) -> Vec<(K, V)> {
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    map.range((start, Bound::Unbounded)).take(limit).map(|(key, value)| (*key, value.clone())).collect()
}

impl EventLog for MemoryLog {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn commit(&self, records: &[Record]) -> Result<Vec<Outcome>, Error> {
        shape::check(&self.identity, records)?;
        let mut state = self.state();
        Ok(records.iter().map(|record| state.write(record)).collect())
    }

    fn head(&self, partition: PartitionId) -> Position {
        let state = self.state();
        let records = state.partitions.get(usize::from(partition.0));
        records.and_then(|records| records.last()).map_or(Position(0), |newest| newest.position)
    }

    fn latest_ms(&self) -> Option<i64> {
        self.state().latest_ms
    }

    fn mark(&self, at_ms: i64) -> Result<(), Error> {
        let mut state = self.state();
        state.latest_ms = state.latest_ms.max(Some(at_ms));
        Ok(())
    }

    fn version(&self, stream: StreamId) -> Result<Version, Error> {
        Ok(self.state().version(stream))
    }

    fn read_stream(&self, stream: StreamId, after: Version, limit: usize) -> Result<Vec<StoredEvent>, Error> {
        let state = self.state();
        let events = state.streams.get(&stream).into_iter().flatten();
        Ok(events.skip(index(after)).take(limit).cloned().collect())
    }

    fn read_partition(
        &self,
        partition: PartitionId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, Error> {
        let state = self.state();
        let records = state.partitions.get(usize::from(partition.0)).into_iter().flatten();
        Ok(records.skip(index(after.0)).take(limit).cloned().collect())
    }

    fn claim(&self, key: ClaimKey) -> Result<Option<[u8; 16]>, Error> {
        Ok(self.state().claims.get(&key).copied())
    }

    fn claims(&self, after: Option<ClaimKey>, limit: usize) -> Result<Vec<(ClaimKey, [u8; 16])>, Error> {
        Ok(page(&self.state().claims, after, limit))
    }

    fn command(&self, key: CommandKey) -> Result<Option<StoredCommand>, Error> {
        Ok(self.state().commands.get(&key).cloned())
    }

    fn commands(
        &self,
        after: Option<CommandKey>,
        limit: usize,
    ) -> Result<Vec<(CommandKey, StoredCommand)>, Error> {
        Ok(page(&self.state().commands, after, limit))
    }

    fn timers(
        &self,
        partition: PartitionId,
        after: Option<TimerEntry>,
        limit: usize,
    ) -> Result<Vec<TimerEntry>, Error> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let state = self.state();
        let Some(timers) = state.timers.get(&partition) else { return Ok(Vec::new()) };
        Ok(timers.range((start, Bound::Unbounded)).take(limit).copied().collect())
    }

    fn drop_timer(&self, partition: PartitionId, entry: TimerEntry) -> Result<(), Error> {
        self.state().timers.entry(partition).or_default().remove(&entry);
        Ok(())
    }

    fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, Error> {
        Ok(self.state().snapshots.get(&stream).cloned())
    }

    fn put_snapshot(&self, stream: StreamId, snapshot: &Snapshot) -> Result<(), Error> {
        shape::check_value(&snapshot.bytes)?;
        self.state().snapshots.insert(stream, snapshot.clone());
        Ok(())
    }

    fn snapshots(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<(StreamId, Snapshot)>, Error> {
        Ok(page(&self.state().snapshots, after, limit))
    }

    fn tables(&self) -> &dyn Tables {
        &self.tables
    }

    fn checkpoint(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// The rows of one table.
type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Debug, Default)]
struct MemoryTables(Mutex<BTreeMap<String, Rows>>);

impl MemoryTables {
    fn with<T>(&self, table: &str, work: impl FnOnce(&mut Rows) -> T) -> T {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(tables.entry(table.to_owned()).or_default())
    }
}

impl Tables for MemoryTables {
    fn get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.with(table, |rows| rows.get(key).cloned()))
    }

    fn scan(
        &self,
        table: &str,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, Error> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        Ok(self.with(table, |rows| {
            let rows = rows.range::<[u8], _>((start, Bound::Unbounded));
            let rows = rows.take_while(|(key, _)| key.starts_with(prefix)).take(limit);
            rows.map(|(key, value)| (key.clone(), value.clone())).collect()
        }))
    }

    fn write(&self, table: &str, writes: &[TableWrite]) -> Result<(), Error> {
        for write in writes {
            match write {
                TableWrite::Put(key, value) => shape::check_row(key, value)?,
                TableWrite::Delete(key) => shape::check_row(key, &[])?,
            }
        }
        self.with(table, |rows| {
            for write in writes {
                match write {
                    TableWrite::Put(key, value) => drop(rows.insert(key.clone(), value.clone())),
                    TableWrite::Delete(key) => drop(rows.remove(key)),
                }
            }
        });
        Ok(())
    }

    fn clear(&self, table: &str) -> Result<(), Error> {
        self.with(table, Rows::clear);
        Ok(())
    }
}
