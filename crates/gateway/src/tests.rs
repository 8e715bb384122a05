//! Tests of the gateway as a whole, without an engine behind it: who is turned away, how, and in which words.
//!
//! Extractors run in order and the caller comes first, so a route whose engine is missing still shows whom it refuses:
//! they get 401 or 403, and whoever passes gets as far as the missing engine, a 500.

mod documents;
mod refusals;
mod routing;
mod server;

use crate::auth::Authenticator;
use crate::observe::observe;
use crate::routes::routes;
use crate::settings::{ApiKey, AuthSettings, KeyDigest, Secret};
use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Data;
use api::Problem;
use domain::{Role, Seconds, Timestamp};
use sha2::{Digest as _, Sha256};

const API_KEY: &str = "an-api-key-that-is-random-and-long";
const ROLES: [Role; 5] = [Role::Gateway, Role::Requester, Role::Agent, Role::Supervisor, Role::Admin];

/// Settings with a secret and one API key for a supervisor.
fn auth() -> AuthSettings {
    let digest: String =
        Sha256::digest(API_KEY.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    AuthSettings {
        jwt_secret: Some(Secret::new("a secret of more than thirty-two bytes".to_owned())),
        api_keys: vec![ApiKey {
            name: "monitor".to_owned(),
            role: Role::Supervisor,
            sha256: KeyDigest::try_from(digest).unwrap(),
        }],
        ..AuthSettings::default()
    }
}

fn now() -> Timestamp {
    Timestamp(i64::try_from(jsonwebtoken::get_current_timestamp()).unwrap() * 1000)
}

/// A token that such a server accepts.
fn token(role: Role) -> String {
    crate::issue_token(&auth(), role, "ann", None, Seconds(60), now()).unwrap()
}

/// Asks the real routes in the real middleware, with an authenticator and metrics and no engine. Returns the answer and
/// its problem, if it is one.
async fn ask(request: TestRequest) -> (ServiceResponse<()>, Option<Problem>) {
    let metrics = crate::metrics::builder().unwrap().build_recorder().handle();
    let application = init_service(
        App::new()
            .app_data(Data::new(Authenticator::new(&auth()).unwrap()))
            .app_data(Data::new(metrics))
            .configure(routes)
            .wrap(from_fn(observe)),
    )
    .await;
    let response = call_service(&application, request.to_request()).await;
    let is_problem =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t == "application/problem+json");
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let bytes = to_bytes(body).await.unwrap();
    let problem = is_problem.then(|| serde_json::from_slice(&bytes).unwrap());
    (ServiceResponse::new(request, response), problem)
}

fn bearer(request: TestRequest, token: &str) -> TestRequest {
    request.insert_header((header::AUTHORIZATION, format!("Bearer {token}")))
}
