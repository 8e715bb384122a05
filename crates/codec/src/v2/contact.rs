//! Which conversation is active.

use crate::Error;
use crate::registry::Frozen;
use crate::v1::{contact as v1, parts};
use domain::contact::ContactEvent;
use domain::{ConversationId, Event};
use serde::{Deserialize, Serialize};

/// New: whether an agent began it.
#[derive(Serialize, Deserialize)]
pub(crate) struct ConversationActivated {
    pub(crate) company: String,
    pub(crate) conversation: [u8; 16],
    pub(crate) by_agent: bool,
}

/// Nobody noted who began it, and it was taken to say where the requester is.
impl From<v1::ConversationActivated> for ConversationActivated {
    fn from(old: v1::ConversationActivated) -> Self {
        let v1::ConversationActivated { company, conversation } = old;
        Self { company, conversation, by_agent: false }
    }
}

impl Frozen for ConversationActivated {
    fn into_event(self) -> Result<Event, Error> {
        let Self { company, conversation, by_agent } = self;
        Ok(Event::Contact(ContactEvent::ConversationActivated {
            company: parts::address(&company)?,
            conversation: ConversationId::from_bytes(conversation),
            by_agent,
        }))
    }
}
