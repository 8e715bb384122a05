//! What a run tells, while it goes on and at its end.

use crate::{Figures, Verification};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Messages still arrive.
    Sending,
    /// The last answers are awaited.
    Draining,
    /// What was acknowledged is read back.
    Verifying,
    /// It is over.
    Done,
}

/// A look at a run that goes on.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// For how long it has been going on.
    pub elapsed: Duration,
    /// What became of the requesters' messages so far.
    pub messages: Messages,
    /// Messages that are being sent or worked on.
    pub in_flight: usize,
}

/// What became of the requesters' messages. Planned is sent and unsent; sent is acknowledged, refused and
/// unacknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Messages {
    /// How many the schedule has.
    pub planned: u64,
    /// How many were sent at least once.
    pub sent: u64,
    /// How many the server said yes to.
    pub acknowledged: u64,
    /// How many the server said no to.
    pub refused: u64,
    /// How many nobody answered for, after all retries. They may be stored or not: they are not lost.
    pub unacknowledged: u64,
    /// How many the run had no time for.
    pub unsent: u64,
    /// How many found all connections taken and were sent late.
    pub waited: u64,
}

/// Messages that were acknowledged and then sent once more with the same id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Duplicates {
    /// How many were answered the second time.
    pub answered: u64,
    /// Of these, how many were not called duplicates: wrong.
    pub unreported: u64,
    /// Of these, how many were answered with other ids than the first time: wrong.
    pub unequal: u64,
    /// Messages that were called duplicates although they had been sent once: wrong, or the nonce was used before.
    pub unexpected: u64,
}

/// How a request went that was not simply answered with yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// An attempt failed and was followed by another.
    Retried,
    /// The server said no.
    Refused,
    /// Nobody said yes or no until the attempts or the time were used up.
    Failed,
}

/// How many requests of one operation went wrong in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The operation, as in [`Report::operations`].
    pub operation: &'static str,
    /// How they went.
    pub came: Came,
    /// The problem's code, or what happened to the connection.
    pub code: String,
    /// How many.
    pub count: u64,
}

/// What a run has found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The seed of the times and choices.
    pub seed: u64,
    /// What told the ids of this run from those of others.
    pub nonce: String,
    /// The rate that was asked for.
    pub rate_per_s: f64,
    /// How long messages were to arrive.
    pub duration_s: u64,
    /// How many requesters wrote.
    pub requesters: u32,
    /// How many agents answered.
    pub agents: usize,
    /// How many requests could be under way at once.
    pub connections_max: usize,
    /// How long it took, without reading back.
    pub elapsed_s: f64,
    /// Acknowledged messages of requesters per second, up to the last of them or the end of the schedule.
    pub achieved_per_s: f64,
    /// What became of the requesters' messages.
    pub messages: Messages,
    /// What was said to messages that were sent twice.
    pub duplicates: Duplicates,
    /// The latencies of what was acknowledged, by operation. `send_delay` is how late messages were first sent:
    /// the generator's own part of `inbound` as long as none waited for a connection.
    pub operations: BTreeMap<&'static str, Figures>,
    /// What was retried, refused or failed.
    pub troubles: Vec<Trouble>,
    /// What reading back found, if it was asked for and possible.
    pub verification: Option<Verification>,
    /// Why reading back was not possible.
    pub unverified: Option<String>,
}

impl Report {
    /// Whether every promise that was looked at was kept. Refusals and slowness are no broken promises.
    pub fn is_sound(&self) -> bool {
        let Duplicates { answered: _, unreported, unequal, unexpected } = self.duplicates;
        unreported + unequal + unexpected == 0
            && self.unverified.is_none()
            && self.verification.as_ref().is_none_or(Verification::is_sound)
    }
}
