//! Some records of one partition on their way into the table: all that they change is one write, and all that they tell
//! is told after it.

use super::keys::{self, Hasher};
use super::scene::{self, Item};
use super::{Fact, Place, Published, Scene, TABLE};
use crate::Error;
use domain::conversation::ConversationEvent;
use domain::router::RouterEvent;
use domain::routing::WorkItemId;
use domain::{AgentId, ContactId, ConversationId, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{PartitionId, Position, StoredRecord, TableWrite, Tables};

/// The most offers of one conversation that are pending at once.
const OFFERS_MAX: usize = 64;

/// What became of the rows so far, in memory.
pub(super) struct Batch<'a> {
    tables: &'a dyn Tables,
    hasher: &'a Hasher,
    partition: PartitionId,
    consumed: Position,
    scenes: BTreeMap<ConversationId, Option<Arc<Scene>>>,
    items: BTreeMap<WorkItemId, Option<Item>>,
    offers: BTreeMap<ConversationId, BTreeMap<WorkItemId, AgentId>>,
    /// Rows that are added or removed as they come.
    writes: Vec<TableWrite>,
    /// Rows that may change often within a batch, and are written once.
    changed_scenes: BTreeSet<ConversationId>,
    published: Vec<Published>,
}

impl<'a> Batch<'a> {
    /// An empty batch that goes on from a position.
    pub(super) const fn new(
        tables: &'a dyn Tables,
        hasher: &'a Hasher,
        partition: PartitionId,
        consumed: Position,
    ) -> Self {
        Self {
            tables,
            hasher,
            partition,
            consumed,
            scenes: BTreeMap::new(),
            items: BTreeMap::new(),
            offers: BTreeMap::new(),
            writes: Vec::new(),
            changed_scenes: BTreeSet::new(),
            published: Vec::new(),
        }
    }

    /// The position up to which it has folded.
    pub(super) const fn consumed(&self) -> Position {
        self.consumed
    }

    /// Folds a record, wholly or, if it cannot be understood, not at all. One that was folded before is left out.
    pub(super) fn add(&mut self, record: &StoredRecord) -> Result<(), Error> {
        if record.position <= self.consumed {
            return Ok(());
        }
        let next = Position(self.consumed.0 + 1);
        let damaged = |what: String| Error::Damaged { partition: self.partition, position: next, what };
        if record.position != next {
            return Err(damaged("the record is missing".to_owned()));
        }
        let mut facts = Vec::new();
        for append in &record.appends {
            for (version, bytes) in (append.first..).zip(&append.events) {
                let envelope = codec::decode(bytes).map_err(|error| damaged(error.to_string()))?;
                facts.push((append.stream, version, envelope));
            }
        }
        let told = self.published.len();
        for (ordinal, (stream, version, envelope)) in (0..).zip(facts) {
            let place = Place { position: next.0, ordinal };
            match &envelope.event {
                Event::Conversation(_) => {
                    self.conversation(place, ConversationId::from_bytes(stream.0), version, envelope)?;
                }
                Event::Router(event) => self.router(event)?,
                Event::Contact(event) if event.begins_anew() => {
                    let key = keys::beginning(ContactId(stream.0), self.partition);
                    self.writes.push(TableWrite::Put(key, keys::with_place(&[], place)));
                }
                Event::Contact(_) | Event::Configuration(_) | Event::Engine(_) | Event::Directory(_) => {}
            }
        }
        self.consumed = next;
        self.see_as_one(told);
        Ok(())
    }

    /// A record is one moment: what its first fact says is said in the language that its last one teaches, as it is to
    /// whoever reads it later.
    fn see_as_one(&mut self, told: usize) {
        for published in self.published.iter_mut().skip(told) {
            if let Published::Fact(fact) = published
                && let Some(Some(scene)) = self.scenes.get(&fact.conversation)
            {
                fact.scene = Arc::clone(scene);
            }
        }
    }

    /// The rows as they are now and with them the position, and what is to be told.
    pub(super) fn finish(mut self) -> Result<(Vec<TableWrite>, Vec<Published>), Error> {
        let consumed = self.consumed.0.to_be_bytes().to_vec();
        self.writes.push(TableWrite::Put(keys::position(self.partition), consumed));
        for id in &self.changed_scenes {
            if let Some(Some(scene)) = self.scenes.get(id) {
                self.writes.push(TableWrite::Put(keys::scene(*id), scene::encode(scene)?));
            }
        }
        Ok((self.writes, self.published))
    }

    fn conversation(
        &mut self,
        place: Place,
        id: ConversationId,
        version: u64,
        envelope: codec::Envelope,
    ) -> Result<(), Error> {
        let Event::Conversation(event) = &envelope.event else { return Ok(()) };
        let before = self.scene(id)?;
        let Some(after) = scene::fold(before.as_deref().cloned(), event) else { return Ok(()) };
        self.note_openness(id, &after, event);
        let mut agents = after.agents.clone();
        agents.extend(before.iter().flat_map(|before| before.agents.iter().cloned()));
        agents.extend(self.offers(id)?.values().cloned());
        let value = [&id.to_bytes()[..], &version.to_be_bytes()].concat();
        let prefix = self.hasher.of_contact(after.contact, self.partition);
        self.writes.push(TableWrite::Put(keys::with_place(&prefix, place), value.clone()));
        for agent in &agents {
            let prefix = self.hasher.of_agent(agent, self.partition);
            let value = [&value[..], agent.as_str().as_bytes()].concat();
            self.writes.push(TableWrite::Put(keys::with_place(&prefix, place), value));
        }
        let scene = match before {
            Some(before) if *before == after => before,
            Some(_) | None => {
                self.changed_scenes.insert(id);
                let scene = Arc::new(after);
                self.scenes.insert(id, Some(Arc::clone(&scene)));
                scene
            }
        };
        self.published.push(Published::Fact(Box::new(Fact {
            partition: self.partition.0,
            place,
            conversation: id,
            version,
            envelope,
            scene,
            agents: agents.into_iter().collect(),
        })));
        Ok(())
    }

    fn note_openness(&mut self, id: ConversationId, scene: &Scene, event: &ConversationEvent) {
        let key = keys::open_one(scene.contact, id);
        if matches!(event, ConversationEvent::Opened { .. }) {
            self.writes.push(TableWrite::Put(key, Vec::new()));
        } else if matches!(event, ConversationEvent::Closed { .. }) {
            self.writes.push(TableWrite::Delete(key));
        }
    }

    fn router(&mut self, event: &RouterEvent) -> Result<(), Error> {
        match event {
            RouterEvent::ItemCreated { item, subject, .. } => {
                self.put_item(*item, Some(Item { conversation: subject.conversation, agent: None }));
            }
            RouterEvent::Offered { item, offer, .. } => self.asked(*item, &offer.agent, true)?,
            RouterEvent::OfferEnded { item, agent, .. } => {
                self.settled(*item, None)?;
                self.work(agent, None);
            }
            RouterEvent::Accepted { item, agent, .. } => {
                self.settled(*item, Some(agent))?;
                self.work(agent, None);
            }
            RouterEvent::Ended { item, .. } => {
                let agent = self.item(*item)?.and_then(|item| item.agent);
                self.settled(*item, None)?;
                self.put_item(*item, None);
                agent.iter().for_each(|agent| self.work(agent, None));
            }
            RouterEvent::Accepting { item, .. }
            | RouterEvent::HoldChanged { item, .. }
            | RouterEvent::TargetExceeded { item, .. } => {
                let agent = self.item(*item)?.and_then(|item| item.agent);
                agent.iter().for_each(|agent| self.work(agent, None));
            }
            RouterEvent::PresenceChanged { agent, state, connected, .. } => {
                let state = state.as_str().to_owned();
                let (agent, connected) = (agent.clone(), *connected);
                self.published.push(Published::Presence { agent, state, connected });
            }
            RouterEvent::Reconfigured { .. }
            | RouterEvent::TakenIn { .. }
            | RouterEvent::VariablesLearned { .. }
            | RouterEvent::Queued { .. }
            | RouterEvent::Unrouted { .. }
            | RouterEvent::ErrandGiven { .. }
            | RouterEvent::ErrandDone { .. }
            | RouterEvent::AgentSeen { .. } => {}
        }
        Ok(())
    }

    /// An agent is asked for an item.
    fn asked(&mut self, item: WorkItemId, agent: &AgentId, new: bool) -> Result<(), Error> {
        if let Some(Item { conversation, .. }) = self.item(item)? {
            self.put_item(item, Some(Item { conversation, agent: Some(agent.clone()) }));
            self.offers(conversation)?;
            self.offers.entry(conversation).or_default().insert(item, agent.clone());
            let value = agent.as_str().as_bytes().to_vec();
            self.writes.push(TableWrite::Put(keys::offer(conversation, item), value));
        }
        self.work(agent, new.then_some(item));
        Ok(())
    }

    /// Nobody is asked for an item any more, and this agent has it, if any has.
    fn settled(&mut self, item: WorkItemId, agent: Option<&AgentId>) -> Result<(), Error> {
        let Some(Item { conversation, .. }) = self.item(item)? else { return Ok(()) };
        self.put_item(item, Some(Item { conversation, agent: agent.cloned() }));
        if self.offers(conversation)?.contains_key(&item) {
            self.offers.entry(conversation).or_default().remove(&item);
            self.writes.push(TableWrite::Delete(keys::offer(conversation, item)));
        }
        Ok(())
    }

    fn work(&mut self, agent: &AgentId, offered: Option<WorkItemId>) {
        self.published.push(Published::Work { agent: agent.clone(), offered });
    }

    fn scene(&mut self, id: ConversationId) -> Result<Option<Arc<Scene>>, Error> {
        if let Some(known) = self.scenes.get(&id) {
            return Ok(known.clone());
        }
        let value = self.tables.get(TABLE, &keys::scene(id))?;
        let found = value.map(|value| scene::decode(&value)).transpose()?.map(Arc::new);
        self.scenes.insert(id, found.clone());
        Ok(found)
    }

    fn item(&mut self, id: WorkItemId) -> Result<Option<Item>, Error> {
        if let Some(known) = self.items.get(&id) {
            return Ok(known.clone());
        }
        let value = self.tables.get(TABLE, &keys::item(id))?;
        let found = value.map(|value| Item::decode(&value)).transpose()?;
        self.items.insert(id, found.clone());
        Ok(found)
    }

    fn put_item(&mut self, id: WorkItemId, item: Option<Item>) {
        let key = keys::item(id);
        self.writes.push(match &item {
            Some(item) => TableWrite::Put(key, item.encode()),
            None => TableWrite::Delete(key),
        });
        self.items.insert(id, item);
    }

    fn offers(&mut self, id: ConversationId) -> Result<&BTreeMap<WorkItemId, AgentId>, Error> {
        if !self.offers.contains_key(&id) {
            let rows = self.tables.scan(TABLE, &keys::offers(id), None, OFFERS_MAX)?;
            let offer = |(key, value): (Vec<u8>, Vec<u8>)| {
                let (_, item) = key.split_last_chunk::<8>().ok_or(Error::Row)?;
                Ok((WorkItemId(u64::from_be_bytes(*item)), scene::agent_of(&value)?))
            };
            let found = rows.into_iter().map(offer).collect::<Result<_, Error>>()?;
            self.offers.insert(id, found);
        }
        self.offers.get(&id).ok_or(Error::Row)
    }
}
