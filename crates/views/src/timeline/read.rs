//! Reads timelines: somebody's facts from a place on, and what is known of a conversation.

use super::{Audience, Fact, Place, Scene, TABLE, Timeline, keys, scene};
use crate::Error;
use domain::{ContactId, ConversationId, Event};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{PartitionId, Position, StreamId};

/// The most conversations of one contact that are looked at as not over.
const OPEN_MAX: usize = 64;

/// Some facts of one partition, in order.
#[derive(Clone, Debug)]
pub struct Page {
    /// The facts.
    pub facts: Vec<Fact>,
    /// From where to go on reading.
    pub next: Place,
    /// Whether there may be more at once.
    pub more: bool,
}

impl Timeline {
    /// What somebody gets to see in a partition from `from` on, the place itself included: at most `limit` facts, and for
    /// everybody's timeline the facts of at most `limit` records. Nothing that is not folded in yet.
    ///
    /// # Errors
    /// [`Error`].
    pub fn page(
        &self,
        audience: &Audience,
        partition: u16,
        from: Place,
        limit: usize,
    ) -> Result<Page, Error> {
        let partition = PartitionId(partition);
        let from = match audience {
            Audience::Contact(contact) => from.max(self.beginning(*contact, partition)?),
            Audience::Agent(_) | Audience::All => from,
        };
        match self.hasher.timeline(audience, partition) {
            Some(prefix) => self.indexed(audience, partition, &prefix, from, limit),
            None => self.everything(partition, from, limit),
        }
    }

    /// What is known of a conversation; `None` if nothing is folded in of it.
    ///
    /// # Errors
    /// [`Error`].
    pub fn scene(&self, id: ConversationId) -> Result<Option<Scene>, Error> {
        let value = self.log.tables().get(TABLE, &keys::scene(id))?;
        value.map(|value| scene::decode(&value)).transpose()
    }

    /// The contact's conversations that are not over.
    ///
    /// # Errors
    /// [`Error`].
    pub fn open_of(&self, contact: ContactId) -> Result<Vec<ConversationId>, Error> {
        let rows = self.log.tables().scan(TABLE, &keys::open(contact), None, OPEN_MAX)?;
        let id = |(key, _): (Vec<u8>, Vec<u8>)| {
            let (_, id) = key.split_last_chunk::<16>().ok_or(Error::Row)?;
            Ok(ConversationId::from_bytes(*id))
        };
        rows.into_iter().map(id).collect()
    }

    /// From where on a contact's facts are for whoever has their place now; the beginning of the partition unless they
    /// have it from somebody else.
    fn beginning(&self, contact: ContactId, partition: PartitionId) -> Result<Place, Error> {
        let key = keys::beginning(contact, partition);
        let Some(place) = self.log.tables().get(TABLE, &key)? else { return Ok(Place::default()) };
        keys::place(&place).ok_or(Error::Row)
    }

    fn indexed(
        &self,
        audience: &Audience,
        partition: PartitionId,
        prefix: &[u8],
        from: Place,
        limit: usize,
    ) -> Result<Page, Error> {
        let after = before(from).map(|place| keys::with_place(prefix, place));
        let rows = self.log.tables().scan(TABLE, prefix, after.as_deref(), limit)?;
        let more = rows.len() == limit;
        let mut scenes = BTreeMap::new();
        let (mut facts, mut next) = (Vec::new(), from);
        for (key, value) in rows {
            let place = keys::place(&key).ok_or(Error::Row)?;
            next = Place { ordinal: place.ordinal.saturating_add(1), ..place };
            let (id, rest) = value.split_first_chunk::<16>().ok_or(Error::Row)?;
            let (version, name) = rest.split_first_chunk::<8>().ok_or(Error::Row)?;
            let mut agents = Vec::new();
            if let Audience::Agent(agent) = audience {
                if agent.as_str().as_bytes() != name {
                    continue;
                }
                agents.push(agent.clone());
            }
            let (id, version) = (ConversationId::from_bytes(*id), u64::from_be_bytes(*version));
            let Some(scene) = self.cached_scene(&mut scenes, id)? else { return Err(Error::Row) };
            let stored = self.log.read_stream(StreamId(id.to_bytes()), version.saturating_sub(1), 1)?;
            let damaged = |what: &str| Error::Damaged {
                partition,
                position: Position(place.position),
                what: what.to_owned(),
            };
            let stored = stored.first().ok_or_else(|| damaged("an event is missing"))?;
            let envelope = codec::decode(&stored.bytes).map_err(|error| damaged(&error.to_string()))?;
            facts.push(Fact {
                partition: partition.0,
                place,
                conversation: id,
                version,
                envelope,
                scene,
                agents,
            });
        }
        Ok(Page { facts, next, more })
    }

    fn everything(&self, partition: PartitionId, from: Place, limit: usize) -> Result<Page, Error> {
        let consumed = self.consumed().get(usize::from(partition.0)).copied().unwrap_or_default();
        let after = Position(from.position.saturating_sub(1));
        let left = usize::try_from(consumed.saturating_sub(after.0)).unwrap_or(usize::MAX);
        let records = self.log.read_partition(partition, after, left.min(limit))?;
        let more = left > limit;
        let mut scenes = BTreeMap::new();
        let (mut facts, mut next) = (Vec::new(), from);
        for record in records {
            let position = record.position;
            let mut ordinal = 0;
            for append in record.appends {
                for (version, bytes) in (append.first..).zip(append.events) {
                    let place = Place { position: position.0, ordinal };
                    ordinal += 1;
                    let envelope = codec::decode(&bytes).map_err(|error| Error::Damaged {
                        partition,
                        position,
                        what: error.to_string(),
                    })?;
                    if place < from || !matches!(envelope.event, Event::Conversation(_)) {
                        continue;
                    }
                    let id = ConversationId::from_bytes(append.stream.0);
                    let Some(scene) = self.cached_scene(&mut scenes, id)? else { return Err(Error::Row) };
                    let (conversation, agents) = (id, Vec::new());
                    facts.push(Fact {
                        partition: partition.0,
                        place,
                        conversation,
                        version,
                        envelope,
                        scene,
                        agents,
                    });
                }
            }
            next = Place { position: position.0 + 1, ordinal: 0 };
        }
        Ok(Page { facts, next, more })
    }

    fn cached_scene(
        &self,
        scenes: &mut BTreeMap<ConversationId, Option<Arc<Scene>>>,
        id: ConversationId,
    ) -> Result<Option<Arc<Scene>>, Error> {
        if let Some(known) = scenes.get(&id) {
            return Ok(known.clone());
        }
        let found = self.scene(id)?.map(Arc::new);
        scenes.insert(id, found.clone());
        Ok(found)
    }
}

/// The place right before another, of which the first has none.
fn before(place: Place) -> Option<Place> {
    match place.ordinal.checked_sub(1) {
        Some(ordinal) => Some(Place { ordinal, ..place }),
        None => place.position.checked_sub(1).map(|position| Place { position, ordinal: u32::MAX }),
    }
}
