//! How the process ends: a code that scripts can rely on, a complaint and a hint for people.

use std::fmt;
use std::process::ExitCode;

/// The exit codes, as documented in `docs/operations.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// All is well.
    Ok = 0,
    /// Something that the user can mend: a file, a setting, a port in use.
    User = 1,
    /// What is stored is damaged.
    Damaged = 3,
    /// What is kept beside the log differs from it, or a load test found messages missing or doubled.
    Diverged = 4,
    /// The store failed while it was in use; restart to recover.
    Failed = 70,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    error: anyhow::Error,
    hint: Option<String>,
}

pub(crate) type Outcome = Result<Code, Failure>;

impl Failure {
    /// Something that the user can mend.
    pub(crate) fn user(error: impl Into<anyhow::Error>) -> Self {
        Self { code: Code::User, error: error.into(), hint: None }
    }

    /// The same from a text.
    pub(crate) fn said(text: impl fmt::Display) -> Self {
        Self::user(anyhow::anyhow!("{text}"))
    }

    /// Adds what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Ends with another code.
    pub(crate) const fn with(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    pub(crate) const fn code(&self) -> Code {
        self.code
    }

    pub(crate) const fn error(&self) -> &anyhow::Error {
        &self.error
    }

    pub(crate) fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        let (code, hint) = match &error {
            store::Error::Locked { .. } => {
                (Code::User, "stop the process that uses it, or ask it over HTTP instead")
            }
            store::Error::Missing { .. } => {
                (Code::User, "check the path; `colloquy serve` creates a new store")
            }
            store::Error::Format { .. } => (Code::User, "use the build that wrote it"),
            store::Error::Damaged { .. } => (
                Code::Damaged,
                "restore the store from a copy; keep the damaged one, nothing in it was changed",
            ),
            store::Error::Malformed(_) | store::Error::Io(_) => {
                (Code::Failed, "check the disk and its permissions, then start again")
            }
        };
        Self { code, error: error.into(), hint: Some(hint.to_owned()) }
    }
}

impl From<engine::StartError> for Failure {
    fn from(error: engine::StartError) -> Self {
        match error {
            engine::StartError::Store(error) => error.into(),
            engine::StartError::Gap { .. } => Self::user(error).hint(
                "if the service really was off that long, start with --resume wall; if this machine's clock is wrong, \
                 set it right, or start with --resume last-commit",
            ),
            engine::StartError::Configuration(_) => Self::user(error),
            engine::StartError::Damaged(_) => Self::user(error).with(Code::Damaged),
        }
    }
}

impl From<replay::Error> for Failure {
    fn from(error: replay::Error) -> Self {
        match error {
            replay::Error::Store(error) => error.into(),
            replay::Error::Start(error) => error.into(),
            replay::Error::Engine(_) | replay::Error::Views(_) => Self::user(error).with(Code::Failed),
            replay::Error::BadLine { .. }
            | replay::Error::Empty
            | replay::Error::Configuration(_)
            | replay::Error::Roster(_)
            | replay::Error::StoreNotEmpty
            | replay::Error::Io(_) => Self::user(error),
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}
