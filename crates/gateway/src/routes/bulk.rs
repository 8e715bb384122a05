//! One message to several recipients: a conversation, a command id and an outcome for each (`PRO-14`).

use super::accepted_response;
use super::inbound::{configured, recipient};
use crate::access::{Agents, Caller};
use crate::body::Body;
use crate::content::{company_address, content, parts};
use crate::failure::Failure;
use crate::idempotency;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use api::{BulkOutcome, BulkProblem, BulkRecipient, BulkRequest, BulkResponse, ProblemCode};
use domain::channel::ChannelKind;
use domain::{Address, AgentId, ChannelId, Content};
use engine::{Accepted, AgentInitiated, CommandId, Engine};
use futures_util::future::join_all;
use std::collections::BTreeMap;

/// The most recipients of one request (`X1`).
const RECIPIENTS_MAX: usize = 100;

/// What all of them get.
struct Letter {
    channel: ChannelId,
    kind: ChannelKind,
    from: Address,
    content: Content,
    agent: AgentId,
}

/// `POST /v1/conversations/bulk`
pub(super) async fn bulk(
    caller: Caller<Agents>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let parsed = body.json::<BulkRequest>().await?;
    let BulkRequest { channel, from, text, attachments, recipients } = parsed.value;
    if !(1..=RECIPIENTS_MAX).contains(&recipients.len()) {
        return Err(Failure::field(ProblemCode::InvalidBody, "recipients", "expected 1 to 100 of them"));
    }
    let (channel, kind) = configured(&engine, &channel)?;
    caller.check_channel(&channel)?;
    let command = idempotency::from_header(&request, &caller, parsed.bytes)?;
    let from = company_address(&engine, (&channel, kind), "from", &from)?;
    let content = content(parts(text, attachments, BTreeMap::new()))?;
    let letter = Letter { channel, kind, from, content, agent: caller.agent()? };
    let sending = (0..).zip(recipients).map(|(number, to)| {
        // Each has an id of its own, so that a repetition sends what did not go out and nothing else.
        let command = command.as_ref().map(|command: &CommandId| CommandId {
            id: format!("{}/{number}", command.id),
            ..command.clone()
        });
        send(&engine, &letter, to, caller.request(command))
    });
    let outcomes: Vec<BulkOutcome> = join_all(sending).await.into_iter().map(outcome).collect();
    let accepted = outcomes.iter().filter(|outcome| outcome.accepted.is_some()).count();
    let failed = outcomes.len() - accepted;
    Ok(HttpResponse::Ok().json(BulkResponse { outcomes, accepted, failed }))
}

async fn send(
    engine: &Engine,
    letter: &Letter,
    to: BulkRecipient,
    request: engine::Request,
) -> Result<Accepted, Failure> {
    let BulkRecipient { user, to } = to;
    let (to, user) = recipient(engine, letter.kind, to.as_deref(), user.as_deref()).await?;
    let first = AgentInitiated {
        agent: letter.agent.clone(),
        to,
        from: letter.from.clone(),
        content: letter.content.clone(),
        user,
        // Taking a number from somebody is confirmed one by one.
        take_over: false,
    };
    Ok(engine.contribute(&letter.channel, first, request).await?)
}

fn outcome(result: Result<Accepted, Failure>) -> BulkOutcome {
    match result {
        Ok(accepted) => BulkOutcome { accepted: Some(accepted_response(&accepted)), problem: None },
        Err(failure) => {
            let (code, detail) = (failure.code().code().to_owned(), failure.detail().to_owned());
            BulkOutcome { accepted: None, problem: Some(BulkProblem { code, detail }) }
        }
    }
}
