//! How a requester is reached outside of windows: their devices, and when they want digests (`MSG-11` to `MSG-13`).

use super::requester::{PARAMS, named_in, requester, signs_in};
use crate::access::{Caller, Requesters};
use crate::body::Body;
use crate::failure::Failure;
use crate::query::Params;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{
    DeviceListResponse, DeviceRequest, DeviceResponse, DigestRequest, DigestResponse, ProblemCode,
    ReachChangedResponse, RequesterRequest,
};
use domain::Seconds;
use domain::contact::{DIGEST_AFTER_MAX, DIGEST_AFTER_MIN, Device, DeviceError, DeviceId, DigestWish};
use engine::{Cursor, Engine};

/// `PUT /v1/requester/devices/{id}`
pub(super) async fn register(
    caller: Caller<Requesters>,
    id: Path<String>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let DeviceRequest { channel, address, platform, token, language } =
        body.json::<DeviceRequest>().await?.value;
    let named = RequesterRequest { channel, address };
    let requester = requester(&engine, &caller, named, ProblemCode::InvalidBody)?;
    let device = Device::new(device_id(&id)?, &platform, token, language.as_deref()).map_err(|error| {
        let field = match error {
            DeviceError::Platform => "platform",
            DeviceError::Token => "token",
            DeviceError::Language => "language",
        };
        Failure::field(ProblemCode::InvalidBody, field, error.to_string())
    })?;
    signs_in(&engine, &caller, &requester).await?;
    changed(engine.register_device(&requester, device, &caller.request(None)).await?)
}

/// `GET /v1/requester/devices`
pub(super) async fn devices(
    caller: Caller<Requesters>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let named = named_in(&Params::read(&request, PARAMS)?)?;
    let requester = requester(&engine, &caller, named, ProblemCode::InvalidQuery)?;
    let devices = engine.reached(&requester).await?.devices.into_iter();
    let device =
        |Device { id, platform, language, .. }| DeviceResponse { id: id.to_string(), platform, language };
    Ok(HttpResponse::Ok().json(DeviceListResponse { devices: devices.map(device).collect() }))
}

/// `DELETE /v1/requester/devices/{id}`
pub(super) async fn remove(
    caller: Caller<Requesters>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let named = named_in(&Params::read(&request, PARAMS)?)?;
    let requester = requester(&engine, &caller, named, ProblemCode::InvalidQuery)?;
    changed(engine.remove_device(&requester, device_id(&id)?, &caller.request(None)).await?)
}

/// `PUT /v1/requester/digest`
pub(super) async fn wish(
    caller: Caller<Requesters>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let DigestRequest { channel, address, wish, after_s } = body.json::<DigestRequest>().await?.value;
    let named = RequesterRequest { channel, address };
    let requester = requester(&engine, &caller, named, ProblemCode::InvalidBody)?;
    let illegal = |what: String| Failure::field(ProblemCode::InvalidBody, "after_s", what);
    let wish = match (wish, after_s) {
        (api::DigestWish::Usual, None) => DigestWish::Usual,
        (api::DigestWish::Never, None) => DigestWish::Never,
        (api::DigestWish::After, Some(after_s)) => DigestWish::after(Seconds(after_s))
            .ok_or_else(|| illegal(format!("is {} to {}", DIGEST_AFTER_MIN.0, DIGEST_AFTER_MAX.0)))?,
        (api::DigestWish::After, None) => return Err(illegal("is needed with `after`".to_owned())),
        (api::DigestWish::Usual | api::DigestWish::Never, Some(_)) => {
            return Err(illegal("goes with `after` only".to_owned()));
        }
    };
    signs_in(&engine, &caller, &requester).await?;
    changed(engine.wish_digest(&requester, wish, &caller.request(None)).await?)
}

/// `GET /v1/requester/digest`
pub(super) async fn wished(
    caller: Caller<Requesters>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let named = named_in(&Params::read(&request, PARAMS)?)?;
    let requester = requester(&engine, &caller, named, ProblemCode::InvalidQuery)?;
    let (wish, after_s) = match engine.reached(&requester).await?.digest {
        DigestWish::Usual => (api::DigestWish::Usual, None),
        DigestWish::Never => (api::DigestWish::Never, None),
        DigestWish::After(span) => (api::DigestWish::After, Some(span.0)),
    };
    Ok(HttpResponse::Ok().json(DigestResponse { wish, after_s }))
}

fn device_id(text: &str) -> Result<DeviceId, Failure> {
    DeviceId::new(text).map_err(|error| {
        Failure::new(ProblemCode::InvalidQuery, format!("the device in the path is none: {error}"))
    })
}

fn changed(position: Cursor) -> Result<HttpResponse, Failure> {
    Ok(HttpResponse::Ok().json(ReachChangedResponse { position: position.to_string() }))
}
