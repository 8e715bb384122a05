//! What people say to each other.

mod choices;

pub(crate) use choices::meant;
pub use choices::{Answer, Choice, Choices, ComponentName};

use crate::{Attachment, MessageId, Personal};
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
    /// The most choices.
    pub const CHOICES_MAX_COUNT: usize = 10;
    /// The longest label of a choice.
    pub const CHOICE_LABEL_MAX: usize = 200;
    /// The most context variables.
    pub const CONTEXT_MAX_COUNT: usize = 50;
    /// All keys and values of the context together.
    pub const CONTEXT_MAX: usize = 8 * 1024;
}

/// All that a message can carry. Links are part of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The text; empty if there are only attachments.
    pub text: Personal<String>,
    /// Files, in order.
    pub attachments: Vec<Attachment>,
    /// What the channel knew when the message was written, such as the page or the language.
    pub context: BTreeMap<String, Personal<String>>,
    /// What the requester may choose from; on the agent's side only.
    pub choices: Option<Choices>,
    /// What the requester chose; on their side only.
    pub answer: Option<Answer>,
}

/// The checked content of a message: never empty, never over the bounds of [`limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content(Parts);

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
    /// Neither text nor attachment nor answer.
    Empty,
    /// The text is over [`limits::TEXT_MAX`].
    TextTooLong,
    /// Too many attachments, or a field of one is empty or too long.
    BadAttachment,
    /// Too many context variables, or too much in them.
    ContextTooLarge,
    /// The URL of an attachment is not one of `https`.
    UnsafeUrl,
    /// None or too many choices, one that is too long or has no name, or two alike.
    BadChoices,
}

impl Content {
    /// Checks and takes a content. An answer needs no text: it gets that of the choice.
    ///
    /// # Errors
    /// [`ContentError`] says which bound is broken.
    pub fn of(parts: Parts) -> Result<Self, ContentError> {
        let Parts { text, attachments, context, choices: _, answer } = &parts;
        let text = text.expose();
        if text.trim().is_empty() && attachments.is_empty() && answer.is_none() {
            return Err(ContentError::Empty);
        }
        if text.len() > limits::TEXT_MAX {
            return Err(ContentError::TextTooLong);
        }
        let within_bounds = attachments.iter().all(Attachment::is_within_bounds);
        if attachments.len() > limits::ATTACHMENTS_MAX_COUNT || !within_bounds {
            return Err(ContentError::BadAttachment);
        }
        if !attachments.iter().all(Attachment::has_safe_url) {
            return Err(ContentError::UnsafeUrl);
        }
        let context_len: usize = context.iter().map(|(key, value)| key.len() + value.expose().len()).sum();
        if context.len() > limits::CONTEXT_MAX_COUNT || context_len > limits::CONTEXT_MAX {
            return Err(ContentError::ContextTooLarge);
        }
        Ok(Self(parts))
    }

    /// A content without choices and answer.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn new(
        text: String,
        attachments: Vec<Attachment>,
        context: BTreeMap<String, Personal<String>>,
    ) -> Result<Self, ContentError> {
        Self::of(Parts { text: Personal::new(text), attachments, context, ..Parts::default() })
    }

    /// A content of text alone.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn text_only(text: &str) -> Result<Self, ContentError> {
        Self::new(text.to_owned(), Vec::new(), BTreeMap::new())
    }

    /// A content as it was stored; it was checked before.
    pub const fn stored(parts: Parts) -> Self {
        Self(parts)
    }

    /// The text; empty if there are only attachments.
    pub const fn text(&self) -> &Personal<String> {
        &self.0.text
    }

    /// The attachments, in order.
    pub fn attachments(&self) -> &[Attachment] {
        &self.0.attachments
    }

    /// The language of whoever wrote it, where the channel says so (`VA-4`).
    pub fn language(&self) -> Option<String> {
        let mut context = self.context().iter();
        let (_, said) = context.find(|(name, _)| name.eq_ignore_ascii_case("language"))?;
        crate::notice::language_tag(said.expose())
    }

    /// What the channel knew when the message was written, such as the page or the language.
    pub const fn context(&self) -> &BTreeMap<String, Personal<String>> {
        &self.0.context
    }

    /// What the requester may choose from.
    pub const fn choices(&self) -> Option<&Choices> {
        self.0.choices.as_ref()
    }

    /// What the requester chose.
    pub const fn answer(&self) -> Option<&Answer> {
        self.0.answer.as_ref()
    }

    /// The same as an answer, which says the choice's label where it says nothing itself.
    #[must_use]
    pub(crate) fn answering(mut self, message: MessageId, choice: &Choice) -> Self {
        if self.0.text.expose().trim().is_empty() {
            self.0.text = choice.label.clone();
        }
        self.0.answer = Some(Answer { message, value: choice.value.clone() });
        self
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
            Self::UnsafeUrl => f.write_str(
                "an attachment is at an https URL without a user name; http only at an address of the same machine",
            ),
            Self::BadChoices => write!(
                f,
                "1 to {} choices, no two alike, each with a name as value and a label of at most {} bytes",
                limits::CHOICES_MAX_COUNT,
                limits::CHOICE_LABEL_MAX
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
            size_bytes: None,
        };
        let x = "https://x.example/1";
        assert_eq!(with(" \n", vec![]), Err(ContentError::Empty));
        assert_eq!(with(&"a".repeat(limits::TEXT_MAX + 1), vec![]), Err(ContentError::TextTooLong));
        assert_eq!(with("", vec![file("")]), Err(ContentError::BadAttachment));
        assert_eq!(with("", vec![file(x); 11]), Err(ContentError::BadAttachment));
        assert_eq!(with("", vec![file("http://x.example/1")]), Err(ContentError::UnsafeUrl));
        assert!(with("", vec![file(x)]).is_ok());
        let context = BTreeMap::from([("k".to_owned(), Personal::new("v".repeat(limits::CONTEXT_MAX)))]);
        assert_eq!(Content::new("a".to_owned(), vec![], context), Err(ContentError::ContextTooLarge));
    }
}
