//! The windows in which a requester looks at everything that was said to them, and what they have not read (`MSG-2` to
//! `MSG-10`).

use super::list::{unreadable, wait_for};
use super::requester::{PARAMS, named_in, requester, signs_in};
use crate::access::{Caller, Requesters};
use crate::body::Body;
use crate::failure::Failure;
use crate::query::Params;
use crate::shown::items;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{ProblemCode, RequesterRequest, UnreadOf, UnreadResponse, WindowChangedResponse, WindowResponse};
use domain::{ContactId, Rejection};
use engine::{Cursor, Engine};
use uuid::Uuid;
use views::{Conversations, WindowPage};

/// The most conversations of which a badge says how much is unread (`X1`).
const CONVERSATIONS_MAX: usize = 50;

/// `POST /v1/windows`
pub(super) async fn open(
    caller: Caller<Requesters>,
    body: Body,
    engine: Data<Engine>,
    view: Data<Conversations>,
) -> Result<HttpResponse, Failure> {
    let named = body.json_or_nothing::<RequesterRequest>().await?.value;
    let requester = requester(&engine, &caller, named, ProblemCode::InvalidBody)?;
    signs_in(&engine, &caller, &requester).await?;
    let opened = engine.open_window(&requester, &caller.request(None)).await?;
    let response = shown(&engine, &view, opened.contact, opened.window, opened.position).await?;
    // RE-10: they are back, and have something to read of an agent who may not be there.
    for (conversation, _) in unread_of_each(&view, opened.contact).await? {
        if let Some(conversation) = conversation {
            engine.window_opened(conversation, caller.request(None)).await?;
        }
    }
    Ok(HttpResponse::Ok().json(response))
}

/// `POST /v1/windows/{id}/page`
pub(super) async fn page(
    caller: Caller<Requesters>,
    id: Path<String>,
    body: Body,
    engine: Data<Engine>,
    view: Data<Conversations>,
) -> Result<HttpResponse, Failure> {
    let named = body.json_or_nothing::<RequesterRequest>().await?.value;
    let contact = engine.contact_id(&requester(&engine, &caller, named, ProblemCode::InvalidBody)?);
    let window = window_id(&id)?;
    let position = engine.page_window(contact, window, &caller.request(None)).await?;
    Ok(HttpResponse::Ok().json(shown(&engine, &view, contact, window, position).await?))
}

/// `POST /v1/windows/{id}/renew`
pub(super) async fn renew(
    caller: Caller<Requesters>,
    id: Path<String>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let named = body.json_or_nothing::<RequesterRequest>().await?.value;
    let contact = engine.contact_id(&requester(&engine, &caller, named, ProblemCode::InvalidBody)?);
    let position = engine.renew_window(contact, window_id(&id)?, &caller.request(None)).await?;
    Ok(HttpResponse::Ok().json(WindowChangedResponse { position: position.to_string() }))
}

/// `DELETE /v1/windows/{id}`
pub(super) async fn close(
    caller: Caller<Requesters>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let named = named_in(&Params::read(&request, PARAMS)?)?;
    let contact = engine.contact_id(&requester(&engine, &caller, named, ProblemCode::InvalidQuery)?);
    let position = engine.close_window(contact, window_id(&id)?, &caller.request(None)).await?;
    Ok(HttpResponse::Ok().json(WindowChangedResponse { position: position.to_string() }))
}

/// `GET /v1/unread`
pub(super) async fn unread(
    caller: Caller<Requesters>,
    request: HttpRequest,
    engine: Data<Engine>,
    view: Data<Conversations>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["channel", "address", "at_least"])?;
    let at_least = params.get("at_least", "the `position` of an earlier answer", Cursor::parse)?;
    let contact =
        engine.contact_id(&requester(&engine, &caller, named_in(&params)?, ProblemCode::InvalidQuery)?);
    if let Some(position) = at_least {
        wait_for(&view, position).await?;
    }
    let of_each = unread_of_each(&view, contact).await?;
    let folded = view.clone().into_inner();
    let look = move || Ok((folded.reading(contact)?.total(), folded.first_unread(contact)?));
    let (total, first) = web::block(look).await?.map_err(unreadable)?;
    let first = items(&engine, &view, contact, first.into_iter().collect()).await?.pop();
    let conversations = of_each.into_iter().map(|(conversation, unread)| UnreadOf {
        conversation_id: conversation.map(|id| id.to_string()),
        unread,
    });
    Ok(HttpResponse::Ok().json(UnreadResponse { total, conversations: conversations.collect(), first }))
}

/// What the window shows once its fact is folded in.
async fn shown(
    engine: &Engine,
    view: &Data<Conversations>,
    contact: ContactId,
    window: Uuid,
    position: Cursor,
) -> Result<WindowResponse, Failure> {
    wait_for(view, position).await?;
    let folded = view.clone().into_inner();
    let page = web::block(move || folded.window_page(contact, window)).await?.map_err(unreadable)?;
    // It may have been closed meanwhile.
    let WindowPage { items: found, separator, above, below, total } =
        page.ok_or(Failure::from(Rejection::WindowUnknown))?;
    Ok(WindowResponse {
        window_id: window.to_string(),
        position: position.to_string(),
        items: items(engine, view, contact, found).await?,
        separator,
        unread_above: above,
        unread_below: below,
        unread_total: total,
    })
}

async fn unread_of_each(
    view: &Data<Conversations>,
    contact: ContactId,
) -> Result<Vec<(Option<domain::ConversationId>, u64)>, Failure> {
    let view = view.clone().into_inner();
    web::block(move || view.unread_of_each(contact, CONVERSATIONS_MAX)).await?.map_err(unreadable)
}

/// A text that is no id names no window.
fn window_id(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Rejection::WindowUnknown.into())
}
