//! How a requester is reached outside of windows: devices and digests.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A device on which a requester wants to be told what they missed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceRequest {
    /// The channel's name, where the token does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The requester's address on it, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What kind of push service reaches it, such as `fcm` or `apns`.
    pub platform: String,
    /// What that service calls it.
    pub token: String,
    /// The language in which its owner wants to be told, such as `de`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A device that is registered. Its token is for whoever pushes, and is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceResponse {
    /// Its name among those of the requester.
    pub id: String,
    /// What kind of push service reaches it.
    pub platform: String,
    /// The language in which its owner wants to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// The devices of a requester.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceListResponse {
    /// In the order of registration; at most 20.
    pub devices: Vec<DeviceResponse>,
}

/// When somebody wants digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestWish {
    /// As the server is set up.
    Usual,
    /// Never.
    Never,
    /// After so many seconds.
    After,
}

/// Says when somebody wants digests.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestRequest {
    /// The channel's name, where the token does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The requester's address on it, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When.
    pub wish: DigestWish,
    /// After how many seconds; with `after` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_s: Option<u32>,
}

/// When somebody wants digests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestResponse {
    /// When.
    pub wish: DigestWish,
    /// After how many seconds; with `after` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_s: Option<u32>,
}

/// A change is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachChangedResponse {
    /// From where on it can be seen.
    pub position: String,
}

impl fmt::Debug for DeviceRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceRequest").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl fmt::Debug for DigestRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DigestRequest").field("channel", &self.channel).finish_non_exhaustive()
    }
}
