//! What providers send and answer.

use crate::text;
use channels::http::{RETRY_AFTER_MAX, retry_after};
use channels::standard_webhooks::{
    self, Headers, Key, SIGNATURES_MAX_COUNT, VerifyError, signatures, verify,
};
use channels::twilio::signature::{is_body_signed, is_form_signed, sign};
use channels::twilio::{Fields, Inbound, Receipt, Status};
use domain::Timestamp;
use engine::Attempt;

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A form and a JSON object of Twilio, as a message and as a status. Bounds hold; a form that was read reads the same when
/// it is written again; a good signature counts, and that of another token does not.
pub fn twilio(bytes: &[u8]) {
    for fields in [Fields::form(bytes), Fields::json(bytes)].into_iter().flatten() {
        let pairs = fields.pairs();
        assert!(pairs.len() <= 200);
        assert!(pairs.iter().all(|(name, value)| name.len() <= 256 && value.len() <= 16 * 1024));
        let written = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        assert_eq!(Fields::form(written.as_bytes()).as_ref(), Ok(&fields));
        if let Ok(message) = Inbound::read(&fields) {
            assert!(message.media.len() <= 10 && !message.sid.is_empty() && !message.to.is_empty());
            assert!(message.media.iter().all(|file| !file.url.expose().is_empty()));
        }
        if let Ok(Status { sid, receipt }) = Status::read(&fields) {
            assert!(!sid.is_empty());
            if let Some(Receipt::Failed { code, .. }) = receipt {
                assert!(code.len() <= 20);
            }
        }
        let url = "https://talk.example.org/v1/channels/sms/twilio?a=b";
        let signature = sign("token", url, pairs);
        assert!(is_form_signed("token", url, pairs, &signature));
        assert!(!is_form_signed("other", url, pairs, &signature));
        assert!(!is_form_signed("token", &format!("{url}c"), pairs, &signature));
    }
}

/// Headers that a sender chooses, and keys. Nobody can guess a signature; a wait is bounded; a key that is one signs what it
/// verifies, and nothing else.
pub fn headers(bytes: &[u8]) {
    let text = &*text(bytes);
    assert!(signatures(text).len() <= SIGNATURES_MAX_COUNT);
    assert!(retry_after(text, NOW).is_none_or(|wait| wait <= RETRY_AFTER_MAX));
    let Ok(known) = Key::parse(KEY) else { panic!("the key is one") };
    for headers in [
        Headers { id: "1", timestamp: text, signature: "v1,AAAA" },
        Headers { id: "1", timestamp: "1700000000", signature: text },
        Headers { id: text, timestamp: "1700000000", signature: text },
    ] {
        assert!(verify(std::slice::from_ref(&known), headers, b"{}", NOW).is_err());
    }
    if let Ok(key) = Key::parse(text.trim()) {
        let [(_, id), (_, timestamp), (_, signature)] =
            standard_webhooks::sign(std::slice::from_ref(&key), "a", NOW, bytes);
        let headers = Headers { id: &id, timestamp: &timestamp, signature: &signature };
        assert_eq!(verify(&[key], headers, bytes, NOW), Ok(()));
        if text.trim() != KEY {
            assert_eq!(verify(&[known], headers, bytes, NOW), Err(VerifyError::WrongSignature));
        }
    }
    assert!(!is_form_signed("token", text, &[], text));
    assert!(!is_body_signed("token", text, text.as_bytes(), text));
    if let Ok(Some(key)) = gateway::doors::idempotency_key(bytes) {
        assert!((1..=256).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    }
}

/// What a provider answers to what we sent: two bytes of a status, and the body. What is kept of it is short and visible,
/// and only a 2xx is a yes.
pub fn answers(bytes: &[u8]) {
    let Some((status, body)) = bytes.split_first_chunk() else { return };
    let status = 100 + u16::from_be_bytes(*status) % 900;
    let is_id = |id: &String| (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    for attempt in channels::doors::attempts(status, body) {
        match attempt {
            Attempt::Sent { provider_id } => {
                assert!((200..300).contains(&status) && provider_id.as_ref().is_none_or(is_id));
            }
            Attempt::Retry { code, .. } | Attempt::Refused { code, .. } => {
                assert!(!(200..300).contains(&status) && is_id(&code) && code.len() <= 20);
            }
        }
    }
    assert!(channels::doors::taken(body).as_ref().is_none_or(is_id));
    let before = channels::doors::sent_before(body, "Hello?", NOW);
    assert!(before.into_iter().flatten().all(|id| is_id(&id)));
}
