//! `colloquy config`: checks settings and channels, and applies channels to a store that is not being served.

use crate::args::{Config, SettingsArgs};
use crate::exit::{Code, Failure, Outcome};
use crate::settings::Settings;
use crate::ui;
use domain::channel::ChannelSettings;
use domain::configuration::{self, Apply, Configuration, ConfigurationEvent};
use domain::{ChannelId, Event, Principal, Role};
use engine::{Engine, Options, RandomIds, Request, Resume, SystemWall, Timeline, Timers};
use serde_json::Value;
use std::collections::BTreeMap;
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
    }
    let channels = match settings.seed()? {
        None => "no file of channels is named".to_owned(),
        Some(wanted) => format!("{} channels are legal", wanted.channels.len()),
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
            ConfigurationEvent::ChannelConfigured { channel, settings } => match current
                .channels
                .get(&channel)
            {
                None => ui::data(format_args!("new {channel}")),
                Some(before) => {
                    let (before, after) = (keys(&channel, before), keys(&channel, &settings));
                    for (key, value) in after.iter().filter(|(key, value)| before.get(*key) != Some(value)) {
                        let was = before.get(key).map_or("unset", String::as_str);
                        ui::data(format_args!("changed {channel} {key}: {was} -> {value}"));
                    }
                }
            },
        }
    }
    Ok(())
}

/// All settings of a channel by their names in the log.
fn keys(channel: &ChannelId, settings: &ChannelSettings) -> BTreeMap<String, String> {
    let settings = Box::new(settings.clone());
    let event =
        Event::Configuration(ConfigurationEvent::ChannelConfigured { channel: channel.clone(), settings });
    let mut keys = BTreeMap::new();
    flatten("", &codec::json::event_data(&event)["settings"], &mut keys);
    keys
}

fn flatten(path: &str, value: &Value, keys: &mut BTreeMap<String, String>) {
    let Some(fields) = value.as_object() else {
        keys.insert(path.to_owned(), value.to_string());
        return;
    };
    for (name, value) in fields {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        flatten(&path, value, keys);
    }
}
