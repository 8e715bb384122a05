//! `colloquy config`: checks settings, channels and routing, and applies channels and routing to a store that is not
//! being served.

use crate::args::{Config, SettingsArgs};
use crate::exit::{Code, Failure, Outcome};
use crate::settings::Settings;
use crate::ui;
use domain::channel::ChannelSettings;
use domain::configuration::{self, Apply, Configuration, ConfigurationEvent};
use domain::routing::Routing;
use domain::{AttachmentRules, ChannelId, Choice, Component, Event, Principal, Role};
use engine::{Engine, Options, RandomIds, Request, Resume, SystemWall, Timeline, Timers};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{EventLog, SledLog, SledOptions};
use uuid::Uuid;

pub(crate) fn run(args: &Config) -> Outcome {
    match args {
        Config::Check(settings) => check(settings),
        Config::Apply { settings, dry_run } => apply(settings, *dry_run),
    }
}

fn check(args: &SettingsArgs) -> Outcome {
    let settings = Settings::load(args)?;
    // Whoever names channels only has nothing to say about the server.
    if args.config.is_some() {
        settings.gateway().check().map_err(Failure::user)?;
        settings.delivery.check().map_err(Failure::user)?;
    }
    let channels = match settings.seed()? {
        None => "no file of channels is named".to_owned(),
        Some(Apply { channels, routing: None, wording: _ }) => {
            format!("{} channels are legal, and nothing is said of routing", channels.len())
        }
        Some(Apply { channels, routing: Some(routing), wording: _ }) => {
            let (queues, agents) = (routing.queues.len(), routing.agents.len());
            format!(
                "{} channels are legal, and routing with {queues} queues and {agents} agents",
                channels.len()
            )
        }
    };
    ui::say(format_args!("the settings are legal; {channels}"));
    Ok(Code::Ok)
}

fn apply(args: &SettingsArgs, dry_run: bool) -> Outcome {
    let settings = Settings::load(args)?;
    let wanted = settings.seed()?.ok_or_else(|| {
        Failure::said("no file of channels is named")
            .hint("name one with --channels FILE, or as store.channels")
    })?;
    let options = SledOptions { create: false, ..SledOptions::default() };
    let log: Arc<dyn EventLog> = Arc::new(SledLog::open(&settings.store.path, options)?);
    engine::block_on(apply_to(log, &settings, &wanted, dry_run))
}

async fn apply_to(log: Arc<dyn EventLog>, settings: &Settings, wanted: &Apply, dry_run: bool) -> Outcome {
    // Nothing fires here, and no time has to pass: the timeline goes on from where the log ends.
    let options = Options { timers: Timers::Driven, ..settings.options(None) };
    let wall = Box::new(SystemWall);
    let clock = Timeline::begin(wall, log.latest_ms(), options.gap_max, Resume::LastCommit)?;
    let engine = Engine::start(log, options, Arc::new(clock), Arc::new(RandomIds), None).await?;
    show(&engine.configuration(), wanted)?;
    if !dry_run {
        let user = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
        let principal = Principal { role: Role::Admin, name: format!("config apply by {user}") };
        let request = Request { principal, correlation: Uuid::nil(), command: None };
        let count = engine.configure(wanted, &request).await.map_err(Failure::user)?;
        ui::say(format_args!(
            "{count} changes applied; conversations that are open keep what they were opened with"
        ));
    }
    engine.drain().await;
    Ok(Code::Ok)
}

/// What would change, key by key.
fn show(current: &Configuration, wanted: &Apply) -> Result<(), Failure> {
    for event in configuration::decide(current, wanted).map_err(Failure::said)? {
        match event {
            ConfigurationEvent::ChannelRetired { channel } => ui::data(format_args!("retired {channel}")),
            ConfigurationEvent::ChannelConfigured { channel, settings } => {
                let before = current.channels.get(&channel).map(|before| channel_keys(&channel, before));
                difference(channel.as_str(), before, &channel_keys(&channel, &settings));
            }
            // What routing is in between, so that everything it refers to is always there, is nobody's concern.
            ConfigurationEvent::RoutingConfigured { .. } | ConfigurationEvent::RoutingRemoved { .. } => {}
            ConfigurationEvent::TextConfigured { language, key, text } => {
                let keys = |text: Option<&str>| text.map(|text| (key.name().to_owned(), format!("{text:?}")));
                let before = keys(current.texts.get(&language, key)).into_iter().collect();
                let after = keys(text.as_deref()).into_iter().collect();
                difference(&format!("texts.{language}"), Some(before), &after);
            }
            ConfigurationEvent::AttachmentsConfigured { channel, rules } => {
                let after = rules.as_ref().or_else(|| {
                    let settings = wanted.channels.get(&channel)?;
                    Some(AttachmentRules::defaults(settings.kind))
                });
                let before = attachment_keys(current.attachments(&channel));
                difference(channel.as_str(), Some(before), &after.map(attachment_keys).unwrap_or_default());
            }
            ConfigurationEvent::ComponentConfigured { name, component } => {
                let place = format!("components.{name}");
                let before = current.components.get(&name).map(component_keys);
                match component.as_ref().map(component_keys) {
                    Some(after) => difference(&place, before, &after),
                    None => ui::data(format_args!("removed {place}")),
                }
            }
        }
    }
    let Some(wanted) = &wanted.routing else { return Ok(()) };
    let (mut current, wanted) = (entries(&current.routing)?, entries(wanted)?);
    for (place, after) in &wanted {
        difference(place, current.remove(place), after);
    }
    current.keys().for_each(|place| ui::data(format_args!("removed {place}")));
    Ok(())
}

/// What is new of what is configured.
fn difference(name: &str, before: Option<Keys>, after: &Keys) {
    let Some(before) = before else { return ui::data(format_args!("new {name}")) };
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in all.into_iter().filter(|key| before.get(*key) != after.get(*key)) {
        let value = |keys: &Keys| keys.get(key).map_or_else(|| "unset".to_owned(), Clone::clone);
        ui::data(format_args!("changed {name} {key}: {} -> {}", value(&before), value(after)));
    }
}

/// Settings by their names, those in tables with the table's name before them.
type Keys = BTreeMap<String, String>;

fn attachment_keys(rules: &AttachmentRules) -> Keys {
    let types: Vec<&String> = rules.types().iter().collect();
    let max_bytes = rules.max_bytes().to_string();
    let keys = [("attachment_types", format!("{types:?}")), ("attachment_max_bytes", max_bytes)];
    keys.map(|(key, value)| (key.to_owned(), value)).into()
}

fn component_keys(component: &Component) -> Keys {
    let choice = |choice: &Choice| format!("{} = {:?}", choice.value, choice.label.expose());
    let choices = component.choices().iter().map(choice).collect::<Vec<_>>().join(", ");
    let keys = [("text", format!("{:?}", component.text())), ("choices", choices)];
    keys.map(|(key, value)| (key.to_owned(), value)).into()
}

/// All settings of a channel by their names in the log.
fn channel_keys(channel: &ChannelId, settings: &ChannelSettings) -> Keys {
    let settings = Box::new(settings.clone());
    let event =
        Event::Configuration(ConfigurationEvent::ChannelConfigured { channel: channel.clone(), settings });
    let mut keys = Keys::new();
    flatten("", &codec::json::event_data(&event)["settings"], &mut keys);
    keys
}

/// All entries of routing by their places in a file, and with the keys that a file would have.
fn entries(routing: &Routing) -> Result<BTreeMap<String, Keys>, Failure> {
    let words = serde_json::to_value(gateway::configuration::show(routing)).map_err(Failure::user)?;
    let mut entries = BTreeMap::new();
    let mut add = |place, entry| flatten("", entry, entries.entry(place).or_default());
    for (kind, said) in words.as_object().into_iter().flatten() {
        if kind == "settings" {
            add("routing".to_owned(), said);
        } else {
            said.as_object()
                .into_iter()
                .flatten()
                .for_each(|(name, entry)| add(format!("{kind}.{name}"), entry));
        }
    }
    Ok(entries)
}

fn flatten(path: &str, value: &Value, keys: &mut Keys) {
    let Some(fields) = value.as_object() else {
        keys.insert(path.to_owned(), value.to_string());
        return;
    };
    for (name, value) in fields {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        flatten(&path, value, keys);
    }
}
