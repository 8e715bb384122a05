//! WI-3 and AR-13: why an item is where it is. That whoever is explained to be first is asked is looked at in every
//! story, see `story::promises`.

use super::story::{Story, World, agent, at, channel, check, group, pool, presence, schedule, skill, teach};
use crate::Seconds;
use crate::router::Router;
use crate::routing::{Affinity, Need, ShiftPreference, ShiftUse, SkillUse};
use std::sync::Arc;

/// Everything that may be in somebody's way.
fn picky() -> World {
    World::team("ann zoe")
        .group("later", |_| {})
        .group("others", |_| {})
        .schedule("night", "22:00", "23:00")
        .rule(|rule| {
            rule.skills = Some(SkillUse { levels: true, mandatory: true });
            rule.shift = Some(ShiftUse { prefer: ShiftPreference::Any, required: Seconds(0) });
        })
        .queue("main", |main| {
            main.pools = vec![pool("team", 0), pool("later", 600)];
            main.skills = vec![skill("tax", 5, Need::Mandatory)];
            main.affinity = vec![Affinity::Named { field: "who".to_owned() }];
            main.hold_for_affine = Seconds(300);
        })
}

/// AR-13: in this order, each after the one before is out of the way.
#[test]
fn an_agent_is_told_the_first_obstacle_in_the_order_of_the_filters() {
    let mut world = picky().absent("zoe");
    let mut see = |change: fn(World) -> World, expected: &str| {
        world = change(world.clone());
        let mut story = Story::new(&world);
        story.row("0 c8 joined by ann");
        story.row("0 m8 joined by ann");
        story.row("1 c1 asks who=zoe");
        assert_eq!(story.row("1 explain 2"), "does not wait", "that is what ann has");
        assert_eq!(story.row("1 explain 3"), format!("ann {expected}, zoe presence"));
    };
    see(
        |world| {
            world.absent("ann").schedule("night", "22:00", "23:00").agent("ann", |ann| {
                ann.groups = [group("others")].into();
                ann.shift = Some(schedule("night"));
                ann.universal = Some(1);
                ann.capacity.insert(channel("chat"), 1);
            })
        },
        "not_in_pool",
    );
    see(|world| world.agent("ann", |ann| ann.groups = [group("later")].into()), "pool_not_open");
    see(|world| world.agent("ann", |ann| ann.groups = [group("team")].into()), "presence");
    see(
        |mut world| {
            world.routing.agents.get_mut(&agent("ann")).unwrap().active = true;
            let off = |state: &mut crate::routing::PresenceState| {
                state.channels = Some([channel("messaging")].into())
            };
            world.presence("available", off).attending("ann")
        },
        "channel_off",
    );
    see(|world| world.presence("available", |state| state.channels = None), "channel_full");
    see(
        |world| {
            world.agent("ann", |ann| {
                ann.capacity.insert(channel("chat"), 2);
            })
        },
        "universal_full",
    );
    see(|world| world.agent("ann", |ann| ann.universal = None), "held_for_other");
    see(|world| world.queue("main", |main| main.hold_for_affine = Seconds(0)), "lacks tax");
    see(|world| world.agent("ann", |ann| teach(ann, "tax:5")), "shift");
}

/// WI-3, WI-5
#[test]
fn whoever_declined_or_is_not_employed_is_told_so() {
    let world = World::team("ann bob").agent("bob", |bob| bob.active = false).absent("bob");
    check(
        &world,
        "0 c1 asks       -> 1 in main, 1 to ann
         0 explain 1     -> does not wait
         1 ann rejects 1 -> 1 rejected by ann
         1 explain 1     -> ann declined, bob inactive
         2 explain 9     -> does not wait",
    );
}

/// WI-3: of several pools the obstacle in the way that is furthest down the list, which is the last one to overcome.
#[test]
fn of_several_ways_in_the_one_that_leads_furthest_is_told() {
    let world = picky().agent("ann", |ann| {
        ann.groups = [group("team"), group("later")].into();
        ann.capacity.insert(channel("chat"), 0);
    });
    check(
        &world.absent("zoe"),
        "0   c1 asks   -> 1 in main
         0   explain 1 -> ann channel_full, zoe presence
         600 tick      -> -
         600 explain 1 -> ann channel_full, zoe presence",
    );
}

/// WI-3: ranks, pools, preference and room, of those who could take it at a moment when nobody was asked yet.
#[test]
fn candidates_are_told_in_the_order_in_which_they_are_asked() {
    let world = World::team("ann bob cid dan")
        .absent("dan")
        .channel("chat", |chat| chat.capacity = 3)
        .agent("bob", |bob| {
            bob.capacity.insert(channel("chat"), 9);
        })
        .queue("main", |main| main.affinity = vec![Affinity::Named { field: "who".to_owned() }]);
    let mut story = Story::new(&world.absent("ann bob cid"));
    story.tell("0 c1 asks who=dan,cid -> 1 in main");
    // They come to work in one moment, before the router has looked.
    let mut state = story.router.state().clone();
    for name in ["ann", "bob", "cid"] {
        let come = crate::router::RouterEvent::PresenceChanged {
            agent: agent(name),
            state: presence("available"),
            switched_off: Default::default(),
            connected: true,
            why: crate::router::PresenceWhy::Chosen,
        };
        state.apply(at(1), &come);
    }
    story.router = Router::new(state, Arc::clone(story.routing()), at(1));
    assert_eq!(
        story.row("1 explain 1"),
        "1 cid preferred of pool 0 with room for 3, 2 bob of pool 0 with room for 9, \
         3 ann of pool 0 with room for 3, dan presence"
    );
}
