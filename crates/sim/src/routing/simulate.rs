//! Lets chance have its way in a large world, and holds every step against the rules.

use super::action::{Action, Kind};
use super::setting::Setting;
use super::world::World;
use crate::chance::Chance;
use crate::trace::Trace;
use domain::router::RouterEvent;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

/// How many of the last actions are told with a violation.
const TOLD: usize = 25;
/// How many rounds it may take until nothing is under way any more.
const ROUNDS: usize = 1000;

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// A hash of all that the router decided: the same for the same seed.
    pub trace: u64,
    /// How often each thing happened, by its name.
    pub happened: BTreeMap<String, u64>,
}

/// A rule that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Violation {
    /// The seed that leads there.
    pub seed: u64,
    /// After how many steps.
    pub step: u64,
    /// What is broken.
    pub broken: String,
    /// What happened last.
    pub last: Vec<Action>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, step {}: {}", self.seed, self.step, self.broken)?;
        self.last.iter().try_for_each(|action| writeln!(f, "  {action:?}"))
    }
}

/// Runs a world for so many steps, and then until nothing is under way any more.
///
/// # Errors
/// The first rule that does not hold.
pub fn simulate(seed: u64, steps: u64) -> Result<Outcome, Box<Violation>> {
    let mut chance = Chance::new(seed);
    let setting = Arc::new(Setting::of_chance(&mut chance));
    let (mut trace, mut outcome, mut last) = (Trace::new(), Outcome::default(), VecDeque::new());
    let mut step = 0;
    let run = || -> Result<(), String> {
        let mut world = World::new(Arc::clone(&setting))?;
        while step < steps {
            step += 1;
            let Some(action) = next(&world, &mut chance) else { continue };
            if last.len() == TOLD {
                last.pop_front();
            }
            last.push_back(action);
            world.perform(action)?;
            world.check()?;
            for event in &world.events {
                trace.add(format!("{event:?}").as_bytes());
                *outcome.happened.entry(name(event)).or_default() += 1;
            }
        }
        come_to_rest(&mut world)
    };
    // The closure has all that a violation tells of; it ends here.
    let result = { run }();
    outcome.trace = trace.value();
    let violation = |broken| Box::new(Violation { seed, step, broken, last: last.into_iter().collect() });
    result.map_err(violation).map(|()| outcome)
}

/// What happens next: a kind by its weight, and any one of that kind.
fn next(world: &World, chance: &mut Chance) -> Option<Action> {
    let kinds = &world.setting.kinds;
    let total: u32 = kinds.iter().map(|(_, weight)| weight).sum();
    let mut drawn = chance.below(total);
    let drawn = kinds.iter().find(|(_, weight)| {
        let hit = drawn < *weight;
        drawn = drawn.saturating_sub(*weight);
        hit
    });
    let kind = drawn.map_or(Kind::Tick, |(kind, _)| *kind);
    let actions = world.actions_of(kind);
    chance.pick(&actions).copied()
}

/// Everything gets where it belongs and nothing new comes; then conversations and router agree on everything (`C3`).
fn come_to_rest(world: &mut World) -> Result<(), String> {
    for _ in 0..ROUNDS {
        let kinds = [Kind::Run, Kind::Report, Kind::TakeIn];
        let Some(action) = kinds.iter().find_map(|kind| world.actions_of(*kind).first().copied()) else {
            return match world.unsettled().len() {
                0 => world.check(),
                left => Err(format!("C3: {left} conversations never come to rest")),
            };
        };
        world.perform(action)?;
        world.check()?;
    }
    Err(format!("C3: nothing comes to rest: {:?}", world.flights))
}

/// What an event is called, with why where that tells more.
fn name(event: &RouterEvent) -> String {
    match event {
        RouterEvent::Reconfigured { .. } => "reconfigured".to_owned(),
        RouterEvent::TakenIn { .. } => "taken_in".to_owned(),
        RouterEvent::ItemCreated { .. } => "created".to_owned(),
        RouterEvent::VariablesLearned { .. } => "learned".to_owned(),
        RouterEvent::Queued { overflow_from: Some(_), .. } => "overflowed".to_owned(),
        RouterEvent::Queued { .. } => "queued".to_owned(),
        RouterEvent::Unrouted { why, .. } => format!("unrouted.{}", why.name()),
        RouterEvent::Offered { .. } => "offered".to_owned(),
        RouterEvent::OfferEnded { why, .. } => format!("offer.{}", why.name()),
        RouterEvent::Accepting { .. } => "accepting".to_owned(),
        RouterEvent::Accepted { by, .. } => format!("accepted.{}", by.name()),
        RouterEvent::HoldChanged { .. } => "hold".to_owned(),
        RouterEvent::TargetExceeded { .. } => "late".to_owned(),
        RouterEvent::Ended { ending, .. } => format!("ended.{}", ending.name()),
        RouterEvent::ErrandGiven { errand, .. } => format!("errand.{}", errand.kind().name()),
        RouterEvent::ErrandDone { taken: true, .. } => "errand_taken".to_owned(),
        RouterEvent::ErrandDone { .. } => "errand_refused".to_owned(),
        RouterEvent::PresenceChanged { why, .. } => format!("presence.{}", why.name()),
        RouterEvent::AgentSeen { .. } => "seen".to_owned(),
    }
}
