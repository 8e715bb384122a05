//! One attempt with a user's PIN (`ID-14`), which counts for the user from whatever number it comes.

use crate::shared::{Shared, encode, record_of};
use crate::{Error, Request, pin};
use domain::contact::PinLimits;
use domain::directory::{self, DirectoryCommand, DirectoryEvent, Entry};
use domain::{Event, UserId};
use store::{Append, Outcome};

/// How often an attempt is decided anew because another one at the same user came first. The third wrong one locks, and
/// from then on none writes anything, so that few can ever come first.
const ATTEMPTS_MAX: usize = 8;

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// It is the user's, who may use it.
    Right,
    /// It is not, or they have none.
    Wrong,
    /// None is looked at, be it since now.
    Locked,
}

/// Who tries what.
pub(crate) struct Attempt<'a> {
    pub(crate) user: &'a UserId,
    pub(crate) pin: &'a str,
    pub(crate) limits: PinLimits,
    /// Whether the number may still try; if not, the same work is done for nothing.
    pub(crate) open: bool,
}

/// Holds a PIN against the user's. What that means for the user is durable before anybody is told, and of two attempts at
/// once the second is decided by what the first has left.
pub(crate) async fn attempt(
    shared: &Shared,
    attempt: &Attempt<'_>,
    request: &Request,
) -> Result<Tried, Error> {
    let mut held = None;
    for _ in 0..ATTEMPTS_MAX {
        let loaded = super::entry(shared, attempt.user).await?;
        let state = loaded.state.as_ref();
        let matched = match held.take() {
            Some((kept, matched)) if kept == kept_by(state) => matched,
            Some(_) | None => matches(shared, attempt, state).await?,
        };
        let now = shared.clock.now();
        if !attempt.open || state.is_some_and(|entry| entry.verification.is_locked(now)) {
            return Ok(Tried::Locked);
        }
        let command = DirectoryCommand::TryPin { matched, now, limits: attempt.limits };
        let events = directory::decide(state, attempt.user, &command).unwrap_or_default();
        let tried = tried(matched, &events);
        if events.is_empty() {
            return Ok(tried);
        }
        let stream = shared.keys.user(attempt.user);
        let events = encode(&events, now, &request.cause(), Event::Directory);
        let append = Append { stream, expected: loaded.version, events };
        let record = record_of(shared.keys.user_partition(stream), now, append);
        match shared.committer.commit(record).await? {
            Outcome::Stored(_) => return Ok(tried),
            Outcome::Refused(_) | Outcome::Duplicate(_) => held = Some((kept_by(state), matched)),
        }
    }
    Err(Error::Overloaded("contention"))
}

fn kept_by(state: Option<&Entry>) -> Option<directory::PinHash> {
    state.and_then(|entry| entry.pin.clone())
}

async fn matches(shared: &Shared, attempt: &Attempt<'_>, state: Option<&Entry>) -> Result<bool, Error> {
    let (keys, stream) = (shared.keys.clone(), shared.keys.user(attempt.user));
    let (pin, kept) = (attempt.pin.to_owned(), kept_by(state));
    shared.reading(move |_| Ok(pin::matches(&keys, stream, &pin, kept.as_ref()))).await
}

fn tried(matched: bool, events: &[DirectoryEvent]) -> Tried {
    if events.iter().any(|event| matches!(event, DirectoryEvent::PinLocked { .. })) {
        Tried::Locked
    } else if matched {
        Tried::Right
    } else {
        Tried::Wrong
    }
}
