//! Strategies for how requesters are reached outside of windows.

use super::{agent, timestamp};
use domain::contact::{ContactEvent, Device, DeviceId, DigestBatch, DigestWish, MissedPart, PushBatch};
use domain::missed::{Item, Known, Missed};
use domain::{EventRef, Personal, Seconds};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn device_id() -> impl Strategy<Value = DeviceId> {
    "[A-Za-z0-9._@-]{1,64}".prop_map(|name| DeviceId::new(&name).unwrap())
}

pub(in crate::tests) fn device() -> impl Strategy<Value = Device> {
    (device_id(), any::<String>(), any::<String>(), option::of(any::<String>())).prop_map(
        |(id, platform, token, language)| Device { id, platform, token: Personal::new(token), language },
    )
}

pub(in crate::tests) fn wish() -> impl Strategy<Value = DigestWish> {
    prop_oneof![
        Just(DigestWish::Usual),
        Just(DigestWish::Never),
        (1..u32::MAX).prop_map(|after_s| DigestWish::After(Seconds(after_s))),
    ]
}

fn fact() -> impl Strategy<Value = EventRef> {
    (any::<[u8; 16]>(), any::<u64>()).prop_map(|(stream, version)| EventRef { stream, version })
}

fn part() -> impl Strategy<Value = MissedPart> {
    (any::<[u8; 16]>(), any::<u32>(), timestamp(), timestamp(), option::of(agent())).prop_map(
        |(stream, count, first_at, last_at, agent)| MissedPart { stream, count, first_at, last_at, agent },
    )
}

fn item() -> impl Strategy<Value = Item> {
    (fact(), timestamp(), option::of(agent())).prop_map(|(fact, at, agent)| Item { fact, at, agent })
}

pub(super) fn contact_event() -> impl Strategy<Value = ContactEvent> {
    prop_oneof![
        device().prop_map(ContactEvent::DeviceRegistered),
        device_id().prop_map(|device| ContactEvent::DeviceRemoved { device }),
        Just(ContactEvent::SignedIn),
        wish().prop_map(|wish| ContactEvent::DigestWished { wish }),
        (vec(device_id(), 0..3), vec(fact(), 0..3), any::<u32>())
            .prop_map(|(devices, items, more)| ContactEvent::PushDue(PushBatch { devices, items, more })),
        (vec(part(), 0..3), any::<u32>())
            .prop_map(|(parts, more)| ContactEvent::DigestDue(DigestBatch { parts, more })),
    ]
}

pub(in crate::tests) fn missed() -> impl Strategy<Value = Missed> {
    let known = any::<[bool; 2]>().prop_map(|[signed_in, verified]| Known { signed_in, verified });
    let whom = (any::<u64>(), vec(device_id(), 0..3), vec(super::uuid(), 0..3), known, wish());
    let push = (vec(item(), 0..3), any::<u32>(), option::of(timestamp()), vec(item(), 0..3));
    let digest = (vec(part(), 0..3), any::<u32>(), option::of(timestamp()), any::<bool>());
    (whom, push, digest).prop_map(|(whom, push, digest)| {
        let (version, devices, windows, known, wish) = whom;
        let (items, more, push_due, unsure) = push;
        let (missed, missed_more, digest_due, told) = digest;
        Missed {
            version,
            devices,
            windows,
            known,
            digest: wish,
            items,
            more,
            push_due,
            unsure,
            missed,
            missed_more,
            digest_due,
            told,
        }
    })
}
