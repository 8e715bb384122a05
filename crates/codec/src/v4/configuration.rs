//! Facts about the configuration.

use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v1::parts::{address, channel, raw};
use crate::v2::configuration as v2;
use domain::channel::{Actions, ChannelKind, ChannelSettings, DISCONNECT_DEFAULT, Mode};
use domain::configuration::ConfigurationEvent;
use domain::{Event, Seconds};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelConfigured {
    pub(crate) channel: String,
    pub(crate) settings: Settings,
}

/// Spans are in seconds. New: how long a guest may be gone.
#[derive(Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) settings: v2::Settings,
    pub(crate) chat_disconnect_timeout: u32,
}

impl From<v2::ChannelConfigured> for ChannelConfigured {
    fn from(old: v2::ChannelConfigured) -> Self {
        let v2::ChannelConfigured { channel, settings } = old;
        Self { channel, settings: Settings { settings, chat_disconnect_timeout: DISCONNECT_DEFAULT.0 } }
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
            actions: Actions { prompt_agent_after, abandon_after, reassign_after },
            live_agents,
            messages,
            chat_disconnect_timeout,
        } = settings;
        let settings = v2::Settings {
            kind: kind.to_stored(),
            mode: mode.to_stored(),
            addresses: addresses.iter().map(|address| address.as_str().to_owned()).collect(),
            global_idle_timeout: raw(*global_idle_timeout),
            conversation_idle_timeout: raw(*conversation_idle_timeout),
            idle_chat: idle_chat.into(),
            actions: v2::Actions {
                prompt_agent_after: raw(*prompt_agent_after),
                abandon_after: raw(*abandon_after),
                reassign_after: raw(*reassign_after),
            },
            live_agents: *live_agents,
            messages: messages.into(),
        };
        Self { settings, chat_disconnect_timeout: chat_disconnect_timeout.0 }
    }
}

impl TryFrom<Settings> for ChannelSettings {
    type Error = Error;

    fn try_from(stored: Settings) -> Result<Self, Error> {
        let Settings { settings, chat_disconnect_timeout } = stored;
        let v2::Settings {
            kind,
            mode,
            addresses,
            global_idle_timeout,
            conversation_idle_timeout,
            idle_chat,
            actions: v2::Actions { prompt_agent_after, abandon_after, reassign_after },
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
            actions: Actions {
                prompt_agent_after: prompt_agent_after.map(Seconds),
                abandon_after: abandon_after.map(Seconds),
                reassign_after: reassign_after.map(Seconds),
            },
            live_agents,
            messages: messages.into(),
            chat_disconnect_timeout: Seconds(chat_disconnect_timeout),
        })
    }
}
