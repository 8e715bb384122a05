//! `colloquy config`: checks settings and channels, and applies channels to a store that is not being served.

use crate::args::{Config, SettingsArgs};
use crate::exit::{Code, Failure, Outcome};
use crate::settings::Settings;
use crate::ui;
use domain::configuration::{self, Apply, Configuration, ConfigurationEvent};
use domain::{Principal, Role};
use engine::{Engine, Options, RandomIds, Request, Resume, SystemWall, Timeline, Timers};
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
    let channels = match settings.seed()? {
        None => "no file of channels is named".to_owned(),
        Some(wanted) => {
            legal(&wanted)?;
            format!("{} channels are legal", wanted.channels.len())
        }
    };
    ui::say(format_args!("the settings are legal; {channels}"));
    Ok(Code::Ok)
}

/// Everything that is wrong with the channels, a line each.
fn legal(wanted: &Apply) -> Result<(), Failure> {
    let problems = domain::channel::validate(&wanted.channels);
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    Err(Failure::said(format_args!("the channels are not legal:\n{}", lines.join("\n"))))
}

fn apply(args: &SettingsArgs, dry_run: bool) -> Outcome {
    let settings = Settings::load(args)?;
    let wanted = settings.seed()?.ok_or_else(|| {
        Failure::said("no file of channels is named")
            .hint("name one with --channels FILE, or as store.channels")
    })?;
    legal(&wanted)?;
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

fn show(current: &Configuration, wanted: &Apply) -> Result<(), Failure> {
    for event in configuration::decide(current, wanted).map_err(Failure::said)? {
        ui::data(match event {
            ConfigurationEvent::ChannelConfigured { channel, .. }
                if current.channels.contains_key(&channel) =>
            {
                format!("changed {channel}")
            }
            ConfigurationEvent::ChannelConfigured { channel, .. } => format!("new     {channel}"),
            ConfigurationEvent::ChannelRetired { channel } => format!("retired {channel}"),
        });
    }
    Ok(())
}
