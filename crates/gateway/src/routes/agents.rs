//! Agents: how they stand, what they say of themselves, and what they have in front of them.

use crate::access::{Caller, Staff, Supervisors};
use crate::body::Body;
use crate::failure::Failure;
use crate::look;
use crate::query::{Params, page};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{AgentListResponse, AgentResponse, InboxResponse, PresenceRequest};
use domain::AgentId;
use domain::router::{Refusal, Router};
use domain::routing::{GroupId, PresenceId, ServiceChannelId};
use engine::{Engine, Presence};
use std::collections::BTreeSet;
use std::iter;
use std::ops::Bound;

/// Which agents a list shows.
struct Filter {
    state: Option<PresenceId>,
    group: Option<GroupId>,
}

/// `PUT /v1/agents/{id}/presence`
pub(super) async fn presence(
    caller: Caller<Staff>,
    id: Path<String>,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_agent(&id)?;
    let agent = agent_id(&id)?;
    let PresenceRequest { state, switched_off, connected } = body.json().await?.value;
    let channels = |names: Vec<String>| {
        let channel = |name: String| ServiceChannelId::new(&name).map_err(|_| Refusal::SwitchNotAllowed);
        names.into_iter().map(channel).collect::<Result<BTreeSet<_>, _>>()
    };
    let presence = Presence {
        agent: agent.clone(),
        state: PresenceId::new(&state).map_err(|_| Refusal::PresenceUnknown)?,
        switched_off: switched_off.map(channels).transpose()?,
        connected,
    };
    engine.set_presence(presence, caller.request(None)).await?;
    figures(&engine, agent).await
}

/// `GET /v1/agents/{id}`
pub(super) async fn show(
    caller: Caller<Staff>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_agent(&id)?;
    Params::read(&request, &[])?;
    figures(&engine, agent_id(&id)?).await
}

/// `GET /v1/agents/{id}/inbox`
pub(super) async fn inbox(
    caller: Caller<Staff>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    caller.check_agent(&id)?;
    Params::read(&request, &[])?;
    let (agent, channel) = (agent_id(&id)?, caller.channel().cloned());
    let found = engine.look(move |router, now| {
        if !look::knows(router, &agent) {
            return Err(Refusal::AgentUnknown);
        }
        let items = router.inbox(&agent).into_iter();
        let items =
            items.filter(|item| channel.as_ref().is_none_or(|channel| *channel == item.subject.channel));
        Ok(InboxResponse { cards: items.map(|item| look::card(router, item, now)).collect() })
    });
    Ok(HttpResponse::Ok().json(found.await??))
}

/// `GET /v1/agents`
pub(super) async fn list(
    _: Caller<Supervisors>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["state", "group", "cursor", "limit"])?;
    let limit = params.number("limit", 1..=1000, 100)?;
    let cursor = params
        .get("cursor", "the `next_cursor` of an earlier page", |name| AgentId::new(name).ok())?
        .map_or(Bound::Unbounded, Bound::Excluded);
    let filter = Filter {
        state: params.get("state", "the name of a presence state", |name| PresenceId::new(name).ok())?,
        group: params.get("group", "the name of a group", |name| GroupId::new(name).ok())?,
    };
    let found = engine.look(move |router, _| {
        let shown = names(router, &cursor).filter(|id| filter.shows(router, id));
        let (agents, next_cursor) =
            page(shown.filter_map(|id| look::agent(router, id)), limit, |agent: &AgentResponse| {
                agent.agent.clone()
            });
        AgentListResponse { agents, next_cursor }
    });
    Ok(HttpResponse::Ok().json(found.await?))
}

impl Filter {
    fn shows(&self, router: &Router, id: &AgentId) -> bool {
        let in_group =
            |group| router.routing().agents.get(id).is_some_and(|roster| roster.groups.contains(group));
        self.state.as_ref().is_none_or(|state| look::presence(router, id) == state.as_str())
            && self.group.as_ref().is_none_or(in_group)
    }
}

/// Everybody whom the configuration knows or who has been here, by name. Merged and not collected: a page looks at no
/// more agents than it has to.
fn names<'a>(router: &'a Router, from: &Bound<AgentId>) -> impl Iterator<Item = &'a AgentId> {
    let range = (from.as_ref(), Bound::Unbounded);
    let mut roster = router.routing().agents.range::<AgentId, _>(range).map(|(id, _)| id).peekable();
    let mut here = router.state().agents.range::<AgentId, _>(range).map(|(id, _)| id).peekable();
    iter::from_fn(move || {
        let next = match (roster.peek(), here.peek()) {
            (Some(known), Some(came)) => *known.min(came),
            (Some(only), None) | (None, Some(only)) => *only,
            (None, None) => return None,
        };
        roster.next_if_eq(&next);
        here.next_if_eq(&next);
        Some(next)
    })
}

/// The agent's figures as they are now.
async fn figures(engine: &Engine, agent: AgentId) -> Result<HttpResponse, Failure> {
    let found = engine.look(move |router, _| look::agent(router, &agent)).await?;
    Ok(HttpResponse::Ok().json(found.ok_or(Refusal::AgentUnknown)?))
}

/// The agent in a path or a body. A text that is no name names no agent.
pub(super) fn agent_id(text: &str) -> Result<AgentId, Failure> {
    AgentId::new(text).map_err(|_| Refusal::AgentUnknown.into())
}
