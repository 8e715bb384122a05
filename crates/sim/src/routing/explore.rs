//! Goes through all worlds that a setting can lead to, nearest first, so that what it finds is as short as it can be.

use super::action::Action;
use super::setting::Setting;
use super::world::World;
use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;

/// How much of a setting was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Worlds that differ.
    pub states: usize,
    /// Steps between them; rules were checked after each.
    pub steps: usize,
    /// The most actions that a world is away from the beginning.
    pub depth: usize,
    /// Worlds in which a conversation and the router had nothing to learn of each other.
    pub settled: usize,
    /// Whether there are no others.
    pub exhaustive: bool,
}

/// A rule that did not hold, and what led there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Counterexample {
    /// From the beginning, the shortest there is.
    pub actions: Vec<Action>,
    /// What is broken.
    pub broken: String,
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.broken)?;
        for (number, action) in (1..).zip(&self.actions) {
            writeln!(f, "{number:3}. {action:?}")?;
        }
        Ok(())
    }
}

/// How a world was come to: from which one, and by what.
type Way = (u32, Action);

/// A world that was seen and not gone on from: the one before it, and what leads there.
struct Open {
    before: Arc<World>,
    action: Option<Action>,
    number: u32,
    depth: usize,
}

/// Goes through a setting until nothing new comes, or until so many worlds were seen.
///
/// # Errors
/// The first rule that does not hold.
pub fn explore(setting: &Arc<Setting>, most: usize) -> Result<Coverage, Box<Counterexample>> {
    let first = World::new(Arc::clone(setting));
    let first = first.map_err(|broken| Box::new(Counterexample { actions: Vec::new(), broken }))?;
    let mut seen = HashSet::from([first.fingerprint()]);
    let mut ways: Vec<Way> = vec![(0, Action::Tick)];
    let mut open = VecDeque::from([Open { before: Arc::new(first), action: None, number: 0, depth: 0 }]);
    let mut coverage = Coverage { states: 1, exhaustive: true, ..Coverage::default() };
    while let Some(Open { before, action, number, depth }) = open.pop_front() {
        let counterexample = |last: Option<Action>, broken| {
            let actions = way_to(&ways, number).into_iter().chain(last).collect();
            Box::new(Counterexample { actions, broken })
        };
        let world = match action {
            Some(action) => Arc::new(after(&before, action).map_err(|broken| counterexample(None, broken))?),
            None => before,
        };
        coverage.depth = coverage.depth.max(depth);
        let mut found = Vec::new();
        for action in world.actions() {
            let next = after(&world, action).and_then(|next| next.check().map(|()| next));
            let next = next.map_err(|broken| counterexample(Some(action), broken))?;
            coverage.steps += 1;
            if seen.insert(next.fingerprint()) {
                coverage.settled += usize::from(next.unsettled().is_empty());
                found.push(action);
            }
        }
        for action in found {
            if coverage.states >= most {
                coverage.exhaustive = false;
                return Ok(coverage);
            }
            let number_of_next = u32::try_from(ways.len()).unwrap_or(u32::MAX);
            ways.push((number, action));
            let (before, action) = (Arc::clone(&world), Some(action));
            open.push_back(Open { before, action, number: number_of_next, depth: depth + 1 });
            coverage.states += 1;
        }
    }
    Ok(coverage)
}

fn after(world: &World, action: Action) -> Result<World, String> {
    let mut next = world.clone();
    next.perform(action)?;
    Ok(next)
}

fn way_to(ways: &[Way], number: u32) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut at = number;
    while at != 0 {
        let Some((before, action)) = ways.get(usize::try_from(at).unwrap_or(usize::MAX)) else { break };
        actions.push(*action);
        at = *before;
    }
    actions.reverse();
    actions
}
