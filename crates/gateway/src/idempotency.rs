//! The id of a command, in the scope of whoever sent it (`L6`).

use crate::access::Caller;
use crate::failure::Failure;
use crate::sending::fingerprint;
use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use api::{InboundRequest, PostMessageRequest, ProblemCode};
use domain::{ChannelId, ConversationId};
use engine::CommandId;
use std::ops::RangeInclusive;

const HEADER: &str = "idempotency-key";
const LEN: RangeInclusive<usize> = 1..=256;

/// The id that a client gave with `Idempotency-Key`, if it did. Its scope is the caller and the route, so that two
/// agents, or a message and an end, never meet in one key.
pub(crate) fn from_header<A>(
    request: &HttpRequest,
    caller: &Caller<A>,
    body: Vec<u8>,
) -> Result<Option<CommandId>, Failure> {
    let Some(id) = key(request.headers())? else { return Ok(None) };
    let principal = caller.principal();
    let (role, name) = (principal.role.name(), &principal.name);
    let scope = format!("{role}/{name}/{} {}", request.method(), request.path());
    Ok(Some(CommandId { scope, id, body }))
}

/// The id of a provider's message. Everything that the message says counts as its body, except for the time that the
/// provider put on it, because providers put another one on what they send again.
pub(crate) fn from_provider(channel: &ChannelId, message: &InboundRequest) -> Result<CommandId, Failure> {
    let InboundRequest { provider_message_id, from, to, text, sent_at: _, attachments, context, answer } =
        message;
    if !is_visible(provider_message_id) {
        let expected = "expected 1 to 256 visible ASCII characters";
        return Err(Failure::field(ProblemCode::InvalidBody, "provider_message_id", expected));
    }
    let said = (from, to, text, attachments, context);
    // Without an answer as it was before there were any: what was pushed in before an upgrade is still the same after it.
    let body = match answer {
        None => serde_json::to_vec(&said),
        Some(answer) => serde_json::to_vec(&(said, answer)),
    };
    let body = body.map_err(|error| Failure::internal(error.to_string()))?;
    Ok(CommandId { scope: format!("inbound/{channel}"), id: provider_message_id.clone(), body })
}

/// The id of a requester's message that names no conversation, in the scope of the requester.
pub(crate) fn from_requester<A>(
    channel: &ChannelId,
    caller: &Caller<A>,
    id: String,
    message: &PostMessageRequest,
) -> Result<CommandId, Failure> {
    let scope = format!("inbound/{channel}/requester/{}", caller.principal().name);
    Ok(CommandId { scope, id: checked(id)?, body: fingerprint(message)? })
}

/// The id of a message that was sent over a stream into one conversation: the same as if it had been posted.
pub(crate) fn from_stream<A>(
    conversation: ConversationId,
    caller: &Caller<A>,
    id: String,
    message: &PostMessageRequest,
) -> Result<CommandId, Failure> {
    let principal = caller.principal();
    let (role, name) = (principal.role.name(), &principal.name);
    let scope = format!("{role}/{name}/POST /v1/conversations/{conversation}/messages");
    Ok(CommandId { scope, id: checked(id)?, body: fingerprint(message)? })
}

fn checked(id: String) -> Result<String, Failure> {
    if is_visible(&id) {
        return Ok(id);
    }
    let what = "the message's id must be 1 to 256 visible ASCII characters";
    Err(Failure::new(ProblemCode::InvalidIdempotencyKey, what))
}

/// The key that stands in the headers, if one does.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let mut values = headers.get_all(HEADER);
    let Some(value) = values.next() else { return Ok(None) };
    let invalid =
        |what: &str| Failure::new(ProblemCode::InvalidIdempotencyKey, format!("`Idempotency-Key` {what}"));
    if values.next().is_some() {
        return Err(invalid("is there twice"));
    }
    match value.to_str() {
        Ok(text) if is_visible(text) => Ok(Some(text.to_owned())),
        Ok(_) | Err(_) => Err(invalid("must be 1 to 256 visible ASCII characters")),
    }
}

fn is_visible(text: &str) -> bool {
    LEN.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn message() -> InboundRequest {
        serde_json::from_str(r#"{"provider_message_id":"SM1","from":"a","to":"b","text":"c"}"#).unwrap()
    }

    #[test]
    fn a_key_is_1_to_256_visible_characters_and_is_there_once() {
        let read = |values: &[&str]| {
            let request = values
                .iter()
                .fold(TestRequest::post(), |request, value| request.append_header((HEADER, *value)));
            key(request.to_http_request().headers())
        };
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&["a-1"]).unwrap().as_deref(), Some("a-1"));
        for illegal in [&[""] as &[&str], &["a b"], &[&"a".repeat(257)], &["a", "a"]] {
            assert_eq!(read(illegal).unwrap_err().code(), ProblemCode::InvalidIdempotencyKey);
        }
    }

    /// L6
    #[test]
    fn a_redelivered_message_is_the_same_although_its_provider_stamped_it_anew() {
        let channel = ChannelId::new("sms").unwrap();
        let id = |message: &InboundRequest| from_provider(&channel, message).unwrap();
        let first = message();
        let again = InboundRequest { sent_at: Some("2026-01-31T22:10:47Z".to_owned()), ..message() };
        let other = InboundRequest { text: "d".to_owned(), ..message() };
        let answer = api::Answer { message_id: "m".to_owned(), value: "yes".to_owned() };
        let answering = InboundRequest { answer: Some(answer), ..message() };
        assert_eq!(id(&first), id(&again));
        assert_ne!(id(&first).body, id(&answering).body);
        assert_eq!(id(&first).id, id(&other).id);
        assert_ne!(id(&first).body, id(&other).body);
    }

    #[test]
    fn a_provider_message_id_has_bounds() {
        let channel = ChannelId::new("sms").unwrap();
        for illegal in ["", "a b", &"a".repeat(257)] {
            let message = InboundRequest { provider_message_id: illegal.to_owned(), ..message() };
            assert_eq!(from_provider(&channel, &message).unwrap_err().code(), ProblemCode::InvalidBody);
        }
    }
}
