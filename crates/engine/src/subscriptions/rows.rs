//! How far subscriptions were told: a row for each and each partition. Unlike other rows these cannot be rebuilt from the
//! log; without its row a subscription begins at the head.
//!
//! They are not synced by themselves. A first row is written before any fact behind it is, and the sync of that fact
//! is the row's too; a later row that is lost leaves an earlier one, and some are told again.

use crate::Error;
use store::{EventLog, PartitionId, Position, TableWrite};

const TABLE: &str = "subscriptions";
const PAGE: usize = 1024;

/// Where these subscriptions go on in each partition, in the order of their names here. New ones are written down, and rows
/// of others deleted.
pub(super) fn load(log: &dyn EventLog, names: &[String]) -> Result<Vec<Vec<Position>>, Error> {
    let (mut removed, mut after) = (Vec::new(), None);
    loop {
        let page = log.tables().scan(TABLE, &[], after.as_deref(), PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        let is_known =
            |key: &[u8]| key.get(2..).is_some_and(|name| names.iter().any(|it| it.as_bytes() == name));
        let unknown = page.into_iter().map(|(key, _)| key).filter(|key| !is_known(key));
        removed.extend(unknown.map(TableWrite::Delete));
    }
    if !removed.is_empty() {
        log.tables().write(TABLE, &removed)?;
    }
    names.iter().map(|name| positions(log, name)).collect()
}

fn positions(log: &dyn EventLog, name: &str) -> Result<Vec<Position>, Error> {
    let mut positions = Vec::new();
    for partition in 0..log.identity().partitions {
        let head = log.head(PartitionId(partition));
        let row = log.tables().get(TABLE, &key(partition, name))?.and_then(|row| row.try_into().ok());
        // A row beyond the head is of a log that was longer, whose end was lost.
        positions.push(row.map_or(head, |row| Position(u64::from_be_bytes(row)).min(head)));
    }
    write(log, name, &positions)?;
    Ok(positions)
}

/// Writes down up to where everything was told.
pub(super) fn write(log: &dyn EventLog, name: &str, marks: &[Position]) -> Result<(), Error> {
    let row = |(partition, mark): (u16, &Position)| {
        TableWrite::Put(key(partition, name), mark.0.to_be_bytes().to_vec())
    };
    let rows: Vec<TableWrite> = (0_u16..).zip(marks).map(row).collect();
    Ok(log.tables().write(TABLE, &rows)?)
}

fn key(partition: u16, name: &str) -> Vec<u8> {
    [&partition.to_be_bytes(), name.as_bytes()].concat()
}
