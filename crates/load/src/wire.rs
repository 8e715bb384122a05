//! The JSON that goes over the wire, as far as the generator has to know it.

use crate::{Plan, bounds, plan};
use api::{EmptyRequest, EventResponse, InboundRequest, PostMessageRequest, Problem};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The id of the message that an event stores, if it stores one. Others name messages too, such as receipts.
pub(crate) fn message_id(event: &EventResponse) -> Option<&str> {
    let stores = ["conversation.requester_message_posted", "conversation.agent_message_posted"];
    stores.contains(&event.kind.as_str()).then(|| event.data.get("message_id")?.as_str()).flatten()
}

/// The generator's own id of a message, which its text carries.
pub(crate) fn key(event: &EventResponse) -> Option<&str> {
    key_within(&event.data)
}

fn key_within(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => text
            .strip_suffix(']')?
            .rsplit_once(" [")
            .map(|(_, key)| key)
            .filter(|key| key.starts_with("load-")),
        Value::Array(items) => items.iter().find_map(key_within),
        Value::Object(fields) => fields.values().find_map(key_within),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The code of a problem, as far as it can be a name in a report.
pub(crate) fn problem_code(body: &[u8]) -> Option<String> {
    let problem: Problem = serde_json::from_slice(body).ok()?;
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let code: String = problem.code.chars().filter(plain).take(bounds::CODE_CHARS_MAX).collect();
    (!code.is_empty()).then_some(code)
}

/// A requester's message. Its text ends with its key, so that a copy under another id is found as well.
pub(crate) fn inbound(plan: &Plan, requester: u32, key: &str) -> Vec<u8> {
    bytes(&InboundRequest {
        answer: None,
        provider_message_id: key.to_owned(),
        from: plan::phone(requester),
        to: plan.company.clone(),
        text: format!("A message made up for a load test [{key}]"),
        sent_at: None,
        attachments: Vec::new(),
        context: BTreeMap::new(),
    })
}

/// An agent's message.
pub(crate) fn answer(key: &str) -> Vec<u8> {
    let text = format!("An answer made up for a load test [{key}]");
    bytes(&PostMessageRequest { text, ..PostMessageRequest::default() })
}

/// The body of a command that its path says everything about.
pub(crate) fn nothing() -> Vec<u8> {
    bytes(&EmptyRequest {})
}

fn bytes(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("strings, lists and maps of strings are always JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::ProblemCode;
    use serde_json::json;

    fn event(kind: &str, data: Value) -> EventResponse {
        let (position, at) = ("0-9".to_owned(), "2026-01-01T00:00:00Z".to_owned());
        EventResponse { version: 3, position, kind: kind.to_owned(), at, cause: Value::Null, data }
    }

    #[test]
    fn a_message_is_recognised_by_its_id_and_by_its_text_wherever_that_is() {
        let body: Value = serde_json::from_slice(&answer("load-x-1-7")).unwrap();
        let data = json!({ "message_id": "m1", "content": { "parts": [3, body["text"]] } });
        let posted = event("conversation.agent_message_posted", data.clone());
        assert_eq!((message_id(&posted), key(&posted)), (Some("m1"), Some("load-x-1-7")));
        assert_eq!(message_id(&event("conversation.receipt_noted", data)), None);
        assert_eq!(key(&event("conversation.opened", json!({ "text": "see [1]" }))), None);
    }

    #[test]
    fn a_code_is_short_and_plain_whatever_the_server_sends() {
        let code = |code: &str| {
            let problem = Problem { code: code.to_owned(), ..ProblemCode::Overloaded.problem("") };
            problem_code(&bytes(&problem))
        };
        assert_eq!(code("not_participant").as_deref(), Some("not_participant"));
        assert_eq!(code("\u{1b}[31m").as_deref(), Some("31m"));
        assert_eq!(code(&"a".repeat(500)).map(|code| code.len()), Some(bounds::CODE_CHARS_MAX));
        assert_eq!(problem_code(b"<html>"), None);
    }
}
