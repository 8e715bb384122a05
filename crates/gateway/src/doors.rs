//! The readers of what comes from outside, for the crate `doors` alone, which tries them with bytes that nobody thought
//! of. Each is what the routes call, or a line around it.

use crate::auth::Authenticator;
use crate::failure::Failure;
use crate::query::Params;
use crate::settings::{AuthSettings, SettingsError};
use crate::stream::cursor::Cursor;
use crate::{body, configuration, content, html, idempotency, users};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use api::configuration::Schedule as WireSchedule;
use api::{FieldError, PostMessageRequest, Problem, PutUserRequest};
use domain::channel::ChannelKind;
use domain::directory::User;
use domain::schedule::Schedule;
use domain::{Content, Parts, Principal, UserId};
use serde::de::DeserializeOwned;

/// What came of a reading, or how it would be refused.
pub type Read<T> = Result<T, Box<Problem>>;

fn told(failure: Failure) -> Box<Problem> {
    Box::new(failure.problem(None))
}

/// A body of JSON.
pub fn body<T: DeserializeOwned>(bytes: &[u8]) -> Read<T> {
    body::parse(bytes).map_err(told)
}

/// What a message says, whoever wrote it.
pub fn message(said: PostMessageRequest) -> Read<Content> {
    let PostMessageRequest { text, attachments, sent_at, context, choices, component: _, answer } = said;
    content::sent_at(sent_at.as_deref()).map_err(told)?;
    let parts = Parts {
        choices: content::choices(choices).map_err(told)?,
        answer: content::answer(answer).map_err(told)?,
        ..content::parts(text, attachments, context)
    };
    content::content(parts).map_err(told)
}

/// An address as a kind of channel has them.
pub fn address(kind: ChannelKind, text: &str) -> Read<String> {
    content::address(kind, "from", text).map(|address| address.as_str().to_owned()).map_err(told)
}

/// The parameters `limit`, `state` and `cursor` of a query; the first is a number.
pub fn query(text: &str) -> Read<(usize, Option<String>, Option<String>)> {
    let params = Params::parse(text, &["limit", "state", "cursor"]).map_err(told)?;
    let get = |name| params.get(name, "a text", |text| Some(text.to_owned())).map_err(told);
    let limit = params.number("limit", 1..=1000, 100).map_err(told)?;
    Ok((limit, get("state")?, get("cursor")?))
}

/// The key in a header `Idempotency-Key` of these bytes.
pub fn idempotency_key(value: &[u8]) -> Read<Option<String>> {
    let Ok(value) = HeaderValue::from_bytes(value) else { return Ok(None) };
    let headers: HeaderMap = [(HeaderName::from_static("idempotency-key"), value)].into_iter().collect();
    idempotency::key(&headers).map_err(told)
}

/// The cursor of a stream where the log ends at these positions: written again, and where each partition is read on.
pub fn stream_cursor(text: &str, heads: &[u64]) -> Option<(String, Vec<u64>)> {
    let cursor = Cursor::parse(text, heads)?;
    let next = (0..cursor.partitions()).map(|partition| cursor.heard(partition).next().position);
    Some((cursor.to_string(), next.collect()))
}

/// Knows who bears a token.
pub struct Bearers(Authenticator);

impl Bearers {
    /// Those whom these settings know.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn new(settings: &AuthSettings) -> Result<Self, SettingsError> {
        Authenticator::new(settings).map(Self)
    }

    /// Whose token stands in a header `Authorization` of these bytes; `None` if they are no header at all.
    pub fn identify(&self, value: &[u8]) -> Option<Read<Principal>> {
        let value = HeaderValue::from_bytes(value).ok()?;
        Some(self.0.identify(Some(&value)).map(|identity| identity.principal).map_err(told))
    }

    /// The guest whose token this is or was, a year ago at most.
    pub fn guest(&self, token: &str) -> Option<Principal> {
        self.0.returning_guest(token, 31_536_000).map(|identity| identity.principal)
    }
}

/// A file of users.
///
/// # Errors
/// Everything that is wrong, by line.
pub fn users(csv: &str) -> Result<Vec<(UserId, User)>, Vec<FieldError>> {
    users::read_csv(csv)
}

/// One user.
///
/// # Errors
/// Everything that is wrong, by field.
pub fn user(said: PutUserRequest) -> Result<User, Vec<FieldError>> {
    users::read(said)
}

/// One user as they are shown.
pub fn shown_user(id: &UserId, user: &User) -> PutUserRequest {
    users::shown(id, user).user
}

/// A weekly schedule.
///
/// # Errors
/// Everything that is wrong, by key.
pub fn schedule(said: WireSchedule) -> Result<Schedule, Vec<FieldError>> {
    let at = &mut configuration::Reading::of("schedules.x");
    let read = configuration::read_schedule(said, at);
    at.finish(read)
}

/// A weekly schedule as it is shown.
pub fn shown_schedule(schedule: &Schedule) -> WireSchedule {
    configuration::show_schedule(schedule)
}

/// A text with markdown, as HTML.
pub fn markdown(text: &str) -> String {
    html::of_markdown(text)
}

/// A text without, as HTML.
pub fn plain(text: &str) -> String {
    html::of_plain(text)
}
