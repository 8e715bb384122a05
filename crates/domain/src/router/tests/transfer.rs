//! Section 8.5: how a conversation gets from one agent to another or into another queue.

use super::story::{Story, World, check, pool, schedule};
use crate::Seconds;
use crate::routing::{WhenNobody, WorkItemId};

/// TR-1, TR-4, TR-6: what the agent had is finished at once, and there is another item in the queue.
#[test]
fn what_is_handed_to_a_queue_is_a_new_item_and_the_old_one_is_done() {
    let world = World::team("ann bob").queue("side", |_| {});
    let mut story = Story::new(&world);
    story.tell(
        "0 c1 asks topic=tax         -> 1 in main, 1 to ann
         1 ann accepts 1             -> 1 with ann
         2 c1 handed by ann to side  -> 1 transferred, 2 in side, 2 to bob
         2 load ann                  -> chat 0/4, messaging 0/4
         3 bob accepts 2             -> 2 with bob",
    );
    let item = &story.router.state().items[&WorkItemId(2)];
    assert_eq!(item.previous, Some(WorkItemId(1)));
    assert!(item.variables.contains_key("topic"), "it knows what the one before it knew");
}

/// TR-1, VA-10: no availability check; closed, full and empty queues take it.
#[test]
fn a_conversation_can_be_handed_to_a_queue_where_nobody_is() {
    let world = World::team("ann").group("others", |_| {}).schedule("never", "23:00", "23:10").queue(
        "side",
        |side| {
            side.pools = vec![pool("others", 0)];
            side.schedule = Some(schedule("never"));
            side.nobody = WhenNobody::Refuse;
            side.size_cap = Some(1);
        },
    );
    check(
        &world,
        "0 c1 c2 ask                 -> 1 in main, 1 to ann, 2 in main, 2 to ann
         1 ann accepts 1             -> 1 with ann
         2 ann accepts 2             -> 2 with ann
         3 c1 handed by ann to side  -> 1 transferred, 3 in side
         4 c2 handed by ann to side  -> 2 transferred, 4 in side",
    );
}

/// TR-1, Q-4: a queue that is gone sends it on by the conditions.
#[test]
fn what_is_handed_to_a_queue_that_is_gone_is_routed_by_conditions() {
    check(
        &World::team("ann"),
        "0 c1 joined by ann          -> 1 with ann by hand
         1 c1 handed by ann to gone  -> 1 transferred, 2 in main, 2 to ann",
    );
}

/// OMN-8, R1: routing is per service channel.
#[test]
fn a_chat_never_waits_in_a_queue_of_another_service_channel() {
    check(
        &World::team("ann").channel("messaging", |messaging| messaging.capacity = 1),
        "0 m1 joined by ann          -> 1 with ann by hand
         1 c1 joined by ann          -> 2 with ann by hand
         2 c1 handed by ann to inbox -> 2 transferred, 3 in main, 3 to ann",
    );
}

/// TR-3: in a hand-over to a queue an agent accepts or lets it time out, as long as it can time out.
#[test]
fn an_offer_from_a_queue_transfer_cannot_be_rejected() {
    let world = World::team("ann bob").rule(|rule| rule.offer_timeout = Some(Seconds(60)));
    check(
        &world,
        "0  c1 joined by ann          -> 1 with ann by hand
         1  c1 handed by ann to main  -> 1 transferred, 2 in main, 2 to bob
         2  bob rejects 2             -> ! reject_not_allowed
         61 tick                      -> 2 timed_out by bob, 2 to ann
         62 c2 asks                   -> 3 in main, 3 to bob
         63 bob rejects 3             -> 3 rejected by bob, 3 to ann",
    );
    // Otherwise it would hang on somebody who can do nothing about it.
    check(
        &World::team("ann bob"),
        "0  c1 joined by ann          -> 1 with ann by hand
         1  c1 handed by ann to main  -> 1 transferred, 2 in main, 2 to bob
         2  bob rejects 2             -> 2 rejected by bob, 2 to ann",
    );
}

/// TR-2, TR-4, TR-6: the source keeps it until the target accepts, whose room is taken from the offer on.
#[test]
fn a_conversation_is_handed_to_an_agent_who_accepts() {
    check(
        &World::team("ann bob"),
        "0 c1 asks               -> 1 in main, 1 to ann
         1 ann accepts 1         -> 1 with ann
         2 ann transfers c1 to bob -> 2 to bob
         2 load ann              -> chat 1/4, messaging 0/4
         2 load bob              -> chat 1/4, messaging 0/4
         2 where 1               -> with ann
         3 ann accepts 2         -> ! not_offered
         4 bob accepts 2         -> 1 transferred, 2 with bob by transfer
         4 load ann              -> chat 0/4, messaging 0/4
         5 ann transfers c1 to bob -> ! not_owner
         6 bob transfers c1 to ann -> 3 to ann",
    );
}

/// TR-5: declined, timed out, taken back, or the target has gone: it stays with the source.
#[test]
fn a_hand_over_that_fails_leaves_the_conversation_where_it_was() {
    check(
        &World::team("ann bob"),
        "0   c1 joined by ann        -> 1 with ann by hand
         1   ann transfers c1 to bob -> 2 to bob
         2   bob rejects 2           -> 2 transfer_cancelled_or_rejected
         3   ann transfers c1 to bob -> 3 to bob
         62  tick                    -> -
         63  bob accepts 3           -> 3 transfer_cancelled_or_rejected ! work_item_over
         64  ann transfers c1 to bob -> 4 to bob
         65  ann keeps c1            -> 4 transfer_cancelled_or_rejected
         66  ann transfers c1 to bob -> 5 to bob
         67  bob offline             -> bob offline, 5 transfer_cancelled_or_rejected
         67  where 1                 -> with ann
         67  load bob                -> -",
    );
}

/// TR-5: as long as the most patient rule gives.
#[test]
fn a_hand_over_lives_as_long_as_an_offer() {
    let world = World::team("ann bob")
        .rule(|rule| rule.offer_timeout = Some(Seconds(20)))
        .named_rule("patient", |rule| rule.offer_timeout = Some(Seconds(90)));
    check(
        &world,
        "0  c1 joined by ann        -> 1 with ann by hand
         0  ann transfers c1 to bob -> 2 to bob
         89 tick                    -> -
         90 tick                    -> 2 transfer_cancelled_or_rejected",
    );
}

/// TR-2, TR-7, R1: to whom, and by whom.
#[test]
fn a_hand_over_needs_an_owner_and_a_target_who_is_there_with_room() {
    let world = World::team("ann bob cid dan eve").absent("cid").channel("chat", |chat| chat.capacity = 1);
    let world = world.agent("eve", |eve| eve.universal = Some(0)).agent("fay", |fay| fay.active = false);
    check(
        &world.absent("fay"),
        "0 c1 joined by ann          -> 1 with ann by hand
         0 c2 joined by bob          -> 2 with bob by hand
         0 dan switches off chat     -> dan available
         1 bob transfers c1 to dan   -> ! not_owner
         1 ann transfers c9 to bob   -> ! not_owner
         1 ann transfers c1 to ann   -> ! agent_unknown
         1 ann transfers c1 to zed   -> ! agent_unknown
         1 ann transfers c1 to cid   -> ! agent_unavailable
         1 ann transfers c1 to dan   -> ! agent_unavailable
         1 ann transfers c1 to fay   -> ! agent_unavailable
         1 ann transfers c1 to bob   -> ! agent_full
         1 ann transfers c1 to eve   -> ! agent_full
         2 c3 asks                   -> 3 in main
         3 bob transfers c3 to dan   -> ! not_owner",
    );
}

/// TR-2, TR-5, WI-12: one at a time, and only the owner takes it back, while there is something to take back.
#[test]
fn a_conversation_is_handed_over_once_at_a_time() {
    let mut story = Story::new(&World::team("ann bob cid")).by_hand();
    story.tell(
        "0 c1 joined by ann        -> 1 with ann by hand
         1 ann keeps c1            -> ! no_transfer
         2 ann transfers c1 to bob -> 2 to bob
         3 ann transfers c1 to cid -> ! transfer_pending
         4 bob keeps c1            -> ! not_owner
         5 bob accepts 2           -> assign c1 to bob
         6 ann keeps c1            -> ! no_transfer
         7 refuse 2 assign         -> 2 transfer_cancelled_or_rejected
         7 where 1                 -> with ann
         7 load bob                -> chat 0/4, messaging 0/4",
    );
}

/// WI-8, 18.16: a requester who ends it meanwhile ends what the owner had, completed.
#[test]
fn a_requester_may_end_it_in_the_middle_of_a_hand_over() {
    check(
        &World::team("ann bob"),
        "0 c1 asks                 -> 1 in main, 1 to ann
         1 ann accepts 1           -> 1 with ann
         2 ann transfers c1 to bob -> 2 to bob
         3 c1 closes               -> 2 transfer_cancelled_or_rejected, 1 completed
         4 bob accepts 2           -> ! work_item_over
         4 load bob                -> chat 0/4, messaging 0/4",
    );
}

/// TR-4, TR-5, LC-13: when the conversation goes elsewhere, a pending hand-over has lost its reason.
#[test]
fn a_conversation_that_goes_elsewhere_ends_a_pending_hand_over() {
    let world = World::team("ann bob cid").queue("side", |side| side.pools.clear());
    check(
        &world,
        "0 c1 joined by ann         -> 1 with ann by hand
         1 ann transfers c1 to bob  -> 2 to bob
         2 c1 handed by ann to side -> 2 transfer_cancelled_or_rejected, 1 transferred, 3 in side
         3 c2 joined by ann         -> 4 with ann by hand
         4 ann transfers c2 to bob  -> 5 to bob
         5 c2 joined by cid         -> 4 transferred, 5 transfer_cancelled_or_rejected, 6 with cid by hand",
    );
}

/// L4: what the conversation says of an assignment arrives after the router has gone on from it.
#[test]
fn a_late_word_of_an_earlier_assignment_changes_nothing() {
    let mut story = Story::new(&World::team("ann bob")).by_hand();
    story.tell(
        "0 c1 asks                 -> 1 in main, 1 to ann
         1 ann accepts 1           -> assign c1 to ann
         2 run 1 assign            -> 1 with ann
         3 ann transfers c1 to bob -> 2 to bob
         4 bob accepts 2           -> assign c1 to bob
         5 run 2 assign            -> 1 transferred, 2 with bob by transfer
         6 c1 assigned to ann by 1.1 -> -
         7 c1 assigned to bob by 2.1 -> -
         7 where 2                 -> with bob",
    );
}

/// L4, R1: a hold of which the router hears late was the one before the assignment, which ended it.
#[test]
fn a_late_word_of_an_earlier_hold_does_not_last() {
    let mut story = Story::new(&World::team("ann bob")).by_hand();
    story.tell(
        "0 m1 joined by ann          -> 1 with ann by hand
         1 ann transfers m1 to bob   -> 2 to bob
         2 bob accepts 2             -> assign m1 to bob
         3 run 2 assign              -> 1 transferred, 2 with bob by transfer
         4 m1 held                   -> 2 on hold
         5 m1 assigned to bob by 2.1 -> 2 off hold
         6 m1 held                   -> 2 on hold
         6 load bob                  -> chat 0/4, messaging 0/4",
    );
}

/// CAP-8, TR-6: the size goes with it.
#[test]
fn a_large_conversation_stays_large() {
    let world = World::team("ann bob").channel("chat", |chat| chat.size = 3).queue("side", |_| {});
    check(
        &world,
        "0 c1 asks                 -> 1 in main, 1 to ann
         1 ann accepts 1           -> 1 with ann
         2 ann transfers c1 to bob -> 2 to bob
         2 load bob                -> chat 3/4, messaging 0/4
         3 bob accepts 2           -> 1 transferred, 2 with bob by transfer
         3 load bob                -> chat 3/4, messaging 0/4
         4 c1 handed by bob to side -> 2 transferred, 3 in side, 3 to ann
         4 load ann                -> chat 3/4, messaging 0/4
         5 c2 joined by bob        -> 4 with bob by hand
         6 ann accepts 3           -> 3 with ann
         7 ann transfers c1 to bob -> ! agent_full",
    );
}
