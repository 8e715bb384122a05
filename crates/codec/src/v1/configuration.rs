//! Facts about the configuration.

use super::parts::{address, channel, raw};
use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use domain::channel::{Actions as DomainActions, ChannelKind, ChannelSettings, IdleChat as DomainIdleChat};
use domain::channel::{Messages as DomainMessages, Mode};
use domain::configuration::ConfigurationEvent;
use domain::{Event, Seconds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelConfigured {
    pub(crate) channel: String,
    pub(crate) settings: Settings,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelRetired {
    pub(crate) channel: String,
}

/// Spans are in seconds.
#[derive(Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) kind: u8,
    pub(crate) mode: u8,
    pub(crate) addresses: BTreeSet<String>,
    pub(crate) global_idle_timeout: Option<u32>,
    pub(crate) conversation_idle_timeout: Option<u32>,
    pub(crate) idle_chat: IdleChat,
    pub(crate) actions: Actions,
    pub(crate) messages: Messages,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct IdleChat {
    pub(crate) timer_task_interval: u32,
    pub(crate) reminder_timeout: u32,
    pub(crate) cancel_timeout: u32,
    pub(crate) start_after_agent_response: bool,
    pub(crate) quantise_to_interval: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Actions {
    pub(crate) prompt_agent_after: Option<u32>,
    pub(crate) abandon_after: Option<u32>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Messages {
    pub(crate) idle_chat_reminder_message: String,
    pub(crate) idle_chat_agent_message: String,
    pub(crate) idle_chat_cancel_message: String,
    pub(crate) prompt_agent_message: String,
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

impl Frozen for ChannelRetired {
    fn into_event(self) -> Result<Event, Error> {
        let Self { channel: which } = self;
        Ok(Event::Configuration(ConfigurationEvent::ChannelRetired { channel: channel(&which)? }))
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
            actions: DomainActions { prompt_agent_after, abandon_after },
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
            },
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
            actions: Actions { prompt_agent_after, abandon_after },
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
            },
            messages: messages.into(),
        })
    }
}

impl From<&DomainIdleChat> for IdleChat {
    fn from(idle: &DomainIdleChat) -> Self {
        let DomainIdleChat {
            timer_task_interval,
            reminder_timeout,
            cancel_timeout,
            start_after_agent_response,
            quantise_to_interval,
        } = idle;
        Self {
            timer_task_interval: timer_task_interval.0,
            reminder_timeout: reminder_timeout.0,
            cancel_timeout: cancel_timeout.0,
            start_after_agent_response: *start_after_agent_response,
            quantise_to_interval: *quantise_to_interval,
        }
    }
}

impl From<IdleChat> for DomainIdleChat {
    fn from(idle: IdleChat) -> Self {
        let IdleChat {
            timer_task_interval,
            reminder_timeout,
            cancel_timeout,
            start_after_agent_response,
            quantise_to_interval,
        } = idle;
        Self {
            timer_task_interval: Seconds(timer_task_interval),
            reminder_timeout: Seconds(reminder_timeout),
            cancel_timeout: Seconds(cancel_timeout),
            start_after_agent_response,
            quantise_to_interval,
        }
    }
}

impl From<&DomainMessages> for Messages {
    fn from(messages: &DomainMessages) -> Self {
        let DomainMessages {
            idle_chat_reminder_message,
            idle_chat_agent_message,
            idle_chat_cancel_message,
            prompt_agent_message,
        } = messages.clone();
        Self {
            idle_chat_reminder_message,
            idle_chat_agent_message,
            idle_chat_cancel_message,
            prompt_agent_message,
        }
    }
}

impl From<Messages> for DomainMessages {
    fn from(messages: Messages) -> Self {
        let Messages {
            idle_chat_reminder_message,
            idle_chat_agent_message,
            idle_chat_cancel_message,
            prompt_agent_message,
        } = messages;
        Self {
            idle_chat_reminder_message,
            idle_chat_agent_message,
            idle_chat_cancel_message,
            prompt_agent_message,
        }
    }
}
