//! The integrator's users as far as this side has to know them: by which numbers they can be recognised (section 2). Each
//! user is a stream of their own.

mod phone;
mod pin;

pub use phone::{COUNTRIES, Country, PhoneError, read_phone};

use crate::contact::{PinLimits, Verification};
use crate::{Address, Personal, Timestamp, UserId};

/// What is known of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// How they are called.
    pub name: Option<Personal<String>>,
    /// Their numbers, in E.164 (`ID-8`).
    pub phones: Vec<Personal<Address>>,
    /// Where mail reaches them.
    pub email: Option<Personal<String>>,
    /// The language that they prefer, as a tag such as `en` or `pt-BR`.
    pub language: Option<String>,
    /// The country that they are in, as two letters; numbers without a country code are of there.
    pub location: Option<String>,
    /// What kind of account they have.
    pub kind: UserKind,
}

/// What kind of account a user has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserKind {
    /// A full account: may be sent notifications (`ID-15`).
    Full,
    /// A consumer or contact, who never is.
    #[default]
    Consumer,
}

/// A PIN as it is kept: never the PIN itself (`ID-14`).
#[derive(Clone, PartialEq, Eq)]
pub struct PinHash {
    /// Random, so that equal PINs look different.
    pub salt: [u8; 16],
    /// How often it was hashed.
    pub rounds: u32,
    /// What came of it.
    pub hash: [u8; 32],
}

/// The state of one user's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How many events it has seen.
    pub version: u64,
    /// Whose it is.
    pub id: UserId,
    /// What is known; `None` once they were removed.
    pub user: Option<User>,
    /// Their PIN, if they have one.
    pub pin: Option<PinHash>,
    /// How the attempts with it went, from whatever numbers they came (`ID-14`). Neither another PIN nor removing the user
    /// and adding them again lifts a lock.
    pub verification: Verification,
}

/// What can be asked of a user's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectoryCommand {
    /// Says what is known of them; everything at once.
    Put(User),
    /// Forgets them.
    Remove,
    /// Gives them a PIN.
    SetPin(PinHash),
    /// Somebody tried a PIN as theirs (`ID-14`).
    TryPin {
        /// Whether it was theirs.
        matched: bool,
        /// When.
        now: Timestamp,
        /// How often it may be tried.
        limits: PinLimits,
    },
}

/// A fact about a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectoryEvent {
    /// This is what is known of them.
    UserPut {
        /// Who.
        id: UserId,
        /// All of it.
        user: Box<User>,
    },
    /// They are no longer known.
    UserRemoved {
        /// Who.
        id: UserId,
    },
    /// They have a PIN, or another one.
    PinSet {
        /// Who.
        id: UserId,
        /// What is kept of it.
        hash: PinHash,
    },
    /// A PIN that was tried as theirs was wrong (`ID-14`).
    PinFailed {
        /// Who.
        id: UserId,
        /// When.
        at: Timestamp,
    },
    /// Too many were: until then none is looked at, and whoever is taken for them is a guest.
    PinLocked {
        /// Who.
        id: UserId,
        /// Until when.
        until: Timestamp,
    },
    /// The right one came after wrong ones, which count no more.
    PinAccepted {
        /// Who.
        id: UserId,
    },
}

/// The most numbers of one user.
pub const PHONES_MAX_COUNT: usize = 10;
/// The most bytes of a name or a mail address.
pub const TEXT_MAX_BYTES: usize = 256;

/// Turns an intent into facts; none if it is so already. `None` if there is no such user to do that to.
#[must_use]
pub fn decide(state: Option<&Entry>, id: &UserId, command: &DirectoryCommand) -> Option<Vec<DirectoryEvent>> {
    let known = state.and_then(|entry| entry.user.as_ref());
    let id = id.clone();
    Some(match command {
        DirectoryCommand::Put(user) if known == Some(user) => Vec::new(),
        DirectoryCommand::Put(user) => vec![DirectoryEvent::UserPut { id, user: Box::new(user.clone()) }],
        DirectoryCommand::Remove => {
            known?;
            vec![DirectoryEvent::UserRemoved { id }]
        }
        DirectoryCommand::SetPin(hash) => {
            known?;
            vec![DirectoryEvent::PinSet { id, hash: hash.clone() }]
        }
        DirectoryCommand::TryPin { matched, now, limits } => pin::decide(state, *matched, *now, *limits),
    })
}

/// Applies one fact. Total: a fact about somebody who was never put in changes nothing.
#[must_use]
pub fn evolve(state: Option<Entry>, event: &DirectoryEvent) -> Option<Entry> {
    let mut entry = match (state, event) {
        (None, DirectoryEvent::UserPut { id, .. }) => {
            let verification = Verification::default();
            Entry { version: 0, id: id.clone(), user: None, pin: None, verification }
        }
        (
            None,
            DirectoryEvent::UserRemoved { .. }
            | DirectoryEvent::PinSet { .. }
            | DirectoryEvent::PinFailed { .. }
            | DirectoryEvent::PinLocked { .. }
            | DirectoryEvent::PinAccepted { .. },
        ) => return None,
        (Some(entry), _) => entry,
    };
    entry.version += 1;
    match event {
        DirectoryEvent::UserPut { user, .. } => entry.user = Some(user.as_ref().clone()),
        DirectoryEvent::UserRemoved { .. } => {
            entry.user = None;
            entry.pin = None;
        }
        DirectoryEvent::PinSet { hash, .. } => entry.pin = Some(hash.clone()),
        DirectoryEvent::PinFailed { id: _, at } => entry.verification.fail(*at),
        DirectoryEvent::PinLocked { id: _, until } => entry.verification.lock(*until),
        DirectoryEvent::PinAccepted { .. } => entry.verification = Verification::default(),
    }
    Some(entry)
}

impl UserKind {
    /// The kind's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Consumer => "consumer",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Full, Self::Consumer].into_iter().find(|kind| kind.name() == name)
    }
}

impl std::fmt::Debug for PinHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(pin)")
    }
}

#[cfg(test)]
mod tests;
