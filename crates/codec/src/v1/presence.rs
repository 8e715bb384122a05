//! Facts about whether the requester of a conversation is there, and that they were told of being heard.

use crate::Error;
use crate::registry::Frozen;
use domain::Event;
use domain::conversation::ConversationEvent;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct RequesterDisconnected {}

#[derive(Serialize, Deserialize)]
pub(crate) struct RequesterReconnected {}

#[derive(Serialize, Deserialize)]
pub(crate) struct RequesterConnected {}

#[derive(Serialize, Deserialize)]
pub(crate) struct Acknowledged {
    pub(crate) text: String,
}

impl Frozen for RequesterDisconnected {
    fn into_event(self) -> Result<Event, Error> {
        let Self {} = self;
        Ok(Event::Conversation(ConversationEvent::RequesterDisconnected))
    }
}

impl Frozen for RequesterReconnected {
    fn into_event(self) -> Result<Event, Error> {
        let Self {} = self;
        Ok(Event::Conversation(ConversationEvent::RequesterReconnected))
    }
}

impl Frozen for RequesterConnected {
    fn into_event(self) -> Result<Event, Error> {
        let Self {} = self;
        Ok(Event::Conversation(ConversationEvent::RequesterConnected))
    }
}

impl Frozen for Acknowledged {
    fn into_event(self) -> Result<Event, Error> {
        let Self { text } = self;
        Ok(Event::Conversation(ConversationEvent::Acknowledged { text }))
    }
}
