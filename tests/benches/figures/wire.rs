//! The least that speaks HTTP/1.1: the client shares the cores with the server, so it should do little.

use super::world;
use anyhow::{Context as _, bail};
use api::InboundRequest;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// One connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    inbox: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, inbox: Vec::with_capacity(4096) })
    }

    /// Sends a request and reads its answer; the status and the body.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<(u16, Vec<u8>)> {
        self.stream.write_all(request).await?;
        self.inbox.clear();
        loop {
            if let Some(end) = self.inbox.windows(4).position(|four| four == b"\r\n\r\n") {
                let (status, length) = head(&self.inbox[..end])?;
                while self.inbox.len() < end + 4 + length {
                    self.read().await?;
                }
                return Ok((status, self.inbox[end + 4..].to_vec()));
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.inbox).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

fn head(head: &[u8]) -> anyhow::Result<(u16, usize)> {
    let head = std::str::from_utf8(head)?;
    let status = head.split(' ').nth(1).context("the answer has no status")?.parse()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Ok((status, length.context("the answer has no length")?))
}

/// A request that asks whether the server takes commands.
pub(crate) fn ready(address: &str) -> Vec<u8> {
    format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\n\r\n").into_bytes()
}

/// A requester's message.
pub(crate) fn inbound(address: &str, token: &str, requester: u64, number: u64) -> anyhow::Result<Vec<u8>> {
    let body = serde_json::to_string(&InboundRequest {
        answer: None,
        provider_message_id: format!("message-{number}"),
        from: world::requester_phone(requester),
        to: world::COMPANY.to_owned(),
        text: world::text(number),
        sent_at: None,
        attachments: Vec::new(),
        context: BTreeMap::new(),
    })?;
    let head = format!(
        "POST /v1/channels/{}/inbound HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        world::SMS,
        body.len()
    );
    Ok((head + &body).into_bytes())
}

/// A load that keeps so many connections busy.
#[derive(Clone)]
pub(crate) struct Hammer {
    pub(crate) address: String,
    pub(crate) token: String,
    pub(crate) connections: usize,
    /// Who writes, by number.
    pub(crate) requesters: u64,
    /// The number of the next message; shared, so that no two turns send the same.
    pub(crate) next: Arc<AtomicU64>,
}

impl Hammer {
    /// Sends for so long; messages a second. Any answer but 202 ends it.
    pub(crate) fn run(&self, duration: Duration) -> anyhow::Result<f64> {
        let end = Instant::now() + duration;
        self.until(move |_| Instant::now() >= end)
    }

    /// Sends so many messages in all.
    pub(crate) fn send(&self, messages: u64) -> anyhow::Result<f64> {
        let last = self.next.load(Ordering::Relaxed) + messages;
        self.until(move |number| number >= last)
    }

    fn until(&self, over: impl Fn(u64) -> bool + Clone + Send + 'static) -> anyhow::Result<f64> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            let begun = Instant::now();
            for _ in 0..self.connections {
                tasks.spawn(self.clone().keep_busy(over.clone()));
            }
            let mut sent = 0;
            while let Some(ended) = tasks.join_next().await {
                sent += ended??;
            }
            Ok(sent as f64 / begun.elapsed().as_secs_f64())
        })
    }

    async fn keep_busy(self, over: impl Fn(u64) -> bool) -> anyhow::Result<u64> {
        let mut connection = Connection::open(&self.address).await?;
        for sent in 0.. {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if over(number) {
                return Ok(sent);
            }
            let request = inbound(&self.address, &self.token, number % self.requesters, number)?;
            let (status, body) = connection.ask(&request).await?;
            if status != 202 {
                bail!("the server answered {status}: {}", String::from_utf8_lossy(&body));
            }
        }
        Ok(0)
    }
}
