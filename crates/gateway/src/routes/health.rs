//! What an orchestrator and a monitoring system ask.

use crate::access::{Caller, Operators};
use crate::gauges;
use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::Engine;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

/// `GET /livez`: the process answers. It does not look at the engine, because restarting a process whose store is slow
/// makes it slower.
pub(super) async fn livez() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "alive": true }))
}

/// `GET /readyz`: commands are taken.
pub(super) async fn readyz(engine: Data<Engine>) -> HttpResponse {
    let ready = engine.health().ready;
    let mut response = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.json(json!({ "ready": ready }))
}

/// `GET /metrics`: what was recorded, and how the router stands just now where conversations are routed.
pub(super) async fn metrics(
    _: Caller<Operators>,
    handle: Data<PrometheusHandle>,
    engine: Option<Data<Engine>>,
) -> HttpResponse {
    // Without upkeep the exporter keeps every single measurement until somebody scrapes.
    handle.run_upkeep();
    let mut text = handle.render();
    // A router that cannot be looked at is no reason to withhold the rest: then it is needed most.
    if let Some(engine) = engine
        && engine.configuration().routing.is_on()
        && let Ok(gauges) = engine.look(gauges::render).await
    {
        text.push_str(&gauges);
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}
