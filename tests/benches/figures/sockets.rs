//! Live streams: what one that nothing happens on occupies, and how soon a frame follows what it tells.

use super::bench::{Bench, say};
use super::child::{self, Job};
use super::report::{Report, quantile};
use super::server::{self, Server};
use super::world;
use anyhow::Context as _;
use domain::{ChannelId, Role};
use futures_util::StreamExt as _;
use gateway::ServerSettings;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::BufRead as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

const NOT_MEASURED: &[&str] = &[
    "what the kernel occupies for connections",
    "TLS, which a proxy in front would speak",
    "a network: client and server are on one machine and share its cores",
];

/// Serves until it is killed; its address is the first line that it writes.
#[derive(Serialize, Deserialize)]
pub(crate) struct Serve {
    store: PathBuf,
}

impl Serve {
    pub(crate) fn perform(&self) -> anyhow::Result<()> {
        raise_limit()?;
        let settings = ServerSettings { connections_max: 20_000, ..server::server() };
        let server = Server::start_as(&self.store, world::options(), world::channels()?, settings)?;
        println!("{}", server.address);
        loop {
            std::thread::park();
        }
    }
}

/// As many open files as the system lets this process have.
fn raise_limit() -> anyhow::Result<()> {
    let most = getrlimit(Resource::Nofile).maximum;
    Ok(setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most })?)
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let sockets = bench.of(50, 2_000, 10_000);
    let says = format!("{sockets} live streams that nothing happens on, and two on which something does");
    let mut report = Report::new("sockets", says, NOT_MEASURED);
    raise_limit()?;
    let (mut each, mut after_ack, mut after_send) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..bench.rounds {
        say(format_args!("sockets: round {}", number + 1));
        let folder = bench.folder()?;
        let (mut child, mut stdout) = child::spawn(&Job::Sockets(Serve { store: folder.path().to_owned() }))?;
        let mut address = String::new();
        stdout.read_line(&mut address)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let turn = runtime.block_on(turn(address.trim(), child.id(), sockets, bench.of(50, 500, 2_000)));
        child.kill()?;
        child.wait()?;
        let Turn { kib_each, acknowledged_ms, sent_ms } = turn?;
        each.push(kib_each);
        after_ack.push(acknowledged_ms);
        after_send.push(sent_ms);
    }
    report.row("memory of an idle stream", "KiB each", &each);
    let of = |rounds: &[Vec<f64>], share| rounds.iter().map(|ms| quantile(ms, share)).collect::<Vec<_>>();
    report.row("a frame after its commit was acknowledged, p50", "ms", &of(&after_ack, 0.5));
    report.row("a frame after its commit was acknowledged, p99", "ms", &of(&after_ack, 0.99));
    report.row("a frame after its message was sent, p50", "ms", &of(&after_send, 0.5));
    report.row("a frame after its message was sent, p99", "ms", &of(&after_send, 0.99));
    Ok(report)
}

struct Turn {
    kib_each: f64,
    /// From the answer to a message to its frame; 0 where the frame was there first.
    acknowledged_ms: Vec<f64>,
    sent_ms: Vec<f64>,
}

async fn turn(address: &str, pid: u32, sockets: u64, messages: u64) -> anyhow::Result<Turn> {
    let web = ChannelId::new(world::WEB).map_err(|_| anyhow::anyhow!("the channel has no name"))?;
    // The first ones pay for what all share.
    let mut open = vec![connect(address, &server::token_of(Role::Supervisor, "sam", None)?).await?];
    for number in 0..16 {
        let token = server::token_of(Role::Requester, &format!("early-{number}"), Some(&web))?;
        open.push(connect(address, &token).await?);
    }
    let before = resident_kib_of(pid)?;
    for number in 0..sockets {
        let token = server::token_of(Role::Requester, &format!("user-{number}"), Some(&web))?;
        open.push(connect(address, &token).await?);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let kib_each = (resident_kib_of(pid)? - before) / sockets as f64;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (url, token) = (format!("http://{address}/v1/channels/{}/inbound", world::WEB), server::token()?);
    let supervisor = open.first_mut().context("there is a supervisor")?;
    let (mut acknowledged_ms, mut sent_ms) = (Vec::new(), Vec::new());
    for number in 0..messages {
        let id = format!("m-{number}");
        let message = json!({ "provider_message_id": id, "from": "user-0", "to": "us", "text": id });
        let sent = Instant::now();
        let answered = async {
            client.post(&url).bearer_auth(&token).json(&message).send().await?.error_for_status()?;
            anyhow::Ok(Instant::now())
        };
        let (answered, heard) = tokio::join!(answered, hear(supervisor, &id));
        let (answered, heard) = (answered?, heard?);
        acknowledged_ms.push(heard.saturating_duration_since(answered).as_secs_f64() * 1000.0);
        sent_ms.push((heard - sent).as_secs_f64() * 1000.0);
    }
    Ok(Turn { kib_each, acknowledged_ms, sent_ms })
}

async fn connect(address: &str, token: &str) -> anyhow::Result<WebSocketStream<TcpStream>> {
    let mut request = format!("ws://{address}/v1/stream").into_client_request()?;
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
    Ok(client_async(request, TcpStream::connect(address).await?).await?.0)
}

/// When the frame of this text arrived.
async fn hear(stream: &mut WebSocketStream<TcpStream>, text: &str) -> anyhow::Result<Instant> {
    loop {
        let message = stream.next().await.context("the stream has ended")??;
        let frame: Value =
            message.to_text().ok().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if frame["data"]["text"] == text {
            return Ok(Instant::now());
        }
    }
}

fn resident_kib_of(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
    kib.context("this system does not say how much memory a process occupies")
}
