//! How long a requester waits for what is decided about them: from the moment at which an agent is asked to end a
//! conversation, or a requester writes, until the agent's inbox shows the offer; with nothing else to do, and with
//! messages arriving at half of the rate that gets through at most.

use super::bench::{Bench, say};
use super::desk;
use super::latency;
use super::report::{Report, quantile};
use super::server::Server;
use super::world;
use domain::{AgentId, ConversationId, Role};
use engine::{Engine, Order};
use load::Plan;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

const NOT_MEASURED: &[&str] = &[
    "a network, and the way from the inbox to the agent's screen",
    "decisions among many agents: the figure matching has those",
    "a machine that has its cores to itself: whoever sends the messages shares them",
];

/// All of them have one chat each.
const AGENTS: u64 = 10;
/// Chats that wait for one of them.
const WAITING: u64 = 50;

/// One of the things that a turn measured.
type Part = fn(&Turn) -> &[f64];

/// What one turn gave, in milliseconds.
#[derive(Default)]
struct Turn {
    ended: Vec<f64>,
    freed: Vec<f64>,
    arrived: Vec<f64>,
    accepted: Vec<f64>,
    commits: Vec<f64>,
    achieved_per_s: f64,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let says = "from capacity that is freed, or a requester who writes, to the offer in an agent's inbox";
    let mut report = Report::new("assignment", says, NOT_MEASURED);
    let folder = bench.folder()?;
    let server = Server::start_with(folder.path(), world::options(), desk::apply(AGENTS)?)?;
    let most = latency::most(bench, &server)?;
    report.row("the most messages that get through", "messages/s", &most);
    let half_per_s = quantile(&most, 0.5) / 2.0;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut floor = runtime.block_on(Floor::open(server.engine.clone()))?;
    let (mut quiet, mut loaded) = (Vec::new(), Vec::new());
    for number in 0..bench.rounds {
        say(format_args!("assignment: round {}", number + 1));
        let span = Duration::from_secs(bench.of(1, 5, 30));
        for (rate, turns) in [(None, &mut quiet), (Some(half_per_s), &mut loaded)] {
            server.log.take();
            let plan = match rate {
                Some(rate) => Some(latency::plan(&server, &format!("beside-{number}"), rate)?),
                None => None,
            };
            let load = plan.map(|plan| Load::start(plan, span));
            let mut turn = runtime.block_on(floor.turn(span))?;
            turn.achieved_per_s = load.map_or(Ok(0.0), Load::end)?;
            turn.commits = server.log.take().took;
            turns.push(turn);
        }
    }
    server.stop()?;
    for (name, turns) in [("quiet", &quiet), ("under load", &loaded)] {
        tell(&mut report, name, turns);
    }
    Ok(report)
}

fn tell(report: &mut Report, name: &str, turns: &[Turn]) {
    let of = |part: Part, share: f64| -> Vec<f64> {
        turns.iter().map(|turn| quantile(part(turn), share)).collect()
    };
    let parts: [(&str, Part); 5] = [
        ("one commit", |turn| &turn.commits),
        ("an agent ends a conversation, until that is durable", |turn| &turn.ended),
        ("an agent ends a conversation, until their next offer is there", |turn| &turn.freed),
        ("a requester writes, until the offer is there", |turn| &turn.arrived),
        ("an agent accepts, until the conversation is theirs", |turn| &turn.accepted),
    ];
    for (part, values) in parts {
        report.row(format!("{name}: {part}, p50"), "ms", &of(values, 0.5));
        report.row(format!("{name}: {part}, p99"), "ms", &of(values, 0.99));
    }
    let [commit, _, freed, arrived, _] = parts.map(|(_, values)| of(values, 0.5));
    report.ratio(format!("{name}: freed to offered / one commit, p50"), &freed, &commit);
    report.ratio(format!("{name}: written to offered / one commit, p50"), &arrived, &commit);
    let offers: Vec<f64> = turns.iter().map(|turn| turn.freed.len() as f64).collect();
    report.row(format!("{name}: times"), "", &offers);
    let beside: Vec<f64> = turns.iter().map(|turn| turn.achieved_per_s).collect();
    report.row(format!("{name}: messages beside it"), "messages/s", &beside);
}

/// Messages that arrive meanwhile, from a thread of their own.
struct Load(std::thread::JoinHandle<anyhow::Result<f64>>);

impl Load {
    fn start(mut plan: Plan, span: Duration) -> Self {
        plan.duration_s = span.as_secs();
        plan.connections_max = 1024;
        Self(std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let report = runtime.block_on(load::run(plan, |_| ()))?;
            anyhow::ensure!(report.is_sound(), "the load found a promise broken: {report:?}");
            Ok(report.achieved_per_s)
        }))
    }

    /// Messages a second that were acknowledged.
    fn end(self) -> anyhow::Result<f64> {
        self.0.join().map_err(|_| anyhow::anyhow!("the load panicked"))?
    }
}

/// The agents, and what each of them has.
struct Floor {
    engine: Engine,
    commits: Receiver<()>,
    desks: Vec<(AgentId, ConversationId)>,
    visitors: u64,
}

impl Floor {
    /// Everybody has a chat, and others wait; one agent of another queue is idle.
    async fn open(engine: Engine) -> anyhow::Result<Self> {
        let commits = engine.subscribe();
        let mut floor = Self { engine, commits, desks: Vec::new(), visitors: 0 };
        for number in 0..AGENTS {
            let agent = desk::agent(number);
            desk::comes(&floor.engine, agent.clone()).await?;
            floor.visit(world::WEB).await?;
            let (item, conversation) = desk::offered(&floor.engine, &floor.commits, &agent).await?;
            desk::accept(&floor.engine, item, agent.clone()).await?;
            floor.desks.push((agent, conversation));
        }
        for _ in 0..WAITING {
            floor.visit(world::WEB).await?;
        }
        desk::comes(&floor.engine, desk::named(desk::IDLE)).await?;
        Ok(floor)
    }

    async fn visit(&mut self, channel: &str) -> anyhow::Result<()> {
        self.visitors += 1;
        world::chat_on(&self.engine, channel, &format!("visitor-{}", self.visitors)).await.map(drop)
    }

    /// One agent after the other ends what they have and takes what they are offered for it.
    async fn turn(&mut self, span: Duration) -> anyhow::Result<Turn> {
        let mut turn = Turn::default();
        let begun = Instant::now();
        for desk in (0..self.desks.len()).cycle() {
            if begun.elapsed() >= span {
                break;
            }
            self.free(desk, &mut turn).await?;
            self.visit(world::WEB).await?;
            self.arrive(&mut turn).await?;
        }
        Ok(turn)
    }

    async fn free(&mut self, desk: usize, turn: &mut Turn) -> anyhow::Result<()> {
        let Some((agent, conversation)) = self.desks.get(desk).cloned() else { return Ok(()) };
        let asked = Instant::now();
        self.end(&agent, conversation).await?;
        turn.ended.push(ms(asked));
        let (item, next) = desk::offered(&self.engine, &self.commits, &agent).await?;
        turn.freed.push(ms(asked));
        let asked = Instant::now();
        desk::accept(&self.engine, item, agent.clone()).await?;
        turn.accepted.push(ms(asked));
        if let Some(place) = self.desks.get_mut(desk) {
            *place = (agent, next);
        }
        Ok(())
    }

    /// A chat comes to the agent who is idle, and is over at once.
    async fn arrive(&mut self, turn: &mut Turn) -> anyhow::Result<()> {
        let agent = desk::named(desk::IDLE);
        let asked = Instant::now();
        self.visit(desk::CALM).await?;
        let (item, conversation) = desk::offered(&self.engine, &self.commits, &agent).await?;
        turn.arrived.push(ms(asked));
        desk::accept(&self.engine, item, agent.clone()).await?;
        self.end(&agent, conversation).await
    }

    async fn end(&self, agent: &AgentId, conversation: ConversationId) -> anyhow::Result<()> {
        let end = Order::EndByAgent { agent: agent.clone() };
        self.engine.order(conversation, end, world::request(Role::Agent, None)).await?;
        Ok(())
    }
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
