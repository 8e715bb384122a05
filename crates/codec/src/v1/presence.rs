//! Facts about whether the requester of a conversation is there.

use crate::Error;
use crate::registry::Frozen;
use domain::Event;
use domain::conversation::ConversationEvent;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct RequesterDisconnected {}

#[derive(Serialize, Deserialize)]
pub(crate) struct RequesterReconnected {}

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
