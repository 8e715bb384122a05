//! Facts about the configuration.

use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v1::configuration as v1;
use crate::v1::parts::{address, raw};
use crate::v2::configuration as v2;
use crate::v2::configuration::Actions;
use crate::v4::configuration as v4;
use domain::channel::Proactive as DomainProactive;
use domain::channel::{
    Actions as DomainActions, ChannelKind, ChannelSettings, DISCONNECT_DEFAULT, Mode, Responder,
};
use domain::consent::SenderKind;
use domain::contact::PinLimits as DomainPinLimits;
use domain::{Event, Seconds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelConfigured {
    pub(crate) channel: String,
    pub(crate) settings: Settings,
}

/// Spans are in seconds. New: whether and to whom agents may write first, how often a PIN may be tried, who answers first,
/// and how long a guest may be gone.
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
    pub(crate) proactive: Proactive,
    pub(crate) pin_limits: PinLimits,
    pub(crate) first_responder: u8,
    pub(crate) chat_disconnect_timeout: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Proactive {
    pub(crate) active: bool,
    pub(crate) require_existing_recipient: bool,
    pub(crate) allow_manual_recipient: bool,
    pub(crate) order: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PinLimits {
    pub(crate) attempts: u32,
    pub(crate) window: u32,
}

impl From<v2::ChannelConfigured> for ChannelConfigured {
    fn from(old: v2::ChannelConfigured) -> Self {
        let v2::ChannelConfigured { channel, settings } = old;
        Self { channel, settings: settings.into() }
    }
}

/// Agents could write first to any number on every messaging channel, and go on doing so. There were no PINs.
impl From<v2::Settings> for Settings {
    fn from(old: v2::Settings) -> Self {
        let v2::Settings {
            kind,
            mode,
            addresses,
            global_idle_timeout,
            conversation_idle_timeout,
            idle_chat,
            actions,
            live_agents,
            messages,
        } = old;
        let active = mode == Mode::Messaging.to_stored();
        let proactive =
            Proactive { active, require_existing_recipient: false, allow_manual_recipient: active, order: 0 };
        let DomainPinLimits { attempts, window } = DomainPinLimits::MAX;
        Self {
            kind,
            mode,
            addresses,
            global_idle_timeout,
            conversation_idle_timeout,
            idle_chat,
            actions,
            live_agents,
            messages,
            proactive,
            pin_limits: PinLimits { attempts, window: window.0 },
            first_responder: Responder::LiveAgent.to_stored(),
            chat_disconnect_timeout: DISCONNECT_DEFAULT.0,
        }
    }
}

/// Brought up to date by the next version that there is.
impl Frozen for ChannelConfigured {
    fn into_event(self) -> Result<Event, Error> {
        v4::ChannelConfigured::from(self).into_event()
    }
}

/// What this version has of the settings.
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
            messages,
            proactive: DomainProactive { active, require_existing_recipient, allow_manual_recipient, order },
            pin_limits: DomainPinLimits { attempts, window },
            first_responder,
            chat_disconnect_timeout,
            sender_kind: _,
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
            proactive: Proactive {
                active: *active,
                require_existing_recipient: *require_existing_recipient,
                allow_manual_recipient: *allow_manual_recipient,
                order: *order,
            },
            pin_limits: PinLimits { attempts: *attempts, window: window.0 },
            first_responder: first_responder.to_stored(),
            chat_disconnect_timeout: chat_disconnect_timeout.0,
        }
    }
}

/// The rest of them is as it was before it could be said.
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
            proactive: Proactive { active, require_existing_recipient, allow_manual_recipient, order },
            pin_limits: PinLimits { attempts, window },
            first_responder,
            chat_disconnect_timeout,
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
            messages: messages.into(),
            proactive: DomainProactive { active, require_existing_recipient, allow_manual_recipient, order },
            pin_limits: DomainPinLimits { attempts, window: Seconds(window) },
            first_responder: Responder::from_stored(first_responder)?,
            chat_disconnect_timeout: Seconds(chat_disconnect_timeout),
            sender_kind: SenderKind::default(),
        })
    }
}
