//! What somebody has missed and is to be told outside of any window: a pure fold over what came to them, their windows and
//! their devices, in the order of the log (`MSG-11` to `MSG-13`).
//!
//! An item is missed if it came while no window was open. The first one arms a push and a digest; those that come until then
//! go with it. Opening a window shows what was missed, so that nothing is due any more. What came since the last sign of life of
//! a client that vanished is missed when that is noticed, as it is unread then (`MSG-7`).
//!
//! Only those have anything here whom somebody could tell: with a device, or with digests.

use crate::contact::{ContactEvent, DeviceId, DigestBatch, DigestWish, MissedPart, PushBatch, WindowClosing};
use crate::conversation::ConversationEvent;
use crate::{AgentId, EventRef, Seconds, Timestamp};
use uuid::Uuid;

/// The most items that a push names (`X1`); of those before it says how many there were.
pub const ITEMS_MAX_COUNT: usize = 100;
/// The most conversations that a digest names (`X1`); of what came in others it says how much.
pub const PARTS_MAX_COUNT: usize = 50;

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From the first item of a batch to its push.
    pub push_after: Seconds,
    /// From the first missed item to the digest, unless the requester wishes otherwise; `None` is never.
    pub digest_after: Option<Seconds>,
}

/// Something that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which fact: of a conversation, or of the contact for a notification.
    pub fact: EventRef,
    /// When it was committed.
    pub at: Timestamp,
    /// Who wrote it, if it was an agent.
    pub agent: Option<AgentId>,
}

/// What one contact has missed, and what that depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// The version of the contact with the last of its facts.
    pub version: u64,
    /// Its devices.
    pub devices: Vec<DeviceId>,
    /// Its open windows.
    pub windows: Vec<Uuid>,
    /// Whether they are known to be who they say: signed in, or confirmed by an agent or a PIN.
    pub known: Known,
    /// When they want digests.
    pub digest: DigestWish,
    /// What waits for a push, in order.
    pub items: Vec<Item>,
    /// How many more waited before.
    pub more: u32,
    /// When they are pushed.
    pub push_due: Option<Timestamp>,
    /// What came since the last sign of life of an open window, in order.
    pub unsure: Vec<Item>,
    /// What was missed since they were last here.
    pub missed: Vec<MissedPart>,
    /// How much more was missed.
    pub missed_more: u32,
    /// When they are told by a digest.
    pub digest_due: Option<Timestamp>,
    /// Whether a digest told them since they were last here.
    pub told: bool,
}

/// How somebody is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// They came with a token of their own.
    pub signed_in: bool,
    /// An agent or a PIN confirmed them.
    pub verified: bool,
}

/// Whether a fact is something to tell of: words of an agent or the virtual agent, and of all system messages the idle
/// reminder alone (`MSG-12`).
pub const fn is_told(event: &ConversationEvent) -> bool {
    matches!(
        event,
        ConversationEvent::AgentMessagePosted { .. }
            | ConversationEvent::VirtualAgentMessagePosted { .. }
            | ConversationEvent::IdleReminderSent { .. }
    )
}

impl Missed {
    /// Whether there is nothing to remember.
    pub fn is_nothing(&self) -> bool {
        let Self { devices, windows, known, digest, .. } = self;
        devices.is_empty() && windows.is_empty() && *known == Known::default() && *digest == DigestWish::Usual
    }

    /// When something is due first.
    pub fn due(&self) -> Option<Timestamp> {
        [self.push_due, self.digest_due].into_iter().flatten().min()
    }

    /// What a digest would say now.
    pub fn digest_batch(&self) -> DigestBatch {
        DigestBatch { parts: self.missed.clone(), more: self.missed_more }
    }

    /// Something came that is told of.
    pub fn arrived(&mut self, item: Item, pace: Pace) {
        if self.windows.is_empty() {
            let at = item.at;
            self.miss(item, at, pace);
        } else if !self.devices.is_empty() || self.wants_digests(pace) {
            push_bounded(&mut self.unsure, item);
        }
    }

    /// They wrote: whoever writes is not away. What they have not read stays unread, and the digest waits anew.
    pub fn wrote(&mut self, at: Timestamp, pace: Pace) {
        self.told = false;
        if self.digest_due.is_some() {
            self.digest_due = self.digest.span(pace.digest_after).map(|after| at.plus(after));
        }
    }

    /// A fact of the contact, which has this version with it. `may_be_verified` says whether the word of an agent makes
    /// anything of this channel missed.
    pub fn contact(
        &mut self,
        event: &ContactEvent,
        (version, at): (u64, Timestamp),
        may_be_verified: bool,
        pace: Pace,
    ) {
        self.version = version;
        // What was said so far was said to somebody else, or is hidden from now on (`ID-9`, `OMN-4`).
        if event.begins_anew() {
            self.unsure.clear();
            self.forget_push();
            self.forget_digest();
            self.told = false;
        }
        if event.changes_holder() {
            self.devices.clear();
            (self.known.signed_in, self.digest) = (false, DigestWish::default());
        }
        match event {
            ContactEvent::WindowOpened { window } => self.opened(*window),
            ContactEvent::WindowPaged { window } | ContactEvent::WindowRenewed { window } => {
                if self.windows.contains(window) {
                    self.unsure.clear();
                }
            }
            ContactEvent::WindowClosed { window, why } => self.closed(*window, *why, at, pace),
            ContactEvent::DeviceRegistered(device) if !self.devices.contains(&device.id) => {
                self.devices.push(device.id.clone());
            }
            ContactEvent::DeviceRegistered(_) => {}
            ContactEvent::DeviceRemoved { device } => {
                self.devices.retain(|known| known != device);
                if self.devices.is_empty() {
                    self.forget_push();
                }
            }
            ContactEvent::SignedIn => self.known.signed_in = true,
            ContactEvent::ProfileReassociated { .. } => self.known.verified = may_be_verified,
            ContactEvent::ProfileCreated { .. } | ContactEvent::ProfileDeactivated { .. } => {
                self.known.verified = false;
            }
            ContactEvent::DigestWished { wish } => self.digest = *wish,
            ContactEvent::PushDue(batch) => self.pushed(batch, pace),
            ContactEvent::DigestDue(_) => {
                self.forget_digest();
                self.told = true;
            }
            // Whoever says that it came knows the stream, which the fact does not.
            ContactEvent::NotificationSent(_)
            | ContactEvent::Created { .. }
            | ContactEvent::ConversationActivated { .. }
            | ContactEvent::ConversationReleased { .. }
            | ContactEvent::OptedOut { .. }
            | ContactEvent::OptedIn { .. }
            | ContactEvent::NotificationsSet { .. }
            | ContactEvent::VerificationFailed { .. }
            | ContactEvent::VerificationLocked { .. }
            | ContactEvent::PortalEntered { .. }
            | ContactEvent::Outbound(_) => {}
        }
        if !self.wants_digests(pace) {
            self.forget_digest();
        }
    }

    /// What waits for a push is let go.
    pub fn forget_push(&mut self) {
        self.items.clear();
        (self.more, self.push_due) = (0, None);
    }

    /// What waits for a digest is let go.
    pub fn forget_digest(&mut self) {
        self.missed.clear();
        (self.missed_more, self.digest_due) = (0, None);
    }

    /// Never a guest (`MSG-13`).
    fn wants_digests(&self, pace: Pace) -> bool {
        (self.known.signed_in || self.known.verified) && self.digest.span(pace.digest_after).is_some()
    }

    fn opened(&mut self, window: Uuid) {
        self.windows.push(window);
        self.unsure.clear();
        self.forget_push();
        self.forget_digest();
        self.told = false;
    }

    fn closed(&mut self, window: Uuid, why: WindowClosing, at: Timestamp, pace: Pace) {
        if !self.windows.contains(&window) {
            return;
        }
        self.windows.retain(|open| *open != window);
        match why {
            WindowClosing::Requester | WindowClosing::Replaced | WindowClosing::BegunAnew => {
                self.unsure.clear();
            }
            WindowClosing::TimedOut if self.windows.is_empty() => {
                for item in std::mem::take(&mut self.unsure) {
                    self.miss(item, at, pace);
                }
            }
            WindowClosing::TimedOut => {}
        }
    }

    fn miss(&mut self, item: Item, now: Timestamp, pace: Pace) {
        if self.wants_digests(pace) && !self.told {
            let after = self.digest.span(pace.digest_after).unwrap_or_default();
            self.digest_due.get_or_insert(now.plus(after));
            self.count(&item);
        }
        if !self.devices.is_empty() {
            self.push_due.get_or_insert(now.plus(pace.push_after));
            self.more = self.more.saturating_add(push_bounded(&mut self.items, item));
        }
    }

    fn count(&mut self, item: &Item) {
        let Item { fact, at, agent } = item;
        let has_room = self.missed.len() < PARTS_MAX_COUNT;
        match self.missed.iter_mut().find(|part| part.stream == fact.stream) {
            Some(part) => {
                part.count = part.count.saturating_add(1);
                part.last_at = *at;
                part.agent = agent.clone().or_else(|| part.agent.take());
            }
            None if has_room => {
                let (stream, agent) = (fact.stream, agent.clone());
                self.missed.push(MissedPart { stream, count: 1, first_at: *at, last_at: *at, agent });
            }
            None => self.missed_more = self.missed_more.saturating_add(1),
        }
    }

    /// What came after the batch was put together waits for the next one.
    fn pushed(&mut self, batch: &PushBatch, pace: Pace) {
        let is_pushed = |item: &Item| {
            let mut pushed = batch.items.iter();
            pushed.any(|one| one.stream == item.fact.stream && item.fact.version <= one.version)
        };
        self.items.retain(|item| !is_pushed(item));
        self.more = 0;
        self.push_due = self.items.first().map(|item| item.at.plus(pace.push_after));
    }
}

/// Keeps the newest; how many had to go.
fn push_bounded(items: &mut Vec<Item>, item: Item) -> u32 {
    items.push(item);
    let is_over = items.len() > ITEMS_MAX_COUNT;
    if is_over {
        items.remove(0);
    }
    u32::from(is_over)
}

#[cfg(test)]
mod tests;
