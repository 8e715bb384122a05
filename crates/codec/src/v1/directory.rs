//! Facts about the integrator's users.

use super::parts::{address, user};
use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use domain::directory::{DirectoryEvent, PinHash, User as DomainUser, UserKind};
use domain::{Event, Personal, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct UserPut {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) phones: Vec<String>,
    pub(crate) email: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) kind: u8,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct UserRemoved {
    pub(crate) id: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PinSet {
    pub(crate) id: String,
    pub(crate) salt: [u8; 16],
    pub(crate) rounds: u32,
    pub(crate) hash: [u8; 32],
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PinFailed {
    pub(crate) id: String,
    pub(crate) at: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PinLocked {
    pub(crate) id: String,
    pub(crate) until: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PinAccepted {
    pub(crate) id: String,
}

impl UserPut {
    pub(crate) fn new(id: &domain::UserId, user: &DomainUser) -> Self {
        let DomainUser { name, phones, email, language, location, kind } = user;
        let exposed = |text: &Option<Personal<String>>| text.as_ref().map(|text| text.expose().clone());
        Self {
            id: id.as_str().to_owned(),
            name: exposed(name),
            phones: phones.iter().map(|phone| phone.expose().as_str().to_owned()).collect(),
            email: exposed(email),
            language: language.clone(),
            location: location.clone(),
            kind: kind.to_stored(),
        }
    }
}

impl Frozen for UserPut {
    fn into_event(self) -> Result<Event, Error> {
        let Self { id, name, phones, email, language, location, kind } = self;
        let phones = phones.iter().map(|phone| Ok(Personal::new(address(phone)?)));
        let user = DomainUser {
            name: name.map(Personal::new),
            phones: phones.collect::<Result<_, Error>>()?,
            email: email.map(Personal::new),
            language,
            location,
            kind: UserKind::from_stored(kind)?,
        };
        Ok(Event::Directory(DirectoryEvent::UserPut { id: self::user(&id)?, user: Box::new(user) }))
    }
}

impl Frozen for UserRemoved {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Directory(DirectoryEvent::UserRemoved { id: user(&self.id)? }))
    }
}

impl Frozen for PinSet {
    fn into_event(self) -> Result<Event, Error> {
        let Self { id, salt, rounds, hash } = self;
        let hash = PinHash { salt, rounds, hash };
        Ok(Event::Directory(DirectoryEvent::PinSet { id: user(&id)?, hash }))
    }
}

impl Frozen for PinFailed {
    fn into_event(self) -> Result<Event, Error> {
        let at = Timestamp(self.at);
        Ok(Event::Directory(DirectoryEvent::PinFailed { id: user(&self.id)?, at }))
    }
}

impl Frozen for PinLocked {
    fn into_event(self) -> Result<Event, Error> {
        let until = Timestamp(self.until);
        Ok(Event::Directory(DirectoryEvent::PinLocked { id: user(&self.id)?, until }))
    }
}

impl Frozen for PinAccepted {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Directory(DirectoryEvent::PinAccepted { id: user(&self.id)? }))
    }
}
