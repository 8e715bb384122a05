//! Follows every partition and notes where there is something to tell.

use super::Subscriber;
use super::backlog::Place;
use crate::keys::{CONFIGURATION_STREAM, ENGINE_STREAM, ROUTER_STREAM};
use crate::{Error, Subscription};
use domain::contact::ContactEvent;
use domain::conversation::ConversationEvent;
use domain::{ChannelId, ConversationId, Event};
use std::sync::Arc;
use store::{EventLog, PartitionId, Position, StoredAppend, StoredRecord, StreamId};

/// How many records are read at a time.
const PAGE: usize = 256;

/// Follows all that there is and has room, a page of each partition after the other; how many records.
pub(super) async fn catch_up(subscriber: &Subscriber) -> Result<u64, Error> {
    let partitions = subscriber.shared.log.identity().partitions;
    let mut next = subscriber.follower.lock().await;
    let (mut followed, mut idle) = (0, 0);
    while idle < partitions {
        // Where there is no room, the same partition goes on when there is.
        let Some(after) = subscriber.backlog().follows(*next) else { break };
        let count = page(subscriber, *next, after).await?;
        *next = (*next + 1) % partitions;
        idle = if count == 0 { idle + 1 } else { 0 };
        followed += count;
    }
    Ok(followed)
}

async fn page(subscriber: &Subscriber, partition: u16, after: Position) -> Result<u64, Error> {
    let shared = &subscriber.shared;
    let id = PartitionId(partition);
    if shared.log.head(id) <= after {
        return Ok(0);
    }
    let subscription = Arc::clone(&subscriber.subscription);
    let read = move |log: &dyn EventLog| {
        let records = log.read_partition(id, after, PAGE)?;
        let mut found = Vec::new();
        for record in &records {
            match told(log, &subscription, record) {
                Ok(places) => found.extend(places),
                // L3: the conversation is stopped until somebody looks at it; all others go on.
                Err(error @ Error::Damaged(_)) => {
                    metrics::counter!("colloquy_outbox_damaged_total").increment(1);
                    let position = record.position.0;
                    tracing::error!(%error, partition, position, "no subscriber is told of a record");
                }
                Err(error) => return Err(error),
            }
        }
        Ok((found, records.last().map(|record| record.position), records.len() as u64))
    };
    let (found, last, count) = shared.reading(read).await?;
    let Some(last) = last else { return Ok(0) };
    subscriber.backlog().note(partition, last, count, &found, shared.clock.now());
    Ok(count)
}

/// What is told of a record.
fn told(log: &dyn EventLog, subscription: &Subscription, record: &StoredRecord) -> Result<Vec<Place>, Error> {
    let mut places = Vec::new();
    for append in &record.appends {
        if [ROUTER_STREAM, CONFIGURATION_STREAM, ENGINE_STREAM].contains(&append.stream) {
            continue;
        }
        told_of(log, subscription, record.position, append, &mut places)?;
    }
    Ok(places)
}

fn told_of(
    log: &dyn EventLog,
    subscription: &Subscription,
    position: Position,
    append: &StoredAppend,
    places: &mut Vec<Place>,
) -> Result<(), Error> {
    let conversation = ConversationId::from_bytes(append.stream.0);
    let before = places.len();
    for (version, bytes) in (append.first..).zip(&append.events) {
        let event = codec::decode(bytes)?.event;
        let is_wanted = subscription.wants_type(codec::json::event_type(&event));
        if is_told(&event) && is_wanted {
            places.push(Place { conversation, version, position });
        }
    }
    // Nobody has to look where a conversation is of which nothing is told anyway.
    if places.len() > before && !subscription.channels.is_empty() {
        let channel = channel(log, append.stream)?;
        if !channel.is_some_and(|channel| subscription.wants_channel(&channel)) {
            places.truncate(before);
        }
    }
    Ok(())
}

/// Whether a fact is of a kind that anybody is told.
pub(super) const fn is_told(event: &Event) -> bool {
    matches!(event, Event::Conversation(_) | Event::Contact(_))
}

/// The channel of a conversation or of a contact: it stands in its first event.
pub(crate) fn channel(log: &dyn EventLog, stream: StreamId) -> Result<Option<ChannelId>, Error> {
    let Some(first) = log.read_stream(stream, 0, 1)?.pop() else { return Ok(None) };
    let first = codec::decode(&first.bytes)?.event;
    Ok(match first {
        Event::Conversation(ConversationEvent::Opened { channel, .. })
        | Event::Contact(ContactEvent::Created { channel, .. }) => Some(channel),
        Event::Conversation(_)
        | Event::Contact(_)
        | Event::Configuration(_)
        | Event::Router(_)
        | Event::Engine(_)
        | Event::Directory(_) => None,
    })
}
