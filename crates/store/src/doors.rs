//! The reader of stored records, for the crate `doors` alone, which tries it with bytes that nobody thought of.

use crate::{Append, Error, PartitionId, Record, StoredAppend, StoredRecord, record};

/// Reads a record, wherever it says that it stands, and writes it again. `None` if it is none.
///
/// # Errors
/// [`Error`] if what was read cannot be written.
pub fn rewritten(bytes: &[u8]) -> Option<Result<Vec<u8>, Error>> {
    // The place stands behind the two bytes of magic and version.
    let (partition, rest) = bytes.get(2..)?.split_first_chunk()?;
    let partition = PartitionId(u16::from_be_bytes(*partition));
    let position = crate::Position(u64::from_be_bytes(*rest.first_chunk()?));
    let StoredRecord { position, at_ms, appends, claims, command, timers } =
        record::decode(partition, position, bytes).ok()?;
    // A stream begins with version 1, so that nothing is before a version 0.
    let append = |StoredAppend { stream, first, events }| {
        Some(Append { stream, expected: u64::checked_sub(first, 1)?, events })
    };
    let appends = appends.into_iter().map(append).collect::<Option<_>>()?;
    let record = Record { partition, at_ms, appends, claims, command, timers };
    Some(record::encode(position, &record))
}
