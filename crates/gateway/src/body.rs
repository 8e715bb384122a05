//! Request bodies: read within bounds of size and time, then parsed, with errors that say where and never what.

mod place;
mod shape;

use crate::failure::Failure;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use api::ProblemCode;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::time::Duration;

/// How much may be sent, and how slowly (`X1`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// In bytes.
    pub(crate) body_max: usize,
    /// For the whole body.
    pub(crate) body_timeout: Duration,
}

/// A body that has not been read yet, so that a handler decides when.
pub(crate) struct Body {
    payload: Payload,
    limits: Limits,
    announced: Option<usize>,
    media: Media,
}

/// What a body says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// JSON.
    Json,
    /// The fields of a form.
    Form,
    /// Comma-separated values.
    Csv,
    /// Anything else, and whatever is compressed.
    Other,
}

/// A body that was understood.
#[derive(Debug)]
pub(crate) struct Parsed<T> {
    /// What it says.
    pub(crate) value: T,
    /// As it was sent.
    pub(crate) bytes: Vec<u8>,
}

impl Default for Limits {
    fn default() -> Self {
        let settings = crate::settings::ServerSettings::default();
        Self { body_max: settings.body_max, body_timeout: Duration::from_secs(settings.body_timeout_s) }
    }
}

impl FromRequest for Body {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limits = request.app_data::<web::Data<Limits>>().map(|limits| *limits.get_ref());
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let plain = text(header::CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
        ready(Ok(Self {
            payload: payload.take(),
            limits: limits.unwrap_or_default(),
            announced: text(header::CONTENT_LENGTH).and_then(|len| len.parse().ok()),
            media: match request.content_type() {
                json if plain && json.eq_ignore_ascii_case("application/json") => Media::Json,
                form if plain && form.eq_ignore_ascii_case("application/x-www-form-urlencoded") => {
                    Media::Form
                }
                csv if plain && csv.eq_ignore_ascii_case("text/csv") => Media::Csv,
                _ => Media::Other,
            },
        }))
    }
}

impl Body {
    /// Reads a JSON object.
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<Parsed<T>, Failure> {
        check_media_type(self.media)?;
        let bytes = self.read().await?;
        Ok(Parsed { value: parse(&bytes)?, bytes })
    }

    /// Reads a JSON object, or nothing at all.
    pub(crate) async fn json_or_nothing<T: DeserializeOwned + Default>(self) -> Result<Parsed<T>, Failure> {
        let media = self.media;
        let bytes = self.read().await?;
        if bytes.is_empty() {
            return Ok(Parsed { value: T::default(), bytes });
        }
        check_media_type(media)?;
        Ok(Parsed { value: parse(&bytes)?, bytes })
    }

    /// Reads a text of comma-separated values, of at most so many bytes instead of those of other bodies.
    pub(crate) async fn csv(mut self, body_max: usize) -> Result<String, Failure> {
        if self.media != Media::Csv {
            let detail = "the body must be `text/csv`, not compressed";
            return Err(Failure::new(ProblemCode::UnsupportedMediaType, detail));
        }
        self.limits.body_max = body_max;
        let invalid = |_| Failure::field(ProblemCode::InvalidBody, "body", "expected a text in UTF-8");
        String::from_utf8(self.read().await?).map_err(invalid)
    }

    /// Reads a form or JSON as it was sent, and says which of the two it is, for whoever checks a signature first.
    pub(crate) async fn form_or_json(self) -> Result<(Media, Vec<u8>), Failure> {
        let media = self.media;
        if matches!(media, Media::Csv | Media::Other) {
            let detail = "send the body as a form or as JSON, not compressed, with its `Content-Type`";
            return Err(Failure::new(ProblemCode::UnsupportedMediaType, detail));
        }
        Ok((media, self.read().await?))
    }

    async fn read(mut self) -> Result<Vec<u8>, Failure> {
        let Limits { body_max, body_timeout } = self.limits;
        if self.announced.is_some_and(|len| len > body_max) {
            return Err(too_large(body_max));
        }
        let reading = async {
            let mut bytes = Vec::with_capacity(self.announced.unwrap_or_default());
            while let Some(chunk) = self.payload.next().await {
                let chunk = chunk.map_err(|_| {
                    Failure::new(ProblemCode::MalformedJson, "the body broke off before its end")
                })?;
                if bytes.len() + chunk.len() > body_max {
                    return Err(too_large(body_max));
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(bytes)
        };
        tokio::time::timeout(body_timeout, reading).await.unwrap_or_else(|_| {
            let detail = format!("the body did not arrive within {} s", body_timeout.as_secs());
            Err(Failure::new(ProblemCode::BodyTimeout, detail))
        })
    }
}

fn too_large(body_max: usize) -> Failure {
    Failure::new(ProblemCode::BodyTooLarge, format!("a body may have {body_max} bytes"))
}

fn check_media_type(media: Media) -> Result<(), Failure> {
    if media == Media::Json {
        return Ok(());
    }
    Err(Failure::new(
        ProblemCode::UnsupportedMediaType,
        "send the body as JSON, not compressed, with `Content-Type: application/json`",
    ))
}

/// What a body of JSON says.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let value = serde_json::from_slice(bytes).map_err(|error| shape::explain(bytes, &error))?;
    // Derived code also reads a struct from an array of its fields in order. Nobody should come to depend on that.
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Ok(value),
        Some(_) | None => {
            Err(Failure::new(ProblemCode::InvalidBody, "the body must be a JSON object, beginning with `{`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use api::{EmptyRequest, InboundRequest, PostMessageRequest};

    async fn body_of(request: TestRequest) -> Body {
        let (request, mut payload) = request.to_http_parts();
        Body::from_request(&request, &mut payload).await.unwrap()
    }

    async fn check<T: DeserializeOwned>(text: &str, expected: ProblemCode, words: &[&str]) {
        let request = TestRequest::post().insert_header(("content-type", "application/json; charset=utf-8"));
        let parsed = body_of(request.set_payload(text.to_owned())).await.json::<T>().await;
        let failure = parsed.map(|_| ()).unwrap_err();
        assert_eq!(failure.code(), expected, "{text}");
        for word in words {
            assert!(failure.to_string().contains(word), "{text}: {failure}");
        }
    }

    #[actix_web::test]
    async fn a_broken_body_says_where_it_breaks() {
        use ProblemCode::MalformedJson;
        check::<EmptyRequest>("{", MalformedJson, &["line 1 column 1"]).await;
        check::<EmptyRequest>("{\n  \"a\" 1}", MalformedJson, &["line 2 column 7"]).await;
        check::<EmptyRequest>("{} {}", MalformedJson, &["line 1 column 4"]).await;
        check::<EmptyRequest>("", MalformedJson, &["line 1 column 0"]).await;
    }

    #[actix_web::test]
    async fn a_body_of_the_wrong_shape_names_its_field_and_never_its_content() {
        use ProblemCode::InvalidBody;
        check::<PostMessageRequest>(r#"{"text": 1}"#, InvalidBody, &["`text`", "a string", "column 10"])
            .await;
        check::<PostMessageRequest>(r#"{"texts": ""}"#, InvalidBody, &["`texts`", "not known"]).await;
        check::<InboundRequest>(r#"{"from": ""}"#, InvalidBody, &["`provider_message_id`", "required"]).await;
        let nested = r#"{"attachments": [{"url": "x", "content_type": "y"}, {"url": "+12025550123"}]}"#;
        check::<PostMessageRequest>(nested, InvalidBody, &["`attachments[1].content_type`"]).await;
        check::<EmptyRequest>("[]", InvalidBody, &["object"]).await;
        let request = TestRequest::post().insert_header(("content-type", "application/json"));
        let secret = r#"{"context": "+12025550123, expected +12025550124"}"#;
        let failure =
            body_of(request.set_payload(secret)).await.json::<PostMessageRequest>().await.unwrap_err();
        assert!(!failure.to_string().contains("+1202"), "{failure}");
    }

    /// P1
    #[test]
    fn a_field_that_is_named_like_an_error_is_not_repeated() {
        let failure = parse::<EmptyRequest>(br#"{"x, expected +12025550123": 1}"#).unwrap_err();
        assert_eq!(failure.code(), ProblemCode::InvalidBody);
        assert!(!failure.to_string().contains("+1202"), "{failure}");
    }

    /// X1
    #[actix_web::test]
    async fn a_body_over_the_bound_is_refused_before_it_is_read_and_while_it_is() {
        let limits = web::Data::new(Limits { body_max: 10, body_timeout: Duration::from_secs(1) });
        let request = || {
            TestRequest::post()
                .app_data(limits.clone())
                .insert_header(("content-type", "application/json"))
                .set_payload(r#"{"text":"longer"}"#)
        };
        let unannounced = body_of(request()).await.json::<PostMessageRequest>().await.unwrap_err();
        assert_eq!(unannounced.code(), ProblemCode::BodyTooLarge);
        let announced = request().insert_header(("content-length", "11"));
        let failure = body_of(announced).await.json::<PostMessageRequest>().await.unwrap_err();
        assert_eq!(failure.code(), ProblemCode::BodyTooLarge);
    }

    #[actix_web::test]
    async fn only_json_is_taken_and_nothing_at_all_where_that_says_enough() {
        for (name, value) in [("content-type", "text/plain"), ("x-other", "")] {
            let request = TestRequest::post().insert_header((name, value)).set_payload("{}");
            let failure = body_of(request).await.json_or_nothing::<EmptyRequest>().await.unwrap_err();
            assert_eq!(failure.code(), ProblemCode::UnsupportedMediaType);
        }
        assert!(body_of(TestRequest::post()).await.json_or_nothing::<EmptyRequest>().await.is_ok());
    }
}
