//! Messages that name a pair of addresses and not a conversation: from providers, and the first one of an agent.

use super::users::user_id;
use super::{accepted, conversation_id};
use crate::access::{Agents, Caller, Inbound};
use crate::body::Body;
use crate::content::{address, answer, company_address, content, parts, sent_at};
use crate::failure::Failure;
use crate::idempotency;
use crate::sending::{self, reachable};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{InboundRequest, PostMessageRequest, ProblemCode, StartConversationRequest};
use domain::channel::ChannelKind;
use domain::{Address, ChannelId, ConversationId, Parts, Personal, Role, UserId};
use engine::{Accepted, AgentInitiated, CommandId, Engine, Recipient};
use std::collections::BTreeMap;

/// Under which name the context of an agent's first message says from which chat it was started (`PRO-5`).
pub(super) const STARTED_FROM: &str = "started_from";

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
    let answer = take(&engine, &channel, kind, message, |command| caller.request(Some(command))).await?;
    Ok(accepted(&answer))
}

/// Takes a requester's message, whoever pushed it in.
pub(super) async fn take(
    engine: &Engine,
    channel: &ChannelId,
    kind: ChannelKind,
    message: InboundRequest,
    request: impl FnOnce(CommandId) -> engine::Request,
) -> Result<Accepted, Failure> {
    let command = idempotency::from_provider(channel, &message)?;
    let InboundRequest {
        provider_message_id: _,
        from,
        to,
        text,
        sent_at: written,
        attachments,
        context,
        answer: chosen,
    } = message;
    for (field, said) in [("from", &from), ("to", &to)] {
        if said.is_empty() {
            return Err(Failure::field(ProblemCode::InvalidBody, field, "this field is required"));
        }
    }
    let said = Parts { answer: answer(chosen)?, ..parts(text, attachments, context) };
    let inbound = engine::Inbound {
        from: Personal::new(address(kind, "from", &from)?),
        to: company_address(engine, (channel, kind), "to", &to)?,
        content: content(said)?,
        sent_at: sent_at(written.as_deref())?,
    };
    Ok(engine.inbound(channel, inbound, request(command)).await?)
}

/// A requester speaks for nobody else, and their ids are their own.
async fn from_requester(
    engine: &Engine,
    caller: &Caller<Inbound>,
    channel: &ChannelId,
    message: InboundRequest,
) -> Result<HttpResponse, Failure> {
    let InboundRequest { provider_message_id, from, to, text, sent_at, attachments, context, answer } =
        message;
    if !from.is_empty() && from != caller.principal().name {
        let why = "must be the token's subject: a requester writes as themselves";
        return Err(Failure::field(ProblemCode::InvalidAddress, "from", why));
    }
    let message =
        PostMessageRequest { text, attachments, sent_at, context, answer, ..PostMessageRequest::default() };
    let command = idempotency::from_requester(channel, caller, provider_message_id, &message)?;
    let to = Some(to.as_str()).filter(|to| !to.is_empty());
    let answer = sending::to_company(engine, caller, channel, to, message, Some(command)).await?;
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
    let StartConversationRequest {
        channel,
        to,
        from,
        text,
        attachments,
        user,
        take_over,
        context,
        started_from,
    } = parsed.value;
    let (channel, kind) = configured(&engine, &channel)?;
    caller.check_channel(&channel)?;
    let command = idempotency::from_header(&request, &caller, parsed.bytes)?;
    let chat = match &started_from {
        Some(id) => Some(conversation_id(id)?),
        None => None,
    };
    if let Some(chat) = chat {
        reachable(&engine, &caller, chat).await?;
    }
    let to = Some(to.as_str()).filter(|to| !to.is_empty());
    let (to, user) = recipient(&engine, kind, to, user.as_deref()).await?;
    let first = AgentInitiated {
        agent: caller.agent()?,
        to,
        user,
        take_over,
        from: company_address(&engine, (&channel, kind), "from", &from)?,
        content: content(parts(text, attachments, with_start(context, chat)?))?,
    };
    let request = caller.request(command);
    let answer = match chat {
        Some(chat) => engine.contribute_from(chat, &channel, first, request).await?,
        None => engine.contribute(&channel, first, request).await?,
    };
    Ok(accepted(&answer))
}

/// The chat is part of the first message's context (`PRO-5`); nobody else can say what it was.
fn with_start(
    mut context: BTreeMap<String, String>,
    chat: Option<ConversationId>,
) -> Result<BTreeMap<String, String>, Failure> {
    if context.contains_key(STARTED_FROM) {
        let why = "is said beside the context, as `started_from`";
        return Err(Failure::field(ProblemCode::InvalidBody, "context", why));
    }
    context.extend(chat.map(|chat| (STARTED_FROM.to_owned(), chat.to_string())));
    Ok(context)
}

/// To whom an agent writes: a user, an address, or a user at one of their addresses.
pub(super) async fn recipient(
    engine: &Engine,
    kind: ChannelKind,
    to: Option<&str>,
    user: Option<&str>,
) -> Result<(Personal<Address>, Option<UserId>), Failure> {
    let user = user.map(user_id).transpose()?;
    let recipient = match (to, &user) {
        (Some(to), _) => Recipient::Address(Personal::new(address(kind, "to", to)?)),
        (None, Some(user)) => Recipient::User(user.clone()),
        (None, None) => {
            return Err(Failure::field(ProblemCode::InvalidBody, "to", "is missing; or name a `user`"));
        }
    };
    Ok((engine.address_of(recipient).await?, user))
}

/// The channel of that name, and what addresses it has. One that is not configured may have been retired while
/// conversations on it go on, so whether it is unknown is for the engine to say.
pub(super) fn configured(engine: &Engine, name: &str) -> Result<(ChannelId, ChannelKind), Failure> {
    let unknown = || Failure::from(engine::Error::UnknownChannel);
    let channel = ChannelId::new(name).map_err(|_| unknown())?;
    let kind = engine.configuration().channels.get(&channel).map(|settings| settings.kind);
    Ok((channel, kind.unwrap_or(ChannelKind::Own)))
}
