//! One requester as a channel knows them, and which conversation is active with each of the company's addresses.

mod consent;
mod profile;
mod verification;

pub use consent::{Consent, is_consent};
pub use profile::{Grounds, Profile, WhyProfile};
pub use verification::{PinLimits, Verification};

use crate::consent::Keyword;
use crate::{Address, AgentId, ChannelId, ConversationId, Personal, Rejection, Timestamp, UserId};
use std::collections::BTreeMap;

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
        /// Whether the PIN was that user's.
        matched: bool,
        /// When.
        now: Timestamp,
        /// How often they may try.
        limits: PinLimits,
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
}

/// Turns an intent into facts, or refuses.
///
/// # Errors
/// [`Rejection::PairBusy`] if another conversation is active, [`Rejection::NotActive`] if the closing one is not.
pub fn decide(state: Option<&Contact>, command: &ContactCommand) -> Result<Vec<ContactEvent>, Rejection> {
    match command {
        ContactCommand::Activate { channel, address, company, conversation } => {
            let mut events = Vec::new();
            match state {
                None => {
                    events.push(ContactEvent::Created { channel: channel.clone(), address: address.clone() });
                }
                Some(contact) => {
                    if let Some(active) = contact.active.get(company) {
                        return Err(Rejection::PairBusy(*active));
                    }
                }
            }
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
        ContactCommand::TakeOver { user, by } => Ok(profile::take_over(state, user, by)),
        ContactCommand::Reassociate { user, grounds } => Ok(profile::reassociate(state, user, grounds)),
        ContactCommand::Verify { user, matched, now, limits } => {
            Ok(verification::decide(state, user, *matched, *now, *limits))
        }
    }
}

/// Applies one fact. Total: a fact that cannot be, such as one of a contact that was never created, changes nothing.
#[must_use]
pub fn evolve(state: Option<Contact>, event: &ContactEvent) -> Option<Contact> {
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
        },
        (None, _) => return None,
        (Some(contact), _) => contact,
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
        ContactEvent::VerificationFailed { at } => verification::failed(&mut contact.verification, *at),
        ContactEvent::VerificationLocked { until } => {
            contact.verification = Verification { failed: Vec::new(), locked_until: Some(*until) };
        }
    }
    Some(contact)
}

#[cfg(test)]
mod tests;
