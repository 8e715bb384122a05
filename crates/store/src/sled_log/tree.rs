//! What lies between the log and sled: its errors, ranges by prefix, and values in pieces.
//!
//! sled writes a leaf of its tree as one message, with up to 16 items and for a moment a few more, and moves a message
//! above an eighth of a mebibyte (`segment_size / 4 - 20`, 131,052 bytes) into a file of its own, which it never
//! syncs. One lost file is a lost leaf with all that was ever durable in it. So no value may be larger than a
//! twentieth of that: a longer one is cut into pieces under keys of their own.

use crate::Error;
use sled::{Batch, IVec, Tree};
use std::{io::ErrorKind, ops::Bound};

/// Twenty pieces and their keys stay below sled's threshold.
const PIECE_BYTES: usize = 6 * 1024;

/// All pieces but the first live under this prefix, which no other key has.
const PIECES: u8 = 0xFF;

/// What a range yields.
pub(super) type Entry = Result<(IVec, IVec), Error>;

/// sled's errors in the words of the contract.
pub(super) fn failed(error: sled::Error) -> Error {
    let damaged = match &error {
        sled::Error::Corruption { .. }
        | sled::Error::ReportableBug(_)
        | sled::Error::CollectionNotFound(_) => true,
        // Reading beyond the end and a file that is gone are not failures of the disk: something was cut off.
        sled::Error::Io(cause) => {
            [ErrorKind::UnexpectedEof, ErrorKind::NotFound, ErrorKind::InvalidData].contains(&cause.kind())
        }
        sled::Error::Unsupported(_) => false,
    };
    if damaged {
        Error::Damaged { place: None, what: error.to_string() }
    } else {
        Error::Io(error.to_string())
    }
}

/// The entries whose keys start with `prefix` and are greater than `after`, in order of keys.
pub(super) fn following(
    tree: &Tree,
    prefix: &[u8],
    after: Option<&[u8]>,
) -> impl Iterator<Item = Entry> + use<> {
    let start = match after {
        Some(after) if after >= prefix => Bound::Excluded(after),
        _ => Bound::Included(prefix),
    };
    let prefix = prefix.to_vec();
    let entries = tree.range::<&[u8], _>((start, Bound::Unbounded));
    entries
        .take_while(move |entry| entry.as_ref().map_or(true, |(key, _)| key.starts_with(&prefix)))
        .map(|entry| entry.map_err(failed))
}

/// The entry with the greatest key that starts with `prefix`, whose rest is an integer.
pub(super) fn newest(tree: &Tree, prefix: &[u8]) -> Result<Option<(IVec, IVec)>, Error> {
    let end = [prefix, &u64::MAX.to_be_bytes()].concat();
    tree.range(prefix.to_vec()..=end).next_back().transpose().map_err(failed)
}

/// Sets a value that was not there before.
pub(super) fn put_new(batch: &mut Batch, key: &[u8], value: &[u8]) {
    let (first, rest) = value.split_at(value.len().min(PIECE_BYTES));
    let pieces = rest.chunks(PIECE_BYTES);
    // The bounds on records, rows and snapshots keep the count far below what a byte holds.
    let count = u8::try_from(pieces.len()).unwrap_or(u8::MAX);
    batch.insert(key, [&[count], first].concat());
    for (piece, number) in pieces.zip(1..) {
        batch.insert(piece_key(key, number), piece);
    }
}

/// Sets a value in place of one that may be there.
pub(super) fn put(tree: &Tree, batch: &mut Batch, key: &[u8], value: &[u8]) -> Result<(), Error> {
    remove(tree, batch, key)?;
    put_new(batch, key, value);
    Ok(())
}

/// Removes a value with all its pieces. What the batch sets afterwards stays.
pub(super) fn remove(tree: &Tree, batch: &mut Batch, key: &[u8]) -> Result<(), Error> {
    let old = tree.get(key).map_err(failed)?;
    let count = old.and_then(|old| old.first().copied()).unwrap_or(0);
    (1..=count).for_each(|number| batch.remove(piece_key(key, number)));
    batch.remove(key);
    Ok(())
}

/// Reads a value.
pub(super) fn get(tree: &Tree, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    tree.get(key).map_err(failed)?.map(|first| whole(tree, key, &first)).transpose()
}

/// Reads the value whose first piece is already at hand.
pub(super) fn whole(tree: &Tree, key: &[u8], first: &[u8]) -> Result<Vec<u8>, Error> {
    let lost = || Error::Damaged { place: None, what: "a part of a value is missing".to_owned() };
    let (count, first) = first.split_first().ok_or_else(lost)?;
    let mut value = first.to_vec();
    for number in 1..=*count {
        let piece = tree.get(piece_key(key, number)).map_err(failed)?;
        value.extend_from_slice(&piece.ok_or_else(lost)?);
    }
    Ok(value)
}

fn piece_key(key: &[u8], number: u8) -> Vec<u8> {
    [&[PIECES], key, &[number]].concat()
}
