//! Facts about the configuration.

use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v1::parts::channel;
use crate::v3::configuration as v3;
use domain::Event;
use domain::channel::{ChannelSettings, Portals};
use domain::configuration::ConfigurationEvent;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelConfigured {
    pub(crate) channel: String,
    pub(crate) settings: Settings,
}

/// New: how the portals of the web go together.
#[derive(Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) before: v3::Settings,
    pub(crate) portals: u8,
}

impl From<v3::ChannelConfigured> for ChannelConfigured {
    fn from(old: v3::ChannelConfigured) -> Self {
        let v3::ChannelConfigured { channel, settings } = old;
        // Each of the company's addresses had its own conversation, and keeps it.
        let portals = Portals::Independent.to_stored();
        Self { channel, settings: Settings { before: settings, portals } }
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
        Self { before: settings.into(), portals: settings.portals.to_stored() }
    }
}

impl TryFrom<Settings> for ChannelSettings {
    type Error = Error;

    fn try_from(settings: Settings) -> Result<Self, Error> {
        let Settings { before, portals } = settings;
        Ok(Self { portals: Portals::from_stored(portals)?, ..before.try_into()? })
    }
}
