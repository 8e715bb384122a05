//! Who waits before whom: and SFR-2.

use super::story::{Story, World, channel, check, group, pool, queue, when};
use crate::routing::{Queue, SortRule};

fn sorted(rules: &[(&str, bool)]) -> World {
    World::team("ann").absent("ann").queue("main", |main| {
        main.sort = rules
            .iter()
            .map(|(field, descending)| SortRule { field: (*field).to_owned(), descending: *descending })
            .collect();
    })
}

///
#[test]
fn without_sort_rules_the_oldest_goes_first() {
    check(
        &sorted(&[]),
        "0 c1 asks tier=3 -> 1 in main
         1 c2 asks tier=9 -> 2 in main
         2 c3 asks tier=1 -> 3 in main
         3 ann available  -> ann available, 1 to ann, 2 to ann, 3 to ann",
    );
}

/// numbers as numbers; what is missing goes last, and of equals the oldest first.
#[test]
fn a_sort_rule_orders_ascending_with_what_is_missing_last() {
    check(
        &sorted(&[("tier", false)]),
        "0 c1 asks         -> 1 in main
         1 c2 asks tier=10 -> 2 in main
         2 c3 asks tier=9  -> 3 in main
         3 c4 asks tier=x  -> 4 in main
         4 c5 asks tier=9  -> 5 in main
         4 position 3      -> 0
         4 position 1      -> 4
         5 ann available   -> ann available, 3 to ann, 5 to ann, 2 to ann, 4 to ann",
    );
}

///
#[test]
fn a_sort_rule_orders_descending_with_what_is_missing_last() {
    check(
        &sorted(&[("tier", true)]),
        "0 c1 asks         -> 1 in main
         1 c2 asks tier=10 -> 2 in main
         2 c3 asks tier=9  -> 3 in main
         3 c4 asks tier=90 -> 4 in main
         5 ann available   -> ann available, 4 to ann, 2 to ann, 3 to ann, 1 to ann",
    );
}

///
#[test]
fn a_second_sort_rule_decides_between_equals_of_the_first() {
    check(
        &sorted(&[("tier", true), ("name", false)]),
        "0 c1 asks tier=1 name=b -> 1 in main
         1 c2 asks tier=1 name=a -> 2 in main
         2 c3 asks tier=2 name=z -> 3 in main
         5 ann available         -> ann available, 3 to ann, 2 to ann, 1 to ann",
    );
}

/// Q-8, WI-9: an inbox is in the order of arrival, whatever the queue's order.
#[test]
fn sort_rules_do_not_reorder_an_inbox() {
    check(
        &sorted(&[("tier", true)]),
        "0 ann available  -> ann available
         1 c1 asks tier=1 -> 1 in main, 1 to ann
         2 c2 asks tier=9 -> 2 in main, 2 to ann
         3 c3 asks tier=5 -> 3 in main, 3 to ann
         4 ann accepts 2  -> 2 with ann
         5 ann accepts 1  -> 1 with ann
         5 inbox ann      -> 1, 2, 3",
    );
}

/// SFR-2: the queue's priority, then the field, then the time waited.
#[test]
fn queues_go_by_priority_and_their_items_by_the_priority_field() {
    let important = |queue: &mut Queue| {
        queue.condition = when("exists vip");
        queue.priority = 50;
    };
    let world = World::team("ann")
        .absent("ann")
        .queue("vip", important)
        .queue("main", |main| main.priority_field = Some("rank".to_owned()))
        .channel("chat", |chat| chat.capacity = 10);
    check(
        &world,
        "0 c1 asks         -> 1 in main
         1 c2 asks rank=7  -> 2 in main
         2 c3 asks rank=2  -> 3 in main
         3 m1 asks         -> 4 in inbox
         4 c4 asks vip=1   -> 5 in vip
         5 c5 asks rank=-1 -> 6 in main
         6 c6 asks rank=2  -> 7 in main
         9 ann available   -> ann available, 5 to ann, 6 to ann, 3 to ann, 7 to ann, 2 to ann, 1 to ann, 4 to ann",
    );
}

/// SFR-2, Q-8: the priority field comes before the sort rules.
#[test]
fn the_priority_field_goes_before_the_sort_rules() {
    let world =
        sorted(&[("tier", false)]).queue("main", |main| main.priority_field = Some("rank".to_owned()));
    check(
        &world,
        "0 c1 asks rank=2 tier=1 -> 1 in main
         1 c2 asks rank=1 tier=9 -> 2 in main
         2 c3 asks rank=1 tier=5 -> 3 in main
         9 ann available         -> ann available, 3 to ann, 2 to ann, 1 to ann",
    );
}

/// also among those that come back, or may be taken, at one moment.
#[test]
fn what_comes_at_one_moment_goes_in_the_queues_order() {
    let world = sorted(&[("tier", true)])
        .agent("bob", |_| {})
        .absent("bob")
        .channel("chat", |chat| chat.capacity = 2);
    let world = world.agent("bob", |bob| {
        bob.capacity.insert(channel("chat"), 1);
    });
    check(
        &world.clone().attending("ann"),
        "0 c1 asks tier=1 -> 1 in main, 1 to ann
         1 c2 asks tier=9 -> 2 in main, 2 to ann
         2 bob available  -> bob available
         3 ann away       -> ann away, 1 presence_changed by ann, 2 presence_changed by ann, 2 to bob",
    );
    let later = world.queue("main", |main| main.pools = vec![pool("team", 60)]);
    check(
        &later.attending("bob"),
        "0  c1 asks tier=1 -> 1 in main
         0  c2 asks tier=9 -> 2 in main
         60 tick           -> 2 to bob",
    );
}

/// Two groups that serve two queues; each queue takes what names it.
fn two_groups() -> World {
    let both = || ["east", "west"].map(|name| pool(name, 0)).to_vec();
    let world = World::team("");
    ["east", "west"].into_iter().fold(world, |world, name| {
        world.group(name, |_| {}).queue(name, |queue| {
            queue.condition = when(&format!("side == \"{name}\""));
            queue.pools = both();
        })
    })
}

fn member(world: World, name: &str, groups: &[&str]) -> World {
    world.agent(name, |agent| agent.groups = groups.iter().map(|name| group(name)).collect())
}

fn prefers(world: World, name: &str, first: &str, order: u32) -> World {
    world.group(name, |group| {
        group.queue_order.insert(queue(first), order);
    })
}

/// 100 each, and equal is no preference.
#[test]
fn without_a_preference_a_group_serves_the_oldest_of_all_its_queues() {
    let world = member(two_groups(), "ann", &["east"]).absent("ann");
    check(
        &prefers(world, "east", "west", 100),
        "0 c1 asks side=east -> 1 in east
         1 c2 asks side=west -> 2 in west
         2 c3 asks side=east -> 3 in east
         3 ann available     -> ann available, 1 to ann, 2 to ann, 3 to ann",
    );
}

///
#[test]
fn a_group_serves_the_queue_first_that_it_prefers() {
    let world = member(two_groups(), "ann", &["east"]).absent("ann");
    check(
        &prefers(world, "east", "west", 10),
        "0 c1 asks side=east -> 1 in east
         1 c2 asks side=west -> 2 in west
         2 c3 asks side=west -> 3 in west
         3 ann available     -> ann available, 2 to ann, 3 to ann, 1 to ann",
    );
}

/// the first preference of every group before the second of any, whatever the numbers.
#[test]
fn a_group_whose_first_choice_a_queue_is_goes_before_one_whose_second_it_is() {
    let world = prefers(prefers(two_groups(), "east", "west", 10), "west", "east", 200);
    let world = member(member(world, "ann", &["east"]), "bob", &["west"]);
    check(
        &world,
        "0 c1 joined by bob  -> 1 with bob by hand
         1 c2 asks side=west -> 2 in west, 2 to ann
         2 c3 asks side=east -> 3 in east, 3 to bob
         3 ann away          -> ann away, 2 presence_changed by ann, 2 to bob",
    );
    // For the west its own queue is the first choice as well: then the rule decides again.
    let world = prefers(prefers(two_groups(), "east", "west", 10), "west", "west", 5);
    let world = member(member(world, "ann", &["east"]), "bob", &["west"]);
    check(
        &world,
        "0 c1 joined by ann  -> 1 with ann by hand
         1 c2 asks side=west -> 2 in west, 2 to bob
         2 c3 asks side=east -> 3 in east, 3 to ann",
    );
}

/// whoever is in several groups serves a queue by the best of them.
#[test]
fn an_agent_of_several_groups_has_their_best_preference() {
    let world = prefers(two_groups(), "east", "west", 10);
    let world = member(world, "ann", &["east", "west"]).absent("ann");
    check(
        &world,
        "0 c1 asks side=east -> 1 in east
         1 c2 asks side=west -> 2 in west
         2 c3 asks side=east -> 3 in east
         3 ann available     -> ann available, 1 to ann, 2 to ann, 3 to ann",
    );
}

/// also when several queues and agents are looked at in one moment.
#[test]
fn at_one_moment_each_group_gets_its_first_choice() {
    let world = prefers(two_groups(), "west", "west", 10).channel("chat", |chat| chat.capacity = 1);
    let world = member(member(world, "ann", &["west"]), "bob", &["east"]);
    let closed = |world: World| world.presence("available", |state| state.receives_work = false);
    let mut story = Story::new(&closed(world.clone()));
    story.tell(
        "0 c1 asks side=east -> 1 in east
         1 c2 asks side=west -> 2 in west",
    );
    assert_eq!(story.configure(5, &world), "2 to ann, 1 to bob");
}

/// Q-10, R3: the tiers say who goes first, not who may wait.
#[test]
fn a_preference_keeps_nobody_idle() {
    let world = member(prefers(two_groups(), "east", "west", 10), "ann", &["east"]);
    Story::new(&world).tell("0 c1 asks side=east -> 1 in east, 1 to ann");
}
