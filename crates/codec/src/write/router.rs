//! Facts about routing, each in its newest version.

use crate::numbers::Numbered;
use crate::registry::Payload;
use crate::v1::router as v1;
use crate::v1::router::parts::{exposed, text};
use crate::v1::routing::queue::SkillDemand;
use domain::router::{AllocatedBy, Exclude, ItemOrigin, Offer, OfferEnd, PresenceWhy, RouterEvent};
use domain::router::{Subject, Variables};
use domain::routing::{PresenceId, ServiceChannelId, WorkItemId};
use domain::{AgentId, Timestamp};
use std::collections::BTreeSet;

pub(super) fn router(event: &RouterEvent) -> Payload {
    match event {
        &RouterEvent::Reconfigured { version, on } => Payload::of(&v1::Reconfigured { version, on }),
        &RouterEvent::TakenIn { partition, position } => Payload::of(&v1::TakenIn { partition, position }),
        RouterEvent::ItemCreated { item, subject, variables, origin, previous, asked } => {
            item_created(*item, subject, variables, origin, *previous, *asked)
        }
        RouterEvent::VariablesLearned { item, variables } => {
            Payload::of(&v1::VariablesLearned { item: item.0, variables: exposed(variables) })
        }
        RouterEvent::Queued {
            item,
            queue,
            service_channel,
            size,
            skills,
            affine,
            hold_until,
            spared,
            overflow_from,
        } => Payload::of(&v1::Queued {
            item: item.0,
            queue: queue.as_str().to_owned(),
            service_channel: service_channel.as_str().to_owned(),
            size: *size,
            skills: skills.iter().map(SkillDemand::from).collect(),
            affine: affine.iter().map(text).collect(),
            hold_until_ms: hold_until.map(|until| until.0),
            spared: spared.as_ref().map(|(agent, until)| (text(agent), until.0)),
            overflow_from: overflow_from.as_ref().map(|queue| queue.as_str().to_owned()),
        }),
        RouterEvent::Unrouted { item, why } => {
            Payload::of(&v1::Unrouted { item: item.0, why: why.to_stored() })
        }
        RouterEvent::Offered { item, offer, service_channel, size } => {
            offered(*item, offer, service_channel, *size)
        }
        RouterEvent::OfferEnded { item, agent, why, exclude } => offer_ended(*item, agent, why, *exclude),
        RouterEvent::Accepting { item, agent } => {
            Payload::of(&v1::Accepting { item: item.0, agent: text(agent) })
        }
        RouterEvent::Accepted { item, agent, by, service_channel, size } => {
            accepted(*item, agent, *by, service_channel.as_ref(), *size)
        }
        RouterEvent::HoldChanged { item, on_hold } => {
            Payload::of(&v1::HoldChanged { item: item.0, on_hold: *on_hold })
        }
        RouterEvent::TargetExceeded { item, due } => {
            Payload::of(&v1::TargetExceeded { item: item.0, due_ms: due.0 })
        }
        RouterEvent::Ended { item, ending } => {
            Payload::of(&v1::Ended { item: item.0, ending: ending.to_stored() })
        }
        RouterEvent::ErrandGiven { item, errand } => {
            Payload::of(&v1::ErrandGiven { item: item.0, errand: errand.into() })
        }
        RouterEvent::ErrandDone { item, kind, taken } => {
            Payload::of(&v1::ErrandDone { item: item.0, kind: kind.to_stored(), taken: *taken })
        }
        RouterEvent::PresenceChanged { agent, state, switched_off, connected, why } => {
            presence_changed(agent, state, switched_off, *connected, *why)
        }
        RouterEvent::AgentSeen { agent } => Payload::of(&v1::AgentSeen { agent: text(agent) }),
    }
}

fn item_created(
    item: WorkItemId,
    subject: &Subject,
    variables: &Variables,
    origin: &ItemOrigin,
    previous: Option<WorkItemId>,
    asked: Timestamp,
) -> Payload {
    Payload::of(&v1::ItemCreated {
        item: item.0,
        subject: subject.into(),
        variables: exposed(variables),
        origin: origin.into(),
        previous: previous.map(|previous| previous.0),
        asked_ms: asked.0,
    })
}

fn offered(item: WorkItemId, offer: &Offer, service_channel: &ServiceChannelId, size: u32) -> Payload {
    let service_channel = service_channel.as_str().to_owned();
    Payload::of(&v1::Offered { item: item.0, offer: offer.into(), service_channel, size })
}

fn offer_ended(item: WorkItemId, agent: &AgentId, why: &OfferEnd, exclude: Exclude) -> Payload {
    let (agent, why, exclude) = (text(agent), why.into(), exclude.into());
    Payload::of(&v1::OfferEnded { item: item.0, agent, why, exclude })
}

fn accepted(
    item: WorkItemId,
    agent: &AgentId,
    by: AllocatedBy,
    service_channel: Option<&ServiceChannelId>,
    size: u32,
) -> Payload {
    Payload::of(&v1::Accepted {
        item: item.0,
        agent: text(agent),
        by: by.to_stored(),
        service_channel: service_channel.map(|name| name.as_str().to_owned()),
        size,
    })
}

fn presence_changed(
    agent: &AgentId,
    state: &PresenceId,
    switched_off: &BTreeSet<ServiceChannelId>,
    connected: bool,
    why: PresenceWhy,
) -> Payload {
    Payload::of(&v1::PresenceChanged {
        agent: text(agent),
        state: state.as_str().to_owned(),
        switched_off: switched_off.iter().map(|name| name.as_str().to_owned()).collect(),
        connected,
        why: why.to_stored(),
    })
}
