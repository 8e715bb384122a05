//! What clients send over HTTP and over a stream.

use crate::{assert_keeps_quiet, number_after, text};
use api::configuration as words;
use api::{
    AckRequest, AssignRequest, BulkRequest, ClientFrame, DeviceRequest, DigestRequest, EmptyRequest,
    InboundRequest, NotificationRequest, PinRequest, PostMessageRequest, PresenceRequest, Problem,
    PutUserRequest, ReassociateRequest, ReceiptRequest, RejectRequest, RequesterRequest, SeenRequest,
    SessionRequest, StartConversationRequest, TransferRequest, VerifyRequest,
};
use codec::Envelope;
use domain::channel::ChannelKind;
use domain::conversation::ConversationEvent;
use domain::{
    AgentId, Cause, Content, ConversationId, Event, Message, MessageId, Principal, Role, Timestamp, limits,
};
use engine::{Cursor, DeliveryKey, OutboundCursor};
use gateway::doors::{self, Bearers};
use gateway::{AuthSettings, Secret};
use serde_json::Value;
use std::fmt::Display;
use std::sync::LazyLock;
use uuid::Uuid;
use views::PageCursor;

/// Holds bytes against one type of body.
macro_rules! body {
    ($bytes:ident, $text:ident: $($body:ty),+ $(,)?) => {
        $(match doors::body::<$body>($bytes) {
            Ok(said) => {
                let Ok(written) = serde_json::to_vec(&said) else { panic!("it cannot be written") };
                let again = doors::body::<$body>(&written);
                assert_eq!(again.map(json), Ok(json(said)), stringify!($body));
            }
            Err(problem) => assert_is_told(&problem, $text),
        })+
    };
}

fn json(said: impl serde::Serialize) -> Value {
    serde_json::to_value(said).unwrap_or_default()
}

/// A refusal has one of two codes, names a place within the body, and repeats nothing of it.
fn assert_is_told(problem: &Problem, body: &str) {
    let Problem { code, detail, errors, .. } = problem;
    assert!(["malformed_json", "invalid_body"].contains(&code.as_str()), "{code}");
    let told =
        errors.iter().fold(detail.clone(), |told, error| told + "\n" + &error.field + ": " + &error.detail);
    assert_keeps_quiet(body, &told);
    if let Some((line, column)) = number_after("line ", detail).zip(number_after(" column ", detail)) {
        let there = body.split('\n').nth(line.saturating_sub(1));
        // A column counts bytes and the end of the line, and 0 is before the first.
        assert!(there.is_some_and(|line| column <= line.len() + 1), "{detail}");
    }
}

/// Every body of JSON that a route takes, each as every one. What was understood is understood the same when it is
/// written; what was not is refused with a place in the body and none of its content (`P1`).
pub fn bodies(bytes: &[u8]) {
    // Columns are of bytes, and what is no text is no JSON.
    let Ok(said) = std::str::from_utf8(bytes) else {
        assert!(doors::body::<EmptyRequest>(bytes).is_err());
        return;
    };
    body!(
        bytes, said: AckRequest, AssignRequest, BulkRequest, DeviceRequest, DigestRequest, EmptyRequest,
        InboundRequest, NotificationRequest, PinRequest, PostMessageRequest, PresenceRequest, PutUserRequest,
        ReassociateRequest, ReceiptRequest, RejectRequest, RequesterRequest, SeenRequest, SessionRequest,
        StartConversationRequest, TransferRequest, VerifyRequest, words::Agent, words::Attachments,
        words::Component, words::Group, words::PresenceState, words::Queue, words::RejectReason, words::Rule,
        words::Schedule, words::ServiceChannel, words::Settings, words::Text,
    );
}

/// What a message says, of the checks behind the body: a body that is taken keeps every bound, has no file at an address
/// that a browser would take for another kind, and reads the same from its stored bytes.
pub fn content(bytes: &[u8]) {
    let said = doors::body::<PostMessageRequest>(bytes);
    let content = said.or_else(|_| {
        let text = text(bytes).into_owned();
        Ok::<_, ()>(PostMessageRequest { text, ..PostMessageRequest::default() })
    });
    let Ok(Ok(content)) = content.map(doors::message) else { return };
    assert_is_within_bounds(&content);
    for file in content.attachments() {
        let Ok(url) = url::Url::parse(file.url.expose()) else { continue };
        let local = ["localhost", "[::1]"].map(Some).contains(&url.host_str())
            || url.host_str().is_some_and(|host| host.starts_with("127."));
        assert!(url.scheme() == "https" || (url.scheme() == "http" && local), "{url}");
        assert!(url.username().is_empty() && url.password().is_none());
    }
    let Ok(agent) = AgentId::new("ann") else { return };
    let message = Message { id: MessageId(Uuid::nil()), content };
    let event = Event::Conversation(ConversationEvent::AgentMessagePosted { agent, message });
    let principal = Principal { role: Role::Agent, name: "ann".to_owned() };
    let cause = Cause { principal, causation: None, correlation: Uuid::nil() };
    let envelope = Envelope { at: Timestamp(0), cause, event };
    assert_eq!(codec::decode(&codec::encode(&envelope)), Ok(envelope));
}

fn assert_is_within_bounds(content: &Content) {
    assert!(content.text().expose().len() <= limits::TEXT_MAX);
    assert!(content.attachments().len() <= limits::ATTACHMENTS_MAX_COUNT);
    assert!(content.context().len() <= limits::CONTEXT_MAX_COUNT);
    let is_empty = content.text().expose().trim().is_empty();
    assert!(!is_empty || !content.attachments().is_empty() || content.answer().is_some());
    for file in content.attachments() {
        assert!(file.url.expose().len() <= limits::ATTACHMENT_FIELD_MAX);
    }
    if let Some(choices) = content.choices() {
        assert!((1..=limits::CHOICES_MAX_COUNT).contains(&choices.options().len()));
        let lens = choices.options().iter().map(|choice| choice.label.expose().len());
        assert!(lens.into_iter().all(|len| len <= limits::CHOICE_LABEL_MAX));
    }
}

/// Parameters of a query: bounds hold, and a refusal repeats nothing (`P1`).
pub fn queries(bytes: &[u8]) {
    let text = &*text(bytes);
    match doors::query(text) {
        Ok((limit, ..)) => assert!((1..=1000).contains(&limit)),
        Err(problem) => {
            assert_eq!(problem.code, "invalid_query");
            assert_keeps_quiet(text, &problem.detail);
        }
    }
    for kind in ChannelKind::ALL {
        match doors::address(kind, text) {
            Ok(address) => assert!(address == text && address.len() <= 128),
            // One that is no number in E.164 is told with an example of one.
            Err(problem) => assert_keeps_quiet(text, &problem.detail.replace("+12025550123", "")),
        }
    }
}

/// What is read of a cursor or an id is the same when it is written and read again.
fn rereads<T: Display + PartialEq>(text: &str, parse: impl Fn(&str) -> Option<T>) {
    let Some(read) = parse(text) else { return };
    assert!(parse(&read.to_string()).is_some_and(|again| again == read), "{read}");
}

/// Cursors and ids that clients send back.
pub fn cursors(bytes: &[u8]) {
    let text = &*text(bytes);
    rereads(text, Cursor::parse);
    rereads(text, OutboundCursor::parse);
    rereads(text, DeliveryKey::parse);
    rereads(text, PageCursor::parse);
    rereads(text, ConversationId::parse);
    for heads in [&[7][..], &[7, 2, u64::MAX]] {
        let Some((written, next)) = doors::stream_cursor(text, heads) else { continue };
        assert_eq!(doors::stream_cursor(&written, heads).map(|(again, _)| again), Some(written));
        assert!(next.iter().zip(heads).all(|(next, head)| *next <= head.saturating_add(1)));
    }
}

/// Whoever the tokens of these tests are for.
struct Known {
    bearers: Bearers,
    token: String,
}

static KNOWN: LazyLock<Option<Known>> = LazyLock::new(|| {
    let secret = Secret::new("a-secret-of-the-doors-0123456789abcdef".to_owned());
    let settings = AuthSettings { jwt_secret: Some(secret), ..AuthSettings::default() };
    // Until the year 2100.
    let (life, now) = (domain::Seconds(2_400_000_000), Timestamp(1_700_000_000_000));
    let token = gateway::issue_token(&settings, Role::Agent, "ann", None, life, now).ok()?;
    Some(Known { bearers: Bearers::new(&settings).ok()?, token })
});

/// Tokens, as a header and with the bytes put over a good one: only what the secret signed is believed, and a refusal
/// repeats nothing.
pub fn tokens(bytes: &[u8]) {
    let Some(Known { bearers, token }) = &*KNOWN else { panic!("there is a token") };
    let signed = token.rsplit_once('.').map(|(signed, _)| signed);
    let changed: Vec<u8> = [&b"Bearer "[..], token.as_bytes()].concat();
    let shift = bytes.first().map_or(0, |first| usize::from(*first) % changed.len());
    let mut changed = changed;
    changed.iter_mut().skip(shift).zip(bytes.get(1..).unwrap_or_default()).for_each(|(old, new)| *old = *new);
    for header in [bytes, &changed] {
        let said = text(header);
        match bearers.identify(header) {
            Some(Ok(principal)) => {
                assert_eq!((principal.role, principal.name.as_str()), (Role::Agent, "ann"));
                assert!(signed.is_some_and(|signed| said.contains(signed)), "nobody signed this");
            }
            Some(Err(problem)) => {
                assert!(["token_invalid", "token_expired"].contains(&problem.code.as_str()));
                assert_keeps_quiet(&said, &problem.detail);
            }
            None => {}
        }
        assert!(bearers.guest(&said).is_none(), "the one token that was signed is not a guest's");
    }
}

/// Frames that clients send over a stream: what was understood is understood the same when it is written.
pub fn frames(bytes: &[u8]) {
    let Ok(frame) = serde_json::from_slice::<ClientFrame>(bytes) else { return };
    let Ok(written) = serde_json::to_string(&frame) else { panic!("it cannot be written") };
    assert!(serde_json::from_str::<ClientFrame>(&written).is_ok_and(|again| again == frame));
}
