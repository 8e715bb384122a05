//! All aggregates, rebuilt from the log alone, and their hash (`L4`).

use domain::configuration::{self, Configuration};
use domain::contact::{self, Contact};
use domain::conversation::{self, Conversation};
use domain::{ContactId, ConversationId, Event, Timestamp, directory, router};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use store::StreamId;

/// The state of everything.
#[derive(Debug, Default)]
pub struct World {
    /// By id.
    pub contacts: BTreeMap<ContactId, Contact>,
    /// By id.
    pub conversations: BTreeMap<ConversationId, Conversation>,
    /// The one there is.
    pub configuration: Configuration,
    /// Likewise.
    pub router: router::State,
    /// The integrator's users, by their streams.
    pub users: BTreeMap<StreamId, directory::Entry>,
}

impl World {
    /// Applies one event of a stream.
    pub fn apply(&mut self, stream: StreamId, at: Timestamp, event: &Event) {
        match event {
            Event::Contact(event) => {
                let id = ContactId(stream.0);
                if let Some(next) = contact::evolve(self.contacts.remove(&id), at, event) {
                    self.contacts.insert(id, next);
                }
            }
            Event::Conversation(event) => {
                let id = ConversationId::from_bytes(stream.0);
                if let Some(next) = conversation::evolve(self.conversations.remove(&id), at, event) {
                    self.conversations.insert(id, next);
                }
            }
            Event::Configuration(event) => {
                self.configuration = configuration::evolve(std::mem::take(&mut self.configuration), event);
            }
            Event::Router(event) => self.router.apply(at, event),
            // Facts about the engine's running belong to no aggregate.
            Event::Engine(_) => {}
            Event::Directory(event) => {
                if let Some(next) = directory::evolve(self.users.remove(&stream), event) {
                    self.users.insert(stream, next);
                }
            }
        }
    }

    /// The canonical encoding of one stream's state, if the stream is an aggregate's.
    pub fn encoded(&self, stream: StreamId) -> Option<Vec<u8>> {
        let contact = self.contacts.get(&ContactId(stream.0)).map(codec::snapshot::encode_contact);
        let id = ConversationId::from_bytes(stream.0);
        contact.or_else(|| self.conversations.get(&id).map(codec::snapshot::encode_conversation))
    }

    /// How many conversations are not closed.
    pub fn open(&self) -> u64 {
        self.conversations.values().filter(|conversation| !conversation.is_closed()).count() as u64
    }

    /// SHA-256 over the canonical encodings of all aggregates, sorted by kind and id, in hexadecimal. The router's state
    /// is hashed row by row; one that never did anything is as if there were none.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        let mut add = |kind: u8, id: &[u8], encoded: &[u8]| {
            hash.update([kind]);
            hash.update(id);
            hash.update((encoded.len() as u64).to_be_bytes());
            hash.update(encoded);
        };
        for (id, contact) in &self.contacts {
            add(1, &id.0, &codec::snapshot::encode_contact(contact));
        }
        for (id, conversation) in &self.conversations {
            add(2, &id.to_bytes(), &codec::snapshot::encode_conversation(conversation));
        }
        add(3, &[], &codec::snapshot::encode_configuration(&self.configuration));
        if self.router.version > 0 {
            let rows = codec::snapshot::router_rows(&self.router);
            let sorted: BTreeMap<Vec<u8>, Vec<u8>> =
                rows.iter().map(|row| (row.key(), row.encode())).collect();
            sorted.iter().for_each(|(key, row)| add(4, key, row));
        }
        for (stream, user) in &self.users {
            add(5, &stream.0, &codec::snapshot::encode_user(user));
        }
        hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
