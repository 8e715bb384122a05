//! The devices on which a requester wants to be told what they missed (`MSG-11`). Nothing is sent to them from here: an
//! integrator is told that something is due, and for which devices.

use super::{Contact, ContactEvent};
use crate::id::checked;
use crate::notice::language_tag;
use crate::{NameError, Personal};
use std::fmt;
use std::sync::Arc;

/// The most devices that a requester has; another one takes the place of the oldest (`X1`).
pub const DEVICES_MAX_COUNT: usize = 20;
/// The longest token of a device.
pub const DEVICE_TOKEN_MAX: usize = 4096;

/// The name of a device among those of one requester, as their client chose it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(Arc<str>);

/// A device within its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its name.
    pub id: DeviceId,
    /// What kind of push service reaches it, such as `fcm` or `apns`: a word between client and integrator.
    pub platform: String,
    /// What that service calls it.
    pub token: Personal<String>,
    /// The language in which its owner wants to be told, as a tag in lower case.
    pub language: Option<String>,
}

/// Why something cannot be a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceError {
    /// The platform is no name.
    Platform,
    /// The token is empty, too long, or holds something else than visible characters.
    Token,
    /// The language is no tag.
    Language,
}

impl DeviceId {
    /// Checks and takes a name.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(name: &str) -> Result<Self, NameError> {
        checked(name).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Device {
    /// Checks and takes one.
    ///
    /// # Errors
    /// [`DeviceError`] says what is wrong.
    pub fn new(
        id: DeviceId,
        platform: &str,
        token: String,
        language: Option<&str>,
    ) -> Result<Self, DeviceError> {
        checked(platform).map_err(|_| DeviceError::Platform)?;
        let is_visible = token.bytes().all(|byte| byte.is_ascii_graphic());
        if token.is_empty() || token.len() > DEVICE_TOKEN_MAX || !is_visible {
            return Err(DeviceError::Token);
        }
        let language = match language {
            Some(text) => Some(language_tag(text).ok_or(DeviceError::Language)?),
            None => None,
        };
        Ok(Self { id, platform: platform.to_owned(), token: Personal::new(token), language })
    }
}

/// What is so already is no fact. One device too many takes the place of the one that was registered first.
pub(super) fn register(contact: Option<&Contact>, device: &Device) -> Vec<ContactEvent> {
    let known = contact.map_or(&[][..], |contact| &contact.devices);
    if known.contains(device) {
        return Vec::new();
    }
    let is_new = known.iter().all(|other| other.id != device.id);
    let too_many = (known.len() + usize::from(is_new)).saturating_sub(DEVICES_MAX_COUNT);
    let removed =
        known.iter().take(too_many).map(|old| ContactEvent::DeviceRemoved { device: old.id.clone() });
    removed.chain([ContactEvent::DeviceRegistered(device.clone())]).collect()
}

/// One that is not there is not removed.
pub(super) fn remove(contact: Option<&Contact>, device: &DeviceId) -> Vec<ContactEvent> {
    let mut known = contact.into_iter().flat_map(|contact| &contact.devices);
    let is_known = known.any(|known| known.id == *device);
    is_known.then(|| ContactEvent::DeviceRemoved { device: device.clone() }).into_iter().collect()
}

pub(super) fn registered(contact: &mut Contact, device: &Device) {
    match contact.devices.iter_mut().find(|known| known.id == device.id) {
        Some(known) => *known = device.clone(),
        None => contact.devices.push(device.clone()),
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => write!(f, "a platform is a name such as fcm or apns: {NameError}"),
            Self::Token => write!(
                f,
                "a token has 1 to {DEVICE_TOKEN_MAX} visible ASCII characters, none of them a blank"
            ),
            Self::Language => f.write_str("a language is a tag such as de or pt-br"),
        }
    }
}
