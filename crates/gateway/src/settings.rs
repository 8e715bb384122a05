//! What an operator sets about the server and about who may use it.

mod values;
mod web;

pub use channels::Secret;
pub use values::{KeyDigest, Listen};
pub use web::WebSettings;

use domain::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// HS256 signs with 256 bits; a shorter secret, in bytes, is weaker than the signature.
const JWT_SECRET_MIN: usize = 32;

/// The gateway's part of the process settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where and how it listens.
    pub server: ServerSettings,
    /// Who may use it.
    pub auth: AuthSettings,
    /// Browsers, guests and live streams.
    pub web: WebSettings,
}

/// Where and how the server listens. Every number is a bound with a designed answer (`X1`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// `127.0.0.1:7080`, or `unix:/path/to/socket`. Port 0 takes any free one.
    pub listen: Listen,
    /// Threads that answer requests.
    pub workers: usize,
    /// The largest body in bytes; a larger one is answered 413.
    pub body_max: usize,
    /// Connections that are served at once; more wait in the kernel's queue.
    pub connections_max: usize,
    /// How long an idle connection is kept.
    pub keep_alive_s: u64,
    /// How long a client may take to send the head of a request.
    pub head_timeout_s: u64,
    /// How long a client may take to send the body of a request; a slower one is answered 408.
    pub body_timeout_s: u64,
    /// How long a stop waits for requests that are being answered.
    pub drain_timeout_s: u64,
    /// Whether agents are shown the earlier conversations of the same user on other channels (`OMN-5`).
    pub conversation_history_cross_channel: bool,
}

/// Who may use the server: bearers of a JWT that its secret signed, and of a listed API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthSettings {
    /// The secret that signs JWTs with HS256, at least 32 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt_secret: Option<Secret>,
    /// A file that holds the secret instead; one line break at its end does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt_secret_file: Option<PathBuf>,
    /// The `iss` that a JWT must have.
    pub issuer: String,
    /// The `aud` that a JWT must have.
    pub audience: String,
    /// Keys for programs that cannot make JWTs.
    pub api_keys: Vec<ApiKey>,
}

/// One API key. The key itself is not stored, so it should be random and long: a digest of a guessable one is no
/// protection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// The principal's name, as the subject of a JWT.
    pub name: String,
    /// What its bearer may do.
    #[serde(with = "values::role")]
    pub role: Role,
    /// SHA-256 of the key, in hex.
    pub sha256: KeyDigest,
}

/// What is wrong with the settings beyond their shape.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A bound is out of its own bounds.
    #[error("server.{key} must be {expected}")]
    Bound {
        /// The key.
        key: &'static str,
        /// What would be legal.
        expected: &'static str,
    },
    /// A bound of browsers and streams is out of its own bounds.
    #[error("web.{key} must be {expected}")]
    Web {
        /// The key.
        key: &'static str,
        /// What would be legal.
        expected: &'static str,
    },
    /// Nobody could use the server.
    #[error(
        "set auth.jwt_secret_file, auth.jwt_secret or auth.api_keys; without any of them nobody could ask anything"
    )]
    NoCredentials,
    /// There are two secrets.
    #[error("set one of auth.jwt_secret and auth.jwt_secret_file, not both")]
    SecretTwice,
    /// HS256 is only as strong as its secret.
    #[error(
        "the JWT secret has {len} bytes, at least {} are needed; `openssl rand -hex 32` makes a good one",
        JWT_SECRET_MIN
    )]
    SecretTooShort {
        /// How long it is.
        len: usize,
    },
    /// The file of the secret cannot be read.
    #[error("auth.jwt_secret_file {} cannot be read", path.display())]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A JWT is asked for, but there is no secret to sign it with.
    #[error("set auth.jwt_secret_file or auth.jwt_secret; a JWT cannot be signed without")]
    SecretMissing,
    /// An API key's name is no name that its role may have.
    #[error("the name of the {number}. of auth.api_keys is not one that its role may have: {expected}")]
    KeyName {
        /// Which one, from 1.
        number: usize,
        /// What would be legal.
        expected: &'static str,
    },
    /// Two API keys have the same name and role, so the log could not tell them apart.
    #[error("the {number}. of auth.api_keys has the name and role of an earlier one")]
    KeyTwice {
        /// Which one, from 1.
        number: usize,
    },
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: Listen::Tcp("127.0.0.1:7080".to_owned()),
            workers: 2,
            body_max: 64 * 1024,
            connections_max: 4096,
            keep_alive_s: 75,
            head_timeout_s: 10,
            body_timeout_s: 10,
            drain_timeout_s: 10,
            conversation_history_cross_channel: true,
        }
    }
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self {
            jwt_secret: None,
            jwt_secret_file: None,
            issuer: "colloquy".to_owned(),
            audience: "colloquy".to_owned(),
            api_keys: Vec::new(),
        }
    }
}

impl Settings {
    /// Checks everything that can be checked without listening, so that a mistake is told before anything is touched.
    ///
    /// # Errors
    /// [`SettingsError`] for the first thing that is wrong.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.server.check()?;
        self.web.check()?;
        // Guests get tokens from the server itself.
        if self.web.guest_sessions && self.auth.secret()?.is_none() {
            return Err(SettingsError::SecretMissing);
        }
        crate::auth::Authenticator::new(&self.auth).map(drop)
    }
}

impl ServerSettings {
    /// Checks the bounds.
    ///
    /// # Errors
    /// [`SettingsError::Bound`] for the first that is out of range.
    pub fn check(&self) -> Result<(), SettingsError> {
        let timeouts = 1..=3600;
        let rules = [
            ((1..=256).contains(&self.workers), "workers", "1 to 256"),
            ((1024..=16 * 1024 * 1024).contains(&self.body_max), "body_max", "1024 to 16777216 bytes"),
            ((1..=1_000_000).contains(&self.connections_max), "connections_max", "1 to 1000000"),
            (timeouts.contains(&self.keep_alive_s), "keep_alive_s", "1 to 3600 seconds"),
            (timeouts.contains(&self.head_timeout_s), "head_timeout_s", "1 to 3600 seconds"),
            (timeouts.contains(&self.body_timeout_s), "body_timeout_s", "1 to 3600 seconds"),
            (timeouts.contains(&self.drain_timeout_s), "drain_timeout_s", "1 to 3600 seconds"),
        ];
        match rules.into_iter().find(|(holds, ..)| !holds) {
            None => Ok(()),
            Some((_, key, expected)) => Err(SettingsError::Bound { key, expected }),
        }
    }
}

impl AuthSettings {
    /// The secret that signs JWTs, if one is set. Reads its file.
    pub(crate) fn secret(&self) -> Result<Option<Secret>, SettingsError> {
        let secret = match (&self.jwt_secret, &self.jwt_secret_file) {
            (Some(_), Some(_)) => return Err(SettingsError::SecretTwice),
            (None, None) => return Ok(None),
            (Some(secret), None) => secret.clone(),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| SettingsError::SecretFile { path: path.clone(), source })?;
                let line = text.strip_suffix('\n').unwrap_or(&text);
                Secret::new(line.strip_suffix('\r').unwrap_or(line).to_owned())
            }
        };
        let len = secret.expose().len();
        if len < JWT_SECRET_MIN { Err(SettingsError::SecretTooShort { len }) } else { Ok(Some(secret)) }
    }

    /// Checks that the API keys can be told apart and bear names that their roles may have.
    pub(crate) fn check_keys(&self) -> Result<(), SettingsError> {
        let mut seen = BTreeSet::new();
        for (number, key) in (1..).zip(&self.api_keys) {
            crate::auth::subject_fits(key.role, &key.name)
                .map_err(|expected| SettingsError::KeyName { number, expected })?;
            if !seen.insert((key.role, key.name.as_str())) {
                return Err(SettingsError::KeyTwice { number });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Settings, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn what_is_not_set_has_its_default_and_what_is_unknown_is_refused() {
        let settings = parse(r#"{"server":{"listen":"unix:/run/colloquy.sock"}}"#).unwrap();
        assert_eq!(settings.server.listen, Listen::Unix("/run/colloquy.sock".into()));
        assert_eq!(settings.server.workers, 2);
        assert_eq!(settings.auth.issuer, "colloquy");
        assert!(parse(r#"{"server":{"body_maximum":1}}"#).is_err());
        assert!(parse(r#"{"auth":{"api_keys":[{"name":"a","role":"god","sha256":""}]}}"#).is_err());
    }

    /// X1
    #[test]
    fn a_bound_that_would_disable_the_server_is_refused() {
        let broken = ServerSettings { workers: 0, ..ServerSettings::default() };
        assert!(matches!(broken.check(), Err(SettingsError::Bound { key: "workers", .. })));
        assert!(ServerSettings::default().check().is_ok());
    }

    #[test]
    fn a_secret_below_32_bytes_and_two_secrets_are_refused() {
        let with = |text: &str| AuthSettings {
            jwt_secret: Some(Secret::new(text.to_owned())),
            ..AuthSettings::default()
        };
        assert!(matches!(with(&"a".repeat(31)).secret(), Err(SettingsError::SecretTooShort { len: 31 })));
        assert!(with(&"a".repeat(32)).secret().unwrap().is_some());
        let twice = AuthSettings { jwt_secret_file: Some("x".into()), ..with("a") };
        assert!(matches!(twice.secret(), Err(SettingsError::SecretTwice)));
    }

    #[test]
    fn a_secret_never_prints() {
        let secret = "correct-horse-battery-staple-correct";
        let key = "ab".repeat(32);
        let json = format!(
            r#"{{"auth":{{"jwt_secret":"{secret}","api_keys":[{{"name":"a","role":"gateway","sha256":"{key}"}}]}}}}"#
        );
        let settings = parse(&json).unwrap();
        for printed in [format!("{settings:?}"), serde_json::to_string(&settings).unwrap()] {
            assert!(!printed.contains(secret) && !printed.contains(&key), "{printed}");
        }
    }
}
