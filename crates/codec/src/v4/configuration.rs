//! Facts about the configuration.

use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v1::parts::channel;
use crate::v3::configuration as v3;
use domain::Event;
use domain::channel::{ChannelSettings, Portals};
use domain::configuration::ConfigurationEvent;
use domain::consent::SenderKind;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelConfigured {
    pub(crate) channel: String,
    pub(crate) settings: Settings,
}

/// All that there was, with its bytes as they were. New: how the portals of the web go together, and what is sent from.
#[derive(Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) earlier: v3::Settings,
    pub(crate) portals: u8,
    pub(crate) sender_kind: u8,
}

impl From<v3::ChannelConfigured> for ChannelConfigured {
    fn from(old: v3::ChannelConfigured) -> Self {
        let v3::ChannelConfigured { channel, settings } = old;
        Self { channel, settings: settings.into() }
    }
}

/// Each of the company's addresses had its own conversation and keeps it, and every sender was taken for an ordinary number.
impl From<v3::Settings> for Settings {
    fn from(earlier: v3::Settings) -> Self {
        let (portals, sender_kind) = (Portals::Independent.to_stored(), SenderKind::LongCode.to_stored());
        Self { earlier, portals, sender_kind }
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
        let (portals, sender_kind) = (settings.portals.to_stored(), settings.sender_kind.to_stored());
        Self { earlier: settings.into(), portals, sender_kind }
    }
}

impl TryFrom<Settings> for ChannelSettings {
    type Error = Error;

    fn try_from(settings: Settings) -> Result<Self, Error> {
        let Settings { earlier, portals, sender_kind } = settings;
        let (portals, sender_kind) = (Portals::from_stored(portals)?, SenderKind::from_stored(sender_kind)?);
        Ok(Self { portals, sender_kind, ..earlier.try_into()? })
    }
}
