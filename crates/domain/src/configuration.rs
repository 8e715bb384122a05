//! The configuration as an aggregate: every change is an event with its author, and any time of the past can be asked.

mod order;
mod problem;
mod wording;

pub use problem::Problem;
pub use wording::Wording;

use crate::channel::{self, ChannelSettings};
use crate::notice::{NoticeKey, Texts};
use crate::routing::{self, Entry, EntryKey, Routing};
use crate::{AttachmentRules, ChannelId, Component, ComponentName, Rejection, shipped_components};
use std::collections::BTreeMap;

/// What is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// How many events it has seen.
    pub version: u64,
    /// The channels by name.
    pub channels: BTreeMap<ChannelId, ChannelSettings>,
    /// All that routing goes by.
    pub routing: Routing,
    /// What system messages say differently from what is built in.
    pub texts: Texts,
    /// Which files come with messages, for the channels that do not go by the defaults of their kind (`PRO-8`).
    pub attachments: BTreeMap<ChannelId, AttachmentRules>,
    /// The messages with choices that agents send in one action (`MSG-26`).
    pub components: BTreeMap<ComponentName, Component>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            version: 0,
            channels: BTreeMap::new(),
            routing: Routing::default(),
            texts: Texts::default(),
            attachments: BTreeMap::new(),
            components: shipped_components(),
        }
    }
}

impl Configuration {
    /// Which files come with messages on a channel; one that is gone is taken for the plainest of all.
    pub fn attachments(&self, channel: &ChannelId) -> &AttachmentRules {
        let kind = self.channels.get(channel).map_or(channel::ChannelKind::Sms, |settings| settings.kind);
        self.attachments.get(channel).unwrap_or_else(|| AttachmentRules::defaults(kind))
    }
}

/// Makes these the channels, and no others, and this the routing. Legal as a whole or refused as a whole (`IDLE-6`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apply {
    /// All channels, by name.
    pub channels: BTreeMap<ChannelId, ChannelSettings>,
    /// All of routing; `None` leaves it as it is.
    pub routing: Option<Routing>,
    /// What messages can carry and what the system says; it leaves as it is what it says nothing of.
    pub wording: Wording,
}

/// Changes one entry and leaves everything else as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sets an entry of routing, new or not.
    Put(Entry),
    /// Takes an entry of routing away; nothing may refer to it any more.
    Remove(EntryKey),
    /// Says a system message differently in a language.
    Text {
        /// The language.
        language: String,
        /// Which message.
        key: NoticeKey,
        /// What it says; `None` goes back to what is built in.
        text: Option<String>,
    },
    /// Sets which files come with messages on a channel.
    Attachments {
        /// Which channel.
        channel: ChannelId,
        /// Which files; `None` goes back to the defaults of its kind.
        rules: Option<AttachmentRules>,
    },
    /// Sets a component, new or not.
    Component {
        /// Which one.
        name: ComponentName,
        /// What it says; `None` takes it away.
        component: Option<Component>,
    },
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
    /// A system message says something else in a language now.
    TextConfigured {
        /// The language, as a tag in lower case.
        language: String,
        /// Which message.
        key: NoticeKey,
        /// What it says; `None` is what is built in.
        text: Option<String>,
    },
    /// Other files come with messages on a channel now.
    AttachmentsConfigured {
        /// Which channel.
        channel: ChannelId,
        /// Which files; `None` is what its kind takes.
        rules: Option<AttachmentRules>,
    },
    /// A component is new, says something else now, or is gone.
    ComponentConfigured {
        /// Which one.
        name: ComponentName,
        /// What it says; `None` if it is gone.
        component: Option<Component>,
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
    problems.extend(wording::problems(&command.channels, &command.wording));
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
    events.extend(wording::facts(state, &command.channels, &command.wording));
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
        Change::Text { language, key, text } => {
            return wording::decide_text(state, language, *key, text.as_deref());
        }
        Change::Attachments { channel, rules } => {
            return wording::decide_attachments(state, channel, rules.as_ref());
        }
        Change::Component { name, component } => {
            return wording::decide_component(state, name, component.as_ref());
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
            state.attachments.remove(channel);
        }
        ConfigurationEvent::RoutingConfigured { entry } => state.routing.put(entry.as_ref().clone()),
        ConfigurationEvent::RoutingRemoved { key } => {
            state.routing.remove(key);
        }
        ConfigurationEvent::TextConfigured { language, key, text } => match text {
            Some(text) => state.texts.put(language.clone(), *key, text.clone()),
            None => state.texts.unset(language, *key),
        },
        ConfigurationEvent::AttachmentsConfigured { channel, rules } => {
            set(&mut state.attachments, channel, rules.as_ref());
        }
        ConfigurationEvent::ComponentConfigured { name, component } => {
            set(&mut state.components, name, component.as_ref());
        }
    }
    state
}

fn set<K: Ord + Clone, V: Clone>(all: &mut BTreeMap<K, V>, key: &K, value: Option<&V>) {
    match value {
        Some(value) => drop(all.insert(key.clone(), value.clone())),
        None => drop(all.remove(key)),
    }
}

#[cfg(test)]
mod tests;
