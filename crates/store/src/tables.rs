//! Ordered key-value tables for projections: caches that can be thrown away and rebuilt from the log (`L4`).

use crate::Error;

/// The longest key that a row may have.
pub const MAX_ROW_KEY_BYTES: usize = 256;

/// The longest value that a row, or state that a snapshot, may have.
pub const MAX_VALUE_BYTES: usize = 1024 * 1024;

/// The key and the value of a row.
pub type Row = (Vec<u8>, Vec<u8>);

/// One change of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableWrite {
    /// Sets a row.
    Put(Vec<u8>, Vec<u8>),
    /// Removes a row.
    Delete(Vec<u8>),
}

/// Named tables of ordered rows. Writes are atomic per call and not synced: a projection keeps its position among its
/// rows, so after a crash it goes on from where its rows are.
pub trait Tables: Send + Sync {
    /// One row.
    ///
    /// # Errors
    /// When the store cannot be read or written; likewise below.
    fn get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, Error>;

    /// At most `limit` rows whose keys start with `prefix` and are greater than `after`, in order of keys.
    fn scan(&self, table: &str, prefix: &[u8], after: Option<&[u8]>, limit: usize)
    -> Result<Vec<Row>, Error>;

    /// Applies all writes, or none.
    fn write(&self, table: &str, writes: &[TableWrite]) -> Result<(), Error>;

    /// Removes every row of a table.
    fn clear(&self, table: &str) -> Result<(), Error>;
}
