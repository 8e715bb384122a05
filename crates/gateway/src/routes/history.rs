//! The panel of earlier conversations beside the one that an agent has (`MSG-23`, `OMN-5`, `OMN-6`).

use super::conversation_id;
use super::list::{row, unreadable};
use crate::access::{Caller, Staff};
use crate::failure::Failure;
use crate::query::Params;
use crate::sending::reachable;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::HistoryResponse;
use domain::conversation::Conversation;
use domain::{AgentId, ConversationId, Rejection};
use engine::Engine;
use views::Conversations;

/// The most earlier conversations (`MSG-23`).
const HISTORY_MAX: usize = 25;

/// What is set of the panel.
pub(crate) struct HistoryPanel {
    /// Whether it has what the same user said on other channels.
    pub(crate) everywhere: bool,
}

/// `GET /v1/conversations/{id}/history`
pub(super) async fn show(
    caller: Caller<Staff>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
    view: Data<Conversations>,
    panel: Data<HistoryPanel>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["limit", "scope"])?;
    let limit = params.number("limit", 1..=HISTORY_MAX, HISTORY_MAX)?;
    let scope = |scope: &str| ["user", "channel"].into_iter().find(|name| *name == scope);
    let by_user = params.get("scope", "`user` or `channel`", scope)?.is_none_or(|scope| scope == "user");
    let id = conversation_id(&id)?;
    let conversation = reachable(&engine, &caller, id).await?;
    if !caller.supervises() {
        check_holds(&engine, id, &conversation, caller.agent()?).await?;
    }
    // What a token that is confined to a channel cannot open is not shown to it either.
    let everywhere = panel.everywhere && by_user && caller.channel().is_none();
    let (view, contact) = (view.into_inner(), conversation.contact);
    let read = move || {
        let earlier = view.conversations_before(contact, id, everywhere, limit)?;
        earlier.into_iter().map(|id| view.row(id)).collect::<Result<Vec<_>, _>>()
    };
    let rows = web::block(read).await?.map_err(unreadable)?;
    let conversations = rows.into_iter().flatten().map(row).collect();
    Ok(HttpResponse::Ok().json(HistoryResponse { conversations }))
}

/// Refuses an agent who neither takes part in a conversation that goes on nor is asked to.
async fn check_holds(
    engine: &Engine,
    id: ConversationId,
    conversation: &Conversation,
    agent: AgentId,
) -> Result<(), Failure> {
    let takes_part = conversation.participants.contains(&agent) || conversation.is_owned_by(&agent);
    if takes_part && !conversation.is_closed() {
        return Ok(());
    }
    let is_asked = engine.look(move |router, _| {
        let state = router.state();
        let mut items = state.conversations.get(&id).into_iter().flatten();
        items.any(|item| {
            let offer = state.items.get(item).and_then(domain::router::WorkItem::offer);
            offer.is_some_and(|offer| offer.agent == agent)
        })
    });
    if is_asked.await? { Ok(()) } else { Err(Rejection::NotParticipant.into()) }
}
