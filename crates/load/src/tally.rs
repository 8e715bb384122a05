//! What is counted while a run goes on.

use crate::{
    Acknowledged, Duplicates, Error, Ledger, Messages, bounds,
    report::{Came, Trouble},
    timings::{Operation, Timings},
};
use std::{collections::BTreeMap, time::Duration};

/// The counts of a run, behind one lock: each is a few instructions, far less than a request.
pub(crate) struct Tally {
    pub(crate) ledger: Ledger,
    pub(crate) timings: Timings,
    pub(crate) duplicates: Duplicates,
    /// Messages that found all connections taken.
    pub(crate) waited: u64,
    /// When the last message was acknowledged, from the start.
    pub(crate) last_acknowledged: Duration,
    /// Why the run cannot go on.
    pub(crate) fault: Option<Error>,
    troubles: BTreeMap<(Operation, Came, String), u64>,
}

impl Tally {
    pub(crate) fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            timings: Timings::new(),
            duplicates: Duplicates::default(),
            waited: 0,
            last_acknowledged: Duration::ZERO,
            fault: None,
            troubles: BTreeMap::new(),
        }
    }

    /// Counts a request that was not answered with yes.
    pub(crate) fn trouble(&mut self, operation: Operation, came: Came, code: &str) {
        let mut entry = (operation, came, code.to_owned());
        // A server that makes up a code for each request must not fill the memory with them.
        if self.troubles.len() >= bounds::CODES_MAX && !self.troubles.contains_key(&entry) {
            "other".clone_into(&mut entry.2);
        }
        *self.troubles.entry(entry).or_default() += 1;
    }

    /// Writes an acknowledgement down. What cannot be written down cannot be checked, so a failure ends the run.
    pub(crate) fn acknowledge(&mut self, entry: Acknowledged) {
        if let Err(error) = self.ledger.append(entry) {
            self.fault.get_or_insert(error);
        }
    }

    /// The state of the requesters' messages; what is neither acknowledged nor refused is what nobody answered for.
    pub(crate) fn messages(&self, planned: u64) -> Messages {
        let sent = self.timings.count(Operation::SendDelay);
        let acknowledged = self.timings.count(Operation::Inbound);
        let refusals = self
            .troubles
            .iter()
            .filter(|((operation, came, _), _)| *operation == Operation::Inbound && *came == Came::Refused);
        let refused = refusals.map(|(_, count)| count).sum();
        Messages {
            planned,
            sent,
            acknowledged,
            refused,
            unacknowledged: sent.saturating_sub(acknowledged + refused),
            unsent: planned.saturating_sub(sent),
            waited: self.waited,
        }
    }

    pub(crate) fn troubles(&self) -> Vec<Trouble> {
        let trouble = |((operation, came, code), count): (&(Operation, Came, String), &u64)| Trouble {
            operation: operation.name(),
            came: *came,
            code: code.clone(),
            count: *count,
        };
        self.troubles.iter().map(trouble).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_that_was_planned_is_in_exactly_one_count() {
        let mut tally = Tally::new(Ledger::in_memory());
        (0..10).for_each(|_| tally.timings.record(Operation::SendDelay, Duration::ZERO));
        (0..6).for_each(|_| tally.timings.record(Operation::Inbound, Duration::ZERO));
        tally.trouble(Operation::Inbound, Came::Refused, "invalid");
        tally.trouble(Operation::Inbound, Came::Retried, "overloaded");
        tally.trouble(Operation::Join, Came::Refused, "invalid");
        let messages = tally.messages(12);
        assert_eq!(
            (messages.acknowledged, messages.refused, messages.unacknowledged, messages.unsent),
            (6, 1, 3, 2)
        );
    }

    #[test]
    fn codes_beyond_the_bound_are_counted_together() {
        let mut tally = Tally::new(Ledger::in_memory());
        (0..1000).for_each(|n| tally.trouble(Operation::End, Came::Failed, &format!("code_{n}")));
        let troubles = tally.troubles();
        assert_eq!(troubles.len(), bounds::CODES_MAX + 1);
        assert_eq!(troubles.iter().map(|trouble| trouble.count).sum::<u64>(), 1000);
    }
}
