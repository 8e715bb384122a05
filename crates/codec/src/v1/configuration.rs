//! Facts about the configuration.

use super::parts::channel;
use crate::registry::Frozen;
use crate::{Error, v2};
use domain::channel::{IdleChat as DomainIdleChat, Messages as DomainMessages};
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
        v2::configuration::ChannelConfigured::from(self).into_event()
    }
}

impl Frozen for ChannelRetired {
    fn into_event(self) -> Result<Event, Error> {
        let Self { channel: which } = self;
        Ok(Event::Configuration(ConfigurationEvent::ChannelRetired { channel: channel(&which)? }))
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
