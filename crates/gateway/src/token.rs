//! Makes tokens, for operators and for tests.

use crate::auth::{Claims, subject_fits};
use crate::settings::{AuthSettings, SettingsError};
use domain::{ChannelId, Role, Seconds, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The settings have no usable secret.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The role cannot have this subject.
    #[error("a token for {role} needs another subject: {expected}")]
    Subject {
        /// The role.
        role: &'static str,
        /// What would be legal.
        expected: &'static str,
    },
    /// The token could not be signed.
    #[error("the token could not be signed")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

/// A JWT that a server with these settings accepts until `lifetime` after `now`, by the machine's clock.
///
/// A `channel` confines it to that channel; give one to requesters, because the same address may be another person's
/// on another channel.
///
/// # Errors
/// [`IssueError`].
pub fn issue_token(
    settings: &AuthSettings,
    role: Role,
    subject: &str,
    channel: Option<&ChannelId>,
    lifetime: Seconds,
    now: Timestamp,
) -> Result<String, IssueError> {
    issue(settings, role, subject, (channel, false), lifetime, now)
}

/// A JWT for a guest of a channel, as [`issue_token`] makes one for anybody else.
pub(crate) fn issue_guest_token(
    settings: &AuthSettings,
    subject: &str,
    channel: &ChannelId,
    lifetime: Seconds,
    now: Timestamp,
) -> Result<String, IssueError> {
    issue(settings, Role::Requester, subject, (Some(channel), true), lifetime, now)
}

fn issue(
    settings: &AuthSettings,
    role: Role,
    subject: &str,
    (channel, guest): (Option<&ChannelId>, bool),
    lifetime: Seconds,
    now: Timestamp,
) -> Result<String, IssueError> {
    subject_fits(role, subject).map_err(|expected| IssueError::Subject { role: role.name(), expected })?;
    let secret = settings.secret()?.ok_or(SettingsError::SecretMissing)?;
    let claims = Claims {
        sub: subject.to_owned(),
        role: role.name().to_owned(),
        channel: channel.map(ToString::to_string),
        guest,
        exp: now.plus(lifetime).0.div_euclid(1000),
        iat: now.0.div_euclid(1000),
        iss: settings.issuer.clone(),
        aud: settings.audience.clone(),
    };
    let key = EncodingKey::from_secret(secret.expose().as_bytes());
    Ok(encode(&Header::new(Algorithm::HS256), &claims, &key)?)
}
