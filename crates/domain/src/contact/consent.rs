//! What a requester allows each of the company's addresses to send: two layers, which are kept apart (`18.19`).

use super::{Contact, ContactEvent};
use crate::consent::{Effect, Keyword};
use crate::{Address, ChannelId, Personal};

/// What one pair of addresses may be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// Whether the provider blocks everything that is sent (`OPT-4`).
    pub opted_out: bool,
    /// Whether the requester wants notifications (`OPT-1`). It says nothing about conversations.
    pub notifications: bool,
}

impl Contact {
    /// What the requester allows this address to send.
    pub fn consent_for(&self, company: &Address) -> Consent {
        self.consent.get(company).copied().unwrap_or_default()
    }
}

/// Whether a keyword is about consent now, and no message: "YES" may also be an answer, so that what only opts in counts
/// while they are opted out (`18.19`). START subscribes notifications at any time.
pub fn is_consent(state: Option<&Contact>, company: &Address, keyword: Keyword) -> bool {
    match keyword.effect() {
        Effect::OptOut | Effect::Help => true,
        Effect::OptIn => {
            keyword == Keyword::Start || state.is_some_and(|contact| contact.consent_for(company).opted_out)
        }
    }
}

/// Nothing is told twice. Somebody may opt out before they ever said anything else.
pub(super) fn decide(
    state: Option<&Contact>,
    (channel, address): (&ChannelId, &Personal<Address>),
    company: &Address,
    keyword: Keyword,
) -> Vec<ContactEvent> {
    let before = state.map(|contact| contact.consent_for(company)).unwrap_or_default();
    let company = || company.clone();
    let mut events = Vec::new();
    match keyword.effect() {
        Effect::Help => return events,
        Effect::OptOut => {
            if !before.opted_out {
                events.push(ContactEvent::OptedOut { company: company(), keyword });
            }
            if before.notifications {
                events.push(ContactEvent::NotificationsSet { company: company(), on: false });
            }
        }
        Effect::OptIn => {
            if before.opted_out {
                events.push(ContactEvent::OptedIn { company: company(), keyword });
            }
            if keyword == Keyword::Start && !before.notifications {
                events.push(ContactEvent::NotificationsSet { company: company(), on: true });
            }
        }
    }
    if state.is_none() && !events.is_empty() {
        events.insert(0, ContactEvent::Created { channel: channel.clone(), address: address.clone() });
    }
    events
}

pub(super) fn set_opted_out(contact: &mut Contact, company: &Address, opted_out: bool) {
    set(contact, company, |consent| consent.opted_out = opted_out);
}

pub(super) fn set_notifications(contact: &mut Contact, company: &Address, on: bool) {
    set(contact, company, |consent| consent.notifications = on);
}

/// What the old holder subscribed to is not for the new one. That the provider sends nothing to the number stays true.
pub(super) fn forget_notifications(contact: &mut Contact) {
    contact.consent.values_mut().for_each(|consent| consent.notifications = false);
    contact.consent.retain(|_, consent| *consent != Consent::default());
}

/// What is as it is for everybody takes no place.
fn set(contact: &mut Contact, company: &Address, change: impl FnOnce(&mut Consent)) {
    let mut consent = contact.consent_for(company);
    change(&mut consent);
    if consent == Consent::default() {
        contact.consent.remove(company);
    } else {
        contact.consent.insert(company.clone(), consent);
    }
}
