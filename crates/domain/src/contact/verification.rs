//! Attempts to prove by a PIN who one is (`ID-14`). They are counted twice: for the user who is meant, from whatever numbers
//! they come, and for the number that tries, whomever it means. A right PIN forgives the user's wrong ones and not the
//! number's, which only time does.

use super::{Contact, ContactEvent, Grounds, profile};
use crate::{Seconds, Timestamp, UserId};

/// How the attempts went so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// When the wrong ones that can still count were made, the oldest first.
    pub failed: Vec<Timestamp>,
    /// Until when no PIN is looked at.
    pub locked_until: Option<Timestamp>,
}

/// How often a requester may try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinLimits {
    /// The wrong attempts in a row that lock.
    pub attempts: u32,
    /// Within which time, and for how long.
    pub window: Seconds,
}

impl PinLimits {
    /// The most that may be configured, and the default (section 17, rule 14).
    pub const MAX: Self = Self { attempts: 3, window: Seconds(86_400) };
}

impl Default for PinLimits {
    fn default() -> Self {
        Self::MAX
    }
}

impl Verification {
    /// Whether no PIN is looked at.
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    /// Until when no PIN is looked at if this one is wrong too; `None` if more may be tried.
    pub(crate) fn locks_until(&self, now: Timestamp, limits: PinLimits) -> Option<Timestamp> {
        let recent = self.failed.iter().filter(|at| now < at.plus(limits.window)).count();
        (recent + 1 >= limits.attempts as usize).then(|| now.plus(limits.window))
    }

    /// One more was wrong. No more are kept than can count.
    pub(crate) fn fail(&mut self, at: Timestamp) {
        if self.failed.len() >= PinLimits::MAX.attempts as usize {
            self.failed.remove(0);
        }
        self.failed.push(at);
    }

    /// Those that were wrong have locked; after it the count begins anew.
    pub(crate) fn lock(&mut self, until: Timestamp) {
        *self = Self { failed: Vec::new(), locked_until: Some(until) };
    }
}

/// While it is locked nothing counts, so that guessing on does not tell when a guess was right.
pub(super) fn decide(
    state: Option<&Contact>,
    user: &UserId,
    matched: bool,
    now: Timestamp,
    limits: PinLimits,
) -> Vec<ContactEvent> {
    let Some(contact) = state else { return Vec::new() };
    if contact.verification.is_locked(now) {
        return Vec::new();
    }
    if matched {
        return profile::reassociate(state, user, &Grounds::Pin);
    }
    let mut events = vec![ContactEvent::VerificationFailed { at: now }];
    let locked = contact.verification.locks_until(now, limits);
    events.extend(locked.map(|until| ContactEvent::VerificationLocked { until }));
    events
}
