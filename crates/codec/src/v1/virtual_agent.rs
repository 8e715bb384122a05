//! Facts about the virtual agent of a conversation.

use crate::Error;
use crate::registry::Frozen;
use crate::v2::message::Message;
use domain::Event;
use domain::conversation::ConversationEvent;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Engaged {}

#[derive(Serialize, Deserialize)]
pub(crate) struct MessagePosted {
    pub(crate) message: Message,
}

impl Frozen for Engaged {
    fn into_event(self) -> Result<Event, Error> {
        let Self {} = self;
        Ok(Event::Conversation(ConversationEvent::VirtualAgentEngaged))
    }
}

impl Frozen for MessagePosted {
    fn into_event(self) -> Result<Event, Error> {
        let Self { message } = self;
        Ok(Event::Conversation(ConversationEvent::VirtualAgentMessagePosted { message: message.try_into()? }))
    }
}
