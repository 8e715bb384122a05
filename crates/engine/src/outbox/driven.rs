//! The outbox of an engine that somebody drives: on the driver's time, one lane after the other, the same each time.
//!
//! A try that does not end when it is first looked at hangs: it is looked at again whenever the engine settles, and is
//! given up when its time is over, as the driver's clock has it.

use super::lanes::Job;
use super::turn::{self, Step, TRY_MAX, Trial};
use crate::outbox::Outbox;
use crate::{Attempt, Error};
use domain::Timestamp;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// A try that has not ended.
pub(super) struct Hanging {
    job: Job,
    trial: Box<Trial>,
    attempt: Pin<Box<dyn Future<Output = Attempt> + Send>>,
    give_up: Timestamp,
}

impl Outbox {
    /// Does everything that is due now; how much that was.
    pub(crate) async fn settle(&self) -> Result<u64, Error> {
        let mut done = self.follower.lock().await.catch_up(self).await?;
        self.follow_configuration();
        done += self.look_at_hanging().await;
        while let Some(job) = self.take(self.shared.clock.now()) {
            done += 1;
            match turn::begin(self, &job).await {
                Step::Over(verdict) => turn::finish(self, &job, verdict),
                Step::Try(trial) => self.start(job, trial).await,
            }
        }
        Ok(done)
    }

    /// When there is something to do next.
    pub(crate) async fn next_due(&self) -> Option<Timestamp> {
        let hanging = self.hanging.lock().await.iter().map(|hanging| hanging.give_up).min();
        [self.next_due_of_lanes(), hanging].into_iter().flatten().min()
    }

    async fn start(&self, job: Job, trial: Box<Trial>) {
        let (deliver, delivery) = (Arc::clone(&self.deliver), trial.delivery.clone());
        let attempt = Box::pin(async move { deliver.deliver(&delivery).await });
        let give_up = self.shared.clock.now().plus(TRY_MAX);
        let hanging = Hanging { job, trial, attempt, give_up };
        if let Some(hanging) = self.look_at(hanging).await {
            self.hanging.lock().await.push(hanging);
        }
    }

    async fn look_at_hanging(&self) -> u64 {
        let all = std::mem::take(&mut *self.hanging.lock().await);
        let before = all.len();
        for hanging in all {
            if let Some(hanging) = self.look_at(hanging).await {
                self.hanging.lock().await.push(hanging);
            }
        }
        let after = self.hanging.lock().await.len();
        before.saturating_sub(after) as u64
    }

    /// Looks once whether a try has ended; gives it back if it has not.
    async fn look_at(&self, mut hanging: Hanging) -> Option<Hanging> {
        let attempt = match hanging.attempt.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(attempt) => attempt,
            Poll::Pending if hanging.give_up <= self.shared.clock.now() => turn::retry("timeout"),
            Poll::Pending => return Some(hanging),
        };
        let verdict = turn::end(self, &hanging.job, *hanging.trial, attempt).await;
        turn::finish(self, &hanging.job, verdict);
        None
    }
}
