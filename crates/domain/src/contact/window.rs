//! The windows in which a requester looks at their history: opened, paged, kept alive, closed (`MSG-7`).
//!
//! A client may vanish without closing its window, and whatever comes then must not be taken for seen. So a window gives
//! signs of life, and closes by itself when they stop. A sign of life is a fact only as often as that needs.

use super::{Contact, ContactEvent};
use crate::{Rejection, Seconds, Stamp, Timestamp};
use uuid::Uuid;

/// The most windows that a requester has open; another one closes the oldest (`X1`).
pub const WINDOWS_MAX_COUNT: usize = 20;
/// How long a window stays open without a sign of life.
pub const WINDOW_TIMEOUT: Seconds = Seconds(120);
/// How long a sign of life stands before the next one is a fact.
const RENEW_AFTER_MS: i64 = 60_000;

/// A window that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Which.
    pub id: Uuid,
    /// Its last sign of life that is a fact.
    pub seen: Stamp,
}

/// What closed a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WindowClosing {
    /// The requester.
    Requester,
    /// It gave no sign of life.
    TimedOut,
    /// There were too many, and it was the oldest.
    Replaced,
    /// What it showed is not for whoever looks from now on (`ID-9`).
    BegunAnew,
}

/// When a window closes by itself, and the version of the event that says so (`T2`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowTimer {
    /// When.
    pub due: Timestamp,
    /// What armed it.
    pub armed_by: u64,
}

impl Window {
    /// When it closes by itself.
    pub fn timer(&self) -> WindowTimer {
        WindowTimer { due: self.seen.at.plus(WINDOW_TIMEOUT), armed_by: self.seen.version }
    }
}

impl WindowClosing {
    /// Its name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::TimedOut => "timed_out",
            Self::Replaced => "replaced",
            Self::BegunAnew => "begun_anew",
        }
    }
}

pub(super) fn open(contact: Option<&Contact>, window: Uuid) -> Vec<ContactEvent> {
    let open = contact.map_or(&[][..], |contact| &contact.windows);
    let too_many = (open.len() + 1).saturating_sub(WINDOWS_MAX_COUNT);
    let replaced = open.iter().take(too_many).map(|old| closed(old.id, WindowClosing::Replaced));
    replaced.chain([ContactEvent::WindowOpened { window }]).collect()
}

pub(super) fn page(contact: Option<&Contact>, window: Uuid) -> Result<Vec<ContactEvent>, Rejection> {
    find(contact, window)?;
    Ok(vec![ContactEvent::WindowPaged { window }])
}

pub(super) fn renew(
    contact: Option<&Contact>,
    window: Uuid,
    now: Timestamp,
) -> Result<Vec<ContactEvent>, Rejection> {
    let is_due = now.since_ms(find(contact, window)?.seen.at) >= RENEW_AFTER_MS;
    Ok(if is_due { vec![ContactEvent::WindowRenewed { window }] } else { Vec::new() })
}

pub(super) fn close(contact: Option<&Contact>, window: Uuid) -> Result<Vec<ContactEvent>, Rejection> {
    find(contact, window)?;
    Ok(vec![closed(window, WindowClosing::Requester)])
}

/// `ID-9`: all windows close before the fact with which the history begins anew, if there is one among these.
pub(super) fn close_before(contact: Option<&Contact>, mut events: Vec<ContactEvent>) -> Vec<ContactEvent> {
    if let Some(at) = events.iter().position(ContactEvent::begins_anew) {
        let open = contact.into_iter().flat_map(|contact| &contact.windows);
        let closings: Vec<_> = open.map(|window| closed(window.id, WindowClosing::BegunAnew)).collect();
        events.splice(at..at, closings);
    }
    events
}

/// A timer that the contact no longer has closes nothing (`T2`).
pub(super) fn expire(contact: Option<&Contact>, timer: WindowTimer) -> Vec<ContactEvent> {
    let windows = contact.into_iter().flat_map(|contact| &contact.windows);
    let due = windows.filter(|window| window.timer() == timer);
    due.map(|window| closed(window.id, WindowClosing::TimedOut)).collect()
}

pub(super) fn evolve(contact: &mut Contact, at: Timestamp, event: Change) {
    let seen = Stamp { version: contact.version, at };
    match event {
        Change::Opened(id) => contact.windows.push(Window { id, seen }),
        Change::Seen(id) => {
            contact.windows.iter_mut().filter(|window| window.id == id).for_each(|window| window.seen = seen);
        }
        Change::Closed(id) => contact.windows.retain(|window| window.id != id),
    }
}

/// What a fact does to the open windows.
pub(super) enum Change {
    Opened(Uuid),
    Seen(Uuid),
    Closed(Uuid),
}

const fn closed(window: Uuid, why: WindowClosing) -> ContactEvent {
    ContactEvent::WindowClosed { window, why }
}

fn find(contact: Option<&Contact>, window: Uuid) -> Result<&Window, Rejection> {
    let mut open = contact.into_iter().flat_map(|contact| &contact.windows);
    open.find(|open| open.id == window).ok_or(Rejection::WindowUnknown)
}
