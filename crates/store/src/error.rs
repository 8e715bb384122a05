//! What can be wrong with a store, and what to do next.

use crate::{PartitionId, Position};
use std::path::PathBuf;

/// Why the store did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has it open.
    #[error("the store at {path} is in use by another process")]
    Locked {
        /// Where it is.
        path: PathBuf,
    },
    /// There is no store there, and the caller did not ask to create one.
    #[error("there is no store at {path}")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The store was written by a build that this one does not understand.
    #[error("the store has format {found}; this build reads format {supported}")]
    Format {
        /// The format found.
        found: u32,
        /// The format that this build reads.
        supported: u32,
    },
    /// What is stored cannot be true: a gap, a checksum that does not match, a lost tail (`L3`).
    #[error("the store is damaged{}: {what}", at(.place))]
    Damaged {
        /// Where, if it is known.
        place: Option<(PartitionId, Position)>,
        /// What is wrong.
        what: String,
    },
    /// A record that no store would take: a programming error of the caller.
    #[error("the record is malformed: {0}")]
    Malformed(&'static str),
    /// The disk or the library under the store failed. After a write, what is stored is unknown.
    #[error("the store failed: {0}")]
    Io(String),
}

impl Error {
    /// A stable name for logs, exit codes and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "store_locked",
            Self::Missing { .. } => "store_missing",
            Self::Format { .. } => "store_format",
            Self::Damaged { .. } => "store_damaged",
            Self::Malformed(_) => "store_malformed_record",
            Self::Io(_) => "store_failed",
        }
    }
}

fn at(place: &Option<(PartitionId, Position)>) -> String {
    place
        .map(|(partition, position)| format!(" at partition {}, position {}", partition.0, position.0))
        .unwrap_or_default()
}
