//! What several facts are made of.

use crate::v1;
use crate::v1::parts::raw;
use domain::Seconds;
use domain::conversation::Policy as DomainPolicy;
use serde::{Deserialize, Serialize};

/// Spans are in seconds. New is the action that takes a conversation from its agent.
#[derive(Serialize, Deserialize)]
pub(crate) enum Policy {
    Chat {
        reminder: u32,
        cancel: u32,
        human_only: bool,
        quantum: u32,
        idle: u32,
    },
    Messaging {
        prompt_agent_after: Option<u32>,
        abandon_after: Option<u32>,
        reassign_after: Option<u32>,
        idle: Option<u32>,
    },
}

impl From<v1::parts::Policy> for Policy {
    fn from(old: v1::parts::Policy) -> Self {
        match old {
            v1::parts::Policy::Chat { reminder, cancel, human_only, quantum, idle } => {
                Self::Chat { reminder, cancel, human_only, quantum, idle }
            }
            v1::parts::Policy::Messaging { prompt_agent_after, abandon_after, idle } => {
                Self::Messaging { prompt_agent_after, abandon_after, reassign_after: None, idle }
            }
        }
    }
}

impl From<&DomainPolicy> for Policy {
    fn from(policy: &DomainPolicy) -> Self {
        match policy {
            DomainPolicy::Chat { reminder, cancel, human_only, quantum, idle } => Self::Chat {
                reminder: reminder.0,
                cancel: cancel.0,
                human_only: *human_only,
                quantum: quantum.0,
                idle: idle.0,
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
            Policy::Chat { reminder, cancel, human_only, quantum, idle } => Self::Chat {
                reminder: Seconds(reminder),
                cancel: Seconds(cancel),
                human_only,
                quantum: Seconds(quantum),
                idle: Seconds(idle),
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
