//! Requests with retries: the same id each time, so that a server which had stored the first attempt can say so.

use crate::{Error, Token, bounds, chance::Chance, wire};
use reqwest::{
    Method, Response, StatusCode, Url,
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect,
};
use std::time::{Duration, Instant};

/// One request, the same in every attempt.
pub(crate) struct Call<'a> {
    /// The path below the server's address, segment by segment; ids are escaped here.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) token: &'a Token,
    /// The value of `Idempotency-Key`.
    pub(crate) key: Option<&'a str>,
    /// The JSON that is posted; without it the request is a GET.
    pub(crate) body: Option<Vec<u8>>,
}

/// What came of a request in the end.
pub(crate) enum Answer {
    /// The server said yes, after this many attempts.
    Yes { body: Vec<u8>, attempts: u32 },
    /// The server said no, for good, with this code.
    Refused(String),
    /// Nobody said yes or no: it may have been done or not. The code says what came last.
    Unknown(String),
}

enum Attempt {
    Over(Answer),
    Again { code: String, wait: Duration },
}

/// An HTTP client of one server.
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    attempts_max: u32,
}

impl Client {
    pub(crate) fn new(
        base: Url,
        attempts_max: u32,
        timeout: Duration,
        connections_max: usize,
    ) -> Result<Self, Error> {
        let http = reqwest::Client::builder()
            // Neither a proxy nor a redirect may carry the load or a token to another machine.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .timeout(timeout)
            .connect_timeout(bounds::CONNECT_TIME)
            .pool_max_idle_per_host(connections_max)
            .build()
            .map_err(|error| Error::Client(error.to_string()))?;
        Ok(Self { http, base, attempts_max })
    }

    /// Sends until there is an answer, the attempts are used up, or the next one would start after the deadline.
    pub(crate) async fn send(
        &self,
        call: &Call<'_>,
        deadline: Instant,
        mut retrying: impl FnMut(&str),
    ) -> Answer {
        // Clients that failed together should not all come back in the same instant.
        let salt =
            call.key.unwrap_or_default().bytes().fold(0, |sum: u64, b| sum * 31 % 65_521 + u64::from(b));
        let mut jitter = Chance::new(salt, 0);
        let mut pause = bounds::PAUSE_FIRST;
        let mut attempts = 1;
        loop {
            let (code, asked) = match self.attempt(call, attempts).await {
                Attempt::Over(answer) => return answer,
                Attempt::Again { code, wait } => (code, wait),
            };
            let wait = asked.max(pause.mul_f64(0.5 + jitter.unit() / 2.0));
            let too_late = deadline.saturating_duration_since(Instant::now()) <= wait;
            if attempts >= self.attempts_max || too_late {
                return Answer::Unknown(code);
            }
            retrying(&code);
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(bounds::PAUSE_MAX);
            attempts += 1;
        }
    }

    async fn attempt(&self, call: &Call<'_>, attempts: u32) -> Attempt {
        let again = |code: &str, wait| Attempt::Again { code: code.to_owned(), wait };
        let mut response = match self.request(call).send().await {
            Ok(response) => response,
            Err(error) => return again(what_broke(&error), Duration::ZERO),
        };
        let status = response.status();
        let wait = retry_after(&response);
        let body = match read(&mut response).await {
            Ok(Some(body)) => body,
            Ok(None) => return Attempt::Over(Answer::Unknown("answer_too_long".to_owned())),
            Err(error) => return again(what_broke(&error), Duration::ZERO),
        };
        if status.is_success() {
            return Attempt::Over(Answer::Yes { body, attempts });
        }
        let code = wire::problem_code(&body).unwrap_or_else(|| format!("http_{}", status.as_u16()));
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
            Attempt::Again { code, wait }
        } else if status.is_client_error() {
            Attempt::Over(Answer::Refused(code))
        } else {
            Attempt::Over(Answer::Unknown(code))
        }
    }

    fn request(&self, call: &Call<'_>) -> reqwest::RequestBuilder {
        let mut url = self.base.clone();
        // An http address always has a path to extend, so there is nothing to do about the other case.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let method = if call.body.is_some() { Method::POST } else { Method::GET };
        let mut request = self.http.request(method, url).bearer_auth(call.token.reveal());
        if let Some(key) = call.key {
            request = request.header("Idempotency-Key", key);
        }
        match &call.body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(body.clone()),
            None => request,
        }
    }
}

/// Seconds only: the other form is a date, and the generator has no calendar.
fn retry_after(response: &Response) -> Duration {
    let seconds =
        response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

/// Reads an answer up to a bound; nothing if it is longer.
async fn read(response: &mut Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > bounds::ANSWER_BYTES_MAX {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

fn what_broke(error: &reqwest::Error) -> &'static str {
    if error.is_connect() {
        "not_connected"
    } else if error.is_timeout() {
        "timeout"
    } else {
        "connection_lost"
    }
}
