//! One lane's turn: look what is next, and try once to tell it.

use super::Subscriber;
use super::backlog::{Job, Place, Verdict};
use super::{due, follow};
use crate::keys::conversation_stream;
use crate::tries::{self, AGAIN_MS, pause_ms};
use crate::{Attempt, Delivery, DeliveryKey, Error, Outgoing, OutgoingEvent, Source, Subscription};
use domain::{ContactId, ConversationId, Event, Personal, Timestamp};
use std::sync::Arc;
use store::EventLog;

/// How many events are read at a time.
const PAGE: usize = 64;

/// What a turn has come to.
pub(super) enum Step {
    /// It is over.
    Over(Verdict),
    /// This is to be tried.
    Try(Box<Trial>),
}

/// A fact that is to be told.
pub(super) struct Trial {
    place: Place,
    pub(super) delivery: Delivery,
}

/// A whole turn, with the machine's time for what the try may take.
pub(super) async fn run(subscriber: Arc<Subscriber>, job: Job) {
    let verdict = match begin(&subscriber, &job).await {
        Step::Over(verdict) => verdict,
        Step::Try(trial) => {
            let attempt = tries::once(subscriber.deliver.as_ref(), &trial.delivery).await;
            end(&subscriber, &trial, attempt)
        }
    };
    finish(&subscriber, &job, verdict);
}

/// Gives a lane back.
pub(super) fn finish(subscriber: &Subscriber, job: &Job, verdict: Verdict) {
    subscriber.backlog().finish(job, verdict, subscriber.shared.clock.now());
    // A permit that nobody waits for is kept for whoever waits next.
    subscriber.wake.notify_one();
}

/// Looks what is next.
pub(super) async fn begin(subscriber: &Subscriber, job: &Job) -> Step {
    let (subscription, shared) = (Arc::clone(&subscriber.subscription), &subscriber.shared);
    let (id, first, last) = (job.conversation, job.first, job.last);
    let look = move |log: &dyn EventLog| next(log, &subscription, id, first, last);
    match shared.reading(look).await {
        Ok(None) => Step::Over(Verdict::Nothing),
        Ok(Some(mut trial)) => {
            // What was committed before this start may have been told before it.
            let before = u32::from(trial.delivery.at < subscriber.begun);
            trial.delivery.attempt = before.max(job.attempts) + 1;
            Step::Try(trial)
        }
        // L3: the conversation is stopped until somebody looks at it; all others go on.
        Err(error @ (Error::Damaged(_) | Error::ActorFailed)) => {
            metrics::counter!("colloquy_outbox_damaged_total").increment(1);
            let subscription = subscriber.name();
            tracing::error!(%error, conversation = %id, subscription, "a conversation cannot be read, so nothing of it is told");
            Step::Over(Verdict::Unreadable)
        }
        Err(_) => Step::Over(Verdict::Later { at: Timestamp(shared.clock.now().0 + AGAIN_MS) }),
    }
}

/// The first fact that is told, of those with versions from `first` to `last`. Blocks on the disk.
fn next(
    log: &dyn EventLog,
    subscription: &Subscription,
    conversation: ConversationId,
    first: u64,
    last: u64,
) -> Result<Option<Box<Trial>>, Error> {
    let stream = conversation_stream(conversation);
    let mut after = first.saturating_sub(1);
    loop {
        let page = log.read_stream(stream, after, PAGE)?;
        let Some(end) = page.last().filter(|_| after < last) else { return Ok(None) };
        after = end.version;
        for stored in page.iter().filter(|stored| stored.version <= last) {
            let codec::Envelope { at, event, .. } = codec::decode(&stored.bytes)?;
            let type_name = codec::json::event_type(&event);
            if !follow::is_told(&event) || !subscription.wants_type(type_name) {
                continue;
            }
            let Some(channel) = follow::channel(log, stream)? else { return Ok(None) };
            let (source, data) = match &event {
                Event::Contact(due) => {
                    let (contact, due) = (ContactId(stream.0), (stored.version, due));
                    let with_texts = !subscription.without_texts;
                    let Some(data) = due::data(log, contact, due, with_texts)? else { continue };
                    (Source::Contact(contact), data)
                }
                Event::Conversation(_)
                | Event::Configuration(_)
                | Event::Router(_)
                | Event::Engine(_)
                | Event::Directory(_) => {
                    (Source::Conversation(conversation), codec::json::event_data(&event))
                }
            };
            let (version, position) = (stored.version, stored.position);
            let event = OutgoingEvent {
                subscription: subscription.name.clone(),
                type_name,
                channel,
                data: Personal::new(data),
            };
            let key = DeliveryKey { source, version, part: 0 };
            let delivery = Delivery { key, attempt: 1, at, what: Outgoing::Event(Box::new(event)) };
            let place = Place { conversation, version, position };
            return Ok(Some(Box::new(Trial { place, delivery })));
        }
    }
}

/// Draws the consequences of a try.
pub(super) fn end(subscriber: &Subscriber, trial: &Trial, attempt: Attempt) -> Verdict {
    let Trial { place, delivery } = trial;
    let shared = &subscriber.shared;
    match attempt {
        Attempt::Sent { .. } => {
            count("sent");
            Verdict::Told(*place)
        }
        Attempt::Refused { code, .. } => {
            count("refused");
            give_up(subscriber, trial, &code)
        }
        Attempt::Retry { code, after } => {
            count("retry");
            let now = shared.clock.now();
            let expires = delivery.at.plus(shared.options.outbox_tries_for);
            if expires <= now {
                count("dead");
                return give_up(subscriber, trial, &code);
            }
            let attempts = delivery.attempt;
            let until = Timestamp(now.0.saturating_add(pause_ms(shared, attempts, after))).min(expires);
            Verdict::Wait { place: *place, attempts, until }
        }
    }
}

fn give_up(subscriber: &Subscriber, trial: &Trial, code: &str) -> Verdict {
    let (subscription, key) = (subscriber.name(), trial.delivery.key);
    tracing::warn!(subscription, %key, code, "a fact is given up that a subscriber did not take");
    Verdict::Told(trial.place)
}

/// Counts what became of tries.
fn count(outcome: &'static str) {
    metrics::counter!("colloquy_event_deliveries_total", "outcome" => outcome).increment(1);
}
