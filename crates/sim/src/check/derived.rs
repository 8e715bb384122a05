//! What is kept beside the records must say the same as they do: streams, timers, claims, snapshots, loaded state.

use super::{Broken, Census, holds, read};
use domain::conversation::ClosedState;
use domain::{ConversationId, Event};
use engine::keys::{contact_stream, conversation_stream};
use engine::{Keys, derived, load};
use std::collections::{BTreeMap, BTreeSet};
use store::{ClaimKey, EventLog, PartitionId, Snapshot, TimerEntry};

impl Census {
    /// L2: each stream by itself holds what the records say.
    pub(super) fn check_streams(&self, log: &dyn EventLog) -> Result<(), Broken> {
        for (_, record) in &self.records {
            for append in &record.appends {
                let stored = read(log.read_stream(append.stream, append.first - 1, append.events.len()))?;
                let same = stored.iter().map(|event| &event.bytes).eq(&append.events)
                    && stored.iter().all(|event| event.position == record.position);
                holds("L2", same, || format!("a stream tells another story at {:?}", record.position))?;
            }
        }
        for (stream, version) in &self.versions {
            let found = read(log.version(*stream))?;
            holds("L2", found == *version, || format!("a stream of {version} events says {found}"))?;
        }
        Ok(())
    }

    /// T2: the index holds exactly the timers of all conversations and windows.
    pub(super) fn check_timers(&self, log: &dyn EventLog) -> Result<(), Broken> {
        let mut expected: BTreeMap<PartitionId, BTreeSet<TimerEntry>> = BTreeMap::new();
        for (id, state) in &self.conversations {
            let entries = derived::timer_entries(*id, Some(state));
            expected.entry(PartitionId(id.partition())).or_default().extend(entries);
        }
        let keys = Keys::new(log.identity());
        for (id, state) in &self.contacts {
            let entries = derived::window_entries(*id, Some(state));
            expected.entry(PartitionId(keys.partition(*id))).or_default().extend(entries);
        }
        for number in 0..log.identity().partitions {
            let partition = PartitionId(number);
            let found: BTreeSet<TimerEntry> =
                read(log.timers(partition, None, usize::MAX))?.into_iter().collect();
            let expected = expected.remove(&partition).unwrap_or_default();
            holds("T2", found == expected, || {
                format!("the index of {partition:?} differs in {:?}", found.symmetric_difference(&expected))
            })?;
        }
        Ok(())
    }

    /// C2: open conversations, what their contacts hold active, and the claims are the same.
    pub(super) fn check_claims(&self, log: &dyn EventLog) -> Result<(), Broken> {
        let keys = Keys::new(log.identity());
        let mut open: BTreeMap<ClaimKey, ConversationId> = BTreeMap::new();
        for (id, state) in self.conversations.iter().filter(|(_, state)| !state.is_closed()) {
            let other = open.insert(keys.pair(state.contact, &state.company), *id);
            holds("C2", other.is_none(), || format!("{id} and {other:?} are open for one pair"))?;
        }
        let mut active: BTreeMap<ClaimKey, ConversationId> = BTreeMap::new();
        for (id, contact) in &self.contacts {
            active.extend(
                contact.active.iter().map(|(company, conversation)| (keys.pair(*id, company), *conversation)),
            );
        }
        holds("C2", active == open, || format!("contacts hold {active:?} active, open are {open:?}"))?;
        let claims: BTreeMap<ClaimKey, ConversationId> = read(log.claims(None, usize::MAX))?
            .into_iter()
            .map(|(key, holder)| (key, ConversationId::from_bytes(holder)))
            .collect();
        holds("C2", claims == open, || format!("the claims are {claims:?}, open are {open:?}"))
    }

    /// L4: a snapshot is the fold of its stream up to its version.
    pub(super) fn check_snapshots(&self, log: &dyn EventLog) -> Result<(), Broken> {
        let unreadable = |error: codec::Error| ("L4", error.to_string());
        for (stream, Snapshot { version, bytes }) in read(log.snapshots(None, usize::MAX))? {
            let limit = usize::try_from(version).unwrap_or(usize::MAX);
            let (mut contact, mut conversation) = (None, None);
            for stored in read(log.read_stream(stream, 0, limit))? {
                let envelope = codec::decode(&stored.bytes).map_err(unreadable)?;
                match &envelope.event {
                    Event::Contact(event) => {
                        contact = domain::contact::evolve(contact, envelope.at, event);
                    }
                    Event::Conversation(event) => {
                        conversation = domain::conversation::evolve(conversation, envelope.at, event);
                    }
                    Event::Configuration(_) | Event::Router(_) | Event::Engine(_) | Event::Directory(_) => {}
                }
            }
            let same = if conversation.is_some() {
                conversation == Some(codec::snapshot::decode_conversation(&bytes).map_err(unreadable)?)
            } else {
                contact == Some(codec::snapshot::decode_contact(&bytes).map_err(unreadable)?)
            };
            holds("L4", same, || {
                let of = conversation.map_or("a contact".to_owned(), |of| format!("{:?}", of.opened));
                format!("the snapshot at version {version} of {of} is not its fold")
            })?;
        }
        Ok(())
    }

    /// L4: what an actor would load is the fold of the whole log. What is faulted is not folded, because folding it
    /// may be what fails; there only the end has to be the same.
    pub(super) fn check_loading(&self, log: &dyn EventLog) -> Result<(), Broken> {
        for (id, state) in &self.conversations {
            let loaded = load::conversation(log, *id).map_err(|error| ("L4", error.to_string()))?;
            let faulted = state.closing.is_some_and(|(closed, _)| closed == ClosedState::Faulted);
            let same = match &loaded.state {
                Some(loaded) if faulted => {
                    (loaded.lifecycle, loaded.closing) == (state.lifecycle, state.closing)
                }
                found => found.as_ref() == Some(state),
            };
            holds("L4", same, || format!("{id} loads as {loaded:?}"))?;
            let version = self.versions.get(&conversation_stream(*id)).copied();
            holds("L4", Some(loaded.version) == version, || format!("{id} loads as {}", loaded.version))?;
        }
        for (id, state) in &self.contacts {
            let loaded = load::contact(log, *id).map_err(|error| ("L4", error.to_string()))?;
            holds("L4", loaded.state.as_ref() == Some(state), || {
                format!("contact {id} loads as {loaded:?}")
            })?;
            let version = self.versions.get(&contact_stream(*id)).copied();
            holds("L4", Some(loaded.version) == version, || format!("{id} loads as {}", loaded.version))?;
        }
        Ok(())
    }
}
