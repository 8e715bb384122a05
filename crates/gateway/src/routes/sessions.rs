//! Guests come and stay.

use crate::access::{Caller, Guests};
use crate::auth::Authenticator;
use crate::body::Body;
use crate::failure::Failure;
use crate::sessions::{Sessions, forbidden};
use crate::stream::Streams;
use crate::stream::entry::check_origin;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use api::SessionRequest;
use domain::ChannelId;
use domain::channel::ChannelKind;

/// `POST /v1/sessions`: the one route that gives something to whoever asks. So it is off unless it is switched on, and
/// the body is not even read before the address is known to have asked little.
pub(super) async fn begin(
    request: HttpRequest,
    body: Body,
    sessions: Data<Sessions>,
    streams: Data<Streams>,
    authenticator: Data<Authenticator>,
) -> Result<HttpResponse, Failure> {
    sessions.check_allowed()?;
    check_origin(&request, &streams)?;
    sessions.check_rate(request.peer_addr().map(|peer| peer.ip()))?;
    let SessionRequest { channel, token } = body.json().await?.value;
    let channel = ChannelId::new(&channel).map_err(|_| engine::Error::UnknownChannel)?;
    let configuration = streams.engine.configuration();
    let settings = configuration.channels.get(&channel).ok_or(engine::Error::UnknownChannel)?;
    if settings.kind != ChannelKind::Mweb {
        return Err(forbidden("guests come to channels of kind mweb only"));
    }
    let session = sessions.begin(&authenticator, &channel, token.as_deref())?;
    Ok(HttpResponse::Created().json(session))
}

/// `POST /v1/sessions/renew`
pub(super) async fn renew(
    caller: Caller<Guests>,
    request: HttpRequest,
    sessions: Data<Sessions>,
    streams: Data<Streams>,
) -> Result<HttpResponse, Failure> {
    check_origin(&request, &streams)?;
    Ok(HttpResponse::Ok().json(sessions.renew(caller.identity())?))
}
