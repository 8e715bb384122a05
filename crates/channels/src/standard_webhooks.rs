//! Standard Webhooks 1.0: how a receiver knows that a request is ours, and how a request of another sender is verified.
//!
//! What is signed is `id.timestamp.body`. Ids are delivery keys, which nobody outside chooses, so that the full stops in
//! them cannot be moved. While keys rotate every key signs, and a receiver needs only one of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::{Seconds, Timestamp};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use std::ops::RangeInclusive;
use subtle::ConstantTimeEq as _;

/// The header with the id.
pub const ID: &str = "webhook-id";
/// The header with the time of sending, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures.
pub const SIGNATURE: &str = "webhook-signature";
/// How far the clocks of sender and receiver may be apart.
pub const TOLERANCE: Seconds = Seconds(300);
/// The most signatures that are looked at in one header (`X1`).
pub const SIGNATURES_MAX_COUNT: usize = 16;

const KEY_PREFIX: &str = "whsec_";
const KEY_LEN: RangeInclusive<usize> = 24..=64;

/// A key that both sides hold. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Key(Vec<u8>);

/// A text is no key: `whsec_` and then the base64 of 24 to 64 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyError;

/// The headers that make a request a signed one.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// The value of [`ID`].
    pub id: &'a str,
    /// The value of [`TIMESTAMP`].
    pub timestamp: &'a str,
    /// The value of [`SIGNATURE`].
    pub signature: &'a str,
}

/// Why a request is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// A header has not the form that it must have.
    Malformed,
    /// It was sent too long ago, or in the future.
    Stale,
    /// None of the signatures is by one of the keys.
    WrongSignature,
}

/// The values of the headers with which a request is sent, in the order of [`ID`], [`TIMESTAMP`], [`SIGNATURE`].
pub fn sign(keys: &[Key], id: &str, at: Timestamp, body: &[u8]) -> [(&'static str, String); 3] {
    let timestamp = at.0.div_euclid(1000).to_string();
    let signatures: Vec<String> =
        keys.iter().map(|key| format!("v1,{}", BASE64.encode(mac(key, id, &timestamp, body)))).collect();
    [(ID, id.to_owned()), (TIMESTAMP, timestamp), (SIGNATURE, signatures.join(" "))]
}

/// Checks that a request was signed with one of the keys, and not long before `now`.
///
/// # Errors
/// [`VerifyError`].
pub fn verify(keys: &[Key], headers: Headers<'_>, body: &[u8], now: Timestamp) -> Result<(), VerifyError> {
    let Headers { id, timestamp, signature } = headers;
    let digits = (1..=15).contains(&timestamp.len()) && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: i64 = timestamp.parse().map_err(|_| VerifyError::Malformed)?;
    if id.is_empty() || !digits {
        return Err(VerifyError::Malformed);
    }
    if seconds.abs_diff(now.0.div_euclid(1000)) > u64::from(TOLERANCE.0) {
        return Err(VerifyError::Stale);
    }
    let given = signatures(signature);
    // All are compared, whether or not one has matched, so that the time it takes tells nothing about them.
    let mut matches = subtle::Choice::from(0);
    for key in keys {
        let expected = mac(key, id, timestamp, body);
        for signature in &given {
            matches |= expected.ct_eq(signature.as_slice());
        }
    }
    if bool::from(matches) { Ok(()) } else { Err(VerifyError::WrongSignature) }
}

/// The signatures of version 1 in a header; others are for receivers who know them.
pub fn signatures(header: &str) -> Vec<Vec<u8>> {
    header
        .split(' ')
        .take(SIGNATURES_MAX_COUNT)
        .filter_map(|one| one.strip_prefix("v1,"))
        .filter_map(|text| BASE64.decode(text).ok())
        .collect()
}

fn mac(key: &Key, id: &str, timestamp: &str, body: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "a key of any length is legal for HMAC, so this cannot fail")]
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.0).expect("any key is legal");
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl Key {
    /// Reads a key.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let encoded = text.strip_prefix(KEY_PREFIX).ok_or(KeyError)?;
        let bytes = BASE64.decode(encoded).map_err(|_| KeyError)?;
        if KEY_LEN.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(KeyError) }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`whsec_` and the base64 of 24 to 64 random bytes; `echo whsec_$(openssl rand -base64 32)` makes one")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_123);

    fn key(fill: u8) -> Key {
        Key::parse(&format!("whsec_{}", BASE64.encode([fill; 32]))).unwrap()
    }

    fn headers<'a>(signed: &'a [(&'static str, String); 3]) -> Headers<'a> {
        let [(_, id), (_, timestamp), (_, signature)] = signed;
        Headers { id, timestamp, signature }
    }

    /// The vector that the authors of the standard publish.
    #[test]
    fn a_published_signature_is_ours_too() {
        let key = Key::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let at = Timestamp(1_614_265_330_000);
        let signed = sign(&[key], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, br#"{"test": 2432232314}"#);
        assert_eq!(signed[2].1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_keys_rotate_either_of_them_verifies() {
        let (old, new, other) = (key(1), key(2), key(3));
        let signed = sign(&[new.clone(), old.clone()], "a.1.0", NOW, b"{}");
        for known in [&old, &new] {
            assert_eq!(verify(std::slice::from_ref(known), headers(&signed), b"{}", NOW), Ok(()));
        }
        assert_eq!(verify(&[other], headers(&signed), b"{}", NOW), Err(VerifyError::WrongSignature));
    }

    #[test]
    fn another_body_id_or_time_is_refused_and_so_is_a_time_five_minutes_off() {
        let keys = [key(1)];
        let signed = sign(&keys, "a.1.0", NOW, b"{}");
        let good = headers(&signed);
        assert_eq!(verify(&keys, good, b"{ }", NOW), Err(VerifyError::WrongSignature));
        let other = Headers { id: "a.1.1", ..good };
        assert_eq!(verify(&keys, other, b"{}", NOW), Err(VerifyError::WrongSignature));
        let other = Headers { timestamp: "1700000001", ..good };
        assert_eq!(verify(&keys, other, b"{}", NOW), Err(VerifyError::WrongSignature));
        for (off_ms, expected) in [
            (299_000, Ok(())),
            (-300_000, Ok(())),
            (301_000, Err(VerifyError::Stale)),
            (-301_000, Err(VerifyError::Stale)),
        ] {
            assert_eq!(verify(&keys, good, b"{}", Timestamp(NOW.0 + off_ms)), expected, "{off_ms}");
        }
        for timestamp in ["", "now", "+1700000000", "-1"] {
            let other = Headers { timestamp, ..good };
            assert_eq!(verify(&keys, other, b"{}", NOW), Err(VerifyError::Malformed), "{timestamp}");
        }
    }

    #[test]
    fn a_key_has_24_to_64_bytes_and_prints_nothing() {
        let text = |len| format!("whsec_{}", BASE64.encode(vec![7; len]));
        for legal in [24, 64] {
            assert!(Key::parse(&text(legal)).is_ok());
        }
        for illegal in
            [String::new(), text(23), text(65), text(32).replace("whsec_", ""), "whsec_%%%".to_owned()]
        {
            assert_eq!(Key::parse(&illegal).map(drop), Err(KeyError));
        }
        assert_eq!(format!("{:?}", key(7)), "(secret)");
    }

    proptest! {
        #[test]
        fn no_header_breaks_the_verifier_and_none_passes_it(
            id in ".{0,20}", timestamp in "[0-9]{0,20}|.{0,10}", signature in "(v1,[A-Za-z0-9+/=]{0,50} ?){0,40}|.{0,80}"
        ) {
            let given = Headers { id: &id, timestamp: &timestamp, signature: &signature };
            let verified = verify(&[key(1)], given, b"{}", NOW);
            prop_assert!(verified.is_err());
            prop_assert!(signatures(&signature).len() <= SIGNATURES_MAX_COUNT);
        }

        #[test]
        fn what_was_signed_verifies(body: Vec<u8>, at in 0i64..4_000_000_000_000) {
            let signed = sign(&[key(1)], "a", Timestamp(at), &body);
            prop_assert_eq!(verify(&[key(1)], headers(&signed), &body, Timestamp(at)), Ok(()));
        }
    }
}
