//! The event log: what is durable, in which order, and who may write it. Knows no domain; every payload is opaque.
//!
//! [`EventLog`] is the contract, [`MemoryLog`] the reference for tests and rehearsals, [`SledLog`] the one that serves.
//! Both pass the suite in [`conformance`]. Only `sled_log` names sled.

pub mod conformance;
#[doc(hidden)]
pub mod doors;
mod error;
mod log;
mod memory_log;
mod record;
mod shape;
mod sled_log;
mod tables;

pub use error::Error;
pub use log::{
    Append, Claim, ClaimKey, CommandEntry, CommandKey, EventLog, Identity, Outcome, PartitionId, Position,
    Record, Refusal, Snapshot, StoredAppend, StoredCommand, StoredEvent, StoredRecord, StreamId, TimerChange,
    TimerEntry, Version,
};
pub use memory_log::MemoryLog;
pub use record::MAX_RECORD_BYTES;
pub use sled_log::{SledLog, SledOptions};
pub use tables::{MAX_ROW_KEY_BYTES, MAX_VALUE_BYTES, Row, TableWrite, Tables};
