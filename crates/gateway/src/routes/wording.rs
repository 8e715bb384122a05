//! Texts, components and files as administrators read them and change them. Each change is an event with its author.

use super::configuration::{change, understood};
use crate::access::{Admins, Caller, Staff};
use crate::body::Body;
use crate::configuration::{self as words};
use crate::failure::Failure;
use crate::query::Params;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::FieldError;
use api::configuration::{ComponentsResponse, Text, TextsResponse};
use domain::configuration::Change;
use domain::notice::NoticeKey;
use domain::{ChannelId, ComponentName, Rejection};
use engine::Engine;

/// `GET /v1/configuration/texts`
pub(super) async fn texts(
    caller: Caller<Admins>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    Params::read(&request, &[])?;
    let texts = words::show_texts(&engine.configuration().texts);
    Ok(HttpResponse::Ok().json(TextsResponse { texts }))
}

/// `GET /v1/configuration/texts/{language}/{key}`
pub(super) async fn text(
    caller: Caller<Admins>,
    path: Path<(String, String)>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    Params::read(&request, &[])?;
    let (language, key) = (&path.0, notice_key(&path.1)?);
    let configuration = engine.configuration();
    let text = configuration.texts.get(language, key).ok_or(Rejection::EntryUnknown)?;
    Ok(HttpResponse::Ok().json(Text { text: text.to_owned() }))
}

/// `PUT /v1/configuration/texts/{language}/{key}`
pub(super) async fn put_text(
    caller: Caller<Admins>,
    path: Path<(String, String)>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    let (language, key) = path.into_inner();
    let key = notice_key(&key)?;
    let text = body.json::<Text>().await?.value.text;
    change(&engine, &caller, &Change::Text { language, key, text: Some(text) }).await
}

/// `DELETE /v1/configuration/texts/{language}/{key}`
pub(super) async fn remove_text(
    caller: Caller<Admins>,
    path: Path<(String, String)>,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    let (language, key) = path.into_inner();
    let key = notice_key(&key)?;
    change(&engine, &caller, &Change::Text { language, key, text: None }).await
}

/// `GET /v1/configuration/components`: also for those who send them.
pub(super) async fn components(
    _caller: Caller<Staff>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    Params::read(&request, &[])?;
    let components = words::show_all(&engine.configuration().components, words::show_component);
    Ok(HttpResponse::Ok().json(ComponentsResponse { components }))
}

/// `GET /v1/configuration/components/{name}`
pub(super) async fn component(
    _caller: Caller<Staff>,
    name: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    Params::read(&request, &[])?;
    let configuration = engine.configuration();
    let name = ComponentName::new(&name).map_err(|_| Rejection::EntryUnknown)?;
    let component = configuration.components.get(&name).ok_or(Rejection::EntryUnknown)?;
    Ok(HttpResponse::Ok().json(words::show_component(component)))
}

/// `PUT /v1/configuration/components/{name}`
pub(super) async fn put_component(
    caller: Caller<Admins>,
    name: Path<String>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    let name = ComponentName::new(&name).map_err(|error| {
        let error = FieldError { field: "components".to_owned(), detail: error.to_string() };
        Failure::bad_configuration(vec![error])
    })?;
    let component = understood(&format!("components.{name}"), body, words::read_component).await?;
    change(&engine, &caller, &Change::Component { name, component: Some(component) }).await
}

/// `DELETE /v1/configuration/components/{name}`
pub(super) async fn remove_component(
    caller: Caller<Admins>,
    name: Path<String>,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    let name = ComponentName::new(&name).map_err(|_| Rejection::EntryUnknown)?;
    change(&engine, &caller, &Change::Component { name, component: None }).await
}

/// `GET /v1/configuration/channels/{id}/attachments`: what is in force, set or not.
pub(super) async fn attachments(
    caller: Caller<Admins>,
    channel: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    Params::read(&request, &[])?;
    let channel = configured(&engine, &channel)?;
    let configuration = engine.configuration();
    Ok(HttpResponse::Ok().json(words::show_attachments(configuration.attachments(&channel))))
}

/// `PUT /v1/configuration/channels/{id}/attachments`
pub(super) async fn put_attachments(
    caller: Caller<Admins>,
    channel: Path<String>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    let channel = configured(&engine, &channel)?;
    let rules = understood(&format!("channels.{channel}"), body, words::read_attachments).await?;
    change(&engine, &caller, &Change::Attachments { channel, rules: Some(rules) }).await
}

/// `DELETE /v1/configuration/channels/{id}/attachments`
pub(super) async fn remove_attachments(
    caller: Caller<Admins>,
    channel: Path<String>,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    let channel = configured(&engine, &channel)?;
    change(&engine, &caller, &Change::Attachments { channel, rules: None }).await
}

fn notice_key(name: &str) -> Result<NoticeKey, Failure> {
    NoticeKey::parse(name).ok_or_else(|| Rejection::EntryUnknown.into())
}

/// A channel that there is.
fn configured(engine: &Engine, name: &str) -> Result<ChannelId, Failure> {
    let channel = ChannelId::new(name).ok();
    let channel = channel.filter(|channel| engine.configuration().channels.contains_key(channel));
    channel.ok_or_else(|| engine::Error::UnknownChannel.into())
}
