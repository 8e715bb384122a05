//! Facts about a conversation.

use super::parts::Policy;
use crate::Error;
use crate::registry::Frozen;
use crate::v1::conversation as v1;
use crate::v1::parts::{OfferId, agent};
use crate::v3::conversation as v3;
use domain::Event;
use domain::conversation::ConversationEvent;
use serde::{Deserialize, Serialize};

/// New in its policy: an action.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opened {
    pub(crate) contact: [u8; 16],
    pub(crate) channel: String,
    pub(crate) requester: String,
    pub(crate) company: String,
    pub(crate) policy: Policy,
    pub(crate) by_agent: Option<String>,
}

/// New: by which offer, and what the requester is told.
#[derive(Serialize, Deserialize)]
pub(crate) struct AgentJoined {
    pub(crate) agent: String,
    pub(crate) assigned: bool,
    pub(crate) offer: Option<OfferId>,
    pub(crate) greeting: Option<String>,
}

impl From<v1::Opened> for Opened {
    fn from(old: v1::Opened) -> Self {
        let v1::Opened { contact, channel, requester, company, policy, by_agent } = old;
        Self { contact, channel, requester, company, policy: policy.into(), by_agent }
    }
}

/// There were no offers, so everybody came by themselves.
impl From<v1::AgentJoined> for AgentJoined {
    fn from(old: v1::AgentJoined) -> Self {
        let v1::AgentJoined { agent, assigned } = old;
        Self { agent, assigned, offer: None, greeting: None }
    }
}

/// Brought up to date by the next version that there is.
impl Frozen for Opened {
    fn into_event(self) -> Result<Event, Error> {
        v3::Opened::from(self).into_event()
    }
}

impl Frozen for AgentJoined {
    fn into_event(self) -> Result<Event, Error> {
        let Self { agent: who, assigned, offer, greeting } = self;
        let (agent, offer) = (agent(&who)?, offer.map(OfferId::into));
        Ok(Event::Conversation(ConversationEvent::AgentJoined { agent, assigned, offer, greeting }))
    }
}
