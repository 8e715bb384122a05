//! Routing as administrators read it and change it, entry by entry. Each change is an event with its author.

use crate::access::{Admins, Caller};
use crate::body::Body;
use crate::configuration::{self as words, Reading};
use crate::failure::Failure;
use crate::query::Params;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::configuration::ChangedResponse;
use api::{FieldError, ProblemCode};
use domain::configuration::Change;
use domain::routing::{
    Entry, EntryKey, GroupId, PresenceId, QueueId, RejectReasonId, Routing, RuleId, ScheduleId,
    ServiceChannelId,
};
use domain::{AgentId, NameError, Rejection};
use engine::Engine;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

const KINDS: &str =
    "queues, agents, groups, rules, service_channels, reject_reasons, presence_states and schedules";

/// `GET /v1/configuration/routing`
pub(super) async fn all(
    caller: Caller<Admins>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    Params::read(&request, &[])?;
    answer(&engine, |routing| text(&words::show(routing))).await
}

/// `GET /v1/configuration/routing/settings`
pub(super) async fn settings(
    caller: Caller<Admins>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    Params::read(&request, &[])?;
    let settings = words::show_settings(&engine.configuration().routing.settings);
    Ok(HttpResponse::Ok().json(settings))
}

/// `GET /v1/configuration/routing/{kind}`
pub(super) async fn of_kind(
    caller: Caller<Admins>,
    kind: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    Params::read(&request, &[])?;
    answer(&engine, move |routing| match kind.as_str() {
        "queues" => entries(&kind, &routing.queues, words::show_queue),
        "agents" => entries(&kind, &routing.agents, words::show_agent),
        "groups" => entries(&kind, &routing.groups, words::show_group),
        "rules" => entries(&kind, &routing.rules, words::show_rule),
        "service_channels" => entries(&kind, &routing.service_channels, words::show_service_channel),
        "reject_reasons" => entries(&kind, &routing.reject_reasons, words::show_reject_reason),
        "presence_states" => entries(&kind, &routing.presence, words::show_presence_state),
        "schedules" => entries(&kind, &routing.schedules, words::show_schedule),
        _ => Err(kind_unknown()),
    })
    .await
}

/// `GET /v1/configuration/routing/{kind}/{name}`
pub(super) async fn entry(
    caller: Caller<Admins>,
    path: Path<(String, String)>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    Params::read(&request, &[])?;
    let Some(key) = key(&path)?.ok() else { return Err(Rejection::EntryUnknown.into()) };
    shown(&engine.configuration().routing, &key).ok_or_else(|| Rejection::EntryUnknown.into())
}

/// `PUT /v1/configuration/routing/settings`
pub(super) async fn put_settings(
    caller: Caller<Admins>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    let settings = understood(words::SETTINGS, body, words::read_settings).await?;
    change(&engine, &caller, &Change::Put(Entry::Settings(settings))).await
}

/// `PUT /v1/configuration/routing/{kind}/{name}`
pub(super) async fn put_entry(
    caller: Caller<Admins>,
    path: Path<(String, String)>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    let key = key(&path)?.map_err(|error| {
        let error = FieldError { field: path.0.clone(), detail: error.to_string() };
        Failure::bad_configuration(vec![error])
    })?;
    let entry = entry_of(key, body).await?;
    change(&engine, &caller, &Change::Put(entry)).await
}

/// `DELETE /v1/configuration/routing/{kind}/{name}`
pub(super) async fn remove_entry(
    caller: Caller<Admins>,
    path: Path<(String, String)>,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_unconfined()?;
    let Some(key) = key(&path)?.ok() else { return Err(Rejection::EntryUnknown.into()) };
    change(&engine, &caller, &Change::Remove(key)).await
}

/// The entry that a path names; inside, why nothing can have that name.
fn key(path: &(String, String)) -> Result<Result<EntryKey, NameError>, Failure> {
    let (kind, name) = path;
    Ok(match kind.as_str() {
        "queues" => QueueId::new(name).map(EntryKey::Queue),
        "agents" => AgentId::new(name).map(EntryKey::Agent),
        "groups" => GroupId::new(name).map(EntryKey::Group),
        "rules" => RuleId::new(name).map(EntryKey::Rule),
        "service_channels" => ServiceChannelId::new(name).map(EntryKey::ServiceChannel),
        "reject_reasons" => RejectReasonId::new(name).map(EntryKey::RejectReason),
        "presence_states" => PresenceId::new(name).map(EntryKey::Presence),
        "schedules" => ScheduleId::new(name).map(EntryKey::Schedule),
        _ => return Err(kind_unknown()),
    })
}

/// The kind is not repeated: it may hold anything (P1).
fn kind_unknown() -> Failure {
    Failure::new(ProblemCode::EntryUnknown, format!("there is no such kind of entries; there are {KINDS}"))
}

/// The entry of that key, if there is one.
fn shown(routing: &Routing, key: &EntryKey) -> Option<HttpResponse> {
    let mut ok = HttpResponse::Ok();
    Some(match key {
        EntryKey::Queue(id) => ok.json(words::show_queue(routing.queues.get(id)?)),
        EntryKey::Agent(id) => ok.json(words::show_agent(routing.agents.get(id)?)),
        EntryKey::Group(id) => ok.json(words::show_group(routing.groups.get(id)?)),
        EntryKey::Rule(id) => ok.json(words::show_rule(routing.rules.get(id)?)),
        EntryKey::ServiceChannel(id) => {
            ok.json(words::show_service_channel(routing.service_channels.get(id)?))
        }
        EntryKey::RejectReason(id) => ok.json(words::show_reject_reason(routing.reject_reasons.get(id)?)),
        EntryKey::Presence(id) => ok.json(words::show_presence_state(routing.presence.get(id)?)),
        EntryKey::Schedule(id) => ok.json(words::show_schedule(routing.schedules.get(id)?)),
    })
}

/// The entry that a body says.
async fn entry_of(key: EntryKey, body: Body) -> Result<Entry, Failure> {
    let place = key.to_string();
    Ok(match key {
        EntryKey::Queue(id) => Entry::Queue(id, Box::new(understood(&place, body, words::read_queue).await?)),
        EntryKey::Agent(id) => Entry::Agent(id, understood(&place, body, words::read_agent).await?),
        EntryKey::Group(id) => Entry::Group(id, understood(&place, body, words::read_group).await?),
        EntryKey::Rule(id) => Entry::Rule(id, understood(&place, body, words::read_rule).await?),
        EntryKey::ServiceChannel(id) => {
            Entry::ServiceChannel(id, understood(&place, body, words::read_service_channel).await?)
        }
        EntryKey::RejectReason(id) => {
            Entry::RejectReason(id, understood(&place, body, words::read_reject_reason).await?)
        }
        EntryKey::Presence(id) => {
            Entry::Presence(id, understood(&place, body, words::read_presence_state).await?)
        }
        EntryKey::Schedule(id) => Entry::Schedule(id, understood(&place, body, words::read_schedule).await?),
    })
}

pub(super) async fn understood<W: DeserializeOwned, E>(
    place: &str,
    body: Body,
    read: fn(W, &mut Reading) -> Option<E>,
) -> Result<E, Failure> {
    let said = body.json::<W>().await?.value;
    let mut at = Reading::of(place);
    let entry = read(said, &mut at);
    at.finish(entry).map_err(Failure::bad_configuration)
}

pub(super) async fn change(
    engine: &Engine,
    caller: &Caller<Admins>,
    change: &Change,
) -> Result<HttpResponse, Failure> {
    let changed = engine.change(change, &caller.request(None)).await?;
    Ok(HttpResponse::Ok().json(ChangedResponse { changed }))
}

/// Answers with something that may be large, since there may be tens of thousands of agents: it is put into words where
/// no other request waits for it.
async fn answer(
    engine: &Engine,
    say: impl FnOnce(&Routing) -> Result<String, Failure> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let configuration = engine.configuration();
    let said = web::block(move || say(&configuration.routing)).await??;
    Ok(HttpResponse::Ok().content_type("application/json").body(said))
}

/// The entries of one kind, under its name.
fn entries<I: std::fmt::Display, E, W: Serialize>(
    kind: &str,
    entries: &BTreeMap<I, E>,
    show: fn(&E) -> W,
) -> Result<String, Failure> {
    text(&BTreeMap::from([(kind, words::show_all(entries, show))]))
}

fn text(said: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(said).map_err(|error| Failure::internal(error.to_string()))
}
