//! The promises that users of other products miss, one story each (peers, section 4).

use super::story::{Story, World, check, presence, queue, when};
use crate::Seconds;

/// Rank 1; CAP-8, Q-8
#[test]
fn freed_capacity_is_matched_at_once_and_oldest_first() {
    check(
        &World::team("ann").channel("chat", |chat| chat.capacity = 1),
        "0  c1 asks        -> 1 in main, 1 to ann
         1  c2 c3 ask      -> 2 in main, 3 in main
         2  ann accepts 1  -> 1 with ann
         9  c1 closes      -> 1 completed, 2 to ann
         10 ann rejects 2  -> 2 rejected by ann, 3 to ann",
    );
}

/// Rank 1; PR-1, AR-13
#[test]
fn an_away_or_offline_agent_is_never_chosen() {
    check(
        &World::team("ann bob cid").absent("cid"),
        "0 ann away     -> ann away
         1 c1 asks      -> 1 in main, 1 to bob
         2 bob offline  -> bob offline, 1 presence_changed by bob
         2 explain 1    -> ann presence, bob presence, cid presence
         3 c2 c3 ask    -> 2 in main, 3 in main
         4 bob away     -> bob away
         9 cid away     -> cid away
         9 ann available -> ann available, 1 to ann, 2 to ann, 3 to ann",
    );
}

/// Rank 1; RE-2, RE-4, LC-11
#[test]
fn a_returning_customer_whose_agent_left_is_rerouted() {
    check(
        &World::team("ann bob").absent("bob").with(|all| all.settings.reassign_enabled = true),
        "0   m1 asks       -> 1 in inbox, 1 to ann
         1   ann accepts 1 -> 1 with ann
         60  ann offline   -> ann offline
         61  bob available -> bob available
         900 m1 writes     -> unassign m1 from ann, 1 reassigned, 2 in inbox, 2 to bob
         905 bob accepts 2 -> 2 with bob
         906 m1 writes     -> -",
    );
}

/// Rank 1; R3: the ones that wait behind it are other classes of work, a class of its own, or no queue's at all.
#[test]
fn one_unroutable_item_blocks_nobody() {
    let world = World::team("ann")
        .channel("chat", |chat| chat.capacity = 2)
        .with(|all| all.queues.get_mut(&queue("main")).unwrap().condition = when("exists topic"))
        .queue("nobodys", |queue| {
            queue.condition = when("topic == \"nothing\"");
            queue.pools.clear();
        })
        .rule(|rule| rule.skills = Some(crate::routing::SkillUse { levels: true, mandatory: true }));
    check(
        &world,
        "0 c1 asks                                    -> 1 unrouted: no_queue
         1 c2 asks topic=nothing                      -> 2 in nobodys
         2 c3 asks topic=tax mandatory_skills=latin:9 -> 3 in main
         3 c4 asks topic=tax                          -> 4 in main, 4 to ann
         4 ann rejects 4                              -> 4 rejected by ann
         5 c5 c6 ask                                  -> 5 unrouted: no_queue, 6 unrouted: no_queue
         6 c7 asks topic=tax                          -> 7 in main, 7 to ann",
    );
}

/// Rank 4; WI-4, WI-6, 18.15: it waits silently and is offered again; nobody else is kept from work meanwhile.
#[test]
fn when_everyone_declines() {
    let world = World::team("ann bob").queue("main", |main| main.reoffer_after = Seconds(120));
    check(
        &world,
        "0   c1 asks               -> 1 in main, 1 to ann
         10  ann rejects 1         -> 1 rejected by ann, 1 to bob
         20  bob rejects 1 not_mine -> 1 rejected by bob
         20  where 1               -> in main
         20  explain 1             -> ann declined, bob declined
         25  c2 asks               -> 2 in main, 2 to ann
         26  ann accepts 2         -> 2 with ann
         129 tick                  -> -
         130 tick                  -> 1 to ann
         131 ann rejects 1         -> 1 rejected by ann
         139 tick                  -> -
         140 tick                  -> 1 to bob
         141 bob accepts 1         -> 1 with bob",
    );
}

/// Rank 4; Q-12, section 17 rule 4: without a second round there is a maximum wait.
#[test]
fn when_everyone_declines_for_good_the_maximum_wait_ends_it() {
    let world = World::team("ann").absent("ann").agent("bob", |_| {}).queue("main", |main| {
        main.reoffer_after = Seconds(0);
        main.max_wait = Some(Seconds(300));
        main.max_wait_message = Some("nobody came".to_owned());
    });
    check(
        &world,
        "0   c1 asks       -> 1 in main, 1 to bob
         10  bob rejects 1 -> 1 rejected by bob
         11  ann available -> ann available, 1 to ann
         12  ann rejects 1 -> 1 rejected by ann
         299 tick          -> -
         300 tick          -> 1 timed_out, end wait of c1: \"nobody came\"
         300 where 1       -> over",
    );
}

/// Rank 4; AR-9, SFR-4, WI-5
#[test]
fn an_offer_times_out_and_moves_on_and_the_agents_presence_changes() {
    let world = World::team("ann bob").rule(|rule| {
        rule.offer_timeout = Some(Seconds(60));
        rule.timeout_presence = Some(presence("away"));
    });
    check(
        &world,
        "0  c1 asks        -> 1 in main, 1 to ann
         59 tick           -> -
         60 tick           -> 1 timed_out by ann, ann away as offer_timed_out, 1 to bob
         70 bob accepts 1  -> 1 with bob
         80 c2 asks        -> 2 in main, 2 to bob
         90 ann available  -> ann available",
    );
}

/// Rank 12; R1, CAP-6
#[test]
fn concurrent_arrivals_never_exceed_capacity() {
    let world = World::team("ann bob").agent("bob", |bob| bob.universal = Some(3));
    let mut story = Story::new(&world).by_hand();
    story.tell(
        "0 c1 c2 c3 c4 c5 c6 c7 c8 c9 ask -> 1 in main, 1 to ann, 2 in main, 2 to bob, 3 in main, 3 to ann, \
         4 in main, 4 to bob, 5 in main, 5 to ann, 6 in main, 6 to bob, 7 in main, 7 to ann, 8 in main, 9 in main
         0 load ann                        -> chat 4/4, messaging 0/4
         0 load bob                        -> chat 3/4, messaging 0/4, all 3/3",
    );
    // An offer that is accepted holds its place while the conversation is told, and afterwards.
    story.tell(
        "1 ann accepts 1  -> assign c1 to ann
         1 load ann       -> chat 4/4, messaging 0/4
         2 run 1 assign   -> 1 with ann
         2 load ann       -> chat 4/4, messaging 0/4
         3 ann accepts 3  -> assign c3 to ann
         4 refuse 3 assign -> 3 disqualified, 8 to ann",
    );
}

/// Rank 1; PR-3, PR-4, WI-5
#[test]
fn a_lost_agents_offers_return() {
    check(
        &World::team("ann bob").absent("bob"),
        "0   c1 c2 ask     -> 1 in main, 1 to ann, 2 in main, 2 to ann
         5   ann accepts 1 -> 1 with ann
         10  ann lost      -> ann available without workspace
         309 tick          -> -
         310 tick          -> ann offline as disconnected without workspace, 2 connection_lost by ann
         310 load ann      -> chat 1/4 off
         320 bob available -> bob available, 2 to bob
         330 ann available -> ann available
         340 bob rejects 2 -> 2 rejected by bob, 2 to ann",
    );
}

/// SFR-9, Q-16
#[test]
fn a_queue_cap_is_exact_under_a_burst() {
    let world = World::team("ann").channel("chat", |chat| chat.capacity = 1).queue("main", |main| {
        main.size_cap = Some(3);
        main.refusal_message = Some("full".to_owned());
    });
    check(
        &world,
        "0 c1 c2 c3 c4 c5 ask -> 1 in main, 1 to ann, 2 in main, 3 in main, \
         4 refused_queue_full, refuse c4: \"full\", 5 refused_queue_full, refuse c5: \"full\"
         1 ann accepts 1      -> 1 with ann
         2 c6 c7 ask          -> 6 in main, 7 refused_queue_full, refuse c7: \"full\"
         3 c2 closes          -> 2 requester_left
         4 c8 c9 ask          -> 8 in main, 9 refused_queue_full, refuse c9: \"full\"
         4 waiting main       -> 3 and 0 offered, 0 late",
    );
}

/// LC-13, Q-9, PRO-2: not by the offer that was pending, not by one that was just accepted, not by time.
#[test]
fn a_manual_assignment_is_never_overwritten() {
    let world = World::team("ann bob").agent("zed", |_| {}).absent("zed").rule(|rule| {
        rule.offer_timeout = Some(Seconds(60));
    });
    let mut story = Story::new(&world).by_hand();
    story.tell(
        "0   c1 asks          -> 1 in main, 1 to ann
         5   c1 joined by zed -> 1 manually_assigned, 2 with zed by hand
         6   ann accepts 1    -> ! work_item_over
         6   ann accepts 2    -> ! not_offered
         10  c2 asks          -> 3 in main, 3 to bob
         11  bob accepts 3    -> assign c2 to bob
         12  c2 joined by zed -> 3 manually_assigned, 4 with zed by hand
         13  refuse 3 assign  -> -
         14  run 3 assign     -> -
         15  c2 writes        -> -
         999 tick             -> -
         999 where 2          -> with zed
         999 where 4          -> with zed",
    );
}
