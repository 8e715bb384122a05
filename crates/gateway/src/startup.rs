//! The server: binds, serves until it is told to stop, and lets answers that are under way finish.

use crate::auth::Authenticator;
use crate::body::Limits;
use crate::observe::observe;
use crate::routes::{HistoryPanel, routes};
use crate::sessions::Sessions;
use crate::settings::{Listen, ServerSettings, Settings, SettingsError};
use crate::stream::{self, Streams, guests, inbox};
use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::middleware::{Condition, from_fn};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer};
use channels::Channels;
use engine::Engine;
use metrics_exporter_prometheus::PrometheusHandle;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use views::{Conversations, Timeline};

/// How often measurements are folded into their buckets when nobody scrapes.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// A server that is bound to its address and accepts connections once it [runs](Self::run).
pub struct Application {
    server: Server,
    address: String,
    socket: Option<PathBuf>,
    metrics: PrometheusHandle,
    streams: Option<Arc<Streams>>,
    drain_timeout: Duration,
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings make no sense.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address.
        address: String,
        /// Why not.
        source: io::Error,
    },
}

impl Application {
    /// Binds a server around an engine, its projections and what its channels post, and feeds live streams from the
    /// timeline. Must be called within a running actix system.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(
        settings: &Settings,
        engine: Engine,
        conversations: Arc<Conversations>,
        channels: Arc<Channels>,
        timeline: Arc<Timeline>,
        metrics: PrometheusHandle,
    ) -> Result<Self, StartError> {
        settings.web.check()?;
        let body_max = settings.server.body_max;
        let streams =
            Arc::new(Streams::new(engine.clone(), Arc::clone(&timeline), settings.web.clone(), body_max));
        let told = Arc::downgrade(&streams);
        timeline.follow(engine.subscribe(), move |news| {
            if let Some(streams) = told.upgrade() {
                streams.hub.tell(news);
            }
        });
        let panel =
            Data::new(HistoryPanel { everywhere: settings.server.conversation_history_cross_channel });
        let sessions = Data::new(Sessions::new(settings.auth.clone(), settings.web.clone()));
        let streaming = Data::from(Arc::clone(&streams));
        let authenticator = Data::new(Authenticator::new(&settings.auth)?);
        let engine = Data::new(engine);
        let conversations = Data::from(conversations);
        let channels = Data::from(channels);
        let handle = Data::new(metrics.clone());
        let application = Self::bind(&settings.server, &settings.web.origins, metrics, move |config| {
            config
                .app_data(authenticator.clone())
                .app_data(engine.clone())
                .app_data(conversations.clone())
                .app_data(channels.clone())
                .app_data(sessions.clone())
                .app_data(panel.clone())
                .app_data(streaming.clone())
                .app_data(handle.clone());
        })?;
        Ok(Self { streams: Some(streams), ..application })
    }

    /// Binds a server whose handlers find this data.
    pub(crate) fn bind(
        settings: &ServerSettings,
        origins: &[String],
        metrics: PrometheusHandle,
        data: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    ) -> Result<Self, StartError> {
        settings.check()?;
        let limits = Data::new(Limits {
            body_max: settings.body_max,
            body_timeout: Duration::from_secs(settings.body_timeout_s),
        });
        let origins = origins.to_vec();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(limits.clone())
                .configure(data.clone())
                .configure(routes)
                .wrap(from_fn(observe))
                // Outermost, so that a page can read refusals too.
                .wrap(Condition::new(!origins.is_empty(), pages(&origins)))
        })
        .workers(settings.workers)
        .max_connections(settings.connections_max.div_ceil(settings.workers))
        .keep_alive(Duration::from_secs(settings.keep_alive_s))
        .client_request_timeout(Duration::from_secs(settings.head_timeout_s))
        .client_disconnect_timeout(Duration::from_secs(1))
        .shutdown_timeout(settings.drain_timeout_s)
        // Signals are the command line's: it stops the server first and drains the engine after.
        .disable_signals();
        let failed = |source| StartError::Bind { address: settings.listen.to_string(), source };
        let (server, address, socket) = match &settings.listen {
            Listen::Tcp(address) => {
                let server = server.bind(address).map_err(failed)?;
                let bound = server.addrs().first().map_or_else(|| address.clone(), ToString::to_string);
                (server.run(), bound, None)
            }
            Listen::Unix(path) => {
                check_replaceable(path).map_err(failed)?;
                let server = server.bind_uds(path).map_err(failed)?;
                (server.run(), settings.listen.to_string(), Some(path.clone()))
            }
        };
        let drain_timeout = Duration::from_secs(settings.drain_timeout_s);
        Ok(Self { server, address, socket, metrics, streams: None, drain_timeout })
    }

    /// Where it listens: `127.0.0.1:7080` with the real port, or `unix:/path`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Serves until `stop` resolves, then takes no more connections and waits, within `drain_timeout_s`, for answers
    /// that are under way.
    ///
    /// # Errors
    /// If the server ends by itself.
    pub async fn run(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let Self { mut server, address, socket, metrics, streams, drain_timeout } = self;
        let tasks = streams.iter().flat_map(|streams| {
            let (inboxes, guests) = (Arc::clone(streams), Arc::clone(streams));
            [actix_web::rt::spawn(inbox::run(inboxes)), actix_web::rt::spawn(guests::run(guests))]
        });
        let tasks: Vec<_> = tasks.collect();
        let handle = server.handle();
        let mut stop = pin!(stop);
        let mut upkeep = tokio::time::interval(UPKEEP_EVERY);
        tracing::info!(address, "listening");
        loop {
            tokio::select! {
                ended = &mut server => return ended,
                () = &mut stop => break,
                _ = upkeep.tick() => metrics.run_upkeep(),
            }
        }
        tracing::info!("answering what is under way");
        // An open stream would hold the stop up until its time is over, so they end first.
        if let Some(streams) = &streams
            && tokio::time::timeout(drain_timeout, stream::drain(streams)).await.is_err()
        {
            tracing::warn!("some streams have not ended in time");
        }
        let stopping = handle.stop(true);
        server.await?;
        stopping.await;
        tasks.iter().for_each(actix_web::rt::task::JoinHandle::abort);
        if let Some(path) = socket
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::debug!(%error, "the socket's file is gone already");
        }
        Ok(())
    }
}

/// What browsers are told of pages from elsewhere: these may ask with a token and read the answers, and no others.
/// Nothing here is a cookie, so no page ever asks in its visitor's name without having a token.
fn pages(origins: &[String]) -> Cors {
    const A_DAY_S: usize = 86_400;
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "DELETE"])
        .allowed_headers(["authorization", "content-type", "idempotency-key", "last-event-id"])
        .expose_headers(["x-request-id", "retry-after"])
        .max_age(A_DAY_S);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// Binding removes whatever is at the path. That is right for the socket of a process that died, and for nothing else.
fn check_replaceable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt as _;
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => {
            Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file that is no socket"))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
