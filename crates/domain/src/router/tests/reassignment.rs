//! Section 10 and ACT-11: how a conversation gets from an agent who is gone to one who is there.

use super::story::{Story, World, check};
use crate::Seconds;
use crate::routing::{Affinity, WorkItemId};

/// Ann has a messaging conversation, and reassignment is on.
fn returning(agents: &str) -> World {
    World::team(agents).with(|all| all.settings.reassign_enabled = true)
}

/// RE-1, RE-4: neither a message to an available agent nor the agent's leaving changes anything.
#[test]
fn an_available_agent_keeps_their_conversations() {
    check(
        &returning("ann bob"),
        "0 m1 asks       -> 1 in inbox, 1 to ann
         1 m1 writes     -> -
         2 ann accepts 1 -> 1 with ann
         3 m1 writes     -> -
         4 ann away      -> ann away
         5 ann available -> ann available
         6 m1 writes     -> -",
    );
}

/// RE-2, RE-5, 18.13: cleared, new, and a second item that knows of the first.
#[test]
fn the_next_message_to_an_unavailable_agent_makes_a_new_item() {
    let mut story = Story::new(&returning("ann bob"));
    story.tell(
        "0 m1 asks topic=tax -> 1 in inbox, 1 to ann
         1 ann accepts 1     -> 1 with ann
         2 ann away          -> ann away
         3 m1 writes         -> unassign m1 from ann, 1 reassigned, 2 in inbox, 2 to bob
         3 load ann          -> -
         4 bob accepts 2     -> 2 with bob",
    );
    let item = &story.router.state().items[&WorkItemId(2)];
    assert_eq!(item.previous, Some(WorkItemId(1)));
    assert!(item.variables.contains_key("topic"));
}

/// RE-2: asked for once, however often the requester writes before the conversation is told.
#[test]
fn a_conversation_is_taken_off_its_agent_once() {
    let mut story = Story::new(&returning("ann bob")).by_hand();
    story.tell(
        "0 m1 joined by ann       -> 1 with ann by hand
         1 ann away               -> ann away
         2 m1 writes              -> unassign m1 from ann
         3 m1 writes              -> -
         4 run 1 unassign         -> -
         5 m1 reassigned off ann  -> 1 reassigned, 2 in inbox, 2 to bob
         6 m1 writes              -> -",
    );
    // An agent who came back in time keeps it: the conversation says no.
    story.tell(
        "10 m2 joined by ann  -> 3 with ann by hand
         11 m2 writes         -> unassign m2 from ann
         12 ann available     -> ann available
         13 refuse 3 unassign -> -
         14 m2 writes         -> -
         14 where 3           -> with ann",
    );
}

/// RE-3: exactly Available; another state that receives work does not count.
#[test]
fn only_the_state_called_available_counts_as_available() {
    let world = returning("ann bob").presence("backoffice", |_| {});
    check(
        &world,
        "0 m1 joined by ann  -> 1 with ann by hand
         1 ann backoffice    -> ann backoffice
         2 m1 writes         -> unassign m1 from ann, 1 reassigned, 2 in inbox, 2 to bob",
    );
}

/// RE-3: nor does somebody who is not on the roster any more, or is switched off.
#[test]
fn an_agent_who_is_not_employed_any_more_is_unavailable() {
    let world = returning("ann bob");
    let mut story = Story::new(&world);
    story.tell(
        "0 m1 joined by zed -> 1 with zed by hand
         1 m2 joined by ann -> 2 with ann by hand
         2 m1 writes        -> unassign m1 from zed, 1 reassigned, 3 in inbox, 3 to bob",
    );
    story.configure(5, &world.agent("ann", |ann| ann.active = false));
    story.tell("6 m2 writes -> unassign m2 from ann, 2 reassigned, 4 in inbox, 4 to bob");
}

/// RE-3: chats are not reassigned.
#[test]
fn a_chat_stays_with_its_agent() {
    check(
        &returning("ann bob"),
        "0 c1 joined by ann -> 1 with ann by hand
         1 ann offline      -> ann offline
         2 c1 writes        -> -",
    );
}

/// RE-6: off by default.
#[test]
fn without_the_setting_a_message_waits_for_its_agent() {
    assert!(!crate::routing::RoutingSettings::default().reassign_enabled);
    check(
        &World::team("ann bob"),
        "0 m1 joined by ann -> 1 with ann by hand
         1 ann offline      -> ann offline
         2 m1 writes        -> -
         2 where 1          -> with ann",
    );
}

/// RE-7: nobody is there: by the queue's maximum wait, or for ever.
#[test]
fn with_nobody_there_a_returning_requester_waits() {
    let rows = "0       m1 joined by ann -> 1 with ann by hand
                1       ann offline      -> ann offline
                2       m1 writes        -> unassign m1 from ann, 1 reassigned, 2 in inbox";
    let mut story = Story::new(&returning("ann"));
    story.tell(rows);
    story.tell("8640000 tick -> -");
    let world = returning("ann").queue("inbox", |inbox| {
        inbox.max_wait = Some(Seconds(600));
        inbox.max_wait_message = Some("sorry".to_owned());
    });
    let mut story = Story::new(&world);
    story.tell(rows);
    story.tell("602 tick -> 2 timed_out, end wait of m1: \"sorry\"");
}

/// RE-8: back in time, the agent is asked first, if history counts; what is offered to another one stays there.
#[test]
fn an_agent_who_returns_gets_the_conversation_back_while_it_is_queued() {
    let world = returning("ann bob").absent("bob").queue("inbox", |inbox| {
        inbox.affinity = vec![Affinity::Historical { days: 30 }];
    });
    let mut story = Story::new(&world);
    story.tell(
        "0 m1 joined by ann -> 1 with ann by hand
         1 ann offline      -> ann offline
         2 m1 writes        -> unassign m1 from ann, 1 reassigned, 2 in inbox
         3 ann available    -> ann available, 2 to ann
         4 ann offline      -> ann offline, 2 presence_changed by ann
         5 bob available    -> bob available, 2 to bob
         6 ann available    -> ann available
         6 where 2          -> offered to bob
         7 bob rejects 2    -> 2 rejected by bob, 2 to ann",
    );
}

/// RE-9: a conversation on hold too.
#[test]
fn a_conversation_on_hold_is_reassigned_as_well() {
    check(
        &returning("ann bob"),
        "0 m1 joined by ann -> 1 with ann by hand
         1 m1 held          -> 1 on hold
         2 ann away         -> ann away
         3 m1 writes        -> unassign m1 from ann, 1 reassigned, 2 in inbox, 2 to bob
         3 load bob         -> chat 0/4, messaging 1/4",
    );
}

/// ACT-11: whoever did not answer is spared in the first round of offers, and in that one only.
#[test]
fn an_agent_who_did_not_answer_is_not_asked_first() {
    check(
        &World::team("ann bob"),
        "0 m1 joined by ann -> 1 with ann by hand
         0 m2 joined by bob -> 2 with bob by hand
         0 m3 joined by bob -> 3 with bob by hand
         9 m1 taken off ann -> 1 reassigned, 4 in inbox, 4 to bob
         10 bob rejects 4   -> 4 rejected by bob, 4 to ann",
    );
}

/// ACT-11, WI-5: after the first round they are treated like everybody, also when they decline.
#[test]
fn an_agent_who_was_spared_once_is_not_spared_again() {
    let world = World::team("ann bob").queue("inbox", |inbox| inbox.reoffer_after = Seconds(100));
    check(
        &world,
        "0   m1 joined by ann -> 1 with ann by hand
         9   m1 taken off ann -> 1 reassigned, 2 in inbox, 2 to bob
         10  bob rejects 2    -> 2 rejected by bob, 2 to ann
         11  ann rejects 2    -> 2 rejected by ann
         110 tick             -> 2 to bob
         110 bob rejects 2    -> 2 rejected by bob
         111 tick             -> 2 to ann",
    );
}

/// ACT-11: with nobody else there they are asked when the others' turn is over.
#[test]
fn an_agent_who_is_the_only_one_is_asked_again_after_a_while() {
    let world = World::team("ann").queue("inbox", |inbox| inbox.reoffer_after = Seconds(40));
    check(
        &world,
        "0  m1 joined by ann -> 1 with ann by hand
         9  m1 taken off ann -> 1 reassigned, 2 in inbox
         9  explain 2        -> ann declined
         48 tick             -> -
         49 tick             -> 2 to ann",
    );
    let never = World::team("ann").queue("inbox", |inbox| {
        inbox.reoffer_after = Seconds(0);
        inbox.max_wait = Some(Seconds(900));
        inbox.max_wait_message = Some("sorry".to_owned());
    });
    check(
        &never,
        "0   m1 joined by ann -> 1 with ann by hand
         9   m1 taken off ann -> 1 reassigned, 2 in inbox
         308 tick             -> -
         309 tick             -> 2 to ann",
    );
}

/// ACT-11, RE-2: being spared is for who did not answer, not for who was away.
#[test]
fn an_agent_who_was_away_is_not_spared() {
    check(
        &returning("ann").absent("ann"),
        "0 m1 joined by ann -> 1 with ann by hand
         1 m1 writes        -> unassign m1 from ann, 1 reassigned, 2 in inbox
         2 ann available    -> ann available, 2 to ann",
    );
}
