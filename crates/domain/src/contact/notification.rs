//! Simple notifications: something to read that belongs to no conversation (`NTF-1`).

use super::Contact;
use crate::{MessageId, Personal, Rejection, limits};
use std::fmt;

/// A notification within its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: MessageId,
    /// What it says.
    pub text: Personal<String>,
    /// Where it leads, if anywhere.
    pub link: Option<Personal<String>>,
}

/// Why something cannot be a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationError {
    /// The text is blank or too long.
    Text,
    /// The link is no web address, or too long.
    Link,
}

impl Notification {
    /// Checks and takes one.
    ///
    /// # Errors
    /// [`NotificationError`] says what is wrong.
    pub fn new(id: MessageId, text: String, link: Option<String>) -> Result<Self, NotificationError> {
        if text.trim().is_empty() || text.len() > limits::TEXT_MAX {
            return Err(NotificationError::Text);
        }
        if link.as_deref().is_some_and(|link| !is_web_address(link)) {
            return Err(NotificationError::Link);
        }
        Ok(Self { id, text: Personal::new(text), link: link.map(Personal::new) })
    }
}

/// Whoever shows the link must not run a script by it.
fn is_web_address(link: &str) -> bool {
    let is_web =
        ["https://", "http://"].iter().any(|scheme| link.len() > scheme.len() && link.starts_with(scheme));
    is_web && link.len() <= limits::ATTACHMENT_FIELD_MAX && link.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether this contact may be sent a notification: not once they have opted out of anything (`OPT-6`), and by phone only
/// if they have subscribed (`OPT-1`).
///
/// # Errors
/// [`Rejection::OptedOut`].
pub fn may_notify(state: Option<&Contact>, by_phone: bool) -> Result<(), Rejection> {
    let mut consent = state.iter().flat_map(|contact| contact.consent.values());
    let opted_out = consent.clone().any(|consent| consent.opted_out);
    let subscribed = !by_phone || consent.any(|consent| consent.notifications);
    if opted_out || !subscribed { Err(Rejection::OptedOut) } else { Ok(()) }
}

impl fmt::Display for NotificationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => write!(f, "a notification needs a text of at most {} bytes", limits::TEXT_MAX),
            Self::Link => write!(
                f,
                "a link begins with https:// or http:// and has at most {} bytes, none of them a blank",
                limits::ATTACHMENT_FIELD_MAX
            ),
        }
    }
}
