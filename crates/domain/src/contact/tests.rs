//! C2: a pair has at most one active conversation; MSG-7: windows open, show signs of life and close.

mod consent;
mod identity;
mod portal;
mod reach;

use super::*;
use crate::outbound::{OutboundCommand, Utterance};
use crate::{AgentId, MessageId, Seconds, UserId};
use uuid::Uuid;

const AT: Timestamp = Timestamp(1_000_000);

fn address(text: &str) -> Address {
    Address::opaque(text).unwrap()
}

fn conversation(number: u64) -> ConversationId {
    ConversationId::new(0, 1000, number)
}

fn activate(company: &str, number: u64) -> ContactCommand {
    ContactCommand::Activate {
        channel: ChannelId::new("sms").unwrap(),
        address: Personal::new(address("+12025550123")),
        company: address(company),
        conversation: conversation(number),
        by_agent: false,
    }
}

fn release(company: &str, number: u64) -> ContactCommand {
    ContactCommand::Release { company: address(company), conversation: conversation(number) }
}

/// What follows from the commands, all of which are accepted.
fn after(commands: &[ContactCommand]) -> Option<Contact> {
    commands.iter().fold(None, |state, command| {
        let events = decide(state.as_ref(), command).unwrap();
        events.iter().fold(state, |state, event| evolve(state, AT, event))
    })
}

/// C2
#[test]
fn a_pair_with_an_active_conversation_gets_no_second_one() {
    let state = after(&[activate("front", 1)]);
    assert_eq!(decide(state.as_ref(), &activate("front", 2)), Err(Rejection::PairBusy(conversation(1))));
    assert_eq!(
        decide(state.as_ref(), &activate("back", 2)).unwrap().len(),
        1,
        "another pair is another matter"
    );
}

/// C2, LC-4
#[test]
fn the_pair_is_free_again_when_its_conversation_closes() {
    let state = after(&[activate("front", 1), release("front", 1), activate("front", 2)]);
    let state = state.unwrap();
    assert_eq!(state.active, BTreeMap::from([(address("front"), conversation(2))]));
    assert_eq!(state.version, 4, "created, activated, released, activated");
}

/// C2: a late close of an earlier conversation must not free its successor's pair.
#[test]
fn only_the_active_conversation_can_free_its_pair() {
    let state = after(&[activate("front", 1), release("front", 1), activate("front", 2)]);
    for wrong in [release("front", 1), release("back", 2)] {
        assert_eq!(decide(state.as_ref(), &wrong), Err(Rejection::NotActive));
    }
    assert_eq!(decide(None, &release("front", 1)), Err(Rejection::NotActive));
    let stray =
        ContactEvent::ConversationReleased { company: address("front"), conversation: conversation(1) };
    assert_eq!(evolve(state.clone(), AT, &stray).unwrap().active, state.unwrap().active);
}

/// L4
#[test]
fn facts_of_a_contact_that_was_never_created_change_nothing() {
    let activated = ContactEvent::ConversationActivated {
        company: address("front"),
        conversation: conversation(1),
        by_agent: false,
    };
    assert_eq!(evolve(None, AT, &activated), None);
}

fn window(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn open(number: u128) -> ContactCommand {
    let (channel, address) = (ChannelId::new("web").unwrap(), Personal::new(address("guest-1")));
    ContactCommand::OpenWindow { channel, address, window: window(number) }
}

fn decided(state: Option<&Contact>, command: &ContactCommand) -> Vec<ContactEvent> {
    decide(state, command).unwrap()
}

/// MSG-7, X1
#[test]
fn one_window_too_many_closes_the_oldest() {
    let all: Vec<_> = (1..=WINDOWS_MAX_COUNT as u128).map(open).collect();
    let state = after(&all);
    assert_eq!(state.as_ref().unwrap().windows.len(), WINDOWS_MAX_COUNT);
    let events = decided(state.as_ref(), &open(99));
    let replaced = ContactEvent::WindowClosed { window: window(1), why: WindowClosing::Replaced };
    assert_eq!(events, [replaced, ContactEvent::WindowOpened { window: window(99) }]);
    let state = events.iter().fold(state, |state, event| evolve(state, AT, event)).unwrap();
    assert_eq!(state.windows.len(), WINDOWS_MAX_COUNT);
}

/// MSG-9
#[test]
fn a_window_that_is_not_open_is_unknown() {
    let state = after(&[open(1), ContactCommand::CloseWindow { window: window(1) }, open(2)]);
    let now = AT;
    for window in [window(1), window(3)] {
        for command in [
            ContactCommand::PageWindow { window },
            ContactCommand::RenewWindow { window, now },
            ContactCommand::CloseWindow { window },
        ] {
            assert_eq!(decide(state.as_ref(), &command), Err(Rejection::WindowUnknown));
            assert_eq!(decide(None, &command), Err(Rejection::WindowUnknown));
        }
    }
}

/// MSG-7, T2: a sign of life puts the end off, and is a fact only when the last one is old.
#[test]
fn a_window_closes_when_its_signs_of_life_stop() {
    let state = after(&[open(1)]);
    let first = state.as_ref().unwrap().windows[0].timer();
    assert_eq!(first, WindowTimer { due: AT.plus(WINDOW_TIMEOUT), armed_by: 2 });
    let renew = |seconds| ContactCommand::RenewWindow { window: window(1), now: AT.plus(Seconds(seconds)) };
    assert_eq!(decided(state.as_ref(), &renew(59)), []);
    let renewed = decided(state.as_ref(), &renew(60));
    let state = renewed.iter().fold(state, |state, event| evolve(state, AT.plus(Seconds(60)), event));
    assert_eq!(decided(state.as_ref(), &ContactCommand::ExpireWindow(first)), [], "it is no longer armed");
    let second = state.as_ref().unwrap().windows[0].timer();
    assert_eq!(second, WindowTimer { due: AT.plus(Seconds(180)), armed_by: 3 });
    let closed = ContactEvent::WindowClosed { window: window(1), why: WindowClosing::TimedOut };
    assert_eq!(decided(state.as_ref(), &ContactCommand::ExpireWindow(second)), [closed]);
}

/// NTF-1: it opens nothing, and makes whoever was never seen known.
#[test]
fn a_notification_is_a_fact_of_the_contact_alone() {
    let id = MessageId(window(7));
    let new = |text: &str, link: Option<&str>| {
        Notification::new(id, text.to_owned(), link.map(str::to_owned), None)
    };
    let notification = new("Your parcel is here.", Some("https://example.com/1")).unwrap();
    let (channel, address) = (ChannelId::new("web").unwrap(), Personal::new(address("guest-1")));
    let notify = ContactCommand::Notify { channel, address, by_phone: false, notification };
    let events = decided(None, &notify);
    assert!(matches!(events[..], [ContactEvent::Created { .. }, ContactEvent::NotificationSent(_)]));
    let state = after(&[open(1), notify]).unwrap();
    assert_eq!((state.active.len(), state.version), (0, 3));
    assert_eq!(new(" ", None), Err(NotificationError::Text));
    for link in ["javascript:alert(1)", "https://", "https://example.com/a b", "example.com"] {
        assert_eq!(new("Hello.", Some(link)), Err(NotificationError::Link), "{link}");
    }
}

/// NTF-1, CH-10: what became of a notification is a fact of the contact, by the same rules as in a conversation.
#[test]
fn what_became_of_a_notification_is_known_of_the_contact() {
    let notification =
        Notification::new(MessageId(window(7)), "Hello.".to_owned(), None, Some(address("front"))).unwrap();
    let (channel, to) = (ChannelId::new("own").unwrap(), Personal::new(address("guest-1")));
    let notify = ContactCommand::Notify { channel, address: to, by_phone: false, notification };
    let which = Utterance { of: 2, part: 0 };
    let fails = ContactCommand::Outbound(OutboundCommand::SettleFailed {
        which,
        code: "http_400".to_owned(),
        attempts: 3,
    });
    let redrive = ContactCommand::Outbound(OutboundCommand::Redrive { which, by: "eve".to_owned() });
    let sent = |of| {
        let which = Utterance { of, part: 0 };
        ContactCommand::Outbound(OutboundCommand::SettleDispatched { which, provider_id: None, attempts: 1 })
    };
    assert_eq!(decide(None, &sent(1)), Err(Rejection::DeliveryUnknown));
    let state = after(std::slice::from_ref(&notify));
    assert_eq!(decide(state.as_ref(), &sent(3)), Err(Rejection::DeliveryUnknown));
    assert_eq!(decide(state.as_ref(), &redrive), Err(Rejection::DeliveryNotDead));
    let dead = after(&[notify.clone(), fails.clone()]).unwrap();
    assert_eq!(dead.outbound.dead.get(&which).map(|dead| dead.code.as_str()), Some("http_400"));
    let state = after(&[notify, fails, redrive, sent(2)]);
    assert!(state.as_ref().is_some_and(|contact| !contact.outbound.is_open(which)));
    assert_eq!(decided(state.as_ref(), &sent(2)), []);
}
