//! Snapshots and the tables of projections: caches, in trees of their own, never synced and never the truth (`L4`).

use super::tree::{self, Entry, failed};
use crate::{Error, Row, Snapshot, StreamId, TableWrite, Tables, shape};
use sled::{Batch, Db, Tree};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Rows start with this byte, so that no row looks like a piece of another.
const ROW: u8 = 0;

/// The caches of one store.
pub(super) struct Caches {
    db: Db,
    snapshots: Tree,
    /// A value may be in several pieces and a write changes several rows, while sled shows each key as soon as it is
    /// set. Readers must see all of a write or none.
    whole_tables: RwLock<()>,
    /// The same for snapshots, so that the committer never waits for whoever reads a list.
    whole_snapshots: RwLock<()>,
}

fn reading(whole: &RwLock<()>) -> RwLockReadGuard<'_, ()> {
    whole.read().unwrap_or_else(PoisonError::into_inner)
}

fn writing(whole: &RwLock<()>) -> RwLockWriteGuard<'_, ()> {
    whole.write().unwrap_or_else(PoisonError::into_inner)
}

impl Caches {
    /// Opens the caches of a store.
    pub(super) fn new(db: &Db) -> Result<Self, Error> {
        let snapshots = db.open_tree("snapshots").map_err(failed)?;
        Ok(Self {
            db: db.clone(),
            snapshots,
            whole_tables: RwLock::default(),
            whole_snapshots: RwLock::default(),
        })
    }

    fn table(&self, name: &str) -> Result<Tree, Error> {
        self.db.open_tree(table_name(name)).map_err(failed)
    }

    /// As in the contract of the log.
    pub(super) fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, Error> {
        let _whole = reading(&self.whole_snapshots);
        let value = tree::get(&self.snapshots, &row_key(&stream.0))?;
        value.map(|value| snapshot(&value)).transpose()
    }

    /// As in the contract of the log.
    pub(super) fn put_snapshot(&self, stream: StreamId, snapshot: &Snapshot) -> Result<(), Error> {
        shape::check_value(&snapshot.bytes)?;
        let value = [&snapshot.version.to_be_bytes(), &snapshot.bytes[..]].concat();
        let _whole = writing(&self.whole_snapshots);
        let mut batch = Batch::default();
        tree::put(&self.snapshots, &mut batch, &row_key(&stream.0), &value)?;
        self.snapshots.apply_batch(batch).map_err(failed)
    }

    /// As in the contract of the log.
    pub(super) fn snapshots(
        &self,
        after: Option<StreamId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, Snapshot)>, Error> {
        let _whole = reading(&self.whole_snapshots);
        let after = after.map(|stream| stream.0);
        let rows = rows(&self.snapshots, &[], after.as_ref().map(|stream| &stream[..]), limit)?;
        let read = |(key, value): Row| {
            let stream = key.try_into().map_err(|_| unreadable())?;
            Ok((StreamId(stream), snapshot(&value)?))
        };
        rows.into_iter().map(read).collect()
    }
}

impl Tables for Caches {
    fn get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let _whole = reading(&self.whole_tables);
        tree::get(&self.table(table)?, &row_key(key))
    }

    fn scan(
        &self,
        table: &str,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, Error> {
        let _whole = reading(&self.whole_tables);
        rows(&self.table(table)?, prefix, after, limit)
    }

    fn write(&self, table: &str, writes: &[TableWrite]) -> Result<(), Error> {
        let _whole = writing(&self.whole_tables);
        let tree = self.table(table)?;
        let mut batch = Batch::default();
        // The last write of a key counts; writing each key once keeps the pieces of two values from mixing.
        let mut last = std::collections::BTreeMap::new();
        for write in writes {
            match write {
                TableWrite::Put(key, value) => {
                    shape::check_row(key, value)?;
                    last.insert(key, Some(value));
                }
                TableWrite::Delete(key) => {
                    shape::check_row(key, &[])?;
                    last.insert(key, None);
                }
            }
        }
        for (key, value) in last {
            match value {
                Some(value) => tree::put(&tree, &mut batch, &row_key(key), value)?,
                None => tree::remove(&tree, &mut batch, &row_key(key))?,
            }
        }
        tree.apply_batch(batch).map_err(failed)
    }

    /// Dropping the tree takes its name away first and in one step, so a crash never leaves some of the rows.
    fn clear(&self, table: &str) -> Result<(), Error> {
        let _whole = writing(&self.whole_tables);
        self.db.drop_tree(table_name(table)).map_err(failed).map(drop)
    }
}

fn table_name(table: &str) -> String {
    format!("table:{table}")
}

fn row_key(key: &[u8]) -> Vec<u8> {
    [&[ROW], key].concat()
}

fn rows(tree: &Tree, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Row>, Error> {
    let after = after.map(row_key);
    let entries = tree::following(tree, &row_key(prefix), after.as_deref()).take(limit);
    let row = |entry: Entry| {
        let (key, first) = entry?;
        Ok((key.iter().skip(1).copied().collect(), tree::whole(tree, &key, &first)?))
    };
    entries.map(row).collect()
}

fn snapshot(value: &[u8]) -> Result<Snapshot, Error> {
    let (version, bytes) = value.split_first_chunk().ok_or_else(unreadable)?;
    Ok(Snapshot { version: u64::from_be_bytes(*version), bytes: bytes.to_vec() })
}

fn unreadable() -> Error {
    super::keys::unreadable("a snapshot")
}
