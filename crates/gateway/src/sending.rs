//! Messages on their way to the engine, whether they came by HTTP or over a stream: the same checks and the same ids.

use crate::access::Caller;
use crate::content::{address, answer, choices, content, parts, sent_at};
use crate::failure::Failure;
use api::{PostMessageRequest, ProblemCode};
use domain::channel::ChannelKind;
use domain::conversation::Conversation;
use domain::{Address, ChannelId, ComponentName, Content, ConversationId, Parts, Personal, Role};
use engine::{Accepted, CommandId, Engine, EventRecord, Order};

/// How many events are read at a time to find out whether a conversation went on.
const PAGE: usize = 200;
/// How often at most (`X1`); where all those only say what became of deliveries, it is taken to have been over.
const PAGES_MAX: usize = 10;

/// Writes into one conversation and no other (`MSG-24`).
pub(crate) async fn to_conversation<A>(
    engine: &Engine,
    caller: &Caller<A>,
    id: ConversationId,
    message: PostMessageRequest,
    command: Option<CommandId>,
) -> Result<Accepted, Failure> {
    let order = if matches!(caller.role(), Role::Requester | Role::Gateway) {
        let written = sent_at(message.sent_at.as_deref())?;
        Order::Receive { content: said_by_requester(message)?, sent_at: written }
    } else {
        Order::Post { agent: caller.agent()?, content: said_by_agent(engine, message)? }
    };
    if caller.is_confined() {
        reachable(engine, caller, id).await?;
    }
    Ok(engine.order(id, order, caller.request(command)).await?)
}

fn said_by_requester(said: PostMessageRequest) -> Result<Content, Failure> {
    let PostMessageRequest { text, attachments, sent_at: _, context, choices, component, answer: chosen } =
        said;
    for (field, is_there) in [("choices", !choices.is_empty()), ("component", component.is_some())] {
        if is_there {
            return Err(Failure::field(
                ProblemCode::InvalidBody,
                field,
                "is for agents; a requester answers",
            ));
        }
    }
    content(Parts { answer: answer(chosen)?, ..parts(text, attachments, context) })
}

/// `MSG-26`: a component brings its own words, and is sent as it is configured at this moment.
pub(crate) fn said_by_agent(engine: &Engine, said: PostMessageRequest) -> Result<Content, Failure> {
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

/// A requester of the web writes to the company, into the active conversation or a new one (`LC-1`).
pub(crate) async fn to_company<A>(
    engine: &Engine,
    caller: &Caller<A>,
    channel: &ChannelId,
    to: Option<&str>,
    message: PostMessageRequest,
    command: Option<CommandId>,
) -> Result<Accepted, Failure> {
    let (from, kind) = own_address(engine, caller, channel)?;
    let sent_at = sent_at(message.sent_at.as_deref())?;
    let to = match to {
        Some(to) => address(kind, "to", to)?,
        None => only_address(engine, channel, "to")?,
    };
    let inbound = engine::Inbound { from, to, content: said_by_requester(message)?, sent_at };
    Ok(engine.inbound(channel, inbound, caller.request(command)).await?)
}

/// The requester's own address on a channel where requesters speak for themselves. On all others a gateway does, which
/// knows that the address is theirs.
fn own_address<A>(
    engine: &Engine,
    caller: &Caller<A>,
    channel: &ChannelId,
) -> Result<(Personal<Address>, ChannelKind), Failure> {
    caller.check_channel(channel)?;
    let kind = engine.configuration().channels.get(channel).map(|settings| settings.kind);
    let kind = kind.ok_or(engine::Error::UnknownChannel)?;
    if caller.role() != Role::Requester || !matches!(kind, ChannelKind::Mweb | ChannelKind::Own) {
        let why = "only a requester of a channel of kind mweb or own begins to write for themselves";
        return Err(Failure::new(ProblemCode::RoleForbidden, why));
    }
    Ok((Personal::new(address(kind, "from", &caller.principal().name)?), kind))
}

/// The company's address where there is no choice. A channel that takes any has its own name as one.
pub(crate) fn only_address(
    engine: &Engine,
    channel: &ChannelId,
    field: &'static str,
) -> Result<Address, Failure> {
    let configuration = engine.configuration();
    let settings = configuration.channels.get(channel).ok_or(engine::Error::UnknownChannel)?;
    let mut addresses = settings.addresses.iter();
    match (addresses.next(), addresses.next()) {
        (None, _) => address(settings.kind, field, channel.as_str()),
        (Some(only), None) => Ok(only.clone()),
        (Some(_), Some(_)) => {
            let why = "the company has several addresses on this channel; name one";
            Err(Failure::field(ProblemCode::InvalidBody, field, why))
        }
    }
}

/// The conversation, if the caller may know of it.
pub(crate) async fn reachable<A>(
    engine: &Engine,
    caller: &Caller<A>,
    id: ConversationId,
) -> Result<Conversation, Failure> {
    Ok(shown(engine, caller, id).await?.0)
}

/// The conversation, and how many of its first events are not for the caller: what was said to whoever had a requester's
/// place before is for those who work, and for nobody who has it now (`ID-9`).
pub(crate) async fn shown<A>(
    engine: &Engine,
    caller: &Caller<A>,
    id: ConversationId,
) -> Result<(Conversation, u64), Failure> {
    let conversation = engine.conversation(id).await?;
    if !caller.reaches(&conversation) {
        return Err(Failure::conversation_unknown());
    }
    if caller.role() != Role::Requester {
        return Ok((conversation, 0));
    }
    let hidden = engine.hidden_events(conversation.contact, id).await?;
    // Of one that was over by then there is nothing to know.
    if conversation.is_closed() && hidden > 0 && !went_on(engine, id, hidden).await? {
        return Err(Failure::conversation_unknown());
    }
    Ok((conversation, hidden))
}

/// Whether anything happened in a conversation behind its first `after` events but what became of what it had said: that
/// alone may be told after its end (`C1`).
async fn went_on(engine: &Engine, id: ConversationId, mut after: u64) -> Result<bool, Failure> {
    for _ in 0..PAGES_MAX {
        let page = engine.events(id, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(false) };
        after = last.version;
        if page.iter().filter_map(EventRecord::of_conversation).any(|fact| fact.settles().is_none()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A message's bytes for its fingerprint: what it says and not how its JSON is laid out, so that a client may repeat
/// over HTTP what it first sent over a stream (`L6`).
pub(crate) fn fingerprint(message: &PostMessageRequest) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(message).map_err(|error| Failure::internal(error.to_string()))
}
