//! OMN-4: the three ways in which portals go together.

use super::*;
use crate::channel::Portals;
use crate::contact::{Entrance, enter};

fn entrance(state: Option<&Contact>, company: &str, portals: Portals) -> Entrance {
    enter(state, &address(company), portals, true)
}

fn into(state: Option<&Contact>, company: &str, portals: Portals) -> Option<ConversationId> {
    entrance(state, company, portals).into.map(|(_, id)| id)
}

/// OMN-4: one conversation follows the requester, whichever portal they come through.
#[test]
fn shared_portals_have_one_conversation() {
    let state = after(&[activate("it", 1)]);
    for company in ["it", "hr"] {
        let expected = Entrance { into: Some((address("it"), conversation(1))), ..Entrance::default() };
        assert_eq!(entrance(state.as_ref(), company, Portals::Shared), expected);
    }
    assert_eq!(entrance(None, "it", Portals::Shared), Entrance::default());
    let state = after(&[activate("it", 1), release("it", 1)]);
    assert_eq!(into(state.as_ref(), "hr", Portals::Shared), None);
}

/// OMN-4: what was begun while each portal had its own goes on there; who comes through a third one gets the newest.
#[test]
fn portals_that_become_shared_keep_what_they_have() {
    let state = after(&[activate("it", 2), activate("hr", 1)]);
    for (company, expected) in [("it", 2), ("hr", 1), ("shop", 2)] {
        assert_eq!(into(state.as_ref(), company, Portals::Shared), Some(conversation(expected)));
    }
}

/// OMN-4: *multiple active conversations*
#[test]
fn independent_portals_have_a_conversation_each() {
    let state = after(&[activate("it", 1), activate("hr", 2)]);
    for (company, expected) in [("it", Some(1)), ("hr", Some(2)), ("shop", None)] {
        let entrance = entrance(state.as_ref(), company, Portals::Independent);
        assert_eq!(entrance.into.map(|(_, id)| id), expected.map(conversation));
        assert_eq!((entrance.moved, entrance.left), (false, Vec::new()));
    }
}

/// OMN-4: *skip history*
#[test]
fn who_comes_from_another_portal_leaves_its_conversation_and_its_history_behind() {
    let state = after(&[activate("it", 1)]);
    let stays = entrance(state.as_ref(), "it", Portals::SkipHistory);
    assert_eq!(stays, Entrance { into: Some((address("it"), conversation(1))), ..Entrance::default() });
    let moves = entrance(state.as_ref(), "hr", Portals::SkipHistory);
    let left = vec![(address("it"), conversation(1))];
    assert_eq!(moves, Entrance { into: None, moved: true, left });
    assert!(!entrance(None, "hr", Portals::SkipHistory).moved, "who was nowhere comes from nowhere");
    // An agent who writes first from another address does not send the requester there.
    let written = enter(state.as_ref(), &address("hr"), Portals::SkipHistory, false);
    assert_eq!(written, Entrance::default());
}

/// OMN-4, ID-9: the history begins anew, and windows close.
#[test]
fn entering_another_portal_is_a_fact_once_and_closes_the_windows() {
    let enter = |company| ContactCommand::EnterPortal { company: address(company) };
    let state = after(&[activate("it", 1), open(1)]);
    assert_eq!(decided(state.as_ref(), &enter("it")), []);
    let events = decided(state.as_ref(), &enter("hr"));
    let closed = ContactEvent::WindowClosed { window: window(1), why: WindowClosing::BegunAnew };
    assert_eq!(events, [closed, ContactEvent::PortalEntered { company: address("hr") }]);
    let state = after(&[activate("it", 1), open(1), enter("hr")]).unwrap();
    assert_eq!((state.anew, state.windows.len(), &state.portal), (state.version, 0, &Some(address("hr"))));
    assert_eq!(decided(Some(&state), &enter("hr")), []);
    // A conversation that an agent begins from another address takes them nowhere.
    let state = after(&[activate("it", 1), by_agent("hr", 2)]).unwrap();
    assert_eq!((state.anew, state.portal), (0, Some(address("it"))));
}

fn by_agent(company: &str, number: u64) -> ContactCommand {
    let mut command = activate(company, number);
    let ContactCommand::Activate { by_agent, .. } = &mut command else { panic!() };
    *by_agent = true;
    command
}

/// OMN-4, PRO-1: to answer an agent who wrote first is no move, so that nothing hides what is answered; and whoever never
/// wrote to a portal does not come from there.
#[test]
fn who_answers_an_agent_or_was_only_written_to_moves_nowhere() {
    let moved = |commands: &[ContactCommand], company| {
        entrance(after(commands).as_ref(), company, Portals::SkipHistory).moved
    };
    let enter = |company| ContactCommand::EnterPortal { company: address(company) };
    assert!(!moved(&[by_agent("hr", 1)], "hr"));
    assert!(!moved(&[by_agent("hr", 1)], "it"), "they were nowhere");
    assert!(!moved(&[by_agent("hr", 1), activate("it", 2)], "hr"));
    assert!(!moved(&[activate("it", 1), by_agent("hr", 2)], "hr"));
    assert!(!moved(&[activate("it", 1), by_agent("hr", 2)], "it"));
    // Once that conversation is over, or they went elsewhere since it began, nothing keeps them near.
    assert!(moved(&[activate("it", 1), by_agent("hr", 2), release("hr", 2)], "hr"));
    assert!(moved(&[activate("it", 1), by_agent("hr", 2), enter("shop")], "hr"));
    assert!(moved(&[by_agent("hr", 1), activate("it", 2)], "shop"));
}

/// OMN-4: what goes on from a time when portals did not hide each other goes on, and nothing in it is hidden.
#[test]
fn portals_that_begin_to_hide_each_other_keep_what_they_have() {
    let both = [activate("it", 1), activate("hr", 2)];
    let state = after(&both);
    for (company, number) in [("it", 1), ("hr", 2)] {
        let stays = Entrance { into: Some((address(company), conversation(number))), ..Entrance::default() };
        assert_eq!(entrance(state.as_ref(), company, Portals::SkipHistory), stays);
    }
    let state = after(&[both.as_slice(), &[release("hr", 2)]].concat());
    let moves = entrance(state.as_ref(), "hr", Portals::SkipHistory);
    let left = vec![(address("it"), conversation(1))];
    assert_eq!(moves, Entrance { into: None, moved: true, left }, "from the next conversation on");
}
