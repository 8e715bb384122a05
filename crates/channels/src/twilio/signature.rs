//! How Twilio signs what it sends, and how that is checked: HMAC-SHA1 with the account's auth token over the public URL
//! and the fields of the form, or over the URL alone if it holds a digest of the body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};
use url::Url;

/// The header with the signature.
pub const HEADER: &str = "x-twilio-signature";

/// The parameter of the URL with the digest of a body that is no form.
const BODY_DIGEST: &str = "bodySHA256";

/// The signature of a form: its decoded fields by name and value, each once, one behind the other.
pub fn sign(auth_token: &str, url: &str, fields: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    #[expect(clippy::expect_used, reason = "a key of any length is legal for HMAC, so this cannot fail")]
    let mut mac = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()).expect("any key is legal");
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    BASE64.encode(mac.finalize().into_bytes())
}

/// Whether a form was signed with the token. Twilio is not consistent about ports, so the URL counts with and without
/// its own.
pub fn is_form_signed(auth_token: &str, url: &str, fields: &[(String, String)], signature: &str) -> bool {
    let variants = variants(url);
    let matches = variants.iter().fold(Choice::from(0), |matches, url| {
        matches | sign(auth_token, url, fields).as_bytes().ct_eq(signature.as_bytes())
    });
    !variants.is_empty() && bool::from(matches)
}

/// Whether a body that is no form was signed with the token: its digest stands in the URL, and the URL is signed.
pub fn is_body_signed(auth_token: &str, url: &str, body: &[u8], signature: &str) -> bool {
    let Ok(parsed) = Url::parse(url) else { return false };
    let digest: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    let given = parsed.query_pairs().find(|(name, _)| name == BODY_DIGEST);
    let is_its_own = given.is_some_and(|(_, given)| bool::from(given.as_bytes().ct_eq(digest.as_bytes())));
    is_its_own && is_form_signed(auth_token, url, &[], signature)
}

/// The URL without a port and with one, its own or else the scheme's. Everything else stays as it was written: a parsed
/// URL might come back in other words, and it is the words that are signed.
fn variants(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return Vec::new() };
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let after_host = authority.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match authority[after_host..].find(':') {
        Some(at) => (&authority[..after_host + at], &authority[after_host + at + 1..]),
        None => (authority, ""),
    };
    let port = match (port, scheme) {
        ("", "https") => "443",
        ("", _) => "80",
        (port, _) => port,
    };
    vec![format!("{scheme}://{host}{tail}"), format!("{scheme}://{host}:{port}{tail}")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The form of Twilio's documentation, whose numbers and host have changed over the years.
    fn published(number: &str) -> Vec<(String, String)> {
        fields(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", number),
            ("Digits", "1234"),
            ("From", number),
            ("To", "+18005551212"),
        ])
    }

    #[test]
    fn the_published_signatures_are_ours_too() {
        for (host, number, signature) in [
            ("example.com", "+14158675310", "L/OH5YylLD5NRKLltdqwSvS0BnU="),
            ("mycompany.com", "+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ] {
            let (form, url) = (published(number), format!("https://{host}/myapp.php?foo=1&bar=2"));
            assert_eq!(sign("12345", &url, &form), signature);
            let with_port = format!("https://{host}:443/myapp.php?foo=1&bar=2");
            for url in [&url, &with_port] {
                assert!(is_form_signed("12345", url, &form, signature), "{url}");
            }
            assert!(!is_form_signed("12346", &url, &form, signature));
            assert!(!is_form_signed("12345", &url, &form[1..], signature));
            assert!(!is_form_signed("12345", &url, &form, signature.trim_end_matches('=')));
            assert!(!is_form_signed("12345", &url.replace("https", "http"), &form, signature));
        }
    }

    #[test]
    fn a_field_that_is_there_twice_counts_once_for_each_value() {
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let once =
            fields(&[("Digits", "1234"), ("Digits", "5678"), ("Sid", "CA123"), ("SidAccount", "AC123")]);
        let again = fields(&[
            ("Sid", "CA123"),
            ("SidAccount", "AC123"),
            ("Digits", "5678"),
            ("Digits", "1234"),
            ("Digits", "1234"),
        ]);
        assert_eq!(sign("12345", url, &again), sign("12345", url, &once));
        assert_eq!(sign("12345", url, &again), "IK+Dwps556ElfBT0I3Rgjkr1wJU=");
    }

    #[test]
    fn a_url_counts_with_and_without_its_port() {
        let both = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        assert_eq!(
            variants("https://a.example/b?c=http://d:1"),
            both("https://a.example/b?c=http://d:1", "https://a.example:443/b?c=http://d:1")
        );
        assert_eq!(variants("http://a.example:8080"), both("http://a.example", "http://a.example:8080"));
        assert_eq!(variants("http://[::1]:8080/x"), both("http://[::1]/x", "http://[::1]:8080/x"));
        assert!(variants("a.example").is_empty());
    }

    #[test]
    fn a_body_counts_only_with_its_digest_in_the_signed_url() {
        let body = br#"{"MessageSid":"SM1"}"#;
        let digest: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let url = format!("https://a.example/in?bodySHA256={digest}");
        let signature = sign("token", &url, &[]);
        assert!(is_body_signed("token", &url, body, &signature));
        assert!(!is_body_signed("token", &url, b"{}", &signature));
        assert!(!is_body_signed("other", &url, body, &signature));
        let bare = "https://a.example/in";
        assert!(
            !is_body_signed("token", bare, body, &sign("token", bare, &[])),
            "nothing says what body it had"
        );
    }

    proptest! {
        #[test]
        fn no_url_and_no_signature_breaks_the_check_and_none_passes_it(
            url in "(https?://)?[a-z\\[\\]:@/?#.]{0,40}|.{0,40}", signature in ".{0,40}", body: Vec<u8>
        ) {
            prop_assert!(!is_form_signed("token", &url, &[], &signature));
            prop_assert!(!is_body_signed("token", &url, &body, &signature));
        }
    }
}
