//! Why the engine did not do as asked.

use domain::Rejection;

/// Why a command or a query failed. Nothing was changed unless the variant says that it is unknown.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The rules refuse it.
    #[error("{0}")]
    Rejected(Rejection),
    /// The router refuses it.
    #[error("{0}")]
    Refused(domain::router::Refusal),
    /// No such channel is configured.
    #[error("no channel of that name is configured")]
    UnknownChannel,
    /// The channel has a list of company addresses, and this is not on it.
    #[error("the company has no such address on this channel")]
    UnknownCompanyAddress,
    /// The command's id was used before with another body (`L6`).
    #[error("this command id was used before with another body; use a new id for a new command")]
    CommandReused,
    /// A bound was reached (`X1`).
    #[error("the engine is at its limit ({0}); try again shortly")]
    Overloaded(&'static str),
    /// The process is stopping and takes no more commands.
    #[error("the engine is stopping")]
    Draining,
    /// The actor failed while it worked on this; whether it was stored is unknown, so repeat it with the same id.
    #[error("the conversation's actor failed; repeat the command with the same id")]
    ActorFailed,
    /// The command would make a record that no store takes; nothing was stored.
    #[error("the command is too large to be stored: {0}")]
    Malformed(&'static str),
    /// What is stored cannot be read; the conversation is stopped until somebody looks at it (`L3`).
    #[error("what is stored cannot be read: {0}")]
    Damaged(String),
    /// The store failed; whether the command was stored is unknown (`L1`).
    #[error("the store failed: {0}")]
    Store(String),
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Time went on much further than the log knows of; an operator has to say what is true (`T4`).
    #[error(
        "the machine's clock is {gap_s} s after the last moment that the log knows of, more than the {limit_s} s \
         that are taken for an ordinary outage"
    )]
    Gap {
        /// How much later the machine's clock is.
        gap_s: i64,
        /// How much is believed without asking.
        limit_s: i64,
    },
    /// The configuration to begin with is not legal.
    #[error("{0}")]
    Configuration(Rejection),
    /// An event of the configuration or of the engine cannot be read.
    #[error("what is stored cannot be read: {0}")]
    Damaged(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// A stable name for clients and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.code(),
            Self::Refused(refusal) => refusal.code(),
            Self::UnknownChannel => "channel_unknown",
            Self::UnknownCompanyAddress => "company_address_unknown",
            Self::CommandReused => "idempotency_key_reused",
            Self::Overloaded(_) => "overloaded",
            Self::Draining => "draining",
            Self::ActorFailed => "actor_failed",
            Self::Malformed(_) => "record_malformed",
            Self::Damaged(_) => "store_damaged",
            Self::Store(_) => "store_failed",
        }
    }
}

impl From<Error> for StartError {
    fn from(error: Error) -> Self {
        match error {
            Error::Rejected(rejection) => Self::Configuration(rejection),
            Error::Damaged(what) => Self::Damaged(what),
            Error::Refused(_)
            | Error::UnknownChannel
            | Error::UnknownCompanyAddress
            | Error::CommandReused
            | Error::Overloaded(_)
            | Error::Draining
            | Error::ActorFailed
            | Error::Malformed(_)
            | Error::Store(_) => Self::Store(store::Error::Io(error.to_string())),
        }
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<domain::router::Refusal> for Error {
    fn from(refusal: domain::router::Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Damaged { .. } => Self::Damaged(error.to_string()),
            store::Error::Locked { .. }
            | store::Error::Missing { .. }
            | store::Error::Format { .. }
            | store::Error::Malformed(_)
            | store::Error::Io(_) => Self::Store(error.to_string()),
        }
    }
}

impl From<codec::Error> for Error {
    fn from(error: codec::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}
