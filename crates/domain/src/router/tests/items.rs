//! Section 8.3: what a work item is, how big, how many a conversation has, and how each ends.

use super::story::{Story, World, agent, at, check, when};
use crate::router::{AllocatedBy, Ending, ItemOrigin, Place};
use crate::routing::{SizeOverride, WorkItemId};

/// WI-11: the first size whose condition holds, else the channel's.
#[test]
fn the_size_is_the_first_that_fits() {
    let size = |source: &str, size| SizeOverride { when: when(source).unwrap(), size };
    let world = World::team("ann").channel("chat", |chat| {
        chat.capacity = 100;
        chat.size = 2;
        chat.sizes = vec![size("topic == \"law\"", 30), size("exists topic", 5)];
    });
    check(
        &world,
        "0 c1 asks           -> 1 in main, 1 to ann
         0 load ann          -> chat 2/100, messaging 0/4
         1 c2 asks topic=law -> 2 in main, 2 to ann
         1 load ann          -> chat 32/100, messaging 0/4
         2 c3 asks topic=tax -> 3 in main, 3 to ann
         2 load ann          -> chat 37/100, messaging 0/4
         3 ann accepts 2     -> 2 with ann
         4 c2 closes         -> 2 completed
         4 load ann          -> chat 7/100, messaging 0/4",
    );
}

/// WI-11: an assignment by hand has its size as well.
#[test]
fn what_is_assigned_by_hand_has_the_size_that_it_would_have_had() {
    let world = World::team("ann").absent("ann").channel("chat", |chat| {
        chat.sizes = vec![SizeOverride { when: when("exists topic").unwrap(), size: 3 }];
    });
    check(
        &world,
        "0 c1 asks topic=law -> 1 in main
         1 c1 joined by ann  -> 1 manually_assigned, 2 with ann by hand
         1 load ann          -> chat 3/4 off
         2 c2 joined by ann  -> 3 with ann by hand
         2 load ann          -> chat 4/4 off",
    );
}

/// WI-12: asking again while one waits is the same request.
#[test]
fn a_conversation_has_one_item_however_often_its_requester_asks() {
    check(
        &World::team("ann").absent("ann"),
        "0 c1 asks       -> 1 in main
         1 c1 asks       -> -
         2 ann available -> ann available, 1 to ann
         3 c1 asks       -> -
         4 ann accepts 1 -> 1 with ann
         5 c1 asks       -> -",
    );
}

/// VA-6, 18.20: cancelled, and asked again: another item.
#[test]
fn a_request_that_is_cancelled_and_made_again_is_a_new_item() {
    check(
        &World::team("ann"),
        "0 c1 asks       -> 1 in main, 1 to ann
         1 c1 cancels    -> 1 request_cancelled
         1 load ann      -> chat 0/4, messaging 0/4
         2 ann accepts 1 -> ! work_item_over
         3 c1 cancels    -> -
         4 c1 asks       -> 2 in main, 2 to ann
         5 ann accepts 2 -> 2 with ann
         6 c1 cancels    -> -
         6 where 2       -> with ann",
    );
}

/// WI-8, LC-10: canceled before it was accepted, completed afterwards.
#[test]
fn an_end_by_the_requester_cancels_or_completes() {
    let endings =
        [Ending::RequesterLeft, Ending::Completed].map(|ending| (ending.name(), ending.is_completed()));
    assert_eq!(endings, [("requester_left", false), ("completed", true)]);
    let mut story =
        Story::new(&World::team("ann").queue("main", |main| main.condition = when("exists topic"))).by_hand();
    story.tell(
        "0 c1 asks         -> 1 unrouted: no_queue
         1 c1 closes       -> 1 requester_left
         2 c2 c3 ask       -> 2 unrouted: no_queue, 3 unrouted: no_queue
         3 c2 writes topic=x -> 2 in main, 2 to ann
         3 c3 writes topic=x -> 3 in main, 3 to ann
         4 c2 closes       -> 2 requester_left
         5 ann accepts 3   -> assign c3 to ann
         6 run 3 assign    -> 3 with ann
         7 c3 closes       -> 3 completed
         8 c3 closes       -> -",
    );
}

/// WI-1, WI-9: what an item knows of its way.
#[test]
fn an_item_remembers_how_it_came_to_its_agent() {
    let mut story = Story::new(&World::team("ann"));
    story.tell(
        "0 c1 asks at=0  -> 1 in main, 1 to ann
         9 ann accepts 1 -> 1 with ann",
    );
    let item = &story.router.state().items[&WorkItemId(1)];
    assert_eq!(
        (item.origin.clone(), item.asked, item.offers, item.previous),
        (ItemOrigin::Asked, at(0), 1, None)
    );
    let (arrived, accepted) = (at(0), at(9));
    let place = Place::Accepted {
        agent: agent("ann"),
        at: accepted,
        arrived,
        on_hold: false,
        by: AllocatedBy::Offer,
    };
    assert_eq!(item.place, place);
}

/// WI-9: by arrival: an offer when it was made, whatever happens to it later; an assignment by hand when it was made.
#[test]
fn an_inbox_is_in_the_order_of_arrival() {
    check(
        &World::team("ann"),
        "0 c1 asks          -> 1 in main, 1 to ann
         1 m1 joined by ann -> 2 with ann by hand
         2 m2 asks          -> 3 in inbox, 3 to ann
         3 ann accepts 3    -> 3 with ann
         4 ann accepts 1    -> 1 with ann
         4 inbox ann        -> 1, 2, 3
         5 c1 closes        -> 1 completed
         5 inbox ann        -> 2, 3
         5 inbox zed        -> -",
    );
    check(
        &World::team("ann"),
        "0 ann switches off chat -> ann available
         1 c1 asks               -> 1 in main
         2 m1 asks               -> 2 in inbox, 2 to ann
         3 ann switches off      -> ann available, 1 to ann
         4 inbox ann             -> 2, 1",
    );
}

/// LC-13: whoever joins takes it, wherever it was; joining what one has changes nothing.
#[test]
fn joining_takes_a_conversation_from_wherever_it_was() {
    let world = World::team("ann bob").queue("main", |main| main.condition = when("exists topic"));
    check(
        &world,
        "0 c1 asks          -> 1 unrouted: no_queue
         1 c1 joined by bob -> 1 manually_assigned, 2 with bob by hand
         2 c1 joined by bob -> -
         3 c1 joined by ann -> 2 transferred, 3 with ann by hand
         4 c1 closes        -> 3 completed
         5 c2 asks topic=x  -> 4 in main, 4 to bob
         6 c2 joined by bob -> 4 manually_assigned, 5 with bob by hand
         6 load bob         -> chat 1/4, messaging 0/4",
    );
}

/// L4: a batch of facts counts once, however often it is told.
#[test]
fn what_was_taken_in_is_not_taken_in_again() {
    let world = World::team("ann").absent("ann").queue("main", |main| {
        main.max_wait = Some(crate::Seconds(30));
        main.max_wait_message = Some("sorry".to_owned());
    });
    let mut story = Story::new(&world).by_hand();
    let asks = story.command(&["c1", "asks"], at(0));
    assert_ne!(story.give(&asks, at(0)).0, vec![]);
    story.tell("30 tick -> 1 timed_out, end wait of c1: \"sorry\"");
    assert_eq!(story.give(&asks, at(31)), (vec![], Ok(())), "what is over is not asked for again");
    let asks_anew = story.command(&["c1", "asks"], at(32));
    assert_ne!(story.give(&asks_anew, at(32)).0, vec![]);
    assert_eq!(story.give(&asks, at(33)), (vec![], Ok(())));
}

/// L4: the conversation's own word and the answer to the errand, in either order and twice: one assignment.
#[test]
fn an_assignment_counts_once_whoever_tells_of_it_first() {
    let rows = ["run 1 assign", "c1 assigned to ann by 1.1", "run 1 assign", "c1 assigned to ann by 1.1"];
    for first in [0, 1] {
        let mut story = Story::new(&World::team("ann")).by_hand();
        story.tell(
            "0 c1 asks       -> 1 in main, 1 to ann
             1 ann accepts 1 -> assign c1 to ann",
        );
        assert_eq!(story.row(&format!("2 {}", rows[first])), "1 with ann");
        for row in &rows[first + 1..] {
            assert_eq!(story.row(&format!("3 {row}")), "-");
        }
    }
}
