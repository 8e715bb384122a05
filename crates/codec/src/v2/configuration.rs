//! Facts about the configuration.

use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v1::configuration as v1;
use crate::v1::parts::{address, channel, raw};
use domain::channel::{Actions as DomainActions, ChannelKind, ChannelSettings, Mode, Responder};
use domain::configuration::ConfigurationEvent;
use domain::{Event, Seconds};
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

impl Frozen for ChannelConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { channel: which, settings } = self;
        Ok(Event::Configuration(ConfigurationEvent::ChannelConfigured {
            channel: channel(&which)?,
            settings: Box::new(settings.try_into()?),
        }))
    }
}

impl From<&ChannelSettings> for Settings {
    fn from(settings: &ChannelSettings) -> Self {
        let ChannelSettings {
            kind,
            mode,
            addresses,
            global_idle_timeout,
            conversation_idle_timeout,
            idle_chat,
            actions: DomainActions { prompt_agent_after, abandon_after, reassign_after },
            live_agents,
            first_responder: _,
            messages,
        } = settings;
        Self {
            kind: kind.to_stored(),
            mode: mode.to_stored(),
            addresses: addresses.iter().map(|address| address.as_str().to_owned()).collect(),
            global_idle_timeout: raw(*global_idle_timeout),
            conversation_idle_timeout: raw(*conversation_idle_timeout),
            idle_chat: idle_chat.into(),
            actions: Actions {
                prompt_agent_after: raw(*prompt_agent_after),
                abandon_after: raw(*abandon_after),
                reassign_after: raw(*reassign_after),
            },
            live_agents: *live_agents,
            messages: messages.into(),
        }
    }
}

impl TryFrom<Settings> for ChannelSettings {
    type Error = Error;

    fn try_from(settings: Settings) -> Result<Self, Error> {
        let Settings {
            kind,
            mode,
            addresses,
            global_idle_timeout,
            conversation_idle_timeout,
            idle_chat,
            actions: Actions { prompt_agent_after, abandon_after, reassign_after },
            live_agents,
            messages,
        } = settings;
        Ok(Self {
            kind: ChannelKind::from_stored(kind)?,
            mode: Mode::from_stored(mode)?,
            addresses: addresses.iter().map(|text| address(text)).collect::<Result<_, _>>()?,
            global_idle_timeout: global_idle_timeout.map(Seconds),
            conversation_idle_timeout: conversation_idle_timeout.map(Seconds),
            idle_chat: idle_chat.into(),
            actions: DomainActions {
                prompt_agent_after: prompt_agent_after.map(Seconds),
                abandon_after: abandon_after.map(Seconds),
                reassign_after: reassign_after.map(Seconds),
            },
            live_agents,
            first_responder: Responder::LiveAgent,
            messages: messages.into(),
        })
    }
}
