//! For development only: a store that fails on demand, a harness around the engine, and a simulator that drives it
//! from a seed and checks the rules of `docs/INVARIANTS.md` on what it stored.
//!
//! Actors run on threads of their own; a run is deterministic because each command is awaited before the next one.

pub mod routing;

mod chance;
mod check;
mod faulty_log;
mod harness;
mod ids;
mod model;
mod pair;
mod provider;
mod simulator;
mod trace;

pub use check::{Census, Said, check};
pub use faulty_log::{FaultyLog, Kill, Step};
pub use harness::{Deed, Harness, Note, Setup, configuration};
pub use ids::PanickingIds;
pub use pair::Pair;
pub use provider::{Answer, Provider, Tried};
pub use simulator::{Outcome, Violation, run};
