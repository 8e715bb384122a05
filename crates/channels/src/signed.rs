//! Posts a signed body and reads what came of it: the integrator's own gateway and subscribers alike.

use crate::http::{ANSWER_MAX, Answer, Client, is_temporary};
use crate::standard_webhooks::{Key, sign};
use domain::Timestamp;
use engine::{Attempt, DeliveryKey};
use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use url::Url;

/// The longest id that is taken from an answer.
const ID_MAX: usize = 128;

/// Where signed requests go.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) url: Url,
    /// All of them sign.
    pub(crate) keys: Vec<Key>,
}

/// What a receiver may say beside the status. Everything else in its answer is its own affair.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    provider_id: Option<String>,
    opted_out: bool,
}

impl Endpoint {
    /// Sends a body under the delivery's key, signed anew with every try.
    pub(crate) async fn post(
        &self,
        client: &Client,
        key: DeliveryKey,
        content_type: &'static str,
        body: Vec<u8>,
        now: Timestamp,
    ) -> Attempt {
        let request = self.request(client, &key.to_string(), content_type, body, now);
        match client.send(request, ANSWER_MAX, now).await {
            Ok(answer) => attempt(&answer),
            Err(error) => error.into(),
        }
    }

    /// A body that is signed under an id.
    pub(crate) fn request(
        &self,
        client: &Client,
        id: &str,
        content_type: &'static str,
        body: Vec<u8>,
        now: Timestamp,
    ) -> RequestBuilder {
        let mut request = client.post(self.url.clone()).header(CONTENT_TYPE, content_type);
        for (name, value) in sign(&self.keys, id, now, &body) {
            request = request.header(name, value);
        }
        request.body(body)
    }
}

/// A 2xx is a yes whatever else it says; a 410 says that nothing is wanted here any more.
pub(crate) fn attempt(answer: &Answer) -> Attempt {
    let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
    let code = format!("http_{}", answer.status);
    match answer.status {
        200..300 => Attempt::Sent { provider_id: said.provider_id.filter(|id| is_id(id)) },
        status if is_temporary(status) => Attempt::Retry { code, after: answer.retry_after },
        _ => Attempt::Refused { code, opted_out: said.opted_out },
    }
}

/// Whether a text can be kept as the name that somebody else gave to a message.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=ID_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Seconds;
    use proptest::prelude::*;

    fn of(status: u16, body: &str) -> Attempt {
        attempt(&Answer { status, body: body.into(), retry_after: Some(Seconds(7)) })
    }

    #[test]
    fn what_a_receiver_answers_is_a_yes_a_later_or_a_never() {
        let sent = |provider_id: Option<&str>| Attempt::Sent { provider_id: provider_id.map(str::to_owned) };
        assert_eq!(of(200, r#"{"provider_id":"m-1","more":[]}"#), sent(Some("m-1")));
        for no_id in
            ["", "thanks", "[]", r#"{"provider_id":""}"#, r#"{"provider_id":"a b"}"#, r#"{"provider_id":1}"#]
        {
            assert_eq!(of(204, no_id), sent(None), "{no_id}");
        }
        for status in [408, 425, 429, 500, 503] {
            let code = format!("http_{status}");
            assert_eq!(of(status, ""), Attempt::Retry { code, after: Some(Seconds(7)) });
        }
        for status in [302, 400, 401, 410] {
            let code = format!("http_{status}");
            assert_eq!(of(status, ""), Attempt::Refused { code, opted_out: false });
        }
    }

    proptest! {
        /// X1
        #[test]
        fn no_answer_breaks_the_reader_and_what_is_kept_of_it_is_bounded(
            status in 100u16..1000, body in ".{0,80}|\\{\"provider_id\":\".{0,200}\",\"opted_out\":(true|false|1)\\}"
        ) {
            match of(status, &body) {
                Attempt::Sent { provider_id } => prop_assert!(provider_id.is_none_or(|id| id.len() <= ID_MAX)),
                Attempt::Retry { code, .. } | Attempt::Refused { code, .. } => prop_assert!(code.len() <= 20),
            }
        }
    }

    /// OPT-4
    #[test]
    fn an_own_gateway_can_say_that_the_requester_wants_nothing_more() {
        let refused = Attempt::Refused { code: "http_410".to_owned(), opted_out: true };
        assert_eq!(of(410, r#"{"opted_out":true}"#), refused);
    }
}
