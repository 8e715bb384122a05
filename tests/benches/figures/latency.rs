//! How long an acknowledgement takes, and how late timers are, while messages arrive at half of the rate that the same
//! generator gets through at most. Arrivals are open: a server that stalls is charged for all that would have come
//! meanwhile.

use super::bench::{Bench, Pauses, say};
use super::report::{Report, quantile};
use super::server::{self, Server};
use super::world;
use domain::conversation::{ClosedBy, ConversationEvent};
use domain::{Event, Role, Timestamp};
use engine::{Engine, Order};
use load::{Figures, Plan, Token};
use std::time::Duration;
use store::{EventLog, PartitionId, Position};

const NOT_MEASURED: &[&str] = &[
    "a network, or a server that has its cores to itself: the generator shares them, and takes a good part",
    "commits of timers: how late one is, is told by its event, which is decided just before it is committed",
    "timers below a millisecond, which is as fine as events tell the time",
];

/// A rate at which nobody waits for anybody, to compare with.
const QUIET_PER_S: f64 = 100.0;
/// More than gets through, to find out how much does.
const TOO_MUCH_PER_S: f64 = 25_000.0;
/// From joining a chat until its last timer is due, and a little.
const LAST_TIMERS: Duration = Duration::from_millis(4_500);

/// What one turn gave, in milliseconds.
struct Turn {
    inbound: Figures,
    send_delay: Figures,
    achieved_per_s: f64,
    commits: Vec<f64>,
    pauses: Vec<f64>,
    lateness: Vec<f64>,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let mut report = Report::new("latency", "acknowledgements and timers under load", NOT_MEASURED);
    let pauses = Pauses::watch();
    std::thread::sleep(Duration::from_millis(bench.of(100, 3_000, 30_000)));
    let pauses = pauses.stop()?;
    report.fact("the machine alone: a thread woke late, p99", "ms", quantile(&pauses, 0.99));
    report.fact("the machine alone: a thread woke late, at most", "ms", quantile(&pauses, 1.0));
    let folder = bench.folder()?;
    let server = Server::start(folder.path(), world::options())?;
    let most = most(bench, &server)?;
    report.row("the most that gets through", "messages/s", &most);
    let most_per_s = quantile(&most, 0.5);
    let shares =
        [("half of it", most_per_s / 2.0), ("a quarter of it", most_per_s / 4.0), ("quiet", QUIET_PER_S)];
    let mut turns = shares.map(|_| Vec::new());
    for number in 0..bench.rounds {
        say(format_args!("latency: round {}", number + 1));
        for ((of, rate_per_s), turns) in shares.iter().zip(&mut turns) {
            let nonce = format!("{}-{number}", of.replace(' ', "-"));
            turns.push(turn(bench, &server, *rate_per_s, &nonce)?);
        }
    }
    server.stop()?;
    let p50 = |turns: &[Turn]| turns.iter().map(|turn| turn.inbound.p50_ms).collect::<Vec<f64>>();
    report.ratio("acknowledgement p50: half of it / quiet", &p50(&turns[0]), &p50(&turns[2]));
    for ((name, _), turns) in shares.iter().zip(&turns) {
        tell(&mut report, name, turns);
    }
    Ok(report)
}

fn tell(report: &mut Report, name: &str, turns: &[Turn]) {
    let of = |part: fn(&Turn) -> f64| turns.iter().map(part).collect::<Vec<f64>>();
    report.row(format!("{name}: acknowledged"), "messages/s", &of(|turn| turn.achieved_per_s));
    report.row(format!("{name}: acknowledgement p50"), "ms", &of(|turn| turn.inbound.p50_ms));
    report.row(format!("{name}: acknowledgement p99"), "ms", &of(|turn| turn.inbound.p99_ms));
    report.row(format!("{name}: sent late by the generator, p99"), "ms", &of(|turn| turn.send_delay.p99_ms));
    report.row(format!("{name}: one commit, p50"), "ms", &of(|turn| quantile(&turn.commits, 0.5)));
    report.row(format!("{name}: one commit, p99"), "ms", &of(|turn| quantile(&turn.commits, 0.99)));
    report.row(
        format!("{name}: an idle thread woke late, p99"),
        "ms",
        &of(|turn| quantile(&turn.pauses, 0.99)),
    );
    report.row(
        format!("{name}: an idle thread woke late, at most"),
        "ms",
        &of(|turn| quantile(&turn.pauses, 1.0)),
    );
    report.row(format!("{name}: timers fired"), "", &of(|turn| turn.lateness.len() as f64));
    report.row(format!("{name}: timer lateness p50"), "ms", &of(|turn| quantile(&turn.lateness, 0.5)));
    report.row(format!("{name}: timer lateness p99"), "ms", &of(|turn| quantile(&turn.lateness, 0.99)));
    report.row(format!("{name}: timer lateness, at most"), "ms", &of(|turn| quantile(&turn.lateness, 1.0)));
}

/// What is acknowledged a second when far more is sent.
pub(crate) fn most(bench: &Bench, server: &Server) -> anyhow::Result<Vec<f64>> {
    let turn = |number: u32| {
        say(format_args!("latency: the most, round {}", number + 1));
        let mut plan = plan(server, &format!("most-{number}"), TOO_MUCH_PER_S)?;
        plan.duration_s = bench.of(1, 2, 5);
        plan.connections_max = 128;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let report = runtime.block_on(load::run(plan, |_| ()))?;
        server.list_is_there();
        Ok(report.achieved_per_s)
    };
    (0..bench.rounds).map(turn).collect()
}

pub(crate) fn plan(server: &Server, nonce: &str, rate_per_s: f64) -> anyhow::Result<Plan> {
    let url = format!("http://{}", server.address);
    let mut plan = Plan::new(&url, Token::new(server::token()?), world::SMS, world::COMPANY, nonce);
    plan.rate_per_s = rate_per_s;
    plan.requesters = 1000;
    plan.verify = false;
    Ok(plan)
}

/// Messages at this rate, and chats that are opened meanwhile, joined, and left to their timers.
fn turn(bench: &Bench, server: &Server, rate_per_s: f64, nonce: &str) -> anyhow::Result<Turn> {
    let mut plan = plan(server, nonce, rate_per_s)?;
    plan.duration_s = bench.of(1, 5, 60);
    plan.connections_max = 1024;
    let chats = plan.duration_s * bench.of(20, 250, 250);
    let span = Duration::from_secs(plan.duration_s);
    let before = server.log.head(PartitionId(0));
    server.log.take();
    let pauses = Pauses::watch();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (report, chatted) = runtime.block_on(async {
        tokio::join!(load::run(plan, |_| ()), open_chats(&server.engine, nonce, chats, span))
    });
    let (report, ()) = (report?, chatted?);
    anyhow::ensure!(report.is_sound(), "the load found a promise broken: {report:?}");
    let pauses = pauses.stop()?;
    let commits = server.log.take().took;
    std::thread::sleep(LAST_TIMERS);
    server.list_is_there();
    let lateness = lateness(server.log.as_ref(), before)?;
    anyhow::ensure!(lateness.len() as u64 == 2 * chats, "{} timers of {chats} chats fired", lateness.len());
    let of = |name: &str| report.operations.get(name).copied();
    let (inbound, send_delay) = of("inbound")
        .zip(of("send_delay"))
        .ok_or_else(|| anyhow::anyhow!("nothing was acknowledged: {:?}", report.troubles))?;
    Ok(Turn { inbound, send_delay, achieved_per_s: report.achieved_per_s, commits, pauses, lateness })
}

/// Evenly over the span, so that timers come due all the time.
async fn open_chats(engine: &Engine, nonce: &str, chats: u64, span: Duration) -> anyhow::Result<()> {
    let begun = tokio::time::Instant::now();
    for number in 0..chats {
        tokio::time::sleep_until(begun + span.mul_f64(number as f64 / chats as f64)).await;
        let id = world::chat(engine, &format!("{nonce}-{number}")).await?.conversation;
        let join = Order::Join { agent: world::agent() };
        engine.order(id, join, world::request(Role::Agent, None)).await?;
    }
    Ok(())
}

/// How late each timer was whose event stands after this position.
fn lateness(log: &dyn EventLog, mut after: Position) -> anyhow::Result<Vec<f64>> {
    let mut late = Vec::new();
    loop {
        let page = log.read_partition(PartitionId(0), after, 256)?;
        let Some(last) = page.last() else { return Ok(late) };
        after = last.position;
        for event in page.iter().flat_map(|record| &record.appends).flat_map(|append| &append.events) {
            let envelope = codec::decode(event)?;
            if let Some(due) = due(&envelope.event) {
                late.push(envelope.at.since_ms(due) as f64);
            }
        }
    }
}

/// When the timer was due that fired with this event, if one did.
fn due(event: &Event) -> Option<Timestamp> {
    match event {
        Event::Conversation(
            ConversationEvent::IdleReminderSent { due, .. }
            | ConversationEvent::AgentPrompted { due, .. }
            | ConversationEvent::Closed { by: ClosedBy::Timer { due, .. }, .. },
        ) => Some(*due),
        Event::Conversation(_)
        | Event::Contact(_)
        | Event::Configuration(_)
        | Event::Router(_)
        | Event::Directory(_)
        | Event::Engine(_) => None,
    }
}
