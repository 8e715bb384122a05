//! The configuration as an aggregate: every change is an event with its author, and any time of the past can be asked.

mod order;
mod problem;

pub use problem::Problem;

use crate::channel::{self, ChannelSettings};
use crate::routing::{self, Entry, EntryKey, Routing};
use crate::{ChannelId, Rejection};
use std::collections::BTreeMap;

/// What is in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// How many events it has seen.
    pub version: u64,
    /// The channels by name.
    pub channels: BTreeMap<ChannelId, ChannelSettings>,
    /// All that routing goes by.
    pub routing: Routing,
}

/// Makes these the channels, and no others, and this the routing. Legal as a whole or refused as a whole (`IDLE-6`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apply {
    /// All channels, by name.
    pub channels: BTreeMap<ChannelId, ChannelSettings>,
    /// All of routing; `None` leaves it as it is.
    pub routing: Option<Routing>,
}

/// Changes one entry of routing and leaves everything else as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sets it, new or not.
    Put(Entry),
    /// Takes it away; nothing may refer to it any more.
    Remove(EntryKey),
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
    /// An entry of routing is new or says something else now.
    RoutingConfigured {
        /// All of it.
        entry: Box<Entry>,
    },
    /// An entry of routing is gone.
    RoutingRemoved {
        /// Which one.
        key: EntryKey,
    },
}

/// Turns a wanted configuration into the facts that lead to it; none if it is in force already.
///
/// They may be stored in several steps: after each of them, everything that routing refers to is there.
///
/// # Errors
/// [`Rejection::BadConfiguration`] with everything that is wrong.
pub fn decide(state: &Configuration, command: &Apply) -> Result<Vec<ConfigurationEvent>, Rejection> {
    let mut problems: Vec<Problem> =
        channel::validate(&command.channels).into_iter().map(Problem::from).collect();
    problems.extend(command.routing.iter().flat_map(routing::validate).map(Problem::from));
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
    let mut events: Vec<ConfigurationEvent> = configured.chain(retired).collect();
    if let Some(wanted) = &command.routing {
        events.extend(order::facts(&state.routing, wanted));
    }
    Ok(events)
}

/// Turns a change of one entry into the fact that makes it; none if it is so already.
///
/// # Errors
/// [`Rejection::EntryUnknown`] for what is not there to be removed, and [`Rejection::BadConfiguration`] with everything
/// that would be wrong then, such as what refers to it.
pub fn decide_change(state: &Configuration, change: &Change) -> Result<Vec<ConfigurationEvent>, Rejection> {
    let mut routing = state.routing.clone();
    let event = match change {
        Change::Put(entry) if order::in_force(&state.routing, entry) => return Ok(Vec::new()),
        Change::Put(entry) => {
            routing.put(entry.clone());
            ConfigurationEvent::RoutingConfigured { entry: Box::new(entry.clone()) }
        }
        Change::Remove(key) => {
            if !routing.remove(key) {
                return Err(Rejection::EntryUnknown);
            }
            ConfigurationEvent::RoutingRemoved { key: key.clone() }
        }
    };
    let problems = routing::validate(&routing);
    if problems.is_empty() {
        Ok(vec![event])
    } else {
        Err(Rejection::BadConfiguration(problems.into_iter().map(Problem::from).collect()))
    }
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
        ConfigurationEvent::RoutingConfigured { entry } => state.routing.put(entry.as_ref().clone()),
        ConfigurationEvent::RoutingRemoved { key } => {
            state.routing.remove(key);
        }
    }
    state
}

#[cfg(test)]
mod tests;
