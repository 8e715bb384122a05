//! Why a projection did not do as asked.

use store::{PartitionId, Position};

/// Why a projection did not do as asked. No variant carries anything of a conversation's content (`P1`).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log has something at this place that cannot be read, or has nothing where something must be. The
    /// projection stands before it and does not go on: it would be wrong in silence from there (`L3`).
    #[error("the log cannot be read at partition {}, position {}: {what}", .partition.0, .position.0)]
    Damaged {
        /// In which partition.
        partition: PartitionId,
        /// At which record of it.
        position: Position,
        /// What is wrong.
        what: String,
    },
    /// A row is not as this build writes it. Rows are a cache: rebuild the projection.
    #[error("a row of the projection cannot be read; it has to be rebuilt")]
    Row,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// A stable name for logs, metrics and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => "view_log_damaged",
            Self::Row => "view_row_unreadable",
            Self::Store(error) => error.code(),
        }
    }
}
