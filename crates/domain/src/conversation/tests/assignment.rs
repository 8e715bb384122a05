//! Sections 3.3 and 8.3: who gets a conversation that waits for an agent, and with what.

use super::story::{Teller, chat, check, messaging};
use crate::conversation::ConversationEvent;
use crate::routing::{OfferId, WorkItemId};

/// LC-5
#[test]
fn an_agent_who_accepts_an_offer_gets_the_conversation() {
    check(
        &chat(|_| {}),
        "0 requester       -> opened, message of 0
         0 request         -> of 1
         4 ann accepts 1.1 -> ann assigned by 1.1
         4 state           -> work_in_progress of ann with [ann]
         4 request         -> none
         5 ann posts       -> ann wrote",
    );
}

/// LC-5, ACK-2: what the queue says on accept is part of the fact, and so is the offer.
#[test]
fn an_accept_says_which_offer_it_was_and_what_the_requester_is_told() {
    let mut teller = Teller::new(chat(|_| {}));
    teller.tell(0, "requester");
    let events = teller.tell(4, "ann accepts 7.2");
    let offered = OfferId { item: WorkItemId(7), number: 2 };
    let [ConversationEvent::AgentJoined { assigned: true, offer, greeting, .. }] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!((*offer, greeting.as_deref()), (Some(offered), Some("hello")));
    assert_eq!(teller.state.unwrap().offer, Some(offered));
}

/// LC-5: the router asks again when it does not know whether it was heard.
#[test]
fn the_same_accept_again_changes_nothing() {
    check(
        &chat(|_| {}),
        "0 requester       -> opened, message of 0
         4 ann accepts 1.2 -> ann assigned by 1.2
         5 ann accepts 1.2 -> -
         5 ann accepts 1.1 -> ! offer_stale
         5 bob accepts 1.2 -> ! offer_stale",
    );
}

/// LC-5, 18.20: an accept that lands after the requester left must fail.
#[test]
fn an_accept_after_the_requester_left_is_refused() {
    check(
        &chat(|_| {}),
        "0 requester       -> opened, message of 0
         3 requester ends  -> closed_abandoned/left_before_engagement by requester
         3 request         -> none
         4 ann accepts 1.1 -> ! conversation_closed",
    );
}

/// LC-5, VA-6: an accept that lands after the request was cancelled fails, the next request is another one.
#[test]
fn an_accept_after_the_request_was_cancelled_is_refused() {
    check(
        &chat(|_| {}),
        "0 requester         -> opened, message of 0
         3 requester cancels -> request cancelled
         4 ann accepts 1.1   -> ! offer_stale
         5 requester asks    -> agent requested
         5 request           -> of 4
         6 ann accepts 2.1   -> ann assigned by 2.1",
    );
}

/// LC-13: whoever takes it by themselves was faster than the offer.
#[test]
fn an_accept_of_what_another_agent_took_is_refused() {
    check(
        &messaging(|_| {}),
        "0 requester       -> opened, message of 0
         3 bob joins       -> bob assigned
         4 ann accepts 1.1 -> ! offer_stale",
    );
}

/// PRO-2: a second agent who is in it already can still be the one who gets it.
#[test]
fn an_agent_who_is_in_it_already_can_accept_it() {
    check(
        &messaging(|_| {}),
        "0 requester              -> opened, message of 0
         1 ann joins              -> ann assigned
         2 bob joins              -> bob added
         3 ann transfers to sales -> ann unassigned to sales by ann
         4 bob accepts 2.1        -> bob assigned by 2.1
         4 state                  -> work_in_progress of bob with [bob]",
    );
}

/// LC-13, SUP-6
#[test]
fn a_supervisor_gives_a_waiting_conversation_to_an_agent() {
    check(
        &chat(|_| {}),
        "0 requester                  -> opened, message of 0
         3 supervisor sam assigns ann -> ann assigned
         3 state                      -> work_in_progress of ann with [ann]
         4 supervisor sam assigns ann -> -
         5 supervisor sam assigns bob -> ! already_assigned
         6 requester ends             -> closed_complete/user_ended by requester",
    );
}

/// LC-13, Q-13: also one that the router has given up.
#[test]
fn a_parked_conversation_can_be_given_to_an_agent_and_taken_by_one() {
    let parked = "0 requester   -> opened, message of 0
         9 router ends 1 -> wait 1 ended";
    for (input, after) in [
        ("supervisor sam assigns ann", "ann assigned"),
        ("ann joins", "ann assigned"),
        ("ann contributes", "ann assigned, ann wrote"),
    ] {
        check(&messaging(|_| {}), &format!("{parked}\n10 {input} -> {after}"));
    }
}

/// LC-13: whoever is still in it when nobody has it any more gets it by joining again.
#[test]
fn an_agent_who_is_in_a_waiting_conversation_gets_it_by_joining_again() {
    let rows = |last: &str| {
        format!(
            "0 requester              -> opened, message of 0
             1 ann joins              -> ann assigned
             2 bob joins              -> bob added
             3 bob joins              -> -
             4 ann transfers to sales -> ann unassigned to sales by ann
             4 state                  -> new of queue with [bob]
             {last}
             5 state                  -> work_in_progress of bob with [bob]"
        )
    };
    check(&messaging(|_| {}), &rows("5 bob joins -> bob assigned"));
    check(&messaging(|_| {}), &rows("5 bob contributes -> bob assigned, bob wrote"));
}

/// LC-5, C3: what was accepted for an earlier wait does not answer a later one, however late it comes.
#[test]
fn an_accept_of_an_earlier_wait_is_refused_in_a_later_one() {
    check(
        &messaging(|_| {}),
        "0  requester             -> opened, message of 0
         10 ann accepts 1.1       -> ann assigned by 1.1
         20 ann transfers to main -> ann unassigned to main by ann
         21 ann accepts 1.1       -> ! offer_stale
         22 bob accepts 2.1       -> bob assigned by 2.1
         23 ann accepts 1.2       -> ! offer_stale
         24 bob accepts 2.1       -> -",
    );
}
