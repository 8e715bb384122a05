//! What a subscriber is told of something that is due: the fact in the log names devices and facts, and a subscriber needs what
//! they are (`MSG-11` to `MSG-13`).

use crate::keys::contact_stream;
use crate::{Error, load};
use codec::json::timestamp;
use domain::contact::{Contact, ContactEvent, DigestBatch, MissedPart, Notification, PushBatch};
use domain::conversation::ConversationEvent;
use domain::{ContactId, ConversationId, Event, EventRef, Message, Personal};
use serde_json::{Value, json};
use store::{EventLog, StreamId};

/// The longest text that is told, in characters: no push service takes more, and a batch has many.
const TEXT_MAX_CHARS: usize = 1000;

/// The data of a contact's fact, which has this version, with what it names as it is now. `None` if nobody is to be told any
/// more: it was due to somebody whose history has ended since, and what reaches the contact now reaches another (`ID-9`).
/// Blocks on the disk.
pub(super) fn data(
    log: &dyn EventLog,
    contact: ContactId,
    (version, event): (u64, &ContactEvent),
    with_texts: bool,
) -> Result<Option<Value>, Error> {
    let mut data = match event {
        ContactEvent::PushDue(batch) => push(log, contact, batch, with_texts)?,
        ContactEvent::DigestDue(batch) => digest(contact, batch),
        ContactEvent::Created { .. }
        | ContactEvent::ConversationActivated { .. }
        | ContactEvent::ConversationReleased { .. }
        | ContactEvent::ProfileCreated { .. }
        | ContactEvent::ProfileReassociated { .. }
        | ContactEvent::ProfileDeactivated { .. }
        | ContactEvent::OptedOut { .. }
        | ContactEvent::OptedIn { .. }
        | ContactEvent::NotificationsSet { .. }
        | ContactEvent::VerificationFailed { .. }
        | ContactEvent::VerificationLocked { .. }
        | ContactEvent::WindowOpened { .. }
        | ContactEvent::WindowPaged { .. }
        | ContactEvent::WindowClosed { .. }
        | ContactEvent::NotificationSent(_)
        | ContactEvent::WindowRenewed { .. }
        | ContactEvent::DeviceRegistered(_)
        | ContactEvent::DeviceRemoved { .. }
        | ContactEvent::SignedIn
        | ContactEvent::DigestWished { .. }
        | ContactEvent::PortalEntered { .. }
        | ContactEvent::Outbound(_) => {
            return Ok(Some(codec::json::event_data(&Event::Contact(event.clone()))));
        }
    };
    if let Some(state) = load::contact(log, contact)?.state {
        if version < state.anew {
            return Ok(None);
        }
        data["address"] = json!(state.address.expose().as_str());
        data["user"] = json!(state.user().map(|user| user.as_str()));
        if let ContactEvent::PushDue(batch) = event {
            data["devices"] = devices(&state, batch);
        }
    }
    Ok(Some(data))
}

/// Those that are still there, with the tokens that they have now.
fn devices(state: &Contact, batch: &PushBatch) -> Value {
    let mut wanted: Vec<Value> = Vec::new();
    for device in state.devices.iter().filter(|device| batch.devices.contains(&device.id)) {
        wanted.push(json!({
            "id": device.id.as_str(),
            "platform": device.platform,
            "token": device.token.expose(),
            "language": device.language,
        }));
    }
    Value::Array(wanted)
}

fn push(log: &dyn EventLog, contact: ContactId, batch: &PushBatch, with_texts: bool) -> Result<Value, Error> {
    let mut items = Vec::new();
    for EventRef { stream, version } in &batch.items {
        let Some(stored) = log.read_stream(StreamId(*stream), version.saturating_sub(1), 1)?.pop() else {
            continue;
        };
        let envelope = match codec::decode(&stored.bytes) {
            Ok(envelope) => envelope,
            // L3: what else they missed is told.
            Err(error) => {
                metrics::counter!("colloquy_outbox_damaged_total").increment(1);
                tracing::error!(%error, %contact, version, "an item cannot be read, so a push goes without it");
                continue;
            }
        };
        let mut item = said(&envelope.event, with_texts);
        item["at"] = json!(timestamp(envelope.at));
        item["version"] = json!(version);
        name(&mut item, contact, *stream);
        items.push(item);
    }
    Ok(json!({ "devices": [], "items": items, "more": batch.more }))
}

fn digest(contact: ContactId, DigestBatch { parts, more }: &DigestBatch) -> Value {
    let part = |MissedPart { stream, count, first_at, last_at, agent }: &MissedPart| {
        let mut part = json!({
            "count": count,
            "first_at": timestamp(*first_at),
            "last_at": timestamp(*last_at),
            "agent": agent.as_ref().map(|agent| agent.as_str()),
        });
        name(&mut part, contact, *stream);
        part
    };
    json!({ "conversations": parts.iter().map(part).collect::<Vec<_>>(), "more": more })
}

/// Notifications belong to no conversation.
fn name(value: &mut Value, contact: ContactId, stream: [u8; 16]) {
    let is_own = StreamId(stream) == contact_stream(contact);
    value["conversation_id"] = json!((!is_own).then(|| ConversationId::from_bytes(stream).to_string()));
}

/// Who said something, and what.
fn said(event: &Event, with_texts: bool) -> Value {
    let text = |text: &str| {
        let short: String = text.chars().take(TEXT_MAX_CHARS).collect();
        (with_texts && !short.is_empty()).then_some(short)
    };
    let message = |from: &str, Message { id, content }: &Message| {
        json!({
            "from": from,
            "message_id": id.to_string(),
            "text": text(content.text().expose()),
            "attachments": content.attachments().len(),
        })
    };
    match event {
        Event::Conversation(ConversationEvent::AgentMessagePosted { agent, message: said }) => {
            let mut value = message("agent", said);
            value["agent"] = json!(agent.as_str());
            value
        }
        Event::Conversation(ConversationEvent::VirtualAgentMessagePosted { message: said }) => {
            message("virtual_agent", said)
        }
        Event::Conversation(ConversationEvent::IdleReminderSent { requester_text, .. }) => {
            json!({ "from": "system", "text": text(requester_text) })
        }
        Event::Contact(ContactEvent::NotificationSent(Notification { id, text: said, link, from: _ })) => {
            json!({
                "from": "notification",
                "notification_id": id.to_string(),
                "text": text(said.expose()),
                "link": link.as_ref().map(Personal::expose).filter(|_| with_texts),
            })
        }
        Event::Conversation(_)
        | Event::Contact(_)
        | Event::Configuration(_)
        | Event::Router(_)
        | Event::Engine(_)
        | Event::Directory(_) => json!({}),
    }
}

#[cfg(test)]
mod tests;
