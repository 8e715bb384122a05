//! One lane's turn: look what is next, try it once, and have whoever says it write down what became of it.

use super::job::{Head, Job, Owed, Verdict};
use super::words::{self, Found, Next};
use super::{earlier, tell};
use crate::outbox::Outbox;
use crate::tries::{self, AGAIN_MS, pause_ms};
use crate::{Attempt, Delivery, Error, HELD_BACK, Outgoing, Source, quarantine};
use domain::{Seconds, Timestamp};
use std::sync::Arc;
use store::EventLog;
use uuid::Uuid;

/// What a turn has come to.
pub(super) enum Step {
    /// It is over.
    Over(Verdict),
    /// This is to be tried.
    Try(Box<Trial>),
}

/// Something that is to be tried.
pub(super) struct Trial {
    pub(super) delivery: Delivery,
    pub(super) head: Head,
    correlation: Uuid,
}

/// A whole turn, with the machine's time for what the try may take.
pub(super) async fn run(outbox: Arc<Outbox>, job: Job) {
    let verdict = match begin(&outbox, &job).await {
        Step::Over(verdict) => verdict,
        Step::Try(trial) => {
            let attempt = tries::once(outbox.deliver.as_ref(), &trial.delivery).await;
            end(&outbox, &job, *trial, attempt).await
        }
    };
    finish(&outbox, &job, verdict);
}

/// Gives a lane back.
pub(super) fn finish(outbox: &Outbox, job: &Job, verdict: Verdict) {
    let is_pulled = matches!(verdict, Verdict::Pulled { .. });
    outbox.lanes().finish(job, verdict, outbox.shared.clock.now());
    if is_pulled {
        outbox.pulled.send_modify(|count| *count += 1);
    }
    // A permit that nobody waits for is kept for whoever waits next.
    outbox.wake.notify_one();
}

/// Looks what is next, and writes down what is known of it already.
pub(super) async fn begin(outbox: &Outbox, job: &Job) -> Step {
    if let Some(owed) = &job.owed {
        return Step::Over(settle(outbox, job, owed.clone(), None).await);
    }
    let (shared, id) = (&outbox.shared, job.source);
    let configuration = shared.configuration();
    let (begun, last) = (outbox.begun, job.head.as_ref().map(|head| head.which));
    let look = move |log: &dyn EventLog| {
        let found = words::next(log, id, &configuration)?;
        let earlier = match &found {
            Found::Next(next) if last != Some(next.which) && next.at < begun => {
                let between = words::pair(log, id, next.which, &configuration)?;
                let went = between.map(|pair| earlier::dispatched(log, pair.contact, &pair.company, next.at));
                went.transpose()?.unwrap_or_default()
            }
            Found::Next(_) | Found::Nothing | Found::NoChannel => Vec::new(),
        };
        Ok((found, earlier))
    };
    let now = shared.clock.now();
    let found = shared.reading(look).await.map(|(found, earlier)| {
        for (key, provider_id) in earlier {
            outbox.deliver.remember(&job.channel, key, provider_id.expose());
        }
        found
    });
    match found {
        Ok(Found::Nothing) => Step::Over(Verdict::Empty),
        Ok(Found::NoChannel) => Step::Over(Verdict::Park),
        Ok(Found::Next(next)) => begin_next(outbox, job, *next, now).await,
        // L3: the conversation is stopped until somebody looks at it; all others go on.
        Err(error @ (Error::Damaged(_) | Error::ActorFailed)) => {
            metrics::counter!("colloquy_outbox_damaged_total").increment(1);
            tracing::error!(%error, source = %id, "what stands there cannot be read, so nothing of it is delivered");
            Step::Over(Verdict::Empty)
        }
        Err(Error::Draining) => Step::Over(Verdict::Leave),
        Err(_) => Step::Over(Verdict::Later { at: Timestamp(now.0 + AGAIN_MS) }),
    }
}

async fn begin_next(outbox: &Outbox, job: &Job, next: Next, now: Timestamp) -> Step {
    let Next { which, at, redriven, waited, correlation, barred, message } = next;
    let expires = redriven.unwrap_or(at).plus(outbox.shared.options.outbox_tries_for);
    let known = job.known(which, redriven.is_some());
    let (attempts, code) = known.map_or((0, None), |head| (head.attempts, head.code.clone()));
    let head = Head { which, at, expires, attempts, code };
    if let Some(code) = barred {
        let owed = Owed::Failed { which, code: code.to_owned(), attempts, opted_out: false };
        count(message.kind.name(), "refused");
        return Step::Over(settle(outbox, job, owed, Some(correlation)).await);
    }
    let is_pushed = outbox.deliver.pushes(&message.channel);
    let has_had_a_chance = attempts > 0 || !waited || !is_pushed;
    if expires <= now && has_had_a_chance {
        // Never tried in time: whoever cares decides whether it should still be said.
        let default = if is_pushed { "too_late" } else { "not_pulled" };
        let code = head.code.as_deref().unwrap_or(default).to_owned();
        let owed = Owed::Failed { which, code, attempts, opted_out: false };
        count(message.kind.name(), "dead");
        return Step::Over(settle(outbox, job, owed, Some(correlation)).await);
    }
    if !is_pushed {
        return Step::Over(Verdict::Pulled { head });
    }
    // What was said before this start may have been tried before it, and its answer lost with the process. What is tried
    // again was tried before, and may have gone out although nobody heard of it.
    let first = if at < outbox.begun || redriven.is_some() { 2 } else { 1 };
    let delivery = Delivery {
        key: super::lanes::key(job.source, which),
        attempt: first.max(attempts + 1),
        at,
        what: Outgoing::Message(Box::new(message)),
    };
    Step::Try(Box::new(Trial { delivery, head, correlation }))
}

/// Draws the consequences of a try.
pub(super) async fn end(outbox: &Outbox, job: &Job, trial: Trial, attempt: Attempt) -> Verdict {
    let Trial { delivery, head, correlation } = trial;
    let kind = match &delivery.what {
        Outgoing::Message(message) => message.kind.name(),
        Outgoing::Event(_) => "event",
    };
    let (which, attempts) = (head.which, delivery.attempt);
    match attempt {
        Attempt::Sent { provider_id } => {
            outbox.lanes().answered(&job.channel);
            count(kind, "sent");
            settle(outbox, job, Owed::Dispatched { which, provider_id, attempts }, Some(correlation)).await
        }
        Attempt::Refused { code, opted_out } => {
            outbox.lanes().answered(&job.channel);
            count(kind, "refused");
            if opted_out {
                metrics::counter!("colloquy_opt_outs_reported_total").increment(1);
            }
            let owed = Owed::Failed { which, code, attempts, opted_out };
            settle(outbox, job, owed, Some(correlation)).await
        }
        // Our own limit held it back: nobody was asked, so nobody failed.
        Attempt::Retry { code, after } if code == HELD_BACK => {
            let now = outbox.shared.clock.now();
            let until = now.plus(after.unwrap_or(Seconds(1))).min(head.expires);
            Verdict::Wait { head: Head { code: Some(code), ..head }, until }
        }
        Attempt::Retry { code, after } => {
            count(kind, "retry");
            let shared = &outbox.shared;
            let now = shared.clock.now();
            let pause = |times| pause_ms(shared, times, after);
            outbox.lanes().failed(job, &code, now, pause);
            let until = Timestamp(now.0.saturating_add(pause(attempts))).min(head.expires);
            Verdict::Wait { head: Head { attempts, code: Some(code), ..head }, until }
        }
    }
}

/// Has whoever says it write down what became of something.
async fn settle(outbox: &Outbox, job: &Job, owed: Owed, correlation: Option<Uuid>) -> Verdict {
    let (shared, source) = (&outbox.shared, job.source);
    let error = match tell::settled(shared, source, &owed, correlation).await {
        Ok(()) => return Verdict::GoOn,
        Err(Error::Draining | Error::Store(_)) => return Verdict::Leave,
        Err(error) => error,
    };
    if matches!(error, Error::Rejected(_) | Error::Damaged(_) | Error::Malformed(_)) {
        metrics::counter!("colloquy_outbox_damaged_total").increment(1);
        tracing::error!(code = error.code(), %source, "what became of a delivery cannot be written down");
        return Verdict::Empty;
    }
    if let (Error::ActorFailed, Source::Conversation(id)) = (&error, source) {
        // What is wrong with the quarantine shows at the next attempt.
        let _ = quarantine::after_panic(shared, id).await;
    }
    tracing::warn!(code = error.code(), "what became of a delivery is written down later");
    Verdict::Settle { owed, at: Timestamp(shared.clock.now().0 + AGAIN_MS) }
}

/// Counts what became of tries, by the kind of channel.
pub(super) fn count(kind: &'static str, outcome: &'static str) {
    metrics::counter!("colloquy_deliveries_total", "kind" => kind, "outcome" => outcome).increment(1);
}
