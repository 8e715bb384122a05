//! Why bytes cannot be read.

/// Why bytes cannot be read. No variant carries anything of the content, so that an error may be logged
/// (`P1`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes end before what they announce.
    #[error("the bytes end too early")]
    Truncated,
    /// These are no bytes of ours.
    #[error("the first byte is {found:#04x}, which no record of ours begins with")]
    BadMagic {
        /// The byte that was there.
        found: u8,
    },
    /// The envelope is from the future.
    #[error("envelope version {version} is unknown")]
    EnvelopeVersion {
        /// The version that was there.
        version: u8,
    },
    /// No event has this number.
    #[error("event type {number:#06x} is unknown")]
    UnknownType {
        /// The number.
        number: u16,
    },
    /// The event is known, but not in this version.
    #[error("event type {number:#06x} has no version {version}")]
    UnknownVersion {
        /// The event's number.
        number: u16,
        /// The version that was there.
        version: u16,
    },
    /// One of the small numbers that stand for a role, a mode and the like is not in use.
    #[error("{number} is no {what}")]
    UnknownNumber {
        /// What it should stand for.
        what: &'static str,
        /// The number.
        number: u8,
    },
    /// A snapshot or a reply has another format than the one that is read; a cache is then built anew.
    #[error("format {found:#04x} instead of {expected:#04x}")]
    Format {
        /// The format that was there.
        found: u8,
        /// The format that is read.
        expected: u8,
    },
    /// The bytes are not those that were written.
    #[error("the checksum does not match")]
    Checksum,
    /// More bytes than there should be.
    #[error("there are bytes behind the end")]
    Trailing,
    /// The bytes are those that were written, but make no legal value.
    #[error("the payload is no legal value: {0}")]
    Payload(String),
}

impl Error {
    /// A stable name for metrics and for scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::BadMagic { .. } => "bad_magic",
            Self::EnvelopeVersion { .. } => "envelope_version",
            Self::UnknownType { .. } => "unknown_type",
            Self::UnknownVersion { .. } => "unknown_version",
            Self::UnknownNumber { .. } => "unknown_number",
            Self::Format { .. } => "format",
            Self::Checksum => "checksum",
            Self::Trailing => "trailing",
            Self::Payload(_) => "payload",
        }
    }
}
