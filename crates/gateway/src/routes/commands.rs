//! What can be asked of one conversation. The roles decide which order a request becomes.

use super::list::{unreadable, wait_for};
use super::{accepted, conversation_id, reachable};
use crate::access::{Access, Agents, Caller, Everyone, Requesters, Writers};
use crate::body::{Body, Parsed};
use crate::content::{answer, choices, content, parts, sent_at};
use crate::failure::Failure;
use crate::idempotency;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{EmptyRequest, PostMessageRequest, ProblemCode, SeenRequest};
use domain::{ComponentName, Content, Parts, Role};
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
    let Parsed { value, bytes } = body.json::<PostMessageRequest>().await?;
    let order = if speaks_for_requester(caller.role()) {
        said_by_requester(value)?
    } else {
        Order::Post { agent: caller.agent()?, content: said_by_agent(&engine, value)? }
    };
    submit(&engine, &caller, &id, &request, bytes, order).await
}

fn said_by_requester(said: PostMessageRequest) -> Result<Order, Failure> {
    let PostMessageRequest {
        text,
        attachments,
        sent_at: written,
        context,
        choices,
        component,
        answer: chosen,
    } = said;
    for (field, is_there) in [("choices", !choices.is_empty()), ("component", component.is_some())] {
        if is_there {
            return Err(Failure::field(
                ProblemCode::InvalidBody,
                field,
                "is for agents; a requester answers",
            ));
        }
    }
    let content = content(Parts { answer: answer(chosen)?, ..parts(text, attachments, context) })?;
    Ok(Order::Receive { content, sent_at: sent_at(written.as_deref())? })
}

/// `MSG-26`: a component brings its own words, and is sent as it is configured at this moment.
pub(super) fn said_by_agent(engine: &Engine, said: PostMessageRequest) -> Result<Content, Failure> {
    let PostMessageRequest {
        text,
        attachments,
        sent_at: written,
        context,
        choices: offered,
        component,
        answer,
    } = said;
    let invalid = |field, why: &str| Err(Failure::field(ProblemCode::InvalidBody, field, why));
    if written.is_some() {
        return invalid(
            "sent_at",
            "is the requester's; what an agent writes counts from when it is accepted",
        );
    }
    if answer.is_some() {
        return invalid("answer", "is the requester's; an agent offers choices");
    }
    let Some(name) = component else {
        return content(Parts { choices: choices(offered)?, ..parts(text, attachments, context) });
    };
    if !text.is_empty() || !attachments.is_empty() || !offered.is_empty() {
        return invalid(
            "component",
            "brings its own text and choices; leave out text, choices and attachments",
        );
    }
    let name = ComponentName::new(&name).ok();
    let configuration = engine.configuration();
    let found = name.and_then(|name| Some(configuration.components.get(&name)?.content(&name)));
    found.ok_or_else(|| {
        let detail = "there is no such component; GET /v1/configuration/components lists them";
        Failure::field(ProblemCode::ComponentUnknown, "component", detail)
    })
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
