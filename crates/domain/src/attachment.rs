//! Files that messages refer to, and which of them a channel takes (`PRO-8`, `MSG-20`).

use crate::Personal;
use crate::channel::ChannelKind;
use crate::content::limits;
use std::collections::BTreeSet;
use std::fmt;
use std::net::Ipv4Addr;
use std::sync::LazyLock;

/// A file that a message refers to; the bytes live elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Where the file is.
    pub url: Personal<String>,
    /// Its media type.
    pub content_type: String,
    /// The name to show, if any.
    pub name: Option<Personal<String>>,
    /// How large it is, if whoever sent it knows.
    pub size_bytes: Option<u64>,
}

/// Which files come with messages on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRules {
    types: BTreeSet<String>,
    max_bytes: u64,
}

/// Why a file does not come with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentRefusal {
    /// The channel does not take files of this type.
    Type,
    /// It is larger than the channel takes.
    TooLarge {
        /// What it takes, in bytes.
        max_bytes: u64,
    },
}

/// Why a set of rules cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentRulesError {
    /// A type is none, or is one that nobody may send; or there are too many.
    Types,
    /// The size is 0 or over [`AttachmentRules::BYTES_MAX`].
    MaxBytes,
}

/// What a browser or a desktop might run, and what says nothing of itself. No channel takes these, whatever is
/// configured: a file from a stranger is opened by an agent.
const NEVER: [&str; 16] = [
    "text/html",
    "text/javascript",
    "text/ecmascript",
    "text/xsl",
    "application/xhtml+xml",
    "application/xml",
    "text/xml",
    "application/javascript",
    "application/ecmascript",
    "application/x-javascript",
    "application/x-sh",
    "application/x-msdownload",
    "application/x-executable",
    "application/vnd.microsoft.portable-executable",
    "application/java-archive",
    "image/svg+xml",
];

/// What people send each other: pictures, documents, plain text.
const ORDINARY: [&str; 14] = [
    "application/msword",
    "application/pdf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/rtf",
    "image/*",
    "text/csv",
    "text/plain",
];

impl Attachment {
    pub(crate) fn is_within_bounds(&self) -> bool {
        let bounded = |field: &str| (1..=limits::ATTACHMENT_FIELD_MAX).contains(&field.len());
        bounded(self.url.expose())
            && bounded(&self.content_type)
            && self.name.as_ref().is_none_or(|name| bounded(name.expose()))
    }

    /// Whether it is fetched over TLS, or from this machine, as in a trial.
    pub(crate) fn has_safe_url(&self) -> bool {
        let url = self.url.expose();
        // Readers disagree on what these mean in a host, and one of them might be led elsewhere.
        if url.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return false;
        }
        let Some((scheme, rest)) = url.split_once("://") else { return false };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() || authority.contains('@') {
            return false;
        }
        match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => is_loopback(authority),
            _ => false,
        }
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) | None => authority,
    };
    host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// The type without its parameters, in lower case.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_type(text: &str) -> bool {
    let legal = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    text.len() <= 127
        && text.split_once('/').is_some_and(|(kind, sub)| legal(kind) && (sub == "*" || legal(sub)))
}

impl AttachmentRules {
    /// The largest size that can be allowed, in bytes: 1 GiB.
    pub const BYTES_MAX: u64 = 1 << 30;
    /// The most types.
    pub const TYPES_MAX_COUNT: usize = 100;
    /// The size that is allowed unless somebody sets another one, in bytes: 10 MiB.
    pub const DEFAULT_MAX_BYTES: u64 = 10 << 20;

    /// Checks and takes rules. A type is one such as `image/png`, or all of a kind as `image/*`.
    ///
    /// # Errors
    /// [`AttachmentRulesError`].
    pub fn new(
        types: impl IntoIterator<Item = String>,
        max_bytes: u64,
    ) -> Result<Self, AttachmentRulesError> {
        let types: BTreeSet<String> = types.into_iter().map(|text| text.to_ascii_lowercase()).collect();
        let legal = types.iter().all(|text| is_type(text) && !NEVER.contains(&text.as_str()));
        if types.len() > Self::TYPES_MAX_COUNT || !legal {
            return Err(AttachmentRulesError::Types);
        }
        if !(1..=Self::BYTES_MAX).contains(&max_bytes) {
            return Err(AttachmentRulesError::MaxBytes);
        }
        Ok(Self { types, max_bytes })
    }

    /// Rules as they were stored; they were checked before.
    pub const fn stored(types: BTreeSet<String>, max_bytes: u64) -> Self {
        Self { types, max_bytes }
    }

    /// What a kind of channel takes unless somebody sets something else (`PRO-8`).
    pub fn defaults(kind: ChannelKind) -> &'static Self {
        static IMAGES: LazyLock<AttachmentRules> = LazyLock::new(|| AttachmentRules::ordinary(&["image/*"]));
        static ALL: LazyLock<AttachmentRules> = LazyLock::new(|| AttachmentRules::ordinary(&ORDINARY));
        if kind.has_only_text() { &IMAGES } else { &ALL }
    }

    fn ordinary(types: &[&str]) -> Self {
        let types = types.iter().map(|text| (*text).to_owned()).collect();
        Self { types, max_bytes: Self::DEFAULT_MAX_BYTES }
    }

    /// The types, in lower case.
    pub const fn types(&self) -> &BTreeSet<String> {
        &self.types
    }

    /// The largest size, in bytes.
    pub const fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    /// Whether only pictures are let through, as everywhere where there is only text beside them.
    pub fn takes_only_images(&self) -> bool {
        self.types.iter().all(|text| text.starts_with("image/"))
    }

    /// Whether a file may come with a message. One of unknown size may: whoever fetches it has a bound of their own.
    ///
    /// # Errors
    /// [`AttachmentRefusal`].
    pub fn check(&self, attachment: &Attachment) -> Result<(), AttachmentRefusal> {
        let essence = essence(&attachment.content_type);
        let whole_kind = essence.split_once('/').map(|(kind, _)| format!("{kind}/*"));
        let listed =
            self.types.contains(&essence) || whole_kind.is_some_and(|kind| self.types.contains(&kind));
        if !listed || !is_type(&essence) || essence.ends_with('*') || NEVER.contains(&essence.as_str()) {
            return Err(AttachmentRefusal::Type);
        }
        match attachment.size_bytes {
            Some(size) if size > self.max_bytes => {
                Err(AttachmentRefusal::TooLarge { max_bytes: self.max_bytes })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl fmt::Display for AttachmentRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type => f.write_str("the channel does not take files of this type"),
            Self::TooLarge { max_bytes } => write!(f, "the channel takes files of at most {max_bytes} bytes"),
        }
    }
}

impl fmt::Display for AttachmentRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Types => write!(
                f,
                "at most {} types such as image/png or image/*, and none that could be run, such as text/html",
                AttachmentRules::TYPES_MAX_COUNT
            ),
            Self::MaxBytes => write!(f, "1 to {} bytes", AttachmentRules::BYTES_MAX),
        }
    }
}

#[cfg(test)]
mod tests;
