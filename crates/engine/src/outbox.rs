//! The outbox: whatever is said to a requester leaves for the outside in order, at least once under one key, and what
//! became of it is a fact of its conversation, or of the contact who was notified. `docs/outbox.md` says how.
//!
//! It is a process: it follows the log, notes who has something to say, and gives each their own lane.

mod api;
mod circuit;
mod desk;
mod driven;
mod earlier;
mod follow;
mod job;
mod lanes;
mod pages;
mod rows;
mod speaker;
mod tell;
mod turn;
mod words;

pub use api::{Receipt, Settlement};
pub use pages::{DeadLetter, OutboundCursor};

pub(crate) use speaker::goes_out;
pub(crate) use words::{Pair, pair};

use crate::shared::Shared;
use crate::tries::{DRAIN_AFTER, LOOK_MS_MAX, RETRY_AFTER};
use crate::{Deliver, Error};
use domain::Timestamp;
use driven::Hanging;
use follow::Follower;
use lanes::Lanes;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Delivers what one engine has to say.
pub(crate) struct Outbox {
    shared: Arc<Shared>,
    deliver: Arc<dyn Deliver>,
    /// When this start was.
    begun: Timestamp,
    lanes: Mutex<Lanes>,
    /// A lane was queued, or became free.
    wake: Notify,
    /// Counts what came to be pulled.
    pulled: watch::Sender<u64>,
    follower: tokio::sync::Mutex<Follower>,
    /// The version of the configuration by which lanes were last parked.
    configured: AtomicU64,
    /// Tries that do not end, of an engine that is driven.
    hanging: tokio::sync::Mutex<Vec<Hanging>>,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    /// Conversations and contacts that have something to go out.
    pub(crate) lanes: usize,
    /// Those of them that have their turn.
    pub(crate) running: usize,
    /// When the oldest of what is next was said.
    pub(crate) oldest: Option<Timestamp>,
}

impl Outbox {
    /// Goes on from the rows, or from the beginning if there are none.
    pub(crate) async fn resume(shared: &Arc<Shared>, deliver: Arc<dyn Deliver>) -> Result<Arc<Self>, Error> {
        let rows = shared.reading(rows::load).await?;
        let now = shared.clock.now();
        let mut lanes = Lanes::new(shared.options.outbox_lanes_max);
        rows.lanes.iter().for_each(|(id, channel)| lanes.note(*id, channel, now));
        lanes.take_changed();
        Ok(Arc::new(Self {
            shared: Arc::clone(shared),
            deliver,
            begun: now,
            lanes: Mutex::new(lanes),
            wake: Notify::new(),
            pulled: watch::Sender::new(0),
            follower: tokio::sync::Mutex::new(Follower::new(rows.positions)),
            configured: AtomicU64::new(0),
            hanging: tokio::sync::Mutex::default(),
        }))
    }

    /// Delivers until `stopping` says so.
    pub(crate) async fn run(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        let mut batches = self.shared.committer.batches();
        let mut configured = self.shared.configuration_version.subscribe();
        while !*stopping.borrow() {
            if let Err(error) = self.follower.lock().await.catch_up(&self).await {
                tracing::warn!(code = error.code(), %error, "the outbox cannot follow; trying again");
                tokio::time::sleep(RETRY_AFTER).await;
                continue;
            }
            self.follow_configuration();
            let now = self.shared.clock.now();
            while let Some(job) = self.take(now) {
                crate::runtime::spawn(turn::run(Arc::clone(&self), job));
            }
            let wait_ms =
                self.next_due_of_lanes().map_or(LOOK_MS_MAX, |due| due.since_ms(now).clamp(0, LOOK_MS_MAX));
            tokio::select! {
                _ = stopping.changed() => {}
                () = self.wake.notified() => {}
                changed = batches.changed() => if changed.is_err() { break },
                changed = configured.changed() => if changed.is_err() { break },
                () = tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())) => {}
            }
        }
        let idle = async {
            while self.load().running > 0 {
                self.wake.notified().await;
            }
        };
        let _ = tokio::time::timeout(DRAIN_AFTER, idle).await;
        self.write_rows().await;
    }

    /// How much there is to do.
    pub(crate) fn load(&self) -> Load {
        let (lanes, running, oldest) = self.lanes().census();
        Load { lanes, running, oldest }
    }

    /// A channel that is back may have something to say.
    fn follow_configuration(&self) {
        let version = self.shared.configuration().version;
        if self.configured.swap(version, Ordering::SeqCst) != version {
            self.lanes().unpark(self.shared.clock.now());
        }
    }

    async fn write_rows(&self) {
        if let Err(error) = self.follower.lock().await.write_rows(self).await {
            tracing::warn!(code = error.code(), "the outbox's rows could not be brought up to date");
        }
    }

    fn take(&self, now: Timestamp) -> Option<job::Job> {
        self.lanes().take(now)
    }

    fn next_due_of_lanes(&self) -> Option<Timestamp> {
        self.lanes().next_due()
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows how much there is to do.
pub(crate) fn show(outbox: &Outbox) {
    let load = outbox.load();
    metrics::gauge!("colloquy_outbox_lanes", "state" => "running").set(load.running as f64);
    metrics::gauge!("colloquy_outbox_lanes", "state" => "waiting")
        .set((load.lanes - load.running.min(load.lanes)) as f64);
    let age_ms = load.oldest.map_or(0, |oldest| outbox.shared.clock.now().since_ms(oldest).max(0));
    metrics::gauge!("colloquy_outbox_oldest_seconds").set(age_ms as f64 / 1000.0);
}
