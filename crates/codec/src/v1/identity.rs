//! Facts about who a requester is, what may be sent to them, and how they prove who they are.

use super::parts::{address, agent, user};
use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use domain::consent::Keyword as DomainKeyword;
use domain::contact::{ContactEvent, Grounds as DomainGrounds, WhyProfile};
use domain::conversation::ConversationEvent;
use domain::{Event, Personal, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) enum Grounds {
    Stated { by: String, supervisor: bool, reason: String },
    Pin,
}

/// Of a conversation.
#[derive(Serialize, Deserialize)]
pub(crate) struct Reassociated {
    pub(crate) from: Option<String>,
    pub(crate) to: String,
    pub(crate) grounds: Grounds,
}

/// Of a conversation.
#[derive(Serialize, Deserialize)]
pub(crate) struct ConsentChanged {
    pub(crate) opted_out: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ProfileCreated {
    pub(crate) profile: u32,
    pub(crate) user: Option<String>,
    pub(crate) why: u8,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ProfileReassociated {
    pub(crate) profile: u32,
    pub(crate) from: Option<String>,
    pub(crate) to: String,
    pub(crate) grounds: Grounds,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ProfileDeactivated {
    pub(crate) profile: u32,
    pub(crate) by: String,
}

/// The keyword by its name.
#[derive(Serialize, Deserialize)]
pub(crate) struct OptedOut {
    pub(crate) company: String,
    pub(crate) keyword: String,
}

/// The keyword by its name.
#[derive(Serialize, Deserialize)]
pub(crate) struct OptedIn {
    pub(crate) company: String,
    pub(crate) keyword: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct NotificationsSet {
    pub(crate) company: String,
    pub(crate) on: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct VerificationFailed {
    pub(crate) at_ms: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct VerificationLocked {
    pub(crate) until_ms: i64,
}

impl From<&DomainGrounds> for Grounds {
    fn from(grounds: &DomainGrounds) -> Self {
        match grounds {
            DomainGrounds::Stated { by, supervisor, reason } => Self::Stated {
                by: by.as_str().to_owned(),
                supervisor: *supervisor,
                reason: reason.expose().clone(),
            },
            DomainGrounds::Pin => Self::Pin,
        }
    }
}

impl TryFrom<Grounds> for DomainGrounds {
    type Error = Error;

    fn try_from(grounds: Grounds) -> Result<Self, Error> {
        Ok(match grounds {
            Grounds::Stated { by, supervisor, reason } => {
                Self::Stated { by: agent(&by)?, supervisor, reason: Personal::new(reason) }
            }
            Grounds::Pin => Self::Pin,
        })
    }
}

impl Frozen for Reassociated {
    fn into_event(self) -> Result<Event, Error> {
        let Self { from, to, grounds } = self;
        Ok(Event::Conversation(ConversationEvent::Reassociated {
            from: from.as_deref().map(user).transpose()?,
            to: user(&to)?,
            grounds: grounds.try_into()?,
        }))
    }
}

impl Frozen for ConsentChanged {
    fn into_event(self) -> Result<Event, Error> {
        let Self { opted_out } = self;
        Ok(Event::Conversation(ConversationEvent::ConsentChanged { opted_out }))
    }
}

impl Frozen for ProfileCreated {
    fn into_event(self) -> Result<Event, Error> {
        let Self { profile, user: whose, why } = self;
        let (user, why) = (whose.as_deref().map(user).transpose()?, WhyProfile::from_stored(why)?);
        Ok(Event::Contact(ContactEvent::ProfileCreated { profile, user, why }))
    }
}

impl Frozen for ProfileReassociated {
    fn into_event(self) -> Result<Event, Error> {
        let Self { profile, from, to, grounds } = self;
        Ok(Event::Contact(ContactEvent::ProfileReassociated {
            profile,
            from: from.as_deref().map(user).transpose()?,
            to: user(&to)?,
            grounds: grounds.try_into()?,
        }))
    }
}

impl Frozen for ProfileDeactivated {
    fn into_event(self) -> Result<Event, Error> {
        let Self { profile, by } = self;
        Ok(Event::Contact(ContactEvent::ProfileDeactivated { profile, by: agent(&by)? }))
    }
}

impl Frozen for OptedOut {
    fn into_event(self) -> Result<Event, Error> {
        let (company, keyword) = (address(&self.company)?, keyword(&self.keyword)?);
        Ok(Event::Contact(ContactEvent::OptedOut { company, keyword }))
    }
}

impl Frozen for OptedIn {
    fn into_event(self) -> Result<Event, Error> {
        let (company, keyword) = (address(&self.company)?, keyword(&self.keyword)?);
        Ok(Event::Contact(ContactEvent::OptedIn { company, keyword }))
    }
}

impl Frozen for NotificationsSet {
    fn into_event(self) -> Result<Event, Error> {
        let Self { company, on } = self;
        Ok(Event::Contact(ContactEvent::NotificationsSet { company: address(&company)?, on }))
    }
}

impl Frozen for VerificationFailed {
    fn into_event(self) -> Result<Event, Error> {
        let Self { at_ms } = self;
        Ok(Event::Contact(ContactEvent::VerificationFailed { at: Timestamp(at_ms) }))
    }
}

impl Frozen for VerificationLocked {
    fn into_event(self) -> Result<Event, Error> {
        let Self { until_ms } = self;
        Ok(Event::Contact(ContactEvent::VerificationLocked { until: Timestamp(until_ms) }))
    }
}

fn keyword(name: &str) -> Result<DomainKeyword, Error> {
    DomainKeyword::parse(name).ok_or_else(|| Error::Payload("a keyword is unknown".to_owned()))
}
