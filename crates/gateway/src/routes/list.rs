//! The list of conversations, from a projection that runs a moment behind the log.

use crate::access::{Caller, Staff};
use crate::content::time_text;
use crate::failure::Failure;
use crate::query::Params;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use api::{ConversationListResponse, ConversationRow, MessageCounts, ProblemCode};
use domain::{AgentId, ChannelId};
use engine::Cursor;
use std::time::Duration;
use tokio::sync::Semaphore;
use views::{Conversations, Filter, Page, PageCursor, Row};

const PARAMS: &[&str] = &["state", "channel", "agent", "cursor", "limit", "at_least"];
const STATES: [&str; 6] =
    ["new", "work_in_progress", "on_hold", "closed_complete", "closed_abandoned", "faulted"];

/// How long a reader waits for the projection.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// A waiting reader holds a thread of the pool on which all reads run, so only so many may (X1).
static WAITERS: Semaphore = Semaphore::const_new(32);

/// `GET /v1/conversations`
pub(super) async fn list(
    caller: Caller<Staff>,
    request: HttpRequest,
    conversations: Data<Conversations>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, PARAMS)?;
    let limit = params.number("limit", 1..=1000, 100)?;
    let cursor = params.get("cursor", "the `next_cursor` of an earlier page", PageCursor::parse)?;
    let at_least = params.get("at_least", "the `position` of an earlier answer", Cursor::parse)?;
    let filter = Filter {
        state: params.get("state", "one of the states of a conversation", |name| {
            STATES.contains(&name).then(|| name.to_owned())
        })?,
        channel: params
            .get("channel", "the name of a channel", |name| ChannelId::new(name).ok())?
            .or_else(|| caller.channel().cloned()),
        agent: params.get("agent", "the name of an agent", |name| AgentId::new(name).ok())?,
    };
    if let Some(channel) = &filter.channel {
        caller.check_channel(channel)?;
    }
    if let Some(position) = at_least {
        wait_for(&conversations, position).await?;
    }
    let view = conversations.into_inner();
    let page = web::block(move || view.list(&filter, cursor.as_ref(), limit)).await?.map_err(unreadable)?;
    let Page { rows, next } = page;
    Ok(HttpResponse::Ok().json(ConversationListResponse {
        conversations: rows.into_iter().map(row).collect(),
        next_cursor: next.map(|cursor| cursor.to_string()),
    }))
}

/// Waits until the projection has seen a position, so that a client reads what it wrote.
pub(super) async fn wait_for(conversations: &Data<Conversations>, at_least: Cursor) -> Result<(), Failure> {
    let _permit = WAITERS
        .try_acquire()
        .map_err(|_| Failure::from(engine::Error::Overloaded("readers that wait for the list")))?;
    let view = conversations.clone().into_inner();
    let caught_up =
        web::block(move || view.wait_for(at_least.partition, at_least.position, WAIT_MAX)).await?;
    if caught_up {
        return Ok(());
    }
    let detail = format!("the list did not reach `at_least` within {} s; try again", WAIT_MAX.as_secs());
    Err(Failure::new(ProblemCode::ProjectionBehind, detail))
}

pub(super) fn unreadable(error: views::Error) -> Failure {
    Failure::new(ProblemCode::StoreFailed, "the list cannot be read; try again").because(error.to_string())
}

pub(super) fn row(row: Row) -> ConversationRow {
    let Row {
        id,
        state,
        reason,
        mode,
        channel,
        agent,
        opened_at,
        last_at,
        closed_at,
        requester_messages,
        agent_messages,
        user,
        opted_out,
        language: _,
    } = row;
    ConversationRow {
        id: id.to_string(),
        channel: channel.to_string(),
        mode: mode.name().to_owned(),
        state,
        reason,
        agent: agent.map(|agent| agent.to_string()),
        opened_at: time_text(opened_at),
        last_at: time_text(last_at),
        closed_at: closed_at.map(time_text),
        messages: MessageCounts { requester: requester_messages, agent: agent_messages },
        user: user.map(|user| user.to_string()),
        opted_out,
    }
}
