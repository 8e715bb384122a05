//! C2: a pair has at most one active conversation.

mod consent;
mod identity;

use super::*;

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
    }
}

fn release(company: &str, number: u64) -> ContactCommand {
    ContactCommand::Release { company: address(company), conversation: conversation(number) }
}

/// What follows from the commands, all of which are accepted.
fn after(commands: &[ContactCommand]) -> Option<Contact> {
    commands.iter().fold(None, |state, command| {
        let events = decide(state.as_ref(), command).unwrap();
        events.iter().fold(state, evolve)
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
    assert_eq!(evolve(state.clone(), &stray).unwrap().active, state.unwrap().active);
}

/// L4
#[test]
fn facts_of_a_contact_that_was_never_created_change_nothing() {
    let activated =
        ContactEvent::ConversationActivated { company: address("front"), conversation: conversation(1) };
    assert_eq!(evolve(None, &activated), None);
}
