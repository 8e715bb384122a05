//! What an integrator's virtual agent does with a conversation that it has (section 11).

use super::commands::submit;
use crate::access::{Caller, Gateways};
use crate::body::{Body, Parsed};
use crate::failure::Failure;
use crate::sending::said_by_agent;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{EmptyRequest, PostMessageRequest};
use engine::{Engine, Order};

/// `POST /v1/conversations/{id}/virtual-agent/messages`
pub(super) async fn messages(
    caller: Caller<Gateways>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let Parsed { value, bytes } = body.json::<PostMessageRequest>().await?;
    let order = Order::PostVirtual { content: said_by_agent(&engine, value)? };
    submit(&engine, &caller, &id, &request, bytes, order).await
}

/// `POST /v1/conversations/{id}/virtual-agent/end`
pub(super) async fn end(
    caller: Caller<Gateways>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    submit(&engine, &caller, &id, &request, bytes, Order::EndByVirtualAgent).await
}
