//! Facts about a conversation.

use crate::Error;
use crate::registry::Frozen;
use crate::v1::parts::{address, agent, channel, user};
use crate::v2::conversation as v2;
use crate::v2::parts::Policy;
use domain::conversation::ConversationEvent;
use domain::{ContactId, Event, Personal};
use serde::{Deserialize, Serialize};

/// New: who is taken to be the requester.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opened {
    pub(crate) contact: [u8; 16],
    pub(crate) channel: String,
    pub(crate) requester: String,
    pub(crate) company: String,
    pub(crate) policy: Policy,
    pub(crate) by_agent: Option<String>,
    pub(crate) user: Option<String>,
}

/// Nobody was known.
impl From<v2::Opened> for Opened {
    fn from(old: v2::Opened) -> Self {
        let v2::Opened { contact, channel, requester, company, policy, by_agent } = old;
        Self { contact, channel, requester, company, policy, by_agent, user: None }
    }
}

impl Frozen for Opened {
    fn into_event(self) -> Result<Event, Error> {
        let Self { contact, channel: on, requester, company, policy, by_agent, user: whose } = self;
        Ok(Event::Conversation(ConversationEvent::Opened {
            contact: ContactId(contact),
            channel: channel(&on)?,
            requester: Personal::new(address(&requester)?),
            company: address(&company)?,
            policy: policy.into(),
            by_agent: by_agent.as_deref().map(agent).transpose()?,
            user: whose.as_deref().map(user).transpose()?,
        }))
    }
}
