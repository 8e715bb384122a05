//! MSG-11 and MSG-13: devices, wishes, and when the contact agrees that something is due.

use super::*;
use crate::EventRef;

fn device(name: &str, token: &str) -> Device {
    Device::new(DeviceId::new(name).unwrap(), "fcm", token.to_owned(), Some("de")).unwrap()
}

fn register(device: Device) -> ContactCommand {
    let (channel, address) = (ChannelId::new("web").unwrap(), Personal::new(address("u-1")));
    ContactCommand::Reach(Reach::Register { channel, address, device })
}

fn sign_in() -> ContactCommand {
    let (channel, address) = (ChannelId::new("web").unwrap(), Personal::new(address("u-1")));
    ContactCommand::Reach(Reach::SignIn { channel, address })
}

fn push(seen: u64, in_use: &[&str]) -> ContactCommand {
    let in_use = in_use.iter().map(|name| DeviceId::new(name).unwrap()).collect();
    let items = vec![EventRef { stream: [1; 16], version: 3 }];
    ContactCommand::Reach(Reach::Push { seen, in_use, items, more: 0 })
}

fn names(contact: Option<&Contact>) -> Vec<String> {
    contact.into_iter().flat_map(|contact| &contact.devices).map(|device| device.id.to_string()).collect()
}

/// MSG-11
#[test]
fn a_device_is_registered_once_and_a_new_token_takes_the_place_of_the_old_one() {
    let state = after(&[register(device("phone", "a"))]);
    assert_eq!(decide(state.as_ref(), &register(device("phone", "a"))), Ok(Vec::new()));
    let state = after(&[register(device("phone", "a")), register(device("phone", "b"))]).unwrap();
    assert_eq!(state.devices, [device("phone", "b")]);
}

/// X1
#[test]
fn one_device_too_many_takes_the_place_of_the_oldest() {
    let all: Vec<_> = (0..=DEVICES_MAX_COUNT).map(|n| register(device(&format!("d{n}"), "a"))).collect();
    let state = after(&all);
    assert_eq!(names(state.as_ref()).len(), DEVICES_MAX_COUNT);
    assert_eq!(names(state.as_ref()).first().map(String::as_str), Some("d1"));
}

#[test]
fn what_is_not_there_is_not_removed_and_who_signed_in_did() {
    let remove = ContactCommand::Reach(Reach::Remove { device: DeviceId::new("phone").unwrap() });
    assert_eq!(decide(None, &remove), Ok(Vec::new()));
    let state = after(&[register(device("phone", "a")), remove, sign_in()]);
    assert_eq!((names(state.as_ref()).len(), state.as_ref().map(|it| it.signed_in)), (0, Some(true)));
    assert_eq!(decide(state.as_ref(), &sign_in()), Ok(Vec::new()));
}

/// MSG-11
#[test]
fn a_push_is_for_the_devices_that_are_not_in_use_and_for_nobody_if_anything_happened_since() {
    let state = after(&[register(device("phone", "a")), register(device("tablet", "b"))]).unwrap();
    let due = |command| match decide(Some(&state), &command).unwrap().as_slice() {
        [ContactEvent::PushDue(batch)] => batch.devices.iter().map(DeviceId::to_string).collect(),
        _ => Vec::new(),
    };
    assert_eq!(due(push(state.version, &[])), ["phone", "tablet"]);
    assert_eq!(due(push(state.version, &["phone"])), ["tablet"]);
    assert!(due(push(state.version, &["phone", "tablet"])).is_empty());
    assert!(due(push(state.version - 1, &[])).is_empty(), "a window may have opened");
}

/// Bad input.
#[test]
fn devices_and_wishes_have_bounds() {
    let id = || DeviceId::new("phone").unwrap();
    let long = "t".repeat(DEVICE_TOKEN_MAX + 1);
    for (platform, token, language, error) in [
        ("", "t", None, DeviceError::Platform),
        ("a b", "t", None, DeviceError::Platform),
        ("fcm", "", None, DeviceError::Token),
        ("fcm", "t t", None, DeviceError::Token),
        ("fcm", long.as_str(), None, DeviceError::Token),
        ("fcm", "t", Some("?"), DeviceError::Language),
    ] {
        assert_eq!(Device::new(id(), platform, token.to_owned(), language), Err(error), "{platform}");
    }
    for (span, legal) in [(59, false), (60, true), (604_800, true), (604_801, false)] {
        assert_eq!(DigestWish::after(Seconds(span)).is_some(), legal, "{span}");
    }
}
