//! BH-1 to BH-5 and SFR-9: what a queue lets in, and where the rest goes.

use super::story::{Story, World, at, check, group, pool, queue, schedule, when};
use crate::Seconds;
use crate::routing::{Queue, WhenNobody};

/// A queue that is open from 00:00 to 00:10.
fn ten_minutes(world: World) -> World {
    let hours = |queue: &mut Queue| queue.schedule = Some(schedule("hours"));
    world
        .schedule("hours", "00:00", "00:10")
        .with(|all| all.settings.no_agent_message = "closed".to_owned())
        .queue("main", hours)
        .queue("inbox", hours)
}

/// Specialists in `main`; whatever they cannot take goes to `general`, where gus is.
fn with_general(agents: &str) -> World {
    World::team(agents)
        .group("generalists", |_| {})
        .agent("gus", |gus| gus.groups = [group("generalists")].into())
        .queue("general", |general| general.pools = vec![pool("generalists", 0)])
        .queue("main", |main| main.overflow_queue = Some(queue("general")))
}

/// Q-15, BH-1, BH-5: the entrance closes; who is in stays, keeps their place and is served.
#[test]
fn a_closed_queue_refuses_new_chats_and_serves_those_who_wait() {
    check(
        &ten_minutes(World::team("ann")).absent("ann"),
        "599 c1 c2 ask     -> 1 in main, 2 in main
         600 c3 asks       -> 3 refused_closed_hours, refuse c3: \"closed\"
         601 m1 asks       -> 4 in inbox
         700 position 2    -> 1
         701 ann available -> ann available, 1 to ann, 2 to ann, 4 to ann
         702 ann rejects 1 -> 1 rejected by ann
         702 where 1       -> in main",
    );
}

/// Q-15, BH-2: a channel's own hours are looked at too.
#[test]
fn a_closed_channel_refuses_chats_in_all_its_queues() {
    let world = World::team("ann")
        .schedule("hours", "00:00", "00:10")
        .channel("chat", |chat| chat.hours = Some(schedule("hours")))
        .channel("messaging", |messaging| messaging.hours = Some(schedule("hours")))
        .queue("main", |main| main.refusal_message = Some("come back".to_owned()));
    check(
        &world,
        "599 c1 asks -> 1 in main, 1 to ann
         600 c2 asks -> 2 refused_closed_hours, refuse c2: \"come back\"
         601 m1 asks -> 3 in inbox, 3 to ann",
    );
}

/// TR-1: only who comes in is checked; what an agent sends on is in already.
#[test]
fn what_was_let_in_once_is_not_checked_again() {
    let world = ten_minutes(World::team("ann zed")).absent("zed").queue("main", |main| {
        main.size_cap = Some(1);
        main.nobody = WhenNobody::Refuse;
    });
    check(
        &world,
        "0    c1 asks                   -> 1 in main, 1 to ann
         1    ann accepts 1             -> 1 with ann
         2    c2 joined by ann          -> 2 with ann by hand
         3    ann away                  -> ann away
         700  c1 handed by ann to main  -> 1 transferred, 3 in main
         701  c2 reassigned off ann     -> 2 reassigned, 4 in main
         702  zed available             -> zed available, 3 to zed, 4 to zed",
    );
}

/// nor is what waited in a queue that is not there any more.
#[test]
fn what_waits_is_not_refused_when_its_queue_is_removed() {
    let world = ten_minutes(World::team("ann")).absent("ann").queue("first", |first| {
        first.condition = when("mode == \"chat\"");
    });
    let mut story = Story::new(&world);
    story.tell("0 c1 asks -> 1 in first");
    let without = world.with(|all| {
        all.queues.remove(&queue("first"));
    });
    assert_eq!(story.configure(700, &without), "1 in main");
    story.tell("701 ann available -> ann available, 1 to ann");
}

/// nobody is missed in a queue that nobody is asked for.
#[test]
fn a_queue_for_assignment_by_hand_does_not_refuse_because_nobody_is_there() {
    let world = World::team("ann").absent("ann").queue("main", |main| {
        main.pools.clear();
        main.nobody = WhenNobody::Refuse;
    });
    check(&world, "0 c1 asks -> 1 in main");
}

/// by configuration.
#[test]
fn a_chat_that_finds_nobody_waits_or_is_refused() {
    let refusing = |queue: &mut Queue| queue.nobody = WhenNobody::Refuse;
    check(&World::team("ann").absent("ann"), "0 c1 asks -> 1 in main");
    check(
        &World::team("ann").absent("ann").queue("main", refusing).queue("inbox", refusing),
        "0 c1 asks      -> 1 refused_no_agents, refuse c1: \"No agent is available at the moment.\"
         1 m1 asks      -> 2 in inbox
         2 ann away     -> ann away
         3 c2 asks      -> 3 refused_no_agents, refuse c2: \"No agent is available at the moment.\"
         3 online main  -> false
         4 ann available -> ann available, 2 to ann
         4 online main  -> true
         5 ann switches off chat -> ann available
         5 online main  -> false
         6 c3 asks      -> 4 refused_no_agents, refuse c3: \"No agent is available at the moment.\"",
    );
}

/// Q-16, SFR-9: never for messaging; whoever was offered still has a place in line.
#[test]
fn the_cap_counts_whom_nobody_has_accepted_and_spares_messaging() {
    let capped = |queue: &mut Queue| queue.size_cap = Some(2);
    let world = World::team("ann").queue("main", capped).queue("inbox", capped);
    check(
        &world.with(|all| all.settings.no_agent_message = "full".to_owned()),
        "0 c1 c2 c3 ask    -> 1 in main, 1 to ann, 2 in main, 2 to ann, 3 refused_queue_full, refuse c3: \"full\"
         1 m1 m2 m3 ask    -> 4 in inbox, 4 to ann, 5 in inbox, 5 to ann, 6 in inbox, 6 to ann
         2 ann accepts 1   -> 1 with ann
         3 c4 c5 ask       -> 7 in main, 7 to ann, 8 refused_queue_full, refuse c5: \"full\"",
    );
}

/// BH-4: nobody of the queue is there.
#[test]
fn absence_overflows() {
    check(
        &with_general("ann").absent("ann"),
        "0 c1 asks       -> 1 in general from main, 1 to gus
         1 ann available -> ann available
         2 c2 asks       -> 2 in main, 2 to ann",
    );
}

/// BH-4, Q-15, Q-16: specialists from 00:00 to 00:10, and room for one.
#[test]
fn a_closed_or_full_queue_overflows() {
    let world = ten_minutes(with_general("ann")).queue("main", |main| main.size_cap = Some(1));
    check(
        &world,
        "0   c1 c2 ask -> 1 in main, 1 to ann, 2 in general from main, 2 to gus
         600 c3 asks   -> 3 in general from main, 3 to gus",
    );
}

/// BH-4, Q-16: if no other queue takes it either, the first one decides.
#[test]
fn what_no_queue_down_the_line_takes_is_the_first_ones_to_refuse_or_keep() {
    let shut = |world: World| {
        world
            .absent("ann gus")
            .queue("general", |general| {
                general.nobody = WhenNobody::Refuse;
                general.refusal_message = Some("not general".to_owned());
            })
            .queue("main", |main| main.refusal_message = Some("main".to_owned()))
    };
    check(&shut(with_general("ann")), "0 c1 asks -> 1 in main");
    check(
        &shut(with_general("ann")).queue("main", |main| main.nobody = WhenNobody::Refuse),
        "0 c1 asks -> 1 refused_no_agents, refuse c1: \"main\"",
    );
    check(
        &shut(ten_minutes(with_general("ann"))),
        "600 c1 asks -> 1 refused_closed_hours, refuse c1: \"main\"",
    );
}

/// BH-4, BH-7: a chain of queues is followed to its end.
#[test]
fn overflow_goes_from_queue_to_queue() {
    let world = with_general("ann")
        .absent("ann gus")
        .agent("leo", |leo| leo.groups = [group("last")].into())
        .group("last", |_| {})
        .queue("last", |last| last.pools = vec![pool("last", 0)])
        .queue("general", |general| general.overflow_queue = Some(queue("last")));
    check(&world, "0 c1 asks -> 1 in last from general, 1 to leo");
}

/// BH-4, EWT-1: with somebody waiting before it and an estimate beyond the limit, a newcomer goes elsewhere.
#[test]
fn too_long_an_estimate_overflows() {
    let world = with_general("ann")
        .channel("chat", |chat| chat.capacity = 1)
        .queue("main", |main| main.overflow_wait = Some(Seconds(60)));
    check(
        &world,
        "0   c1 asks        -> 1 in main, 1 to ann
         61  ann accepts 1  -> 1 with ann
         70  c2 asks        -> 2 in main
         71  c3 asks        -> 3 in general from main, 3 to gus
         72  c1 closes      -> 1 completed, 2 to ann
         73  c4 asks        -> 4 in main
         74  c4 closes      -> 4 requester_left",
    );
    // Exactly the limit is not too long.
    check(
        &world,
        "0   c1 asks        -> 1 in main, 1 to ann
         60  ann accepts 1  -> 1 with ann
         70  c2 c3 ask      -> 2 in main, 3 in main",
    );
}

/// BH-4: the wait itself. A pending offer is none, until it fails.
#[test]
fn too_long_a_wait_overflows() {
    let world = with_general("ann bob")
        .absent("bob")
        .channel("chat", |chat| chat.capacity = 1)
        .queue("main", |main| main.overflow_wait = Some(Seconds(60)));
    check(
        &world,
        "0  c1 c2 ask     -> 1 in main, 1 to ann, 2 in main
         59 tick          -> -
         60 tick          -> 2 in general from main, 2 to gus
         61 gus rejects 2 -> 2 rejected by gus
         62 where 2       -> in general
         70 ann rejects 1 -> 1 rejected by ann, 1 in general from main, 1 to gus",
    );
}

/// BH-4: each queue's limit is for the wait in that queue.
#[test]
fn too_long_a_wait_in_the_next_queue_overflows_again() {
    let world = with_general("ann")
        .absent("gus")
        .group("last", |_| {})
        .channel("chat", |chat| chat.capacity = 1)
        .queue("main", |main| main.overflow_wait = Some(Seconds(60)))
        .queue("last", |last| last.pools = vec![pool("last", 0)])
        .queue("general", |general| {
            general.overflow_queue = Some(queue("last"));
            general.overflow_wait = Some(Seconds(30));
        });
    check(
        &world,
        "0  c1 c2 ask -> 1 in main, 1 to ann, 2 in main
         60 tick      -> 2 in general from main
         89 tick      -> -
         90 tick      -> 2 in last from general",
    );
}

/// BH-4, AR-2: whoever was moved has waited as long as before, and is told the other queue's messages.
#[test]
fn an_overflowing_item_keeps_its_age_and_begins_the_other_queues_times() {
    let world = with_general("ann")
        .absent("gus")
        .channel("chat", |chat| chat.capacity = 1)
        .queue("main", |main| main.overflow_wait = Some(Seconds(60)))
        .queue("general", |general| {
            general.max_wait = Some(Seconds(100));
            general.max_wait_message = Some("sorry".to_owned());
        });
    let mut story = Story::new(&world);
    story.tell(
        "0   c1 c2 ask -> 1 in main, 1 to ann, 2 in main
         60  tick      -> 2 in general from main
         159 tick      -> -",
    );
    let item = story.router.state().items.values().nth(1).unwrap();
    assert_eq!(item.ticket.as_ref().map(|ticket| ticket.since), Some(at(0)));
    story.tell("160 tick -> 2 timed_out, end wait of c2: \"sorry\"");
}
