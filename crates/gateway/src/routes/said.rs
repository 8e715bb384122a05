//! A conversation as one side sees it, told from its log: what was said, and the system messages that this side is shown
//! (section 5).

use super::conversation_id;
use crate::access::{Caller, Everyone};
use crate::content::{show_attachment, show_choice, time_text};
use crate::failure::Failure;
use crate::html;
use crate::query::Params;
use crate::sending;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{MessagesResponse, ProblemCode, SaidResponse};
use domain::notice::{Audience, Place, Said, in_written_order, to_agent, to_requester};
use domain::{AgentId, Message, Role};
use engine::{Engine, EventRecord};

/// `GET /v1/conversations/{id}/messages`
pub(super) async fn messages(
    caller: Caller<Everyone>,
    id: Path<String>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["after", "limit", "audience", "render"])?;
    let after = params.number("after", 0..=u64::MAX, 0)?;
    let limit = params.number("limit", 1..=1000, 100)?;
    let rendering = html::is_wanted(&params)?;
    let audience = audience(&caller, &params)?;
    let id = conversation_id(&id)?;
    let (conversation, hidden) = sending::shown(&engine, &caller, id).await?;
    let after = after.max(hidden);
    let records = engine.events(id, after, limit).await?;
    let configuration = engine.configuration();
    let place = Place {
        mode: conversation.policy.mode(),
        kind: configuration.channels.get(&conversation.channel).map(|settings| settings.kind),
        texts: &configuration.texts,
        language: conversation.language.as_deref().filter(|_| audience == Audience::Requester),
    };
    let next_after = records.last().map_or(after, |record| record.version);
    let records = in_written_order(records, EventRecord::of_conversation);
    let messages = records.iter().flat_map(|record| shown(record, audience, place, rendering)).collect();
    Ok(HttpResponse::Ok().json(MessagesResponse { messages, next_after }))
}

/// Whose view is asked for. What a requester is not shown, nobody shows them here either.
fn audience(caller: &Caller<Everyone>, params: &Params) -> Result<Audience, Failure> {
    let wanted = params.get("audience", "requester or agent", |text| match text {
        "requester" => Some(Audience::Requester),
        "agent" => Some(Audience::Agent),
        _ => None,
    })?;
    match (caller.role(), wanted) {
        (Role::Requester, Some(Audience::Agent)) => {
            let detail = "a requester sees what requesters are shown; leave out `audience`";
            Err(Failure::new(ProblemCode::RoleForbidden, detail))
        }
        (_, Some(wanted)) => Ok(wanted),
        (Role::Requester | Role::Gateway, None) => Ok(Audience::Requester),
        (Role::Agent | Role::Supervisor | Role::Admin | Role::System, None) => Ok(Audience::Agent),
    }
}

/// What a fact shows, part by part.
fn shown(record: &EventRecord, audience: Audience, place: Place<'_>, rendering: bool) -> Vec<SaidResponse> {
    let Some(fact) = record.of_conversation() else { return Vec::new() };
    let said = match audience {
        Audience::Requester => to_requester(fact, place),
        Audience::Agent => to_agent(fact, place),
    };
    said.into_iter().zip(0..).map(|(said, part)| item(record, part, said, rendering)).collect()
}

fn item(record: &EventRecord, part: u16, said: Said<'_>, rendering: bool) -> SaidResponse {
    let blank = SaidResponse {
        version: record.version,
        part,
        at: time_text(record.at()),
        from: "system".to_owned(),
        agent: None,
        notice: None,
        message_id: None,
        text: String::new(),
        html: None,
        component: None,
        choices: Vec::new(),
        answer: None,
        attachments: Vec::new(),
    };
    match said {
        Said::Notice { key, text } => SaidResponse {
            notice: Some(key.name().to_owned()),
            html: rendering.then(|| html::of_plain(&text)),
            text,
            ..blank
        },
        Said::ByRequester(message) => words(message, "requester", None, rendering, blank),
        Said::ByVirtualAgent(message) => words(message, "virtual_agent", None, rendering, blank),
        Said::ByAgent(agent, message) => words(message, "agent", Some(agent), rendering, blank),
    }
}

/// Somebody's own words. What a requester writes is not taken for markdown.
fn words(
    message: &Message,
    from: &str,
    agent: Option<&AgentId>,
    rendering: bool,
    blank: SaidResponse,
) -> SaidResponse {
    let Message { id, content } = message;
    let text = content.text().expose();
    let to_html: fn(&str) -> String = if from == "requester" { html::of_plain } else { html::of_markdown };
    let choices = content.choices();
    let answer = content
        .answer()
        .map(|answer| api::Answer { message_id: answer.message.to_string(), value: answer.value.clone() });
    SaidResponse {
        from: from.to_owned(),
        agent: agent.map(ToString::to_string),
        message_id: Some(id.to_string()),
        text: text.clone(),
        html: rendering.then(|| to_html(text)),
        component: choices.and_then(|choices| choices.component()).map(ToString::to_string),
        choices: choices.into_iter().flat_map(|choices| choices.options()).map(show_choice).collect(),
        answer,
        attachments: content.attachments().iter().map(show_attachment).collect(),
        ..blank
    }
}
