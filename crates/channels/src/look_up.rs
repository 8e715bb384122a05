//! Asks the integrator whose number it is (`ID-1`): one signed request, and whatever is not a plain answer is none.

use crate::http::{ANSWER_MAX, Client};
use crate::signed::Endpoint;
use domain::{Address, ChannelId, Personal, UserId};
use engine::{LookUp, Looking, Wall};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long one look-up may take; a requester waits for it.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(2);
const CONTENT_TYPE: &str = "application/json";
const BAD_ANSWER: &str = "bad_answer";

/// The integrator's look-up.
pub(crate) struct UserLookUp {
    endpoint: Endpoint,
    client: Client,
    wall: Arc<dyn Wall>,
    /// How many there were, so that each has an id of its own.
    count: AtomicU64,
}

/// What is asked.
#[derive(Serialize)]
struct Asked<'a> {
    channel: &'a str,
    number: &'a str,
}

/// What may be answered. Whatever else is said of a user is the integrator's own affair.
#[derive(Deserialize)]
struct Answered {
    users: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    id: String,
}

impl UserLookUp {
    pub(crate) fn new(endpoint: Endpoint, client: Client, wall: Arc<dyn Wall>) -> Self {
        Self { endpoint, client, wall, count: AtomicU64::new(0) }
    }

    async fn ask(&self, channel: &ChannelId, number: &Address) -> Result<Vec<UserId>, &'static str> {
        let now = self.wall.read();
        let id = format!("look-up-{}-{}", now.0, self.count.fetch_add(1, Ordering::Relaxed));
        let asked = Asked { channel: channel.as_str(), number: number.as_str() };
        // Two texts are always JSON.
        let body = serde_json::to_vec(&asked).unwrap_or_default();
        let request = self.endpoint.request(&self.client, &id, CONTENT_TYPE, body, now);
        let answer = self.client.send(request, ANSWER_MAX, now).await.map_err(|error| error.code())?;
        if answer.status != 200 {
            return Err("http_status");
        }
        users(&answer.body)
    }
}

impl LookUp for UserLookUp {
    fn look_up<'a>(&'a self, channel: &'a ChannelId, number: &'a Personal<Address>) -> Looking<'a> {
        Box::pin(self.ask(channel, number.expose()))
    }
}

/// Whoever is in the answer, each once. One id that is none spoils it: it could have been anybody's.
fn users(body: &[u8]) -> Result<Vec<UserId>, &'static str> {
    let answered: Answered = serde_json::from_slice(body).map_err(|_| BAD_ANSWER)?;
    let users = answered.users.iter().map(|found| UserId::new(&found.id).map_err(|_| BAD_ANSWER));
    Ok(users.collect::<Result<BTreeSet<_>, _>>()?.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// ID-2, ID-6
    #[test]
    fn an_answer_names_users_each_once_and_anything_else_is_none() {
        for (body, expected) in [
            (r#"{"users":[]}"#, Ok(0)),
            (r#"{"users":[{"id":"ada","name":"Ada","phone":"+12025550143","vip":true}],"more":1}"#, Ok(1)),
            (r#"{"users":[{"id":"ada"},{"id":"ada"}]}"#, Ok(1)),
            (r#"{"users":[{"id":"ada"},{"id":"bea"}]}"#, Ok(2)),
            (r#"{"users":[{"id":"ada"},{"id":"no blanks"}]}"#, Err(BAD_ANSWER)),
            (r#"{"users":[{"name":"Ada"}]}"#, Err(BAD_ANSWER)),
            (r#"{"user":{"id":"ada"}}"#, Err(BAD_ANSWER)),
            (r#"[{"id":"ada"}]"#, Err(BAD_ANSWER)),
            ("", Err(BAD_ANSWER)),
        ] {
            assert_eq!(users(body.as_bytes()).map(|users| users.len()), expected, "{body}");
        }
    }

    proptest! {
        /// X1
        #[test]
        fn no_answer_breaks_the_reader(body in ".{0,60}|\\{\"users\":\\[(\\{\"id\":\".{0,80}\"\\},?){0,3}\\]\\}") {
            let _ = users(body.as_bytes());
        }
    }
}
