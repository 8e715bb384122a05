//! How a requester is reached outside of windows: what can be asked, and what comes of it (`MSG-11` to `MSG-13`). None of
//! it can be refused; what changes nothing is no fact.

use super::{Contact, ContactEvent, Device, DeviceId, DigestBatch, DigestWish, created, device, due};
use crate::{Address, ChannelId, EventRef, Personal};

/// What can be asked of a contact about how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// They came with a token of their own, which is not a guest's.
    SignIn {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
    },
    /// Registers a device, or says something else of one (`MSG-11`).
    Register {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// The device.
        device: Device,
    },
    /// Removes a device.
    Remove {
        /// Which.
        device: DeviceId,
    },
    /// Says when they want digests (`MSG-13`).
    Wish {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// When.
        wish: DigestWish,
    },
    /// A push is due (`MSG-11`).
    Push {
        /// The version of the contact as of which it is.
        seen: u64,
        /// The devices that are in use.
        in_use: Vec<DeviceId>,
        /// What came.
        items: Vec<EventRef>,
        /// How many more came before.
        more: u32,
    },
    /// A digest is due (`MSG-13`).
    Digest {
        /// The version of the contact as of which it is.
        seen: u64,
        /// What they missed.
        batch: DigestBatch,
    },
}

pub(super) fn decide(state: Option<&Contact>, reach: &Reach) -> Vec<ContactEvent> {
    let news = |channel, address, news: Vec<ContactEvent>| {
        let first = if news.is_empty() { Vec::new() } else { created(state, channel, address) };
        first.into_iter().chain(news).collect()
    };
    match reach {
        Reach::SignIn { channel, address } => {
            let is_new = state.is_none_or(|contact| !contact.signed_in);
            news(channel, address, is_new.then_some(ContactEvent::SignedIn).into_iter().collect())
        }
        Reach::Register { channel, address, device } => {
            news(channel, address, device::register(state, device))
        }
        Reach::Remove { device } => device::remove(state, device),
        Reach::Wish { channel, address, wish } => {
            let is_new = state.map_or(DigestWish::Usual, |contact| contact.digest) != *wish;
            let wished = is_new.then_some(ContactEvent::DigestWished { wish: *wish });
            news(channel, address, wished.into_iter().collect())
        }
        Reach::Push { seen, in_use, items, more } => due::push(state, *seen, in_use, (items, *more)),
        Reach::Digest { seen, batch } => due::digest(state, *seen, batch),
    }
}
