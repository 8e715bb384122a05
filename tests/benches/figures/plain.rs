//! The route beside which the gateway is measured: the same path and bodies, and nothing done about them.

use super::server;
use actix_web::web::{Data, Json, Path};
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use api::{AcceptedResponse, InboundRequest};
use domain::ConversationId;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// A server that says yes to everything.
pub(crate) struct Plain {
    pub(crate) address: String,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Plain {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (started, start) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            engine::block_on(async move {
                let settings = server::server();
                let number = Data::new(AtomicU64::new(0));
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(number.clone())
                        .route("/v1/channels/{channel}/inbound", web::post().to(inbound))
                })
                .workers(settings.workers)
                .keep_alive(Duration::from_secs(settings.keep_alive_s))
                .client_request_timeout(Duration::from_secs(settings.head_timeout_s))
                .disable_signals()
                .bind(settings.listen.to_string())?;
                let address = server.addrs().first().map(ToString::to_string);
                let server = server.run();
                let _ = started.send(address.unwrap_or_default());
                let handle = server.handle();
                let ended = tokio::spawn(server);
                let _ = stopped.await;
                handle.stop(true).await;
                Ok(ended.await??)
            })
        });
        let address = start.recv().context("the plain server's thread ended early")?;
        Ok(Self { address, stop, thread })
    }

    pub(crate) fn stop(self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        self.thread.join().map_err(|_| anyhow::anyhow!("the plain server's thread panicked"))?
    }
}

/// The ids are made up, and as long as real ones.
async fn inbound(
    _channel: Path<String>,
    message: Json<InboundRequest>,
    number: Data<AtomicU64>,
) -> HttpResponse {
    let number = number.fetch_add(1, Ordering::Relaxed);
    let length = i64::try_from(message.text.len()).unwrap_or(0);
    HttpResponse::Accepted().json(AcceptedResponse {
        conversation_id: ConversationId::new(0, length, number).to_string(),
        message_id: Some(ConversationId::new(0, length, !number).to_string()),
        duplicate: false,
        position: format!("0-{number}"),
    })
}
