//! Who requesters are, and what an agent may know before writing to a number first.

use super::users::user_id;
use super::{accepted, conversation_id};
use crate::access::{Agents, Caller, Verifiers};
use crate::body::Body;
use crate::content::{address, time_text};
use crate::failure::Failure;
use crate::idempotency;
use crate::query::Params;
use crate::sending::reachable;
use actix_web::rt::time::sleep;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{
    ConsentResponse, ContactLookupResponse, OngoingConversation, ProblemCode, ReassociateRequest,
    VerifyRequest, VerifyResponse,
};
use domain::Role;
use domain::contact::{Contact, Grounds};
use domain::{ConversationId, Personal};
use engine::Engine;
use std::time::{Duration, Instant};

/// The longest reason, in bytes.
const REASON_MAX: usize = 500;
/// A refused PIN is answered only at whole multiples of this, so that it cannot be measured whether it was wrong, locked
/// or of nobody: they write different facts (`ID-14`).
const REFUSED_EVERY: Duration = Duration::from_millis(250);

/// `POST /v1/conversations/{id}/reassociate`
pub(super) async fn reassociate(
    caller: Caller<Agents>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let parsed = body.json::<ReassociateRequest>().await?;
    let ReassociateRequest { user, reason } = parsed.value;
    if !(1..=REASON_MAX).contains(&reason.len()) {
        return Err(Failure::field(ProblemCode::InvalidBody, "reason", "expected 1 to 500 bytes"));
    }
    let (id, user) = (conversation_id(&id)?, user_id(&user)?);
    let command = idempotency::from_header(&request, &caller, parsed.bytes)?;
    if caller.is_confined() {
        reachable(&engine, &caller, id).await?;
    }
    let grounds = Grounds::Stated {
        by: caller.agent()?,
        supervisor: caller.supervises(),
        reason: Personal::new(reason),
    };
    let answer = engine.reassociate(id, user, grounds, caller.request(command)).await?;
    Ok(accepted(&answer))
}

/// `POST /v1/conversations/{id}/verify`
pub(super) async fn verify(
    caller: Caller<Verifiers>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let parsed = body.json::<VerifyRequest>().await?;
    let VerifyRequest { user, pin } = parsed.value;
    if !crate::users::is_pin(&pin) {
        return Err(Failure::field(ProblemCode::InvalidBody, "pin", "expected 4 to 12 digits"));
    }
    let id = conversation_id(&id)?;
    // A name that nobody can have is as wrong as any other, but no user could be meant.
    let user = user_id(&user)?;
    let command = idempotency::from_header(&request, &caller, parsed.bytes)?;
    let conversation = reachable(&engine, &caller, id).await?;
    if caller.role() == Role::Agent && !conversation.participants.contains(&caller.agent()?) {
        return Err(domain::Rejection::NotParticipant.into());
    }
    let begun = Instant::now();
    let verified = engine.verify(id, user, &pin, caller.request(command)).await?;
    if !verified {
        sleep(until_next(begun.elapsed())).await;
    }
    Ok(HttpResponse::Ok().json(VerifyResponse { verified }))
}

/// How long until the next time at which a refusal may be told.
fn until_next(taken: Duration) -> Duration {
    let parts = taken.as_nanos() / REFUSED_EVERY.as_nanos() + 1;
    let parts = u32::try_from(parts).unwrap_or(u32::MAX);
    REFUSED_EVERY.saturating_mul(parts).saturating_sub(taken)
}

/// `GET /v1/contacts/lookup`
pub(super) async fn lookup(
    caller: Caller<Agents>,
    request: HttpRequest,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let params = Params::read(&request, &["channel", "address"])?;
    let text = |name| {
        let value = params.get(name, "there", |text| Some(text.to_owned()))?;
        value.ok_or_else(|| Failure::new(ProblemCode::InvalidQuery, format!("`{name}` is missing")))
    };
    let (channel, kind) = super::inbound::configured(&engine, &text("channel")?)?;
    caller.check_channel(&channel)?;
    let address = address(kind, "address", &text("address")?)?;
    let Some(contact) = engine.contact(&channel, &address).await? else {
        return Ok(HttpResponse::Ok().json(ContactLookupResponse {
            known: false,
            user: None,
            verified: false,
            conversations: Vec::new(),
            consent: Vec::new(),
        }));
    };
    let mut conversations = Vec::new();
    for id in contact.active.values() {
        conversations.push(ongoing(&engine, *id).await?);
    }
    Ok(HttpResponse::Ok().json(shown(&contact, conversations)))
}

fn shown(contact: &Contact, conversations: Vec<OngoingConversation>) -> ContactLookupResponse {
    let consent = contact.consent.iter().map(|(company, consent)| ConsentResponse {
        company: company.as_str().to_owned(),
        opted_out: consent.opted_out,
        notifications: consent.notifications,
    });
    ContactLookupResponse {
        known: true,
        user: contact.user().map(ToString::to_string),
        verified: contact.profile.as_ref().is_some_and(|profile| profile.verified),
        conversations,
        consent: consent.collect(),
    }
}

async fn ongoing(engine: &Engine, id: ConversationId) -> Result<OngoingConversation, Failure> {
    let state = engine.conversation(id).await?;
    Ok(OngoingConversation {
        id: id.to_string(),
        channel: state.channel.to_string(),
        company: state.company.as_str().to_owned(),
        state: state.closing.map_or(state.lifecycle.name(), |(closed, _)| closed.name()).to_owned(),
        last_at: time_text(state.last_at),
        user: state.user.as_ref().map(ToString::to_string),
        agent: state.owner.agent().map(ToString::to_string),
    })
}
