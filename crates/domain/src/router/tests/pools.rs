//! Section 8.2, who may take an item: pools that open with its age, and what does not make it younger.

use super::story::{Story, World, channel, check, group, named_pool, pool, queue};
use crate::Seconds;
use crate::routing::{AssignBy, Queue};

/// The team first, the backup after a minute, the bosses after two.
fn widening() -> World {
    World::team("ann")
        .group("backup", |_| {})
        .group("bosses", |_| {})
        .agent("bob", |bob| bob.groups = [group("backup")].into())
        .agent("cid", |cid| cid.groups = [group("bosses")].into())
        .queue("main", |main| main.pools = vec![pool("team", 0), pool("backup", 60), pool("bosses", 120)])
}

/// AR-1
#[test]
fn a_pool_opens_at_exactly_its_second() {
    check(
        &widening().absent("ann"),
        "0   c1 asks       -> 1 in main
         0   explain 1     -> ann presence, bob pool_not_open, cid pool_not_open
         59  tick          -> -
         60  tick          -> 1 to bob
         61  bob rejects 1 -> 1 rejected by bob
         119 tick          -> -
         120 tick          -> 1 to cid",
    );
}

/// AR-1: pools widen, they do not take turns.
#[test]
fn earlier_pools_stay_in_when_a_later_one_opens() {
    check(
        &widening().absent("ann bob cid"),
        "0   c1 c2 ask     -> 1 in main, 2 in main
         121 ann available -> ann available, 1 to ann, 2 to ann
         122 ann rejects 1 -> 1 rejected by ann
         130 bob available -> bob available, 1 to bob
         131 c3 asks       -> 3 in main, 3 to ann",
    );
}

/// AR-1, AR-3: once all pools are open, the members of pools with one rule compete as equals.
#[test]
fn open_pools_of_one_rule_are_one_field() {
    let mut story = Story::new(&widening().absent("ann bob"));
    story.tell(
        "0  c1 asks          -> 1 in main
         10 c2 joined by ann -> 2 with ann by hand",
    );
    // Both come at the same moment: bob has more room.
    let both = widening().presence("available", |state| state.receives_work = false);
    story.configure(70, &both);
    story.tell(
        "71 ann available -> ann available
         71 bob available -> bob available",
    );
    assert_eq!(story.configure(72, &widening()), "1 to bob");
}

/// AR-1, AR-13: members of pools with different rules cannot be compared, so the earlier pool goes first.
#[test]
fn open_pools_of_different_rules_go_one_after_the_other() {
    let world = widening()
        .named_rule("other", |rule| rule.assign_by = AssignBy::LastAssigned)
        .queue("main", |main| main.pools = vec![pool("team", 0), named_pool("backup", 0, "other")]);
    check(
        &world,
        "0 c2 joined by ann -> 1 with ann by hand
         1 c1 asks          -> 2 in main, 2 to ann
         2 ann rejects 2    -> 2 rejected by ann, 2 to bob",
    );
}

/// AR-2: neither a rejection nor a time-out makes an item younger.
#[test]
fn an_items_age_is_not_reset_by_a_rejection_or_a_time_out() {
    let world = widening().rule(|rule| rule.offer_timeout = Some(Seconds(40)));
    check(
        &world,
        "0  c1 asks       -> 1 in main, 1 to ann
         40 tick          -> 1 timed_out by ann
         60 tick          -> 1 to bob",
    );
    check(
        &widening(),
        "0  c1 asks       -> 1 in main, 1 to ann
         50 ann rejects 1 -> 1 rejected by ann
         60 tick          -> 1 to bob",
    );
}

/// AR-2, SFR-4: it goes back to its place in the line, before what came meanwhile.
#[test]
fn what_was_declined_goes_before_what_came_later() {
    let world = World::team("ann bob").absent("bob").channel("chat", |chat| chat.capacity = 1);
    check(
        &world,
        "0  c1 c2 ask     -> 1 in main, 1 to ann, 2 in main
         5  ann rejects 1 -> 1 rejected by ann, 2 to ann
         6  c3 asks       -> 3 in main
         6  position 1    -> 0
         6  position 3    -> 1
         10 bob available -> bob available, 1 to bob",
    );
}

/// AR-1, AR-2: in another queue an item's pools open anew, but among those who wait there it is as old as it is.
#[test]
fn an_overflowing_item_widens_anew_and_keeps_its_age() {
    let messaging = |queue: &mut Queue| queue.service_channel = channel("messaging");
    let world = widening()
        .absent("ann bob cid")
        .queue("general", messaging)
        .queue("general", |general| general.pools = vec![pool("team", 0), pool("backup", 60)])
        .queue("inbox", |inbox| {
            inbox.overflow_queue = Some(queue("general"));
            inbox.overflow_wait = Some(Seconds(30));
        });
    check(
        &world,
        "0  m1 asks                     -> 1 in inbox
         20 m2 joined by ann            -> 2 with ann by hand
         21 m2 handed by ann to general -> 2 transferred, 3 in general
         30 tick                        -> 1 in general from inbox
         30 position 1                  -> 0
         30 position 3                  -> 1
         85 bob available               -> bob available, 3 to bob
         89 tick                        -> -
         90 tick                        -> 1 to bob",
    );
}
