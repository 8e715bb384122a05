//! Samples of how requesters are reached outside of windows.

use super::{AT, agent, conversation_id, later};
use domain::contact::{ContactEvent, Device, DeviceId, DigestBatch, DigestWish, MissedPart, PushBatch};
use domain::{EventRef, Seconds};

fn device(language: Option<&str>) -> Device {
    Device::new(DeviceId::new("phone-1").unwrap(), "fcm", "t-o-k-e-n".to_owned(), language).unwrap()
}

pub(super) fn contact_events() -> Vec<ContactEvent> {
    let stream = conversation_id().to_bytes();
    let part = |agent| MissedPart { stream, count: 2, first_at: AT, last_at: later(5), agent };
    let wished = |wish| ContactEvent::DigestWished { wish };
    let devices = vec![DeviceId::new("phone-1").unwrap(), DeviceId::new("tablet").unwrap()];
    vec![
        ContactEvent::DeviceRegistered(device(Some("de"))),
        ContactEvent::DeviceRegistered(device(None)),
        ContactEvent::DeviceRemoved { device: DeviceId::new("phone-1").unwrap() },
        ContactEvent::SignedIn,
        wished(DigestWish::Usual),
        wished(DigestWish::Never),
        wished(DigestWish::After(Seconds(7200))),
        ContactEvent::PushDue(PushBatch { devices, items: vec![EventRef { stream, version: 3 }], more: 4 }),
        ContactEvent::DigestDue(DigestBatch {
            parts: vec![part(Some(agent("ann.lee"))), part(None)],
            more: 1,
        }),
    ]
}
