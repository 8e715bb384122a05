//! Facts about the wait of a conversation for an agent.

use crate::Error;
use crate::registry::Frozen;
use crate::v1::waiting as v1;
use domain::Event;
use domain::conversation::ConversationEvent;
use serde::{Deserialize, Serialize};

/// New: whether the virtual agent had it.
#[derive(Serialize, Deserialize)]
pub(crate) struct AgentRequested {
    pub(crate) from_virtual_agent: bool,
}

/// There was no virtual agent.
impl From<v1::AgentRequested> for AgentRequested {
    fn from(old: v1::AgentRequested) -> Self {
        let v1::AgentRequested {} = old;
        Self { from_virtual_agent: false }
    }
}

impl Frozen for AgentRequested {
    fn into_event(self) -> Result<Event, Error> {
        let Self { from_virtual_agent } = self;
        Ok(Event::Conversation(ConversationEvent::AgentRequested { from_virtual_agent }))
    }
}
