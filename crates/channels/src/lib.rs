//! What differs per channel on the wire: how a text message, an integrator's own gateway and a subscriber are reached,
//! and how what a provider sends in is told from what anybody else sends in.
//!
//! [`Channels`] implements [`engine::Deliver`]: one try at a time and never a second one by itself. Nothing here is stored.
//! No error code and no `Debug` holds a text, an address or a secret (`P1`).

mod channels;
mod cloud_events;
#[doc(hidden)]
pub mod doors;
pub mod http;
mod limit;
mod look_up;
mod own;
mod settings;
mod signed;
pub mod standard_webhooks;
pub mod twilio;

pub use channels::Channels;
pub use settings::{
    ChannelSettings, Secret, Settings, SettingsError, SubscriptionSettings, TwilioSettings, WebhookSettings,
};
