//! What went out between two addresses in an earlier life of the process, so that whoever looks up whether a try went
//! through does not take another delivery's message for it.

use crate::keys::{contact_stream, conversation_stream};
use crate::{DeliveryKey, Error, Source, load};
use domain::contact::ContactEvent;
use domain::conversation::ConversationEvent;
use domain::outbound::OutboundEvent;
use domain::{Address, ContactId, ConversationId, Event, Personal, Timestamp};
use std::collections::BTreeSet;
use store::{EventLog, StreamId};

/// How many of a stream's newest events are looked at, and of how many other conversations of the pair (`X1`).
const EVENTS_MAX: u64 = 512;
const CONVERSATIONS_MAX: usize = 16;
/// Who looks up messages may know whole seconds only.
const SAME_MS: i64 = 1000;

/// What went out, and how the provider calls it.
pub(super) type Known = Vec<(DeliveryKey, Personal<String>)>;

/// What went out between a contact and one of the company's addresses since then, or shortly before. Blocks on the disk.
pub(super) fn dispatched(
    log: &dyn EventLog,
    contact: ContactId,
    company: &Address,
    since: Timestamp,
) -> Result<Known, Error> {
    let since = Timestamp(since.0.saturating_sub(SAME_MS));
    let mut known = Known::new();
    let mut conversations: BTreeSet<ConversationId> = BTreeSet::new();
    let state = readable(load::contact(log, contact))?.and_then(|loaded| loaded.state);
    conversations.extend(state.and_then(|contact| contact.active.get(company).copied()));
    for (at, event) in readable(newest(log, contact_stream(contact)))?.unwrap_or_default() {
        if let Event::Contact(ContactEvent::ConversationActivated { company: of, conversation, .. }) = &event
            && of == company
        {
            conversations.insert(*conversation);
        }
        if let Event::Contact(ContactEvent::Outbound(OutboundEvent::Dispatched {
            of, part, provider_id, ..
        })) = event
            && since <= at
        {
            let key = DeliveryKey { source: Source::Contact(contact), version: of, part };
            known.extend(provider_id.map(|provider_id| (key, provider_id)));
        }
    }
    // Ids are in the order of time.
    for id in conversations.into_iter().rev().take(CONVERSATIONS_MAX) {
        for (at, event) in readable(newest(log, conversation_stream(id)))?.unwrap_or_default() {
            if let Event::Conversation(ConversationEvent::Dispatched { of, part, provider_id, .. }) = event
                && since <= at
            {
                let key = DeliveryKey { source: Source::Conversation(id), version: of, part };
                known.extend(provider_id.map(|provider_id| (key, provider_id)));
            }
        }
    }
    Ok(known)
}

/// Nothing of what is damaged: that another conversation cannot be read must not stop this one (`L3`).
fn readable<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(Error::Damaged(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A stream's newest events, oldest first.
fn newest(log: &dyn EventLog, stream: StreamId) -> Result<Vec<(Timestamp, Event)>, Error> {
    let after = log.version(stream)?.saturating_sub(EVENTS_MAX);
    let limit = usize::try_from(EVENTS_MAX).unwrap_or(usize::MAX);
    let page = log.read_stream(stream, after, limit)?;
    let decoded = page.iter().map(|stored| {
        let envelope = codec::decode(&stored.bytes)?;
        Ok((envelope.at, envelope.event))
    });
    decoded.collect()
}
