//! What can be asked of one conversation. The roles decide which order a request becomes.

use super::list::{unreadable, wait_for};
use super::{accepted, conversation_id};
use crate::access::{Access, Agents, Caller, Everyone, Requesters, Writers};
use crate::body::{Body, Parsed};
use crate::failure::Failure;
use crate::idempotency;
use crate::sending::{self, reachable};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{EmptyRequest, PostMessageRequest, SeenRequest};
use domain::Role;
use engine::{Engine, Order};
use views::Conversations;

/// `POST /v1/conversations/{id}/messages`
pub(super) async fn messages(
    caller: Caller<Writers>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let message = body.json::<PostMessageRequest>().await?.value;
    let id = conversation_id(&id)?;
    let command = idempotency::from_header(&request, &caller, sending::fingerprint(&message)?)?;
    let answer = sending::to_conversation(&engine, &caller, id, message, command).await?;
    Ok(accepted(&answer))
}

/// `POST /v1/conversations/{id}/join`
pub(super) async fn join(
    caller: Caller<Agents>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    let order = Order::Join { agent: caller.agent()? };
    submit(&engine, &caller, &id, &request, bytes, order).await
}

/// `POST /v1/conversations/{id}/hold`
pub(super) async fn hold(
    caller: Caller<Agents>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    let order = Order::Hold { agent: caller.agent()? };
    submit(&engine, &caller, &id, &request, bytes, order).await
}

/// `POST /v1/conversations/{id}/resume`
pub(super) async fn resume(
    caller: Caller<Agents>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    let order = Order::Resume { agent: caller.agent()? };
    submit(&engine, &caller, &id, &request, bytes, order).await
}

/// `POST /v1/conversations/{id}/end`
pub(super) async fn end(
    caller: Caller<Everyone>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    let order = if speaks_for_requester(caller.role()) {
        Order::EndByRequester
    } else if caller.role() == Role::Agent {
        Order::EndByAgent { agent: caller.agent()? }
    } else {
        Order::EndBySupervisor { supervisor: caller.agent()? }
    };
    submit(&engine, &caller, &id, &request, bytes, order).await
}

/// `POST /v1/conversations/{id}/agent-request`
pub(super) async fn request_agent(
    caller: Caller<Requesters>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    submit(&engine, &caller, &id, &request, bytes, Order::RequestAgent).await
}

/// `DELETE /v1/conversations/{id}/agent-request`
pub(super) async fn cancel_request(
    caller: Caller<Requesters>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    submit(&engine, &caller, &id, &request, bytes, Order::CancelRequest).await
}

/// `POST /v1/conversations/{id}/opened`
pub(super) async fn opened(
    caller: Caller<Requesters>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
    view: Data<Conversations>,
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    let id = conversation_id(&id)?;
    let command = idempotency::from_header(&request, &caller, bytes)?;
    let contact = reachable(&engine, &caller, id).await?.contact;
    wait_for(&view, engine.contact_head(contact)).await?;
    let view = view.into_inner();
    let unread = web::block(move || view.unread_of(contact, id)).await?.map_err(unreadable)?;
    if unread == 0 {
        return Ok(HttpResponse::Ok().json(api::OpenedResponse { reassigned: false }));
    }
    let reassigned = engine.window_opened(id, caller.request(command)).await?;
    Ok(HttpResponse::Ok().json(api::OpenedResponse { reassigned }))
}

/// `POST /v1/conversations/{id}/seen`
pub(super) async fn seen(
    caller: Caller<Agents>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let Parsed { value: SeenRequest { up_to }, bytes } = body.json_or_nothing().await?;
    let order = Order::MarkSeen { agent: caller.agent()?, up_to: up_to.unwrap_or(u64::MAX) };
    submit(&engine, &caller, &id, &request, bytes, order).await
}

fn speaks_for_requester(role: Role) -> bool {
    matches!(role, Role::Requester | Role::Gateway)
}

/// Gives the order to the engine, unless the caller may not know of the conversation.
pub(super) async fn submit<A: Access>(
    engine: &Engine,
    caller: &Caller<A>,
    id: &str,
    request: &HttpRequest,
    body: Vec<u8>,
    order: Order,
) -> Result<HttpResponse, Failure> {
    let id = conversation_id(id)?;
    let command = idempotency::from_header(request, caller, body)?;
    if caller.is_confined() {
        reachable(engine, caller, id).await?;
    }
    let answer = engine.order(id, order, caller.request(command)).await?;
    Ok(accepted(&answer))
}
