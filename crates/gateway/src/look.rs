//! What people see of the router, as it goes over the wire. All of it is computed where the router is looked at, so what
//! one answer says is true of one moment.

use crate::content::time_text;
use api::{
    AgentResponse, CandidateResponse, Card, ChannelLoad, FieldOfCandidates, OfferResponse, QueueResponse,
    UniversalLoad, Waiting, WorkItemResponse,
};
use domain::router::{
    AgentFigures, Candidate, ChannelFigures, Explanation, ItemOrigin, Obstacle, Offer, Place, QueueFigures,
    Router, Verdict, WorkItem, remaining_minutes,
};
use domain::routing::{QueueId, ServiceChannelId, presence_names};
use domain::{AgentId, Timestamp};

/// The most variables on a card (`WI-9`).
const CARD_VARIABLES_MAX: usize = 5;

/// An agent's figures; `None` if nobody knows the agent.
pub(crate) fn agent(router: &Router, id: &AgentId) -> Option<AgentResponse> {
    let AgentFigures { agent, presence: _, since, connected, channels, universal_in_use, universal_max } =
        router.agent_figures(id)?;
    let groups = router.routing().agents.get(id).map(|roster| &roster.groups);
    let load = |(name, figures): (ServiceChannelId, ChannelFigures)| {
        let ChannelFigures { on, in_use, max } = figures;
        (name.to_string(), ChannelLoad { on, in_use, max })
    };
    Some(AgentResponse {
        agent: agent.to_string(),
        groups: groups.into_iter().flatten().map(ToString::to_string).collect(),
        state: presence(router, id).to_owned(),
        since: since.map(time_text),
        connected,
        channels: channels.into_iter().map(load).collect(),
        universal: UniversalLoad { in_use: universal_in_use, max: universal_max },
    })
}

/// The name of an agent's presence state: offline for somebody who never came.
pub(crate) fn presence<'a>(router: &'a Router, id: &AgentId) -> &'a str {
    router.state().agents.get(id).map_or(presence_names::OFFLINE, |here| here.presence.as_str())
}

/// Whether the configuration knows an agent, or they have been here.
pub(crate) fn knows(router: &Router, id: &AgentId) -> bool {
    router.routing().agents.contains_key(id) || router.state().agents.contains_key(id)
}

/// A queue's figures; `None` if there is no such queue.
pub(crate) fn queue(router: &Router, id: &QueueId, now: Timestamp) -> Option<QueueResponse> {
    let settings = router.routing().queues.get(id)?;
    let QueueFigures { queue, queued, offered, oldest, estimate, late, anybody_online } =
        router.queue_figures(id, now)?;
    Some(QueueResponse {
        queue: queue.to_string(),
        service_channel: settings.service_channel.to_string(),
        active: settings.active,
        queued,
        offered,
        oldest_wait_ms: oldest.map(|since| now.since_ms(since).max(0)),
        estimate_s: estimate.map(|estimate| estimate.0),
        late,
        anybody_online,
    })
}

/// A work item without its place in line.
pub(crate) fn work_item(item: &WorkItem, now: Timestamp) -> WorkItemResponse {
    let unrouted = match &item.place {
        Place::Unrouted(why) => Some(why.name()),
        Place::Queued | Place::Offered(_) | Place::Accepting(_) | Place::Accepted { .. } => None,
    };
    let (allocated_by, on_hold) = match &item.place {
        Place::Accepted { by, on_hold, .. } => (Some(by.name()), *on_hold),
        Place::Unrouted(_) | Place::Queued | Place::Offered(_) | Place::Accepting(_) => (None, false),
    };
    WorkItemResponse {
        id: item.id.to_string(),
        conversation: item.subject.conversation.to_string(),
        channel: item.subject.channel.to_string(),
        origin: origin(&item.origin).to_owned(),
        previous: item.previous.map(|previous| previous.to_string()),
        place: item.place.name().to_owned(),
        unrouted: unrouted.map(str::to_owned),
        queue: item.ticket.as_ref().map(|ticket| ticket.queue.to_string()),
        service_channel: item.service_channel.as_ref().map(ToString::to_string),
        size: item.size,
        agent: item.agent().map(ToString::to_string),
        allocated_by: allocated_by.map(str::to_owned),
        on_hold,
        offer: item.offer().map(offer),
        offers: item.offers,
        rejected: item.rejected,
        timed_out: item.timed_out,
        late: item.exceeded_target,
        asked_at: time_text(item.asked),
        waited_ms: waited_ms(item, now),
        waiting: None,
    }
}

/// Where an item stands in line; `None` unless it waits in a queue, or is offered from one. Direct offers and transfers
/// to an agent have neither position nor estimate (`EWT-1`).
pub(crate) fn waiting(router: &Router, item: &WorkItem, now: Timestamp) -> Option<Waiting> {
    let ticket = item.ticket.as_ref()?;
    let left = |estimate| remaining_minutes(estimate, now.since_ms(ticket.since));
    Some(Waiting {
        queue: Some(ticket.queue.to_string()),
        position: router.position(item.id).map(|before| before + 1),
        estimated_minutes: router.estimate(item.id, now).map(left),
    })
}

/// A work item as a card of its agent's inbox.
pub(crate) fn card(router: &Router, item: &WorkItem, now: Timestamp) -> Card {
    let WorkItemResponse { id, conversation, channel, place, queue, service_channel, .. } =
        work_item(item, now);
    let settings = item.ticket.as_ref().and_then(|ticket| router.routing().queues.get(&ticket.queue));
    let pending = item.offer();
    let (arrived, on_hold) = match &item.place {
        Place::Offered(offer) | Place::Accepting(offer) => (offer.at, false),
        Place::Accepted { arrived, on_hold, .. } => (*arrived, *on_hold),
        Place::Unrouted(_) | Place::Queued => (item.asked, false),
    };
    let variables = item.variables.iter().take(CARD_VARIABLES_MAX);
    Card {
        item: id,
        conversation,
        channel,
        place,
        queue,
        priority: settings.map(|queue| queue.priority),
        service_channel,
        size: item.size,
        arrived_at: time_text(arrived),
        offered_at: pending.map(|offer| time_text(offer.at)),
        expires_at: pending.and_then(|offer| offer.expires).map(time_text),
        reject_allowed: pending.map(|offer| offer.reject_allowed),
        transferred_from: pending.and_then(|offer| offer.transferred_from.as_ref()).map(ToString::to_string),
        waited_ms: waited_ms(item, now),
        late: item.exceeded_target,
        on_hold,
        variables: variables.map(|(name, value)| (name.clone(), value.expose().clone())).collect(),
    }
}

/// Who came into question: this agent alone if one is named, and so many at the most.
pub(crate) fn field(explanation: &Explanation, only: Option<&AgentId>, most: usize) -> FieldOfCandidates {
    let Explanation { item: _, at: _, open_pools, candidates } = explanation;
    let asked_for = |candidate: &&Candidate| only.is_none_or(|agent| *agent == candidate.agent);
    let shown: Vec<CandidateResponse> =
        candidates.iter().filter(asked_for).take(most).map(candidate).collect();
    let omitted = candidates.len() - shown.len();
    FieldOfCandidates { open_pools: *open_pools, candidates: shown, omitted }
}

fn candidate(candidate: &Candidate) -> CandidateResponse {
    let agent = candidate.agent.to_string();
    match &candidate.verdict {
        Verdict::Candidate { rank, pool, preferred, room } => {
            CandidateResponse::Ranked { agent, rank: *rank, pool: *pool, preferred: *preferred, room: *room }
        }
        Verdict::Filtered(obstacle) => {
            let (obstacle, skill) = name(obstacle);
            CandidateResponse::Filtered { agent, obstacle: obstacle.to_owned(), skill }
        }
    }
}

/// An obstacle's name for clients, and the skill if it is one.
fn name(obstacle: &Obstacle) -> (&'static str, Option<String>) {
    let name = match obstacle {
        Obstacle::NotInPool => "not_in_pool",
        Obstacle::PoolNotOpen => "pool_not_open",
        Obstacle::Inactive => "inactive",
        Obstacle::Presence => "presence",
        Obstacle::ChannelOff => "channel_off",
        Obstacle::ChannelFull => "channel_full",
        Obstacle::UniversalFull => "universal_full",
        Obstacle::Declined => "declined",
        Obstacle::HeldForOther => "held_for_other",
        Obstacle::MissingSkill(skill) => return ("missing_skill", Some(skill.to_string())),
        Obstacle::Shift => "shift",
    };
    (name, None)
}

fn offer(offer: &Offer) -> OfferResponse {
    let Offer { agent: _, number, at, expires, pool, reject_allowed, transferred_from } = offer;
    OfferResponse {
        number: *number,
        offered_at: time_text(*at),
        expires_at: expires.map(time_text),
        pool: *pool,
        reject_allowed: *reject_allowed,
        transferred_from: transferred_from.as_ref().map(ToString::to_string),
    }
}

const fn origin(origin: &ItemOrigin) -> &'static str {
    match origin {
        ItemOrigin::Asked => "asked",
        ItemOrigin::Reassigned { .. } => "reassigned",
        ItemOrigin::ToQueue { .. } => "to_queue",
        ItemOrigin::ToAgent { .. } => "to_agent",
        ItemOrigin::ByHand => "by_hand",
    }
}

/// How long the requester has waited, or had waited when the agent got it.
fn waited_ms(item: &WorkItem, now: Timestamp) -> i64 {
    let until = match &item.place {
        Place::Accepted { at, .. } => *at,
        Place::Unrouted(_) | Place::Queued | Place::Offered(_) | Place::Accepting(_) => now,
    };
    until.since_ms(item.asked).max(0)
}
