//! Work items: those that are not over, what their agents and supervisors ask of them, and what happened to one.

use super::accepted;
use super::agents::agent_id;
use crate::access::{Agents, Caller, Staff, Supervisors};
use crate::body::{Body, Parsed};
use crate::content::time_text;
use crate::failure::Failure;
use crate::query::{Params, page};
use crate::{idempotency, look};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{
    AssignRequest, EmptyRequest, ItemHistoryResponse, ItemStepResponse, RejectRequest, WorkItemListResponse,
    WorkItemResponse,
};
use domain::router::{Refusal, Router, RouterEvent, WorkItem};
use domain::routing::{QueueId, RejectReasonId, WorkItemId};
use domain::{AgentId, ChannelId, ConversationId};
use engine::{Engine, ItemHistory, ItemStep};
use std::ops::Bound;

const PARAMS: &[&str] = &["queue", "agent", "place", "conversation", "cursor", "limit"];
const PLACES: [&str; 5] = ["unrouted", "queued", "offered", "accepting", "accepted"];

/// Which items a list shows.
struct Filter {
    channel: Option<ChannelId>,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
    place: Option<&'static str>,
    conversation: Option<ConversationId>,
}

/// `GET /v1/work-items`
pub(super) async fn list(
    caller: Caller<Staff>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, PARAMS)?;
    let limit = params.number("limit", 1..=1000, 100)?;
    let after = params.get("cursor", "the `next_cursor` of an earlier page", WorkItemId::parse)?;
    let mut filter = Filter {
        channel: caller.channel().cloned(),
        queue: params.get("queue", "the name of a queue", |name| QueueId::new(name).ok())?,
        agent: params.get("agent", "the name of an agent", |name| AgentId::new(name).ok())?,
        place: params.get("place", "one of the places of a work item", |name| {
            PLACES.into_iter().find(|place| *place == name)
        })?,
        conversation: params.get("conversation", "the id of a conversation", ConversationId::parse)?,
    };
    if let Some(agent) = &filter.agent {
        caller.check_agent(agent.as_str())?;
    } else if !caller.supervises() {
        filter.agent = Some(caller.agent()?);
    }
    let found = engine.look(move |router, now| {
        let items = items(router, &filter, after).filter(|item| filter.shows(item));
        let rows = items.map(|item| look::work_item(item, now));
        let (work_items, next_cursor) = page(rows, limit, |item: &WorkItemResponse| item.id.clone());
        WorkItemListResponse { work_items, next_cursor }
    });
    Ok(HttpResponse::Ok().json(found.await?))
}

/// `GET /v1/work-items/{id}`
pub(super) async fn show(
    caller: Caller<Staff>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    Params::read(&request, &[])?;
    let id = reachable_item(&engine, &caller, &id).await?;
    let own = if caller.supervises() { None } else { Some(caller.agent()?) };
    let found = engine.look(move |router, now| {
        let over = id.0 <= router.state().last_item;
        let gone = if over { Refusal::ItemOver } else { Refusal::ItemUnknown };
        let item = router.state().items.get(&id).ok_or(gone)?;
        if own.is_some() && item.agent() != own.as_ref() {
            return Err(Refusal::ItemUnknown);
        }
        Ok(WorkItemResponse { waiting: look::waiting(router, item, now), ..look::work_item(item, now) })
    });
    Ok(HttpResponse::Ok().json(found.await??))
}

/// `POST /v1/work-items/{id}/accept`
pub(super) async fn accept(
    caller: Caller<Agents>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    let command = idempotency::from_header(&request, &caller, bytes)?;
    let item = reachable_item(&engine, &caller, &id).await?;
    let answer = engine.accept(item, caller.agent()?, caller.request(command)).await?;
    Ok(accepted(&answer))
}

/// `POST /v1/work-items/{id}/reject`
pub(super) async fn reject(
    caller: Caller<Agents>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let Parsed { value: RejectRequest { reason }, bytes } = body.json_or_nothing().await?;
    let reason = reason.map(|name| RejectReasonId::new(&name)).transpose();
    let reason = reason.map_err(|_| Refusal::ReasonUnknown)?;
    let command = idempotency::from_header(&request, &caller, bytes)?;
    let item = reachable_item(&engine, &caller, &id).await?;
    let answer = engine.reject(item, caller.agent()?, reason, caller.request(command)).await?;
    Ok(accepted(&answer))
}

/// `POST /v1/work-items/{id}/assign`
pub(super) async fn assign(
    caller: Caller<Supervisors>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let Parsed { value: AssignRequest { agent }, bytes } = body.json().await?;
    let agent = agent_id(&agent)?;
    let command = idempotency::from_header(&request, &caller, bytes)?;
    let item = reachable_item(&engine, &caller, &id).await?;
    let answer = engine.assign(item, agent, caller.agent()?, caller.request(command)).await?;
    Ok(accepted(&answer))
}

/// `GET /v1/work-items/{id}/explain`
pub(super) async fn explain(
    caller: Caller<Supervisors>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["agent", "candidates"])?;
    let agent = params.get("agent", "the name of an agent", |name| AgentId::new(name).ok())?;
    let most = params.number("candidates", 0..=1000, 100)?;
    let ItemHistory { item, steps } = engine.explain(item_id(&id)?).await?;
    // An item that is over is known to the log alone, so its channel is learned from there.
    let elsewhere = steps.iter().any(|step| {
        matches!(&step.event, RouterEvent::ItemCreated { subject, .. }
            if caller.check_channel(&subject.channel).is_err())
    });
    if elsewhere {
        return Err(Refusal::ItemUnknown.into());
    }
    let steps = steps.iter().map(|it| step(it, agent.as_ref(), most)).collect();
    Ok(HttpResponse::Ok().json(ItemHistoryResponse { item: item.to_string(), steps }))
}

impl Filter {
    fn shows(&self, item: &WorkItem) -> bool {
        let Self { channel, queue, agent, place, conversation } = self;
        let queue_of_item = item.ticket.as_ref().map(|ticket| &ticket.queue);
        channel.as_ref().is_none_or(|channel| *channel == item.subject.channel)
            && queue.as_ref().is_none_or(|queue| Some(queue) == queue_of_item)
            && agent.as_ref().is_none_or(|agent| Some(agent) == item.agent())
            && place.is_none_or(|place| place == item.place.name())
            && conversation.is_none_or(|conversation| conversation == item.subject.conversation)
    }
}

/// The items after a number, the oldest first: of the conversation or the agent alone, where one is asked for.
fn items<'a>(
    router: &'a Router,
    filter: &Filter,
    after: Option<WorkItemId>,
) -> Box<dyn Iterator<Item = &'a WorkItem> + 'a> {
    let state = router.state();
    let range = (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
    let of_one = match (&filter.conversation, &filter.agent) {
        (Some(conversation), _) => Some(state.conversations.get(conversation)),
        (None, Some(agent)) => Some(state.agents.get(agent).map(|here| &here.items)),
        (None, None) => None,
    };
    match of_one {
        Some(Some(ids)) => Box::new(ids.range(range).filter_map(|id| state.items.get(id))),
        Some(None) => Box::new(std::iter::empty()),
        None => Box::new(state.items.range(range).map(|(_, item)| item)),
    }
}

fn step(step: &ItemStep, agent: Option<&AgentId>, most: usize) -> ItemStepResponse {
    ItemStepResponse {
        version: step.version,
        at: time_text(step.at),
        kind: step.type_name().to_owned(),
        cause: step.cause_json(),
        data: step.data(),
        field: step.field.as_ref().map(|field| look::field(field, agent, most)),
    }
}

/// The number in a path. A text that is none names no work item.
fn item_id(text: &str) -> Result<WorkItemId, Failure> {
    WorkItemId::parse(text).ok_or_else(|| Refusal::ItemUnknown.into())
}

/// The number in a path, if the caller's token is not confined to another channel than the item's.
async fn reachable_item<A>(engine: &Engine, caller: &Caller<A>, text: &str) -> Result<WorkItemId, Failure> {
    let id = item_id(text)?;
    let Some(own) = caller.channel().cloned() else { return Ok(id) };
    let elsewhere = engine
        .look(move |router, _| router.state().items.get(&id).is_some_and(|item| item.subject.channel != own));
    if elsewhere.await? { Err(Refusal::ItemUnknown.into()) } else { Ok(id) }
}
