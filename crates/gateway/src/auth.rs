//! Who a bearer is: a JWT that our secret signed, or one of the listed API keys.

use crate::failure::Failure;
use crate::settings::{AuthSettings, SettingsError};
use actix_web::http::header::HeaderValue;
use api::ProblemCode;
use domain::{AgentId, ChannelId, Principal, Role};
use engine::{SystemWall, Wall as _};
use jsonwebtoken::errors::{Error as JwtError, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use subtle::ConstantTimeEq as _;

/// Clocks of issuers are a little off. More would keep dead tokens alive.
const LEEWAY_S: u64 = 10;
/// No token of ours comes near; a longer one is not worth verifying.
const TOKEN_MAX: usize = 8 * 1024;

/// Knows the bearers.
pub(crate) struct Authenticator {
    jwt: Option<(DecodingKey, Validation)>,
    keys: Vec<([u8; 32], Identity)>,
}

/// Somebody who was recognized.
#[derive(Clone)]
pub(crate) struct Identity {
    /// Role and name.
    pub(crate) principal: Principal,
    /// The one channel to which the token is confined, if it is.
    pub(crate) channel: Option<ChannelId>,
    /// Whether it is a guest, who only has a session and no name anywhere else (`ID-10`).
    pub(crate) guest: bool,
    /// When the token expires, in seconds since the Unix epoch; an API key does not.
    pub(crate) expires_s: Option<i64>,
}

/// What a JWT of ours says. Expiry, issuer and audience are the library's to check, so reading ignores them.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) sub: String,
    pub(crate) role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) guest: bool,
    /// The library has checked that it is a number and in the future; some issuers write it with a fraction.
    #[serde(default, deserialize_with = "whole_seconds")]
    pub(crate) exp: i64,
    #[serde(skip_deserializing)]
    pub(crate) iat: i64,
    #[serde(skip_deserializing)]
    pub(crate) iss: String,
    #[serde(skip_deserializing)]
    pub(crate) aud: String,
}

impl Authenticator {
    /// Takes the secret and the keys, or says what is wrong with them.
    pub(crate) fn new(settings: &AuthSettings) -> Result<Self, SettingsError> {
        settings.check_keys()?;
        let secret = settings.secret()?;
        if secret.is_none() && settings.api_keys.is_empty() {
            return Err(SettingsError::NoCredentials);
        }
        let jwt = secret.map(|secret| {
            // A token does not get to choose how it is verified: the list has one algorithm.
            let mut validation = Validation::new(Algorithm::HS256);
            validation.set_required_spec_claims(&["exp", "sub", "iss", "aud"]);
            validation.set_issuer(&[&settings.issuer]);
            validation.set_audience(&[&settings.audience]);
            validation.validate_nbf = true;
            validation.leeway = LEEWAY_S;
            (DecodingKey::from_secret(secret.expose().as_bytes()), validation)
        });
        let keys = settings.api_keys.iter().map(|key| {
            let principal = Principal { role: key.role, name: key.name.clone() };
            (*key.sha256.bytes(), Identity { principal, channel: None, guest: false, expires_s: None })
        });
        Ok(Self { jwt, keys: keys.collect() })
    }

    /// Who sent a request with this `Authorization` header.
    pub(crate) fn identify(&self, header: Option<&HeaderValue>) -> Result<Identity, Failure> {
        let header = header.ok_or_else(|| {
            Failure::new(ProblemCode::TokenMissing, "send a token as `Authorization: Bearer <token>`")
        })?;
        self.identify_token(
            header
                .to_str()
                .ok()
                .and_then(|text| text.split_once(' '))
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, token)| token.trim())
                .filter(|token| !token.is_empty() && token.len() <= TOKEN_MAX)
                .ok_or_else(|| invalid("the header is not of the form `Authorization: Bearer <token>`"))?,
        )
    }

    /// Who bears a token.
    fn identify_token(&self, token: &str) -> Result<Identity, Failure> {
        match self.key_holder(token) {
            Some(identity) => Ok(identity.clone()),
            None => self.jwt_holder(token),
        }
    }

    /// The guest whose token this is, if it expired no longer ago than `grace_s` (`ID-10`).
    pub(crate) fn returning_guest(&self, token: &str, grace_s: u64) -> Option<Identity> {
        let (key, validation) = self.jwt.as_ref().filter(|_| token.len() <= TOKEN_MAX)?;
        let mut lenient = validation.clone();
        lenient.leeway = grace_s;
        identity_of(token, key, &lenient).ok().filter(|identity| identity.guest)
    }

    /// Looks at all keys, whether or not one matched already, so that the time it takes tells nothing about them.
    fn key_holder(&self, token: &str) -> Option<&Identity> {
        let digest = Sha256::digest(token.as_bytes());
        let mut found = None;
        for (known, identity) in &self.keys {
            if bool::from(known.as_slice().ct_eq(digest.as_slice())) {
                found = Some(identity);
            }
        }
        found
    }

    fn jwt_holder(&self, token: &str) -> Result<Identity, Failure> {
        let Some((key, validation)) = &self.jwt else {
            return Err(invalid("this is no API key of this server, and it takes no other tokens"));
        };
        identity_of(token, key, validation)
    }
}

/// Who bears a JWT, if its signature and its claims are good.
fn identity_of(token: &str, key: &DecodingKey, validation: &Validation) -> Result<Identity, Failure> {
    let claims = decode::<Claims>(token, key, validation).map_err(|error| refused(&error))?.claims;
    let role = Role::parse(&claims.role)
        .filter(|role| *role != Role::System)
        .ok_or_else(|| invalid("its claim `role` is none of the roles"))?;
    subject_fits(role, &claims.sub)
        .map_err(|expected| invalid(&format!("its claim `sub` is not legal: {expected}")))?;
    let channel = claims
        .channel
        .map(|name| ChannelId::new(&name))
        .transpose()
        .map_err(|error| invalid(&format!("its claim `channel` is not legal: {error}")))?;
    let principal = Principal { role, name: claims.sub };
    Ok(Identity { principal, channel, guest: claims.guest, expires_s: Some(claims.exp) })
}

fn whole_seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second is nothing in an expiry")]
    f64::deserialize(deserializer).map(|seconds| seconds as i64)
}

impl Identity {
    /// Whether the token has expired since it was looked at, by the machine's clock.
    pub(crate) fn has_expired(&self) -> bool {
        let now_s = SystemWall.read().0.div_euclid(1000);
        self.expires_s.is_some_and(|expires_s| expires_s <= now_s)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The name of a requester is an address (P1).
        f.debug_struct("Identity").field("role", &self.principal.role).finish_non_exhaustive()
    }
}

/// Whether somebody of this role can have this name; if not, what would be legal.
pub(crate) fn subject_fits(role: Role, name: &str) -> Result<(), &'static str> {
    match role {
        Role::Agent | Role::Supervisor | Role::Admin => {
            AgentId::new(name).map(|_| ()).map_err(|_| "1 to 64 of the characters A-Z a-z 0-9 . _ - @")
        }
        Role::Gateway | Role::Requester => domain::Address::opaque(name)
            .map(|_| ())
            .map_err(|_| "1 to 128 bytes without blanks and control characters"),
        Role::System => Err("the engine's own role is not given to anybody"),
    }
}

fn invalid(why: &str) -> Failure {
    Failure::new(ProblemCode::TokenInvalid, format!("the token is refused: {why}"))
}

/// Says as much as helps an honest integrator. The claims are looked at only behind a good signature, so whoever hears
/// of an issuer or an audience holds the secret already.
fn refused(error: &JwtError) -> Failure {
    let kind = error.kind();
    if matches!(kind, ErrorKind::ExpiredSignature) {
        return Failure::new(ProblemCode::TokenExpired, "the token has expired; get a new one");
    }
    if let ErrorKind::MissingRequiredClaim(claim) = kind {
        return invalid(&format!("it has no claim `{claim}`"));
    }
    let why = if matches!(kind, ErrorKind::InvalidIssuer) {
        "its claim `iss` is not the one expected here"
    } else if matches!(kind, ErrorKind::InvalidAudience) {
        "its claim `aud` is not the one expected here"
    } else if matches!(kind, ErrorKind::ImmatureSignature) {
        "its claim `nbf` is in the future"
    } else {
        "it is neither an API key of this server nor a JWT that its secret signed with HS256"
    };
    invalid(why)
}
