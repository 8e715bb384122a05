//! Section 9: how much work an agent gets, and when there is room again.

use super::story::{Story, World, channel, check, group, pool, when};
use crate::routing::{Group, ServiceChannel, ServiceKind, SizeOverride};
use std::collections::BTreeMap;

/// CAP-1, WI-11
#[test]
fn each_kind_of_channel_has_the_documented_capacity() {
    let defaults = ServiceKind::ALL.map(|kind| {
        let ServiceChannel { capacity, size, .. } = ServiceChannel::defaults(kind);
        (kind.name(), capacity, size)
    });
    assert_eq!(defaults, [("chat", 4, 1), ("phone", 1, 1), ("messaging", 4, 1), ("other", 1, 1)]);
}

/// CAP-1, CAP-2
#[test]
fn one_full_channel_leaves_the_others_their_room() {
    check(
        &World::team("ann"),
        "0 c1 c2 c3 c4 c5 ask -> 1 in main, 1 to ann, 2 in main, 2 to ann, 3 in main, 3 to ann, 4 in main, \
         4 to ann, 5 in main
         1 m1 m2 m3 m4 m5 ask -> 6 in inbox, 6 to ann, 7 in inbox, 7 to ann, 8 in inbox, 8 to ann, 9 in inbox, \
         9 to ann, 10 in inbox
         2 load ann           -> chat 4/4, messaging 4/4
         3 m1 closes          -> 6 requester_left, 10 to ann",
    );
}

/// CAP-3: the agent's own, else the largest of their groups, else the channel's.
#[test]
fn a_capacity_of_the_agent_replaces_the_groups_and_that_the_channels() {
    let capacity = |most| Group { capacity: BTreeMap::from([(channel("chat"), most)]), ..Group::default() };
    let world = World::team("ann bob cid dan")
        .group("juniors", |juniors| *juniors = capacity(1))
        .group("seniors", |seniors| *seniors = capacity(6))
        .agent("bob", |bob| bob.groups = [group("team"), group("juniors")].into())
        .agent("cid", |cid| cid.groups = [group("team"), group("juniors"), group("seniors")].into())
        .agent("dan", |dan| {
            dan.groups.insert(group("seniors"));
            dan.capacity.insert(channel("chat"), 2);
        });
    check(
        &world,
        "0 load ann -> chat 0/4, messaging 0/4
         0 load bob -> chat 0/1, messaging 0/4
         0 load cid -> chat 0/6, messaging 0/4
         0 load dan -> chat 0/2, messaging 0/4
         0 c1 c2 c3 ask -> 1 in main, 1 to cid, 2 in main, 2 to cid, 3 in main, 3 to ann",
    );
}

/// CAP-3, CAP-9: a smaller one takes no work away, and a larger one gives work at once.
#[test]
fn a_capacity_that_is_set_again_replaces_the_one_before() {
    let with = |most| {
        World::team("ann").agent("ann", |ann| {
            ann.capacity.insert(channel("chat"), most);
        })
    };
    let mut story = Story::new(&with(2));
    story.tell("0 c1 c2 c3 ask -> 1 in main, 1 to ann, 2 in main, 2 to ann, 3 in main");
    assert_eq!(story.configure(10, &with(1)), "-");
    story.tell(
        "11 load ann      -> chat 2/1, messaging 0/4
         12 c1 closes     -> 1 requester_left
         13 c4 asks       -> 4 in main
         14 c2 closes     -> 2 requester_left, 3 to ann",
    );
    assert_eq!(story.configure(20, &with(3)), "4 to ann");
}

/// CAP-4, section 17 rule 15: 0 is never.
#[test]
fn the_universal_maximum_counts_over_all_channels() {
    let world = World::team("ann")
        .agent("ann", |ann| ann.universal = Some(2))
        .agent("bob", |bob| bob.universal = Some(0));
    check(
        &world,
        "0 c1 m1 ask     -> 1 in main, 1 to ann, 2 in inbox, 2 to ann
         1 c2 m2 ask     -> 3 in main, 4 in inbox
         1 load ann      -> chat 1/4, messaging 1/4, all 2/2
         1 load bob      -> chat 0/4, messaging 0/4, all 0/0
         2 ann accepts 2 -> 2 with ann
         3 m1 closes     -> 2 completed, 3 to ann",
    );
}

/// CAP-5: what is in use and the size of what comes have to fit together, on the channel and over all.
#[test]
fn an_item_needs_room_for_its_whole_size() {
    let world = World::team("ann").absent("ann").channel("chat", |chat| {
        chat.capacity = 3;
        chat.sizes = vec![SizeOverride { when: when("exists big").unwrap(), size: 2 }];
    });
    let rows = "0 c1 c2 c3 ask  -> 1 in main, 2 in main, 3 in main
                1 c4 asks big=1 -> 4 in main
                2 c5 asks big=1 -> 5 in main";
    let mut story = Story::new(&world);
    story.tell(rows);
    story.tell(
        "3 ann available -> ann available, 1 to ann, 2 to ann, 3 to ann
         4 c1 closes     -> 1 requester_left
         5 c2 closes     -> 2 requester_left, 4 to ann
         6 load ann      -> chat 3/3, messaging 0/4",
    );
    let mut story = Story::new(&world.agent("ann", |ann| ann.universal = Some(2)));
    story.tell(rows);
    story.tell(
        "3 ann available -> ann available, 1 to ann, 2 to ann
         4 c1 closes     -> 1 requester_left, 3 to ann
         5 c2 closes     -> 2 requester_left
         6 c3 closes     -> 3 requester_left, 4 to ann
         6 load ann      -> chat 2/3, messaging 0/4, all 2/2",
    );
}

/// CAP-5, R3: what is too large for the room that is left keeps nothing smaller from it.
#[test]
fn a_large_item_that_does_not_fit_lets_smaller_ones_pass() {
    let world = World::team("ann").channel("chat", |chat| {
        chat.capacity = 3;
        chat.sizes = vec![SizeOverride { when: when("exists big").unwrap(), size: 2 }];
    });
    check(
        &world,
        "0 c1 asks big=1 -> 1 in main, 1 to ann
         1 c2 asks big=1 -> 2 in main
         1 explain 2     -> ann channel_full
         2 c3 asks       -> 3 in main, 3 to ann
         3 c1 closes     -> 1 requester_left, 2 to ann",
    );
}

/// CAP-6: a pending offer counts, on the channel and over all, and gives its room back when it is declined.
#[test]
fn a_pending_offer_takes_capacity() {
    check(
        &World::team("ann").agent("ann", |ann| ann.universal = Some(1)),
        "0 c1 asks       -> 1 in main, 1 to ann
         1 m1 asks       -> 2 in inbox
         1 explain 2     -> ann universal_full
         2 ann rejects 1 -> 1 rejected by ann, 2 to ann
         3 ann accepts 2 -> 2 with ann
         3 load ann      -> chat 0/4, messaging 1/4, all 1/1",
    );
}

/// CAP-7, PR-2, 18.11
#[test]
fn a_channel_that_is_switched_off_does_not_count_over_all() {
    check(
        &World::team("ann").agent("ann", |ann| ann.universal = Some(2)),
        "0 c1 m1 m2 ask          -> 1 in main, 1 to ann, 2 in inbox, 2 to ann, 3 in inbox
         1 ann accepts 1         -> 1 with ann
         2 ann switches off chat -> ann available, 3 to ann
         2 load ann              -> chat 1/4 off, messaging 2/4, all 2/2
         3 ann switches off      -> ann available
         3 load ann              -> chat 1/4, messaging 2/4, all 3/2
         4 m1 closes             -> 2 requester_left
         5 m3 asks               -> 4 in inbox
         6 c1 closes             -> 1 completed, 4 to ann",
    );
}

/// CAP-8: decline, completion, hold and transfer each make room, which is used at once.
#[test]
fn room_is_used_as_soon_as_it_appears() {
    let world = World::team("ann").agent("zed", |_| {}).absent("zed").agent("ann", |ann| {
        ann.capacity = [(channel("chat"), 1), (channel("messaging"), 1)].into();
    });
    check(
        &world,
        "0 c1 c2 c3 m1 m2 ask    -> 1 in main, 1 to ann, 2 in main, 3 in main, 4 in inbox, 4 to ann, 5 in inbox
         1 ann rejects 1         -> 1 rejected by ann, 2 to ann
         2 ann accepts 2         -> 2 with ann
         3 c2 closes             -> 2 completed, 3 to ann
         4 ann accepts 4         -> 4 with ann
         5 m1 held               -> 4 on hold, 5 to ann
         6 ann accepts 3         -> 3 with ann
         7 zed available         -> zed available, 1 to zed
         8 ann transfers c3 to zed -> 6 to zed
         9 c4 c5 c6 ask          -> 7 in main, 7 to zed, 8 in main, 8 to zed, 9 in main
         10 zed accepts 6        -> 3 transferred, 6 with zed by transfer, 9 to ann",
    );
}

/// R2, CAP-9, 18.9: hold frees capacity in messaging alone; what is revived may exceed it, and only stops offers.
#[test]
fn a_revived_conversation_may_exceed_the_capacity_and_a_chat_on_hold_keeps_its_place() {
    let one = |settings: &mut ServiceChannel| settings.capacity = 1;
    check(
        &World::team("ann").channel("chat", one).channel("messaging", one),
        "0 m1 m2 m3 ask  -> 1 in inbox, 1 to ann, 2 in inbox, 3 in inbox
         1 ann accepts 1 -> 1 with ann
         2 m1 held       -> 1 on hold, 2 to ann
         2 m1 held       -> -
         3 ann accepts 2 -> 2 with ann
         4 m1 resumed    -> 1 off hold
         4 load ann      -> chat 0/1, messaging 2/1
         5 m2 closes     -> 2 completed
         5 load ann      -> chat 0/1, messaging 1/1
         6 m1 closes     -> 1 completed, 3 to ann
         7 c1 c2 ask     -> 4 in main, 4 to ann, 5 in main
         8 ann accepts 4 -> 4 with ann
         9 c1 held       -> 4 on hold
         9 load ann      -> chat 1/1, messaging 1/1",
    );
}

/// CAP-9: an assignment by hand may exceed it too.
#[test]
fn what_is_assigned_by_hand_may_exceed_the_capacity() {
    check(
        &World::team("ann").channel("chat", |chat| chat.capacity = 1),
        "0 c1 c2 ask       -> 1 in main, 1 to ann, 2 in main
         1 c2 joined by ann -> 2 manually_assigned, 3 with ann by hand
         1 load ann        -> chat 2/1, messaging 0/4
         2 c3 asks         -> 4 in main
         3 c1 closes       -> 1 requester_left
         4 c2 closes       -> 3 completed, 4 to ann",
    );
}

/// CAP-10, 18.11: however often and from how many sides the end of an item is told, its room comes back once.
#[test]
fn room_is_given_back_exactly_once() {
    let world = World::team("ann")
        .channel("chat", |chat| chat.capacity = 1)
        .rule(|rule| rule.offer_timeout = Some(crate::Seconds(60)))
        .queue("side", |side| side.pools = vec![pool("team", 0)]);
    check(
        &world,
        "0  c1 c2 c3 c4 ask           -> 1 in main, 1 to ann, 2 in main, 3 in main, 4 in main
         1  ann accepts 1             -> 1 with ann
         2  c1 handed by ann to side  -> 1 transferred, 5 in side, 2 to ann
         3  c1 closes                 -> 5 requester_left
         3  c1 closes                 -> -
         62 c2 closes                 -> 2 timed_out by ann, 3 to ann, 2 requester_left
         62 c2 closes                 -> -
         62 ann rejects 2             -> ! work_item_over
         63 c3 closes                 -> 3 requester_left, 4 to ann
         63 load ann                  -> chat 1/1, messaging 0/4",
    );
}
