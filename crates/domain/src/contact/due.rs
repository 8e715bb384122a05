//! What somebody is to be told outside of any window: pushes to their devices and digests (`MSG-11` to `MSG-13`).
//!
//! A contact does not know what came in its conversations. Whoever follows the log says what is due, and as of which
//! version of the contact they say so; the contact agrees if nothing has happened to it since.

use super::{Contact, ContactEvent, DeviceId};
use crate::{AgentId, EventRef, Seconds, Timestamp};

/// When a requester wants digests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DigestWish {
    /// As the process is set up.
    #[default]
    Usual,
    /// Never.
    Never,
    /// After this much absence, from [`DIGEST_AFTER_MIN`] to [`DIGEST_AFTER_MAX`].
    After(Seconds),
}

/// The shortest absence after which somebody can want a digest.
pub const DIGEST_AFTER_MIN: Seconds = Seconds(60);
/// The longest one: a week.
pub const DIGEST_AFTER_MAX: Seconds = Seconds(604_800);

/// A batch for the devices of a requester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushBatch {
    /// For which devices.
    pub devices: Vec<DeviceId>,
    /// What came, in order: facts of conversations, and of the contact for notifications.
    pub items: Vec<EventRef>,
    /// How many more came before these.
    pub more: u32,
}

/// What somebody missed while they were away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestBatch {
    /// What was missed of each conversation, in the order in which it began.
    pub parts: Vec<MissedPart>,
    /// How much more was missed of others.
    pub more: u32,
}

/// What was missed of one conversation, or of the notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissedPart {
    /// The conversation's stream, or the contact's own.
    pub stream: [u8; 16],
    /// How many items.
    pub count: u32,
    /// When the first came.
    pub first_at: Timestamp,
    /// When the last came.
    pub last_at: Timestamp,
    /// The agent who wrote last, if one did.
    pub agent: Option<AgentId>,
}

impl DigestWish {
    /// A wish for digests after some absence; `None` if it is out of bounds.
    pub fn after(span: Seconds) -> Option<Self> {
        (DIGEST_AFTER_MIN..=DIGEST_AFTER_MAX).contains(&span).then_some(Self::After(span))
    }

    /// After which absence there is a digest, if ever.
    pub const fn span(self, usual: Option<Seconds>) -> Option<Seconds> {
        match self {
            Self::Usual => usual,
            Self::Never => None,
            Self::After(span) => Some(span),
        }
    }
}

/// A window that opened since, or a device that went, may have changed everything: then nothing is due.
pub(super) fn push(
    contact: Option<&Contact>,
    seen: u64,
    in_use: &[DeviceId],
    (items, more): (&[EventRef], u32),
) -> Vec<ContactEvent> {
    let Some(contact) = contact.filter(|contact| contact.version == seen) else { return Vec::new() };
    let devices = contact.devices.iter().map(|device| &device.id).filter(|id| !in_use.contains(id));
    let devices: Vec<DeviceId> = devices.cloned().collect();
    if devices.is_empty() || items.is_empty() {
        return Vec::new();
    }
    vec![ContactEvent::PushDue(PushBatch { devices, items: items.to_vec(), more })]
}

/// As [`push`].
pub(super) fn digest(contact: Option<&Contact>, seen: u64, batch: &DigestBatch) -> Vec<ContactEvent> {
    let is_current = contact.is_some_and(|contact| contact.version == seen);
    let is_due = is_current && !batch.parts.is_empty();
    is_due.then(|| ContactEvent::DigestDue(batch.clone())).into_iter().collect()
}
