//! What several facts are made of.

use crate::v1;
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
