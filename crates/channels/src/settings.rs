//! What an operator sets about the way out: `[delivery]` of the process's settings.

mod check;
mod secret;

pub use check::SettingsError;
pub(crate) use check::{Checked, CheckedProvider};
pub use secret::Secret;

use domain::ChannelId;
use engine::Subscription;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The way out: who reaches requesters on which channel, and who is told what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How providers reach this server from outside, such as `https://talk.example.org`; needed for Twilio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Whether addresses of private networks may be reached, and without TLS. For tests and closed networks.
    pub allow_private_addresses: bool,
    /// How long one request may take, from connecting to the end of its answer.
    pub timeout_s: u64,
    /// The channels that are pushed out, by name. What is said on others is pulled.
    pub channels: BTreeMap<String, ChannelSettings>,
    /// Who is asked whose number it is where the directory knows nobody (`ID-1`); nobody if it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look_up: Option<WebhookSettings>,
    /// Who is told what happens.
    pub subscriptions: Vec<SubscriptionSettings>,
}

/// Who reaches the requesters of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "provider", rename_all = "lowercase")]
pub enum ChannelSettings {
    /// Twilio, or somebody who speaks as Twilio does.
    Twilio(TwilioSettings),
    /// The integrator's own gateway.
    Webhook(WebhookSettings),
}

/// An account with Twilio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioSettings {
    /// The account.
    pub account_sid: String,
    /// Its auth token, which signs in both directions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_token: Option<Secret>,
    /// A file that holds the token instead; one line break at its end does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_token_file: Option<PathBuf>,
    /// The account's secondary auth token, with which nothing is sent: what it has signed is taken too, so that nothing
    /// is lost while it becomes the primary one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_auth_token: Option<Secret>,
    /// A file that holds the secondary token instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_auth_token_file: Option<PathBuf>,
    /// Where the API is.
    #[serde(default = "twilio_base_url")]
    pub base_url: String,
    /// The messaging service through which is sent, if one is. Every company address must be in its sender pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging_service_sid: Option<String>,
    /// How many messages each of the company's addresses sends a second; a long code may send one.
    #[serde(default = "one")]
    pub per_second: u32,
}

/// An integrator's own gateway, or look-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// Where it is posted to.
    pub url: String,
    /// The keys of Standard Webhooks, `whsec_` each. All of them sign, so that a receiver can go over to another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// A file that holds the keys instead, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrets_file: Option<PathBuf>,
}

/// Somebody who is told what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionSettings {
    /// Its name, unique and for ever: what it has been told is remembered under it.
    pub name: String,
    /// Where events are posted.
    pub url: String,
    /// As those of a [gateway](WebhookSettings::secrets).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// A file that holds the keys instead, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrets_file: Option<PathBuf>,
    /// Which facts, such as `conversation.closed`, or `conversation.agent_*` for all that begin like this; all of conversations if
    /// none is named. `contact.push_due` and `contact.digest_due` have to be named.
    #[serde(default)]
    pub types: Vec<String>,
    /// Of conversations on which channels; on all if none is named.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Whether the texts of messages are told with `contact.push_due`.
    #[serde(default = "yes")]
    pub texts: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            allow_private_addresses: false,
            timeout_s: 15,
            channels: BTreeMap::new(),
            look_up: None,
            subscriptions: Vec::new(),
        }
    }
}

impl Settings {
    /// Takes paths as meant from this folder.
    pub fn resolve_paths(&mut self, folder: &Path) {
        let of_channels = self.channels.values_mut().flat_map(|channel| match channel {
            ChannelSettings::Twilio(twilio) => {
                vec![&mut twilio.auth_token_file, &mut twilio.secondary_auth_token_file]
            }
            ChannelSettings::Webhook(webhook) => vec![&mut webhook.secrets_file],
        });
        let of_subscriptions =
            self.subscriptions.iter_mut().map(|subscription| &mut subscription.secrets_file);
        let of_look_up = self.look_up.iter_mut().map(|look_up| &mut look_up.secrets_file);
        for path in of_channels.chain(of_subscriptions).chain(of_look_up).flatten() {
            *path = folder.join(&*path);
        }
    }

    /// Who is told what, for the engine. What [`check`](Self::check) refuses is left out.
    pub fn subscriptions(&self) -> Vec<Subscription> {
        let subscription =
            |SubscriptionSettings { name, types, channels, texts, .. }: &SubscriptionSettings| {
                let channels =
                    channels.iter().map(|name| ChannelId::new(name)).collect::<Result<_, _>>().ok()?;
                let (name, types) = (name.clone(), types.clone());
                Some(Subscription { name, types, channels, without_texts: !texts })
            };
        self.subscriptions.iter().filter_map(subscription).collect()
    }

    /// Checks everything that can be checked without asking anybody, so that a mistake is told before anything starts.
    /// Reads the files of secrets.
    ///
    /// # Errors
    /// [`SettingsError`] for the first thing that is wrong.
    pub fn check(&self) -> Result<(), SettingsError> {
        Checked::of(self).map(drop)
    }
}

fn twilio_base_url() -> String {
    "https://api.twilio.com".to_owned()
}

const fn yes() -> bool {
    true
}

const fn one() -> u32 {
    1
}

#[cfg(test)]
mod tests;
