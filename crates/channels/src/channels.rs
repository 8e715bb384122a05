//! All ways out of one process.

use crate::http::{Client, HttpError};
use crate::look_up::{self, UserLookUp};
use crate::settings::{Checked, CheckedProvider, Settings, SettingsError};
use crate::signed::Endpoint;
use crate::{cloud_events, own, twilio};
use domain::ChannelId;
use domain::channel::ChannelKind;
use engine::{
    Attempt, Deliver, Delivery, DeliveryKey, LookUp, Outgoing, OutgoingEvent, OutgoingMessage, Trying, Wall,
};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Nobody pushes out what is said on the channel.
const NOT_PUSHED: &str = "channel_not_pushed";
/// Nobody has subscribed under this name.
const UNKNOWN: &str = "subscription_unknown";

/// Reaches requesters and subscribers as the settings say.
pub struct Channels {
    /// Only if there is somebody to reach: a machine without certificates may serve without it.
    client: Option<Client>,
    /// The machine's clock and not the engine's, because receivers compare with theirs.
    wall: Arc<dyn Wall>,
    public_url: Option<String>,
    providers: BTreeMap<ChannelId, CheckedProvider>,
    subscriptions: BTreeMap<String, Endpoint>,
    look_up: Option<Arc<UserLookUp>>,
}

impl Channels {
    /// Takes the settings. Reads the files of secrets and connects to nobody yet.
    ///
    /// # Errors
    /// [`SettingsError`] for the first thing that is wrong.
    pub fn new(settings: &Settings, wall: Arc<dyn Wall>) -> Result<Self, SettingsError> {
        let Checked { timeout, allow_private_addresses, public_url, channels, look_up, subscriptions } =
            Checked::of(settings)?;
        let make = |timeout| {
            Client::new(timeout, allow_private_addresses).map_err(|_: HttpError| SettingsError::NoClient)
        };
        let reaches_somebody = !channels.is_empty() || !subscriptions.is_empty();
        let client = reaches_somebody.then(|| make(timeout)).transpose()?;
        let look_up = look_up.map(|endpoint| {
            let client = make(look_up::TIMEOUT)?;
            Ok(Arc::new(UserLookUp::new(endpoint, client, Arc::clone(&wall))))
        });
        let look_up = look_up.transpose()?;
        Ok(Self { client, wall, public_url, providers: channels, subscriptions, look_up })
    }

    /// Who knows whose number it is, if somebody is set (`ID-1`).
    pub fn look_up(&self) -> Option<Arc<dyn LookUp>> {
        self.look_up.clone().map(|look_up| look_up as Arc<dyn LookUp>)
    }

    /// Who checks what Twilio posts for a channel, if the channel is Twilio's.
    pub fn twilio(&self, channel: &ChannelId) -> Option<&twilio::Receiver> {
        match self.providers.get(channel)? {
            CheckedProvider::Twilio(both) => Some(&both.1),
            CheckedProvider::Own(_) => None,
        }
    }

    async fn message(&self, client: &Client, delivery: &Delivery, message: &OutgoingMessage) -> Attempt {
        // MSG-20, PRO-8
        let is_image = |content_type: &str| content_type.to_ascii_lowercase().starts_with("image/");
        if message.kind == ChannelKind::Sms
            && !message.attachments.iter().all(|file| is_image(&file.content_type))
        {
            return never("attachment_not_image");
        }
        let now = self.wall.read();
        match self.providers.get(&message.channel) {
            None => never(NOT_PUSHED),
            Some(CheckedProvider::Twilio(both)) => both.0.send(client, delivery, message, now).await,
            Some(CheckedProvider::Own(endpoint)) => {
                let body = own::body(delivery, message);
                endpoint.post(client, delivery.key, own::CONTENT_TYPE, body, now).await
            }
        }
    }

    async fn event(&self, client: &Client, delivery: &Delivery, event: &OutgoingEvent) -> Attempt {
        let Some(endpoint) = self.subscriptions.get(&event.subscription) else {
            return never(UNKNOWN);
        };
        let body = cloud_events::body(delivery, event, self.public_url.as_deref());
        endpoint.post(client, delivery.key, cloud_events::CONTENT_TYPE, body, self.wall.read()).await
    }
}

impl Deliver for Channels {
    fn deliver<'a>(&'a self, delivery: &'a Delivery) -> Trying<'a> {
        Box::pin(async move {
            match (&delivery.what, &self.client) {
                (Outgoing::Message(message), Some(client)) => self.message(client, delivery, message).await,
                (Outgoing::Event(event), Some(client)) => self.event(client, delivery, event).await,
                (Outgoing::Message(_), None) => never(NOT_PUSHED),
                (Outgoing::Event(_), None) => never(UNKNOWN),
            }
        })
    }

    fn pushes(&self, channel: &ChannelId) -> bool {
        self.providers.contains_key(channel)
    }

    fn remember(&self, channel: &ChannelId, key: DeliveryKey, provider_id: &str) {
        if let Some(CheckedProvider::Twilio(both)) = self.providers.get(channel) {
            both.0.acknowledged.add(key, provider_id);
        }
    }
}

fn never(code: &str) -> Attempt {
    Attempt::Refused { code: code.to_owned(), opted_out: false }
}

impl fmt::Debug for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channels")
            .field("channels", &self.providers.keys())
            .field("subscriptions", &self.subscriptions.keys())
            .finish_non_exhaustive()
    }
}
