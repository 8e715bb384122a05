//! Queues: how they stand.

use crate::access::{Caller, Staff};
use crate::failure::Failure;
use crate::look;
use crate::query::{Params, page};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{QueueListResponse, QueueResponse};
use domain::router::Refusal;
use domain::routing::QueueId;
use engine::Engine;
use std::ops::Bound;

/// `GET /v1/queues`
pub(super) async fn list(
    _: Caller<Staff>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["cursor", "limit"])?;
    let limit = params.number("limit", 1..=1000, 100)?;
    let cursor = params
        .get("cursor", "the `next_cursor` of an earlier page", |name| QueueId::new(name).ok())?
        .map_or(Bound::Unbounded, Bound::Excluded);
    let found = engine.look(move |router, now| {
        let queues = router.routing().queues.range((cursor, Bound::Unbounded));
        let figures = queues.filter_map(|(id, _)| look::queue(router, id, now));
        let (queues, next_cursor) = page(figures, limit, |queue: &QueueResponse| queue.queue.clone());
        QueueListResponse { queues, next_cursor }
    });
    Ok(HttpResponse::Ok().json(found.await?))
}

/// `GET /v1/queues/{id}`
pub(super) async fn show(
    _: Caller<Staff>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    Params::read(&request, &[])?;
    let id = queue_id(&id)?;
    let found = engine.look(move |router, now| look::queue(router, &id, now)).await?;
    Ok(HttpResponse::Ok().json(found.ok_or(Refusal::QueueUnknown)?))
}

/// The queue in a path or a body. A text that is no name names no queue.
pub(super) fn queue_id(text: &str) -> Result<QueueId, Failure> {
    QueueId::new(text).map_err(|_| Refusal::QueueUnknown.into())
}
