//! The keys of the timeline's one table.
//!
//! ```text
//! v                                            -> version of the projection, u32
//! p partition u16                              -> consumed position, u64
//! s conversation                               -> scene
//! n contact conversation                       -> nothing: the contact's conversations that are not over
//! i item u64                                   -> the work item's conversation and agent
//! o conversation item u64                      -> the agent to whom it is offered
//! b contact partition u16                      -> where the contact's history last began anew: position u64, ordinal u32
//! c contact partition u16 position u64 ordinal u32             -> conversation, version u64
//! a a hash of the agent u64 partition u16 position u64 ordinal u32 -> conversation, version u64, the agent
//! ```
//!
//! Integers are big-endian, so that a range of keys is in the order of the log.

use super::{Audience, Place};
use domain::routing::WorkItemId;
use domain::{AgentId, ContactId, ConversationId};
use std::hash::Hasher as _;
use store::{Identity, PartitionId};

/// Where the projection's version is.
pub(super) const VERSION: &[u8] = b"v";

/// Where the consumed position of a partition is.
pub(super) fn position(partition: PartitionId) -> Vec<u8> {
    [b"p", &partition.0.to_be_bytes()[..]].concat()
}

/// Where a conversation's scene is.
pub(super) fn scene(conversation: ConversationId) -> Vec<u8> {
    [b"s", &conversation.to_bytes()[..]].concat()
}

/// What the keys of a contact's open conversations begin with.
pub(super) fn open(contact: ContactId) -> Vec<u8> {
    [b"n", &contact.0[..]].concat()
}

/// The key of one of them.
pub(super) fn open_one(contact: ContactId, conversation: ConversationId) -> Vec<u8> {
    [open(contact), conversation.to_bytes().to_vec()].concat()
}

/// Where it is written from which place on a contact's facts are for whoever has their place now (`ID-9`).
pub(super) fn beginning(contact: ContactId, partition: PartitionId) -> Vec<u8> {
    [b"b", &contact.0[..], &partition.0.to_be_bytes()].concat()
}

/// Where a work item is.
pub(super) fn item(item: WorkItemId) -> Vec<u8> {
    [b"i", &item.0.to_be_bytes()[..]].concat()
}

/// What the keys of a conversation's pending offers begin with.
pub(super) fn offers(conversation: ConversationId) -> Vec<u8> {
    [b"o", &conversation.to_bytes()[..]].concat()
}

/// The key of one of them.
pub(super) fn offer(conversation: ConversationId, item: WorkItemId) -> Vec<u8> {
    [offers(conversation), item.0.to_be_bytes().to_vec()].concat()
}

/// The place in a key that ends with one.
pub(super) fn place(key: &[u8]) -> Option<Place> {
    let (rest, ordinal) = key.split_last_chunk::<4>()?;
    let (_, position) = rest.split_last_chunk::<8>()?;
    Some(Place { position: u64::from_be_bytes(*position), ordinal: u32::from_be_bytes(*ordinal) })
}

/// The end of a key in a timeline.
pub(super) fn with_place(prefix: &[u8], place: Place) -> Vec<u8> {
    [prefix, &place.position.to_be_bytes(), &place.ordinal.to_be_bytes()].concat()
}

/// Names agents without naming them (`P1`).
pub(super) struct Hasher {
    key: (u64, u64),
}

impl Hasher {
    /// That of a store.
    pub(super) fn new(identity: &Identity) -> Self {
        let half = |from: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&identity.key[from..from + 8]);
            u64::from_be_bytes(bytes)
        };
        Self { key: (half(16), half(24)) }
    }

    /// What the keys of somebody's timeline in a partition begin with; `None` for everybody's, which is the log itself.
    pub(super) fn timeline(&self, audience: &Audience, partition: PartitionId) -> Option<Vec<u8>> {
        match audience {
            Audience::Contact(contact) => Some(self.of_contact(*contact, partition)),
            Audience::Agent(agent) => Some(self.of_agent(agent, partition)),
            Audience::All => None,
        }
    }

    /// The same for a contact.
    pub(super) fn of_contact(&self, contact: ContactId, partition: PartitionId) -> Vec<u8> {
        [b"c", &contact.0[..], &partition.0.to_be_bytes()].concat()
    }

    /// The same for an agent. Two agents with the same hash share a range; each row says whose it is.
    pub(super) fn of_agent(&self, agent: &AgentId, partition: PartitionId) -> Vec<u8> {
        let hash = self.hash(agent.as_str().as_bytes()).to_be_bytes();
        [b"a", &hash[..], &partition.0.to_be_bytes()].concat()
    }

    /// SipHash-2-4. It is stored, so it must be this one in every build for ever.
    fn hash(&self, bytes: &[u8]) -> u64 {
        #[expect(
            deprecated,
            reason = "what replaces it takes no key and may change from one Rust to the next"
        )]
        let mut hasher = std::hash::SipHasher::new_with_keys(self.key.0, self.key.1);
        hasher.write(bytes);
        hasher.finish()
    }
}
