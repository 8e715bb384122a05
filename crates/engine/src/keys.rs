//! Names of streams, claims and commands: keyed hashes, so that a store's keys tell nothing of anybody (`P1`).

use domain::{Address, ChannelId, ContactId, ConversationId, UserId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use store::{ClaimKey, CommandKey, StreamId};

use crate::CommandId;

/// Where the configuration's events are.
pub const CONFIGURATION_STREAM: StreamId = StreamId(*b"\0configuration\0\0");
/// Where the facts about the engine's own running are.
pub const ENGINE_STREAM: StreamId = StreamId(*b"\0engine\0\0\0\0\0\0\0\0\0");

/// Where the router's facts are.
pub const ROUTER_STREAM: StreamId = StreamId(*b"\0router\0\0\0\0\0\0\0\0\0");

/// Hashes names with a store's secret.
#[derive(Clone)]
pub struct Keys {
    key: [u8; 32],
    partitions: u16,
}

impl Keys {
    /// The names of a store.
    pub const fn new(identity: &store::Identity) -> Self {
        Self { key: identity.key, partitions: identity.partitions }
    }

    /// The contact behind an address on a channel.
    pub fn contact(&self, channel: &ChannelId, address: &Address) -> ContactId {
        ContactId(self.hash("contact", &[channel.as_str(), address.as_str()].map(str::as_bytes)))
    }

    /// The partition in which a contact and all its conversations live.
    pub const fn partition(&self, contact: ContactId) -> u16 {
        u16::from_be_bytes([contact.0[0], contact.0[1]]) % self.partitions
    }

    /// The stream of a user's facts.
    pub fn user(&self, user: &UserId) -> StreamId {
        StreamId(self.hash("user", &[user.as_str().as_bytes()]))
    }

    /// The partition of a user's stream.
    pub const fn user_partition(&self, stream: StreamId) -> u16 {
        u16::from_be_bytes([stream.0[0], stream.0[1]]) % self.partitions
    }

    /// A phone number, wherever it is looked up.
    pub(crate) fn phone(&self, number: &Address) -> [u8; 16] {
        self.hash("phone", &[number.as_str().as_bytes()])
    }

    /// What a PIN is mixed with, so that what is kept of it is of no use without the store's secret.
    pub(crate) fn pepper(&self, user: StreamId, pin: &str) -> [u8; 16] {
        self.hash("pin", &[&user.0, pin.as_bytes()])
    }

    /// What the active conversation of a pair holds (`C2`).
    pub fn pair(&self, contact: ContactId, company: &Address) -> ClaimKey {
        ClaimKey(self.hash("pair", &[&contact.0, company.as_str().as_bytes()]))
    }

    /// A command in the scope of its sender (`L6`).
    pub fn command(&self, command: &CommandId) -> CommandKey {
        CommandKey(self.hash("command", &[command.scope.as_bytes(), command.id.as_bytes()]))
    }

    /// A digest of a command's body.
    pub fn fingerprint(&self, command: &CommandId) -> [u8; 16] {
        self.hash("body", &[&command.body])
    }

    /// Length-prefixed parts, so that no two lists of parts look alike.
    fn hash(&self, what: &str, parts: &[&[u8]]) -> [u8; 16] {
        // A key of any length is legal for HMAC, so this cannot fail.
        #[expect(clippy::expect_used, reason = "see above")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any key is legal");
        mac.update(what.as_bytes());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let mut short = [0; 16];
        short.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        short
    }
}

/// The stream of a contact.
pub const fn contact_stream(id: ContactId) -> StreamId {
    StreamId(id.0)
}

/// The stream of a conversation.
pub fn conversation_stream(id: ConversationId) -> StreamId {
    StreamId(id.to_bytes())
}
