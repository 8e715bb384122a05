//! One requester as a channel knows them, which conversation is active with each of the company's addresses, and the
//! windows in which they look at all of it.

mod consent;
mod device;
mod due;
mod notification;
mod portal;
mod profile;
mod reach;
mod verification;
mod window;

pub use consent::{Consent, is_consent};
pub use device::{DEVICE_TOKEN_MAX, DEVICES_MAX_COUNT, Device, DeviceError, DeviceId};
pub use due::{DIGEST_AFTER_MAX, DIGEST_AFTER_MIN, DigestBatch, DigestWish, MissedPart, PushBatch};
pub use notification::{Notification, NotificationError, may_notify};
pub use portal::{Active, Entrance, enter};
pub use profile::{Grounds, Profile, WhyProfile};
pub use reach::Reach;
pub use verification::{PinLimits, Verification};
pub use window::{WINDOW_TIMEOUT, WINDOWS_MAX_COUNT, Window, WindowClosing, WindowTimer};

use crate::consent::Keyword;
use crate::outbound::{self, Outbound, OutboundCommand, OutboundEvent};
use crate::{Address, AgentId, ChannelId, ConversationId, MessageId, Personal, Rejection, Timestamp, UserId};
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
    /// What they allow each of the company's addresses to send, where they ever said something about it (section 2.1).
    pub consent: BTreeMap<Address, Consent>,
    /// Who they are taken for; at most one at a time (`ID-7`).
    pub profile: Option<Profile>,
    /// How many profiles there were so far.
    pub profiles: u32,
    /// How their attempts to prove who they are went (`ID-14`).
    pub verification: Verification,
    /// The windows that are open, oldest first; at most [`WINDOWS_MAX_COUNT`].
    pub windows: Vec<Window>,
    /// The version of the fact with which their history began anew (`ID-9`); 0 if nobody had their place before. All that
    /// the log has before that fact was said to somebody else.
    pub anew: u64,
    /// The company's address at which their first conversation began, or which they entered since then (`OMN-4`).
    pub portal: Option<Address>,
    /// Where they want to be told what they missed (`MSG-11`), in the order of registration; at most
    /// [`DEVICES_MAX_COUNT`].
    pub devices: Vec<Device>,
    /// Whether they ever came with a token of their own, which is not a guest's (`MSG-13`).
    pub signed_in: bool,
    /// When they want digests.
    pub digest: DigestWish,
    /// How far those of their notifications have come that leave for the outside.
    pub outbound: Outbound,
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
    /// A word about what may be sent (section 2.1).
    Consent {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// The company's address.
        company: Address,
        /// The word.
        keyword: Keyword,
    },
    /// Makes a profile if there is none (`ID-1`).
    Identify {
        /// Whose it is, as far as anybody knows.
        user: Option<UserId>,
        /// How that came about.
        why: WhyProfile,
    },
    /// Takes the number from its holder and gives it to another user (`PRO-4`).
    TakeOver {
        /// Who has it from now on.
        user: UserId,
        /// The agent who says so.
        by: AgentId,
    },
    /// Somebody else than assumed is behind the number, or that was confirmed (`ID-9`).
    Reassociate {
        /// Who.
        user: UserId,
        /// On whose word.
        grounds: Grounds,
    },
    /// The requester tried to prove who they are (`ID-14`).
    Verify {
        /// Who they say they are.
        user: UserId,
        /// Whether the PIN was that user's, and the user not locked.
        matched: bool,
        /// When.
        now: Timestamp,
        /// How often they may try.
        limits: PinLimits,
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
        /// Whether it goes to a phone number.
        by_phone: bool,
        /// What it says.
        notification: Notification,
    },
    /// The requester writes to one of the company's addresses, where portals show nothing of each other (`OMN-4`).
    EnterPortal {
        /// The company's address.
        company: Address,
    },
    /// How they are reached outside of windows.
    Reach(Reach),
    /// What became of a notification that leaves for the outside.
    Outbound(OutboundCommand),
}

impl ContactCommand {
    /// The message that it makes, if it makes one.
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::Notify { notification, .. } => Some(notification.id),
            Self::Activate { .. }
            | Self::Release { .. }
            | Self::Consent { .. }
            | Self::Identify { .. }
            | Self::TakeOver { .. }
            | Self::Reassociate { .. }
            | Self::Verify { .. }
            | Self::OpenWindow { .. }
            | Self::PageWindow { .. }
            | Self::RenewWindow { .. }
            | Self::CloseWindow { .. }
            | Self::ExpireWindow(_)
            | Self::EnterPortal { .. }
            | Self::Reach(_)
            | Self::Outbound(_) => None,
        }
    }
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
    /// There is a profile for the number (`ID-1`).
    ProfileCreated {
        /// The how many-eth one of this number.
        profile: u32,
        /// Whose it is, if anybody knows.
        user: Option<UserId>,
        /// How that came about.
        why: WhyProfile,
    },
    /// Somebody else than assumed is behind the number, or that was confirmed (`ID-9`). What happened before stays as it
    /// was told.
    ProfileReassociated {
        /// Which profile.
        profile: u32,
        /// Whose it was taken for.
        from: Option<UserId>,
        /// Whose it is.
        to: UserId,
        /// On whose word.
        grounds: Grounds,
    },
    /// The number has another holder (`PRO-4`).
    ProfileDeactivated {
        /// Which profile.
        profile: u32,
        /// The agent who said so.
        by: AgentId,
    },
    /// Nothing may be sent to them from an address any more (`OPT-6`).
    OptedOut {
        /// The company's address.
        company: Address,
        /// The word, or the provider.
        keyword: Keyword,
    },
    /// They may be written to again.
    OptedIn {
        /// The company's address.
        company: Address,
        /// The word.
        keyword: Keyword,
    },
    /// Notifications were subscribed or not; conversations have nothing to do with it (`OPT-1`).
    NotificationsSet {
        /// The company's address.
        company: Address,
        /// Whether they are wanted.
        on: bool,
    },
    /// A PIN was wrong (`ID-14`).
    VerificationFailed {
        /// When.
        at: Timestamp,
    },
    /// Too many were; until then no PIN is looked at.
    VerificationLocked {
        /// Until when.
        until: Timestamp,
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
    /// They came from another portal, of which nothing is shown to them any more (`OMN-4`).
    PortalEntered {
        /// The company's address.
        company: Address,
    },
    /// A device is to be told what they miss (`MSG-11`), or something else is known of it now.
    DeviceRegistered(Device),
    /// A device is not any more.
    DeviceRemoved {
        /// Which.
        device: DeviceId,
    },
    /// They came with a token of their own for the first time (`MSG-13`).
    SignedIn,
    /// They want digests at other times.
    DigestWished {
        /// When.
        wish: DigestWish,
    },
    /// These devices are to be told that this came (`MSG-11`).
    PushDue(PushBatch),
    /// They are to be told what they missed (`MSG-13`).
    DigestDue(DigestBatch),
    /// What became of a notification that leaves for the outside.
    Outbound(OutboundEvent),
}

impl ContactEvent {
    /// Whether the requester's history begins anew with it: nothing of what was said so far is shown any more. So it is when
    /// another person has their place (`ID-9`); a guest who turns out to be a user is the same person, and keeps what they
    /// saw. And so it is for who comes from another portal that hides its history (`OMN-4`).
    pub fn begins_anew(&self) -> bool {
        self.changes_holder() || matches!(self, Self::PortalEntered { .. })
    }

    /// Whether another person has their place from now on (`ID-9`).
    pub fn changes_holder(&self) -> bool {
        match self {
            Self::ProfileDeactivated { .. } => true,
            Self::ProfileReassociated { from, to, .. } => from.as_ref().is_some_and(|from| from != to),
            Self::Created { .. }
            | Self::ConversationActivated { .. }
            | Self::ConversationReleased { .. }
            | Self::ProfileCreated { .. }
            | Self::OptedOut { .. }
            | Self::OptedIn { .. }
            | Self::NotificationsSet { .. }
            | Self::VerificationFailed { .. }
            | Self::VerificationLocked { .. }
            | Self::WindowOpened { .. }
            | Self::WindowPaged { .. }
            | Self::WindowClosed { .. }
            | Self::NotificationSent(_)
            | Self::WindowRenewed { .. }
            | Self::DeviceRegistered(_)
            | Self::DeviceRemoved { .. }
            | Self::SignedIn
            | Self::DigestWished { .. }
            | Self::PushDue(_)
            | Self::DigestDue(_)
            | Self::PortalEntered { .. }
            | Self::Outbound(_) => false,
        }
    }
}

/// Turns an intent into facts, or refuses.
///
/// # Errors
/// [`Rejection::PairBusy`] if another conversation is active, [`Rejection::NotActive`] if the closing one is not,
/// [`Rejection::WindowUnknown`] if the window is not open, what [`may_notify`] says, and
/// [`Rejection::DeliveryUnknown`] or [`Rejection::DeliveryNotDead`] of what goes out.
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
        ContactCommand::Consent { channel, address, company, keyword } => {
            Ok(consent::decide(state, (channel, address), company, *keyword))
        }
        ContactCommand::Identify { user, why } => Ok(profile::identify(state, user.as_ref(), *why)),
        ContactCommand::TakeOver { user, by } => {
            Ok(window::close_before(state, profile::take_over(state, user, by)))
        }
        ContactCommand::Reassociate { user, grounds } => {
            Ok(window::close_before(state, profile::reassociate(state, user, grounds)))
        }
        ContactCommand::Verify { user, matched, now, limits } => {
            Ok(window::close_before(state, verification::decide(state, user, *matched, *now, *limits)))
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
        ContactCommand::Notify { channel, address, by_phone, notification } => {
            may_notify(state, *by_phone, notification.from.as_ref())?;
            let mut events = created(state, channel, address);
            events.push(ContactEvent::NotificationSent(notification.clone()));
            Ok(events)
        }
        ContactCommand::EnterPortal { company } => {
            Ok(window::close_before(state, portal::entered(state, company)))
        }
        ContactCommand::Reach(reach) => Ok(reach::decide(state, reach)),
        ContactCommand::Outbound(command) => {
            let contact = state.ok_or(Rejection::DeliveryUnknown)?;
            let event = outbound::decide(&contact.outbound, contact.version, command)?;
            Ok(event.map(ContactEvent::Outbound).into_iter().collect())
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
        (None, ContactEvent::Created { channel, address }) => Contact {
            version: 0,
            channel: channel.clone(),
            address: address.clone(),
            active: BTreeMap::new(),
            consent: BTreeMap::new(),
            profile: None,
            profiles: 0,
            verification: Verification::default(),
            windows: Vec::new(),
            anew: 0,
            portal: None,
            devices: Vec::new(),
            signed_in: false,
            digest: DigestWish::default(),
            outbound: Outbound::default(),
        },
        (None, _) => return None,
        (Some(contact), _) => contact,
    };
    contact.version += 1;
    if event.begins_anew() {
        contact.anew = contact.version;
    }
    // Whoever has their place is not told what they asked to be told.
    if event.changes_holder() {
        contact.devices.clear();
        (contact.signed_in, contact.digest) = (false, DigestWish::default());
    }
    match event {
        ContactEvent::Created { .. } => {}
        ContactEvent::ConversationActivated { company, conversation } => {
            contact.active.insert(company.clone(), *conversation);
            contact.portal.get_or_insert_with(|| company.clone());
        }
        ContactEvent::ConversationReleased { company, conversation } => {
            if contact.active.get(company) == Some(conversation) {
                contact.active.remove(company);
            }
        }
        ContactEvent::ProfileCreated { profile, user, why: _ } => {
            contact.profile = Some(Profile { number: *profile, user: user.clone(), verified: false });
            contact.profiles = *profile;
        }
        ContactEvent::ProfileReassociated { profile: _, from: _, to, grounds } => {
            profile::reassociated(&mut contact, to, grounds);
        }
        ContactEvent::ProfileDeactivated { .. } => contact.profile = None,
        ContactEvent::OptedOut { company, .. } => consent::set_opted_out(&mut contact, company, true),
        ContactEvent::OptedIn { company, .. } => consent::set_opted_out(&mut contact, company, false),
        ContactEvent::NotificationsSet { company, on } => {
            consent::set_notifications(&mut contact, company, *on);
        }
        ContactEvent::VerificationFailed { at } => contact.verification.fail(*at),
        ContactEvent::VerificationLocked { until } => contact.verification.lock(*until),
        ContactEvent::WindowOpened { window } => window::evolve(&mut contact, at, Change::Opened(*window)),
        ContactEvent::WindowPaged { window } | ContactEvent::WindowRenewed { window } => {
            window::evolve(&mut contact, at, Change::Seen(*window));
        }
        ContactEvent::WindowClosed { window, why: _ } => {
            window::evolve(&mut contact, at, Change::Closed(*window));
        }
        ContactEvent::PortalEntered { company } => contact.portal = Some(company.clone()),
        ContactEvent::DeviceRegistered(device) => device::registered(&mut contact, device),
        ContactEvent::DeviceRemoved { device } => contact.devices.retain(|known| known.id != *device),
        ContactEvent::SignedIn => contact.signed_in = true,
        ContactEvent::DigestWished { wish } => contact.digest = *wish,
        ContactEvent::NotificationSent(_) | ContactEvent::PushDue(_) | ContactEvent::DigestDue(_) => {}
        ContactEvent::Outbound(event) => contact.outbound.evolve(at, event),
    }
    Some(contact)
}

#[cfg(test)]
mod tests;
