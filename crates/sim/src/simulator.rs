//! A world of requesters and agents that a seed sets going: they write, join, park, leave and repeat themselves, time
//! jumps, and the process dies where it hurts. What is stored is checked as it grows.

mod world;

use crate::check::Broken;
use std::fmt;
use world::World;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// A hash of every answer and every stored record: the same for the same seed.
    pub trace: u64,
    /// Commands that were accepted.
    pub accepted: u64,
    /// Commands that were sent a second time, and answered as the first time.
    pub repeated: u64,
    /// Commands whose id had been used for another body, and were refused.
    pub reused: u64,
    /// Commands that the rules refused.
    pub rejected: u64,
    /// Times that the process died in a commit.
    pub crashes: u64,
    /// Times that it was started anew.
    pub restarts: u64,
    /// Conversations that were opened.
    pub conversations: u64,
    /// Of these, closed in the end.
    pub closed: u64,
    /// Timers that did their work.
    pub fired: u64,
}

/// A rule that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Violation {
    /// The seed that leads there.
    pub seed: u64,
    /// After how many steps.
    pub step: u32,
    /// The rule's id.
    pub rule: &'static str,
    /// How it was broken.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, step {}: {} is broken: {}", self.seed, self.step, self.rule, self.what)
    }
}

/// Runs a world for so many steps.
///
/// # Errors
/// The first [`Violation`], from which on the run is not continued.
pub fn run(seed: u64, steps: u32) -> Result<Outcome, Violation> {
    engine::block_on(Box::pin(async {
        let mut step = 0;
        let violation = |step, (rule, what): Broken| Violation { seed, step, rule, what };
        let mut world = World::new(seed).await.map_err(|broken| violation(0, broken))?;
        while step < steps {
            step += 1;
            world.step().await.map_err(|broken| violation(step, broken))?;
        }
        world.finish().await.map_err(|broken| violation(step, broken))
    }))
}
