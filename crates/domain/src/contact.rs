//! One requester as a channel knows them, which conversation is active with each of the company's addresses, and the
//! windows in which they look at all of it.

mod command;
mod consent;
mod device;
mod due;
mod event;
mod notification;
mod portal;
mod profile;
mod reach;
mod verification;
mod window;

pub use command::ContactCommand;
pub use consent::{Consent, is_consent};
pub use device::{DEVICE_TOKEN_MAX, DEVICES_MAX_COUNT, Device, DeviceError, DeviceId};
pub use due::{DIGEST_AFTER_MAX, DIGEST_AFTER_MIN, DigestBatch, DigestWish, MissedPart, PushBatch};
pub use event::ContactEvent;
pub use notification::{Notification, NotificationError, may_notify};
pub use portal::{Active, Entrance, enter};
pub use profile::{Grounds, Profile, WhyProfile};
pub use reach::Reach;
pub use verification::{PinLimits, Verification};
pub use window::{WINDOW_TIMEOUT, WINDOWS_MAX_COUNT, Window, WindowClosing, WindowTimer};

use crate::outbound::{self, Outbound};
use crate::{Address, ChannelId, ConversationId, Personal, Rejection, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
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
    /// The company's address at which they began their first conversation, or which they entered since then (`OMN-4`).
    pub portal: Option<Address>,
    /// The company's addresses whose active conversation began since they came to their portal: all that was said in it is
    /// still shown to them, so that writing there is no move.
    pub near: BTreeSet<Address>,
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

impl Contact {
    /// Somebody of whom nothing else is known yet.
    fn new(channel: &ChannelId, address: &Personal<Address>) -> Self {
        Self {
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
            near: BTreeSet::new(),
            devices: Vec::new(),
            signed_in: false,
            digest: DigestWish::default(),
            outbound: Outbound::default(),
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
        ContactCommand::Activate { channel, address, company, conversation, by_agent } => {
            if let Some(active) = state.and_then(|contact| contact.active.get(company)) {
                return Err(Rejection::PairBusy(*active));
            }
            let mut events = created(state, channel, address);
            events.push(ContactEvent::ConversationActivated {
                company: company.clone(),
                conversation: *conversation,
                by_agent: *by_agent,
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

/// Applies one fact that was committed at `at`. Total: a fact that cannot be, such as one of a contact that was never
/// created, changes nothing.
#[must_use]
pub fn evolve(state: Option<Contact>, at: Timestamp, event: &ContactEvent) -> Option<Contact> {
    let mut contact = match (state, event) {
        (None, ContactEvent::Created { channel, address }) => Contact::new(channel, address),
        (None, _) => return None,
        (Some(contact), _) => contact,
    };
    contact.version += 1;
    if event.begins_anew() {
        contact.anew = contact.version;
    }
    if event.changes_holder() {
        forget_wishes(&mut contact);
    }
    match event {
        ContactEvent::Created { .. } => {}
        ContactEvent::ConversationActivated { company, conversation, by_agent } => {
            contact.active.insert(company.clone(), *conversation);
            portal::activated(&mut contact, company, *by_agent);
        }
        ContactEvent::ConversationReleased { company, conversation } => {
            if contact.active.get(company) == Some(conversation) {
                contact.active.remove(company);
                contact.near.remove(company);
            }
        }
        ContactEvent::ProfileCreated { profile, user, why: _ } => {
            contact.profile = Some(Profile { number: *profile, user: user.clone(), verified: false });
            contact.profiles = *profile;
        }
        ContactEvent::ProfileReassociated { profile: _, from: _, to, grounds: _ } => {
            profile::reassociated(&mut contact, to);
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
        ContactEvent::PortalEntered { company } => {
            contact.portal = Some(company.clone());
            contact.near.clear();
        }
        ContactEvent::DeviceRegistered(device) => device::registered(&mut contact, device),
        ContactEvent::DeviceRemoved { device } => contact.devices.retain(|known| known.id != *device),
        ContactEvent::SignedIn => contact.signed_in = true,
        ContactEvent::DigestWished { wish } => contact.digest = *wish,
        ContactEvent::NotificationSent(_) | ContactEvent::PushDue(_) | ContactEvent::DigestDue(_) => {}
        ContactEvent::Outbound(event) => contact.outbound.evolve(at, event),
    }
    Some(contact)
}

/// Whoever has their place is not told what they asked to be told.
fn forget_wishes(contact: &mut Contact) {
    consent::forget_notifications(contact);
    contact.devices.clear();
    (contact.signed_in, contact.digest) = (false, DigestWish::default());
}

#[cfg(test)]
mod tests;
