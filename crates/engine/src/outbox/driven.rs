//! The outbox of an engine that somebody drives: on the driver's time, one lane after the other, the same each time.

use super::job::Job;
use super::turn::{self, Step, Trial};
use crate::outbox::Outbox;
use crate::{Error, tries};
use domain::Timestamp;

/// A try that has not ended.
pub(super) type Hanging = tries::Hanging<(Job, Box<Trial>)>;

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
        let hanging = self.hanging.lock().await.iter().map(Hanging::give_up).min();
        [self.next_due_of_lanes(), hanging].into_iter().flatten().min()
    }

    async fn start(&self, job: Job, trial: Box<Trial>) {
        let (delivery, now) = (trial.delivery.clone(), self.shared.clock.now());
        let hanging = Hanging::begin(&self.deliver, delivery, (job, trial), now);
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
        let Some(attempt) = hanging.look(self.shared.clock.now()) else { return Some(hanging) };
        let (job, trial) = hanging.what;
        let verdict = turn::end(self, &job, *trial, attempt).await;
        turn::finish(self, &job, verdict);
        None
    }
}
