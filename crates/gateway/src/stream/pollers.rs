//! Guests who poll: between two polls they have no connection, and are there all the same.

use domain::ContactId;
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// How long after a poll its guest counts as there: a client comes again at once, and a slow one after a pause.
pub(crate) const POLL_GRACE: Duration = Duration::from_secs(45);
/// The most guests who are between two polls (`X1`).
const POLLERS_MAX: usize = 100_000;

/// Until when guests who have polled count as there.
#[derive(Default)]
pub(crate) struct Pollers {
    until: HashMap<ContactId, Instant>,
    order: BTreeSet<(Instant, ContactId)>,
}

impl Pollers {
    /// A guest's poll has ended. One too many is not waited for: false.
    pub(crate) fn ended(&mut self, contact: ContactId, now: Instant) -> bool {
        self.begun(contact);
        if self.until.len() >= POLLERS_MAX {
            return false;
        }
        let until = now + POLL_GRACE;
        self.until.insert(contact, until);
        self.order.insert((until, contact));
        true
    }

    /// A guest's poll has begun, so that nothing is waited for; whether it was.
    pub(crate) fn begun(&mut self, contact: ContactId) -> bool {
        let until = self.until.remove(&contact);
        until.is_some_and(|until| self.order.remove(&(until, contact)))
    }

    /// Whether a guest is between two polls.
    pub(crate) fn has(&self, contact: ContactId) -> bool {
        self.until.contains_key(&contact)
    }

    /// When the next guest counts as gone who does not poll again before.
    pub(crate) fn next_gone(&self) -> Option<Instant> {
        self.order.first().map(|(until, _)| *until)
    }

    /// Takes out a guest who did not poll again in time.
    pub(crate) fn take_gone(&mut self, now: Instant) -> Option<ContactId> {
        let (_, contact) = *self.order.first().filter(|(until, _)| *until <= now)?;
        self.begun(contact);
        Some(contact)
    }

    /// Takes out everybody.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = ContactId> + use<> {
        self.order.clear();
        std::mem::take(&mut self.until).into_keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ID-12
    #[test]
    fn who_polls_again_in_time_stays_and_who_does_not_is_gone() {
        let [stays, gone] = [ContactId([1; 16]), ContactId([2; 16])];
        let begun = Instant::now();
        let mut pollers = Pollers::default();
        assert!(pollers.ended(stays, begun));
        assert!(pollers.ended(gone, begun));
        assert_eq!(pollers.next_gone(), Some(begun + POLL_GRACE));
        assert!(pollers.begun(stays), "the next poll ends the waiting");
        assert!(!pollers.has(stays));
        let later = begun + Duration::from_secs(30);
        assert!(pollers.ended(stays, later));
        assert_eq!(pollers.take_gone(begun + POLL_GRACE - Duration::from_millis(1)), None);
        assert_eq!(pollers.take_gone(begun + POLL_GRACE), Some(gone));
        assert_eq!(pollers.take_gone(begun + POLL_GRACE), None);
        assert!(pollers.has(stays));
        assert_eq!(pollers.take_gone(later + POLL_GRACE), Some(stays));
        assert_eq!(pollers.next_gone(), None);
    }

    /// X1
    #[test]
    fn there_is_a_bound_of_guests_between_two_polls() {
        let now = Instant::now();
        let mut pollers = Pollers::default();
        let contact = |number: usize| ContactId((number as u128).to_be_bytes());
        assert!((0..POLLERS_MAX).all(|number| pollers.ended(contact(number), now)));
        assert!(!pollers.ended(contact(POLLERS_MAX), now));
        assert!(pollers.ended(contact(0), now), "who is among them may poll again");
        assert_eq!(pollers.take_all().count(), POLLERS_MAX);
        assert!(pollers.ended(contact(POLLERS_MAX), now));
    }
}
