//! Twilio's own helper library signs what we accept, refuses what we refuse, and asks as we ask.

use crate::interop::{python, run};
use crate::provider::{Provider, answer, key, message, sent, sms, try_once};
use channels::twilio::signature::{is_body_signed, is_form_signed, sign};
use domain::channel::ChannelKind;
use engine::Delivery;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TOKEN: &str = "t-o-k-e-n";
const URLS: [&str; 6] = [
    "https://talk.example.org/v1/channels/sms/twilio",
    "https://talk.example.org:443/v1/channels/sms/twilio",
    "https://talk.example.org:8443/v1/channels/sms/twilio",
    "http://talk.example.org/v1/channels/sms/twilio",
    "http://talk.example.org:80/v1/channels/sms/twilio?a=b%20c&d=%2F",
    "https://talk.example.org/v1/channels/a.b-c_d@e/twilio/status/01970000-0000-8000-8000-000000000000.4.0",
];

fn fields() -> Vec<(String, String)> {
    [
        ("MessageSid", "SM1"),
        ("From", "+12025550123"),
        ("To", "+12025550100"),
        ("Body", "Größe & Maß = 100 % 👍\n\"second line\""),
        ("AddOns", "{}"),
        ("FromCity", ""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

#[tokio::test]
async fn what_the_library_signs_is_accepted_with_and_without_the_port() {
    let Some(python) = python() else { return };
    let fields = fields();
    let object: serde_json::Map<String, Value> =
        fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let script = "
from twilio.request_validator import RequestValidator, remove_port, add_port
from urllib.parse import urlparse
validator = RequestValidator(given['token'])
answer = [
    [validator.compute_signature(form, given['fields']) for form in (url, remove_port(urlparse(url)), add_port(urlparse(url)))]
    for url in given['urls']
]";
    let given = json!({ "token": TOKEN, "urls": URLS, "fields": object });
    let signed = run(&python, script, &given).await;
    for (url, signatures) in URLS.iter().zip(signed.as_array().unwrap()) {
        for signature in signatures.as_array().unwrap() {
            let signature = signature.as_str().unwrap();
            assert!(is_form_signed(TOKEN, url, &fields, signature), "{url}");
            assert!(!is_form_signed("other", url, &fields, signature), "{url}");
            assert!(!is_form_signed(TOKEN, url, &fields[1..], signature), "{url}");
            assert!(!is_form_signed(TOKEN, &url.replace("twilio", "twili0"), &fields, signature), "{url}");
        }
    }
}

#[tokio::test]
async fn the_library_accepts_what_we_sign_and_both_refuse_what_is_forged() {
    let Some(python) = python() else { return };
    let fields = fields();
    let object: serde_json::Map<String, Value> =
        fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let url = URLS[0];
    let good = sign(TOKEN, url, &fields);
    let signatures = [
        good.clone(),
        sign("other", url, &fields),
        sign(TOKEN, URLS[3], &fields),
        sign(TOKEN, url, &fields[1..]),
        String::new(),
        good.replace('=', ""),
    ];
    let script = "
from twilio.request_validator import RequestValidator
answer = [RequestValidator(given['token']).validate(given['url'], given['fields'], one) for one in given['signatures']]";
    let given = json!({ "token": TOKEN, "url": url, "fields": object, "signatures": signatures });
    let theirs = run(&python, script, &given).await;
    let ours: Vec<bool> = signatures.iter().map(|one| is_form_signed(TOKEN, url, &fields, one)).collect();
    assert_eq!(theirs, json!(ours));
    assert_eq!(ours, [true, false, false, false, false, false]);
}

#[tokio::test]
async fn a_json_body_is_signed_by_its_digest_in_the_url() {
    let Some(python) = python() else { return };
    let body = r#"{"MessageSid":"SM1","Body":"Größe 👍"}"#;
    let script = "
from twilio.request_validator import RequestValidator
validator = RequestValidator(given['token'])
url = given['url'] + '?bodySHA256=' + validator.compute_hash(given['body'])
signature = validator.compute_signature(url, {})
answer = [url, signature, validator.validate(url, given['body'], signature), validator.validate(url, '{}', signature)]";
    let given = json!({ "token": TOKEN, "url": URLS[0], "body": body });
    let theirs = run(&python, script, &given).await;
    let (url, signature) = (theirs[0].as_str().unwrap(), theirs[1].as_str().unwrap());
    let ours = [body, "{}"].map(|body| is_body_signed(TOKEN, url, body.as_bytes(), signature));
    assert_eq!(json!([theirs[2], theirs[3]]), json!(ours));
    assert_eq!(ours, [true, false]);
}

/// The names and values of a form or a query, in no order: the library has its own.
fn parameters(encoded: &[u8]) -> BTreeSet<(String, String)> {
    channels::twilio::Fields::form(encoded).unwrap().pairs().iter().cloned().collect()
}

#[tokio::test]
async fn our_requests_are_those_of_the_library() {
    let Some(python) = python() else { return };
    let taken = answer(201, &json!({ "sid": "SM1", "body": "Größe 👍", "status": "queued" }));
    let page = answer(200, &json!({ "messages": [], "page_size": 20 }));
    let provider = Provider::with([taken.clone(), page.clone(), taken.clone(), page, taken]).await;
    let script = "
from twilio.rest import Client
from twilio.http.http_client import TwilioHttpClient
class Loopback(TwilioHttpClient):
    def request(self, method, url, *args, **kwargs):
        assert url.startswith('https://api.twilio.com')
        return super().request(method, url.replace('https://api.twilio.com', given['base']), *args, **kwargs)
client = Client('AC1', given['token'], http_client=Loopback())
sent = client.messages.create(to='+12025550123', from_='+12025550100', body='Größe 👍',
    media_url=['https://files.example/1'], status_callback=given['callback'])
found = client.messages.list(to='+12025550123', from_='+12025550100', page_size=20, limit=20)
answer = [sent.sid, len(found)]";
    let callback = format!("https://talk.example.org/v1/channels/sms/twilio/status/{}", key(4));
    let base = format!("http://127.0.0.1:{}", provider.port);
    let theirs = run(&python, script, &json!({ "token": TOKEN, "base": base, "callback": callback })).await;
    assert_eq!(theirs, json!(["SM1", 0]));

    let delivery = message("sms", ChannelKind::Sms, "Größe 👍", &["image/png"]);
    let channels = provider.channels(15);
    assert_eq!(try_once(&channels, &delivery).await, sent("SM1"));
    assert_eq!(try_once(&channels, &Delivery { attempt: 2, ..sms("Größe 👍") }).await, sent("SM1"));
    let asked = provider.asked();
    for (theirs, ours) in [(&asked[0], &asked[2]), (&asked[1], &asked[3])] {
        let parts = |line: &str| {
            let (path, query) = line.split_once('?').unwrap_or((line, ""));
            (path.to_owned(), parameters(query.as_bytes()))
        };
        assert_eq!(parts(&theirs.line), parts(&ours.line));
        assert_eq!(parameters(&theirs.body), parameters(&ours.body));
        assert_eq!(theirs.header("authorization"), ours.header("authorization"));
    }
    let form = "application/x-www-form-urlencoded";
    assert_eq!((asked[0].header("content-type"), asked[2].header("content-type")), (form, form));
}
