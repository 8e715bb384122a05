//! Why a rehearsal or a verification could not be carried out. What a verification *finds* is not an error.

use domain::Rejection;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A line of the recorded traffic is not of the form that it should have.
    #[error("line {line}: {what}")]
    BadLine {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// The file has no message at all.
    #[error("there is no message to play")]
    Empty,
    /// The settings to rehearse with are not legal.
    #[error("{0}")]
    Configuration(Rejection),
    /// What a roster says of its agents is not legal.
    #[error("the roster is not legal:\n  {0}")]
    Roster(String),
    /// The store to rehearse into holds something already.
    #[error("the store is not empty; a rehearsal needs a new one")]
    StoreNotEmpty,
    /// The engine refused what the rules do not let it refuse.
    #[error("the engine failed in the rehearsal: {0}")]
    Engine(#[from] engine::Error),
    /// The engine did not start.
    #[error(transparent)]
    Start(#[from] engine::StartError),
    /// The store failed or is damaged.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The projection failed.
    #[error(transparent)]
    Views(#[from] views::Error),
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}
