//! Handing a conversation on: to another agent, to a queue, and taking it back.

use super::agents::agent_id;
use super::queues::queue_id;
use super::{accepted, conversation_id};
use crate::access::{Caller, Staff};
use crate::body::{Body, Parsed};
use crate::failure::Failure;
use crate::idempotency;
use crate::sending::reachable;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use api::{ProblemCode, TransferRequest};
use domain::routing::QueueId;
use domain::{AgentId, Role};
use engine::Engine;

/// What a transfer asks for.
#[derive(Debug, PartialEq, Eq)]
enum Transfer {
    ToAgent(AgentId),
    ToQueue(QueueId),
    Cancel,
}

/// `POST /v1/conversations/{id}/transfer`
pub(super) async fn transfer(
    caller: Caller<Staff>,
    id: Path<String>,
    request: HttpRequest,
    body: Body,
    engine: Data<Engine>,
) -> Result<HttpResponse, Failure> {
    let Parsed { value, bytes } = body.json::<TransferRequest>().await?;
    let transfer = transfer_of(value)?;
    let id = conversation_id(&id)?;
    let command = idempotency::from_header(&request, &caller, bytes)?;
    if caller.is_confined() {
        reachable(&engine, &caller, id).await?;
    }
    let (by, request) = (caller.agent()?, caller.request(command));
    let answer = match transfer {
        Transfer::ToQueue(queue) => {
            engine.transfer_to_queue(id, by, caller.supervises(), queue, request).await?
        }
        // TR-2: only whoever has it may, and an admin has no conversations.
        Transfer::ToAgent(_) | Transfer::Cancel if caller.role() == Role::Admin => {
            let detail = "an admin has no conversations; only whoever has this one may do that";
            return Err(Failure::new(ProblemCode::RoleForbidden, detail));
        }
        Transfer::ToAgent(to) => engine.transfer_to_agent(id, by, to, request).await?,
        Transfer::Cancel => engine.cancel_transfer(id, by, request).await?,
    };
    Ok(accepted(&answer))
}

fn transfer_of(request: TransferRequest) -> Result<Transfer, Failure> {
    match request {
        TransferRequest { to_agent: Some(agent), to_queue: None, cancel: false } => {
            agent_id(&agent).map(Transfer::ToAgent)
        }
        TransferRequest { to_agent: None, to_queue: Some(queue), cancel: false } => {
            queue_id(&queue).map(Transfer::ToQueue)
        }
        TransferRequest { to_agent: None, to_queue: None, cancel: true } => Ok(Transfer::Cancel),
        TransferRequest { .. } => {
            let expected = "expected exactly one of `to_agent`, `to_queue` and `\"cancel\": true`";
            Err(Failure::field(ProblemCode::InvalidBody, "body", expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Transfer, ProblemCode> {
        transfer_of(serde_json::from_str(body).unwrap()).map_err(|failure| failure.code())
    }

    /// TR-1, TR-2
    #[test]
    fn a_transfer_says_exactly_one_thing() {
        assert_eq!(read(r#"{"to_agent":"bob"}"#), Ok(Transfer::ToAgent(AgentId::new("bob").unwrap())));
        assert_eq!(read(r#"{"to_queue":"vip"}"#), Ok(Transfer::ToQueue(QueueId::new("vip").unwrap())));
        assert_eq!(read(r#"{"cancel":true}"#), Ok(Transfer::Cancel));
        for body in [
            "{}",
            r#"{"cancel":false}"#,
            r#"{"to_agent":"bob","to_queue":"vip"}"#,
            r#"{"to_agent":"bob","cancel":true}"#,
        ] {
            assert_eq!(read(body), Err(ProblemCode::InvalidBody), "{body}");
        }
        assert_eq!(read(r#"{"to_agent":"no name"}"#), Err(ProblemCode::AgentUnknown));
        assert_eq!(read(r#"{"to_queue":""}"#), Err(ProblemCode::QueueUnknown));
    }
}
