//! One channel's queue of lanes.

use super::circuit::Circuit;
use crate::{DeliveryKey, Source};
use domain::Timestamp;
use std::collections::BTreeSet;

/// When a lane has its turn; what was queued first goes first.
pub(super) type Turn = (Timestamp, u64, Source);

/// A channel's queue.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) queue: BTreeSet<Turn>,
    pub(super) running: usize,
    pub(super) circuit: Circuit,
    /// What waits to be pulled, in the order of its facts.
    pub(super) pulled: BTreeSet<(Timestamp, DeliveryKey)>,
}

impl Desk {
    pub(super) fn is_free(&self, max: usize, now: Timestamp) -> bool {
        self.has_room(max) && self.circuit.until().is_none_or(|until| until <= now)
    }

    /// While a circuit is open, one lane at a time finds out whether it may close.
    fn has_room(&self, max: usize) -> bool {
        self.running < if self.circuit.is_open() { 1 } else { max }
    }

    pub(super) fn next_due(&self, max: usize) -> Option<Timestamp> {
        let (due, ..) = self.queue.first().filter(|_| self.has_room(max))?;
        Some(self.circuit.until().map_or(*due, |until| until.max(*due)))
    }
}
