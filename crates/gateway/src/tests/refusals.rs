//! Who is turned away, and how every refusal looks.

use super::{API_KEY, ROLES, ask, auth, bearer, now, token};
use actix_web::http::{Method, header};
use actix_web::test::TestRequest;
use domain::{ChannelId, Role, Seconds, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const ROUTING: &str = "/v1/configuration/routing";
const ID: &str = "/v1/conversations/01970000-0000-8000-8000-000000000000";

/// Every route behind a token, with the roles that it serves.
fn guarded() -> Vec<(Method, String, &'static [Role])> {
    use Role::{Admin, Agent, Gateway, Requester, Supervisor};
    let of_one = |part: &str| format!("{ID}{part}");
    vec![
        (Method::POST, "/v1/channels/sms/inbound".to_owned(), &[Requester, Gateway, Admin]),
        (Method::POST, "/v1/conversations".to_owned(), &[Agent, Supervisor]),
        (Method::GET, "/v1/conversations".to_owned(), &[Agent, Supervisor, Admin]),
        (Method::GET, of_one(""), &[Requester, Gateway, Agent, Supervisor, Admin]),
        (Method::GET, of_one("/events"), &[Requester, Gateway, Agent, Supervisor, Admin]),
        (Method::GET, of_one("/timers"), &[Gateway, Agent, Supervisor, Admin]),
        (Method::POST, of_one("/messages"), &[Requester, Gateway, Agent, Supervisor]),
        (Method::POST, of_one("/join"), &[Agent, Supervisor]),
        (Method::POST, of_one("/hold"), &[Agent, Supervisor]),
        (Method::POST, of_one("/resume"), &[Agent, Supervisor]),
        (Method::POST, of_one("/end"), &[Requester, Gateway, Agent, Supervisor, Admin]),
        (Method::POST, of_one("/transfer"), &[Agent, Supervisor, Admin]),
        (Method::POST, of_one("/agent-request"), &[Requester, Gateway]),
        (Method::DELETE, of_one("/agent-request"), &[Requester, Gateway]),
        (Method::POST, of_one("/reassociate"), &[Agent, Supervisor]),
        (Method::POST, of_one("/verify"), &[Gateway, Agent, Supervisor]),
        (Method::POST, "/v1/conversations/bulk".to_owned(), &[Agent, Supervisor]),
        (Method::GET, "/v1/contacts/lookup".to_owned(), &[Agent, Supervisor]),
        (Method::GET, "/v1/users".to_owned(), &[Admin]),
        (Method::POST, "/v1/users/import".to_owned(), &[Admin]),
        (Method::GET, "/v1/users/u-1".to_owned(), &[Admin]),
        (Method::PUT, "/v1/users/u-1".to_owned(), &[Admin]),
        (Method::DELETE, "/v1/users/u-1".to_owned(), &[Admin]),
        (Method::PUT, "/v1/users/u-1/pin".to_owned(), &[Admin]),
        (Method::GET, "/v1/agents".to_owned(), &[Supervisor, Admin]),
        (Method::GET, "/v1/agents/ann".to_owned(), &[Agent, Supervisor, Admin]),
        (Method::GET, "/v1/agents/ann/inbox".to_owned(), &[Agent, Supervisor, Admin]),
        (Method::PUT, "/v1/agents/ann/presence".to_owned(), &[Agent, Supervisor, Admin]),
        (Method::GET, "/v1/queues".to_owned(), &[Agent, Supervisor, Admin]),
        (Method::GET, "/v1/queues/letters".to_owned(), &[Agent, Supervisor, Admin]),
        (Method::GET, "/v1/work-items".to_owned(), &[Agent, Supervisor, Admin]),
        (Method::GET, "/v1/work-items/1".to_owned(), &[Agent, Supervisor, Admin]),
        (Method::POST, "/v1/work-items/1/accept".to_owned(), &[Agent, Supervisor]),
        (Method::POST, "/v1/work-items/1/reject".to_owned(), &[Agent, Supervisor]),
        (Method::POST, "/v1/work-items/1/assign".to_owned(), &[Supervisor, Admin]),
        (Method::GET, "/v1/work-items/1/explain".to_owned(), &[Supervisor, Admin]),
        (Method::POST, "/v1/sessions/renew".to_owned(), &[Requester]),
        (Method::GET, "/v1/stream".to_owned(), &[Requester, Agent, Supervisor]),
        (Method::GET, "/v1/stream/poll".to_owned(), &[Requester, Agent, Supervisor]),
        (Method::GET, "/v1/stream/events".to_owned(), &[Requester, Agent, Supervisor]),
        (Method::POST, "/v1/stream/tickets".to_owned(), &[Requester, Agent, Supervisor]),
        (Method::GET, "/metrics".to_owned(), &[Supervisor, Admin]),
        (Method::GET, ROUTING.to_owned(), &[Admin]),
        (Method::GET, format!("{ROUTING}/settings"), &[Admin]),
        (Method::PUT, format!("{ROUTING}/settings"), &[Admin]),
        (Method::GET, format!("{ROUTING}/queues"), &[Admin]),
        (Method::GET, format!("{ROUTING}/queues/letters"), &[Admin]),
        (Method::PUT, format!("{ROUTING}/queues/letters"), &[Admin]),
        (Method::DELETE, format!("{ROUTING}/queues/letters"), &[Admin]),
    ]
}

fn request(method: &Method, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(method.clone())
}

#[actix_web::test]
async fn every_route_but_livez_and_readyz_needs_a_token() {
    for (method, path, _) in guarded() {
        let (response, problem) = ask(request(&method, &path)).await;
        assert_eq!(response.status(), 401, "{method} {path}");
        assert_eq!(problem.unwrap().code, "token_missing");
        assert_eq!(response.headers().get(header::WWW_AUTHENTICATE).unwrap(), r#"Bearer realm="colloquy""#);
    }
    assert_eq!(ask(request(&Method::GET, "/livez")).await.0.status(), 200);
}

#[actix_web::test]
async fn every_route_serves_its_roles_and_no_others() {
    for (method, path, served) in guarded() {
        for role in ROLES {
            let (response, problem) = ask(bearer(request(&method, &path), &token(role))).await;
            let code = problem.map(|problem| problem.code);
            let refused = response.status() == 403 && code.as_deref() == Some("role_forbidden");
            assert_ne!(response.status(), 401, "{method} {path}");
            assert_eq!(refused, !served.contains(&role), "{method} {path} {}: {code:?}", role.name());
        }
    }
}

/// What `/metrics` answers to this token: the code of the problem, or none.
async fn verdict(token: &str) -> Option<String> {
    ask(bearer(TestRequest::with_uri("/metrics"), token)).await.1.map(|problem| problem.code)
}

/// A token of our own making: what is given replaces what a good one has.
fn forge(secret: &str, algorithm: Algorithm, changes: Value) -> String {
    let exp = now().0 / 1000 + 60;
    let mut claims =
        json!({ "sub": "ann", "role": "admin", "exp": exp, "iss": "colloquy", "aud": "colloquy" });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

#[actix_web::test]
async fn a_token_that_our_secret_did_not_sign_is_refused() {
    let good = "a secret of more than thirty-two bytes";
    assert_eq!(verdict(&forge(good, Algorithm::HS256, json!({}))).await, None);
    let other = forge("another secret of more than 32 bytes", Algorithm::HS256, json!({}));
    let stronger = forge(good, Algorithm::HS512, json!({}));
    let signed = forge(good, Algorithm::HS256, json!({}));
    let (head, signature) = signed.rsplit_once('.').unwrap();
    let reversed: String = signature.chars().rev().collect();
    let changed = format!("{head}.{reversed}");
    let claims = head.split_once('.').unwrap().1;
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    let unsigned_with_signature = format!("{unsigned}{signature}");
    for token in
        [other, stronger, changed, unsigned, unsigned_with_signature, "x".to_owned(), "x".repeat(9000)]
    {
        assert_eq!(verdict(&token).await.as_deref(), Some("token_invalid"), "{token}");
    }
}

#[actix_web::test]
async fn a_token_needs_all_its_claims_and_the_right_ones() {
    let good = "a secret of more than thirty-two bytes";
    let refused = [
        json!({ "iss": "somebody" }),
        json!({ "aud": "something" }),
        json!({ "exp": null }),
        json!({ "sub": "" }),
        json!({ "sub": "two words" }),
        json!({ "role": "system" }),
        json!({ "role": "god" }),
        json!({ "channel": "a b" }),
        json!({ "nbf": now().0 / 1000 + 3600 }),
    ];
    for changes in refused {
        let token = forge(good, Algorithm::HS256, changes.clone());
        assert_eq!(verdict(&token).await.as_deref(), Some("token_invalid"), "{changes}");
    }
}

#[actix_web::test]
async fn an_expired_token_is_told_apart() {
    let long_ago = Timestamp(now().0 - 3_600_000);
    let token = crate::issue_token(&auth(), Role::Admin, "ann", None, Seconds(60), long_ago).unwrap();
    let (response, problem) = ask(bearer(TestRequest::with_uri("/metrics"), &token)).await;
    assert_eq!((response.status().as_u16(), problem.unwrap().code.as_str()), (401, "token_expired"));
    let challenge = response.headers().get(header::WWW_AUTHENTICATE).unwrap().to_str().unwrap();
    assert!(challenge.contains("invalid_token"));
}

#[actix_web::test]
async fn an_api_key_is_as_good_as_a_token_and_another_text_is_not() {
    assert_eq!(verdict(API_KEY).await, None);
    assert_eq!(verdict(&API_KEY[1..]).await.as_deref(), Some("token_invalid"));
    let basic =
        TestRequest::with_uri("/metrics").insert_header((header::AUTHORIZATION, format!("Basic {API_KEY}")));
    assert_eq!(ask(basic).await.1.unwrap().code, "token_invalid");
    let twice = bearer(TestRequest::with_uri("/metrics"), API_KEY)
        .append_header((header::AUTHORIZATION, format!("Bearer {API_KEY}")));
    assert_eq!(ask(twice).await.1.unwrap().code, "token_invalid");
}

#[test]
fn a_token_is_issued_only_for_a_subject_that_its_role_may_have() {
    let channel = ChannelId::new("sms").unwrap();
    let issue =
        |role, subject| crate::issue_token(&auth(), role, subject, Some(&channel), Seconds(60), Timestamp(0));
    assert!(issue(Role::Requester, "+12025550123").is_ok());
    assert!(issue(Role::Agent, "+12025550123").is_err());
    assert!(issue(Role::System, "timers").is_err());
}

#[actix_web::test]
async fn an_unknown_route_and_a_wrong_method_are_problems_too() {
    let (response, problem) = ask(TestRequest::with_uri("/v2/conversations?secret=1")).await;
    let problem = problem.unwrap();
    assert_eq!((response.status().as_u16(), problem.code.as_str()), (404, "route_unknown"));
    let (response, problem) = ask(request(&Method::DELETE, "/v1/conversations")).await;
    assert_eq!((response.status().as_u16(), problem.unwrap().code.as_str()), (405, "method_not_allowed"));
    assert_eq!(response.headers().get(header::ALLOW).unwrap(), "GET, POST");
}

#[actix_web::test]
async fn every_answer_names_its_request_and_may_not_be_kept() {
    let (response, problem) = ask(TestRequest::with_uri("/nowhere")).await;
    let id = response.headers().get("x-request-id").unwrap().to_str().unwrap();
    assert_eq!(problem.unwrap().instance.unwrap(), format!("/requests/{id}"));
    let (response, _) = ask(TestRequest::with_uri("/livez")).await;
    assert_ne!(response.headers().get("x-request-id").unwrap().to_str().unwrap(), id);
    assert_eq!(response.headers().get(header::CACHE_CONTROL).unwrap(), "no-store");
    assert_eq!(response.headers().get(header::X_CONTENT_TYPE_OPTIONS).unwrap(), "nosniff");
}

/// A failure of the framework's own extractors, here of the engine that this application does not have.
#[actix_web::test]
async fn what_fails_inside_is_a_bare_500_in_the_usual_shape() {
    let (response, problem) = ask(bearer(TestRequest::with_uri(ID), &token(Role::Admin))).await;
    let problem = problem.unwrap();
    assert_eq!((response.status().as_u16(), problem.code.as_str()), (500, "internal"));
    assert!(!problem.detail.contains("Engine"), "{}", problem.detail);
}

/// P1. The recorder is this thread's, on which the whole application runs.
#[actix_web::test]
async fn metrics_speak_of_routes_and_never_of_paths() {
    let recorder = crate::metrics::builder().unwrap().build_recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    ask(TestRequest::with_uri(&format!("{ID}?agent=ann"))).await;
    ask(TestRequest::with_uri("/+12025550123")).await;
    ask(request(&Method::from_bytes(b"SECRET").unwrap(), "/livez")).await;
    let text = recorder.handle().render();
    for line in [
        r#"colloquy_http_requests_total{route="/v1/conversations/{id}",method="GET",status="401"} 1"#,
        r#"colloquy_http_requests_total{route="unmatched",method="GET",status="404"} 1"#,
        r#"colloquy_http_requests_total{route="/livez",method="other",status="405"} 1"#,
        r#"colloquy_http_request_seconds_bucket{route="/v1/conversations/{id}",le="+Inf"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for secret in ["01970000", "ann", "12025550123", "SECRET"] {
        assert!(!text.contains(secret), "{text}");
    }
}
