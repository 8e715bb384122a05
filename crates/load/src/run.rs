//! A run from its first arrival to its report.

use crate::{
    Error, Ledger, Plan, Progress, Report, Stage, Verification, bounds,
    client::Client,
    schedule::{Arrival, Schedule},
    script::{self, Session},
    tally::Tally,
    verify,
};
use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
    time::{interval, timeout_at},
};

/// Sends the traffic of a plan, and reports. Progress is told a few times a second. Dropping the future ends the run.
///
/// # Errors
/// What keeps a run from having a report; a server that fails is no such thing.
pub async fn run(plan: Plan, progress: impl Fn(Progress)) -> Result<Report, Error> {
    let base = plan.check()?;
    let client = Client::new(base, plan.attempts_max, plan.request_timeout, plan.connections_max)?;
    let ledger = plan.ledger.as_deref().map_or_else(|| Ok(Ledger::in_memory()), Ledger::appending)?;
    let session = Arc::new(Session::new(plan, client, Tally::new(ledger)));
    let mut work = Box::pin(work(session.clone()));
    let mut tick = interval(bounds::PROGRESS_EVERY);
    loop {
        tokio::select! {
            report = &mut work => {
                progress(session.progress());
                return report;
            }
            _ = tick.tick() => progress(session.progress()),
        }
    }
}

async fn work(session: Arc<Session>) -> Result<Report, Error> {
    let mut tasks = JoinSet::new();
    let deadline = session.deadline.into();
    // Running into the deadline is no error: what was not sent or answered by then is counted as such.
    let sent = timeout_at(deadline, send(&session, &mut tasks)).await;
    sent.unwrap_or(Ok(()))?;
    session.enter(Stage::Draining);
    let drained = timeout_at(deadline, async {
        while let Some(ended) = tasks.join_next().await {
            sound(ended)?;
        }
        Ok(())
    });
    drained.await.unwrap_or(Ok(()))?;
    tasks.shutdown().await;
    if let Some(fault) = session.tally().fault.take() {
        return Err(fault);
    }
    let elapsed = session.start.elapsed();
    session.enter(Stage::Verifying);
    let verification = if session.plan.verify { Some(check(&session).await) } else { None };
    session.enter(Stage::Done);
    Ok(report(&session, elapsed, verification))
}

/// Starts what arrives, until all has arrived or the run cannot go on.
async fn send(session: &Arc<Session>, tasks: &mut JoinSet<()>) -> Result<(), Error> {
    let mut arrivals = pace(Schedule::new(&session.plan), session.start)?;
    let mut blocked_until = session.start;
    while let Some(arrival) = arrivals.recv().await {
        while let Some(ended) = tasks.try_join_next() {
            sound(ended)?;
        }
        let free = session.slots.clone().try_acquire_owned();
        // Also late is what was due while an earlier message waited in front of it.
        let waits = free.is_err() || session.start + arrival.due < blocked_until;
        {
            let mut tally = session.tally();
            if tally.fault.is_some() {
                return Ok(());
            }
            tally.waited += u64::from(waits);
        }
        let permit = match free {
            Ok(permit) => permit,
            Err(_) => {
                let permit = session.slots.clone().acquire_owned().await;
                blocked_until = Instant::now();
                permit.map_err(|error| Error::Task(error.to_string()))?
            }
        };
        tasks.spawn(script::play(session.clone(), arrival, permit));
    }
    Ok(())
}

/// Hands each arrival over at its time. A thread of its own, because the runtime's timers are only good to a
/// millisecond, which is as long as many an answer takes.
fn pace(schedule: Schedule, start: Instant) -> Result<mpsc::Receiver<Arrival>, Error> {
    let (sender, receiver) = mpsc::channel(bounds::ARRIVALS_QUEUED_MAX);
    let hand_over = move || {
        for arrival in schedule {
            thread::sleep((start + arrival.due).saturating_duration_since(Instant::now()));
            if sender.blocking_send(arrival).is_err() {
                return;
            }
        }
    };
    let thread = thread::Builder::new().name("load-pacer".to_owned()).spawn(hand_over);
    thread.map_err(|error| Error::Task(error.to_string()))?;
    Ok(receiver)
}

/// A task that panicked is a defect that must not look like a slow server.
fn sound(ended: Result<(), JoinError>) -> Result<(), Error> {
    ended.map_err(|error| Error::Task(error.to_string()))
}

async fn check(session: &Session) -> Result<Verification, Error> {
    let Plan { base_url, allow_remote, gateway_token, .. } = &session.plan;
    let entries = session.tally().ledger.entries().to_vec();
    verify::check(base_url, *allow_remote, gateway_token, &entries).await
}

fn report(session: &Session, elapsed: Duration, verification: Option<Result<Verification, Error>>) -> Report {
    let (plan, tally) = (&session.plan, session.tally());
    let messages = tally.messages(session.planned);
    // A run that kept up is measured over its whole schedule, even if the last arrival was early by chance.
    let span = tally.last_acknowledged.max(Duration::from_secs(plan.duration_s)).min(elapsed).as_secs_f64();
    let (verification, unverified) = match verification {
        None => (None, None),
        Some(Ok(verification)) => (Some(verification), None),
        Some(Err(error)) => (None, Some(error.to_string())),
    };
    Report {
        seed: plan.seed,
        nonce: plan.nonce.clone(),
        rate_per_s: plan.rate_per_s,
        duration_s: plan.duration_s,
        requesters: plan.requesters,
        agents: plan.agents.len(),
        connections_max: plan.connections_max,
        elapsed_s: elapsed.as_secs_f64(),
        achieved_per_s: if span > 0.0 { messages.acknowledged as f64 / span } else { 0.0 },
        messages,
        duplicates: tally.duplicates,
        operations: tally.timings.figures(),
        troubles: tally.troubles(),
        verification,
        unverified,
    }
}
