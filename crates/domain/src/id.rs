//! Ids of everything that has one.

use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// A conversation's id. It carries its partition and the millisecond of its making, so that ids sort by age and any
/// id leads to its partition without a look-up.
///
/// A UUID of version 8: 48 bits of milliseconds, 12 bits of partition, 62 bits of whatever the id source gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(Uuid);

/// A message's id, unique in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub Uuid);

/// A contact's id: a keyed hash of channel and address, so that it can be found from an address without telling it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactId(pub [u8; 16]);

/// The name of a channel as configured, such as `sms`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(Arc<str>);

/// The name of an agent, as the token that speaks for the agent says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentId(Arc<str>);

/// The name of a user of the integrator's: somebody who is known beyond one channel (section 2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

/// A name is 1 to 64 of the characters `A-Z a-z 0-9 . _ - @`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameError;

impl ConversationId {
    /// No conversation: what a command is answered that belongs to none, such as a word about consent.
    pub const NONE: Self = Self(Uuid::nil());

    /// How many partitions an id can tell apart.
    pub const PARTITIONS_MAX: u16 = 4096;

    /// Makes an id. Bits of `random` beyond 62 and of `partition` beyond 12 are dropped.
    pub fn new(partition: u16, at_ms: i64, random: u64) -> Self {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&at_ms.to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&(partition & 0x0fff).to_be_bytes());
        bytes[8..].copy_from_slice(&random.to_be_bytes());
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The partition in which the conversation lives.
    pub fn partition(self) -> u16 {
        let bytes = self.0.as_bytes();
        u16::from_be_bytes([bytes[6], bytes[7]]) & 0x0fff
    }

    /// Reads the usual text of a UUID. `None` if it is none, or not one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let id = Uuid::try_parse(text).ok()?;
        (id.get_version_num() == 8).then_some(Self(id))
    }

    /// Whether it is [`NONE`](Self::NONE).
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The id as stored.
    pub fn to_bytes(self) -> [u8; 16] {
        *self.0.as_bytes()
    }

    /// An id as stored.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).simple().fmt(f)
    }
}

impl ChannelId {
    /// Checks and takes a name.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(name: &str) -> Result<Self, NameError> {
        checked(name).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AgentId {
    /// Checks and takes a name.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(name: &str) -> Result<Self, NameError> {
        checked(name).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl UserId {
    /// Checks and takes a name.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(name: &str) -> Result<Self, NameError> {
        checked(name).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A checked name, shared by all of its clones.
pub(crate) fn checked(name: &str) -> Result<Arc<str>, NameError> {
    let legal = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_@".contains(&b));
    if legal { Ok(name.into()) } else { Err(NameError) }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name is 1 to 64 of the characters A-Z a-z 0-9 . _ - @")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_id_carries_its_partition_and_sorts_by_age() {
        let early = ConversationId::new(5, 1_000, u64::MAX);
        let late = ConversationId::new(4095, 1_001, 0);
        assert_eq!((early.partition(), late.partition()), (5, 4095));
        assert!(early < late);
        assert_eq!(ConversationId::parse(&early.to_string()), Some(early));
        assert_eq!(
            ConversationId::parse("d9428888-122b-11e1-b85c-61cd3cbb3210"),
            None,
            "a UUID of another version"
        );
    }

    #[test]
    fn a_name_has_a_bound_and_a_small_alphabet() {
        assert!(AgentId::new("ann.lee@desk-4_x").is_ok());
        for illegal in ["", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert_eq!(AgentId::new(illegal), Err(NameError), "{illegal}");
        }
    }
}
