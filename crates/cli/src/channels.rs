//! The file that describes channels and routing, in TOML: keys by the names that administrators know.

mod keys;

use crate::exit::Failure;
use api::FieldError;
use api::configuration as wire;
use domain::channel::{ChannelKind, ChannelSettings, Mode};
use domain::configuration::{Apply, Problem, Wording};
use domain::routing::Routing;
use domain::{AttachmentRules, ChannelId, routing};
use keys::Keys;
use replay::{Habits, Roster};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The channels that a demo begins with, and an example for everybody else.
pub(crate) const SAMPLE: &str = include_str!("../samples/channels.toml");

/// A channels file: `[defaults]` for all channels, `[channels.NAME]` for each, and the tables of routing. A file
/// without any of those says nothing of routing; with any of them it says all of it. So it is with `[texts.LANGUAGE]`,
/// with `[components.NAME]`, and with the keys that say which files come with messages.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelsFile {
    #[serde(default)]
    defaults: Keys,
    #[serde(default)]
    channels: BTreeMap<String, Keys>,
    routing: Option<wire::Settings>,
    schedules: Option<BTreeMap<String, wire::Schedule>>,
    presence_states: Option<BTreeMap<String, wire::PresenceState>>,
    reject_reasons: Option<BTreeMap<String, wire::RejectReason>>,
    service_channels: Option<BTreeMap<String, wire::ServiceChannel>>,
    rules: Option<BTreeMap<String, wire::Rule>>,
    groups: Option<BTreeMap<String, wire::Group>>,
    agents: Option<BTreeMap<String, wire::Agent>>,
    queues: Option<BTreeMap<String, wire::Queue>>,
    /// What system messages say, by language and by the message's name.
    texts: Option<BTreeMap<String, BTreeMap<String, String>>>,
    /// Messages with choices, by name.
    components: Option<BTreeMap<String, wire::Component>>,
    /// How agents work in a rehearsal; nothing else looks at it.
    rehearsal: Option<Habits>,
}

impl ChannelsFile {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::said(format_args!("{} cannot be read: {error}", path.display())))?;
        Self::parse(&text).map_err(|error| Failure::said(format_args!("{}: {error}", path.display())))
    }

    /// Reads a text. Unknown keys and wrong types are told with their line and column.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// All that the file says, to be made the configuration in force; legal. What is wrong with the channels and with
    /// routing is told together.
    pub(crate) fn apply(mut self) -> Result<Apply, String> {
        let wording = self.wording();
        match (self.channels(), wording, self.routing()) {
            (Ok(channels), Ok(wording), Ok(routing)) => Ok(Apply { channels, routing, wording }),
            (channels, wording, routing) => {
                let errors = [channels.err(), wording.err(), routing.err()];
                Err(errors.into_iter().flatten().collect::<Vec<_>>().join("\n"))
            }
        }
    }

    /// What the file says of texts, components and files.
    fn wording(&mut self) -> Result<Wording, String> {
        let said = wire::Wording { texts: self.texts.take(), components: self.components.take() };
        let wording = gateway::configuration::read_wording(said).map_err(|wrong| {
            let lines = wrong.iter().map(|FieldError { field, detail }| format!("\n  {field}: {detail}"));
            format!("the words are not legal:{}", lines.collect::<String>())
        })?;
        Ok(Wording { attachments: self.attachments()?, ..wording })
    }

    /// Which files come with messages; `None` if the file says nothing of that for any channel.
    fn attachments(&self) -> Result<Option<BTreeMap<ChannelId, AttachmentRules>>, String> {
        let mut all = BTreeMap::new();
        for (name, keys) in &self.channels {
            // A name or a kind that is none is told with the channels.
            let Ok(id) = ChannelId::new(name) else { continue };
            let Some(kind) = keys.kind.as_deref().and_then(ChannelKind::parse) else { continue };
            if let Some(rules) = keys.attachments(kind).map_err(|error| format!("channel {name}: {error}"))? {
                all.insert(id, rules);
            }
        }
        Ok((!all.is_empty()).then_some(all))
    }

    /// The settings of a rehearsal: the defaults, and what the file says of a channel of that name over them.
    pub(crate) fn rehearsal(&self, mode: Mode) -> Result<ChannelSettings, String> {
        self.defaults.check_defaults()?;
        let mut settings = replay::Rehearsal::defaults(mode);
        self.defaults.set_defaults(&mut settings)?;
        if let Some(keys) = self.channels.get("rehearsal") {
            keys.set_channel(&mut settings)?;
        }
        let name = ChannelId::new("rehearsal").map_err(|error| error.to_string())?;
        legal(&BTreeMap::from([(name, settings.clone())]))?;
        Ok(settings)
    }

    /// Who works in a rehearsal, and how.
    pub(crate) fn roster(mut self) -> Result<Roster, String> {
        let habits = self.rehearsal.take().unwrap_or_default();
        let routing = self.routing()?.filter(Routing::is_on);
        let routing = routing.ok_or("it has no service channel, so nothing would be routed")?;
        let problems = habits.problems(&routing);
        if problems.is_empty() {
            return Ok(Roster { routing, habits });
        }
        let lines: Vec<String> = problems.iter().map(|problem| format!("\n  {problem}")).collect();
        Err(format!("the roster is not legal:{}", lines.concat()))
    }

    fn channels(&self) -> Result<BTreeMap<ChannelId, ChannelSettings>, String> {
        self.defaults.check_defaults()?;
        let mut channels = BTreeMap::new();
        for (name, keys) in &self.channels {
            let id = ChannelId::new(name).map_err(|error| format!("channel {name:?}: {error}"))?;
            let settings = self.channel(keys).map_err(|error| format!("channel {name}: {error}"))?;
            channels.insert(id, settings);
        }
        legal(&channels)?;
        Ok(channels)
    }

    fn channel(&self, keys: &Keys) -> Result<ChannelSettings, String> {
        let kind = keys.kind.as_deref().ok_or("kind is missing")?;
        let kind = ChannelKind::parse(kind).ok_or_else(|| {
            let known: Vec<&str> = ChannelKind::ALL.iter().map(|kind| kind.name()).collect();
            format!("kind must be one of {}", known.join(", "))
        })?;
        let mode = match &keys.mode {
            Some(mode) => Mode::parse(mode).ok_or("mode must be chat or messaging")?,
            // The web channel ships as chat (CH-2).
            None => kind.fixed_mode().unwrap_or(Mode::Chat),
        };
        let mut settings = ChannelSettings::defaults(kind, mode);
        self.defaults.set_defaults(&mut settings)?;
        keys.set_channel(&mut settings)?;
        Ok(settings)
    }

    /// What the file says of routing; `None` if it has none of its tables.
    fn routing(self) -> Result<Option<Routing>, String> {
        let Self {
            defaults: _,
            channels: _,
            routing: settings,
            schedules,
            presence_states,
            reject_reasons,
            service_channels,
            rules,
            groups,
            agents,
            queues,
            texts: _,
            components: _,
            rehearsal: _,
        } = self;
        let says_nothing = settings.is_none()
            && schedules.is_none()
            && presence_states.is_none()
            && reject_reasons.is_none()
            && service_channels.is_none()
            && rules.is_none()
            && groups.is_none()
            && agents.is_none()
            && queues.is_none();
        if says_nothing {
            return Ok(None);
        }
        let said = wire::Routing {
            settings: settings.unwrap_or_default(),
            schedules: schedules.unwrap_or_default(),
            presence_states: presence_states.unwrap_or_default(),
            reject_reasons: reject_reasons.unwrap_or_default(),
            service_channels: service_channels.unwrap_or_default(),
            rules: rules.unwrap_or_default(),
            groups: groups.unwrap_or_default(),
            agents: agents.unwrap_or_default(),
            queues: queues.unwrap_or_default(),
        };
        legal_routing(said).map(Some).map_err(|wrong| {
            let lines = wrong.iter().map(|FieldError { field, detail }| format!("\n  {field}: {detail}"));
            format!("routing is not legal:{}", lines.collect::<String>())
        })
    }
}

/// Everything that the domain finds wrong, a line each.
fn legal(channels: &BTreeMap<ChannelId, ChannelSettings>) -> Result<(), String> {
    let problems = domain::channel::validate(channels);
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = problems.iter().map(|problem| format!("\n  {problem}")).collect();
    Err(format!("the channels are not legal:{}", lines.concat()))
}

/// What is meant, if all of it can be understood and is legal.
fn legal_routing(said: wire::Routing) -> Result<Routing, Vec<FieldError>> {
    let routing = gateway::configuration::read(said)?;
    let problems = routing::validate(&routing);
    if problems.is_empty() {
        return Ok(routing);
    }
    Err(problems.into_iter().map(Problem::from).map(|it| gateway::configuration::explain(&it)).collect())
}

#[cfg(test)]
mod tests;
