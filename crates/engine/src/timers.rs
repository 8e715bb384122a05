//! Fires timers when they are due: one owner a partition, which hands each to its conversation's actor as a command.

use crate::contact_actor::{ContactAnswer, ContactJob};
use crate::conversation_actor::{ConversationAnswer, ConversationJob};
use crate::derived::WINDOW_TIMER;
use crate::shared::Shared;
use crate::{Error, quarantine};
use domain::{ConversationId, Timestamp};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use std::sync::Arc;
use std::time::Duration;
use store::{PartitionId, TimerEntry};
use tokio::sync::watch;

/// The owner looks at the clock at least this often, because the timeline is slewed.
const LOOK_MS_MAX: i64 = 30_000;

/// Fires one partition's timers until `stopping` says so.
pub(crate) async fn own(shared: Arc<Shared>, partition: PartitionId, mut stopping: watch::Receiver<bool>) {
    let mut firing = FuturesUnordered::new();
    while !*stopping.borrow() {
        if let Err(error) = refill(&shared, partition).await {
            tracing::error!(code = error.code(), %error, "the timer index cannot be read");
        }
        let now = shared.clock.now();
        while let Some(entry) = take_due(&shared, partition, now) {
            firing.push(fire(&shared, partition, entry));
        }
        let wait = wait_ms(&shared, partition, now);
        tokio::select! {
            _ = stopping.changed() => {}
            () = shared.queues.changed(partition).notified() => {}
            Some(_) = firing.next(), if !firing.is_empty() => {}
            () = tokio::time::sleep(Duration::from_millis(wait)) => {}
        }
    }
    // What is firing is part of what a drain waits for.
    while firing.next().await.is_some() {}
}

/// When the next timer of any partition may fire; for whoever drives the engine.
pub(crate) async fn next_due(shared: &Shared) -> Result<Option<Timestamp>, Error> {
    let mut next = None;
    for partition in shared.queues.partitions() {
        refill(shared, partition).await?;
        let fires_at = shared.queues.lock(partition).next_fires_at();
        next = [next, fires_at].into_iter().flatten().min();
    }
    Ok(next)
}

/// Fires the one timer that is due first, of all partitions; whether there was one.
pub(crate) async fn fire_next(shared: &Shared) -> Result<bool, Error> {
    let now = shared.clock.now();
    let mut first: Option<(Timestamp, PartitionId)> = None;
    for partition in shared.queues.partitions() {
        refill(shared, partition).await?;
        let fires_at = shared.queues.lock(partition).next_fires_at().filter(|fires_at| *fires_at <= now);
        first = [first, fires_at.map(|fires_at| (fires_at, partition))].into_iter().flatten().min();
    }
    let Some((_, partition)) = first else { return Ok(false) };
    let taken = take_due(shared, partition, now);
    if let Some(entry) = taken {
        // Whoever drives the engine has no use for trying again.
        fire(shared, partition, entry).await?;
    }
    Ok(taken.is_some())
}

async fn refill(shared: &Shared, partition: PartitionId) -> Result<(), Error> {
    loop {
        let wanted = shared.queues.lock(partition).wants(shared.clock.now());
        let Some((after, limit)) = wanted else { return Ok(()) };
        let page = shared.reading(move |log| Ok(log.timers(partition, Some(after), limit)?)).await?;
        shared.queues.lock(partition).fill(limit, page);
    }
}

fn take_due(shared: &Shared, partition: PartitionId, now: Timestamp) -> Option<TimerEntry> {
    shared.queues.lock(partition).take_due(now, shared.options.fires_in_flight_max)
}

/// Until the next look at the clock. Too many in flight is no reason to look sooner: each that is done wakes the owner.
fn wait_ms(shared: &Shared, partition: PartitionId, now: Timestamp) -> u64 {
    let next = shared.queues.lock(partition).next_fires_at();
    let ms = match next.map(|next| next.since_ms(now)) {
        Some(ms) if ms > 0 => ms.min(LOOK_MS_MAX),
        Some(_) | None => LOOK_MS_MAX,
    };
    u64::try_from(ms).unwrap_or(0)
}

async fn fire(shared: &Shared, partition: PartitionId, entry: TimerEntry) -> Result<(), Error> {
    let answer = ask_to_fire(shared, entry).await;
    match &answer {
        Ok(ConversationAnswer::Fired | ConversationAnswer::Accepted(_)) => {}
        Ok(ConversationAnswer::Stale) => {
            metrics::counter!("colloquy_timers_stale_total").increment(1);
            shared.committer.drop_timer(partition, entry);
        }
        Err(error) => {
            metrics::counter!("colloquy_timers_retried_total").increment(1);
            tracing::warn!(code = error.code(), "a timer could not be fired and comes again");
        }
    }
    let mut queue = shared.queues.lock(partition);
    match answer {
        Ok(_) => {
            queue.done(&entry);
            Ok(())
        }
        Err(error) => {
            queue.retry(entry, shared.clock.now());
            Err(error)
        }
    }
}

async fn ask_to_fire(shared: &Shared, entry: TimerEntry) -> Result<ConversationAnswer, Error> {
    if entry.kind == WINDOW_TIMER {
        return ask_contact_to_fire(shared, entry).await;
    }
    let conversations = &shared.actors()?.conversations;
    let answer = conversations.ask(entry.stream.0, || ConversationJob::Fire(entry)).await;
    match answer {
        Ok(answer) => answer,
        Err(Error::ActorFailed) => {
            quarantine::after_panic(shared, ConversationId::from_bytes(entry.stream.0)).await?;
            Err(Error::ActorFailed)
        }
        Err(error) => Err(error),
    }
}

async fn ask_contact_to_fire(shared: &Shared, entry: TimerEntry) -> Result<ConversationAnswer, Error> {
    let contacts = &shared.actors()?.contacts;
    match contacts.ask(entry.stream.0, || ContactJob::Fire(entry)).await?? {
        ContactAnswer::Fired => Ok(ConversationAnswer::Fired),
        ContactAnswer::Stale => Ok(ConversationAnswer::Stale),
        ContactAnswer::Active(_)
        | ContactAnswer::Accepted(_)
        | ContactAnswer::Closed(_)
        | ContactAnswer::Verified(_)
        | ContactAnswer::Unsettled(_) => Err(Error::ActorFailed),
    }
}
