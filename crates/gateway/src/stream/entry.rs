//! Who may open a stream, and on what: origin, token or ticket, audience and cursor.

use crate::access::{Access as _, Caller, Streamers, bearer};
use crate::auth::Identity;
use crate::failure::Failure;
use crate::observe::RequestId;
use crate::query::Params;
use crate::stream::Streams;
use crate::stream::cursor::Cursor;
use crate::stream::feed::Feed;
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Data;
use api::ProblemCode;
use domain::contact::DeviceId;
use domain::{Address, ChannelId, Role};
use std::sync::Arc;
use views::Audience;

/// Somebody who may open a stream.
pub(crate) struct Entry {
    pub(crate) caller: Caller<Streamers>,
    pub(crate) streams: Arc<Streams>,
    /// The one channel that it is about; always there for a requester.
    pub(crate) channel: Option<ChannelId>,
    pub(crate) audience: Audience,
    /// The device of a requester on which it is (`MSG-11`).
    device: Option<DeviceId>,
}

impl Entry {
    /// Recognizes whoever asks, by token or by ticket, and what they may hear.
    pub(crate) fn of(request: &HttpRequest, params: &Params) -> Result<Self, Failure> {
        let ticket = params.get("ticket", "a ticket", |text| Some(text.to_owned()))?;
        // Without a ticket the token comes first, so that whoever has none learns nothing else.
        let bearer = if ticket.is_none() { Some(bearer(request)?) } else { None };
        if let Some(identity) = &bearer {
            check_role(identity)?;
        }
        let streams = request
            .app_data::<Data<Streams>>()
            .map(|streams| Arc::clone(streams))
            .ok_or_else(|| Failure::internal("the server has no streams"))?;
        check_origin(request, &streams)?;
        let identity = match (bearer, ticket) {
            (Some(identity), _) => identity,
            (None, ticket) => streams.tickets.take(&ticket.unwrap_or_default())?,
        };
        check_role(&identity)?;
        let asked = params.get("channel", "the name of a channel", |name| ChannelId::new(name).ok())?;
        let channel = channel(&streams, &identity, asked)?;
        let audience = audience(&streams, &identity, channel.as_ref())?;
        let device = params.get("device", "the name of a device", |name| DeviceId::new(name).ok())?;
        let caller = Caller::known(identity, RequestId::of(request));
        Ok(Self { caller, streams, channel, audience, device })
    }

    /// Begins to listen, from a cursor on or from now on. `lasting` is whether it is a connection and no poll.
    pub(crate) fn listen(&self, after: Option<&str>, lasting: bool) -> Result<Feed, Failure> {
        let after = match after {
            None => None,
            Some(text) => {
                let heads = self.streams.timeline.heads();
                let unknown = || {
                    let detail = "`after` must be a cursor of this server, or `start`";
                    Failure::new(ProblemCode::InvalidQuery, detail)
                };
                Some(Cursor::parse(text, &heads).ok_or_else(unknown)?)
            }
        };
        let identity = self.caller.identity().clone();
        let (audience, channel) = (self.audience.clone(), self.channel.clone());
        let mut feed = Feed::begin(&self.streams, identity, audience, channel, after, lasting)?;
        if let (Audience::Contact(contact), Some(device)) = (&self.audience, &self.device) {
            feed.is_on(self.streams.engine.device_in_use(*contact, device.clone()));
        }
        Ok(feed)
    }
}

/// A page may ask only if it is ours or listed. Who sends no origin is no browser.
pub(crate) fn check_origin(request: &HttpRequest, streams: &Streams) -> Result<(), Failure> {
    let mut origins = request.headers().get_all(header::ORIGIN);
    let Some(origin) = origins.next() else { return Ok(()) };
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let admitted = origin.to_str().is_ok_and(|origin| streams.web.admits(origin, host));
    if admitted && origins.next().is_none() {
        return Ok(());
    }
    let detail = "the page's origin is not listed in `web.origins`";
    Err(Failure::new(ProblemCode::OriginForbidden, detail))
}

fn check_role(identity: &Identity) -> Result<(), Failure> {
    let role = identity.principal.role;
    if Streamers::ROLES.contains(&role) {
        return Ok(());
    }
    let detail = format!("the token's role is {}; streams serve requester, agent, supervisor", role.name());
    Err(Failure::new(ProblemCode::RoleForbidden, detail))
}

/// The channel of the token, or the one that was asked for, or the only one.
fn channel(
    streams: &Streams,
    identity: &Identity,
    asked: Option<ChannelId>,
) -> Result<Option<ChannelId>, Failure> {
    match (&identity.channel, asked) {
        (Some(own), Some(asked)) if *own != asked => Err(Failure::new(
            ProblemCode::RoleForbidden,
            "the token's claim `channel` confines it to another channel",
        )),
        (Some(own), _) => Ok(Some(own.clone())),
        (None, Some(asked)) => Ok(Some(asked)),
        (None, None) if identity.principal.role != Role::Requester => Ok(None),
        (None, None) => {
            let configuration = streams.engine.configuration();
            let mut channels = configuration.channels.keys();
            match (channels.next(), channels.next()) {
                (Some(only), None) => Ok(Some(only.clone())),
                _ => Err(Failure::new(
                    ProblemCode::InvalidQuery,
                    "name the channel as `channel`, or use a token with a claim `channel`",
                )),
            }
        }
    }
}

fn audience(
    streams: &Streams,
    identity: &Identity,
    channel: Option<&ChannelId>,
) -> Result<Audience, Failure> {
    let name = &identity.principal.name;
    match (identity.principal.role, channel) {
        (Role::Requester, Some(channel)) => {
            let configuration = streams.engine.configuration();
            let settings = configuration.channels.get(channel).ok_or(engine::Error::UnknownChannel)?;
            let address: Address = settings.kind.address(name).map_err(|_| {
                Failure::new(ProblemCode::InvalidAddress, "the token's subject is no address of this channel")
            })?;
            Ok(Audience::Contact(streams.engine.contact_of(channel, &address)))
        }
        (Role::Agent, _) => {
            let agent = domain::AgentId::new(name)
                .map_err(|_| Failure::new(ProblemCode::RoleForbidden, "the token's subject is no agent"))?;
            Ok(Audience::Agent(agent))
        }
        (Role::Supervisor, _) => Ok(Audience::All),
        (Role::Requester | Role::Gateway | Role::Admin | Role::System, _) => {
            Err(Failure::new(ProblemCode::RoleForbidden, "streams serve requester, agent, supervisor"))
        }
    }
}
