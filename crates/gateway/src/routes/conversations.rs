//! One conversation, read from the log itself: what was acknowledged is there.

use super::conversation_id;
use super::inbound::STARTED_FROM;
use crate::access::{Caller, Everyone, Workers};
use crate::content::time_text;
use crate::failure::Failure;
use crate::html;
use crate::look;
use crate::query::Params;
use crate::sending::{reachable, shown};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{
    ConversationResponse, EventResponse, EventsResponse, MessageCounts, Owner, TimerResponse, TimersResponse,
    Waiting,
};
use domain::conversation::{self, Conversation, ConversationEvent};
use domain::{ConversationId, Event, Role};
use engine::{Engine, EventRecord};

/// How many events are read at a time.
const PAGE: usize = 500;
/// Of how many events at most it is counted how much was said in them.
const COUNTED_MAX: u64 = 2000;

/// `GET /v1/conversations/{id}`
pub(super) async fn show(
    caller: Caller<Everyone>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    Params::read(&request, &[])?;
    let id = conversation_id(&id)?;
    let (conversation, hidden) = shown(&engine, &caller, id).await?;
    let mut waiting = waiting(&engine, id, &conversation).await;
    let mut shown = state(id, conversation);
    if caller.role() == Role::Requester {
        shown.user = None;
        if hidden > 0 {
            shown.messages = said_since(&engine, id, hidden, shown.version).await?;
        }
        if let Some(waiting) = &mut waiting {
            waiting.queue = None;
        }
    } else {
        shown.started_from = started_from(&engine, id).await?;
    }
    Ok(HttpResponse::Ok().json(ConversationResponse { waiting, ..shown }))
}

/// `GET /v1/conversations/{id}/events`
pub(super) async fn events(
    caller: Caller<Everyone>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["after", "limit", "render"])?;
    let after = params.number("after", 0..=u64::MAX, 0)?;
    let limit = params.number("limit", 1..=1000, 100)?;
    let rendering = html::is_wanted(&params)?;
    let id = conversation_id(&id)?;
    let hidden = if caller.is_confined() { shown(&engine, &caller, id).await?.1 } else { 0 };
    let after = after.max(hidden);
    let records = engine.events(id, after, limit).await?;
    let next_after = records.last().map_or(after, |record| record.version);
    let mut events: Vec<EventResponse> = match caller.role() {
        Role::Requester => records.iter().filter_map(event_for_requester).collect(),
        Role::Gateway | Role::Agent | Role::Supervisor | Role::Admin | Role::System => {
            records.iter().map(event).collect()
        }
    };
    if rendering {
        events.iter_mut().for_each(add_html);
    }
    Ok(HttpResponse::Ok().json(EventsResponse { events, next_after }))
}

/// `GET /v1/conversations/{id}/timers`
pub(super) async fn timers(
    caller: Caller<Workers>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    Params::read(&request, &[])?;
    let conversation = reachable(&engine, &caller, conversation_id(&id)?).await?;
    let timers = conversation::timers(&conversation).into_iter().map(|timer| TimerResponse {
        kind: timer.kind.name().to_owned(),
        due: time_text(timer.due),
        armed_by: timer.armed_by,
    });
    Ok(HttpResponse::Ok().json(TimersResponse { timers: timers.collect() }))
}

/// How much was said after the first `after` events; nothing if these are too many to be counted each time (`X1`).
async fn said_since(
    engine: &Engine,
    id: ConversationId,
    mut after: u64,
    version: u64,
) -> Result<Option<MessageCounts>, Failure> {
    let mut counts = MessageCounts { requester: 0, agent: 0 };
    if version.saturating_sub(after) > COUNTED_MAX {
        return Ok(None);
    }
    loop {
        let page = engine.events(id, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(Some(counts)) };
        after = last.version;
        for record in &page {
            let Event::Conversation(fact) = &record.envelope.event else { continue };
            counts.requester += u64::from(matches!(fact, ConversationEvent::RequesterMessagePosted { .. }));
            counts.agent += u64::from(matches!(fact, ConversationEvent::AgentMessagePosted { .. }));
        }
    }
}

/// Its place in line, while it waits in a queue. Nothing where the router cannot say, which is no reason to withhold the
/// conversation itself.
async fn waiting(engine: &Engine, id: ConversationId, conversation: &Conversation) -> Option<Waiting> {
    if conversation.request.is_none() || !engine.configuration().routing.is_on() {
        return None;
    }
    let look = engine.look(move |router, now| {
        let item = router.state().own_item(id)?;
        look::waiting(router, item, now)
    });
    look.await.ok().flatten()
}

/// `PRO-5`: it stands in the first message, if an agent wrote that: behind the opening and the agent's joining.
async fn started_from(engine: &Engine, id: ConversationId) -> Result<Option<String>, Failure> {
    let opening = engine.events(id, 0, 3).await?;
    let [_, _, first] = opening.as_slice() else { return Ok(None) };
    let Event::Conversation(ConversationEvent::AgentMessagePosted { message, .. }) = &first.envelope.event
    else {
        return Ok(None);
    };
    Ok(message.content.context().get(STARTED_FROM).map(|chat| chat.expose().clone()))
}

fn state(id: ConversationId, conversation: Conversation) -> ConversationResponse {
    let Conversation {
        version,
        contact: _,
        channel,
        requester,
        company,
        policy,
        opened,
        last_at,
        lifecycle,
        closing,
        owner,
        participants,
        engaged: _,
        has_virtual_agent: _,
        request: _,
        offer: _,
        told: _,
        anchors: _,
        messages,
        outbound: _,
        user,
        opted_out,
        seen: _,
        language: _,
        question: _,
    } = conversation;
    ConversationResponse {
        id: id.to_string(),
        channel: channel.to_string(),
        mode: policy.mode().name().to_owned(),
        state: closing.map_or(lifecycle.name(), |(state, _)| state.name()).to_owned(),
        reason: closing.map(|(_, reason)| reason.name().to_owned()),
        requester: requester.expose().as_str().to_owned(),
        company: company.as_str().to_owned(),
        owner: match owner {
            conversation::Owner::Queue => Owner::Queue,
            conversation::Owner::VirtualAgent => Owner::VirtualAgent,
            conversation::Owner::Agent(agent) => Owner::Agent { agent: agent.to_string() },
        },
        waiting: None,
        participants: participants.iter().map(ToString::to_string).collect(),
        opened_at: time_text(opened.at),
        last_at: time_text(last_at),
        version,
        messages: Some(MessageCounts { requester: messages.requester, agent: messages.agent }),
        user: user.map(|user| user.to_string()),
        opted_out: opted_out.is_some(),
        started_from: None,
    }
}

fn event(record: &EventRecord) -> EventResponse {
    EventResponse {
        version: record.version,
        position: record.position.to_string(),
        kind: record.type_name().to_owned(),
        at: time_text(record.at()),
        cause: record.cause(),
        data: record.data(),
    }
}

/// What somebody wrote, as HTML beside the text.
fn add_html(event: &mut EventResponse) {
    let by_agent = ["conversation.agent_message_posted", "conversation.virtual_agent_message_posted"]
        .contains(&event.kind.as_str());
    if !by_agent && event.kind != "conversation.requester_message_posted" {
        return;
    }
    let Some(text) = event.data["text"].as_str() else { return };
    event.data["html"] = if by_agent { html::of_markdown(text) } else { html::of_plain(text) }.into();
}

/// What a requester may know of an event, and nobody's name in a cause.
fn event_for_requester(record: &EventRecord) -> Option<EventResponse> {
    let Event::Conversation(fact) = &record.envelope.event else { return None };
    let hidden = hidden_from_requester(fact)?;
    let mut event = event(record);
    event.cause = serde_json::Value::Null;
    let data = event.data.as_object_mut()?;
    hidden.iter().for_each(|field| drop(data.remove(*field)));
    if matches!(fact, ConversationEvent::AgentMessagePosted { .. })
        && let Some(context) = data.get_mut("context").and_then(|context| context.as_object_mut())
    {
        // PRO-5: it may be somebody else's.
        context.remove(STARTED_FROM);
    }
    Some(event)
}

/// Which fields of a fact are not for the requester, `None` if nothing of it is: what is between the agent and the
/// engine, and how and why work is routed.
const fn hidden_from_requester(fact: &ConversationEvent) -> Option<&'static [&'static str]> {
    match fact {
        ConversationEvent::AgentPrompted { .. }
        | ConversationEvent::SeenByAgent { .. }
        | ConversationEvent::Held { .. }
        | ConversationEvent::Resumed { .. }
        | ConversationEvent::Dispatched { .. }
        | ConversationEvent::DispatchFailed { .. }
        | ConversationEvent::Redriven { .. }
        | ConversationEvent::Discarded { .. }
        | ConversationEvent::ReceiptTaken { .. }
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected
        | ConversationEvent::RequesterConnected
        | ConversationEvent::Reassociated { .. } => None,
        ConversationEvent::Opened { .. } => Some(&["user"]),
        ConversationEvent::IdleReminderSent { .. } => Some(&["agent_text"]),
        ConversationEvent::AgentJoined { .. } => Some(&["offer"]),
        ConversationEvent::Unassigned { .. } => Some(&["why", "due"]),
        ConversationEvent::WaitEnded { .. } | ConversationEvent::WaitMessageSent { .. } => Some(&["item"]),
        ConversationEvent::RequesterMessagePosted { .. }
        | ConversationEvent::Acknowledged { .. }
        | ConversationEvent::ConsentChanged { .. }
        | ConversationEvent::AgentRequested { .. }
        | ConversationEvent::VirtualAgentEngaged
        | ConversationEvent::VirtualAgentMessagePosted { .. }
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::AgentMessagePosted { .. }
        | ConversationEvent::Closed { .. } => Some(&[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::AgentId;
    use domain::conversation::Unassignment;
    use domain::routing::{OfferId, WorkItemId};

    /// RE-2, TR-1, QT-1: a requester sees who is there for them and what they are told, not how that came about.
    #[test]
    fn a_requester_sees_nothing_of_how_work_is_routed() {
        let (agent, item) = (AgentId::new("ann").unwrap(), WorkItemId(7));
        let offer = Some(OfferId { item, number: 1 });
        let facts = [
            ConversationEvent::Unassigned { agent: agent.clone(), why: Unassignment::Reassigned },
            ConversationEvent::AgentJoined { agent, assigned: true, offer, greeting: None },
            ConversationEvent::WaitEnded { item, requester_text: None },
            ConversationEvent::WaitMessageSent { item, number: 2, text: String::new() },
        ];
        let hidden: Vec<_> = facts.iter().filter_map(hidden_from_requester).collect();
        assert_eq!(hidden, [&["why", "due"][..], &["offer"], &["item"], &["item"]]);
    }
}
