//! What an agent who wants to write first can choose from: on which channels, from where, to whom (`PRO-5` to `PRO-7`).

use super::conversation_id;
use super::users::user_id;
use crate::access::{Agents, Caller};
use crate::failure::Failure;
use crate::query::Params;
use crate::sending::reachable;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use api::{ComposeChannel, ComposeRecipient, ComposeResponse};
use domain::channel::{ChannelSettings, Mode};
use domain::{Address, ChannelId, Personal, Rejection, UserId};
use engine::Engine;

/// To whom an agent writes: one who was named, else the one for whom the chat was opened (`PRO-7`).
enum Recipient {
    Named(UserId),
    OpenedFor(UserId),
}

/// `GET /v1/compose`
pub(super) async fn show(
    caller: Caller<Agents>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["user", "started_from"])?;
    let text = |name| params.get(name, "there", |text| Some(text.to_owned()));
    let recipient = recipient(&engine, &caller, text("user")?, text("started_from")?).await?;
    let phones = match &recipient {
        Some(recipient) => Some(phones(&engine, recipient).await?),
        None => None,
    };
    let configuration = engine.configuration();
    let mut offered: Vec<(&ChannelId, &ChannelSettings)> = configuration
        .channels
        .iter()
        .filter(|(_, it)| it.proactive.active && it.mode == Mode::Messaging)
        .filter(|(id, _)| caller.channel().is_none_or(|own| own == *id))
        .collect();
    offered.sort_by_key(|(id, settings)| (settings.proactive.order, *id));
    let mut channels = Vec::new();
    for (id, settings) in offered {
        channels.extend(channel(&engine, id, settings, phones.as_deref()).await?);
    }
    let recipient = recipient.as_ref().map(Recipient::shown);
    Ok(HttpResponse::Ok().json(ComposeResponse { recipient, channels }))
}

async fn recipient(
    engine: &Engine,
    caller: &Caller<Agents>,
    user: Option<String>,
    started_from: Option<String>,
) -> Result<Option<Recipient>, Failure> {
    let mut opened_for = None;
    if let Some(chat) = started_from {
        let chat = conversation_id(&chat)?;
        reachable(engine, caller, chat).await?;
        opened_for = engine.may_start_from(chat, &caller.agent()?).await?.user;
    }
    match user {
        Some(user) => Ok(Some(Recipient::Named(user_id(&user)?))),
        None => Ok(opened_for.map(Recipient::OpenedFor)),
    }
}

/// The numbers of a recipient. Whoever is named has to be in the directory; for whom a chat was opened may not be.
async fn phones(engine: &Engine, recipient: &Recipient) -> Result<Vec<Personal<Address>>, Failure> {
    let (Recipient::Named(user) | Recipient::OpenedFor(user)) = recipient;
    match (engine.user(user).await, recipient) {
        (Ok(user), _) => Ok(user.phones),
        (Err(engine::Error::Rejected(Rejection::UserUnknown)), Recipient::OpenedFor(_)) => Ok(Vec::new()),
        (Err(error), _) => Err(error.into()),
    }
}

/// A channel as it is offered; none if it wants a recipient who is known there, and this one is not (`PRO-6`).
async fn channel(
    engine: &Engine,
    id: &ChannelId,
    settings: &ChannelSettings,
    phones: Option<&[Personal<Address>]>,
) -> Result<Option<ComposeChannel>, Failure> {
    let require_existing = settings.proactive.require_existing_recipient;
    let mut to = Vec::new();
    for phone in phones.unwrap_or_default().iter().filter(|_| settings.kind.uses_phone_numbers()) {
        if !require_existing || has_profile(engine, id, phone.expose()).await? {
            to.push(phone.expose().as_str().to_owned());
        }
    }
    if require_existing && phones.is_some() && to.is_empty() {
        return Ok(None);
    }
    let from: Vec<String> = settings.addresses.iter().map(|address| address.as_str().to_owned()).collect();
    Ok(Some(ComposeChannel {
        channel: id.to_string(),
        kind: settings.kind.name().to_owned(),
        preselected_from: only(&from),
        from,
        preselected_to: only(&to),
        to,
        manual: settings.proactive.allow_manual_recipient,
    }))
}

async fn has_profile(engine: &Engine, channel: &ChannelId, address: &Address) -> Result<bool, Failure> {
    let contact = engine.contact(channel, address).await?;
    Ok(contact.is_some_and(|contact| contact.profile.is_some()))
}

fn only(choices: &[String]) -> Option<String> {
    if let [only] = choices { Some(only.clone()) } else { None }
}

impl Recipient {
    fn shown(&self) -> ComposeRecipient {
        let (user, source) = match self {
            Self::Named(user) => (user, "named"),
            Self::OpenedFor(user) => (user, "opened_for"),
        };
        ComposeRecipient { user: user.to_string(), source: source.to_owned() }
    }
}
