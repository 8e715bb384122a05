//! Facts about a contact.

use super::parts::{address, channel};
use crate::registry::Frozen;
use crate::{Error, v2};
use domain::contact::ContactEvent;
use domain::{ConversationId, Event, Personal};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Created {
    pub(crate) channel: String,
    pub(crate) address: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ConversationActivated {
    pub(crate) company: String,
    pub(crate) conversation: [u8; 16],
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ConversationReleased {
    pub(crate) company: String,
    pub(crate) conversation: [u8; 16],
}

impl Frozen for Created {
    fn into_event(self) -> Result<Event, Error> {
        let Self { channel: on, address: at } = self;
        let address = Personal::new(address(&at)?);
        Ok(Event::Contact(ContactEvent::Created { channel: channel(&on)?, address }))
    }
}

impl Frozen for ConversationActivated {
    fn into_event(self) -> Result<Event, Error> {
        v2::contact::ConversationActivated::from(self).into_event()
    }
}

impl Frozen for ConversationReleased {
    fn into_event(self) -> Result<Event, Error> {
        let Self { company, conversation } = self;
        Ok(Event::Contact(ContactEvent::ConversationReleased {
            company: address(&company)?,
            conversation: ConversationId::from_bytes(conversation),
        }))
    }
}
