//! What people say to each other.

use crate::{MessageId, Personal};
use std::collections::BTreeMap;
use std::fmt;

/// Bounds of a message (`X1`). In bytes unless the name says otherwise.
pub mod limits {
    /// The longest text.
    pub const TEXT_MAX: usize = 16 * 1024;
    /// The most attachments.
    pub const ATTACHMENTS_MAX_COUNT: usize = 10;
    /// The longest URL, content type or name of an attachment.
    pub const ATTACHMENT_FIELD_MAX: usize = 2048;
    /// The most context variables.
    pub const CONTEXT_MAX_COUNT: usize = 50;
    /// All keys and values of the context together.
    pub const CONTEXT_MAX: usize = 8 * 1024;
}

/// A file that a message refers to; the bytes live elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Where the file is.
    pub url: Personal<String>,
    /// Its media type.
    pub content_type: String,
    /// The name to show, if any.
    pub name: Option<Personal<String>>,
}

/// The checked content of a message: never empty, never over the bounds of [`limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    text: Personal<String>,
    attachments: Vec<Attachment>,
    context: BTreeMap<String, Personal<String>>,
}

/// A message with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// What it says.
    pub content: Content,
}

/// Why a content is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentError {
    /// Neither text nor attachment.
    Empty,
    /// The text is over [`limits::TEXT_MAX`].
    TextTooLong,
    /// Too many attachments, or a field of one is empty or too long.
    BadAttachment,
    /// Too many context variables, or too much in them.
    ContextTooLarge,
}

impl Content {
    /// Checks and takes a content.
    ///
    /// # Errors
    /// [`ContentError`] says which bound is broken.
    pub fn new(
        text: String,
        attachments: Vec<Attachment>,
        context: BTreeMap<String, Personal<String>>,
    ) -> Result<Self, ContentError> {
        if text.trim().is_empty() && attachments.is_empty() {
            return Err(ContentError::Empty);
        }
        if text.len() > limits::TEXT_MAX {
            return Err(ContentError::TextTooLong);
        }
        if attachments.len() > limits::ATTACHMENTS_MAX_COUNT || !attachments.iter().all(Attachment::is_legal)
        {
            return Err(ContentError::BadAttachment);
        }
        let context_len: usize = context.iter().map(|(key, value)| key.len() + value.expose().len()).sum();
        if context.len() > limits::CONTEXT_MAX_COUNT || context_len > limits::CONTEXT_MAX {
            return Err(ContentError::ContextTooLarge);
        }
        Ok(Self { text: Personal::new(text), attachments, context })
    }

    /// A content of text alone.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn text_only(text: &str) -> Result<Self, ContentError> {
        Self::new(text.to_owned(), Vec::new(), BTreeMap::new())
    }

    /// A content as it was stored; it was checked before.
    pub fn stored(
        text: String,
        attachments: Vec<Attachment>,
        context: BTreeMap<String, Personal<String>>,
    ) -> Self {
        Self { text: Personal::new(text), attachments, context }
    }

    /// The text; empty if there are only attachments.
    pub const fn text(&self) -> &Personal<String> {
        &self.text
    }

    /// The attachments, in order.
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// What the channel knew when the message was written, such as the page or the language.
    pub const fn context(&self) -> &BTreeMap<String, Personal<String>> {
        &self.context
    }
}

impl Attachment {
    fn is_legal(&self) -> bool {
        let bounded = |field: &str| (1..=limits::ATTACHMENT_FIELD_MAX).contains(&field.len());
        bounded(self.url.expose())
            && bounded(&self.content_type)
            && self.name.as_ref().is_none_or(|name| bounded(name.expose()))
    }
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a message needs a text or an attachment"),
            Self::TextTooLong => write!(f, "a text has at most {} bytes", limits::TEXT_MAX),
            Self::BadAttachment => write!(
                f,
                "at most {} attachments, each with a URL and a content type of at most {} bytes",
                limits::ATTACHMENTS_MAX_COUNT,
                limits::ATTACHMENT_FIELD_MAX
            ),
            Self::ContextTooLarge => write!(
                f,
                "a context has at most {} variables and {} bytes in all",
                limits::CONTEXT_MAX_COUNT,
                limits::CONTEXT_MAX
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X1
    #[test]
    fn a_content_over_its_bounds_is_refused() {
        let with = |text: &str, attachments| Content::new(text.to_owned(), attachments, BTreeMap::new());
        let file = |url: &str| Attachment {
            url: Personal::new(url.to_owned()),
            content_type: "image/png".to_owned(),
            name: None,
        };
        assert_eq!(with(" \n", vec![]), Err(ContentError::Empty));
        assert_eq!(with(&"a".repeat(limits::TEXT_MAX + 1), vec![]), Err(ContentError::TextTooLong));
        assert_eq!(with("", vec![file("")]), Err(ContentError::BadAttachment));
        assert_eq!(with("", vec![file("x"); 11]), Err(ContentError::BadAttachment));
        assert!(with("", vec![file("x")]).is_ok());
        let context = BTreeMap::from([("k".to_owned(), Personal::new("v".repeat(limits::CONTEXT_MAX)))]);
        assert_eq!(Content::new("a".to_owned(), vec![], context), Err(ContentError::ContextTooLarge));
    }
}
