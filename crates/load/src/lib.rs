//! Synthetic traffic over HTTP and its report.
//!
//! [`run`] sends what a [`Plan`] says to a server, as a gateway and as agents, and measures how long each answer took
//! from the moment the request was *meant* to be sent: a server that stalls is charged for every message that would
//! have come in the meantime, not only for the one that it held. Afterwards it reads back what the server
//! acknowledged; [`verify`] does the same alone, from a [`Ledger`], for a server that was killed in between.

mod bounds;
mod chance;
mod client;
mod error;
mod ledger;
mod plan;
mod report;
mod run;
mod schedule;
mod script;
mod table;
mod tally;
mod timings;
mod verify;
mod wire;

#[cfg(test)]
mod fake_server;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use ledger::{Acknowledged, Author, Ledger};
pub use plan::{Plan, Token};
pub use report::{Came, Duplicates, Messages, Progress, Report, Stage, Trouble};
pub use run::run;
pub use table::table;
pub use timings::Figures;
pub use verify::{Finding, Verification, Wrong, verify};
