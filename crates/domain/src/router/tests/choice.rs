//! Section 8.2, who is chosen among those who may take an item.

use super::story::{Story, World, channel, check, group, pool, schedule, when};
use crate::Seconds;
use crate::routing::{AssignBy, ShiftPreference, ShiftUse};

/// AR-3: room counts, not load.
#[test]
fn by_capacity_the_largest_room_on_the_channel_goes_first() {
    let world = World::team("ann bob")
        .agent("ann", |ann| {
            ann.capacity.insert(channel("chat"), 5);
        })
        .agent("bob", |bob| {
            bob.capacity.insert(channel("chat"), 3);
        });
    check(
        &world,
        "0 c1 asks          -> 1 in main, 1 to ann
         1 c2 asks          -> 2 in main, 2 to ann
         2 c3 asks          -> 3 in main, 3 to bob
         3 m1 joined by ann -> 4 with ann by hand
         3 m2 joined by ann -> 5 with ann by hand
         4 c4 asks          -> 6 in main, 6 to ann
         5 load ann         -> chat 3/5, messaging 2/4
         6 c5 asks          -> 7 in main, 7 to bob",
    );
}

/// AR-3: of equal room, whoever has been without work on that channel for longest; work on others does not count.
#[test]
fn by_capacity_of_equals_the_longest_without_work_goes_first() {
    check(
        &World::team("ann bob"),
        "0  c1 c2 ask          -> 1 in main, 1 to ann, 2 in main, 2 to bob
         1  ann accepts 1      -> 1 with ann
         2  bob accepts 2      -> 2 with bob
         40 c2 closes          -> 2 completed
         50 c1 closes          -> 1 completed
         55 m1 joined by bob   -> 3 with bob by hand
         59 m1 closes          -> 3 completed
         60 c3 asks            -> 4 in main, 4 to bob",
    );
}

/// AR-3: whoever never had work goes before whoever did.
#[test]
fn by_capacity_a_new_agent_goes_before_one_who_has_worked() {
    check(
        &World::team("ann zed").absent("zed"),
        "0 c1 asks       -> 1 in main, 1 to ann
         1 ann accepts 1 -> 1 with ann
         2 c1 closes     -> 1 completed
         3 zed available -> zed available
         4 c2 asks       -> 2 in main, 2 to zed",
    );
}

/// AR-6
#[test]
fn of_agents_who_are_alike_the_first_by_name_is_asked() {
    for assign_by in [AssignBy::MostCapacity, AssignBy::LastAssigned, AssignBy::RoundRobin] {
        let world = World::team("cid ann bob").rule(|rule| rule.assign_by = assign_by);
        check(&world, "0 c1 asks -> 1 in main, 1 to ann");
    }
}

fn by(assign_by: AssignBy, agents: &str) -> World {
    World::team(agents).rule(|rule| rule.assign_by = assign_by)
}

/// AR-4, 18.12: the stamp is set when somebody is asked, so that a burst goes round.
#[test]
fn by_last_assignment_a_burst_goes_round() {
    check(
        &by(AssignBy::LastAssigned, "ann bob cid"),
        "0 c1 c2 c3 ask  -> 1 in main, 1 to ann, 2 in main, 2 to bob, 3 in main, 3 to cid
         1 c4 asks       -> 4 in main, 4 to ann
         2 c5 asks       -> 5 in main, 5 to bob
         3 ann rejects 4 -> 4 rejected by ann, 4 to cid
         4 c6 asks       -> 6 in main, 6 to ann",
    );
}

/// AR-4, 18.12: accepting late is not being assigned late.
#[test]
fn by_last_assignment_it_does_not_matter_when_an_offer_was_accepted() {
    check(
        &by(AssignBy::LastAssigned, "ann bob"),
        "0 c1 asks       -> 1 in main, 1 to ann
         5 c2 asks       -> 2 in main, 2 to bob
         9 ann accepts 1 -> 1 with ann
         10 c3 asks      -> 3 in main, 3 to ann",
    );
}

/// AR-4: an assignment by hand counts, on its channel; how much room there is does not.
#[test]
fn by_last_assignment_each_channel_has_its_own_stamp() {
    check(
        &by(AssignBy::LastAssigned, "ann bob").agent("ann", |ann| {
            ann.capacity.insert(channel("chat"), 9);
        }),
        "0 c1 joined by ann -> 1 with ann by hand
         1 m1 asks          -> 2 in inbox, 2 to ann
         2 c2 asks          -> 3 in main, 3 to bob
         3 c3 asks          -> 4 in main, 4 to ann
         4 c4 asks          -> 5 in main, 5 to bob",
    );
}

/// AR-5: one after the other by name, past those who are full or away, whatever their room.
#[test]
fn round_robin_goes_by_name_and_begins_again() {
    let world = by(AssignBy::RoundRobin, "ann bob cid").absent("bob").agent("cid", |cid| {
        cid.capacity.insert(channel("chat"), 2);
    });
    check(
        &world,
        "0 c1 asks       -> 1 in main, 1 to ann
         1 bob available -> bob available
         2 c2 asks       -> 2 in main, 2 to bob
         3 c3 c4 ask     -> 3 in main, 3 to cid, 4 in main, 4 to ann
         4 bob away      -> bob away, 2 presence_changed by bob, 2 to cid
         5 bob available -> bob available
         6 c5 asks       -> 5 in main, 5 to ann
         7 c6 c7 ask     -> 6 in main, 6 to bob, 7 in main, 7 to ann",
    );
}

/// AR-5: the cursor is the pool's, so one queue does not move another's; and it outlives a crash.
#[test]
fn round_robin_has_a_cursor_for_each_pool() {
    let world =
        by(AssignBy::RoundRobin, "ann bob cid").queue("side", |side| side.condition = when("exists side"));
    let mut story = Story::new(&world);
    story.tell(
        "0 c1 asks        -> 1 in main, 1 to ann
         1 c2 asks        -> 2 in main, 2 to bob
         2 c3 asks side=1 -> 3 in side, 3 to ann",
    );
    story.crash();
    story.tell(
        "3 c4 asks        -> 4 in main, 4 to cid
         4 c5 asks side=1 -> 5 in side, 5 to bob",
    );
}

/// AR-5: the groups of a pool are one circle.
#[test]
fn round_robin_goes_by_name_across_the_groups_of_a_pool() {
    let world = by(AssignBy::RoundRobin, "ann cid")
        .group("others", |_| {})
        .agent("bob", |bob| bob.groups = [group("others")].into())
        .agent("dan", |dan| dan.groups = [group("others"), group("team")].into())
        .queue("main", |main| {
            main.pools[0].groups.insert(group("others"));
        });
    check(
        &world,
        "0 c1 c2 c3 ask -> 1 in main, 1 to ann, 2 in main, 2 to bob, 3 in main, 3 to cid
         1 c4 c5 ask    -> 4 in main, 4 to dan, 5 in main, 5 to ann",
    );
}

/// Three agents whose shifts end at 01:00, 02:00 and 03:00.
fn shifts(prefer: ShiftPreference, required: u32) -> World {
    let on = |name: &str| {
        let name = schedule(name);
        move |agent: &mut crate::routing::Agent| agent.shift = Some(name)
    };
    World::team("ann bob cid")
        .schedule("early", "00:00", "01:00")
        .schedule("middle", "00:00", "02:00")
        .schedule("late", "00:00", "03:00")
        .agent("ann", on("middle"))
        .agent("bob", on("late"))
        .agent("cid", on("early"))
        .rule(|rule| rule.shift = Some(ShiftUse { prefer, required: Seconds(required) }))
}

/// AR-12
#[test]
fn by_shift_the_least_or_the_most_time_left_goes_first() {
    let burst = |prefer| {
        let mut story = Story::new(&shifts(prefer, 0).channel("chat", |chat| chat.capacity = 1));
        story.row("0 c1 c2 c3 ask")
    };
    let asked =
        |a: &str, b: &str, c: &str| format!("1 in main, 1 to {a}, 2 in main, 2 to {b}, 3 in main, 3 to {c}");
    assert_eq!(burst(ShiftPreference::LeastLeft), asked("cid", "ann", "bob"));
    assert_eq!(burst(ShiftPreference::MostLeft), asked("bob", "ann", "cid"));
    assert_eq!(burst(ShiftPreference::Any), asked("ann", "bob", "cid"));
}

/// AR-12: exactly the required time is enough; who has no shift is not held to one.
#[test]
fn who_has_too_little_of_their_shift_left_is_not_asked() {
    let world = shifts(ShiftPreference::LeastLeft, 600).absent("bob ann").agent("zed", |_| {}).absent("zed");
    check(
        &world,
        "3000  c1 asks      -> 1 in main, 1 to cid
         3001  c2 asks      -> 2 in main
         3001  explain 2    -> ann presence, bob presence, cid shift, zed presence
         3002 zed available -> zed available, 2 to zed
         7000 c3 asks       -> 3 in main, 3 to zed",
    );
}

/// AR-12: a shift that begins brings work at once.
#[test]
fn work_waits_for_a_shift_to_begin() {
    let world = shifts(ShiftPreference::Any, 0).absent("bob cid").schedule("middle", "00:10", "02:00");
    check(
        &world,
        "0    c1 asks -> 1 in main
         0    explain 1 -> ann shift, bob presence, cid presence
         599  tick    -> -
         600  tick    -> 1 to ann
         7200 c2 asks -> 2 in main",
    );
}

/// AR-1, AR-12, R3: whose shift begins at the moment at which a pool opens is there already.
#[test]
fn what_begins_at_one_moment_has_all_begun_before_anybody_is_asked() {
    let world = shifts(ShiftPreference::Any, 0).absent("bob").schedule("middle", "00:10", "02:00");
    check(
        &world.queue("main", |main| main.pools = vec![pool("team", 600)]),
        "0   c1 asks -> 1 in main
         599 tick    -> -
         600 tick    -> 1 to ann",
    );
}

/// AR-5, AR-12, AR-13: the shift is looked at before the circle, which goes round among those whose shifts end alike.
#[test]
fn by_shift_and_round_robin_the_shift_goes_first() {
    let world = shifts(ShiftPreference::MostLeft, 0).rule(|rule| rule.assign_by = AssignBy::RoundRobin);
    check(
        &world,
        "0 c1 asks       -> 1 in main, 1 to bob
         1 c2 asks       -> 2 in main, 2 to bob
         2 bob away      -> bob away, 1 presence_changed by bob, 2 presence_changed by bob, 1 to ann, \
         2 to ann",
    );
}

/// AR-3, AR-13: whoever frees room does not get what another one should have.
#[test]
fn an_item_that_comes_as_room_appears_goes_to_the_best_agent() {
    let world = World::team("ann bob").queue("side", |side| side.pools = vec![pool("team", 0)]);
    check(
        &world,
        "0 c1 joined by ann          -> 1 with ann by hand
         1 c2 joined by ann          -> 2 with ann by hand
         2 c1 handed by ann to side  -> 1 transferred, 3 in side, 3 to bob",
    );
}

/// AR-3: several who get room at one moment.
#[test]
fn agents_who_come_at_one_moment_are_ranked_for_each_item() {
    let served_by = |name: &str| {
        World::team("ann bob")
            .agent("bob", |bob| {
                bob.capacity.insert(channel("chat"), 2);
            })
            .group("nobody", |_| {})
            .queue("main", |main| main.pools = vec![pool(name, 0)])
    };
    let mut story = Story::new(&served_by("nobody"));
    story.tell("0 c1 c2 c3 c4 ask -> 1 in main, 2 in main, 3 in main, 4 in main");
    assert_eq!(story.configure(5, &served_by("team")), "1 to ann, 2 to ann, 3 to bob, 4 to ann");
}
