//! One requester as a channel knows them, which conversation is active with each of the company's addresses, and the
//! windows in which they look at all of it.

mod notification;
mod window;

pub use notification::{Notification, NotificationError, may_notify};
pub use window::{WINDOW_TIMEOUT, WINDOWS_MAX_COUNT, Window, WindowClosing, WindowTimer};

use crate::{Address, ChannelId, ConversationId, Personal, Rejection, Timestamp};
use std::collections::BTreeMap;
use uuid::Uuid;
use window::Change;

/// The state of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// How many events it has seen.
    pub version: u64,
    /// The channel that knows them.
    pub channel: ChannelId,
    /// Where they are reached on it.
    pub address: Personal<Address>,
    /// At most one active conversation for each of the company's addresses (`C2`).
    pub active: BTreeMap<Address, ConversationId>,
    /// The windows that are open, oldest first; at most [`WINDOWS_MAX_COUNT`].
    pub windows: Vec<Window>,
}

/// What can be asked of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactCommand {
    /// Makes a new conversation the active one of a pair (`LC-1`).
    Activate {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// The company's address.
        company: Address,
        /// The new conversation.
        conversation: ConversationId,
    },
    /// Frees the pair because its conversation closes.
    Release {
        /// The company's address.
        company: Address,
        /// The closing conversation.
        conversation: ConversationId,
    },
    /// Opens a window (`MSG-7`).
    OpenWindow {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// The new window.
        window: Uuid,
    },
    /// Shows one page more in a window.
    PageWindow {
        /// Which.
        window: Uuid,
    },
    /// A sign of life of a window.
    RenewWindow {
        /// Which.
        window: Uuid,
        /// Engine time.
        now: Timestamp,
    },
    /// Closes a window.
    CloseWindow {
        /// Which.
        window: Uuid,
    },
    /// A window has given no sign of life.
    ExpireWindow(WindowTimer),
    /// Sends a simple notification (`NTF-1`).
    Notify {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// What it says.
        notification: Notification,
    },
}

/// A fact about a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactEvent {
    /// Somebody was seen on a channel for the first time.
    Created {
        /// The channel.
        channel: ChannelId,
        /// Their address on it.
        address: Personal<Address>,
    },
    /// A conversation became the active one of a pair.
    ConversationActivated {
        /// The company's address.
        company: Address,
        /// The conversation.
        conversation: ConversationId,
    },
    /// The pair is free again.
    ConversationReleased {
        /// The company's address.
        company: Address,
        /// The conversation that was active.
        conversation: ConversationId,
    },
    /// A window was opened; it shows the newest page of the history (`MSG-7`).
    WindowOpened {
        /// Which.
        window: Uuid,
    },
    /// A window showed one page more.
    WindowPaged {
        /// Which.
        window: Uuid,
    },
    /// A window was closed.
    WindowClosed {
        /// Which.
        window: Uuid,
        /// By what.
        why: WindowClosing,
    },
    /// Something to read that belongs to no conversation (`NTF-1`). Who sent it stands in the cause.
    NotificationSent(Notification),
    /// A window gave a sign of life.
    WindowRenewed {
        /// Which.
        window: Uuid,
    },
}

/// Turns an intent into facts, or refuses.
///
/// # Errors
/// [`Rejection::PairBusy`] if another conversation is active, [`Rejection::NotActive`] if the closing one is not,
/// [`Rejection::WindowUnknown`] if the window is not open, and what [`may_notify`] says.
pub fn decide(state: Option<&Contact>, command: &ContactCommand) -> Result<Vec<ContactEvent>, Rejection> {
    match command {
        ContactCommand::Activate { channel, address, company, conversation } => {
            if let Some(active) = state.and_then(|contact| contact.active.get(company)) {
                return Err(Rejection::PairBusy(*active));
            }
            let mut events = created(state, channel, address);
            events.push(ContactEvent::ConversationActivated {
                company: company.clone(),
                conversation: *conversation,
            });
            Ok(events)
        }
        ContactCommand::Release { company, conversation } => {
            let active = state.and_then(|contact| contact.active.get(company));
            if active != Some(conversation) {
                return Err(Rejection::NotActive);
            }
            Ok(vec![ContactEvent::ConversationReleased {
                company: company.clone(),
                conversation: *conversation,
            }])
        }
        ContactCommand::OpenWindow { channel, address, window } => {
            let mut events = created(state, channel, address);
            events.extend(window::open(state, *window));
            Ok(events)
        }
        ContactCommand::PageWindow { window } => window::page(state, *window),
        ContactCommand::RenewWindow { window, now } => window::renew(state, *window, *now),
        ContactCommand::CloseWindow { window } => window::close(state, *window),
        ContactCommand::ExpireWindow(timer) => Ok(window::expire(state, *timer)),
        ContactCommand::Notify { channel, address, notification } => {
            may_notify(state)?;
            let mut events = created(state, channel, address);
            events.push(ContactEvent::NotificationSent(notification.clone()));
            Ok(events)
        }
    }
}

/// Whoever was never seen before is from now on.
fn created(state: Option<&Contact>, channel: &ChannelId, address: &Personal<Address>) -> Vec<ContactEvent> {
    match state {
        None => vec![ContactEvent::Created { channel: channel.clone(), address: address.clone() }],
        Some(_) => Vec::new(),
    }
}

/// Applies one fact that was committed at `at`. Total: a fact that cannot be, such as one of a contact that was never created, changes nothing.
#[must_use]
pub fn evolve(state: Option<Contact>, at: Timestamp, event: &ContactEvent) -> Option<Contact> {
    let mut contact = match (state, event) {
        (Some(contact), _) => contact,
        (None, ContactEvent::Created { channel, address }) => Contact {
            version: 0,
            channel: channel.clone(),
            address: address.clone(),
            active: BTreeMap::new(),
            windows: Vec::new(),
        },
        (
            None,
            ContactEvent::ConversationActivated { .. }
            | ContactEvent::ConversationReleased { .. }
            | ContactEvent::WindowOpened { .. }
            | ContactEvent::WindowPaged { .. }
            | ContactEvent::WindowClosed { .. }
            | ContactEvent::NotificationSent(_)
            | ContactEvent::WindowRenewed { .. },
        ) => return None,
    };
    contact.version += 1;
    match event {
        ContactEvent::Created { .. } => {}
        ContactEvent::ConversationActivated { company, conversation } => {
            contact.active.insert(company.clone(), *conversation);
        }
        ContactEvent::ConversationReleased { company, conversation } => {
            if contact.active.get(company) == Some(conversation) {
                contact.active.remove(company);
            }
        }
        ContactEvent::WindowOpened { window } => window::evolve(&mut contact, at, Change::Opened(*window)),
        ContactEvent::WindowPaged { window } | ContactEvent::WindowRenewed { window } => {
            window::evolve(&mut contact, at, Change::Seen(*window));
        }
        ContactEvent::WindowClosed { window, why: _ } => {
            window::evolve(&mut contact, at, Change::Closed(*window));
        }
        ContactEvent::NotificationSent(_) => {}
    }
    Some(contact)
}

#[cfg(test)]
mod tests;
