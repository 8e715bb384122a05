//! Notifications.

use crate::Error;
use crate::registry::Frozen;
use crate::v1::{parts, window as v1};
use domain::contact::{ContactEvent, Notification};
use domain::{Event, MessageId, Personal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// New: the company's address from which it leaves.
#[derive(Serialize, Deserialize)]
pub(crate) struct NotificationSent {
    pub(crate) id: [u8; 16],
    pub(crate) text: String,
    pub(crate) link: Option<String>,
    pub(crate) from: Option<String>,
}

/// It did not leave.
impl From<v1::NotificationSent> for NotificationSent {
    fn from(old: v1::NotificationSent) -> Self {
        let v1::NotificationSent { id, text, link } = old;
        Self { id, text, link, from: None }
    }
}

impl Frozen for NotificationSent {
    fn into_event(self) -> Result<Event, Error> {
        let Self { id, text, link, from } = self;
        // It was checked before, as all that is stored.
        Ok(Event::Contact(ContactEvent::NotificationSent(Notification {
            id: MessageId(Uuid::from_bytes(id)),
            text: Personal::new(text),
            link: link.map(Personal::new),
            from: from.as_deref().map(parts::address).transpose()?,
        })))
    }
}
