//! Attempts with a user's PIN, from whatever numbers they come (`ID-14`): many numbers have no more of them than one.

use super::{DirectoryEvent, Entry};
use crate::Timestamp;
use crate::contact::PinLimits;

/// What follows from an attempt. Nothing does while it is locked, so that guessing on does not tell when a guess was
/// right; nor of somebody who has no PIN, for there is nothing to guess.
pub(super) fn decide(
    state: Option<&Entry>,
    matched: bool,
    now: Timestamp,
    limits: PinLimits,
) -> Vec<DirectoryEvent> {
    let Some(entry) = state.filter(|entry| entry.pin.is_some()) else { return Vec::new() };
    let (id, verification) = (entry.id.clone(), &entry.verification);
    if verification.is_locked(now) {
        return Vec::new();
    }
    if matched {
        let forgives = !verification.failed.is_empty();
        return forgives.then_some(DirectoryEvent::PinAccepted { id }).into_iter().collect();
    }
    let locked = verification.locks_until(now, limits);
    let mut events = vec![DirectoryEvent::PinFailed { id: id.clone(), at: now }];
    events.extend(locked.map(|until| DirectoryEvent::PinLocked { id, until }));
    events
}
