//! Worlds of routing: the router and the conversations of production, and between them everything that can come in any
//! order or get lost. `explore` goes through all that can happen in a small one, `simulate` lets chance do much in a
//! large one; both hold every step against the rules.

mod action;
mod check;
mod choices;
mod explore;
mod facts;
mod fingerprint;
mod flights;
mod look;
mod people;
mod random;
mod setting;
mod simulate;
mod small;
mod witness;
mod world;

pub use action::{Action, Kind, Stance};
pub use explore::{Counterexample, Coverage, explore};
pub use setting::Setting;
pub use simulate::{Outcome, Violation, simulate};
pub use world::World;
