//! Who is taken to be behind a number (`ID-1` to `ID-9`). A contact has one place for a profile, so that no number can
//! ever have two (`ID-7`).

use super::{Contact, ContactEvent};
use crate::{AgentId, Personal, UserId};

/// Who is taken to be behind a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The how many-eth one of this number, from 1.
    pub number: u32,
    /// The user; `None` is a guest.
    pub user: Option<UserId>,
    /// Whether a PIN or an agent confirmed it.
    pub verified: bool,
}

/// How a profile came to its user, or to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhyProfile {
    /// One user has the number (`ID-2`).
    DirectoryMatch,
    /// Nobody has it (`ID-4`).
    NoMatch,
    /// Several have it, so that it could be any of them (`ID-6`).
    Ambiguous,
    /// An agent wrote to that user first (`PRO-1`, `PRO-4`).
    Agent,
}

/// On whose word somebody is taken for a user (`ID-9`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// A person's.
    Stated {
        /// Who.
        by: AgentId,
        /// Whether as a supervisor, who may do so with any conversation.
        supervisor: bool,
        /// Why.
        reason: Personal<String>,
    },
    /// The requester's own, with that user's PIN (`ID-14`).
    Pin,
}

impl WhyProfile {
    /// The name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DirectoryMatch => "directory_match",
            Self::NoMatch => "no_match",
            Self::Ambiguous => "ambiguous",
            Self::Agent => "agent",
        }
    }
}

impl Contact {
    /// The user who is taken to be behind the number, if one is.
    pub fn user(&self) -> Option<&UserId> {
        self.profile.as_ref().and_then(|profile| profile.user.as_ref())
    }

    /// Whether the number is known as another user's than this one (`PRO-4`).
    pub fn is_held_by_another(&self, user: &UserId) -> bool {
        self.user().is_some_and(|holder| holder != user)
    }
}

/// Who holds the number already goes on holding it, whatever the directory says (`ID-3`, `ID-5`).
pub(super) fn identify(state: Option<&Contact>, user: Option<&UserId>, why: WhyProfile) -> Vec<ContactEvent> {
    match state {
        Some(contact) if contact.profile.is_none() => vec![created(contact.profiles, user, why)],
        Some(_) | None => Vec::new(),
    }
}

/// The old profile ends and another begins (`PRO-4`); none does for the user who has the number anyway.
pub(super) fn take_over(state: Option<&Contact>, user: &UserId, by: &AgentId) -> Vec<ContactEvent> {
    let Some(contact) = state else { return Vec::new() };
    let mut events = Vec::new();
    if let Some(profile) = &contact.profile {
        if profile.user.as_ref() == Some(user) {
            return events;
        }
        events.push(ContactEvent::ProfileDeactivated { profile: profile.number, by: by.clone() });
    }
    events.push(created(contact.profiles, Some(user), WhyProfile::Agent));
    events
}

pub(super) fn reassociate(state: Option<&Contact>, user: &UserId, grounds: &Grounds) -> Vec<ContactEvent> {
    let Some(contact) = state else { return Vec::new() };
    let mut events = identify(state, None, WhyProfile::NoMatch);
    let (profile, from, verified) = match &contact.profile {
        Some(profile) => (profile.number, profile.user.clone(), profile.verified),
        None => (contact.profiles.saturating_add(1), None, false),
    };
    if from.as_ref() == Some(user) && verified {
        return events;
    }
    let (to, grounds) = (user.clone(), grounds.clone());
    events.push(ContactEvent::ProfileReassociated { profile, from, to, grounds });
    events
}

/// The number's wrong attempts go on counting: who knows one user's PIN could otherwise try all others' with it (`ID-14`).
pub(super) fn reassociated(contact: &mut Contact, to: &UserId) {
    if let Some(profile) = &mut contact.profile {
        profile.user = Some(to.clone());
        profile.verified = true;
    }
}

fn created(so_far: u32, user: Option<&UserId>, why: WhyProfile) -> ContactEvent {
    ContactEvent::ProfileCreated { profile: so_far.saturating_add(1), user: user.cloned(), why }
}
