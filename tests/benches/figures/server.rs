//! A serving process within this one: store, engine, list and HTTP, put together as `colloquy serve` does, on threads
//! of their own.

use super::counting::Counting;
use super::world;
use anyhow::Context as _;
use channels::Channels;
use domain::configuration::Apply;
use domain::{ChannelId, Role, Seconds};
use engine::{Engine, Options, SystemWall, Wall as _};
use gateway::{Application, AuthSettings, Listen, Secret, ServerSettings, Settings, WebSettings};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use store::{EventLog, PartitionId};
use tokio::sync::oneshot;
use views::{Conversations, Timeline};

/// A server that answers.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) engine: Engine,
    pub(crate) log: Arc<Counting>,
    pub(crate) conversations: Arc<Conversations>,
    pub(crate) steps: Steps,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<anyhow::Result<()>>,
}

/// How long the steps of a start took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Steps {
    pub(crate) store: f64,
    pub(crate) engine: f64,
    pub(crate) list: f64,
    pub(crate) http: f64,
}

impl Server {
    /// With the channels of the world, and routing as it was.
    pub(crate) fn start(store: &Path, options: Options) -> anyhow::Result<Self> {
        Self::start_with(store, options, world::channels()?)
    }

    pub(crate) fn start_with(store: &Path, options: Options, apply: Apply) -> anyhow::Result<Self> {
        Self::start_as(store, options, apply, server())
    }

    pub(crate) fn start_as(
        store: &Path,
        options: Options,
        apply: Apply,
        server: ServerSettings,
    ) -> anyhow::Result<Self> {
        let store = store.to_owned();
        let (stop, stopped) = oneshot::channel();
        let (started, start) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            engine::block_on(async move {
                let (application, parts) = match put_together(&store, options, apply, server).await {
                    Ok(put_together) => put_together,
                    Err(error) => {
                        let _ = started.send(Err(error));
                        return Ok(());
                    }
                };
                let engine = parts.1.clone();
                let _ = started.send(Ok((application.address().to_owned(), parts)));
                let asked = async {
                    let _ = stopped.await;
                };
                application.run(asked).await?;
                engine.drain().await;
                anyhow::Ok(())
            })
        });
        let (address, (log, engine, conversations, steps)) =
            start.recv().context("the server's thread ended early")??;
        Ok(Self { address, engine, log, conversations, steps, stop, thread })
    }

    /// Stops as on SIGTERM: answers what is under way, drains, checkpoints.
    pub(crate) fn stop(self) -> anyhow::Result<()> {
        let Self { stop, thread, .. } = self;
        let _ = stop.send(());
        thread.join().map_err(|_| anyhow::anyhow!("the server's thread panicked"))?
    }

    /// Waits until the list has seen all records; how long that took.
    pub(crate) fn list_is_there(&self) -> Duration {
        let begun = Instant::now();
        let partition = PartitionId(0);
        while self.conversations.consumed(partition) < self.log.head(partition) {
            std::thread::sleep(Duration::from_millis(1));
        }
        begun.elapsed()
    }

    /// How many records the list has not seen yet.
    pub(crate) fn list_behind(&self) -> u64 {
        let partition = PartitionId(0);
        self.log.head(partition).0.saturating_sub(self.conversations.consumed(partition).0)
    }
}

type Parts = (Arc<Counting>, Engine, Arc<Conversations>, Steps);

async fn put_together(
    store: &Path,
    options: Options,
    apply: Apply,
    server: ServerSettings,
) -> anyhow::Result<(Application, Parts)> {
    let mut steps = Steps::default();
    let mut begun = Instant::now();
    let mut lap = || {
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        begun = Instant::now();
        took
    };
    let counting = Arc::new(Counting::new(world::open(store)?, false));
    let log: Arc<dyn EventLog> = Arc::<Counting>::clone(&counting);
    steps.store = lap();
    let engine = world::start(Arc::clone(&log), options, apply).await?;
    steps.engine = lap();
    let timeline = Arc::new(Timeline::open(Arc::clone(&log))?);
    let conversations = Arc::new(Conversations::open(log)?);
    conversations.follow(engine.subscribe());
    steps.list = lap();
    let channels = Arc::new(Channels::new(&channels::Settings::default(), Arc::new(SystemWall))?);
    let web = WebSettings { streams_max: 20_000, ..WebSettings::default() };
    let settings = Settings { server, auth: auth(), web };
    let list = Arc::clone(&conversations);
    let application = Application::start(&settings, engine.clone(), list, channels, timeline, metrics()?)?;
    steps.http = lap();
    Ok((application, (counting, engine, conversations, steps)))
}

/// The defaults on any free port.
pub(crate) fn server() -> ServerSettings {
    ServerSettings { listen: Listen::Tcp("127.0.0.1:0".to_owned()), ..ServerSettings::default() }
}

/// The token of a gateway, good for an hour.
pub(crate) fn token() -> anyhow::Result<String> {
    token_of(Role::Gateway, "figures", None)
}

/// Somebody's token, good for an hour.
pub(crate) fn token_of(role: Role, subject: &str, channel: Option<&ChannelId>) -> anyhow::Result<String> {
    Ok(gateway::issue_token(&auth(), role, subject, channel, Seconds(3600), SystemWall.read())?)
}

fn auth() -> AuthSettings {
    let secret = Secret::new("a secret that only guards figures".to_owned());
    AuthSettings { jwt_secret: Some(secret), ..AuthSettings::default() }
}

/// A process has one recorder, however many servers run in it.
fn metrics() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = gateway::install_metrics()?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}
