//! Tells a client what is wrong with JSON without repeating any of it: what the parser says of a value quotes the value,
//! and that may be a text or an address (`P1`).

use super::place::field_at;
use crate::failure::Failure;
use api::{FieldError, ProblemCode};
use serde::de::IgnoredAny;
use serde_json::Error;

/// The failure for what the parser found. Broken JSON is told before a wrong shape, although the parser may come to the
/// shape first: whoever writes broken JSON has another problem than whoever misspells a field.
pub(super) fn explain(json: &[u8], error: &Error) -> Failure {
    match serde_json::from_slice::<IgnoredAny>(json) {
        Err(broken) => Failure::new(
            ProblemCode::MalformedJson,
            format!("the body is no JSON from {} on", place(&broken)),
        ),
        Ok(_) => {
            let (field, what) = shape(json, error);
            let detail = format!("`{field}` at {}: {what}", place(error));
            Failure::new(ProblemCode::InvalidBody, detail).with_error(FieldError { field, detail: what })
        }
    }
}

fn place(error: &Error) -> String {
    format!("line {} column {}", error.line(), error.column())
}

/// Which field it is about, and what would be legal. Of the parser's message only the parts that come from our own
/// types are taken.
fn shape(json: &[u8], error: &Error) -> (String, String) {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    // Where there are no fields at all, the only thing that can be expected stands in the field that was sent.
    let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected);
    let expected = expected.filter(|_| !message.ends_with(", there are no fields"));
    let field = field_at(json, error.line(), error.column());
    if let Some(missing) = message.strip_prefix("missing field ") {
        let missing = missing.trim_matches('`');
        let field = if field.is_empty() { missing.to_owned() } else { format!("{field}.{missing}") };
        return (field, "this field is required".to_owned());
    }
    let field = if field.is_empty() { "body".to_owned() } else { field };
    let what = if message.starts_with("unknown field ") {
        match expected {
            Some(expected) => format!("this field is not known; expected {expected}"),
            None => "this field is not known; there are none".to_owned(),
        }
    } else if message.starts_with("duplicate field ") {
        "this field is there twice".to_owned()
    } else {
        expected
            .map_or_else(|| "the value is not legal".to_owned(), |expected| format!("expected {expected}"))
    };
    (field, what)
}
