//! Tells subscribers what happens in conversations: every fact that a subscription wants, in the order of its conversation,
//! at least once under one key. `docs/outbox.md` says how. What is due to be told to requesters are facts of contacts, and are told the
//! same way: where a conversation is named, the contact's id then stands for it.
//!
//! Each subscription is a process of its own, apart from what is said to requesters: it follows the log, notes the
//! conversations of which it has something to tell, and gives each its own lane.

mod backlog;
mod driven;
mod due;
mod follow;
mod rows;
mod turn;

pub(crate) use follow::channel as channel_of;

use crate::shared::Shared;
use crate::tries::{DRAIN_AFTER, LOOK_MS_MAX, RETRY_AFTER};
use crate::{Deliver, Error, Outside, Subscription};
use backlog::Backlog;
use domain::Timestamp;
use driven::Hanging;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::PartitionId;
use tokio::sync::{Notify, watch};

/// Tells one subscription's subscriber.
pub(crate) struct Subscriber {
    shared: Arc<Shared>,
    deliver: Arc<dyn Deliver>,
    subscription: Arc<Subscription>,
    /// When this start was.
    begun: Timestamp,
    backlog: Mutex<Backlog>,
    /// A lane became free.
    wake: Notify,
    /// The partition that is followed next; held by whoever follows.
    follower: tokio::sync::Mutex<u16>,
    /// Tries that do not end, of an engine that is driven.
    hanging: tokio::sync::Mutex<Vec<Hanging>>,
}

/// Goes on from the rows. A subscription without any begins at the head of the log, and what was kept of those that are no
/// more is deleted. Without anybody who delivers nobody is told, and everything stays as it is.
pub(crate) async fn resume(shared: &Arc<Shared>, outside: &Outside) -> Result<Arc<[Arc<Subscriber>]>, Error> {
    let Some(deliver) = &outside.deliver else { return Ok(Arc::default()) };
    let names: Vec<String> = outside.subscriptions.iter().map(|it| it.name.clone()).collect();
    let positions = shared.reading(move |log| rows::load(log, &names)).await?;
    let subscriber = |(subscription, positions): (&Subscription, _)| {
        Arc::new(Subscriber {
            shared: Arc::clone(shared),
            deliver: Arc::clone(deliver),
            subscription: Arc::new(subscription.clone()),
            begun: shared.clock.now(),
            backlog: Mutex::new(Backlog::new(positions)),
            wake: Notify::new(),
            follower: tokio::sync::Mutex::default(),
            hanging: tokio::sync::Mutex::default(),
        })
    };
    Ok(outside.subscriptions.iter().zip(positions).map(subscriber).collect())
}

impl Subscriber {
    /// Delivers until `stopping` says so.
    pub(crate) async fn run(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        let mut batches = self.shared.committer.batches();
        while !*stopping.borrow() {
            if let Err(error) = self.follow().await {
                let subscription = self.name();
                tracing::warn!(code = error.code(), %error, subscription, "a subscription cannot follow; trying again");
                tokio::time::sleep(RETRY_AFTER).await;
                continue;
            }
            let now = self.shared.clock.now();
            while let Some(job) = self.take(now) {
                crate::runtime::spawn(turn::run(Arc::clone(&self), job));
            }
            let wait_ms = self.next_turn().map_or(LOOK_MS_MAX, |due| due.since_ms(now).clamp(0, LOOK_MS_MAX));
            tokio::select! {
                _ = stopping.changed() => {}
                () = self.wake.notified() => {}
                changed = batches.changed() => if changed.is_err() { break },
                () = tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())) => {}
            }
        }
        let idle = async {
            while self.backlog().running() > 0 {
                self.wake.notified().await;
            }
        };
        let _ = tokio::time::timeout(DRAIN_AFTER, idle).await;
        if let Err(error) = self.write_rows().await {
            let subscription = self.name();
            tracing::warn!(code = error.code(), subscription, "a subscription's rows could not be written");
        }
    }

    /// Follows the log as far as there is room, and writes down how far everything was told; how many records.
    async fn follow(&self) -> Result<u64, Error> {
        let followed = follow::catch_up(self).await?;
        if self.backlog().is_row_due(self.shared.options.outbox_rows_every) {
            self.write_rows().await?;
        }
        Ok(followed)
    }

    async fn write_rows(&self) -> Result<(), Error> {
        // Nobody else writes meanwhile, so an older mark never follows a later one.
        let follower = self.follower.lock().await;
        let (marks, subscription) = (self.backlog().take_marks(), Arc::clone(&self.subscription));
        let written = self.shared.reading(move |log| rows::write(log, &subscription.name, &marks)).await;
        drop(follower);
        written
    }

    fn name(&self) -> &str {
        &self.subscription.name
    }

    fn take(&self, now: Timestamp) -> Option<backlog::Job> {
        self.backlog().take(now)
    }

    fn next_turn(&self) -> Option<Timestamp> {
        self.backlog().next_turn()
    }

    fn backlog(&self) -> MutexGuard<'_, Backlog> {
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows how far a subscription is behind.
pub(crate) fn show(subscriber: &Subscriber) {
    let log = &subscriber.shared.log;
    let heads: Vec<_> =
        (0..log.identity().partitions).map(|partition| log.head(PartitionId(partition))).collect();
    let behind = subscriber.backlog().behind(&heads);
    metrics::gauge!("colloquy_subscription_behind_records", "subscription" => subscriber.name().to_owned())
        .set(behind as f64);
}
