//! Puts the pieces of a serving process together: store, engine, projection, HTTP; and takes them apart in order.

use crate::args::ResumeArg;
use crate::exit::{Code, Failure, Outcome};
use crate::settings::{LogFormat, LogSettings, Settings};
use crate::ui;
use ::channels::{ChannelSettings, Channels};
use domain::ChannelId;
use domain::channel::ChannelKind;
use domain::configuration::{Apply, Configuration, Wording};
use engine::{Deliver, Engine, Outside, RandomIds, SystemWall};
use gateway::Application;
use std::io::IsTerminal as _;
use std::sync::Arc;
use store::{EventLog, SledLog, SledOptions};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use views::{Conversations, Timeline};

/// A process that serves once it [runs](Self::run).
pub(crate) struct Server {
    log: Arc<dyn EventLog>,
    engine: Engine,
    application: Application,
}

impl Server {
    /// Opens the store and starts everything on it. Must be called within a running actix system.
    pub(crate) async fn start(settings: &Settings, resume: Option<ResumeArg>) -> Result<Self, Failure> {
        // What can be wrong is told before anything is written.
        settings.gateway().check().map_err(Failure::user)?;
        // Whatever the engine has for the outside goes through this one.
        let channels = Channels::new(&settings.delivery, Arc::new(SystemWall)).map_err(Failure::user)?;
        let channels = Arc::new(channels);
        let seed = settings.seed()?;
        let path = &settings.store.path;
        if path.exists() && !path.is_dir() {
            return Err(Failure::said(format_args!("store.path {} is no folder", path.display()))
                .hint("name the folder of a store, or one to make"));
        }
        let metrics = gateway::install_metrics().map_err(Failure::user)?;
        let options = SledOptions {
            partitions: settings.store.partitions,
            cache_bytes: settings.store.cache_mib * 1024 * 1024,
            ..SledOptions::default()
        };
        let log: Arc<dyn EventLog> = Arc::new(SledLog::open(&settings.store.path, options)?);
        let options = settings.options(resume);
        let clock =
            engine::Timeline::begin(Box::new(SystemWall), log.latest_ms(), options.gap_max, options.resume)?;
        let ids = Arc::new(RandomIds);
        // What no provider takes waits to be pulled.
        let deliver = Some(Arc::clone(&channels) as Arc<dyn Deliver>);
        let outside = Outside { deliver, subscriptions: settings.delivery.subscriptions() };
        let (clock, begin) = (Arc::new(clock), seed.clone());
        let engine = Engine::start_with(Arc::clone(&log), options, clock, ids, begin, outside).await?;
        if let Some(look_up) = channels.look_up() {
            engine.look_up_with(look_up);
        }
        warn_if_the_file_differs(&engine, seed.as_ref());
        warn_if_delivery_does_not_fit(&engine, &settings.delivery);
        let conversations = Arc::new(Conversations::open(Arc::clone(&log)).map_err(Failure::user)?);
        conversations.follow(engine.subscribe());
        let timeline = Arc::new(Timeline::open(Arc::clone(&log)).map_err(Failure::user)?);
        let settings = settings.gateway();
        let application =
            Application::start(&settings, engine.clone(), conversations, channels, timeline, metrics)
                .map_err(Failure::user)?;
        Ok(Self { log, engine, application })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        self.application.address()
    }

    /// Serves until a signal, or until `done` resolves; then answers what is under way, drains and checkpoints.
    pub(crate) async fn run(self, done: impl Future<Output = ()>) -> Outcome {
        // Before anybody is told that it listens, and stops it.
        let asked = asked_to_stop();
        ui::say(format_args!("listening on {}", self.address()));
        let stop = async {
            tokio::select! {
                () = asked => tracing::info!("stopping: no new commands, those under way are answered"),
                () = done => {}
            }
        };
        tokio::select! {
            // L1: what is stored is unknown now, so nothing may be answered any more, and nothing drained.
            reason = self.engine.store_failure() => {
                return Err(Failure::said(reason).with(Code::Failed).hint("start again to recover"));
            }
            served = self.application.run(stop) => served.map_err(Failure::user)?,
        }
        self.engine.drain().await;
        drop(self.log);
        Ok(Code::Ok)
    }
}

/// A file of channels only seeds. When it has changed since, somebody may be waiting for that to matter.
fn warn_if_the_file_differs(engine: &Engine, seed: Option<&Apply>) {
    let configuration = engine.configuration();
    if seed.is_some_and(|seed| seed.channels != configuration.channels) {
        tracing::warn!(
            "the store's channels differ from the file's and stay in force; see `colloquy config apply`"
        );
    }
    let routing = seed.and_then(|seed| seed.routing.as_ref());
    if routing.is_some_and(|routing| *routing != configuration.routing) {
        tracing::warn!(
            "the store's routing differs from the file's and stays in force; see `colloquy config apply`"
        );
    }
    if seed.is_some_and(|seed| differs(&seed.wording, &configuration)) {
        tracing::warn!(
            "the store's texts, components or files differ from the file's and stay in force; see `colloquy config apply`"
        );
    }
    if configuration.channels.is_empty() {
        tracing::warn!(
            "the store has no channels, so no message can come in; name a file of them with --channels"
        );
    }
}

/// Settings and store are changed apart from each other, so a name may be in one of them only.
fn warn_if_delivery_does_not_fit(engine: &Engine, delivery: &::channels::Settings) {
    let configuration = engine.configuration();
    for (name, channel) in &delivery.channels {
        let known = ChannelId::new(name).ok().and_then(|id| configuration.channels.get(&id));
        match (known.map(|known| known.kind), channel) {
            (None, _) => tracing::warn!("delivery.channels.{name} names no channel of the store"),
            (Some(kind), ChannelSettings::Twilio(_)) if kind != ChannelKind::Sms => {
                tracing::warn!(
                    "delivery.channels.{name} is Twilio's, and the channel's kind is not sms: nothing is sent"
                );
            }
            (Some(_), ChannelSettings::Twilio(_) | ChannelSettings::Webhook(_)) => {}
        }
    }
}
/// What a file says nothing of does not differ.
fn differs(said: &Wording, configuration: &Configuration) -> bool {
    let Wording { texts, attachments, components } = said;
    texts.as_ref().is_some_and(|texts| *texts != configuration.texts)
        || attachments.as_ref().is_some_and(|all| *all != configuration.attachments)
        || components.as_ref().is_some_and(|all| *all != configuration.components)
}

/// Takes the signals over now, and waits for one of them later.
fn asked_to_stop() -> impl Future<Output = ()> {
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async {
        let (Ok(mut term), Ok(mut int)) = signals else { return std::future::pending().await };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
}

/// Logs go to stderr, so that stdout stays data.
pub(crate) fn start_logging(settings: &LogSettings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|error| Failure::said(format_args!("log.filter is not a filter: {error}")))?;
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    let started = match settings.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|error| Failure::said(format_args!("logging does not start: {error}")))
}
