//! Facts about the configuration.

use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v1::parts::channel;
use crate::v3::configuration as v3;
use domain::Event;
use domain::channel::ChannelSettings;
use domain::configuration::ConfigurationEvent;
use domain::consent::SenderKind;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelConfigured {
    pub(crate) channel: String,
    pub(crate) settings: Settings,
}

/// All that there was, with its bytes as they were. New: what is sent from.
#[derive(Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) earlier: v3::Settings,
    pub(crate) sender_kind: u8,
}

impl From<v3::ChannelConfigured> for ChannelConfigured {
    fn from(old: v3::ChannelConfigured) -> Self {
        let v3::ChannelConfigured { channel, settings } = old;
        Self { channel, settings: settings.into() }
    }
}

/// Every sender was taken for an ordinary number.
impl From<v3::Settings> for Settings {
    fn from(earlier: v3::Settings) -> Self {
        Self { earlier, sender_kind: SenderKind::LongCode.to_stored() }
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
        Self { earlier: settings.into(), sender_kind: settings.sender_kind.to_stored() }
    }
}

impl TryFrom<Settings> for ChannelSettings {
    type Error = Error;

    fn try_from(settings: Settings) -> Result<Self, Error> {
        let Settings { earlier, sender_kind } = settings;
        Ok(Self { sender_kind: SenderKind::from_stored(sender_kind)?, ..earlier.try_into()? })
    }
}
