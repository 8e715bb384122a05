//! What Twilio posts: messages of requesters, and what became of ours. It bears no token; the signature with the
//! account's auth token says who it is, and is checked before anything is believed.

use super::inbound::take;
use crate::body::{Body, Media};
use crate::failure::Failure;
use crate::observe::RequestId;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{Attachment, InboundRequest, ProblemCode};
use channels::Channels;
use channels::twilio::{Fields, FormError, Inbound, Receipt, Refused, Status, signature};
use domain::channel::ChannelKind;
use domain::conversation::ReceiptStatus;
use domain::{ChannelId, Principal, Rejection, Role};
use engine::{DeliveryKey, Engine};
use std::collections::BTreeMap;

/// What Twilio is to do now: nothing. Answers are sent when there are some.
const NOTHING: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;

/// `POST /v1/channels/{channel}/twilio`
pub(super) async fn inbound(
    request: HttpRequest,
    channel: Path<String>,
    body: Body,
    channels: Data<Channels>,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let (channel, fields) = signed(&request, &channel, body, &channels).await?;
    let Inbound { sid, from, to, text, media } = Inbound::read(&fields).map_err(malformed)?;
    let attachments = media.into_iter().map(|media| Attachment {
        url: media.url.expose().clone(),
        content_type: media.content_type,
        name: None,
        size_bytes: None,
    });
    // MSG-25: under the same id as one that an integrator's gateway pushes in, so it does not matter who is faster.
    let message = InboundRequest {
        provider_message_id: sid,
        from: from.expose().clone(),
        to,
        text: text.expose().clone(),
        sent_at: None,
        attachments: attachments.collect(),
        context: BTreeMap::new(),
        answer: None,
    };
    // ID-8: whatever the channel is, Twilio's numbers are E.164.
    take(&engine, &channel, ChannelKind::Sms, message, |command| asked(&request, Some(command))).await?;
    Ok(nothing())
}

/// `POST /v1/channels/{channel}/twilio/status/{key}`
pub(super) async fn status(
    request: HttpRequest,
    path: Path<(String, String)>,
    body: Body,
    channels: Data<Channels>,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let (channel, key) = path.into_inner();
    let (channel, fields) = signed(&request, &channel, body, &channels).await?;
    let status = Status::read(&fields).map_err(malformed)?;
    let key = DeliveryKey::parse(&key)
        .ok_or_else(|| Failure::new(ProblemCode::RouteUnknown, "there is no such delivery"))?;
    receipt(&engine, &channel, key, &status, asked(&request, None)).await?;
    Ok(nothing())
}

/// Tells the engine what became of a delivery (`MSG-19`, `OPT-4`). The one place where a provider's report comes in.
async fn receipt(
    engine: &Engine,
    channel: &ChannelId,
    key: DeliveryKey,
    status: &Status,
    request: engine::Request,
) -> Result<(), Failure> {
    let (status, code, opted_out) = match &status.receipt {
        // It is on its way, which is known since it was sent.
        None => return Ok(()),
        Some(Receipt::Delivered) => (ReceiptStatus::Delivered, None, false),
        Some(Receipt::Read) => (ReceiptStatus::Read, None, false),
        Some(Receipt::Failed { code, opted_out }) => (ReceiptStatus::Failed, Some(code.clone()), *opted_out),
    };
    // One account's token says nothing of another's.
    if engine.channel_of(key).await? != *channel {
        return Err(Rejection::DeliveryUnknown.into());
    }
    engine.receipt(key, engine::Receipt { status, code, opted_out }, request).await?;
    Ok(())
}

/// The channel and the fields of a request that Twilio has signed for it.
async fn signed(
    request: &HttpRequest,
    channel: &str,
    body: Body,
    channels: &Channels,
) -> Result<(ChannelId, Fields), Failure> {
    let unknown =
        || Failure::new(ProblemCode::ChannelUnknown, "no channel of this name is connected to Twilio");
    let channel = ChannelId::new(channel).map_err(|_| unknown())?;
    let receiver = channels.twilio(&channel).ok_or_else(unknown)?;
    let given =
        request.headers().get(signature::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // As it was sent: the words of the URL are signed, and not what they mean.
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let fields = match body.form_or_json().await? {
        (Media::Form, bytes) => receiver.form(path, given, &bytes),
        (Media::Json | Media::Csv | Media::Other, bytes) => receiver.json(path, given, &bytes),
    };
    let fields = fields.map_err(|refused| match refused {
        Refused::WrongSignature => Failure::new(
            ProblemCode::SignatureInvalid,
            "`X-Twilio-Signature` is not by this channel's auth token for delivery.public_url and this path",
        ),
        Refused::Malformed(error) => malformed(error),
    })?;
    Ok((channel, fields))
}

fn malformed(error: FormError) -> Failure {
    match error {
        FormError::Field(field) => {
            Failure::field(ProblemCode::InvalidBody, field, "missing, or not what Twilio sends")
        }
        FormError::TooMuch | FormError::BadJson => Failure::new(ProblemCode::InvalidBody, error.to_string()),
    }
}

fn asked(request: &HttpRequest, command: Option<engine::CommandId>) -> engine::Request {
    let principal = Principal { role: Role::Gateway, name: "twilio".to_owned() };
    engine::Request { principal, correlation: RequestId::of(request).0, command }
}

fn nothing() -> HttpResponse {
    HttpResponse::Ok().content_type("text/xml").body(NOTHING)
}
