//! From settings to what is used: every URL parsed, every secret read, or the first thing that is wrong.

use super::{ChannelSettings, Secret, Settings, SubscriptionSettings, TwilioSettings, WebhookSettings};
use crate::http::is_public;
use crate::limit::Limit;
use crate::signed::{Endpoint, is_id};
use crate::standard_webhooks::{Key, KeyError};
use crate::twilio::{Receiver, Sender};
use domain::ChannelId;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::{Host, Url};

/// The most subscriptions; each is told every fact that it wants (`X1`).
const SUBSCRIPTIONS_MAX_COUNT: usize = 64;
/// The most keys of one receiver: one, and one to go over to, and some for those who are slow.
const KEYS_MAX_COUNT: usize = 4;
const NAME: &str = "1 to 64 of the characters A-Z a-z 0-9 . _ - @";

/// What is wrong with the settings beyond their shape.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A value is not legal. None of them is repeated: it may be a secret in the wrong place.
    #[error("delivery.{key} must be {expected}")]
    Illegal {
        /// The key.
        key: String,
        /// What would be legal.
        expected: String,
    },
    /// A secret is set in two ways, or in none.
    #[error("set one of delivery.{key} and delivery.{key}_file")]
    NotOne {
        /// The key of the secret itself.
        key: String,
    },
    /// The file of a secret cannot be read.
    #[error("delivery.{key}_file {} cannot be read: {source}", path.display())]
    File {
        /// The key of the secret itself.
        key: String,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Twilio calls back, so it has to be told where.
    #[error(
        "set delivery.public_url: delivery.channels.{channel} is Twilio's, which signs for it and calls back there"
    )]
    NoPublicUrl {
        /// The channel.
        channel: String,
    },
    /// No connection could be trusted.
    #[error("the machine has no certificates to trust; install `ca-certificates`")]
    NoClient,
}

/// Settings that were found to be legal.
pub(crate) struct Checked {
    pub(crate) timeout: Duration,
    pub(crate) allow_private_addresses: bool,
    pub(crate) public_url: Option<String>,
    pub(crate) channels: BTreeMap<ChannelId, CheckedProvider>,
    pub(crate) look_up: Option<Endpoint>,
    pub(crate) subscriptions: BTreeMap<String, Endpoint>,
}

/// Who reaches the requesters of a channel.
pub(crate) enum CheckedProvider {
    Twilio(Box<(Sender, Receiver)>),
    Own(Endpoint),
}

fn illegal(key: impl Into<String>, expected: impl Into<String>) -> SettingsError {
    SettingsError::Illegal { key: key.into(), expected: expected.into() }
}

impl Checked {
    pub(crate) fn of(settings: &Settings) -> Result<Self, SettingsError> {
        if !(1..=120).contains(&settings.timeout_s) {
            return Err(illegal("timeout_s", "1 to 120 seconds"));
        }
        let public_url = settings.public_url.as_deref().map(public_url).transpose()?;
        let mut channels = BTreeMap::new();
        for (name, channel) in &settings.channels {
            let key = format!("channels.{name}");
            let id = ChannelId::new(name).map_err(|_| illegal(key.as_str(), format!("named by {NAME}")))?;
            let provider = match channel {
                ChannelSettings::Twilio(twilio) => {
                    let public_url = public_url
                        .clone()
                        .ok_or_else(|| SettingsError::NoPublicUrl { channel: name.clone() })?;
                    CheckedProvider::Twilio(Box::new(settings.twilio(&key, twilio, public_url)?))
                }
                ChannelSettings::Webhook(webhook) => CheckedProvider::Own(settings.webhook(&key, webhook)?),
            };
            channels.insert(id, provider);
        }
        Ok(Self {
            timeout: Duration::from_secs(settings.timeout_s),
            allow_private_addresses: settings.allow_private_addresses,
            public_url,
            channels,
            look_up: settings.look_up.as_ref().map(|it| settings.webhook("look_up", it)).transpose()?,
            subscriptions: settings.checked_subscriptions()?,
        })
    }
}

impl Settings {
    fn twilio(
        &self,
        key: &str,
        twilio: &TwilioSettings,
        public_url: String,
    ) -> Result<(Sender, Receiver), SettingsError> {
        let base = self.url(&format!("{key}.base_url"), &twilio.base_url)?;
        let sid = |name: &str, sid: &str| {
            let legal = is_id(sid) && sid.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let expected = "the id that the console shows, of letters, digits and -";
            if legal { Ok(sid.to_owned()) } else { Err(illegal(format!("{key}.{name}"), expected)) }
        };
        if !(1..=1000).contains(&twilio.per_second) {
            return Err(illegal(format!("{key}.per_second"), "1 to 1000"));
        }
        let token_key = format!("{key}.auth_token");
        let auth_token = token(&token_key, twilio.auth_token.as_ref(), twilio.auth_token_file.as_deref())?
            .ok_or(SettingsError::NotOne { key: token_key })?;
        let (second, file) = (&twilio.secondary_auth_token, &twilio.secondary_auth_token_file);
        let second = token(&format!("{key}.secondary_auth_token"), second.as_ref(), file.as_deref())?;
        let account_sid = sid("account_sid", &twilio.account_sid)?;
        let path = format!(
            "{}/2010-04-01/Accounts/{account_sid}/Messages.json",
            base.as_str().trim_end_matches('/')
        );
        let messages_url = self.url(&format!("{key}.base_url"), &path)?;
        let messaging_service_sid = twilio
            .messaging_service_sid
            .as_deref()
            .map(|text| sid("messaging_service_sid", text))
            .transpose()?;
        let receiver = Receiver::new(
            [Some(auth_token.clone()), second].into_iter().flatten().collect(),
            public_url.clone(),
        );
        let limit = Limit::new(twilio.per_second);
        let acknowledged = Default::default();
        let sender = Sender {
            account_sid,
            auth_token,
            messages_url,
            messaging_service_sid,
            public_url,
            limit,
            acknowledged,
        };
        Ok((sender, receiver))
    }

    fn checked_subscriptions(&self) -> Result<BTreeMap<String, Endpoint>, SettingsError> {
        if self.subscriptions.len() > SUBSCRIPTIONS_MAX_COUNT {
            return Err(illegal("subscriptions", format!("at most {SUBSCRIPTIONS_MAX_COUNT}")));
        }
        let mut checked = BTreeMap::new();
        for (number, subscription) in (1..).zip(&self.subscriptions) {
            let SubscriptionSettings { name, url, secrets, secrets_file, types, channels, texts: _ } =
                subscription;
            // They have no key in the file, so that the place among them has to do.
            let key = format!("subscriptions ({number}.)");
            if ChannelId::new(name).is_err() {
                return Err(illegal(format!("{key}.name"), NAME));
            }
            if !types.iter().all(|name| is_type(name)) {
                let what = "names of facts such as `conversation.closed`, or their beginnings and `*`";
                return Err(illegal(format!("{key}.types"), what));
            }
            if channels.iter().any(|name| ChannelId::new(name).is_err()) {
                return Err(illegal(format!("{key}.channels"), format!("names of channels, each {NAME}")));
            }
            let endpoint = self.endpoint(&key, url, secrets, secrets_file.as_deref())?;
            if checked.insert(name.clone(), endpoint).is_some() {
                return Err(illegal(format!("{key}.name"), "a name that no earlier one has"));
            }
        }
        Ok(checked)
    }

    fn webhook(&self, key: &str, webhook: &WebhookSettings) -> Result<Endpoint, SettingsError> {
        let WebhookSettings { url, secrets, secrets_file } = webhook;
        self.endpoint(key, url, secrets, secrets_file.as_deref())
    }

    fn endpoint(
        &self,
        key: &str,
        url: &str,
        secrets: &[Secret],
        file: Option<&Path>,
    ) -> Result<Endpoint, SettingsError> {
        let url = self.url(&format!("{key}.url"), url)?;
        let key = format!("{key}.secrets");
        let parse = |text: &str| {
            Key::parse(text).map_err(|error: KeyError| illegal(key.as_str(), format!("each {error}")))
        };
        let keys: Vec<Key> = match (secrets, file) {
            ([], Some(path)) => {
                let text = read(&key, path)?;
                text.lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .map(parse)
                    .collect::<Result<_, _>>()?
            }
            ([_, ..], None) => {
                secrets.iter().map(|secret| parse(secret.expose())).collect::<Result<_, _>>()?
            }
            ([], None) | ([_, ..], Some(_)) => return Err(SettingsError::NotOne { key }),
        };
        if !(1..=KEYS_MAX_COUNT).contains(&keys.len()) {
            return Err(illegal(key, format!("1 to {KEYS_MAX_COUNT} keys")));
        }
        Ok(Endpoint { url, keys })
    }

    /// A URL to which something is sent.
    fn url(&self, key: &str, text: &str) -> Result<Url, SettingsError> {
        let url =
            plain(text).ok_or_else(|| illegal(key, "a URL of http or https without a password or `#`"))?;
        if self.allow_private_addresses {
            return Ok(url);
        }
        let hint = "unless delivery.allow_private_addresses is set";
        if url.scheme() != "https" {
            return Err(illegal(key, format!("a URL of https {hint}")));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        if address.is_some_and(|address| !is_public(address)) {
            return Err(illegal(key, format!("an address that is public {hint}")));
        }
        Ok(url)
    }
}

/// What others call us, word for word as it is set, because it is signed: only a slash at its end does not count.
fn public_url(text: &str) -> Result<String, SettingsError> {
    let legal = plain(text).is_some_and(|url| url.query().is_none());
    let expected =
        "a URL of http or https without a password, `?` or `#`, such as `https://talk.example.org`";
    if legal { Ok(text.trim_end_matches('/').to_owned()) } else { Err(illegal("public_url", expected)) }
}

/// Credentials in a URL would be printed with it.
fn plain(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let legal = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    legal.then_some(url)
}

/// An auth token, from the settings or from its file, if there is one.
fn token(key: &str, token: Option<&Secret>, file: Option<&Path>) -> Result<Option<Secret>, SettingsError> {
    let token = match (token, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err(SettingsError::NotOne { key: key.to_owned() }),
        (Some(token), None) => token.clone(),
        (None, Some(path)) => {
            let text = read(key, path)?;
            let line = text.strip_suffix('\n').unwrap_or(&text);
            Secret::new(line.strip_suffix('\r').unwrap_or(line).to_owned())
        }
    };
    if is_id(token.expose()) {
        Ok(Some(token))
    } else {
        Err(illegal(key, "the token that the console shows, without blanks"))
    }
}

fn read(key: &str, path: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path).map_err(|source| SettingsError::File {
        key: key.to_owned(),
        path: path.to_owned(),
        source,
    })
}

/// The name of a fact, or the beginning of one and `*`.
fn is_type(name: &str) -> bool {
    let beginning = name.strip_suffix('*');
    is_id(name) && !beginning.unwrap_or(name).contains('*') && (beginning.is_some() || name.contains('.'))
}
