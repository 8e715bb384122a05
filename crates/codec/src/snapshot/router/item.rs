//! How a work item is laid out in the router's state.

use crate::Error;
use crate::numbers::Numbered;
use crate::v1::parts::{agent, queue};
use crate::v1::router::parts::{Offer, Origin, Subject, exposed, marked, text};
use crate::v1::routing::queue::SkillDemand as Demand;
use crate::v1::routing::service_channel;
use domain::Timestamp;
use domain::router::{AllocatedBy, Place as DomainPlace, Ticket as DomainTicket, UnroutedWhy, WorkItem};
use domain::routing::{SkillDemand, WorkItemId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
pub(super) struct Item {
    id: u64,
    subject: Subject,
    variables: BTreeMap<String, String>,
    origin: Origin,
    previous: Option<u64>,
    asked_ms: i64,
    service_channel: Option<String>,
    size: u32,
    ticket: Option<Ticket>,
    place: Place,
    offers: u32,
    rejected: bool,
    timed_out: bool,
    exceeded_target: bool,
    told: u32,
    /// By agent, until when in milliseconds.
    excluded: BTreeMap<String, Option<i64>>,
}

#[derive(Serialize, Deserialize)]
struct Ticket {
    queue: String,
    since_ms: i64,
    entered_ms: i64,
    skills: Vec<Demand>,
    affine: Vec<String>,
    hold_until_ms: Option<i64>,
}

#[derive(Serialize, Deserialize)]
enum Place {
    Unrouted { why: u8 },
    Queued,
    Offered(Offer),
    Accepting(Offer),
    Accepted { agent: String, at_ms: i64, arrived_ms: i64, on_hold: bool, by: u8 },
}

impl From<&WorkItem> for Item {
    fn from(item: &WorkItem) -> Self {
        let WorkItem {
            id,
            subject,
            variables,
            origin,
            previous,
            asked,
            service_channel,
            size,
            ticket,
            place,
            offers,
            rejected,
            timed_out,
            exceeded_target,
            told,
            excluded,
        } = item;
        Self {
            id: id.0,
            subject: subject.into(),
            variables: exposed(variables),
            origin: origin.into(),
            previous: previous.map(|previous| previous.0),
            asked_ms: asked.0,
            service_channel: service_channel.as_ref().map(|name| name.as_str().to_owned()),
            size: *size,
            ticket: ticket.as_ref().map(Ticket::from),
            place: place.into(),
            offers: *offers,
            rejected: *rejected,
            timed_out: *timed_out,
            exceeded_target: *exceeded_target,
            told: *told,
            excluded: excluded.iter().map(|(agent, until)| (text(agent), until.map(|at| at.0))).collect(),
        }
    }
}

impl TryFrom<Item> for WorkItem {
    type Error = Error;

    fn try_from(item: Item) -> Result<Self, Error> {
        let excluded = item.excluded.iter().map(|(who, until_ms)| Ok((agent(who)?, until_ms.map(Timestamp))));
        Ok(Self {
            id: WorkItemId(item.id),
            subject: item.subject.try_into()?,
            variables: marked(item.variables),
            origin: item.origin.try_into()?,
            previous: item.previous.map(WorkItemId),
            asked: Timestamp(item.asked_ms),
            service_channel: item.service_channel.as_deref().map(service_channel).transpose()?,
            size: item.size,
            ticket: item.ticket.map(DomainTicket::try_from).transpose()?,
            place: item.place.try_into()?,
            offers: item.offers,
            rejected: item.rejected,
            timed_out: item.timed_out,
            exceeded_target: item.exceeded_target,
            told: item.told,
            excluded: excluded.collect::<Result<_, Error>>()?,
        })
    }
}

impl From<&DomainTicket> for Ticket {
    fn from(ticket: &DomainTicket) -> Self {
        let DomainTicket { queue, since, entered, skills, affine, hold_until } = ticket;
        Self {
            queue: queue.as_str().to_owned(),
            since_ms: since.0,
            entered_ms: entered.0,
            skills: skills.iter().map(Demand::from).collect(),
            affine: affine.iter().map(text).collect(),
            hold_until_ms: hold_until.map(|until| until.0),
        }
    }
}

impl TryFrom<Ticket> for DomainTicket {
    type Error = Error;

    fn try_from(ticket: Ticket) -> Result<Self, Error> {
        let Ticket { queue: of, since_ms, entered_ms, skills, affine, hold_until_ms } = ticket;
        Ok(Self {
            queue: queue(&of)?,
            since: Timestamp(since_ms),
            entered: Timestamp(entered_ms),
            skills: skills.into_iter().map(SkillDemand::try_from).collect::<Result<_, _>>()?,
            affine: affine.iter().map(|who| agent(who)).collect::<Result<_, _>>()?,
            hold_until: hold_until_ms.map(Timestamp),
        })
    }
}

impl From<&DomainPlace> for Place {
    fn from(place: &DomainPlace) -> Self {
        match place {
            DomainPlace::Unrouted(why) => Self::Unrouted { why: why.to_stored() },
            DomainPlace::Queued => Self::Queued,
            DomainPlace::Offered(offer) => Self::Offered(offer.into()),
            DomainPlace::Accepting(offer) => Self::Accepting(offer.into()),
            DomainPlace::Accepted { agent, at, arrived, on_hold, by } => Self::Accepted {
                agent: text(agent),
                at_ms: at.0,
                arrived_ms: arrived.0,
                on_hold: *on_hold,
                by: by.to_stored(),
            },
        }
    }
}

impl TryFrom<Place> for DomainPlace {
    type Error = Error;

    fn try_from(place: Place) -> Result<Self, Error> {
        Ok(match place {
            Place::Unrouted { why } => Self::Unrouted(UnroutedWhy::from_stored(why)?),
            Place::Queued => Self::Queued,
            Place::Offered(offer) => Self::Offered(offer.try_into()?),
            Place::Accepting(offer) => Self::Accepting(offer.try_into()?),
            Place::Accepted { agent: who, at_ms, arrived_ms, on_hold, by } => Self::Accepted {
                agent: agent(&who)?,
                at: Timestamp(at_ms),
                arrived: Timestamp(arrived_ms),
                on_hold,
                by: AllocatedBy::from_stored(by)?,
            },
        })
    }
}
