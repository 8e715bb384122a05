//! The configuration as an aggregate: every change is an event with its author, and any time of the past can be asked.

use crate::channel::{ChannelSettings, validate};
use crate::{ChannelId, Rejection};
use std::collections::BTreeMap;

/// The channels in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// How many events it has seen.
    pub version: u64,
    /// By name.
    pub channels: BTreeMap<ChannelId, ChannelSettings>,
}

/// Makes these the channels, and no others. Legal as a whole or refused as a whole (`IDLE-6`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apply {
    /// All channels, by name.
    pub channels: BTreeMap<ChannelId, ChannelSettings>,
}

/// A fact about the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigurationEvent {
    /// A channel is new or has other settings now.
    ChannelConfigured {
        /// Which one.
        channel: ChannelId,
        /// All its settings.
        settings: Box<ChannelSettings>,
    },
    /// A channel takes no new conversations any more; open ones go on.
    ChannelRetired {
        /// Which one.
        channel: ChannelId,
    },
}

/// Turns a wanted configuration into the facts that lead to it; none if it is in force already.
///
/// # Errors
/// [`Rejection::BadConfiguration`] with everything that is wrong.
pub fn decide(state: &Configuration, command: &Apply) -> Result<Vec<ConfigurationEvent>, Rejection> {
    let problems = validate(&command.channels);
    if !problems.is_empty() {
        return Err(Rejection::BadConfiguration(problems));
    }
    let configured =
        command.channels.iter().filter(|(id, settings)| state.channels.get(id) != Some(settings)).map(
            |(id, settings)| ConfigurationEvent::ChannelConfigured {
                channel: id.clone(),
                settings: Box::new(settings.clone()),
            },
        );
    let retired = state
        .channels
        .keys()
        .filter(|id| !command.channels.contains_key(id))
        .map(|id| ConfigurationEvent::ChannelRetired { channel: id.clone() });
    Ok(configured.chain(retired).collect())
}

/// Applies one fact.
#[must_use]
pub fn evolve(mut state: Configuration, event: &ConfigurationEvent) -> Configuration {
    state.version += 1;
    match event {
        ConfigurationEvent::ChannelConfigured { channel, settings } => {
            state.channels.insert(channel.clone(), settings.as_ref().clone());
        }
        ConfigurationEvent::ChannelRetired { channel } => {
            state.channels.remove(channel);
        }
    }
    state
}

#[cfg(test)]
mod tests;
