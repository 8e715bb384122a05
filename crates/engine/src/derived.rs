//! What the log's indexes must hold, as functions of the facts: written by the actors, checked by `replay --verify`.

use crate::{Error, Keys};
use domain::contact::{Contact, ContactEvent, WindowTimer};
use domain::conversation::{Conversation, timers};
use domain::directory::Entry;
use domain::{ContactId, ConversationId};
use std::collections::{BTreeMap, BTreeSet};
use store::{Claim, EventLog, StreamId, TimerChange, TimerEntry};

/// The number of the timers of windows, beside those of [`TimerKind`](domain::conversation::TimerKind): never to be used
/// for another one.
pub const WINDOW_TIMER: u8 = 0x40;

/// The number of the marks of guests who are there, beside the timers: never to be used for another one. A mark stands at
/// the time since when its guest is there, and nothing fires it in the process that knows of their connection. The next
/// one finds by it, without reading a conversation, who counts as gone (`ID-12`).
pub const PRESENCE_MARK: u8 = 0x41;

/// How the facts of one record change the claims of a contact: a pair that goes from one conversation to another in the
/// same moment is one change (`PRO-4`).
pub fn claims<'a>(
    keys: &Keys,
    contact: ContactId,
    events: impl IntoIterator<Item = &'a ContactEvent>,
) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for claim in events.into_iter().filter_map(|event| claim(keys, contact, event)) {
        match claims.iter_mut().find(|earlier| earlier.key == claim.key) {
            Some(earlier) => earlier.value = claim.value,
            None => claims.push(claim),
        }
    }
    claims
}

/// How a contact's fact changes the claim on its pair (`C2`).
fn claim(keys: &Keys, contact: ContactId, event: &ContactEvent) -> Option<Claim> {
    match event {
        ContactEvent::Created { .. }
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
        | ContactEvent::PortalEntered { .. }
        | ContactEvent::DeviceRegistered(_)
        | ContactEvent::DeviceRemoved { .. }
        | ContactEvent::SignedIn
        | ContactEvent::DigestWished { .. }
        | ContactEvent::PushDue(_)
        | ContactEvent::DigestDue(_)
        | ContactEvent::Outbound(_) => None,
        ContactEvent::ConversationActivated { company, conversation, by_agent: _ } => Some(Claim {
            key: keys.pair(contact, company),
            expected: None,
            value: Some(conversation.to_bytes()),
        }),
        ContactEvent::ConversationReleased { company, conversation } => Some(Claim {
            key: keys.pair(contact, company),
            expected: Some(conversation.to_bytes()),
            value: None,
        }),
    }
}

/// The index entries of a conversation: its armed timers (`T2`), and the mark of a guest who is there.
pub fn timer_entries(id: ConversationId, conversation: Option<&Conversation>) -> BTreeSet<TimerEntry> {
    let stream = crate::keys::conversation_stream(id);
    let armed = conversation.map(timers).unwrap_or_default();
    let armed = armed.into_iter().map(|timer| (timer.due, timer.kind.number(), timer.armed_by));
    let there = conversation.and_then(Conversation::connected_since);
    let there = there.map(|since| (since.at, PRESENCE_MARK, since.version));
    armed
        .chain(there)
        .map(|(due, kind, armed_by)| TimerEntry { due_ms: due.0, stream, kind, armed_by })
        .collect()
}

/// How the index changes from one state of a conversation to the next.
pub fn timer_changes(
    id: ConversationId,
    before: Option<&Conversation>,
    after: Option<&Conversation>,
) -> Vec<TimerChange> {
    changes(&timer_entries(id, before), &timer_entries(id, after))
}

/// The index entries of a contact's open windows: when each closes by itself (`T2`).
pub fn window_entries(id: ContactId, contact: Option<&Contact>) -> BTreeSet<TimerEntry> {
    let windows = contact.into_iter().flat_map(|contact| &contact.windows);
    windows
        .map(|window| {
            let WindowTimer { due, armed_by } = window.timer();
            let stream = crate::keys::contact_stream(id);
            TimerEntry { due_ms: due.0, stream, kind: WINDOW_TIMER, armed_by }
        })
        .collect()
}

/// How the index changes from one state of a contact to the next.
pub fn window_changes(id: ContactId, before: Option<&Contact>, after: Option<&Contact>) -> Vec<TimerChange> {
    changes(&window_entries(id, before), &window_entries(id, after))
}

/// Holds the index of users against what their facts say: how many rows it should have, and what differs (`L4`). What the
/// next start makes anew is no difference.
///
/// # Errors
/// If the index cannot be read.
pub fn compare_directory(
    log: &dyn EventLog,
    keys: &Keys,
    users: &BTreeMap<StreamId, Entry>,
) -> Result<(u64, Vec<String>), Error> {
    crate::directory::compare(log, keys, users)
}

fn changes(before: &BTreeSet<TimerEntry>, after: &BTreeSet<TimerEntry>) -> Vec<TimerChange> {
    let disarmed = before.difference(after).copied().map(TimerChange::Disarm);
    let armed = after.difference(before).copied().map(TimerChange::Arm);
    disarmed.chain(armed).collect()
}
