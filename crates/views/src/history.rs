//! What each requester was shown over all their conversations, in order, and how far they have read (`MSG-2` to `MSG-8`).
//!
//! An item stands for one fact that the requester is shown; it never changes. Whatever changes with reading is one row a
//! contact, the state of [`domain::reading`], and a count for each conversation that has something unread. All of it is in
//! the table of the conversations and is written with it, so that all who ask see the same (`MSG-8`).

mod holders;
mod keys;
mod query;
mod rows;

#[cfg(test)]
mod tests;

pub use query::{HistoryItem, WindowPage};

use crate::Error;
use crate::conversations::{TABLE, index_key};
use domain::contact::{ContactEvent, WindowClosing};
use domain::conversation::ConversationEvent;
use domain::notice::concerns_requester;
use domain::reading::{Reading, ReadingFact, Span, Turned};
use domain::{ContactId, ConversationId, Event};
use holders::Said;
use rows::{Item, Lane};
use std::collections::BTreeMap;
use store::{Identity, TableWrite, Tables};

/// Rows of histories on their way: what facts make of the rows of a table, or of none.
pub struct Histories<'a> {
    /// What names of users are hashed with in keys (`P1`).
    key: (u64, u64),
    below: Option<&'a dyn Tables>,
    /// What was kept; `None` is a row that is gone.
    rows: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// What the facts since then have changed.
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    said: Vec<Said>,
}

impl<'a> Histories<'a> {
    /// Begins with no rows, for a store.
    pub fn new(identity: &Identity) -> Self {
        let (key, below) = (index_key(identity), None);
        Self { key, below, rows: BTreeMap::new(), changes: BTreeMap::new(), said: Vec::new() }
    }

    /// Goes on from the rows of a table.
    pub(crate) fn over(tables: &'a dyn Tables, identity: &Identity) -> Self {
        Self { below: Some(tables), ..Self::new(identity) }
    }

    /// Folds one fact of a stream.
    ///
    /// # Errors
    /// [`Error::Row`] if a row cannot be read, [`Error::Store`] if the store fails.
    pub fn add(&mut self, stream: [u8; 16], version: u64, event: &Event) -> Result<(), Error> {
        match event {
            Event::Conversation(event) => {
                self.conversation(ConversationId::from_bytes(stream), version, event)
            }
            Event::Contact(event) => self.contact(ContactId(stream), version, event),
            Event::Configuration(_) | Event::Router(_) | Event::Engine(_) | Event::Directory(_) => Ok(()),
        }
    }

    /// Makes what was added count, after all facts of a record.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn keep(&mut self) -> Result<(), Error> {
        self.settle()?;
        self.rows.append(&mut self.changes);
        Ok(())
    }

    /// Takes back what was added since the last [`keep`](Self::keep).
    pub(crate) fn forget(&mut self) {
        self.changes.clear();
        self.said.clear();
    }

    pub(crate) fn into_writes(self) -> impl Iterator<Item = TableWrite> {
        self.rows.into_iter().map(|(key, row)| match row {
            Some(row) => TableWrite::Put(key, row),
            None => TableWrite::Delete(key),
        })
    }

    /// All rows that there are.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.rows.iter().filter_map(|(key, row)| Some((key.as_slice(), row.as_deref()?)))
    }

    fn conversation(
        &mut self,
        id: ConversationId,
        version: u64,
        event: &ConversationEvent,
    ) -> Result<(), Error> {
        let lane = match self.get(&keys::lane(id))? {
            Some(row) => Lane::decode(&row)?,
            None => {
                // A fact of a conversation that was never opened changes nothing.
                let ConversationEvent::Opened { contact, policy, .. } = event else { return Ok(()) };
                let lane = Lane { contact: *contact, mode: policy.mode() };
                self.put(keys::lane(id), lane.encode());
                self.put(keys::conversation(*contact, id), Vec::new());
                lane
            }
        };
        self.hear(id, lane.contact, event);
        if !concerns_requester(event, lane.mode) {
            return Ok(());
        }
        let counts = matches!(event, ConversationEvent::AgentMessagePosted { .. });
        self.arrived(lane.contact, id.to_bytes(), version, counts)
    }

    fn contact(&mut self, id: ContactId, version: u64, event: &ContactEvent) -> Result<(), Error> {
        if let ContactEvent::ProfileReassociated { from, to, .. } = event {
            self.confirmed(id, from.as_ref(), to)?;
        }
        let fact = match event {
            anew if anew.begins_anew() => ReadingFact::BegunAnew,
            ContactEvent::NotificationSent(_) => return self.arrived(id, id.0, version, true),
            ContactEvent::WindowOpened { window } => ReadingFact::Opened { window: *window },
            ContactEvent::WindowPaged { window } => ReadingFact::Paged { window: *window },
            ContactEvent::WindowClosed { window, why } => {
                ReadingFact::Closed { window: *window, vanished: *why == WindowClosing::TimedOut }
            }
            ContactEvent::WindowRenewed { window } => ReadingFact::Renewed { window: *window },
            ContactEvent::ProfileCreated { user, .. } => return self.held_by(id, user.as_ref()),
            ContactEvent::Created { .. }
            | ContactEvent::ProfileReassociated { .. }
            | ContactEvent::ProfileDeactivated { .. }
            | ContactEvent::OptedOut { .. }
            | ContactEvent::OptedIn { .. }
            | ContactEvent::NotificationsSet { .. }
            | ContactEvent::Outbound(_)
            | ContactEvent::VerificationFailed { .. }
            | ContactEvent::VerificationLocked { .. }
            | ContactEvent::DeviceRegistered(_)
            | ContactEvent::DeviceRemoved { .. }
            | ContactEvent::SignedIn
            | ContactEvent::DigestWished { .. }
            | ContactEvent::PushDue(_)
            | ContactEvent::DigestDue(_)
            | ContactEvent::PortalEntered { .. } => return Ok(()),
            ContactEvent::ConversationActivated { conversation, .. } => {
                return self.goes_on(id, *conversation, true);
            }
            ContactEvent::ConversationReleased { conversation, .. } => {
                return self.goes_on(id, *conversation, false);
            }
        };
        let mut reading = self.reading(id)?;
        let Turned { read, unread } = reading.apply(fact, |first| self.counted(id, first))?;
        self.put(keys::reading(id), rows::encode_reading(&reading)?);
        // What was shown is as many items as pages at the most, and what came to a vanished client those of minutes. Only
        // what nobody will ever read any more can be more, and that is seldom.
        self.count_all(id, read, |unread| unread.saturating_sub(1))?;
        self.count_all(id, unread, |unread| unread + 1)
    }

    fn count_all(
        &mut self,
        contact: ContactId,
        spans: impl IntoIterator<Item = Span>,
        change: impl Fn(u64) -> u64,
    ) -> Result<(), Error> {
        for number in spans.into_iter().flat_map(|span| span.from..=span.to) {
            let item = self.item(contact, number)?;
            if item.counts {
                self.count(contact, item.stream, &change)?;
            }
        }
        Ok(())
    }

    /// How many of the first so many items count.
    fn counted(&self, contact: ContactId, first: u64) -> Result<u64, Error> {
        if first == 0 { Ok(0) } else { Ok(self.item(contact, first)?.counted) }
    }

    fn arrived(
        &mut self,
        contact: ContactId,
        stream: [u8; 16],
        version: u64,
        counts: bool,
    ) -> Result<(), Error> {
        let mut reading = self.reading(contact)?;
        reading.apply(ReadingFact::Arrived { counts }, |_| Err(Error::Row))?;
        let item = Item { stream, version, counts, counted: reading.counted };
        self.put(keys::item(contact, reading.items), item.encode());
        self.put(keys::reading(contact), rows::encode_reading(&reading)?);
        if counts && reading.open.is_empty() {
            self.count(contact, stream, |unread| unread + 1)?;
        }
        Ok(())
    }

    /// Changes how much is unread of a conversation, or of what belongs to none.
    fn count(
        &mut self,
        contact: ContactId,
        stream: [u8; 16],
        change: impl Fn(u64) -> u64,
    ) -> Result<(), Error> {
        let key = keys::unread(contact, stream);
        let before = self.get(&key)?.map_or(Ok(0), |row| rows::decode_count(&row))?;
        match change(before) {
            0 => drop(self.changes.insert(key, None)),
            unread => self.put(key, unread.to_be_bytes().to_vec()),
        }
        Ok(())
    }

    fn reading(&self, contact: ContactId) -> Result<Reading, Error> {
        self.get(&keys::reading(contact))?
            .map_or_else(|| Ok(Reading::default()), |row| rows::decode_reading(&row))
    }

    fn item(&self, contact: ContactId, number: u64) -> Result<Item, Error> {
        Item::decode(&self.get(&keys::item(contact, number))?.ok_or(Error::Row)?)
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        if let Some(row) = self.changes.get(key).or_else(|| self.rows.get(key)) {
            return Ok(row.clone());
        }
        Ok(self.below.map_or(Ok(None), |tables| tables.get(TABLE, key))?)
    }

    fn put(&mut self, key: Vec<u8>, row: Vec<u8>) {
        self.changes.insert(key, Some(row));
    }
}
