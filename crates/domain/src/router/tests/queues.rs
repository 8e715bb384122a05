//! Section 8.1, which queue an item goes into, and what becomes of one that goes into none.

use super::story::{Story, World, at, channel, check, queue, when};
use crate::Seconds;
use crate::routing::{RoutingSettings, ServiceKind};

/// by ascending order, then by name; the first active match wins, and without a condition none matches.
#[test]
fn the_first_active_match_in_order_takes_an_item() {
    let world = World::team("ann")
        .absent("ann")
        .queue("vip", |vip| {
            vip.order = 10;
            vip.condition = when("tier == \"gold\"");
        })
        .queue("asleep", |asleep| {
            asleep.order = 1;
            asleep.active = false;
            asleep.condition = when("mode == \"chat\"");
        })
        .queue("by_hand", |by_hand| by_hand.order = 1)
        .queue("b", |b| b.condition = when("topic in (\"tax\", \"law\")"))
        .queue("a", |a| a.condition = when("topic in (\"law\", \"war\")"));
    check(
        &world,
        "0 c1 asks                     -> 1 in main
         1 c2 asks topic=law           -> 2 in a
         2 c3 asks topic=tax           -> 3 in b
         3 c4 asks topic=law tier=gold -> 4 in vip
         4 m1 asks topic=law           -> 5 in inbox",
    );
}

/// what the engine knows of a conversation counts, whatever its variables say.
#[test]
fn a_requester_cannot_call_a_chat_something_else() {
    let world = World::team("ann").absent("ann").queue("web", |web| {
        web.condition =
            when("channel == \"web\" and channel_kind == \"mweb\" and company_address == \"company\"");
    });
    check(
        &world,
        "0 c1 asks channel=sms mode=messaging -> 1 in web
         1 m1 asks channel=web channel_kind=mweb -> 2 in inbox",
    );
}

/// that a queue's channel is full does not send work elsewhere.
#[test]
fn how_busy_a_channel_is_does_not_choose_the_queue() {
    let world = World::team("ann").channel("chat", |chat| chat.capacity = 1).queue("first", |first| {
        first.condition = when("mode == \"chat\"");
    });
    check(
        &world,
        "0 c1 c2 ask      -> 1 in first, 1 to ann, 2 in first
         1 ann switches off chat -> ann available, 1 presence_changed by ann
         2 c3 asks        -> 3 in first",
    );
}

/// it stays to be seen, and is routed when its context or the configuration changes.
#[test]
fn what_matches_no_queue_waits_unrouted_for_another_chance() {
    let picky = World::team("ann").queue("main", |main| main.condition = when("topic == \"tax\""));
    let mut story = Story::new(&picky);
    story.tell(
        "0 c1 c2 ask           -> 1 unrouted: no_queue, 2 unrouted: no_queue
         1 c1 writes           -> -
         1 where 1             -> unrouted: no_queue
         2 c1 writes topic=law -> -
         3 c1 writes topic=tax -> 1 in main, 1 to ann",
    );
    assert_eq!(story.configure(10, &World::team("ann")), "2 in main, 2 to ann");
    let none = World::team("ann").channel("chat", |chat| chat.active = false);
    assert_eq!(story.configure(20, &none), "-");
    story.tell("21 c3 asks -> 3 unrouted: no_service_channel");
    assert_eq!(story.configure(30, &World::team("ann")), "3 in main, 3 to ann");
}

/// CH-8: a service channel takes what its condition says, else what is of its kind; by order.
#[test]
fn service_channels_are_tried_in_order() {
    let world = World::team("ann")
        .with(|all| {
            let mut calls = crate::routing::ServiceChannel::defaults(ServiceKind::Phone);
            calls.condition = when("exists call");
            calls.order = 1;
            all.service_channels.insert(channel("calls"), calls);
        })
        .queue("calls", |calls| {
            calls.service_channel = channel("calls");
            calls.condition = when("mode == \"chat\"");
        });
    check(
        &world,
        "0 c1 asks        -> 1 in main, 1 to ann
         1 c2 asks call=1 -> 2 in calls, 2 to ann
         2 c3 asks call=1 -> 3 in calls
         2 load ann       -> calls 1/1, chat 1/4, messaging 0/4",
    );
}

/// exactly L is in, a second more is out and left to people, until its requester writes again.
#[test]
fn what_was_asked_too_long_before_routing_began_is_left_to_people() {
    assert_eq!(RoutingSettings::default().look_back, Seconds(600));
    let mut story = Story::asleep();
    story.configure(700, &World::team("ann").absent("ann"));
    story.tell(
        "700 c1 asks at=100 -> 1 in main
         700 c2 asks at=99  -> 2 unrouted: look_back
         800 c2 writes      -> 2 in main",
    );
}

/// what is told late, because the process was down, was eligible all the time.
#[test]
fn what_was_asked_while_routing_was_on_is_never_too_old() {
    let mut story = Story::new(&World::team("ann"));
    story.configure(4000, &World::team("ann"));
    story.tell("5000 c1 asks at=1 -> 1 in main, 1 to ann");
    story.configure(6000, &World::team("").with(|all| *all = crate::routing::Routing::default()));
    story.configure(7000, &World::team("ann"));
    story.tell("7000 c2 asks at=6399 -> 2 unrouted: look_back");
}

/// one that is older, or the same again, is no news.
#[test]
fn an_older_configuration_changes_nothing() {
    let mut story = Story::new(&World::team("ann"));
    story.configure(1, &World::team("ann"));
    let empty = std::sync::Arc::default();
    for version in [0, 1, 2] {
        let command = crate::router::Command::Reconfigure { version, routing: std::sync::Arc::clone(&empty) };
        assert_eq!(story.give(&command, at(2)), (vec![], Ok(())));
    }
    story.tell("3 c1 asks -> 1 in main, 1 to ann");
}

/// the same for what becomes eligible by a change of configuration.
#[test]
fn what_no_queue_took_for_too_long_is_left_to_people() {
    let picky = World::team("ann").queue("main", |main| main.condition = None);
    let mut story = Story::new(&picky);
    story.tell(
        "0 c1 asks -> 1 unrouted: no_queue
         1 c2 asks -> 2 unrouted: no_queue",
    );
    assert_eq!(story.configure(601, &World::team("ann")), "1 unrouted: look_back, 2 in main, 2 to ann");
    assert_eq!(story.configure(602, &World::team("ann")), "-");
    story.tell("700 c1 writes -> 1 in main, 1 to ann");
}

///
#[test]
fn beyond_the_maximum_new_items_wait_for_room_in_their_order() {
    assert_eq!(RoutingSettings::default().queued_max, 10_000);
    let world = World::team("ann").absent("ann").with(|all| all.settings.queued_max = 2);
    let mut story = Story::new(&world);
    story.tell(
        "0    c1 m1 c2 c3 ask -> 1 in main, 2 in inbox, 3 unrouted: overfull, 4 unrouted: overfull
         1    c3 writes       -> -
         2    c4 asks         -> 5 unrouted: overfull
         700  c1 closes       -> 1 requester_left, 3 in main
         701  ann available   -> ann available, 2 to ann, 3 to ann
         702  ann accepts 3   -> 4 in main, 4 to ann, 3 with ann
         703  c4 closes       -> 5 requester_left
         704  ann accepts 4   -> 4 with ann
         704  c5 asks         -> 6 in main, 6 to ann",
    );
}

/// a larger maximum makes room at once.
#[test]
fn a_larger_maximum_lets_in_what_waits_for_room() {
    let world = |most| World::team("ann").absent("ann").with(|all| all.settings.queued_max = most);
    let mut story = Story::new(&world(1));
    story.tell("0 c1 c2 c3 ask -> 1 in main, 2 unrouted: overfull, 3 unrouted: overfull");
    assert_eq!(story.configure(9, &world(2)), "2 in main");
    story.crash();
    assert_eq!(story.configure(10, &world(10)), "3 in main");
}

/// a queue without pools is for assignment by hand.
#[test]
fn without_a_pool_an_item_waits_to_be_assigned_by_hand() {
    let world = World::team("ann").queue("main", |main| main.pools.clear());
    check(
        &world,
        "0    c1 asks          -> 1 in main
         0    explain 1        -> ann not_in_pool
         9999 tick             -> -
         9999 c1 joined by ann -> 1 manually_assigned, 2 with ann by hand",
    );
}

/// a queue that is not active any more takes nothing new, and what waits in it goes on.
#[test]
fn what_waits_in_a_queue_that_is_switched_off_goes_on() {
    let world =
        World::team("ann").absent("ann").queue("first", |first| first.condition = when("mode == \"chat\""));
    let mut story = Story::new(&world);
    story.tell("0 c1 asks -> 1 in first");
    assert_eq!(story.configure(1, &world.queue("first", |first| first.active = false)), "-");
    story.tell(
        "2 c2 asks       -> 2 in main
         3 ann available -> ann available, 1 to ann, 2 to ann",
    );
}

/// Q-4, R2: what a queue leaves behind is routed anew, and so is what is declined after its queue is gone.
#[test]
fn what_waits_in_a_queue_that_is_removed_is_routed_anew() {
    let world = World::team("ann")
        .channel("chat", |chat| chat.capacity = 1)
        .queue("first", |first| first.condition = when("mode == \"chat\""));
    let mut story = Story::new(&world);
    story.tell("0 c1 c2 ask -> 1 in first, 1 to ann, 2 in first");
    let world = world.with(|all| drop(all.queues.remove(&queue("first"))));
    assert_eq!(story.configure(5, &world), "1 withdrawn by ann, 1 in main, 2 in main, 1 to ann");
    story.tell(
        "6 ann accepts 1 -> 1 with ann
         7 c1 closes     -> 1 completed, 2 to ann",
    );
}

/// R1, Q-1: what waits in a queue that is moved to another service channel takes that channel's capacity.
#[test]
fn a_queue_that_changes_its_service_channel_charges_the_new_one() {
    let world = World::team("ann").absent("ann").queue("first", |first| {
        first.condition = when("mode == \"chat\"");
    });
    let mut story = Story::new(&world);
    story.tell("0 c1 c2 ask -> 1 in first, 2 in first");
    let moved = world
        .channel("messaging", |messaging| messaging.capacity = 1)
        .queue("first", |first| first.service_channel = channel("messaging"));
    assert_eq!(story.configure(1, &moved), "1 in main, 2 in main");
    story.tell("2 ann available -> ann available, 1 to ann, 2 to ann");
}
