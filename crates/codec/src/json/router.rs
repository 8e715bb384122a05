//! Facts about routing as JSON.

use super::routing::demand;
use super::timestamp;
use domain::router::Variables;
use domain::router::{Errand, Exclude, ItemOrigin, Offer, OfferEnd, PresenceWhy, RouterEvent, Subject};
use domain::routing::{PresenceId, ServiceChannelId, WorkItemId};
use domain::{AgentId, Timestamp};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) const fn name(event: &RouterEvent) -> &'static str {
    match event {
        RouterEvent::Reconfigured { .. } => "router.reconfigured",
        RouterEvent::TakenIn { .. } => "router.taken_in",
        RouterEvent::ItemCreated { .. } => "router.item_created",
        RouterEvent::VariablesLearned { .. } => "router.variables_learned",
        RouterEvent::Queued { .. } => "router.queued",
        RouterEvent::Unrouted { .. } => "router.unrouted",
        RouterEvent::Offered { .. } => "router.offered",
        RouterEvent::OfferEnded { .. } => "router.offer_ended",
        RouterEvent::Accepting { .. } => "router.accepting",
        RouterEvent::Accepted { .. } => "router.accepted",
        RouterEvent::HoldChanged { .. } => "router.hold_changed",
        RouterEvent::TargetExceeded { .. } => "router.target_exceeded",
        RouterEvent::Ended { .. } => "router.ended",
        RouterEvent::ErrandGiven { .. } => "router.errand_given",
        RouterEvent::ErrandDone { .. } => "router.errand_done",
        RouterEvent::PresenceChanged { .. } => "router.presence_changed",
        RouterEvent::AgentSeen { .. } => "router.agent_seen",
    }
}

/// Everything that is about an item names it first.
pub(super) fn data(event: &RouterEvent) -> Value {
    match event {
        RouterEvent::Reconfigured { version, on } => json!({ "version": version, "on": on }),
        RouterEvent::TakenIn { partition, position } => {
            json!({ "partition": partition, "position": position })
        }
        RouterEvent::ItemCreated { item, subject, variables, origin, previous, asked } => {
            item_created(*item, subject, variables, origin, *previous, *asked)
        }
        RouterEvent::VariablesLearned { item, variables } => {
            json!({ "item": item.to_string(), "variables": self::variables(variables) })
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
        } => json!({
            "item": item.to_string(),
            "queue": queue.as_str(),
            "service_channel": service_channel.as_str(),
            "size": size,
            "skills": skills.iter().map(demand).collect::<Vec<_>>(),
            "affine": affine.iter().map(AgentId::as_str).collect::<Vec<_>>(),
            "hold_until": hold_until.map(timestamp),
            "spared": spared.as_ref().map(|(agent, until)| self::spared(agent, *until)),
            "overflow_from": overflow_from.as_ref().map(|queue| queue.as_str()),
        }),
        RouterEvent::Unrouted { item, why } => json!({ "item": item.to_string(), "why": why.name() }),
        RouterEvent::Offered { item, offer, service_channel, size } => {
            offered(*item, offer, service_channel, *size)
        }
        RouterEvent::OfferEnded { item, agent, why, exclude } => offer_ended(*item, agent, why, *exclude),
        RouterEvent::Accepting { item, agent } => {
            json!({ "item": item.to_string(), "agent": agent.as_str() })
        }
        RouterEvent::Accepted { item, agent, by, service_channel, size } => json!({
            "item": item.to_string(),
            "agent": agent.as_str(),
            "by": by.name(),
            "service_channel": service_channel.as_ref().map(|name| name.as_str()),
            "size": size,
        }),
        RouterEvent::HoldChanged { item, on_hold } => json!({ "item": item.to_string(), "on_hold": on_hold }),
        RouterEvent::TargetExceeded { item, due } => {
            json!({ "item": item.to_string(), "due": timestamp(*due) })
        }
        RouterEvent::Ended { item, ending } => json!({ "item": item.to_string(), "ending": ending.name() }),
        RouterEvent::ErrandGiven { item, errand } => {
            json!({ "item": item.to_string(), "errand": self::errand(errand) })
        }
        RouterEvent::ErrandDone { item, kind, taken } => {
            json!({ "item": item.to_string(), "kind": kind.name(), "taken": taken })
        }
        RouterEvent::PresenceChanged { agent, state, switched_off, connected, why } => {
            presence_changed(agent, state, switched_off, *connected, *why)
        }
        RouterEvent::AgentSeen { agent } => json!({ "agent": agent.as_str() }),
    }
}

fn item_created(
    item: WorkItemId,
    subject: &Subject,
    variables: &Variables,
    origin: &ItemOrigin,
    previous: Option<WorkItemId>,
    asked: Timestamp,
) -> Value {
    json!({
        "item": item.to_string(),
        "subject": self::subject(subject),
        "variables": self::variables(variables),
        "origin": self::origin(origin),
        "previous": previous.map(|previous| previous.to_string()),
        "asked": timestamp(asked),
    })
}

fn subject(subject: &Subject) -> Value {
    let Subject { conversation, contact, channel, kind, mode, company } = subject;
    json!({
        "conversation": conversation.to_string(),
        "contact": contact.to_string(),
        "channel": channel.as_str(),
        "kind": kind.map(|kind| kind.name()),
        "mode": mode.name(),
        "company": company.as_str(),
    })
}

fn variables(variables: &Variables) -> Map<String, Value> {
    variables.iter().map(|(key, value)| (key.clone(), json!(value.expose()))).collect()
}

fn origin(origin: &ItemOrigin) -> Value {
    match origin {
        ItemOrigin::Asked => json!({ "kind": "asked" }),
        ItemOrigin::Reassigned { from, by_action } => {
            json!({ "kind": "reassigned", "from": from.as_str(), "by_action": by_action })
        }
        ItemOrigin::ToQueue { from, queue } => {
            json!({ "kind": "to_queue", "from": from.as_str(), "queue": queue.as_str() })
        }
        ItemOrigin::ToAgent { from } => json!({ "kind": "to_agent", "from": from.as_str() }),
        ItemOrigin::ByHand => json!({ "kind": "by_hand" }),
    }
}

fn spared(agent: &AgentId, until: Timestamp) -> Value {
    json!({ "agent": agent.as_str(), "until": timestamp(until) })
}

fn offered(item: WorkItemId, offer: &Offer, service_channel: &ServiceChannelId, size: u32) -> Value {
    let Offer { agent, number, at, expires, pool, reject_allowed, transferred_from } = offer;
    json!({
        "item": item.to_string(),
        "offer": {
            "agent": agent.as_str(),
            "number": number,
            "at": timestamp(*at),
            "expires": expires.map(timestamp),
            "pool": pool,
            "reject_allowed": reject_allowed,
            "transferred_from": transferred_from.as_ref().map(AgentId::as_str),
        },
        "service_channel": service_channel.as_str(),
        "size": size,
    })
}

/// When an offer ran out stands beside the fact too, where the other facts that a time makes have it.
fn offer_ended(item: WorkItemId, agent: &AgentId, why: &OfferEnd, exclude: Exclude) -> Value {
    let mut because = json!({ "kind": why.name() });
    let due = match why {
        OfferEnd::Rejected { reason } => {
            because["reason"] = json!(reason.as_ref().map(|reason| reason.as_str()));
            None
        }
        OfferEnd::TimedOut { due } => {
            because["due"] = json!(timestamp(*due));
            Some(*due)
        }
        OfferEnd::PresenceChanged | OfferEnd::ConnectionLost | OfferEnd::Withdrawn => None,
    };
    let mut value = json!({
        "item": item.to_string(),
        "agent": agent.as_str(),
        "why": because,
        "exclude": self::exclude(exclude),
    });
    if let Some(due) = due {
        value["due"] = json!(timestamp(due));
    }
    value
}

fn exclude(exclude: Exclude) -> Value {
    match exclude {
        Exclude::No => json!({ "kind": "no" }),
        Exclude::Until(until) => json!({ "kind": "until", "until": timestamp(until) }),
        Exclude::ForGood => json!({ "kind": "for_good" }),
    }
}

fn errand(errand: &Errand) -> Value {
    let mut value = json!({
        "kind": errand.kind().name(),
        "conversation": errand.conversation().to_string(),
    });
    match errand {
        Errand::Assign { conversation: _, agent, offer, transferred_from, greeting } => {
            value["agent"] = json!(agent.as_str());
            value["offer"] = json!({ "item": offer.item.to_string(), "number": offer.number });
            value["transferred_from"] = json!(transferred_from.as_ref().map(AgentId::as_str));
            value["greeting"] = json!(greeting);
        }
        Errand::Unassign { conversation: _, agent } => value["agent"] = json!(agent.as_str()),
        Errand::EndWait { conversation: _, text } | Errand::Refuse { conversation: _, text } => {
            value["text"] = json!(text);
        }
        Errand::Tell { conversation: _, number, text } => {
            value["number"] = json!(number);
            value["text"] = json!(text);
        }
    }
    value
}

fn presence_changed(
    agent: &AgentId,
    state: &PresenceId,
    switched_off: &BTreeSet<ServiceChannelId>,
    connected: bool,
    why: PresenceWhy,
) -> Value {
    json!({
        "agent": agent.as_str(),
        "state": state.as_str(),
        "switched_off": switched_off.iter().map(ServiceChannelId::as_str).collect::<Vec<_>>(),
        "connected": connected,
        "why": why.name(),
    })
}
