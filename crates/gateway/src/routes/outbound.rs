//! What goes out over gateways that pull it, what they say of it, and what was given up.

use super::accepted;
use crate::access::{Admins, Caller, Gateways};
use crate::body::{Body, Parsed};
use crate::content::{show_attachment, show_choice, time_text};
use crate::failure::Failure;
use crate::idempotency;
use crate::query::Params;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{
    AckOutcome, AckRequest, DeadLetterListResponse, DeadLetterResponse, DeliveryResponse, EmptyRequest,
    OutboundResponse, ProblemCode, ReceiptRequest, ReceiptStatus,
};
use domain::{ChannelId, Rejection};
use engine::{
    DeadLetter, Delivery, DeliveryKey, Engine, OutboundCursor, Outgoing, OutgoingMessage, Receipt, Settlement,
};
use std::time::Duration;
use tokio::sync::Semaphore;

/// The longest that a reader may wait for something to pull.
const WAIT_S_MAX: u64 = 30;
/// So many may wait at once (X1).
static WAITERS: Semaphore = Semaphore::const_new(256);
/// The longest code and the longest name of a provider for a message, in characters.
const CODE_MAX: usize = domain::conversation::CODE_MAX;
const PROVIDER_ID_MAX: usize = domain::conversation::PROVIDER_ID_MAX;

/// `GET /v1/channels/{channel}/outbound`
pub(super) async fn list(
    caller: Caller<Gateways>,
    channel: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let channel = channel_id(&channel)?;
    caller.check_channel(&channel)?;
    let params = Params::read(&request, &["after", "limit", "wait_s"])?;
    let limit = params.number("limit", 1..=100, 50)?;
    let after = params.get("after", "the `next_cursor` of an earlier page", OutboundCursor::parse)?;
    let wait = Duration::from_secs(params.number("wait_s", 0..=WAIT_S_MAX, 0)?);
    let (found, next) = if wait.is_zero() {
        engine.outbound(&channel, after, limit).await?
    } else {
        let _permit = WAITERS
            .try_acquire()
            .map_err(|_| Failure::from(engine::Error::Overloaded("readers that wait to pull")))?;
        engine.outbound_within(&channel, after, limit, wait).await?
    };
    Ok(HttpResponse::Ok().json(OutboundResponse {
        next_cursor: next.map(|cursor| cursor.to_string()),
        deliveries: found.into_iter().filter_map(delivery).collect(),
    }))
}

/// `POST /v1/channels/{channel}/outbound/{key}/ack`
pub(super) async fn ack(
    caller: Caller<Gateways>,
    path: Path<(String, String)>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let Parsed { value, bytes } = body.json::<AckRequest>().await?;
    let settlement = settlement(value)?;
    let key = on_channel(&engine, &caller, &path).await?;
    let command = idempotency::from_header(&request, &caller, bytes)?;
    Ok(accepted(&engine.settle_delivery(key, settlement, caller.request(command)).await?))
}

/// `POST /v1/channels/{channel}/outbound/{key}/receipt`
pub(super) async fn receipt(
    caller: Caller<Gateways>,
    path: Path<(String, String)>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let Parsed { value: ReceiptRequest { status, code }, bytes } = body.json::<ReceiptRequest>().await?;
    let status = match status {
        ReceiptStatus::Delivered => domain::conversation::ReceiptStatus::Delivered,
        ReceiptStatus::Read => domain::conversation::ReceiptStatus::Read,
        ReceiptStatus::Failed => domain::conversation::ReceiptStatus::Failed,
    };
    let code = code.map(|code| checked("code", code, CODE_MAX)).transpose()?;
    let key = on_channel(&engine, &caller, &path).await?;
    let command = idempotency::from_header(&request, &caller, bytes)?;
    let receipt = Receipt { status, code, opted_out: false };
    Ok(accepted(&engine.receipt(key, receipt, caller.request(command)).await?))
}

/// `GET /v1/dead-letters`
pub(super) async fn dead_letters(
    caller: Caller<Admins>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["channel", "after", "limit"])?;
    let limit = params.number("limit", 1..=1000, 100)?;
    let after = params.get("after", "the `next_cursor` of an earlier page", DeliveryKey::parse)?;
    let channel = params
        .get("channel", "the name of a channel", |name| ChannelId::new(name).ok())?
        .or_else(|| caller.channel().cloned());
    if let Some(channel) = &channel {
        caller.check_channel(channel)?;
    }
    let (letters, next) = engine.dead_letters(channel.as_ref(), after, limit).await?;
    Ok(HttpResponse::Ok().json(DeadLetterListResponse {
        dead_letters: letters.into_iter().map(dead_letter).collect(),
        next_cursor: next.map(|key| key.to_string()),
    }))
}

/// `POST /v1/dead-letters/{key}/redrive`
pub(super) async fn redrive(
    caller: Caller<Admins>,
    path: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let (key, wanted) = about_dead(&engine, &caller, &path, &request, body).await?;
    Ok(accepted(&engine.redrive(key, wanted).await?))
}

/// `POST /v1/dead-letters/{key}/discard`
pub(super) async fn discard(
    caller: Caller<Admins>,
    path: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let (key, wanted) = about_dead(&engine, &caller, &path, &request, body).await?;
    Ok(accepted(&engine.discard(key, wanted).await?))
}

async fn about_dead(
    engine: &Engine,
    caller: &Caller<Admins>,
    key: &str,
    request: &HttpRequest,
    body: Body,
) -> Result<(DeliveryKey, engine::Request), Failure> {
    let bytes = body.json_or_nothing::<EmptyRequest>().await?.bytes;
    let key = delivery_key(key)?;
    if caller.is_confined() {
        reachable(engine, caller, key, None).await?;
    }
    let command = idempotency::from_header(request, caller, bytes)?;
    Ok((key, caller.request(command)))
}

/// The key in a path, if it is one of the path's channel.
async fn on_channel(
    engine: &Engine,
    caller: &Caller<Gateways>,
    (channel, key): &(String, String),
) -> Result<DeliveryKey, Failure> {
    let channel = channel_id(channel)?;
    caller.check_channel(&channel)?;
    let key = delivery_key(key)?;
    reachable(engine, caller, key, Some(&channel)).await?;
    Ok(key)
}

async fn reachable<A>(
    engine: &Engine,
    caller: &Caller<A>,
    key: DeliveryKey,
    channel: Option<&ChannelId>,
) -> Result<(), Failure> {
    let there = engine.channel_of(key).await?;
    let is_there = channel.is_none_or(|channel| *channel == there);
    let is_own = caller.channel().is_none_or(|own| *own == there);
    if is_there && is_own { Ok(()) } else { Err(unknown()) }
}

fn unknown() -> Failure {
    Rejection::DeliveryUnknown.into()
}

fn channel_id(name: &str) -> Result<ChannelId, Failure> {
    ChannelId::new(name).map_err(|_| engine::Error::UnknownChannel.into())
}

fn delivery_key(text: &str) -> Result<DeliveryKey, Failure> {
    DeliveryKey::parse(text).ok_or_else(unknown)
}

fn settlement(AckRequest { outcome, provider_id, code }: AckRequest) -> Result<Settlement, Failure> {
    match (outcome, provider_id, code) {
        (AckOutcome::Sent, provider_id, None) => {
            let checked = provider_id.map(|id| checked("provider_id", id, PROVIDER_ID_MAX));
            Ok(Settlement::Sent { provider_id: checked.transpose()? })
        }
        (AckOutcome::Failed, None, Some(code)) => {
            Ok(Settlement::Failed { code: checked("code", code, CODE_MAX)? })
        }
        (AckOutcome::Failed, None, None) => {
            Err(Failure::field(ProblemCode::InvalidBody, "code", "this field is required of what failed"))
        }
        (AckOutcome::Sent, _, Some(_)) => {
            Err(Failure::field(ProblemCode::InvalidBody, "code", "what was sent has none"))
        }
        (AckOutcome::Failed, Some(_), _) => {
            Err(Failure::field(ProblemCode::InvalidBody, "provider_id", "what failed has none"))
        }
    }
}

fn checked(field: &str, text: String, max: usize) -> Result<String, Failure> {
    if (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text);
    }
    let expected = format!("expected 1 to {max} visible ASCII characters");
    Err(Failure::field(ProblemCode::InvalidBody, field, expected))
}

/// Only what is said to requesters waits to be pulled.
fn delivery(delivery: Delivery) -> Option<DeliveryResponse> {
    let Outgoing::Message(message) = delivery.what else { return None };
    let OutgoingMessage {
        channel: _,
        kind: _,
        from,
        to,
        message,
        agent,
        notice,
        notification,
        text,
        attachments,
        choices,
    } = *message;
    Some(DeliveryResponse {
        key: delivery.key.to_string(),
        conversation_id: delivery.key.conversation().map(|id| id.to_string()),
        at: time_text(delivery.at),
        from: from.as_str().to_owned(),
        to: to.expose().as_str().to_owned(),
        message_id: message.map(|id| id.to_string()),
        agent: agent.map(|agent| agent.to_string()),
        notice: notice.map(|notice| notice.name().to_owned()),
        notification_id: notification.map(|id| id.to_string()),
        text: text.expose().clone(),
        attachments: attachments.iter().map(show_attachment).collect(),
        choices: choices.iter().map(show_choice).collect(),
    })
}

fn dead_letter(DeadLetter { key, channel, code, at }: DeadLetter) -> DeadLetterResponse {
    DeadLetterResponse {
        key: key.to_string(),
        conversation_id: key.conversation().map(|id| id.to_string()),
        channel: channel.to_string(),
        code,
        at: time_text(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Settlement, ProblemCode> {
        settlement(serde_json::from_str(body).unwrap()).map_err(|failure| failure.code())
    }

    /// CH-10
    #[test]
    fn an_ack_says_how_it_went_and_nothing_that_does_not_belong_to_it() {
        let sent = |id: Option<&str>| Ok(Settlement::Sent { provider_id: id.map(str::to_owned) });
        assert_eq!(read(r#"{"outcome":"sent"}"#), sent(None));
        assert_eq!(read(r#"{"outcome":"sent","provider_id":"SM1"}"#), sent(Some("SM1")));
        let failed = Settlement::Failed { code: "no_route".to_owned() };
        assert_eq!(read(r#"{"outcome":"failed","code":"no_route"}"#), Ok(failed));
        let long = format!(r#"{{"outcome":"failed","code":"{}"}}"#, "x".repeat(CODE_MAX + 1));
        for illegal in [
            r#"{"outcome":"failed"}"#,
            r#"{"outcome":"failed","code":""}"#,
            r#"{"outcome":"failed","code":"no route"}"#,
            r#"{"outcome":"failed","code":"a","provider_id":"SM1"}"#,
            r#"{"outcome":"sent","code":"a"}"#,
            r#"{"outcome":"sent","provider_id":""}"#,
            &long,
        ] {
            assert_eq!(read(illegal), Err(ProblemCode::InvalidBody), "{illegal}");
        }
    }
}
