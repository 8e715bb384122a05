//! Text as the headers and the URL that a sender chooses. Nobody can guess a signature.
#![no_main]

use channels::http::{RETRY_AFTER_MAX, retry_after};
use channels::standard_webhooks::{Headers, Key, SIGNATURES_MAX_COUNT, signatures, verify};
use channels::twilio::signature::{is_body_signed, is_form_signed};
use domain::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let now = Timestamp(1_700_000_000_000);
    assert!(signatures(text).len() <= SIGNATURES_MAX_COUNT);
    assert!(retry_after(text, now).is_none_or(|wait| wait <= RETRY_AFTER_MAX));
    let key = Key::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    for headers in [
        Headers { id: "1", timestamp: text, signature: "v1,AAAA" },
        Headers { id: text, timestamp: "1700000000", signature: text },
    ] {
        assert!(verify(std::slice::from_ref(&key), headers, b"{}", now).is_err());
    }
    assert!(!is_form_signed("token", text, &[], text));
    assert!(!is_body_signed("token", text, text.as_bytes(), text));
});
