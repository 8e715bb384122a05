//! Sections 8.1 and 11: the wait for an agent, how it is cancelled, given up and begun again.

use super::story::{Teller, chat, check, messaging};
use crate::conversation::ConversationEvent;

/// LC-1, PRO-1
#[test]
fn whoever_writes_first_waits_for_an_agent_and_an_agent_does_not() {
    check(
        &messaging(|_| {}),
        "0 requester -> opened, message of 0
         0 request   -> of 1
         5 requester -> message of 5
         5 request   -> of 1",
    );
    check(
        &messaging(|_| {}),
        "0 ann opens -> opened by ann, ann assigned, ann wrote, held by ann
         0 request   -> none
         5 requester -> message of 5, resumed
         5 request   -> none",
    );
}

/// VA-6
#[test]
fn a_cancelled_request_can_be_made_anew() {
    check(
        &messaging(|_| {}),
        "0 requester         -> opened, message of 0
         1 requester asks    -> -
         2 requester cancels -> request cancelled
         2 request           -> none
         3 requester cancels -> -
         4 requester asks    -> agent requested
         4 request           -> of 4
         5 ann joins         -> ann assigned
         6 requester asks    -> ! wrong_state
         6 requester cancels -> ! wrong_state",
    );
}

/// VA-6, LC-10: the request is cancelled, the conversation is not.
#[test]
fn a_requester_who_cancels_and_then_ends_has_left_before_engagement() {
    check(
        &chat(|_| {}),
        "0 requester         -> opened, message of 0
         2 requester cancels -> request cancelled
         2 state             -> new of queue with []
         2 timers            -> conversation_idle at 7200
         3 requester ends    -> closed_abandoned/left_before_engagement by requester",
    );
}

///
#[test]
fn a_chat_that_waited_too_long_is_over() {
    check(
        &chat(|_| {}),
        "0   requester     -> opened, message of 0
         300 router ends 1 -> closed_abandoned/max_wait_elapsed by router
         301 router ends 1 -> ! conversation_closed",
    );
}

/// Q-13, IDLE-14: who had spoken with an agent was not left alone.
#[test]
fn a_chat_that_waited_too_long_for_its_second_agent_is_complete() {
    check(
        &chat(|_| {}),
        "0   requester              -> opened, message of 0
         1   ann joins              -> ann assigned
         2   ann transfers to sales -> ann unassigned to sales by ann
         300 router ends 2          -> closed_complete/max_wait_elapsed by router",
    );
}

///
#[test]
fn a_messaging_conversation_that_waited_too_long_stays_open_without_an_agent() {
    check(
        &messaging(|_| {}),
        "0   requester       -> opened, message of 0
         300 router ends 1   -> wait 1 ended
         300 state           -> new of queue with []
         300 request         -> none
         300 timers          -> -
         301 router ends 1   -> ! offer_stale
         301 ann accepts 1.1 -> ! offer_stale",
    );
}

///
#[test]
fn a_message_on_a_parked_conversation_asks_again_exactly_once() {
    check(
        &messaging(|_| {}),
        "0   requester       -> opened, message of 0
         300 router ends 1   -> wait 1 ended
         400 requester       -> message of 400, agent requested
         400 request         -> of 5
         401 requester       -> message of 401
         402 requester asks  -> -
         403 ann accepts 2.1 -> ann assigned by 2.1
         404 requester       -> message of 404",
    );
}

/// VA-6, Q-13: also when the requester had cancelled it, in either mode.
#[test]
fn a_message_after_a_cancelled_request_asks_again() {
    for policy in [chat(|_| {}), messaging(|_| {})] {
        check(
            &policy,
            "0 requester         -> opened, message of 0
             2 requester cancels -> request cancelled
             3 requester         -> message of 3, agent requested
             4 requester         -> message of 4",
        );
    }
}

/// what the requester is told is part of the fact.
#[test]
fn whoever_waited_in_vain_is_told_so() {
    for (policy, input, words) in [
        (chat(|_| {}), "router ends 1", "no agent"),
        (messaging(|_| {}), "router ends 1", "no agent"),
        (chat(|_| {}), "router refuses 1", "closed"),
        (messaging(|_| {}), "router refuses 1", "closed"),
    ] {
        let mut teller = Teller::new(policy);
        teller.tell(0, "requester");
        let events = teller.tell(9, input);
        let [
            ConversationEvent::Closed { requester_text, .. }
            | ConversationEvent::WaitEnded { requester_text, .. },
        ] = events.as_slice()
        else {
            panic!("{events:?}");
        };
        assert_eq!(requester_text.as_deref(), Some(words), "{input}");
    }
}

/// Q-16, BH-7
#[test]
fn a_conversation_that_is_not_routed_is_over_in_either_mode() {
    for policy in [chat(|_| {}), messaging(|_| {})] {
        check(
            &policy,
            "0 requester        -> opened, message of 0
             1 router refuses 1 -> closed_complete/not_routed by router
             1 timers           -> -",
        );
    }
}

/// LC-5: the router looks at what was before; an agent may have been faster.
#[test]
fn the_router_ends_no_wait_that_an_agent_has_ended() {
    check(
        &chat(|_| {}),
        "0 requester        -> opened, message of 0
         1 ann joins        -> ann assigned
         2 router ends 1    -> ! offer_stale
         2 router refuses 1 -> ! offer_stale
         2 router tells 1.1 -> ! offer_stale",
    );
}

/// QT-1
#[test]
fn each_wait_message_is_sent_once_and_none_after_a_later_one() {
    check(
        &messaging(|_| {}),
        "0 requester         -> opened, message of 0
         1 router tells 1.1  -> told 1.1
         2 router tells 1.1  -> -
         3 router tells 1.3  -> told 1.3
         4 router tells 1.2  -> -
         5 requester cancels -> request cancelled
         6 router tells 1.4  -> ! offer_stale
         7 requester asks    -> agent requested
         8 router tells 2.1  -> told 2.1
         9 router tells 1.9  -> -",
    );
}

/// IDLE-4, QT-1: what a waiting requester is told answers nothing and starts no clock.
#[test]
fn a_wait_message_is_no_word_of_an_agent() {
    check(
        &chat(|_| {}),
        "0  requester        -> opened, message of 0
         60 router tells 1.1 -> told 1.1
         60 timers           -> conversation_idle at 7200
         60 state            -> new of queue with []",
    );
}
