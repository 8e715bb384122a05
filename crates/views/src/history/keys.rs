//! The keys of histories, in the table of the conversations.
//!
//! ```text
//! k conversation          -> whose it is, and its mode
//! m contact               -> how far they have read
//! t contact number u64    -> one item
//! u contact stream        -> how much of a conversation is unread; the contact's own stream stands for notifications
//! h contact conversation  -> nothing: all conversations of a contact, newest first
//! i contact               -> who holds the number, and which of its conversations go on
//! q conversation          -> whose it is
//! w hash u64 conversation -> nothing: all conversations of a user of whom it is certain, newest first
//! ```
//!
//! Integers are big-endian. As in the list, every bit of a conversation's id is turned over where the newest comes first.

use crate::conversations::keyed_hash;
use domain::{ContactId, ConversationId};

/// What the keys begin with, each kind with another byte.
pub(super) const KINDS: [u8; 8] = [LANE, READING, ITEM, UNREAD, CONVERSATION, HOLDER, WHOSE, OF_USER];

const LANE: u8 = b'k';
const READING: u8 = b'm';
const ITEM: u8 = b't';
const UNREAD: u8 = b'u';
const CONVERSATION: u8 = b'h';
const HOLDER: u8 = b'i';
const WHOSE: u8 = b'q';
const OF_USER: u8 = b'w';

pub(super) fn lane(id: ConversationId) -> Vec<u8> {
    [&[LANE][..], &id.to_bytes()].concat()
}

pub(super) fn reading(contact: ContactId) -> Vec<u8> {
    [&[READING][..], &contact.0].concat()
}

/// All items of a contact begin so.
pub(super) fn items(contact: ContactId) -> Vec<u8> {
    [&[ITEM][..], &contact.0].concat()
}

pub(super) fn item(contact: ContactId, number: u64) -> Vec<u8> {
    [&items(contact)[..], &number.to_be_bytes()].concat()
}

/// All counts of a contact begin so.
pub(super) fn unreads(contact: ContactId) -> Vec<u8> {
    [&[UNREAD][..], &contact.0].concat()
}

pub(super) fn unread(contact: ContactId, stream: [u8; 16]) -> Vec<u8> {
    [&unreads(contact)[..], &stream.map(|byte| !byte)].concat()
}

/// All conversations of a contact begin so.
pub(super) fn conversations(contact: ContactId) -> Vec<u8> {
    [&[CONVERSATION][..], &contact.0].concat()
}

pub(super) fn conversation(contact: ContactId, id: ConversationId) -> Vec<u8> {
    [&conversations(contact)[..], &id.to_bytes().map(|byte| !byte)].concat()
}

pub(super) fn number_of(contact: ContactId) -> Vec<u8> {
    [&[HOLDER][..], &contact.0].concat()
}

pub(super) fn whose(id: ConversationId) -> Vec<u8> {
    [&[WHOSE][..], &id.to_bytes()].concat()
}

/// All conversations of a user begin so. Two users with one hash share it, so each row has to be held against the user.
pub(super) fn all_of_user(key: (u64, u64), user: &str) -> Vec<u8> {
    [&[OF_USER][..], &keyed_hash(key, user.as_bytes()).to_be_bytes()].concat()
}

pub(super) fn of_user(key: (u64, u64), user: &str, id: ConversationId) -> Vec<u8> {
    [&all_of_user(key, user)[..], &id.to_bytes().map(|byte| !byte)].concat()
}

/// The number at the end of an item's key.
pub(super) fn number(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(*key.last_chunk()?))
}

/// The stream that is turned over at the end of a key.
pub(super) fn stream(key: &[u8]) -> Option<[u8; 16]> {
    Some(key.last_chunk::<16>()?.map(|byte| !byte))
}
