//! EWT-1, EWT-2 and EWT-4: what waiting requesters may expect. How the mean is made is tested with the waits themselves.

use super::story::{Story, World, at, channel, check, queue, skill};
use crate::Seconds;
use crate::routing::{EstimateBy, Need, SkillUse};

/// EWT-1: from entering the queue to the agent's joining, whatever came in between.
#[test]
fn a_wait_is_from_the_queue_to_the_agents_joining() {
    check(
        &World::team("ann bob").absent("ann bob"),
        "0   c1 c9 ask     -> 1 in main, 2 in main
         30  ann available -> ann available, 1 to ann, 2 to ann
         40  ann rejects 1 -> 1 rejected by ann
         50  bob available -> bob available, 1 to bob
         100 bob accepts 1 -> 1 with bob
         101 c2 asks       -> 3 in main, 3 to ann
         101 estimate 3    -> 100
         110 ann accepts 2 -> 2 with ann
         111 estimate 3    -> 105",
    );
}

/// EWT-2: without samples there is nothing to say.
#[test]
fn without_samples_nothing_is_estimated() {
    check(
        &World::team("ann"),
        "0 c1 asks    -> 1 in main, 1 to ann
         0 estimate 1 -> none
         5 c1 closes  -> 1 requester_left
         6 c2 asks    -> 2 in main, 2 to ann
         6 estimate 2 -> none
         7 ann accepts 2 -> 2 with ann
         8 estimate 2 -> none
         8 c3 asks    -> 3 in main, 3 to ann
         8 estimate 3 -> 1",
    );
}

/// EWT-1: only those who were joined in the last ten minutes, exactly ten included.
#[test]
fn a_sample_counts_for_ten_minutes() {
    check(
        &World::team("ann"),
        "0   c1 asks       -> 1 in main, 1 to ann
         50  ann accepts 1 -> 1 with ann
         60  c2 asks       -> 2 in main, 2 to ann
         650 estimate 2    -> 50
         651 estimate 2    -> none",
    );
}

/// EWT-1: a hand-over to an agent and an assignment by hand are no waits; a hand-over to a queue is one of that queue.
#[test]
fn hand_overs_to_agents_are_no_waits() {
    let world = World::team("ann bob").queue("side", |_| {});
    let mut story = Story::new(&world);
    story.tell(
        "0  c1 joined by ann         -> 1 with ann by hand
         1  ann transfers c1 to bob  -> 2 to bob
         9  bob accepts 2            -> 1 transferred, 2 with bob by transfer
         9  estimate 2               -> none
         10 c2 asks                  -> 3 in main, 3 to ann
         10 estimate 3               -> none
         11 c1 handed by bob to side -> 2 transferred, 4 in side, 4 to bob
         31 bob accepts 4            -> 4 with bob
         32 estimate 3               -> none",
    );
    let estimate =
        |story: &Story, name: &str| story.router.queue_figures(&queue(name), at(32)).unwrap().estimate;
    assert_eq!((estimate(&story, "side"), estimate(&story, "main")), (Some(Seconds(20)), None));
}

/// EWT-1, R8: the weighted mean is the option.
#[test]
fn the_latest_wait_can_count_most() {
    let rows = "0   c1 asks       -> 1 in main, 1 to ann
                100 ann accepts 1 -> 1 with ann
                100 c2 asks       -> 2 in main, 2 to ann
                110 ann accepts 2 -> 2 with ann
                110 c3 asks       -> 3 in main, 3 to ann";
    let estimate = |by| {
        let mut story = Story::new(&World::team("ann").with(|all| all.settings.estimate = by));
        story.tell(rows);
        story.row("111 estimate 3")
    };
    assert_eq!(estimate(EstimateBy::Mean), "55");
    // (10·10 + 9·100) / 19 = 52.6
    assert_eq!(estimate(EstimateBy::Weighted), "53");
}

/// EWT-1: for skills only items with the same required skills.
#[test]
fn whoever_needs_a_skill_is_told_of_those_who_needed_it() {
    let world = World::team("ann")
        .rule(|rule| rule.skills = Some(SkillUse { levels: false, mandatory: false }))
        .queue("main", |main| main.skills = vec![skill("charm", 0, Need::Optional)]);
    check(
        &world,
        "0   c1 asks                        -> 1 in main, 1 to ann
         50  ann accepts 1                  -> 1 with ann
         50  c2 asks mandatory_skills=tax:1 -> 2 in main, 2 to ann
         50  estimate 2                     -> none
         150 ann accepts 2                  -> 2 with ann
         151 c3 asks mandatory_skills=tax:9 -> 3 in main, 3 to ann
         151 estimate 3                     -> 100
         152 c4 asks                        -> 4 in main, 4 to ann
         152 estimate 4                     -> 75",
    );
}

/// EWT-4, Q-8: how many go before, in the queue's own order.
#[test]
fn the_position_is_how_many_go_first() {
    let world = World::team("ann").channel("chat", |chat| chat.capacity = 1).queue("main", |main| {
        main.priority_field = Some("rank".to_owned());
    });
    check(
        &world,
        "0 c1 c2 c3 ask    -> 1 in main, 1 to ann, 2 in main, 3 in main
         0 position 1      -> none
         0 position 2      -> 0
         0 position 3      -> 1
         1 c4 asks rank=1  -> 4 in main
         1 position 4      -> 0
         1 position 3      -> 2
         2 c2 closes       -> 2 requester_left
         2 position 3      -> 1
         3 m1 asks         -> 5 in inbox, 5 to ann
         4 waiting main    -> 2 and 1 offered, 0 late",
    );
}

/// EWT-1: what overflowed waited from its first queue on.
#[test]
fn an_overflowing_item_has_waited_since_its_first_queue() {
    let world = World::team("ann bob").absent("ann bob").queue("side", |side| {
        side.service_channel = channel("messaging");
    });
    let world = world.queue("inbox", |inbox| {
        inbox.overflow_queue = Some(queue("side"));
        inbox.overflow_wait = Some(Seconds(30));
    });
    check(
        &world,
        "0  m1 asks       -> 1 in inbox
         30 tick          -> 1 in side from inbox
         40 ann available -> ann available, 1 to ann
         50 ann accepts 1 -> 1 with ann
         51 ann away      -> ann away
         51 m2 asks       -> 2 in inbox
         81 tick          -> 2 in side from inbox
         81 estimate 2    -> 50",
    );
}
