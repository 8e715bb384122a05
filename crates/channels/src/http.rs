//! The one HTTP client: it follows no redirect, waits and reads within bounds, and reaches no private address unless it
//! may.

mod guard;
mod retry_after;

pub use guard::is_public;
pub use retry_after::{RETRY_AFTER_MAX, retry_after};

use domain::{Seconds, Timestamp};
use engine::Attempt;
use guard::{Forbidden, Resolver};
use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Request, RequestBuilder, Response};
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection that nobody uses is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// The most bytes of an answer that are read.
pub const ANSWER_MAX: usize = 64 * 1024;

/// Sends requests to the outside.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    /// Whether it reaches only what everybody can reach.
    guarded: bool,
}

/// What came back, wholly read.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, within its bound.
    pub body: Vec<u8>,
    /// How long the other side wants to be left alone.
    pub retry_after: Option<Seconds>,
}

/// Why nothing, or not all of it, came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// The client cannot be made, or the request makes no sense.
    Request,
    /// The address is one that only this machine or its network can reach.
    PrivateAddress,
    /// There is no connection: no such name, nobody listens, no trust.
    Connect,
    /// It took too long.
    Timeout,
    /// The connection broke off, or the answer is no HTTP.
    BrokenAnswer,
    /// The answer is over its bound.
    AnswerTooLarge,
}

impl Client {
    /// Makes a client whose requests take at most `timeout`, bodies included.
    ///
    /// # Errors
    /// [`HttpError::Request`] if the machine has no certificates to trust.
    pub fn new(timeout: Duration, allow_private_addresses: bool) -> Result<Self, HttpError> {
        let builder = reqwest::Client::builder()
            // A proxy from the environment would reach for us what we may not reach.
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .timeout(timeout)
            .user_agent(concat!("colloquy/", env!("CARGO_PKG_VERSION")));
        let guarded = !allow_private_addresses;
        let builder = if guarded { builder.dns_resolver(Arc::new(Resolver)) } else { builder };
        Ok(Self { http: builder.build().map_err(|_| HttpError::Request)?, guarded })
    }

    /// Begins a request that posts to this address.
    pub fn post(&self, url: Url) -> RequestBuilder {
        self.http.post(url)
    }

    /// Begins a request that reads from this address.
    pub fn get(&self, url: Url) -> RequestBuilder {
        self.http.get(url)
    }

    /// Sends a request and reads the answer, of which at most so many bytes; `now` is what a date in `Retry-After` is
    /// compared with.
    ///
    /// # Errors
    /// [`HttpError`]. Only after [`PrivateAddress`](HttpError::PrivateAddress) and [`Connect`](HttpError::Connect) is it
    /// certain that nothing was sent.
    pub async fn send(
        &self,
        request: RequestBuilder,
        answer_max: usize,
        now: Timestamp,
    ) -> Result<Answer, HttpError> {
        let request = request.build().map_err(|_| HttpError::Request)?;
        self.check(&request)?;
        let response = self.http.execute(request).await.map_err(|error| reason(&error))?;
        let status = response.status().as_u16();
        let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = header.and_then(|text| retry_after(text, now));
        let body = read(response, answer_max).await?;
        Ok(Answer { status, body, retry_after })
    }

    /// An address that stands in the URL itself is never asked of the resolver.
    fn check(&self, request: &Request) -> Result<(), HttpError> {
        let address = match request.url().host() {
            None => return Err(HttpError::Request),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
        };
        if self.guarded && !is_public(address) { Err(HttpError::PrivateAddress) } else { Ok(()) }
    }
}

/// Whatever the other side announces, no more is held than the bound.
async fn read(mut response: Response, answer_max: usize) -> Result<Vec<u8>, HttpError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + chunk.len() > answer_max {
            return Err(HttpError::AnswerTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn reason(error: &reqwest::Error) -> HttpError {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = cause {
        if inner.is::<Forbidden>() {
            return HttpError::PrivateAddress;
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        HttpError::Timeout
    } else if error.is_connect() {
        HttpError::Connect
    } else if error.is_builder() {
        HttpError::Request
    } else {
        HttpError::BrokenAnswer
    }
}

impl HttpError {
    /// The stable code of a try that failed so.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Request => "bad_request",
            Self::PrivateAddress => "private_address",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::BrokenAnswer | Self::AnswerTooLarge => "bad_answer",
        }
    }
}

impl From<HttpError> for Attempt {
    /// None of them says anything of the message itself, so it may be tried again.
    fn from(error: HttpError) -> Self {
        Self::Retry { code: error.code().to_owned(), after: None }
    }
}

/// Whether a status says that the same request may succeed later.
pub(crate) const fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..)
}
