//! Facts about routing, brought up to date.

use super::VariablesLearned;
use super::parts::marked;
use super::{Accepted, Accepting, AgentSeen, Ended, ErrandDone, ErrandGiven, HoldChanged, ItemCreated};
use super::{OfferEnded, Offered, PresenceChanged, Queued, Reconfigured, TakenIn, TargetExceeded, Unrouted};
use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v1::parts::{agent, queue};
use crate::v1::routing::{presence, service_channel};
use domain::router::{AllocatedBy, Ending, ErrandKind, PresenceWhy, RouterEvent, UnroutedWhy};
use domain::routing::{SkillDemand, WorkItemId};
use domain::{Event, Timestamp};

impl Frozen for Reconfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { version, on } = self;
        Ok(Event::Router(RouterEvent::Reconfigured { version, on }))
    }
}

impl Frozen for TakenIn {
    fn into_event(self) -> Result<Event, Error> {
        let Self { partition, position } = self;
        Ok(Event::Router(RouterEvent::TakenIn { partition, position }))
    }
}

impl Frozen for ItemCreated {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, subject, variables, origin, previous, asked_ms } = self;
        Ok(Event::Router(RouterEvent::ItemCreated {
            item: WorkItemId(item),
            subject: Box::new(subject.try_into()?),
            variables: marked(variables),
            origin: origin.try_into()?,
            previous: previous.map(WorkItemId),
            asked: Timestamp(asked_ms),
        }))
    }
}

impl Frozen for VariablesLearned {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, variables } = self;
        let (item, variables) = (WorkItemId(item), marked(variables));
        Ok(Event::Router(RouterEvent::VariablesLearned { item, variables }))
    }
}

impl Frozen for Queued {
    fn into_event(self) -> Result<Event, Error> {
        let Self {
            item,
            queue: into,
            service_channel: of,
            size,
            skills,
            affine,
            hold_until_ms,
            spared,
            overflow_from,
        } = self;
        let spared = spared.map(|(who, until_ms)| Ok::<_, Error>((agent(&who)?, Timestamp(until_ms))));
        Ok(Event::Router(RouterEvent::Queued {
            item: WorkItemId(item),
            queue: queue(&into)?,
            service_channel: service_channel(&of)?,
            size,
            skills: skills.into_iter().map(SkillDemand::try_from).collect::<Result<_, _>>()?,
            affine: affine.iter().map(|who| agent(who)).collect::<Result<_, _>>()?,
            hold_until: hold_until_ms.map(Timestamp),
            spared: spared.transpose()?,
            overflow_from: overflow_from.as_deref().map(queue).transpose()?,
        }))
    }
}

impl Frozen for Unrouted {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, why } = self;
        let why = UnroutedWhy::from_stored(why)?;
        Ok(Event::Router(RouterEvent::Unrouted { item: WorkItemId(item), why }))
    }
}

impl Frozen for Offered {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, offer, service_channel: of, size } = self;
        Ok(Event::Router(RouterEvent::Offered {
            item: WorkItemId(item),
            offer: offer.try_into()?,
            service_channel: service_channel(&of)?,
            size,
        }))
    }
}

impl Frozen for OfferEnded {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, agent: who, why, exclude } = self;
        Ok(Event::Router(RouterEvent::OfferEnded {
            item: WorkItemId(item),
            agent: agent(&who)?,
            why: why.try_into()?,
            exclude: exclude.into(),
        }))
    }
}

impl Frozen for Accepting {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, agent: who } = self;
        Ok(Event::Router(RouterEvent::Accepting { item: WorkItemId(item), agent: agent(&who)? }))
    }
}

impl Frozen for Accepted {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, agent: who, by, service_channel: of, size } = self;
        Ok(Event::Router(RouterEvent::Accepted {
            item: WorkItemId(item),
            agent: agent(&who)?,
            by: AllocatedBy::from_stored(by)?,
            service_channel: of.as_deref().map(service_channel).transpose()?,
            size,
        }))
    }
}

impl Frozen for HoldChanged {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, on_hold } = self;
        Ok(Event::Router(RouterEvent::HoldChanged { item: WorkItemId(item), on_hold }))
    }
}

impl Frozen for TargetExceeded {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, due_ms } = self;
        let (item, due) = (WorkItemId(item), Timestamp(due_ms));
        Ok(Event::Router(RouterEvent::TargetExceeded { item, due }))
    }
}

impl Frozen for Ended {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, ending } = self;
        let ending = Ending::from_stored(ending)?;
        Ok(Event::Router(RouterEvent::Ended { item: WorkItemId(item), ending }))
    }
}

impl Frozen for ErrandGiven {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, errand } = self;
        let errand = errand.try_into()?;
        Ok(Event::Router(RouterEvent::ErrandGiven { item: WorkItemId(item), errand }))
    }
}

impl Frozen for ErrandDone {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, kind, taken } = self;
        let kind = ErrandKind::from_stored(kind)?;
        Ok(Event::Router(RouterEvent::ErrandDone { item: WorkItemId(item), kind, taken }))
    }
}

impl Frozen for PresenceChanged {
    fn into_event(self) -> Result<Event, Error> {
        let Self { agent: who, state, switched_off, connected, why } = self;
        let switched_off = switched_off.iter().map(|name| service_channel(name));
        Ok(Event::Router(RouterEvent::PresenceChanged {
            agent: agent(&who)?,
            state: presence(&state)?,
            switched_off: switched_off.collect::<Result<_, _>>()?,
            connected,
            why: PresenceWhy::from_stored(why)?,
        }))
    }
}

impl Frozen for AgentSeen {
    fn into_event(self) -> Result<Event, Error> {
        let Self { agent: who } = self;
        Ok(Event::Router(RouterEvent::AgentSeen { agent: agent(&who)? }))
    }
}
