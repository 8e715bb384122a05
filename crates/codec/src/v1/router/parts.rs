//! What facts about routing are made of.

use crate::Error;
use crate::numbers::Numbered;
use crate::v1::parts::{address, agent, channel, queue};
use crate::v1::routing::reject_reason;
use domain::channel::{ChannelKind, Mode};
use domain::router::{
    Exclude as DomainExclude, ItemOrigin, Offer as DomainOffer, OfferEnd as DomainOfferEnd,
};
use domain::router::{Subject as DomainSubject, Variables};
use domain::{AgentId, ContactId, ConversationId, Personal, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) conversation: [u8; 16],
    pub(crate) contact: [u8; 16],
    pub(crate) channel: String,
    pub(crate) kind: Option<u8>,
    pub(crate) mode: u8,
    pub(crate) company: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Origin {
    Asked,
    Reassigned { from: String, by_action: bool },
    ToQueue { from: String, queue: String },
    ToAgent { from: String },
    ByHand,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) agent: String,
    pub(crate) number: u32,
    pub(crate) at_ms: i64,
    pub(crate) expires_ms: Option<i64>,
    pub(crate) pool: Option<u8>,
    pub(crate) reject_allowed: bool,
    pub(crate) transferred_from: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum OfferEnd {
    Rejected { reason: Option<String> },
    TimedOut { due_ms: i64 },
    PresenceChanged,
    ConnectionLost,
    Withdrawn,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Exclude {
    No,
    Until { at_ms: i64 },
    ForGood,
}

impl From<&DomainSubject> for Subject {
    fn from(subject: &DomainSubject) -> Self {
        let DomainSubject { conversation, contact, channel, kind, mode, company } = subject;
        Self {
            conversation: conversation.to_bytes(),
            contact: contact.0,
            channel: channel.as_str().to_owned(),
            kind: kind.map(Numbered::to_stored),
            mode: mode.to_stored(),
            company: company.as_str().to_owned(),
        }
    }
}

impl TryFrom<Subject> for DomainSubject {
    type Error = Error;

    fn try_from(subject: Subject) -> Result<Self, Error> {
        let Subject { conversation, contact, channel: on, kind, mode, company } = subject;
        Ok(Self {
            conversation: ConversationId::from_bytes(conversation),
            contact: ContactId(contact),
            channel: channel(&on)?,
            kind: kind.map(ChannelKind::from_stored).transpose()?,
            mode: Mode::from_stored(mode)?,
            company: address(&company)?,
        })
    }
}

impl From<&ItemOrigin> for Origin {
    fn from(origin: &ItemOrigin) -> Self {
        match origin {
            ItemOrigin::Asked => Self::Asked,
            ItemOrigin::Reassigned { from, by_action } => {
                Self::Reassigned { from: text(from), by_action: *by_action }
            }
            ItemOrigin::ToQueue { from, queue } => {
                Self::ToQueue { from: text(from), queue: queue.as_str().to_owned() }
            }
            ItemOrigin::ToAgent { from } => Self::ToAgent { from: text(from) },
            ItemOrigin::ByHand => Self::ByHand,
        }
    }
}

impl TryFrom<Origin> for ItemOrigin {
    type Error = Error;

    fn try_from(origin: Origin) -> Result<Self, Error> {
        Ok(match origin {
            Origin::Asked => Self::Asked,
            Origin::Reassigned { from, by_action } => Self::Reassigned { from: agent(&from)?, by_action },
            Origin::ToQueue { from, queue: to } => Self::ToQueue { from: agent(&from)?, queue: queue(&to)? },
            Origin::ToAgent { from } => Self::ToAgent { from: agent(&from)? },
            Origin::ByHand => Self::ByHand,
        })
    }
}

impl From<&DomainOffer> for Offer {
    fn from(offer: &DomainOffer) -> Self {
        let DomainOffer { agent, number, at, expires, pool, reject_allowed, transferred_from } = offer;
        Self {
            agent: text(agent),
            number: *number,
            at_ms: at.0,
            expires_ms: expires.map(|at| at.0),
            pool: *pool,
            reject_allowed: *reject_allowed,
            transferred_from: transferred_from.as_ref().map(text),
        }
    }
}

impl TryFrom<Offer> for DomainOffer {
    type Error = Error;

    fn try_from(offer: Offer) -> Result<Self, Error> {
        let Offer { agent: to, number, at_ms, expires_ms, pool, reject_allowed, transferred_from } = offer;
        Ok(Self {
            agent: agent(&to)?,
            number,
            at: Timestamp(at_ms),
            expires: expires_ms.map(Timestamp),
            pool,
            reject_allowed,
            transferred_from: transferred_from.as_deref().map(agent).transpose()?,
        })
    }
}

impl From<&DomainOfferEnd> for OfferEnd {
    fn from(why: &DomainOfferEnd) -> Self {
        match why {
            DomainOfferEnd::Rejected { reason } => {
                Self::Rejected { reason: reason.as_ref().map(|reason| reason.as_str().to_owned()) }
            }
            DomainOfferEnd::TimedOut { due } => Self::TimedOut { due_ms: due.0 },
            DomainOfferEnd::PresenceChanged => Self::PresenceChanged,
            DomainOfferEnd::ConnectionLost => Self::ConnectionLost,
            DomainOfferEnd::Withdrawn => Self::Withdrawn,
        }
    }
}

impl TryFrom<OfferEnd> for DomainOfferEnd {
    type Error = Error;

    fn try_from(why: OfferEnd) -> Result<Self, Error> {
        Ok(match why {
            OfferEnd::Rejected { reason } => {
                Self::Rejected { reason: reason.as_deref().map(reject_reason).transpose()? }
            }
            OfferEnd::TimedOut { due_ms } => Self::TimedOut { due: Timestamp(due_ms) },
            OfferEnd::PresenceChanged => Self::PresenceChanged,
            OfferEnd::ConnectionLost => Self::ConnectionLost,
            OfferEnd::Withdrawn => Self::Withdrawn,
        })
    }
}

impl From<DomainExclude> for Exclude {
    fn from(exclude: DomainExclude) -> Self {
        match exclude {
            DomainExclude::No => Self::No,
            DomainExclude::Until(at) => Self::Until { at_ms: at.0 },
            DomainExclude::ForGood => Self::ForGood,
        }
    }
}

impl From<Exclude> for DomainExclude {
    fn from(exclude: Exclude) -> Self {
        match exclude {
            Exclude::No => Self::No,
            Exclude::Until { at_ms } => Self::Until(Timestamp(at_ms)),
            Exclude::ForGood => Self::ForGood,
        }
    }
}

/// The values without their mark, to be stored.
pub(crate) fn exposed(variables: &Variables) -> BTreeMap<String, String> {
    variables.iter().map(|(key, value)| (key.clone(), value.expose().clone())).collect()
}

/// The stored values, marked again.
pub(crate) fn marked(variables: BTreeMap<String, String>) -> Variables {
    variables.into_iter().map(|(key, value)| (key, Personal::new(value))).collect()
}

pub(crate) fn text(agent: &AgentId) -> String {
    agent.as_str().to_owned()
}
