//! The integrator's users: whose numbers they are.

use crate::access::{Admins, Caller};
use crate::body::Body;
use crate::failure::Failure;
use crate::query::Params;
use crate::users;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{EmptyRequest, ImportResponse, PinRequest, ProblemCode, PutUserRequest, UserListResponse};
use domain::{Rejection, UserId};
use engine::{Engine, Imported};

/// The largest file that is imported at once, in bytes (`X1`).
const IMPORT_MAX: usize = 4 * 1024 * 1024;

/// `GET /v1/users`
pub(super) async fn list(
    _: Caller<Admins>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["after", "limit"])?;
    let limit = params.number("limit", 1..=100, 50)?;
    let after = params.get("after", "the id of a user", |text| UserId::new(text).ok())?;
    let page = engine.users(after.as_ref(), limit).await?;
    let users = page.users.iter().map(|(id, user)| users::shown(id, user)).collect();
    let next_after = page.next.map(|user| user.to_string());
    Ok(HttpResponse::Ok().json(UserListResponse { users, next_after }))
}

/// `GET /v1/users/{id}`
pub(super) async fn show(
    _: Caller<Admins>,
    id: Path<String>,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let id = user_id(&id)?;
    let user = engine.user(&id).await?;
    Ok(HttpResponse::Ok().json(users::shown(&id, &user)))
}

/// `PUT /v1/users/{id}`
pub(super) async fn put(
    caller: Caller<Admins>,
    id: Path<String>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let id = UserId::new(&id)
        .map_err(|error| Failure::field(ProblemCode::InvalidBody, "id", error.to_string()))?;
    let wanted = body.json::<PutUserRequest>().await?.value;
    let user = users::read(wanted).map_err(users::refused)?;
    let done = engine.put_users(vec![(id, user)], &caller.request(None)).await?;
    Ok(HttpResponse::Ok().json(shown(done)))
}

/// `DELETE /v1/users/{id}`
pub(super) async fn remove(
    caller: Caller<Admins>,
    id: Path<String>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    body.json_or_nothing::<EmptyRequest>().await?;
    engine.remove_user(&user_id(&id)?, &caller.request(None)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `PUT /v1/users/{id}/pin`
pub(super) async fn pin(
    caller: Caller<Admins>,
    id: Path<String>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let PinRequest { pin } = body.json::<PinRequest>().await?.value;
    if !users::is_pin(&pin) {
        return Err(Failure::field(ProblemCode::InvalidBody, "pin", "expected 4 to 12 digits"));
    }
    engine.set_pin(&user_id(&id)?, &pin, &caller.request(None)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/users/import`
pub(super) async fn import(
    caller: Caller<Admins>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let text = body.csv(IMPORT_MAX).await?;
    let users = users::read_csv(&text).map_err(users::refused)?;
    let done = engine.put_users(users, &caller.request(None)).await?;
    Ok(HttpResponse::Ok().json(shown(done)))
}

/// A text that is no id names no user.
pub(super) fn user_id(text: &str) -> Result<UserId, Failure> {
    UserId::new(text).map_err(|_| Rejection::UserUnknown.into())
}

fn shown(Imported { changed, unchanged }: Imported) -> ImportResponse {
    ImportResponse { changed, unchanged }
}
