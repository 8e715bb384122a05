//! Section 8.3: what agents do with an offer, and what it does by itself.

use super::story::{Story, World, channel, check, presence, reason};
use crate::Seconds;
use crate::routing::RejectReason;

fn timeout(seconds: u32) -> World {
    World::team("ann").rule(|rule| rule.offer_timeout = Some(Seconds(seconds)))
}

/// AR-7
#[test]
fn with_auto_assign_the_agent_is_not_asked() {
    let world = World::team("ann bob").rule(|rule| {
        rule.auto_assign = true;
        rule.reject_allowed = false;
    });
    let mut story = Story::new(&world);
    story.tell(
        "0 c1 c2 ask     -> 1 in main, 1 to ann, 2 in main, 2 to bob, 1 with ann by auto, 2 with bob by auto
         1 ann rejects 1 -> ! not_offered
         1 ann accepts 1 -> -
         1 next          -> none",
    );
}

/// AR-7: what the conversation refuses, because it ended meanwhile, is nobody's.
#[test]
fn an_automatic_assignment_that_is_refused_gives_its_room_back() {
    let world = World::team("ann").channel("chat", |chat| chat.capacity = 1).rule(|rule| {
        rule.auto_assign = true;
        rule.reject_allowed = false;
    });
    Story::new(&world).by_hand().tell(
        "0 c1 c2 ask       -> 1 in main, 1 to ann, assign c1 to ann, 2 in main
         1 refuse 1 assign -> 1 disqualified, 2 to ann, assign c2 to ann
         2 run 2 assign    -> 2 with ann by auto",
    );
}

/// AR-8
#[test]
fn an_offer_that_may_not_be_rejected_stays() {
    let world = timeout(60).rule(|rule| rule.reject_allowed = false);
    check(
        &world,
        "0  c1 asks       -> 1 in main, 1 to ann
         1  ann rejects 1 -> ! reject_not_allowed
         2  ann rejects 1 busy -> ! reject_not_allowed
         2  where 1       -> offered to ann
         60 tick          -> 1 timed_out by ann",
    );
}

/// AR-9: without a time it lives for ever.
#[test]
fn an_offer_without_a_time_limit_waits_for_its_agent() {
    check(
        &World::team("ann bob"),
        "0         c1 asks       -> 1 in main, 1 to ann
         0         next          -> none
         864000000 ann accepts 1 -> 1 with ann",
    );
}

/// AR-9: the presence changes as the rule says, or not at all.
#[test]
fn a_time_out_leaves_the_presence_alone_if_the_rule_names_none() {
    check(
        &timeout(60),
        "0  c1 asks -> 1 in main, 1 to ann
         60 tick    -> 1 timed_out by ann
         60 c2 asks -> 2 in main, 2 to ann",
    );
}

/// AR-10, section 17 rule 5: offered-at ≤ now < offered-at + timeout.
#[test]
fn an_offer_is_over_at_exactly_its_time_out() {
    check(
        &timeout(60),
        "0  c1 asks       -> 1 in main, 1 to ann
         59 ann accepts 1 -> 1 with ann
         60 tick          -> -",
    );
    check(
        &timeout(60),
        "0  c1 asks       -> 1 in main, 1 to ann
         60 ann accepts 1 -> 1 timed_out by ann ! not_offered
         60 where 1       -> in main",
    );
    check(
        &timeout(60),
        "0  c1 asks       -> 1 in main, 1 to ann
         60 ann rejects 1 -> 1 timed_out by ann ! not_offered",
    );
}

/// AR-10, LC-5: the time stands still once the agent has said yes.
#[test]
fn an_accepted_offer_does_not_time_out_while_the_conversation_is_told() {
    Story::new(&timeout(60)).by_hand().tell(
        "0   c1 asks       -> 1 in main, 1 to ann
         59  ann accepts 1 -> assign c1 to ann
         300 tick          -> -
         300 where 1       -> accepted by ann
         301 ann away      -> ann away
         302 run 1 assign  -> 1 with ann",
    );
}

/// WI-7
#[test]
fn only_who_was_asked_may_answer_and_only_while_it_is_asked() {
    check(
        &World::team("ann bob").channel("chat", |chat| chat.capacity = 1),
        "0 c1 c2 c3 ask  -> 1 in main, 1 to ann, 2 in main, 2 to bob, 3 in main
         1 bob accepts 1 -> ! not_offered
         1 bob rejects 1 -> ! not_offered
         1 ann accepts 3 -> ! not_offered
         1 ann rejects 3 -> ! not_offered
         1 ann accepts 4 -> ! work_item_unknown
         1 ann rejects 4 -> ! work_item_unknown
         2 ann accepts 1 -> 1 with ann
         3 ann accepts 1 -> -
         4 ann rejects 1 -> ! not_offered
         5 bob accepts 1 -> ! not_offered
         6 c1 closes     -> 1 completed, 3 to ann
         7 ann accepts 1 -> ! work_item_over",
    );
}

/// WI-4: back into the queue, marked, and never canceled.
#[test]
fn a_rejected_item_is_queued_again_and_marked() {
    let mut story = Story::new(&timeout(60));
    story.tell(
        "0 c1 asks            -> 1 in main, 1 to ann
         1 ann rejects 1 busy -> 1 rejected by ann
         1 where 1            -> in main",
    );
    let marks = |story: &Story| {
        let item = story.router.state().items.values().next().unwrap();
        (item.rejected, item.timed_out, item.offers, item.agent().cloned())
    };
    assert_eq!(marks(&story), (true, false, 1, None));
    story.tell(
        "6  tick -> 1 to ann
         66 tick -> 1 timed_out by ann",
    );
    assert_eq!(marks(&story), (true, true, 2, None));
}

/// WI-5: a passing reason lets others go first, any other keeps the agent out for as long as the queue says.
#[test]
fn the_reason_decides_whether_the_same_agent_is_asked_again() {
    let world = World::team("ann bob").absent("bob").queue("main", |main| main.reoffer_after = Seconds(100));
    check(
        &world,
        "0   c1 asks                -> 1 in main, 1 to ann
         10  ann rejects 1 busy     -> 1 rejected by ann
         14  tick                   -> -
         15  tick                   -> 1 to ann
         20  ann rejects 1 not_mine -> 1 rejected by ann
         119 tick                   -> -
         120 tick                   -> 1 to ann
         130 bob available          -> bob available
         140 ann rejects 1 busy     -> 1 rejected by ann, 1 to bob
         150 bob rejects 1          -> 1 rejected by bob, 1 to ann",
    );
}

/// WI-5
#[test]
fn only_a_reason_that_agents_may_choose_here_is_taken() {
    let hidden = |here: Option<&str>, selectable| RejectReason {
        label: "label".to_owned(),
        selectable,
        order: 1,
        channel: here.map(channel),
        reassignable: false,
    };
    let world = World::team("ann").with(|all| {
        all.reject_reasons.insert(reason("secret"), hidden(None, false));
        all.reject_reasons.insert(reason("sms_only"), hidden(Some("messaging"), true));
        all.reject_reasons.insert(reason("chat_only"), hidden(Some("chat"), true));
    });
    check(
        &world,
        "0 c1 asks                 -> 1 in main, 1 to ann
         1 ann rejects 1 unheard_of -> ! reject_reason_unknown
         1 ann rejects 1 secret    -> ! reject_reason_unknown
         1 ann rejects 1 sms_only  -> ! reject_reason_unknown
         1 where 1                 -> offered to ann
         2 ann rejects 1 chat_only -> 1 rejected by ann",
    );
}

/// SFR-5
#[test]
fn declining_may_change_the_presence() {
    let world = World::team("ann bob").rule(|rule| rule.decline_presence = Some(presence("away")));
    check(
        &world,
        "0 c1 c2 c3 ask  -> 1 in main, 1 to ann, 2 in main, 2 to bob, 3 in main, 3 to ann
         1 ann rejects 1 -> 1 rejected by ann, ann away as declined, 3 presence_changed by ann, 1 to bob, 3 to bob",
    );
}

/// LC-5, 18.20: accepting what the requester has left fails, before and while the conversation is told.
#[test]
fn an_accept_that_lands_after_the_requester_left_fails() {
    check(
        &World::team("ann"),
        "0 c1 asks       -> 1 in main, 1 to ann
         1 c1 closes     -> 1 requester_left
         2 ann accepts 1 -> ! work_item_over",
    );
    Story::new(&World::team("ann")).by_hand().tell(
        "0 c1 asks         -> 1 in main, 1 to ann
         1 ann accepts 1   -> assign c1 to ann
         2 c1 closes       -> 1 requester_left
         3 refuse 1 assign -> -
         3 load ann        -> chat 0/4, messaging 0/4",
    );
}

/// WI-6: whoever newly appears is asked.
#[test]
fn what_everybody_declined_goes_to_whoever_appears() {
    check(
        &World::team("ann bob").absent("bob"),
        "0  c1 asks       -> 1 in main, 1 to ann
         1  ann rejects 1 -> 1 rejected by ann
         60 ann away      -> ann away
         61 ann available -> ann available
         70 bob available -> bob available, 1 to bob",
    );
}
