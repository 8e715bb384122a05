//! Rebuilds everything from the log and compares it with what is kept beside it (`L3`, `L4`, `T2`, `C2`, `L6`), and holds
//! the router's facts against its rules (`R1`, `R2`, `C3`).

mod agreement;
mod indexes;
mod router;
#[cfg(test)]
mod tests;

use crate::{Error, World};
use domain::conversation::{ClosedState, ConversationEvent};
use domain::router::RouterEvent;
use domain::{ContactId, ConversationId, Event, Timestamp};
use engine::keys::conversation_stream;
use engine::{Keys, derived};
use router::RouterCheck;
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
    /// Rows of requesters' histories compared.
    pub history_rows: u64,
    /// Rows of the directory's index compared.
    pub directory_rows: u64,
    /// Rows of the router's checkpoint compared.
    pub router_rows: u64,
    /// Work items that are not over.
    pub work_items: u64,
    /// Offers held against the capacity of whoever was asked.
    pub offers: u64,
    /// Conversations that say the same of their agents as the router.
    pub agreed: u64,
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
    checker.compare_router();
    checker.compare_timers()?;
    checker.compare_claims()?;
    checker.compare_commands()?;
    checker.compare_rows(log)?;
    checker.compare_directory();
    let Checker { mut found, world, .. } = checker;
    found.work_items = world.router.items.len() as u64;
    found.contacts = world.contacts.len() as u64;
    found.conversations = world.conversations.len() as u64;
    found.open = world.open();
    found.state_hash = world.hash();
    Ok(found)
}

impl Verification {
    fn differ(&mut self, what: String) {
        self.differences += 1;
        if self.told.len() < TOLD_MAX {
            self.told.push(what);
        }
    }
}

struct Checker<'a> {
    log: &'a dyn EventLog,
    keys: Keys,
    found: Verification,
    world: World,
    versions: BTreeMap<StreamId, u64>,
    rows: BTreeMap<ConversationId, views::Row>,
    histories: views::Histories<'static>,
    claims: BTreeMap<ClaimKey, [u8; 16]>,
    commands: BTreeMap<CommandKey, StoredCommand>,
    /// Those not yet reached by the reading.
    snapshots: BTreeMap<StreamId, Snapshot>,
    /// Their timers may linger in the index until they are found stale.
    faulted: BTreeSet<StreamId>,
    router: RouterCheck<'a>,
    /// Where each conversation last did something that the router takes in.
    said: BTreeMap<ConversationId, Position>,
    /// The last record of each partition.
    heads: BTreeMap<u16, Position>,
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
                    found.differ(format!("the snapshots cannot be read: {error}"));
                    break;
                }
            };
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            snapshots.extend(page);
        }
        found.snapshots = snapshots.len() as u64;
        let router = RouterCheck::new(log, &mut |what| found.differ(what));
        found.router_rows = router.rows();
        Self {
            log,
            keys: Keys::new(log.identity()),
            found,
            world: World::default(),
            versions: BTreeMap::new(),
            rows: BTreeMap::new(),
            histories: views::Histories::new(log.identity()),
            claims: BTreeMap::new(),
            commands: BTreeMap::new(),
            snapshots,
            faulted: BTreeSet::new(),
            router,
            said: BTreeMap::new(),
            heads: BTreeMap::new(),
        }
    }

    fn differ(&mut self, what: String) {
        self.found.differ(what);
    }

    fn read_all(&mut self, mut progress: impl FnMut(u64)) -> Result<(), Error> {
        for partition in (0..self.log.identity().partitions).map(PartitionId) {
            let mut after = Position(0);
            loop {
                let page = self.log.read_partition(partition, after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = last.position;
                self.heads.insert(partition.0, after);
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
            let mut facts = Vec::new();
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
                        self.apply(append.stream, record.position, envelope.at, &envelope.event);
                        self.add_to_histories(append.stream, version, &envelope.event);
                        if let Event::Contact(event) = envelope.event {
                            facts.push(event);
                        }
                    }
                    Err(error) => self.differ(format!("{place}: an event cannot be read: {error}")),
                }
                self.compare_snapshot_at(append.stream, version);
            }
            claims.extend(derived::claims(&self.keys, ContactId(append.stream.0), &facts));
        }
        if let Err(error) = self.histories.keep() {
            self.differ(format!("{place}: it fits no history: {error}"));
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

    fn add_to_histories(&mut self, stream: StreamId, version: u64, event: &Event) {
        if let Err(error) = self.histories.add(stream.0, version, event) {
            self.differ(format!("stream {:02x?}: version {version} fits no history: {error}", stream.0));
        }
    }

    fn apply(&mut self, stream: StreamId, position: Position, at: Timestamp, event: &Event) {
        if let Event::Router(event) = event {
            return self.apply_router(at, event);
        }
        if let Event::Conversation(event) = event {
            let id = ConversationId::from_bytes(stream.0);
            let closed =
                self.world.conversations.get(&id).is_some_and(domain::conversation::Conversation::is_closed);
            // What became of what was said before is added after the end too.
            if closed && event.settles().is_none() {
                self.differ(format!("conversation {id}: something happened after it was closed (C1)"));
            }
            if matches!(event, ConversationEvent::Closed { state: ClosedState::Faulted, .. }) {
                self.faulted.insert(stream);
            }
            if agreement::matters(event) {
                self.said.insert(id, position);
            }
            if let Some(row) = views::fold(self.rows.remove(&id), id, at, event) {
                self.rows.insert(id, row);
            }
        }
        self.world.apply(stream, at, event);
    }

    fn apply_router(&mut self, at: Timestamp, event: &RouterEvent) {
        let Self { router, world, found, .. } = self;
        found.offers += u64::from(matches!(event, RouterEvent::Offered { .. }));
        router.before(&world.router, at, event, &mut |what| found.differ(what));
        world.router.apply(at, event);
        router.after(&world.router, event, &mut |what| found.differ(what));
    }

    fn compare_router(&mut self) {
        let Self { router, world, found, faulted, said, heads, .. } = self;
        router.finish(&mut |what| found.differ(what));
        let taken_in = &world.router.taken_in;
        for (partition, position) in taken_in {
            if heads.get(partition).is_none_or(|head| head.0 < *position) {
                found.differ(format!("partition {partition}: the router has taken in more than there is"));
            }
        }
        agreement::places(&world.router).into_iter().for_each(|what| found.differ(what));
        let heard = |id: ConversationId| {
            let taken_in = taken_in.get(&id.partition()).copied().unwrap_or(0);
            let faulted = faulted.contains(&conversation_stream(id));
            !faulted && said.get(&id).is_some_and(|position| position.0 <= taken_in)
        };
        let (agreed, wrong) = agreement::owners(world, heard);
        found.agreed = agreed;
        wrong.into_iter().for_each(|what| found.differ(what));
    }

    /// A snapshot has to be what the events up to its version give. Of a conversation that faulted it need not be: it
    /// was not folded. One that an older program wrote has another format, and is thrown away by whoever reads it.
    fn compare_snapshot_at(&mut self, stream: StreamId, version: u64) {
        if self.snapshots.get(&stream).is_some_and(|snapshot| snapshot.version == version)
            && let Some(snapshot) = self.snapshots.remove(&stream)
            && !codec::snapshot::is_outdated(&snapshot.bytes)
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
}
