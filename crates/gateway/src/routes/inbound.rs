//! Messages that name a pair of addresses and not a conversation: from providers, and the first one of an agent.

use super::accepted;
use crate::access::{Agents, Caller, Inbound};
use crate::body::Body;
use crate::content::{address, content, sent_at};
use crate::failure::Failure;
use crate::idempotency;
use crate::sending;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{InboundRequest, PostMessageRequest, ProblemCode, StartConversationRequest};
use domain::channel::ChannelKind;
use domain::{ChannelId, Personal, Role};
use engine::{AgentInitiated, Engine};
use std::collections::BTreeMap;

/// `POST /v1/channels/{channel}/inbound`
pub(super) async fn inbound(
    caller: Caller<Inbound>,
    channel: Path<String>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let (channel, kind) = configured(&engine, &channel)?;
    caller.check_channel(&channel)?;
    let message = body.json::<InboundRequest>().await?.value;
    if caller.role() == Role::Requester {
        return from_requester(&engine, &caller, &channel, message).await;
    }
    let command = idempotency::from_provider(&channel, &message)?;
    let InboundRequest { provider_message_id: _, from, to, text, sent_at: written, attachments, context } =
        message;
    let inbound = engine::Inbound {
        from: Personal::new(address(kind, "from", &from)?),
        to: address(kind, "to", &to)?,
        content: content(text, attachments, context)?,
        sent_at: sent_at(written.as_deref())?,
    };
    let answer = engine.inbound(&channel, inbound, caller.request(Some(command))).await?;
    Ok(accepted(&answer))
}

/// A requester speaks for nobody else, and their ids are their own.
async fn from_requester(
    engine: &Engine,
    caller: &Caller<Inbound>,
    channel: &ChannelId,
    message: InboundRequest,
) -> Result<HttpResponse, Failure> {
    let InboundRequest { provider_message_id, from, to, text, sent_at, attachments, context } = message;
    if from != caller.principal().name {
        let why = "must be the token's subject: a requester writes as themselves";
        return Err(Failure::field(ProblemCode::InvalidAddress, "from", why));
    }
    let message = PostMessageRequest { text, attachments, sent_at, context };
    let command = idempotency::from_requester(channel, caller, provider_message_id, &message)?;
    let answer = sending::to_company(engine, caller, channel, Some(&to), message, Some(command)).await?;
    Ok(accepted(&answer))
}

/// `POST /v1/conversations`
pub(super) async fn start(
    caller: Caller<Agents>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let parsed = body.json::<StartConversationRequest>().await?;
    let StartConversationRequest { channel, to, from, text, attachments } = parsed.value;
    let (channel, kind) = configured(&engine, &channel)?;
    caller.check_channel(&channel)?;
    let command = idempotency::from_header(&request, &caller, parsed.bytes)?;
    let first = AgentInitiated {
        agent: caller.agent()?,
        to: Personal::new(address(kind, "to", &to)?),
        from: address(kind, "from", &from)?,
        content: content(text, attachments, BTreeMap::new())?,
    };
    let answer = engine.contribute(&channel, first, caller.request(command)).await?;
    Ok(accepted(&answer))
}

/// The channel of that name, and what addresses it has. One that is not configured may have been retired while
/// conversations on it go on, so whether it is unknown is for the engine to say.
fn configured(engine: &Engine, name: &str) -> Result<(ChannelId, ChannelKind), Failure> {
    let unknown = || Failure::from(engine::Error::UnknownChannel);
    let channel = ChannelId::new(name).map_err(|_| unknown())?;
    let kind = engine.configuration().channels.get(&channel).map(|settings| settings.kind);
    Ok((channel, kind.unwrap_or(ChannelKind::Own)))
}
