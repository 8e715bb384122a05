//! Reads logs back: rebuilds all state and checks what is kept beside it, and rehearses recorded traffic through the
//! same actors that serve.

mod bearing;
mod counts;
mod error;
mod figures;
mod history;
mod rehearse;
mod roster;
#[cfg(test)]
mod samples;
mod stage;
mod trace;
mod verify;
mod world;

pub use counts::Counts;
pub use error::Error;
pub use figures::{GroupReport, QueueReport, RosterReport, Routed, Waits};
pub use history::{History, Moment, Side};
pub use rehearse::{Progress, REHEARSAL_KEY, Rehearsal, Report};
pub use roster::{GroupHabits, Habits, Roster, Span};
pub use trace::TraceLine;
pub use verify::{Verification, verify};
pub use world::World;
