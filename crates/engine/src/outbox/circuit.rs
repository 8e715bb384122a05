//! Leaves a channel's provider alone while it fails for many conversations at once.

use crate::Source;
use domain::Timestamp;
use std::collections::BTreeSet;

/// So many conversations in a row, and it is the provider that fails and not the conversation.
const CONVERSATIONS: usize = 5;

/// Closed: everybody may try. Open: nobody for a while, and then one at a time until a try is answered.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    /// Whose tries failed since the last one that was answered; no more than matter.
    failing: BTreeSet<Source>,
    /// How often it opened since then, and until when nobody tries.
    open: Option<(u32, Timestamp)>,
}

impl Circuit {
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Until when nobody tries.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.open.map(|(_, until)| until)
    }

    pub(super) fn close(&mut self) {
        *self = Self::default();
    }

    /// Whether this makes everybody wait from now on.
    pub(super) fn fail(&mut self, whose: Source, now: Timestamp, pause_ms: impl FnOnce(u32) -> i64) -> bool {
        if self.failing.len() < CONVERSATIONS {
            self.failing.insert(whose);
        }
        // Those that were under way when it opened tell nothing new.
        if self.failing.len() < CONVERSATIONS || self.until().is_some_and(|until| now < until) {
            return false;
        }
        let times = self.open.map_or(1, |(times, _)| times.saturating_add(1));
        self.open = Some((times, Timestamp(now.0.saturating_add(pause_ms(times)))));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ConversationId;

    fn conversation(number: u64) -> Source {
        Source::Conversation(ConversationId::new(0, 1, number))
    }

    /// CH-10: one conversation that fails delays no other.
    #[test]
    fn one_conversation_never_opens_it_and_many_do_until_one_is_answered() {
        let mut circuit = Circuit::default();
        let fail = |circuit: &mut Circuit, number, at_ms| {
            circuit.fail(conversation(number), Timestamp(at_ms), |times| i64::from(times) * 1000)
        };
        assert!((0..100).all(|_| !fail(&mut circuit, 1, 0)));
        let opened: Vec<bool> = (2..8).map(|number| fail(&mut circuit, number, 0)).collect();
        assert_eq!(opened, [false, false, false, true, false, false]);
        assert_eq!(circuit.until(), Some(Timestamp(1000)));
        assert!(fail(&mut circuit, 6, 1000));
        assert_eq!(circuit.until(), Some(Timestamp(3000)));
        circuit.close();
        assert!(!fail(&mut circuit, 1, 3000) && !circuit.is_open());
    }
}
