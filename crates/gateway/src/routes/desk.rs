//! What an agent has on the desk: the conversations that go on, with what they have not seen of them, and what there was
//! before (`MSG-14` to `MSG-18`, `MSG-23`).

use super::conversation_id;
use super::list::{row, unreadable, wait_for};
use crate::access::{Caller, Staff};
use crate::content::time_text;
use crate::failure::Failure;
use crate::query::Params;
use crate::sending::reachable;
use crate::stream::Streams;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{HistoryResponse, Ongoing, OngoingResponse};
use domain::channel::Mode;
use domain::conversation::{Conversation, ConversationEvent, Lifecycle};
use domain::{AgentId, ConversationId, Event, Timestamp};
use engine::{Cursor, Engine, EventRecord};
use views::{Conversations, Filter};

/// The most conversations of one state that an answer has (`X1`); it takes work to say what is unseen of each.
const ONGOING_MAX: usize = 50;
/// The most unseen messages that are counted.
const UNSEEN_MAX: usize = 1000;
/// How many events before an unseen message are searched for the message before it.
const BEFORE_MAX: u64 = 100;
/// How long the pause before an unseen message is for a separator (`MSG-16`).
const SEPARATOR_GAP_MS: i64 = 30_000;
/// The names of the levels, and after how many seconds each begins if nothing else is said (`MSG-15`).
const LEVELS: [(&str, u32); 3] = [("warning", 30), ("critical", 60), ("severe", 120)];
/// The most earlier conversations (`MSG-23`).
const HISTORY_MAX: usize = 25;

/// `GET /v1/agents/{id}/ongoing`
pub(super) async fn ongoing(
    caller: Caller<Staff>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
    view: Data<Conversations>,
    streams: Data<Streams>,
) -> Result<HttpResponse, Failure> {
    caller.check_agent(&id)?;
    let params = Params::read(&request, &["levels", "at_least"])?;
    let expected = "one to three numbers of seconds, each greater than the one before, such as 30,60,120";
    let levels =
        params.get("levels", expected, levels)?.unwrap_or_else(|| LEVELS.map(|level| level.1).to_vec());
    if let Some(position) = params.get("at_least", "the `position` of an earlier answer", Cursor::parse)? {
        wait_for(&view, position).await?;
    }
    let agent = AgentId::new(&id).map_err(|_| Failure::from(domain::router::Refusal::AgentUnknown))?;
    let mut conversations = Vec::new();
    for id in assigned(&view, &agent).await? {
        // The list runs a moment behind; the conversation itself does not.
        let state = engine.conversation(id).await?;
        let reached = caller.channel().is_none_or(|channel| *channel == state.channel);
        let is_ongoing =
            state.is_owned_by(&agent) && !state.is_closed() && state.policy.mode() == Mode::Messaging;
        if reached && is_ongoing {
            conversations.push(look(&engine, id, &state, &levels).await?);
        }
    }
    let with_unseen = conversations.iter().filter(|ongoing| ongoing.unseen > 0).count() as u64;
    Ok(HttpResponse::Ok().json(OngoingResponse {
        conversations,
        with_unseen,
        tabs_max: streams.web.tabs_per_agent_max,
    }))
}

/// `GET /v1/conversations/{id}/history`
pub(super) async fn history(
    caller: Caller<Staff>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
    view: Data<Conversations>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["limit", "scope"])?;
    let limit = params.number("limit", 1..=HISTORY_MAX, HISTORY_MAX)?;
    // OMN-5: who somebody is on other channels is not known yet.
    params.get("scope", "`channel`", |scope| (scope == "channel").then_some(()))?;
    let id = conversation_id(&id)?;
    let contact = reachable(&engine, &caller, id).await?.contact;
    let view = view.into_inner();
    let read = move || {
        let earlier = view.conversations_before(contact, id, limit)?;
        earlier.into_iter().map(|id| view.row(id)).collect::<Result<Vec<_>, _>>()
    };
    let rows = web::block(read).await?.map_err(unreadable)?;
    let conversations = rows.into_iter().flatten().map(row).collect();
    Ok(HttpResponse::Ok().json(HistoryResponse { conversations }))
}

/// The conversations that an agent has, oldest first.
async fn assigned(view: &Data<Conversations>, agent: &AgentId) -> Result<Vec<ConversationId>, Failure> {
    let (view, agent) = (view.clone().into_inner(), agent.clone());
    let read = move || {
        let mut found = Vec::new();
        for state in [Lifecycle::WorkInProgress, Lifecycle::OnHold] {
            let (state, agent) = (Some(state.name().to_owned()), Some(agent.clone()));
            let page = view.list(&Filter { state, agent, ..Filter::default() }, None, ONGOING_MAX)?;
            found.extend(page.rows.into_iter().filter(|row| row.mode == Mode::Messaging).map(|row| row.id));
        }
        found.sort_unstable();
        Ok::<_, views::Error>(found)
    };
    web::block(read).await?.map_err(unreadable)
}

async fn look(
    engine: &Engine,
    id: ConversationId,
    state: &Conversation,
    levels: &[u32],
) -> Result<Ongoing, Failure> {
    let mut unseen = Vec::new();
    let mut after = state.seen;
    // What the requester writes is among other facts; a page without any says that the end is reached.
    while after < state.version && unseen.len() < UNSEEN_MAX {
        let page = engine.events(id, after, UNSEEN_MAX).await?;
        let Some(last) = page.last() else { break };
        after = last.version;
        unseen.extend(
            page.iter().filter(|record| is_of_requester(record)).map(|record| (record.version, record.at())),
        );
    }
    unseen.truncate(UNSEEN_MAX);
    let first = unseen.first().copied();
    let waited_ms = first.map(|(_, at)| engine.now().since_ms(at));
    Ok(Ongoing {
        conversation_id: id.to_string(),
        channel: state.channel.to_string(),
        state: state.lifecycle.name().to_owned(),
        unseen: unseen.len() as u64,
        unseen_since: first.map(|(_, at)| time_text(at)),
        level: waited_ms.and_then(|ms| level(ms, levels)).map(str::to_owned),
        separator: separator(engine, id, first).await?,
        seen: state.seen,
        version: state.version,
    })
}

/// `MSG-16`: only after a pause.
async fn separator(
    engine: &Engine,
    id: ConversationId,
    first: Option<(u64, Timestamp)>,
) -> Result<Option<u64>, Failure> {
    let Some((version, at)) = first else { return Ok(None) };
    let from = version.saturating_sub(BEFORE_MAX + 1);
    let before = engine.events(id, from, usize::try_from(version - 1 - from).unwrap_or(0)).await?;
    let previous = before.iter().rev().find(|record| is_message(record)).map(EventRecord::at);
    Ok(previous.filter(|previous| is_pause(*previous, at)).map(|_| version))
}

fn is_pause(previous: Timestamp, first: Timestamp) -> bool {
    first.since_ms(previous) > SEPARATOR_GAP_MS
}

fn is_of_requester(record: &EventRecord) -> bool {
    matches!(record.envelope.event, Event::Conversation(ConversationEvent::RequesterMessagePosted { .. }))
}

fn is_message(record: &EventRecord) -> bool {
    let said =
        matches!(record.envelope.event, Event::Conversation(ConversationEvent::AgentMessagePosted { .. }));
    said || is_of_requester(record)
}

/// Rule 9 of section 17.
fn levels(text: &str) -> Option<Vec<u32>> {
    let levels: Vec<u32> = text.split(',').map(|level| level.parse().ok()).collect::<Option<_>>()?;
    let legal = (1..=LEVELS.len()).contains(&levels.len())
        && levels[0] > 0
        && levels.windows(2).all(|pair| pair[0] < pair[1]);
    legal.then_some(levels)
}

fn level(waited_ms: i64, levels: &[u32]) -> Option<&'static str> {
    let reached = levels.iter().filter(|level| waited_ms >= i64::from(**level) * 1000).count();
    reached.checked_sub(1).map(|at| LEVELS[at].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MSG-15, rule 17.9
    #[test]
    fn levels_are_one_to_three_and_each_is_greater_than_the_one_before() {
        for legal in ["30", "30,60", "30,60,120"] {
            assert!(levels(legal).is_some(), "{legal}");
        }
        for illegal in ["", "0", "30,30", "60,30", "1,2,3,4", "30;60", "-1"] {
            assert_eq!(levels(illegal), None, "{illegal}");
        }
        let standard = [30, 60, 120];
        let at = |ms| level(ms, &standard);
        assert_eq!(
            [29_999, 30_000, 60_000, 119_999, 500_000].map(at),
            [None, Some("warning"), Some("critical"), Some("critical"), Some("severe")]
        );
        assert_eq!(level(500_000, &[30]), Some("warning"));
    }

    /// MSG-16
    #[test]
    fn a_separator_needs_a_pause_of_more_than_thirty_seconds() {
        let pause = |ms: i64| is_pause(Timestamp(1_000_000), Timestamp(1_000_000 + ms));
        assert_eq!([0, 30_000, 30_001].map(pause), [false, false, true]);
    }
}
