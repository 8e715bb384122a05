//! What each decision of the router takes while everybody is busy and thousands wait, and while nobody has to wait: in
//! memory, at two sizes, of which the larger is ten times the smaller.
//!
//! A decision waits for nothing, so it is measured by how long its thread has worked; a busy neighbour makes that longer,
//! but not by the whole time that it takes.

use super::bench::{Bench, resident_kib, say, worked};
use super::child::{self, Job};
use super::floor::{Floor, Took};
use super::report::Report;
use super::staff;
use domain::Seconds;
use domain::router::{Command, Router};
use domain::routing::{Routing, presence_names};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

const NOT_MEASURED: &[&str] = &[
    "encoding and storing what was decided, and telling the conversations: the figure assignment has that",
    "looking at an agent's inbox or at how a queue stands",
    "preferred agents, additional skills that are dropped, sort rules",
];

/// Weighs a router with so many agents at work, or with so many items that wait for somebody to come.
#[derive(Serialize, Deserialize)]
pub(crate) struct Weigh {
    agents: u64,
    waiting: u64,
}

impl Weigh {
    /// What the process occupies more with them, in KiB.
    pub(crate) fn perform(&self) -> anyhow::Result<f64> {
        let routing = Arc::new(staff::routing(self.agents.max(100)));
        let mut floor = Floor::new(&routing, 1);
        let before = resident_kib()?;
        for _ in 0..self.waiting {
            floor.arrive("nobody is there")?;
        }
        for number in 0..self.agents {
            floor.presence("comes to work", &staff::agent(number), presence_names::AVAILABLE)?;
        }
        Ok(resident_kib()? - before)
    }
}

/// How many decisions apart an offer stays unanswered, or somebody takes a break.
const EVERY: u64 = 10;

/// Agents and waiting items.
#[derive(Clone, Copy)]
struct Size {
    agents: u64,
    waiting: u64,
    /// How often each thing happens.
    turns: u64,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let small = bench.of(
        Size { agents: 20, waiting: 200, turns: 100 },
        Size { agents: 1_000, waiting: 10_000, turns: 10_000 },
        Size { agents: 5_000, waiting: 10_000, turns: 10_000 },
    );
    let large = Size { agents: small.agents * 10, waiting: small.waiting * 10, ..small };
    let says = format!(
        "one decision with {} agents and {} waiting items; growth from a tenth of both",
        large.agents, large.waiting
    );
    let mut report = Report::new("matching", says, NOT_MEASURED);
    let (mut busy, mut light, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let (mut waiting, mut at_work) = (Vec::new(), Vec::new());
    for number in 0..bench.rounds {
        say(format_args!("matching: round {}", number + 1));
        let (at_small, _) = crowded(small, number.into())?;
        let (at_large, took) = crowded(large, number.into())?;
        busy.push((at_small, at_large));
        whole.push(took);
        light.push((idle(small, number.into())?, idle(large, number.into())?));
        let weigh = |agents, waiting| child::run::<f64>(&Job::Weigh(Weigh { agents, waiting }));
        waiting.push(weigh(0, large.waiting)? * 1024.0 / large.waiting as f64);
        at_work.push(weigh(large.agents, 0)? * 1024.0 / large.agents as f64);
    }
    tell(
        &mut report,
        &busy.iter().map(|(small, large)| (together(small), together(large))).collect::<Vec<_>>(),
    );
    tell(&mut report, &busy);
    tell(&mut report, &light);
    for (place, name) in Whole::NAMES.iter().enumerate() {
        let rounds: Vec<f64> = whole.iter().map(|whole| whole.0[place].as_secs_f64() * 1e3).collect();
        report.row(*name, "ms", &rounds);
    }
    report.row("memory for each waiting item", "bytes", &waiting);
    report.row("memory for each agent at work", "bytes", &at_work);
    Ok(report)
}

/// Everybody has as much as they can and the rest wait: what ends makes room for what waits.
fn crowded(size: Size, seed: u64) -> anyhow::Result<(Took, Whole)> {
    let routing = Arc::new(staff::routing(size.agents));
    let mut floor = Floor::new(&routing, seed);
    let room = u64::from(staff::CAPACITY.iter().sum::<u32>());
    for _ in 0..size.waiting + size.agents * room {
        floor.arrive("nobody is there")?;
        floor.step()?;
    }
    // All of them wait for long enough by now for every pool.
    floor.now = floor.now.plus(staff::WIDENS_AFTER);
    floor.step()?;
    for number in 0..size.agents {
        for offered in floor.presence("comes to work", &staff::agent(number), presence_names::AVAILABLE)? {
            floor.accept(&offered)?;
        }
        floor.step()?;
    }
    // What easily finds somebody is gone after a while; what is hard to place stays and is looked at again and again.
    turns(&mut floor, size.turns / 4)?;
    let whole = Whole::of(&mut floor, &routing)?;
    floor.take_took();
    turns(&mut floor, size.turns)?;
    if size.agents <= 200 {
        let unmatched = floor.router.unmatched(floor.now);
        anyhow::ensure!(unmatched.is_none(), "somebody could have had something: {unmatched:?}");
    }
    Ok((floor.take_took(), whole))
}

fn turns(floor: &mut Floor, turns: u64) -> anyhow::Result<()> {
    for turn in 0..turns {
        let (conversation, _) = floor.any_served()?;
        let offered = floor.close("an item completes, the next is offered", conversation)?;
        if !turn.is_multiple_of(EVERY) {
            for offered in offered {
                floor.accept(&offered)?;
            }
        }
        floor.step()?;
        for offered in floor.arrive("an item arrives, nobody is free")?.1 {
            floor.accept(&offered)?;
        }
        floor.step()?;
        if turn.is_multiple_of(EVERY) {
            let (conversation, agent) = floor.any_served()?;
            floor.presence("an agent goes away", &agent, presence_names::AWAY)?;
            floor.close("an item of an agent completes who is away", conversation)?;
            for offered in floor.presence("an agent comes back", &agent, presence_names::AVAILABLE)? {
                floor.accept(&offered)?;
            }
            floor.arrive("an item arrives, nobody is free")?;
            floor.step()?;
        }
    }
    Ok(())
}

/// Nobody waits: first hardly anybody is free, then most are.
fn idle(size: Size, seed: u64) -> anyhow::Result<Took> {
    let routing = Arc::new(staff::routing(size.agents));
    let mut floor = Floor::new(&routing, seed);
    let free = size.agents / 20;
    for number in 0..free {
        floor.presence("comes to work", &staff::agent(number), presence_names::AVAILABLE)?;
    }
    comings(&mut floor, size.turns, "an item arrives, few are free")?;
    for number in free..size.agents {
        floor.presence("comes to work", &staff::agent(number), presence_names::AVAILABLE)?;
    }
    comings(&mut floor, size.turns, "an item arrives, most are free")?;
    let mut took = floor.take_took();
    took.retain(|name, _| name.starts_with("an item arrives"));
    Ok(took)
}

fn comings(floor: &mut Floor, turns: u64, kind: &'static str) -> anyhow::Result<()> {
    for _ in 0..turns {
        let (conversation, offered) = floor.arrive(kind)?;
        for offered in offered {
            floor.accept(&offered)?;
        }
        floor.close("an item completes, nobody waits", conversation)?;
        floor.step()?;
    }
    Ok(())
}

/// What looks at everything there is, in the order of [`NAMES`](Whole::NAMES).
struct Whole([Duration; 4]);

impl Whole {
    const NAMES: [&str; 4] = [
        "the router is loaded: its indexes are built",
        "the first decision after that",
        "another configuration: one agent changed",
        "another configuration: one queue changed",
    ];

    fn of(floor: &mut Floor, routing: &Arc<Routing>) -> anyhow::Result<Self> {
        let state = floor.router.state().clone();
        let begun = worked();
        let mut fresh = Router::new(state, Arc::clone(routing), floor.now);
        let loaded = worked().saturating_sub(begun);
        let begun = worked();
        let _ = fresh.decide(&Command::Tick, floor.now);
        let first = worked().saturating_sub(begun);
        let mut other = Routing::clone(routing);
        if let Some(agent) = other.agents.get_mut(&staff::agent(0)) {
            agent.skills.insert(staff::skill(0), 10);
        }
        let agent = reconfigure(floor, other.clone())?;
        if let Some(queue) = other.queues.get_mut(&staff::queue(0)) {
            queue.target_wait = Some(Seconds(600));
        }
        let queue = reconfigure(floor, other)?;
        Ok(Self([loaded, first, agent, queue]))
    }
}

fn reconfigure(floor: &mut Floor, routing: Routing) -> anyhow::Result<Duration> {
    let version = floor.router.state().configuration + 1;
    let (_, took) = floor.decide(&Command::Reconfigure { version, routing: Arc::new(routing) })?;
    Ok(took)
}

/// All decisions of a working day as one kind.
fn together(took: &Took) -> Took {
    let mut kinds = took.values();
    let mut all = kinds.next().cloned();
    if let Some(all) = &mut all {
        // All have the same precision, and grow as needed.
        kinds.for_each(|kind| all.add(kind).unwrap_or_default());
    }
    all.into_iter().map(|all| ("all decisions while everybody is busy", all)).collect()
}

fn tell(report: &mut Report, rounds: &[(Took, Took)]) {
    let Some((_, first)) = rounds.first() else { return };
    for kind in first.keys() {
        let of = |at: f64| -> (Vec<f64>, Vec<f64>) {
            let value =
                |took: &Took| took.get(kind).map_or(f64::NAN, |took| took.value_at_quantile(at) as f64 / 1e3);
            rounds.iter().map(|(small, large)| (value(small), value(large))).unzip()
        };
        for (share, name) in [(0.5, "p50"), (0.99, "p99"), (1.0, "at most")] {
            report.row(format!("{kind}, {name}"), "µs", &of(share).1);
        }
        for (share, name) in [(0.5, "p50"), (0.99, "p99")] {
            let (small, large) = of(share);
            report.ratio(format!("{kind}, growth of {name}"), &large, &small);
        }
    }
}
