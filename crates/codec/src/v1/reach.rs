//! Facts about how a requester is reached outside of windows.

use super::parts::agent;
use crate::Error;
use crate::registry::Frozen;
use domain::contact::{
    ContactEvent, Device, DeviceId, DigestBatch, DigestWish, MissedPart as Part, PushBatch,
};
use domain::{Event, EventRef, Personal, Seconds, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct DeviceRegistered {
    pub(crate) device: String,
    pub(crate) platform: String,
    pub(crate) token: String,
    pub(crate) language: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct DeviceRemoved {
    pub(crate) device: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SignedIn {}

/// `None` is as usual, no seconds are never.
#[derive(Serialize, Deserialize)]
pub(crate) struct DigestWished {
    pub(crate) after_s: Option<u32>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PushDue {
    pub(crate) devices: Vec<String>,
    /// Stream and version.
    pub(crate) items: Vec<([u8; 16], u64)>,
    pub(crate) more: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct DigestDue {
    pub(crate) parts: Vec<MissedPart>,
    pub(crate) more: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct MissedPart {
    pub(crate) stream: [u8; 16],
    pub(crate) count: u32,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    pub(crate) agent: Option<String>,
}

pub(crate) fn device_id(name: &str) -> Result<DeviceId, Error> {
    DeviceId::new(name).map_err(|error| Error::Payload(format!("a device: {error}")))
}

pub(crate) fn wish_to_stored(wish: DigestWish) -> Option<u32> {
    match wish {
        DigestWish::Usual => None,
        DigestWish::Never => Some(0),
        DigestWish::After(span) => Some(span.0),
    }
}

pub(crate) const fn wish_from_stored(after_s: Option<u32>) -> DigestWish {
    match after_s {
        None => DigestWish::Usual,
        Some(0) => DigestWish::Never,
        Some(after_s) => DigestWish::After(Seconds(after_s)),
    }
}

impl From<&Device> for DeviceRegistered {
    fn from(Device { id, platform, token, language }: &Device) -> Self {
        let (device, platform) = (id.as_str().to_owned(), platform.clone());
        Self { device, platform, token: token.expose().clone(), language: language.clone() }
    }
}

impl DeviceRegistered {
    /// It was checked before, as all that is stored.
    pub(crate) fn into_device(self) -> Result<Device, Error> {
        let Self { device, platform, token, language } = self;
        Ok(Device { id: device_id(&device)?, platform, token: Personal::new(token), language })
    }
}

impl From<&Part> for MissedPart {
    fn from(Part { stream, count, first_at, last_at, agent }: &Part) -> Self {
        let agent = agent.as_ref().map(|agent| agent.as_str().to_owned());
        Self { stream: *stream, count: *count, first_ms: first_at.0, last_ms: last_at.0, agent }
    }
}

impl MissedPart {
    pub(crate) fn into_part(self) -> Result<Part, Error> {
        let Self { stream, count, first_ms, last_ms, agent: name } = self;
        let agent = name.as_deref().map(agent).transpose()?;
        Ok(Part { stream, count, first_at: Timestamp(first_ms), last_at: Timestamp(last_ms), agent })
    }
}

impl Frozen for DeviceRegistered {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Contact(ContactEvent::DeviceRegistered(self.into_device()?)))
    }
}

impl Frozen for DeviceRemoved {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Contact(ContactEvent::DeviceRemoved { device: device_id(&self.device)? }))
    }
}

impl Frozen for SignedIn {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Contact(ContactEvent::SignedIn))
    }
}

impl Frozen for DigestWished {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Contact(ContactEvent::DigestWished { wish: wish_from_stored(self.after_s) }))
    }
}

impl Frozen for PushDue {
    fn into_event(self) -> Result<Event, Error> {
        let Self { devices, items, more } = self;
        let devices = devices.iter().map(|name| device_id(name)).collect::<Result<_, _>>()?;
        let items = items.into_iter().map(|(stream, version)| EventRef { stream, version }).collect();
        Ok(Event::Contact(ContactEvent::PushDue(PushBatch { devices, items, more })))
    }
}

impl Frozen for DigestDue {
    fn into_event(self) -> Result<Event, Error> {
        let Self { parts, more } = self;
        let parts = parts.into_iter().map(MissedPart::into_part).collect::<Result<_, _>>()?;
        Ok(Event::Contact(ContactEvent::DigestDue(DigestBatch { parts, more })))
    }
}
