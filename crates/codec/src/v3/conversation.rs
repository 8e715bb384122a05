//! Facts about a conversation.

use crate::Error;
use crate::registry::Frozen;
use crate::v1::parts::{address, agent, channel, raw, user};
use crate::v2::{conversation as v2, parts as parts_v2};
use domain::conversation::{ConversationEvent, Policy as DomainPolicy};
use domain::{ContactId, Event, Personal, Seconds};
use serde::{Deserialize, Serialize};

/// New: who is taken to be the requester, and in its policy how long a guest may be gone.
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

/// Spans are in seconds.
#[derive(Serialize, Deserialize)]
pub(crate) enum Policy {
    Chat {
        reminder: u32,
        cancel: u32,
        human_only: bool,
        quantum: u32,
        idle: u32,
        disconnect: u32,
    },
    Messaging {
        prompt_agent_after: Option<u32>,
        abandon_after: Option<u32>,
        reassign_after: Option<u32>,
        idle: Option<u32>,
    },
}

/// Nobody was known.
impl From<v2::Opened> for Opened {
    fn from(old: v2::Opened) -> Self {
        let v2::Opened { contact, channel, requester, company, policy, by_agent } = old;
        let policy = policy.into();
        Self { contact, channel, requester, company, policy, by_agent, user: None }
    }
}

/// Nobody noticed then whether a guest was gone.
impl From<parts_v2::Policy> for Policy {
    fn from(old: parts_v2::Policy) -> Self {
        match old {
            parts_v2::Policy::Chat { reminder, cancel, human_only, quantum, idle } => {
                Self::Chat { reminder, cancel, human_only, quantum, idle, disconnect: 0 }
            }
            parts_v2::Policy::Messaging { prompt_agent_after, abandon_after, reassign_after, idle } => {
                Self::Messaging { prompt_agent_after, abandon_after, reassign_after, idle }
            }
        }
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

impl From<&DomainPolicy> for Policy {
    fn from(policy: &DomainPolicy) -> Self {
        match policy {
            DomainPolicy::Chat { reminder, cancel, human_only, quantum, idle, disconnect } => Self::Chat {
                reminder: reminder.0,
                cancel: cancel.0,
                human_only: *human_only,
                quantum: quantum.0,
                idle: idle.0,
                disconnect: disconnect.0,
            },
            DomainPolicy::Messaging { prompt_agent_after, abandon_after, reassign_after, idle } => {
                Self::Messaging {
                    prompt_agent_after: raw(*prompt_agent_after),
                    abandon_after: raw(*abandon_after),
                    reassign_after: raw(*reassign_after),
                    idle: raw(*idle),
                }
            }
        }
    }
}

impl From<Policy> for DomainPolicy {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Chat { reminder, cancel, human_only, quantum, idle, disconnect } => Self::Chat {
                reminder: Seconds(reminder),
                cancel: Seconds(cancel),
                human_only,
                quantum: Seconds(quantum),
                idle: Seconds(idle),
                disconnect: Seconds(disconnect),
            },
            Policy::Messaging { prompt_agent_after, abandon_after, reassign_after, idle } => {
                Self::Messaging {
                    prompt_agent_after: prompt_agent_after.map(Seconds),
                    abandon_after: abandon_after.map(Seconds),
                    reassign_after: reassign_after.map(Seconds),
                    idle: idle.map(Seconds),
                }
            }
        }
    }
}
