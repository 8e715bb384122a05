//! and QT-1: how long an item waits, what its requester is told meanwhile and in the end.

use super::story::{Story, World, check, queue};
use crate::Seconds;
use crate::routing::{Queue, WaitMessage};

/// Five minutes in either queue.
fn five_minutes(agents: &str) -> World {
    let limited = |queue: &mut Queue| {
        queue.max_wait = Some(Seconds(300));
        queue.max_wait_message = Some("sorry".to_owned());
    };
    World::team(agents).queue("main", limited).queue("inbox", limited)
}

/// being late is noted once, also while it is offered, and changes nothing else.
#[test]
fn the_target_only_flags() {
    let world =
        World::team("ann bob").absent("bob").queue("main", |main| main.target_wait = Some(Seconds(60)));
    check(
        &world,
        "0  c1 c2 ask     -> 1 in main, 1 to ann, 2 in main, 2 to ann
         1  ann rejects 2 -> 2 rejected by ann
         59 tick          -> -
         60 tick          -> 1 late, 2 late
         60 waiting main  -> 1 and 1 offered, 2 late
         61 ann accepts 1 -> 1 with ann
         62 bob available -> bob available, 2 to bob
         62 waiting main  -> 0 and 1 offered, 1 late
         99 tick          -> -",
    );
}

/// without a maximum an item waits for ever.
#[test]
fn without_a_maximum_an_item_waits_for_ever() {
    check(
        &World::team("ann").absent("ann"),
        "0       c1 m1 ask     -> 1 in main, 2 in inbox
         0       next          -> none
         8640000 ann available -> ann available, 1 to ann, 2 to ann",
    );
}

///
#[test]
fn at_the_maximum_wait_a_queued_item_is_over_and_its_requester_is_told() {
    check(
        &five_minutes("ann").absent("ann"),
        "0   c1 asks       -> 1 in main
         1   m1 asks       -> 2 in inbox
         299 tick          -> -
         300 tick          -> 1 timed_out, end wait of c1: \"sorry\"
         301 m1 writes     -> 2 timed_out, end wait of m1: \"sorry\"
         302 ann available -> ann available",
    );
}

/// a messaging conversation stays, and when its requester asks again there is another item.
#[test]
fn after_the_maximum_wait_a_messaging_requester_may_ask_again() {
    check(
        &five_minutes("ann").absent("ann"),
        "0   m1 asks       -> 1 in inbox
         300 tick          -> 1 timed_out, end wait of m1: \"sorry\"
         310 m1 writes     -> -
         320 m1 asks       -> 2 in inbox
         330 ann available -> ann available, 2 to ann
         619 tick          -> -
         620 tick          -> -
         621 ann accepts 2 -> 2 with ann",
    );
}

/// Q-12, 18.14: with the bypass, which is the default, a pending offer outlives the maximum wait.
#[test]
fn with_the_bypass_a_pending_offer_may_still_be_accepted() {
    assert!(crate::routing::RoutingSettings::default().bypass_max_wait);
    check(
        &five_minutes("ann"),
        "0   c1 asks       -> 1 in main, 1 to ann
         300 tick          -> -
         400 ann accepts 1 -> 1 with ann",
    );
}

/// Q-14, 18.14: and if it is not accepted, the item is over at once instead of queued again.
#[test]
fn with_the_bypass_an_offer_that_fails_too_late_ends_the_item() {
    let world = five_minutes("ann bob cid").rule(|rule| rule.offer_timeout = Some(Seconds(320)));
    check(
        &world,
        "0   c1 asks       -> 1 in main, 1 to ann
         299 ann rejects 1 -> 1 rejected by ann, 1 to bob
         300 bob rejects 1 -> 1 rejected by bob, 1 timed_out, end wait of c1: \"sorry\"",
    );
    check(
        &world,
        "0   c1 asks -> 1 in main, 1 to ann
         319 tick    -> -
         320 tick    -> 1 timed_out by ann, 1 timed_out, end wait of c1: \"sorry\"",
    );
    check(
        &world,
        "0   c1 asks  -> 1 in main, 1 to ann
         310 ann away -> ann away, 1 presence_changed by ann, 1 timed_out, end wait of c1: \"sorry\"",
    );
}

/// without it the maximum wait ends a pending offer too, but not what was accepted.
#[test]
fn without_the_bypass_the_maximum_wait_ends_a_pending_offer() {
    let world = five_minutes("ann").with(|all| all.settings.bypass_max_wait = false);
    check(
        &world,
        "0   c1 c2 ask     -> 1 in main, 1 to ann, 2 in main, 2 to ann
         299 ann accepts 2 -> 2 with ann
         300 ann accepts 1 -> 1 timed_out, end wait of c1: \"sorry\" ! work_item_over
         300 load ann      -> chat 1/4, messaging 0/4",
    );
    Story::new(&world).by_hand().tell(
        "0   c1 asks       -> 1 in main, 1 to ann
         299 ann accepts 1 -> assign c1 to ann
         400 tick          -> -
         400 run 1 assign  -> 1 with ann",
    );
}

/// a maximum that is set while something waits counts from when it began to wait.
#[test]
fn a_maximum_that_comes_later_counts_from_the_beginning() {
    let mut story = Story::new(&World::team("ann").absent("ann"));
    story.tell(
        "0   c1 asks -> 1 in main
         200 c2 asks -> 2 in main",
    );
    assert_eq!(story.configure(400, &five_minutes("ann")), "1 timed_out, end wait of c1: \"sorry\"");
    story.tell("500 tick -> 2 timed_out, end wait of c2: \"sorry\"");
}

fn message(after: u32, text: &str) -> WaitMessage {
    WaitMessage { after: Seconds(after), text: text.to_owned() }
}

fn told_to_wait() -> World {
    five_minutes("ann").queue("main", |main| {
        main.wait_messages = vec![message(60, "soon"), message(120, "very soon")];
    })
}

/// QT-1: each once, until somebody has accepted.
#[test]
fn waiting_requesters_are_told_the_queues_messages_at_their_times() {
    check(
        &told_to_wait().absent("ann"),
        "0   c1 c2 ask     -> 1 in main, 2 in main
         59  tick          -> -
         60  tick          -> tell c1 60: \"soon\", tell c2 60: \"soon\"
         90  ann available -> ann available, 1 to ann, 2 to ann
         100 ann accepts 2 -> 2 with ann
         120 tick          -> tell c1 120: \"very soon\"
         200 ann rejects 1 -> 1 rejected by ann
         300 tick          -> 1 timed_out, end wait of c1: \"sorry\"",
    );
}

/// QT-1, T1: a message is said once although its errand takes a while, and is not said to who does not wait any more.
#[test]
fn a_message_that_is_under_way_is_not_said_again() {
    Story::new(&told_to_wait().absent("ann")).by_hand().tell(
        "0   c1 c2 ask  -> 1 in main, 2 in main
         60  tick       -> tell c1 60: \"soon\", tell c2 60: \"soon\"
         61  tick       -> -
         62  run 1 tell -> -
         63  c2 closes  -> 2 requester_left
         64  run 2 tell -> -
         120 tick       -> tell c1 120: \"very soon\"
         121 refuse 1 tell -> -
         200 tick       -> -",
    );
}

/// QT-1, BH-4: another queue says its own messages, and their numbers go on, since a conversation says none twice.
#[test]
fn after_an_overflow_the_other_queues_messages_are_told_from_the_first_one_on() {
    let world =
        told_to_wait().absent("ann").channel("chat", |chat| chat.capacity = 1).queue("side", |side| {
            side.wait_messages = vec![message(10, "still here"), message(90, "not much longer")];
            side.target_wait = Some(Seconds(15));
        });
    let world = world.attending("ann").queue("main", |main| {
        main.overflow_queue = Some(queue("side"));
        main.overflow_wait = Some(Seconds(100));
    });
    check(
        &world,
        "0   c0 joined by ann -> 1 with ann by hand
         0   c1 asks          -> 2 in main
         60  tick             -> tell c1 60: \"soon\"
         100 tick             -> 2 in side from main
         109 tick             -> -
         110 tick             -> tell c1 110: \"still here\"
         114 tick             -> -
         115 tick             -> 2 late
         190 tick             -> tell c1 190: \"not much longer\"
         999 tick             -> -",
    );
}

/// Q-12, T1: whoever was asleep for long does what was due, in its order, and once.
#[test]
fn what_was_due_while_nobody_looked_is_done_in_its_order() {
    let world = told_to_wait().queue("main", |main| main.target_wait = Some(Seconds(90))).absent("ann");
    let mut story = Story::new(&world);
    story.tell("0 c1 asks -> 1 in main");
    story.crash();
    story.tell(
        "130 wake -> tell c1 60: \"soon\", 1 late, tell c1 120: \"very soon\"
         999 wake -> 1 timed_out, end wait of c1: \"sorry\"",
    );
}
