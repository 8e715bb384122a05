//! Why a run or a verification has no result.

use std::path::PathBuf;

/// Why there is no report. What a server did wrong is not here: that is what the report says.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The plan asks for something that makes no sense or has no bound.
    #[error("the plan cannot be run: {0}")]
    Plan(&'static str),
    /// The address of the server is not one that this build can talk to.
    #[error("the server's address is no use: {0}")]
    Url(&'static str),
    /// The server is another machine, and the plan does not allow that.
    #[error("{host} is not this machine; load is sent elsewhere only when the plan allows it")]
    Remote {
        /// The host of the address.
        host: String,
    },
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up: {0}")]
    Client(String),
    /// The ledger could not be read or written.
    #[error("the ledger {path}: {what}")]
    Ledger {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The events of a conversation could not be read, so nothing can be said about its messages.
    #[error("the events of conversation {conversation_id} could not be read: {code}")]
    Unreadable {
        /// The conversation.
        conversation_id: String,
        /// The problem's code, or what happened to the connection.
        code: String,
    },
    /// The check did not finish in its time.
    #[error("the check of {conversations} conversations did not finish in {seconds} s")]
    Late {
        /// How many conversations there were to read.
        conversations: u64,
        /// How long it was given.
        seconds: u64,
    },
    /// A task of the generator itself ended early: a defect of this crate.
    #[error("a task of the generator ended early: {0}")]
    Task(String),
}

impl Error {
    /// A stable name for logs, exit codes and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Plan(_) => "load_plan",
            Self::Url(_) => "load_url",
            Self::Remote { .. } => "load_remote",
            Self::Client(_) => "load_client",
            Self::Ledger { .. } => "load_ledger",
            Self::Unreadable { .. } => "load_unreadable",
            Self::Late { .. } => "load_late",
            Self::Task(_) => "load_task",
        }
    }
}
