//! Reads logs back: rebuilds all state and checks what is kept beside it, and rehearses recorded traffic through the
//! same actors that serve.

mod counts;
mod error;
mod history;
mod rehearse;
mod trace;
mod verify;
mod world;

pub use counts::Counts;
pub use error::Error;
pub use history::{History, Moment, Side};
pub use rehearse::{Progress, REHEARSAL_KEY, Rehearsal, Report};
pub use trace::TraceLine;
pub use verify::{Verification, verify};
pub use world::World;
