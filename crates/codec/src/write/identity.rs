//! Facts about who requesters are and what may be sent to them.

use super::text;
use crate::numbers::Numbered;
use crate::registry::Payload;
use crate::v1::{directory as directory_v1, identity as v1};
use domain::contact::{Grounds, WhyProfile};
use domain::directory::DirectoryEvent;
use domain::{Address, AgentId, UserId};

pub(super) fn directory(event: &DirectoryEvent) -> Payload {
    match event {
        DirectoryEvent::UserPut { id, user } => Payload::of(&directory_v1::UserPut::new(id, user)),
        DirectoryEvent::UserRemoved { id } => {
            Payload::of(&directory_v1::UserRemoved { id: id.as_str().to_owned() })
        }
        DirectoryEvent::PinSet { id, hash } => Payload::of(&directory_v1::PinSet {
            id: id.as_str().to_owned(),
            salt: hash.salt,
            rounds: hash.rounds,
            hash: hash.hash,
        }),
        DirectoryEvent::PinFailed { id, at } => {
            Payload::of(&directory_v1::PinFailed { id: user(id), at: at.0 })
        }
        DirectoryEvent::PinLocked { id, until } => {
            Payload::of(&directory_v1::PinLocked { id: user(id), until: until.0 })
        }
        DirectoryEvent::PinAccepted { id } => Payload::of(&directory_v1::PinAccepted { id: user(id) }),
    }
}

pub(super) fn reassociated(from: Option<&UserId>, to: &UserId, grounds: &Grounds) -> Payload {
    let (from, to) = (from.map(user), user(to));
    Payload::of(&v1::Reassociated { from, to, grounds: grounds.into() })
}

pub(super) fn profile_created(profile: u32, whose: Option<&UserId>, why: WhyProfile) -> Payload {
    Payload::of(&v1::ProfileCreated { profile, user: whose.map(user), why: why.to_stored() })
}

pub(super) fn profile_reassociated(
    profile: u32,
    from: Option<&UserId>,
    to: &UserId,
    grounds: &Grounds,
) -> Payload {
    let (from, to) = (from.map(user), user(to));
    Payload::of(&v1::ProfileReassociated { profile, from, to, grounds: grounds.into() })
}

pub(super) fn profile_deactivated(profile: u32, by: &AgentId) -> Payload {
    Payload::of(&v1::ProfileDeactivated { profile, by: text(by) })
}

pub(super) fn address(address: &Address) -> String {
    address.as_str().to_owned()
}

pub(super) fn user(user: &UserId) -> String {
    user.as_str().to_owned()
}
