//! The keys of the projection's one table.
//!
//! ```text
//! v                                  -> version of the projection, u32
//! p partition u16                    -> consumed position, u64
//! r id                               -> row
//! k m t u h i q w                    -> see `history::keys`
//! s state 0 id | c channel 0 id | a hash of the agent u64 0 id | o the same   -> nothing; the row has it all
//! ```
//!
//! Integers are big-endian. Every bit of an id is turned over: ids sort by age, and a table can only be read
//! forward, so the newest conversation comes first.

use super::{Filter, Row};
use domain::conversation::ClosedState;
use domain::{AgentId, ChannelId, ConversationId};
use std::hash::Hasher as _;
use store::{Identity, PartitionId};

/// Where the projection's version is.
pub(super) const VERSION: &[u8] = b"v";

const POSITION: u8 = b'p';
const ROW: u8 = b'r';
const STATE: u8 = b's';
const CHANNEL: u8 = b'c';
const AGENT: u8 = b'a';
const ONGOING: u8 = b'o';

/// Where the consumed position of a partition is.
pub(super) fn position(partition: PartitionId) -> Vec<u8> {
    [&[POSITION][..], &partition.0.to_be_bytes()].concat()
}

/// The keys that begin alike and end with the id of a conversation: all rows, or one value of an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range(Vec<u8>);

impl Range {
    /// All rows.
    pub(super) fn rows() -> Self {
        Self(vec![ROW])
    }

    /// No name has the byte 0 in it and all hashes have one length, so no range is the beginning of another.
    fn index(kind: u8, value: &[u8]) -> Self {
        Self([&[kind], value, &[0]].concat())
    }

    /// What its keys begin with.
    pub(super) fn prefix(&self) -> &[u8] {
        &self.0
    }

    /// The key of a conversation.
    pub(super) fn key(&self, id: ConversationId) -> Vec<u8> {
        [&self.0[..], &id.to_bytes().map(|byte| !byte)].concat()
    }

    /// The conversation of a key.
    pub(super) fn id(&self, key: &[u8]) -> Option<ConversationId> {
        let id: [u8; 16] = key.strip_prefix(&self.0[..])?.try_into().ok()?;
        Some(ConversationId::from_bytes(id.map(|byte| !byte)))
    }
}

/// Knows in which indexes a row is, and which of them a query reads.
pub(super) struct Indexes {
    key: (u64, u64),
}

impl Indexes {
    /// Those of a store; its secret keeps the names of agents out of the keys (`P1`).
    pub(super) fn new(identity: &Identity) -> Self {
        Self { key: index_key(identity) }
    }

    /// The index entries of a row.
    pub(super) fn of(&self, row: &Row) -> Vec<Range> {
        let state = Range::index(STATE, row.state.as_bytes());
        let channel = Range::index(CHANNEL, row.channel.as_str().as_bytes());
        let agent = row.agent.as_ref().map(|agent| self.agent(AGENT, agent));
        let ongoing = row.agent.as_ref().filter(|_| !is_over(&row.state));
        let ongoing = ongoing.map(|agent| self.agent(ONGOING, agent));
        [state, channel].into_iter().chain(agent).chain(ongoing).collect()
    }

    /// The narrowest range that has everything the filter admits. An agent has few of all conversations, and
    /// few are not over; a channel has many, and in time most have ended in one of two states.
    pub(super) fn narrowest(&self, filter: &Filter) -> Range {
        let usual = [ClosedState::Complete, ClosedState::Abandoned].map(ClosedState::name);
        let by_state = |state: &String| Range::index(STATE, state.as_bytes());
        let by_channel = |channel: &ChannelId| Range::index(CHANNEL, channel.as_str().as_bytes());
        match (&filter.agent, &filter.state, &filter.channel) {
            // In time an agent has had many, and of these few go on.
            (Some(agent), Some(state), _) if !is_over(state) => self.agent(ONGOING, agent),
            (Some(agent), _, _) => self.agent(AGENT, agent),
            (None, Some(state), Some(channel)) if usual.contains(&state.as_str()) => by_channel(channel),
            (None, Some(state), _) => by_state(state),
            (None, None, Some(channel)) => by_channel(channel),
            (None, None, None) => Range::rows(),
        }
    }

    /// Two agents with the same hash share a range, which costs time and changes no answer: every row that is
    /// found by an index is held against the filter.
    fn agent(&self, kind: u8, agent: &AgentId) -> Range {
        Range::index(kind, &keyed_hash(self.key, agent.as_str().as_bytes()).to_be_bytes())
    }
}

fn is_over(state: &str) -> bool {
    [ClosedState::Complete, ClosedState::Abandoned, ClosedState::Faulted]
        .iter()
        .any(|over| over.name() == state)
}

/// What names are hashed with in the keys of a store.
pub(crate) fn index_key(identity: &Identity) -> (u64, u64) {
    let half = |from: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&identity.key[from..from + 8]);
        u64::from_be_bytes(bytes)
    };
    (half(16), half(24))
}

/// SipHash-2-4. It is stored, so it must be this one in every build for ever.
pub(crate) fn keyed_hash(key: (u64, u64), bytes: &[u8]) -> u64 {
    #[expect(deprecated, reason = "what replaces it takes no key and may change from one Rust to the next")]
    let mut hasher = std::hash::SipHasher::new_with_keys(key.0, key.1);
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that its authors published.
    #[test]
    fn the_hash_of_agents_is_siphash_2_4() {
        let bytes: Vec<u8> = (0..15).collect();
        let key = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        assert_eq!(keyed_hash(key, &bytes), 0xa129_ca61_49be_45e5);
    }

    /// P1
    #[test]
    fn no_key_tells_the_name_of_an_agent() {
        let identity = |byte| Identity { partitions: 1, key: [byte; 32] };
        let agent = AgentId::new("ann.lee").unwrap();
        let [range, other] = [1, 2].map(|byte| Indexes::new(&identity(byte)).agent(AGENT, &agent));
        assert!(!range.prefix().windows(3).any(|part| part == b"ann"));
        assert_ne!(range, other, "it takes the store's key to find it");
    }

    #[test]
    fn a_key_leads_back_to_its_conversation_and_newer_ones_come_first() {
        let (old, new) = (ConversationId::new(3, 1_000, 9), ConversationId::new(0, 1_001, 0));
        let range = Range::rows();
        assert_eq!(range.id(&range.key(old)), Some(old));
        assert!(range.key(new) < range.key(old));
        assert_eq!(Range::index(STATE, b"new").id(&range.key(old)), None);
    }
}
