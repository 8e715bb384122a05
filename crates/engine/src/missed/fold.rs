//! Follows every partition and folds what each contact missed.

use super::rows::Rows;
use super::{Followed, pace};
use crate::keys::{CONFIGURATION_STREAM, ENGINE_STREAM, ROUTER_STREAM, contact_stream};
use crate::outbox::goes_out;
use crate::shared::Shared;
use crate::subscriptions::channel_of;
use crate::{Error, load};
use domain::configuration::Configuration;
use domain::contact::ContactEvent;
use domain::conversation::ConversationEvent;
use domain::missed::{Item, Pace, is_told};
use domain::notice::concerns_requester;
use domain::{ContactId, ConversationId, Event, EventRef, Timestamp};
use std::sync::Arc;
use store::{EventLog, PartitionId, Position, StoredRecord};

/// How many records are read at a time.
const PAGE: usize = 256;

/// Where each partition ends now.
pub(super) fn ends(shared: &Shared) -> Vec<Position> {
    (0..shared.log.identity().partitions).map(|partition| shared.log.head(PartitionId(partition))).collect()
}

/// Follows a page of each partition; how many records.
pub(super) async fn catch_up(shared: &Arc<Shared>, followed: &mut Followed) -> Result<u64, Error> {
    let Followed { positions, unwritten, ends: _ } = followed;
    let mut count = 0;
    for (number, (position, unwritten)) in (0..).zip(positions.iter_mut().zip(unwritten)) {
        let (partition, after) = (PartitionId(number), *position);
        if shared.log.head(partition) <= after {
            continue;
        }
        let (configuration, pace) = (shared.configuration(), pace(shared));
        let is_row_due = *unwritten >= shared.options.outbox_rows_every;
        let read = move |log: &dyn EventLog| page(log, &configuration, pace, (partition, after), is_row_due);
        let Some((last, records, written)) = shared.reading(read).await? else { continue };
        *position = last;
        *unwritten = if written { 0 } else { *unwritten + records };
        count += records;
    }
    Ok(count)
}

/// Up to where it goes, how many records that were, and whether it was written down.
fn page(
    log: &dyn EventLog,
    configuration: &Configuration,
    pace: Pace,
    (partition, after): (PartitionId, Position),
    is_row_due: bool,
) -> Result<Option<(Position, u64, bool)>, Error> {
    let records = log.read_partition(partition, after, PAGE)?;
    let Some(last) = records.last().map(|record| record.position) else { return Ok(None) };
    let mut folding = Folding { log, configuration, pace, rows: Rows::over(log) };
    for record in &records {
        match folding.record(record) {
            Ok(()) => {}
            // L3: whoever it concerns is stopped until somebody looks at it; all others go on.
            Err(error @ Error::Damaged(_)) => {
                let position = record.position.0;
                tracing::error!(%error, partition = partition.0, position, "nobody is told of a record");
            }
            Err(error) => return Err(error),
        }
    }
    let written = folding.rows.write(partition, last, is_row_due)?;
    Ok(Some((last, records.len() as u64, written)))
}

struct Folding<'a> {
    log: &'a dyn EventLog,
    configuration: &'a Configuration,
    pace: Pace,
    rows: Rows<'a>,
}

impl Folding<'_> {
    fn record(&mut self, record: &StoredRecord) -> Result<(), Error> {
        for append in &record.appends {
            if [ROUTER_STREAM, CONFIGURATION_STREAM, ENGINE_STREAM].contains(&append.stream) {
                continue;
            }
            for (version, bytes) in (append.first..).zip(&append.events) {
                let codec::Envelope { at, event, .. } = codec::decode(bytes)?;
                let fact = EventRef { stream: append.stream.0, version };
                match event {
                    Event::Contact(event) => self.contact(fact, at, &event)?,
                    Event::Conversation(event) => self.conversation(fact, at, event)?,
                    Event::Configuration(_) | Event::Router(_) | Event::Engine(_) | Event::Directory(_) => {}
                }
            }
        }
        Ok(())
    }

    fn contact(&mut self, fact: EventRef, at: Timestamp, event: &ContactEvent) -> Result<(), Error> {
        let (id, pace) = (ContactId(fact.stream), self.pace);
        let is_verified = matches!(event, ContactEvent::ProfileReassociated { .. });
        let may_be_verified = is_verified && self.is_shown_only(id)?;
        self.rows.edit(id, |missed| {
            missed.contact(event, (fact.version, at), may_be_verified, pace);
            if matches!(event, ContactEvent::NotificationSent(_)) {
                missed.arrived(Item { fact, at, agent: None }, pace);
            }
        })
    }

    fn conversation(&mut self, fact: EventRef, at: Timestamp, event: ConversationEvent) -> Result<(), Error> {
        let wrote = matches!(event, ConversationEvent::RequesterMessagePosted { .. });
        if !wrote && !is_told(&event) {
            return Ok(());
        }
        let opening = load::opening(self.log, ConversationId::from_bytes(fact.stream))?;
        let Some(ConversationEvent::Opened { contact, policy, .. }) = opening else { return Ok(()) };
        let pace = self.pace;
        if wrote {
            return self.rows.edit(contact, |missed| missed.wrote(at, pace));
        }
        if !concerns_requester(&event, policy.mode()) {
            return Ok(());
        }
        let agent =
            if let ConversationEvent::AgentMessagePosted { agent, .. } = event { Some(agent) } else { None };
        self.rows.edit(contact, |missed| missed.arrived(Item { fact, at, agent }, pace))
    }

    /// Whether what is said on the contact's channel is shown in windows and goes nowhere by itself. Where it goes out, a requester
    /// has it without ever opening a window.
    fn is_shown_only(&self, contact: ContactId) -> Result<bool, Error> {
        let channel = channel_of(self.log, contact_stream(contact))?;
        let settings = channel.and_then(|channel| self.configuration.channels.get(&channel));
        Ok(settings.is_some_and(|settings| !goes_out(settings.kind)))
    }
}
