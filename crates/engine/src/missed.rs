//! Finds out what is due to be told outside of windows: pushes and digests (`MSG-11` to `MSG-13`). Nothing is sent from here; what
//! is due becomes a fact of its contact, which subscribers are told like any other.
//!
//! A process: it follows the log and folds, for each contact that could be told anything, what they missed. The fold and
//! the place in the log up to which it goes are rows that are written together, so that they always agree; without them all
//! of it is folded anew. Facts that something was due are folded too. So what was told before a crash is not told again, and
//! what was not is due.

mod fold;
mod rows;
mod tell;

use crate::shared::Shared;
use crate::tries::{LOOK_MS_MAX, RETRY_AFTER};
use crate::{Error, Outside, Subscription, Timers};
use domain::Timestamp;
use domain::missed::Pace;
use futures_util::future::join_all;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Position;
use tokio::sync::watch;

/// How many contacts are asked at once before the log is followed again.
const AT_ONCE_MAX: usize = 64;

/// Finds out what is due.
pub(crate) struct Missing {
    shared: Arc<Shared>,
    /// Held by whoever follows.
    followed: tokio::sync::Mutex<Followed>,
    next_due: Mutex<Option<Timestamp>>,
}

/// Up to where the log was followed.
struct Followed {
    positions: Vec<Position>,
    /// How many records of each partition changed nothing since its place was written down.
    unwritten: Vec<u64>,
    /// The ends of the partitions when this round of following began.
    ends: Vec<Position>,
}

impl Followed {
    /// As far as the rows go.
    async fn resume(shared: &Shared) -> Result<Self, Error> {
        let positions = shared.reading(rows::load).await?;
        Ok(Self { unwritten: vec![0; positions.len()], ends: positions.clone(), positions })
    }

    fn is_at_the_ends(&self) -> bool {
        self.positions.iter().zip(&self.ends).all(|(position, end)| position >= end)
    }
}

/// Goes on from the rows. If nobody is told what is due, nothing is, and everything stays as it is.
pub(crate) async fn resume(shared: &Arc<Shared>, outside: &Outside) -> Result<Option<Arc<Missing>>, Error> {
    let is_wanted = outside.deliver.is_some() && outside.subscriptions.iter().any(Subscription::wants_due);
    if !is_wanted {
        return Ok(None);
    }
    Ok(Some(Arc::new(Missing {
        shared: Arc::clone(shared),
        followed: tokio::sync::Mutex::new(Followed::resume(shared).await?),
        next_due: Mutex::default(),
    })))
}

impl Missing {
    /// Does so until `stopping` says so.
    pub(crate) async fn run(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        let mut batches = self.shared.committer.batches();
        while !*stopping.borrow() {
            match self.settle().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(code = error.code(), %error, "what is due to be told is not known; trying again");
                    tokio::time::sleep(RETRY_AFTER).await;
                    continue;
                }
            }
            let now = self.shared.clock.now();
            let wait_ms = self.next_due().map_or(LOOK_MS_MAX, |due| due.since_ms(now).clamp(0, LOOK_MS_MAX));
            tokio::select! {
                _ = stopping.changed() => {}
                changed = batches.changed() => if changed.is_err() { break },
                () = tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())) => {}
            }
        }
    }

    /// Follows the log and does what is due now; how much that was. Only when the log was followed to where it ended when
    /// that began: something that is due may have been told, or shown, there. Where it ends now is never reached under load;
    /// what came since does no harm, because a contact agrees only to what has seen its last fact.
    pub(crate) async fn settle(&self) -> Result<u64, Error> {
        let mut followed = self.followed.lock().await;
        if followed.is_at_the_ends() {
            followed.ends = fold::ends(&self.shared);
        }
        let mut done = fold::catch_up(&self.shared, &mut followed).await?;
        // Without them all of it is folded anew.
        if !self.shared.reading(rows::are_whole).await? {
            *followed = Followed::resume(&self.shared).await?;
            return Ok(done + 1);
        }
        if !followed.is_at_the_ends() {
            return Ok(done);
        }
        let now = self.shared.clock.now();
        // Whoever drives the engine wants the same order each time.
        let limit = if self.shared.options.timers == Timers::Driven { 1 } else { AT_ONCE_MAX };
        let due = match self.shared.reading(move |log| rows::due(log, now, limit)).await {
            // The rows are thrown away, and are made again the next time.
            Err(Error::Damaged(_)) => return Ok(done + 1),
            due => due?,
        };
        let tell = |(contact, missed)| tell::tell(&self.shared, &followed, contact, missed, now);
        for told in join_all(due.into_iter().map(tell)).await {
            told?;
            done += 1;
        }
        let next = self.shared.reading(rows::next_due).await?;
        *self.next_due.lock().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(done)
    }

    /// When there is something to do next.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        *self.next_due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long is waited.
fn pace(shared: &Shared) -> Pace {
    Pace { push_after: shared.options.push_after, digest_after: shared.options.digest_after }
}
