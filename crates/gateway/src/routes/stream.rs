//! The live stream, over a WebSocket and in the two ways that get through everywhere else.

use crate::access::{Caller, Streamers};
use crate::failure::Failure;
use crate::query::Params;
use crate::stream::client::Client;
use crate::stream::entry::{Entry, check_origin};
use crate::stream::feed::{Feed, Step};
use crate::stream::slot::Close;
use crate::stream::socket::Socket;
use crate::stream::{HEARTBEAT_S, Streams, frame, hello, tickets};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use api::{ProblemCode, TicketResponse};
use futures_util::{FutureExt as _, Stream, stream};
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::Instant;

/// The most frames of one answer to a poll, but for the rest of what was read together.
const FRAMES_MAX: usize = 256;
/// The longest that a poll waits, in seconds.
const WAIT_MAX_S: u64 = 30;

/// `POST /v1/stream/tickets`
pub(super) async fn ticket(
    caller: Caller<Streamers>,
    request: HttpRequest,
    streams: Data<Streams>,
) -> Result<HttpResponse, Failure> {
    check_origin(&request, &streams)?;
    let ticket = streams.tickets.issue(caller.identity().clone())?;
    let expires_in_s = tickets::LIFETIME.as_secs();
    Ok(HttpResponse::Created().json(TicketResponse { ticket, expires_in_s }))
}

/// `GET /v1/stream`
pub(super) async fn socket(request: HttpRequest, payload: Payload) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["after", "ticket", "channel", "device"])?;
    let entry = Entry::of(&request, &params)?;
    let after = params.get("after", "a cursor", |text| Some(text.to_owned()))?;
    let (response, session, incoming) = actix_ws::handle(&request, payload).map_err(|_| {
        Failure::new(
            ProblemCode::UpgradeRequired,
            "ask for a WebSocket of version 13, or use the other routes",
        )
    })?;
    let feed = entry.listen(after.as_deref(), true)?;
    let frame_max = entry.streams.frame_max;
    let incoming =
        incoming.max_frame_size(frame_max).aggregate_continuations().max_continuation_size(frame_max);
    let hello = hello(&entry.streams, &feed).await;
    let Entry { caller, streams, channel, audience, .. } = entry;
    let client = Client::new(streams, caller, channel, audience);
    actix_web::rt::spawn(Socket { session, incoming, feed, client }.run(hello));
    Ok(response)
}

/// `GET /v1/stream/poll`
pub(super) async fn poll(request: HttpRequest) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["after", "ticket", "channel", "wait_s"])?;
    let entry = Entry::of(&request, &params)?;
    let after = params.get("after", "a cursor", |text| Some(text.to_owned()))?;
    let wait = Duration::from_secs(params.number("wait_s", 0..=WAIT_MAX_S, WAIT_MAX_S)?);
    let mut feed = entry.listen(after.as_deref(), false)?;
    let mut frames = Vec::new();
    // Who has no cursor yet needs one before anything may be missed.
    if after.is_some() {
        collect(&mut feed, &mut frames, Instant::now() + wait).await?;
    }
    // Frames are JSON already, and a cursor needs no escapes.
    let body = format!("{{\"cursor\":\"{}\",\"frames\":[{}]}}", feed.cursor(), frames.join(","));
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

/// Takes what there is; if there is nothing, waits for something.
async fn collect(feed: &mut Feed, frames: &mut Vec<String>, until: Instant) -> Result<(), Failure> {
    loop {
        let step = if frames.is_empty() {
            tokio::time::timeout_at(until, feed.next()).await.ok()
        } else if frames.len() >= FRAMES_MAX && !feed.has_ready() {
            None
        } else {
            feed.next().now_or_never()
        };
        match step {
            Some(Step::Frame(frame)) => frames.push(frame),
            Some(Step::Closed(Close::GOING_AWAY)) if frames.is_empty() => {
                return Err(Failure::new(ProblemCode::Draining, "the server is stopping; try again shortly"));
            }
            Some(Step::Closed(Close::FAILED)) => return Err(Failure::internal("a stream could not be read")),
            Some(Step::Closed(_)) | None => return Ok(()),
        }
    }
}

/// `GET /v1/stream/events`
pub(super) async fn events(request: HttpRequest) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["after", "ticket", "channel", "device"])?;
    let entry = Entry::of(&request, &params)?;
    let after = params.get("after", "a cursor", |text| Some(text.to_owned()))?;
    // A browser that connects again by itself repeats the URL; the header is newer.
    let last = request.headers().get("last-event-id").and_then(|id| id.to_str().ok());
    let feed = entry.listen(last.or(after.as_deref()), true)?;
    let hello = hello(&entry.streams, &feed).await;
    let mut response = HttpResponse::Ok();
    // A proxy must not collect what is meant to arrive at once.
    response.content_type("text/event-stream").insert_header(("x-accel-buffering", "no"));
    Ok(response.streaming(server_sent(hello, feed)))
}

/// Frames as server-sent events; a comment is the heartbeat.
fn server_sent(hello: String, feed: Feed) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let first = stream::once(std::future::ready(Ok(event(&hello))));
    let rest = stream::unfold(Some(feed), |feed| async move {
        let mut feed = feed?;
        let beat = Duration::from_secs(HEARTBEAT_S);
        Some(match tokio::time::timeout(beat, feed.next()).await {
            Err(_) if feed.slot().identity.has_expired() => (Ok(ended(Close::EXPIRED)), None),
            Err(_) => (Ok(Bytes::from_static(b":\n\n")), Some(feed)),
            Ok(Step::Frame(frame)) => (Ok(event(&frame)), Some(feed)),
            Ok(Step::Closed(why)) => (Ok(ended(why)), None),
        })
    });
    futures_util::StreamExt::chain(first, rest)
}

fn event(frame: &str) -> Bytes {
    match frame::cursor(frame) {
        Some(cursor) => Bytes::from(format!("id: {cursor}\ndata: {frame}\n\n")),
        None => Bytes::from(format!("data: {frame}\n\n")),
    }
}

fn ended(Close { code, reason }: Close) -> Bytes {
    let data = serde_json::json!({ "code": code, "reason": reason });
    Bytes::from(format!("event: close\ndata: {data}\n\n"))
}
