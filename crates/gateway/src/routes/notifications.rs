//! Simple notifications: something to read that belongs to no conversation (`NTF-1`).

use super::requester::requester;
use crate::access::{Caller, Notifiers};
use crate::body::Body;
use crate::content::company_address;
use crate::failure::Failure;
use crate::idempotency;
use crate::sending::only_address;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use api::{NotificationRequest, NotificationResponse, ProblemCode, RequesterRequest};
use domain::channel::ChannelKind;
use domain::contact::{Notification, NotificationError};
use domain::{Address, ChannelId};
use engine::{Engine, Notified};

/// `POST /v1/notifications`
pub(super) async fn notify(
    caller: Caller<Notifiers>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let parsed = body.json::<NotificationRequest>().await?;
    let NotificationRequest { channel, address, text, link, from } = parsed.value;
    let named = RequesterRequest { channel: Some(channel), address: Some(address) };
    let to = requester(&engine, &caller, named, ProblemCode::InvalidBody)?;
    let from = sender(&engine, &to.channel, from)?;
    let command = idempotency::from_header(&request, &caller, parsed.bytes)?;
    let notification = Notification::new(engine.new_message_id(), text, link, from).map_err(|error| {
        let field = match error {
            NotificationError::Text => "text",
            NotificationError::Link => "link",
        };
        Failure::field(ProblemCode::InvalidNotification, field, error.to_string())
    })?;
    let Notified { id, duplicate, position } =
        engine.notify(&to, notification, &caller.request(command)).await?;
    let (notification_id, position) = (id.to_string(), position.to_string());
    Ok(HttpResponse::Accepted().json(NotificationResponse { notification_id, duplicate, position }))
}

/// The company's address from which it leaves: the one that is named, or the only one. What is shown needs none.
fn sender(engine: &Engine, channel: &ChannelId, named: Option<String>) -> Result<Option<Address>, Failure> {
    let configuration = engine.configuration();
    let settings = configuration.channels.get(channel).ok_or(engine::Error::UnknownChannel)?;
    match named {
        Some(named) => company_address(engine, (channel, settings.kind), "from", &named).map(Some),
        None if settings.kind == ChannelKind::Mweb => Ok(None),
        None => only_address(engine, channel, "from").map(Some),
    }
}
