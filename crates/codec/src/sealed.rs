//! A format byte before and a checksum behind bytes that have no envelope: snapshots and replies.

use crate::Error;
use crate::bytes::Reader;

/// The bytes with their format and checksum.
pub(crate) fn seal(format: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + body.len() + 4);
    bytes.push(format);
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
    bytes
}

/// The bytes within, if they are of this format and undamaged.
///
/// The format is looked at first: that a program of another version wrote the bytes explains more than a
/// checksum.
pub(crate) fn open(format: u8, bytes: &[u8]) -> Result<&[u8], Error> {
    let found = Reader::new(bytes).u8()?;
    if found != format {
        return Err(Error::Format { found, expected: format });
    }
    let (body, checksum) = bytes.split_last_chunk().ok_or(Error::Truncated)?;
    if crc32fast::hash(body) != u32::from_be_bytes(*checksum) {
        return Err(Error::Checksum);
    }
    body.get(1..).ok_or(Error::Truncated)
}
