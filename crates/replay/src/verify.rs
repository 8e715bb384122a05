//! Rebuilds everything from the log and compares it with what is kept beside it (`L3`, `L4`, `T2`, `C2`, `L6`).

use crate::{Error, World};
use domain::conversation::{ClosedState, ConversationEvent};
use domain::{ContactId, ConversationId, Event, Timestamp};
use engine::{Keys, derived};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{
    ClaimKey, CommandKey, EventLog, PartitionId, Position, Snapshot, StoredCommand, StoredRecord, StreamId,
};

/// How many entries are read at a time.
const PAGE: usize = 512;
/// How many differences are told; more are only counted.
const TOLD_MAX: usize = 50;

/// What a verification found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verification {
    /// Records read.
    pub records: u64,
    /// Events read.
    pub events: u64,
    /// Contacts rebuilt.
    pub contacts: u64,
    /// Conversations rebuilt.
    pub conversations: u64,
    /// Of these, not closed.
    pub open: u64,
    /// Snapshots compared.
    pub snapshots: u64,
    /// Armed timers compared.
    pub timers: u64,
    /// Claims compared.
    pub claims: u64,
    /// Command ids compared.
    pub commands: u64,
    /// Rows of the projection compared.
    pub rows: u64,
    /// The hash of all state.
    pub state_hash: String,
    /// How many differences there are; none in a sound store.
    pub differences: u64,
    /// The first of them.
    pub told: Vec<String>,
}

/// Verifies a whole log. `progress` is told how many records have been read.
///
/// # Errors
/// [`Error::Store`] if the log cannot be read to its end; differences are no errors.
pub fn verify(log: &Arc<dyn EventLog>, progress: impl FnMut(u64)) -> Result<Verification, Error> {
    let mut checker = Checker::new(log.as_ref());
    checker.read_all(progress)?;
    checker.compare_snapshots();
    checker.compare_timers()?;
    checker.compare_claims()?;
    checker.compare_commands()?;
    checker.compare_rows(log)?;
    let Checker { mut found, world, .. } = checker;
    found.contacts = world.contacts.len() as u64;
    found.conversations = world.conversations.len() as u64;
    found.open = world.open();
    found.state_hash = world.hash();
    Ok(found)
}

struct Checker<'a> {
    log: &'a dyn EventLog,
    keys: Keys,
    found: Verification,
    world: World,
    versions: BTreeMap<StreamId, u64>,
    rows: BTreeMap<ConversationId, views::Row>,
    claims: BTreeMap<ClaimKey, [u8; 16]>,
    commands: BTreeMap<CommandKey, StoredCommand>,
    /// Those not yet reached by the reading.
    snapshots: BTreeMap<StreamId, Snapshot>,
    /// Their timers may linger in the index until they are found stale.
    faulted: BTreeSet<StreamId>,
}

impl<'a> Checker<'a> {
    fn new(log: &'a dyn EventLog) -> Self {
        let mut snapshots = BTreeMap::new();
        let mut after = None;
        let mut found = Verification::default();
        loop {
            let page = match log.snapshots(after, PAGE) {
                Ok(page) => page,
                // They are caches: what cannot be read is a difference, and no reason not to look at the rest.
                Err(error) => {
                    found.differences += 1;
                    found.told.push(format!("the snapshots cannot be read: {error}"));
                    break;
                }
            };
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            snapshots.extend(page);
        }
        found.snapshots = snapshots.len() as u64;
        Self {
            log,
            keys: Keys::new(log.identity()),
            found,
            world: World::default(),
            versions: BTreeMap::new(),
            rows: BTreeMap::new(),
            claims: BTreeMap::new(),
            commands: BTreeMap::new(),
            snapshots,
            faulted: BTreeSet::new(),
        }
    }

    fn differ(&mut self, what: String) {
        self.found.differences += 1;
        if self.found.told.len() < TOLD_MAX {
            self.found.told.push(what);
        }
    }

    fn read_all(&mut self, mut progress: impl FnMut(u64)) -> Result<(), Error> {
        for partition in (0..self.log.identity().partitions).map(PartitionId) {
            let mut after = Position(0);
            loop {
                let page = self.log.read_partition(partition, after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = last.position;
                page.iter().for_each(|record| self.read(partition, record));
                progress(self.found.records);
            }
        }
        Ok(())
    }

    fn read(&mut self, partition: PartitionId, record: &StoredRecord) {
        self.found.records += 1;
        let place = format!("partition {}, position {}", partition.0, record.position.0);
        let mut claims = Vec::new();
        for append in &record.appends {
            let before = self.versions.get(&append.stream).copied().unwrap_or(0);
            if append.first != before + 1 {
                self.differ(format!("{place}: a stream goes from version {before} to {}", append.first));
            }
            for (index, bytes) in append.events.iter().enumerate() {
                let version = append.first + index as u64;
                self.versions.insert(append.stream, version);
                self.found.events += 1;
                match codec::decode(bytes) {
                    Ok(envelope) => {
                        self.apply(append.stream, envelope.at, &envelope.event);
                        if let Event::Contact(event) = &envelope.event {
                            claims.extend(derived::claim(&self.keys, ContactId(append.stream.0), event));
                        }
                    }
                    Err(error) => self.differ(format!("{place}: an event cannot be read: {error}")),
                }
                self.compare_snapshot_at(append.stream, version);
            }
        }
        if claims != record.claims {
            self.differ(format!("{place}: the claims are not those of the contact's events"));
        }
        for claim in &record.claims {
            if self.claims.get(&claim.key) != claim.expected.as_ref() {
                self.differ(format!("{place}: a claim was taken from a holder that it did not have (C2)"));
            }
            match claim.value {
                Some(holder) => drop(self.claims.insert(claim.key, holder)),
                None => drop(self.claims.remove(&claim.key)),
            }
        }
        if let Some(command) = &record.command {
            let (fingerprint, reply) = (command.fingerprint, command.reply.clone());
            let stored = StoredCommand { position: record.position, partition, fingerprint, reply };
            if self.commands.insert(command.key, stored).is_some() {
                self.differ(format!("{place}: a command was stored twice (L6)"));
            }
        }
    }

    fn apply(&mut self, stream: StreamId, at: Timestamp, event: &Event) {
        if let Event::Conversation(event) = event {
            let id = ConversationId::from_bytes(stream.0);
            if self.world.conversations.get(&id).is_some_and(domain::conversation::Conversation::is_closed) {
                self.differ(format!("conversation {id}: something happened after it was closed (C1)"));
            }
            if matches!(event, ConversationEvent::Closed { state: ClosedState::Faulted, .. }) {
                self.faulted.insert(stream);
            }
            if let Some(row) = views::fold(self.rows.remove(&id), id, at, event) {
                self.rows.insert(id, row);
            }
        }
        self.world.apply(stream, at, event);
    }

    /// A snapshot has to be what the events up to its version give. Of a conversation that faulted it need not be: it
    /// was not folded.
    fn compare_snapshot_at(&mut self, stream: StreamId, version: u64) {
        if self.snapshots.get(&stream).is_some_and(|snapshot| snapshot.version == version)
            && let Some(snapshot) = self.snapshots.remove(&stream)
            && self.world.encoded(stream).is_none_or(|encoded| encoded != snapshot.bytes)
        {
            self.differ(format!("stream {:02x?}: its snapshot is not what its events give", stream.0));
        }
    }

    fn compare_snapshots(&mut self) {
        for (stream, snapshot) in std::mem::take(&mut self.snapshots) {
            let version = snapshot.version;
            self.differ(format!(
                "stream {:02x?}: its snapshot has version {version}, which it has not",
                stream.0
            ));
        }
    }

    fn compare_timers(&mut self) -> Result<(), Error> {
        let partitions = self.log.identity().partitions;
        let mut expected: BTreeMap<u16, BTreeSet<_>> =
            (0..partitions).map(|p| (p, BTreeSet::new())).collect();
        for (id, conversation) in &self.world.conversations {
            let entries = derived::timer_entries(*id, Some(conversation));
            self.found.timers += entries.len() as u64;
            expected.entry(id.partition()).or_default().extend(entries);
        }
        for (partition, mut expected) in expected {
            let mut after = None;
            loop {
                let page = self.log.timers(PartitionId(partition), after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = Some(*last);
                for entry in page {
                    if !expected.remove(&entry) && !self.faulted.contains(&entry.stream) {
                        let id = ConversationId::from_bytes(entry.stream.0);
                        self.differ(format!(
                            "conversation {id}: the index has a timer that the state has not (T2)"
                        ));
                    }
                }
            }
            for entry in expected {
                let id = ConversationId::from_bytes(entry.stream.0);
                self.differ(format!("conversation {id}: a timer is missing in the index (T2)"));
            }
        }
        Ok(())
    }

    fn compare_claims(&mut self) -> Result<(), Error> {
        self.found.claims = self.claims.len() as u64;
        let mut expected = std::mem::take(&mut self.claims);
        let mut after = None;
        loop {
            let page = self.log.claims(after, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (key, holder) in page {
                if expected.remove(&key) != Some(holder) {
                    self.differ(format!("claim {:02x?}: its holder is not the one of the log (C2)", key.0));
                }
            }
        }
        for key in expected.into_keys() {
            self.differ(format!("claim {:02x?}: it is missing (C2)", key.0));
        }
        Ok(())
    }

    fn compare_commands(&mut self) -> Result<(), Error> {
        self.found.commands = self.commands.len() as u64;
        let mut expected = std::mem::take(&mut self.commands);
        let mut after = None;
        loop {
            let page = self.log.commands(after, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (key, stored) in page {
                if expected.remove(&key).as_ref() != Some(&stored) {
                    self.differ(format!("command {:02x?}: it is not what the log says (L6)", key.0));
                }
            }
        }
        for key in expected.into_keys() {
            self.differ(format!("command {:02x?}: it is missing (L6)", key.0));
        }
        Ok(())
    }

    /// The projection may lag behind; it is brought up to date, and then has to be what the events give.
    fn compare_rows(&mut self, log: &Arc<dyn EventLog>) -> Result<(), Error> {
        let projection = views::Conversations::open(Arc::clone(log))?;
        projection.catch_up()?;
        self.found.rows = self.rows.len() as u64;
        let mut expected = std::mem::take(&mut self.rows);
        let mut after = None;
        loop {
            let page = projection.rows(after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for row in page {
                let id = row.id;
                if expected.remove(&id) != Some(row) {
                    self.differ(format!("conversation {id}: its row in the projection is wrong (L4)"));
                }
            }
        }
        for id in expected.into_keys() {
            self.differ(format!("conversation {id}: its row in the projection is missing (L4)"));
        }
        Ok(())
    }
}
