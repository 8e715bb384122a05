//! Simple notifications: something to read that belongs to no conversation (`NTF-1`).

use super::Contact;
use crate::{Address, MessageId, Personal, Rejection, limits};
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
    /// The company's address from which it leaves; of what is only shown there may be none.
    pub from: Option<Address>,
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
    pub fn new(
        id: MessageId,
        text: String,
        link: Option<String>,
        from: Option<Address>,
    ) -> Result<Self, NotificationError> {
        if text.trim().is_empty() || text.len() > limits::TEXT_MAX {
            return Err(NotificationError::Text);
        }
        if link.as_deref().is_some_and(|link| !is_web_address(link)) {
            return Err(NotificationError::Link);
        }
        Ok(Self { id, text: Personal::new(text), link: link.map(Personal::new), from })
    }

    /// What it says where there is only text: the link stands under it.
    pub fn as_text(&self) -> String {
        let text = self.text.expose();
        self.link.as_ref().map_or_else(|| text.clone(), |link| format!("{text}\n{}", link.expose()))
    }
}

/// Whoever shows the link must not run a script by it.
fn is_web_address(link: &str) -> bool {
    let is_web =
        ["https://", "http://"].iter().any(|scheme| link.len() > scheme.len() && link.starts_with(scheme));
    is_web && link.len() <= limits::ATTACHMENT_FIELD_MAX && link.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether this contact may be sent a notification from this address of the company: not once they have opted out of it
/// (`OPT-6`), and by phone only if they have subscribed there (`OPT-1`). What comes from none of them is held against all.
///
/// # Errors
/// [`Rejection::OptedOut`], [`Rejection::NotSubscribed`].
pub fn may_notify(state: Option<&Contact>, by_phone: bool, from: Option<&Address>) -> Result<(), Rejection> {
    let said = state.iter().flat_map(|contact| &contact.consent);
    let mut consent = said.filter(|(address, _)| from.is_none_or(|from| from == *address)).map(|(_, it)| it);
    if consent.clone().any(|consent| consent.opted_out) {
        return Err(Rejection::OptedOut);
    }
    let subscribed = !by_phone || consent.any(|consent| consent.notifications);
    if subscribed { Ok(()) } else { Err(Rejection::NotSubscribed) }
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
