//! How the rows of histories are stored. Another shape needs another version of the projection.

use crate::Error;
use domain::ContactId;
use domain::channel::Mode;
use domain::reading::{OpenWindow, Reading, Span};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Whose a conversation is.
pub(super) struct Lane {
    pub(super) contact: ContactId,
    pub(super) mode: Mode,
}

/// One fact that a requester is shown.
pub(super) struct Item {
    /// Of a conversation, or of the contact.
    pub(super) stream: [u8; 16],
    pub(super) version: u64,
    pub(super) counts: bool,
    /// How many items of the history count, up to this one.
    pub(super) counted: u64,
}

impl Lane {
    pub(super) fn encode(&self) -> Vec<u8> {
        [&self.contact.0[..], self.mode.name().as_bytes()].concat()
    }

    pub(super) fn decode(row: &[u8]) -> Result<Self, Error> {
        let (contact, mode) = row.split_first_chunk().ok_or(Error::Row)?;
        let mode = std::str::from_utf8(mode).ok().and_then(Mode::parse).ok_or(Error::Row)?;
        Ok(Self { contact: ContactId(*contact), mode })
    }
}

/// There is one for each message that was ever shown, so they are kept short.
impl Item {
    pub(super) fn encode(&self) -> Vec<u8> {
        let Self { stream, version, counts, counted } = self;
        [&stream[..], &version.to_be_bytes(), &counted.to_be_bytes(), &[u8::from(*counts)]].concat()
    }

    pub(super) fn decode(row: &[u8]) -> Result<Self, Error> {
        let (stream, row) = row.split_first_chunk().ok_or(Error::Row)?;
        let (version, row) = row.split_first_chunk().ok_or(Error::Row)?;
        let (counted, row) = row.split_first_chunk().ok_or(Error::Row)?;
        let counts = match row {
            [0] => false,
            [1] => true,
            _ => return Err(Error::Row),
        };
        let (version, counted) = (u64::from_be_bytes(*version), u64::from_be_bytes(*counted));
        Ok(Self { stream: *stream, version, counts, counted })
    }
}

#[derive(Serialize, Deserialize)]
struct StoredReading {
    items: u64,
    counted: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    open: Vec<(String, u64, u64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shown: Option<[u64; 4]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unread: Vec<[u64; 4]>,
    alive: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    hidden: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

pub(super) fn encode_reading(reading: &Reading) -> Result<Vec<u8>, Error> {
    let Reading { items, counted, open, shown, unread, alive, hidden } = reading;
    let window = |open: &OpenWindow| (open.window.simple().to_string(), open.from, open.page_to);
    let stored = StoredReading {
        items: *items,
        counted: *counted,
        open: open.iter().map(window).collect(),
        shown: shown.as_ref().map(numbers),
        unread: unread.iter().map(numbers).collect(),
        alive: *alive,
        hidden: *hidden,
    };
    serde_json::to_vec(&stored).map_err(|_| Error::Row)
}

pub(super) fn decode_reading(row: &[u8]) -> Result<Reading, Error> {
    let stored: StoredReading = serde_json::from_slice(row).map_err(|_| Error::Row)?;
    let window = |(window, from, page_to): (String, u64, u64)| {
        let window = Uuid::try_parse(&window).map_err(|_| Error::Row)?;
        Ok(OpenWindow { window, from, page_to })
    };
    Ok(Reading {
        items: stored.items,
        counted: stored.counted,
        open: stored.open.into_iter().map(window).collect::<Result<_, Error>>()?,
        shown: stored.shown.map(span),
        unread: stored.unread.into_iter().map(span).collect(),
        alive: stored.alive,
        hidden: stored.hidden,
    })
}

pub(super) fn decode_count(row: &[u8]) -> Result<u64, Error> {
    Ok(u64::from_be_bytes(row.try_into().map_err(|_| Error::Row)?))
}

const fn numbers(span: &Span) -> [u64; 4] {
    [span.from, span.to, span.before, span.upto]
}

const fn span([from, to, before, upto]: [u64; 4]) -> Span {
    Span { from, to, before, upto }
}
