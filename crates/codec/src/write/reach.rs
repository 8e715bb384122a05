//! Facts about where requesters come from, and how they are reached outside of windows.

use crate::registry::Payload;
use crate::v1::reach as v1;
use crate::v1::window::PortalEntered;
use domain::Address;
use domain::contact::{DeviceId, DigestBatch, DigestWish, PushBatch};

pub(super) fn portal_entered(company: &Address) -> Payload {
    Payload::of(&PortalEntered { company: company.as_str().to_owned() })
}

pub(super) fn device_removed(device: &DeviceId) -> Payload {
    Payload::of(&v1::DeviceRemoved { device: device.as_str().to_owned() })
}

pub(super) fn digest_wished(wish: DigestWish) -> Payload {
    Payload::of(&v1::DigestWished { after_s: v1::wish_to_stored(wish) })
}

pub(super) fn push_due(PushBatch { devices, items, more }: &PushBatch) -> Payload {
    let devices = devices.iter().map(|id| id.as_str().to_owned()).collect();
    let items = items.iter().map(|item| (item.stream, item.version)).collect();
    Payload::of(&v1::PushDue { devices, items, more: *more })
}

pub(super) fn digest_due(DigestBatch { parts, more }: &DigestBatch) -> Payload {
    Payload::of(&v1::DigestDue { parts: parts.iter().map(v1::MissedPart::from).collect(), more: *more })
}
