//! A small client of the HTTP interface: everything as JSON and nothing of the server's own types, so that a change on
//! the wire is a change that a test sees.

use crate::process::{DEADLINE, eventually};
use chrono::DateTime;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

/// Talks to one server.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The body, if it is JSON; else it is null.
    pub(crate) body: Value,
    pub(crate) text: String,
}

/// What a command was answered that the server took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) conversation: String,
    pub(crate) message: Option<String>,
    pub(crate) duplicate: bool,
    pub(crate) position: String,
}

impl Client {
    /// A client of the server with this address.
    pub(crate) fn new(base: String) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(DEADLINE).build().unwrap();
        Self { base, http }
    }

    /// Begins a request.
    pub(crate) fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(token)
    }

    /// Sends a request, or says why there is no answer.
    pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_default();
        Ok(Answer { status, headers, body, text })
    }

    /// Reads something.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        Self::send(self.request(Method::GET, path, token)).await.unwrap()
    }

    /// Commands something.
    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        Self::send(self.request(Method::POST, path, token).json(body)).await.unwrap()
    }

    /// Commands something under an id.
    pub(crate) async fn post_as(&self, key: &str, path: &str, token: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path, token).header("Idempotency-Key", key);
        Self::send(request.json(body)).await.unwrap()
    }

    /// A message from a requester, which the server has to take.
    pub(crate) async fn inbound(&self, channel: &str, token: &str, message: &Value) -> Accepted {
        self.post(&format!("/v1/channels/{channel}/inbound"), token, message).await.accepted()
    }

    /// Asks something of a conversation, which the server has to do.
    pub(crate) async fn order(&self, id: &str, what: &str, token: &str, body: &Value) -> Accepted {
        self.post(&format!("/v1/conversations/{id}/{what}"), token, body).await.accepted()
    }

    /// All events of a conversation.
    pub(crate) async fn events(&self, id: &str, token: &str) -> Vec<Value> {
        let page = self.get(&format!("/v1/conversations/{id}/events?limit=1000"), token).await.ok();
        page["events"].as_array().unwrap().clone()
    }

    /// Waits for the first event of a type.
    pub(crate) async fn event(&self, id: &str, kind: &str, token: &str) -> Value {
        eventually(kind, async || {
            self.events(id, token).await.into_iter().find(|event| event["type"] == kind)
        })
        .await
    }
}

impl Answer {
    /// The body of an answer to a question.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.body
    }

    /// The body of an answer to a command.
    #[track_caller]
    pub(crate) fn accepted(self) -> Accepted {
        assert_eq!(self.status, 202, "{}", self.text);
        let text = |name: &str| self.body[name].as_str().map(str::to_owned);
        Accepted {
            conversation: text("conversation_id").unwrap(),
            message: text("message_id"),
            duplicate: self.body["duplicate"].as_bool().unwrap(),
            position: text("position").unwrap(),
        }
    }

    /// Checks that it is this problem, in the shape of RFC 9457.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) {
        let said = (self.status, self.body["code"].as_str().unwrap_or_default());
        assert_eq!(said, (status, code), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["type"], format!("/problems/{code}"));
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["instance"], format!("/requests/{}", self.header("x-request-id")));
        for name in ["title", "detail"] {
            assert!(self.body[name].as_str().is_some_and(|text| !text.is_empty()), "{}", self.text);
        }
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| HeaderValue::to_str(value).unwrap())
    }
}

/// A message as a gateway pushes it in.
pub(crate) fn message(id: &str, from: &str, to: &str, text: &str) -> Value {
    json!({ "provider_message_id": id, "from": from, "to": to, "text": text })
}

/// The types of events, in order.
pub(crate) fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// A time of an answer, in milliseconds.
#[track_caller]
pub(crate) fn ms(time: &Value) -> i64 {
    DateTime::parse_from_rfc3339(time.as_str().unwrap()).unwrap().timestamp_millis()
}

/// A time for a request.
pub(crate) fn rfc3339(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).unwrap().to_rfc3339()
}

/// Sends bytes that no client library would send, and gives all that comes back until the server hangs up.
pub(crate) fn raw(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    // The server may refuse, and hang up, before it has read everything.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer).map_err(|error| error.kind());
    assert!(
        !matches!(ended, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)),
        "the server does not hang up"
    );
    String::from_utf8_lossy(&answer).into_owned()
}
