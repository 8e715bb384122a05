//! What surrounds every request: its id, its span, its metrics, the headers of its answer and the shape of its failure.

use crate::failure::Failure;
use crate::metrics;
use crate::unread::Unread;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest};
use std::fmt;
use std::time::{Duration, Instant};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use uuid::Uuid;

/// One request's id: in the answer's `X-Request-Id`, in a problem's `instance`, in the log, and as the correlation of
/// all events that follow from it. Always ours: one from outside could collide or carry anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(pub(crate) Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl RequestId {
    /// The id that the outermost middleware gave to a request.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().copied().unwrap_or(Self(Uuid::nil()))
    }
}

/// The outermost middleware.
pub(crate) async fn observe(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = RequestId(Uuid::new_v4());
    request.extensions_mut().insert(id);
    let begun = Instant::now();
    let method = method_name(request.method());
    // P1: the pattern and not the path, and no query, because both may hold what a client put there.
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        method,
        route = Empty,
        status = Empty,
        latency_us = Empty,
    );
    let unread = Unread::of(&mut request);
    let response = next.call(request).instrument(span.clone()).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let (response, failure) = with_problem(response.map_into_boxed_body(), id);
    let status = response.status().as_u16();
    let elapsed = begun.elapsed();
    metrics::request(&route, method, status, elapsed);
    record(&span, &route, status, elapsed, failure);
    Ok(unread.hold(response))
}

/// What of a failure goes to the log.
struct Logged {
    code: &'static str,
    reason: String,
}

/// Gives the answer its headers, and a failure its shape: whatever failed, ours or the framework's, becomes a problem
/// that names this request.
fn with_problem(response: ServiceResponse, id: RequestId) -> (ServiceResponse, Option<Logged>) {
    let (request, mut response) = response.into_parts();
    let mut logged = None;
    let answered = response.error().map(|error| {
        let foreign;
        let failure = match error.as_error::<Failure>() {
            Some(failure) => failure,
            None => {
                foreign = Failure::foreign(error);
                &foreign
            }
        };
        logged = Some(Logged {
            code: failure.code().code(),
            reason: failure.reason().unwrap_or_default().to_owned(),
        });
        failure.answer(Some(id))
    });
    if let Some(answered) = answered {
        response = answered;
    }
    secure(response.headers_mut(), id);
    (ServiceResponse::new(request, response), logged)
}

fn secure(headers: &mut HeaderMap, id: RequestId) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Answers hold what people say; neither a browser nor a proxy may keep them.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

/// Says it once. An error is what somebody has to look at; a bound that was reached is a designed answer, and under load
/// there are many. Successes are for those who debug: at thousands of them a second the log would be the bottleneck, and
/// the metrics count them anyway.
fn record(span: &Span, route: &str, status: u16, elapsed: Duration, failure: Option<Logged>) {
    span.record("route", route);
    span.record("status", status);
    span.record("latency_us", u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX));
    let _entered = span.enter();
    match failure {
        Some(Logged { code, reason }) if status == 500 || !reason.is_empty() => {
            tracing::error!(code, reason, "request failed")
        }
        Some(Logged { code, .. }) => tracing::info!(code, "request refused"),
        None => tracing::debug!("request answered"),
    }
}

/// A client may send any word as a method; a metric may not have any number of labels (X1).
fn method_name(method: &Method) -> &'static str {
    [Method::GET, Method::POST, Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS]
        .iter()
        .zip(["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
        .find_map(|(known, name)| (known == method).then_some(name))
        .unwrap_or("other")
}
