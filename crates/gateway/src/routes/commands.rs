//! What can be asked of one conversation. The roles decide which order a request becomes.

use super::{accepted, conversation_id};
use crate::access::{Access, Agents, Caller, Everyone, Requesters, Writers};
use crate::body::Body;
use crate::failure::Failure;
use crate::idempotency;
use crate::sending::{self, reachable};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{EmptyRequest, PostMessageRequest};
use domain::Role;
use engine::{Engine, Order};

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
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    let id = conversation_id(&id)?;
    let command = idempotency::from_header(&request, &caller, bytes)?;
    reachable(&engine, &caller, id).await?;
    let reassigned = engine.window_opened(id, caller.request(command)).await?;
    Ok(HttpResponse::Ok().json(api::OpenedResponse { reassigned }))
}

fn speaks_for_requester(role: Role) -> bool {
    matches!(role, Role::Requester | Role::Gateway)
}

/// Gives the order to the engine, unless the caller may not know of the conversation.
async fn submit<A: Access>(
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
