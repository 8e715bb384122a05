//! Facts about the configuration.

use crate::Error;
use crate::registry::Frozen;
use crate::v1::configuration as v1;
use crate::v3::configuration as v3;
use domain::Event;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelConfigured {
    pub(crate) channel: String,
    pub(crate) settings: Settings,
}

/// Spans are in seconds. New: whether live agents serve it, and in its actions the one that takes a conversation from
/// its agent.
#[derive(Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) kind: u8,
    pub(crate) mode: u8,
    pub(crate) addresses: BTreeSet<String>,
    pub(crate) global_idle_timeout: Option<u32>,
    pub(crate) conversation_idle_timeout: Option<u32>,
    pub(crate) idle_chat: v1::IdleChat,
    pub(crate) actions: Actions,
    pub(crate) live_agents: bool,
    pub(crate) messages: v1::Messages,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Actions {
    pub(crate) prompt_agent_after: Option<u32>,
    pub(crate) abandon_after: Option<u32>,
    pub(crate) reassign_after: Option<u32>,
}

impl From<v1::ChannelConfigured> for ChannelConfigured {
    fn from(old: v1::ChannelConfigured) -> Self {
        let v1::ChannelConfigured { channel, settings } = old;
        Self { channel, settings: settings.into() }
    }
}

/// Live agents served every channel, and kept what they had.
impl From<v1::Settings> for Settings {
    fn from(old: v1::Settings) -> Self {
        let v1::Settings {
            kind,
            mode,
            addresses,
            global_idle_timeout,
            conversation_idle_timeout,
            idle_chat,
            actions: v1::Actions { prompt_agent_after, abandon_after },
            messages,
        } = old;
        Self {
            kind,
            mode,
            addresses,
            global_idle_timeout,
            conversation_idle_timeout,
            idle_chat,
            actions: Actions { prompt_agent_after, abandon_after, reassign_after: None },
            live_agents: true,
            messages,
        }
    }
}

/// Brought up to date by the next version that there is.
impl Frozen for ChannelConfigured {
    fn into_event(self) -> Result<Event, Error> {
        v3::ChannelConfigured::from(self).into_event()
    }
}
