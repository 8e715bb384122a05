//! The virtual agent: it answers first, hands over, gets it back, and times out as a chat does.

use super::story::{chat, check, messaging};
use crate::Seconds;

/// LC-3, VA-12, C3: the requester's messages stay with it, and once an agent is asked for it may not write any more.
#[test]
fn the_virtual_agent_answers_until_an_agent_is_asked_for() {
    check(
        &messaging(|_| ()),
        "0 requester to bot -> opened, message of 0, bot has it
         0 state            -> work_in_progress of bot with []
         5 bot posts        -> bot wrote
         9 requester        -> message of 9
         9 state            -> work_in_progress of bot with []
        10 requester asks   -> agent requested of bot
        10 state            -> new of queue with []
        10 request          -> of 6
        11 bot posts        -> ! not_owner
        12 ann accepts 1.1  -> ann assigned by 1.1
        13 bot ends         -> ! not_owner
        14 requester asks   -> ! wrong_state",
    );
}

/// VA-6: who no longer wants an agent is with the virtual agent again, and asking again is a fresh request.
#[test]
fn a_cancelled_request_goes_back_to_the_virtual_agent() {
    check(
        &messaging(|_| ()),
        "0 requester to bot   -> opened, message of 0, bot has it
         1 requester asks     -> agent requested of bot
         2 requester cancels  -> request cancelled, bot has it
         2 state              -> work_in_progress of bot with []
         3 bot posts          -> bot wrote
         4 requester cancels  -> -
         5 requester asks     -> agent requested of bot
         5 request            -> of 8",
    );
}

/// IDLE-10, IDLE-11, ACT-6, section 3.2: two hours after the requester's last word, whatever the virtual agent said.
#[test]
fn silence_with_the_virtual_agent_ends_after_the_conversation_timeout() {
    for policy in [messaging(|_| ()), chat(|_| ())] {
        check(
            &policy,
            "0 requester to bot -> opened, message of 0, bot has it
             0 timers           -> conversation_idle at 7200
          5000 bot posts        -> bot wrote
          5000 timers           -> conversation_idle at 7200
          7200 tick             -> closed_complete/no_user_response by conversation_idle due 7200",
        );
    }
    check(
        &messaging(|settings| settings.conversation_idle_timeout = Some(Seconds(60))),
        "0 requester to bot -> opened, message of 0, bot has it
         0 timers           -> conversation_idle at 60",
    );
}

/// IDLE-11, R6: with a live agent the implicit two hours do not count.
#[test]
fn the_two_hours_end_with_the_virtual_agent() {
    check(
        &messaging(|_| ()),
        "0 requester to bot -> opened, message of 0, bot has it
         1 requester asks   -> agent requested of bot
         1 timers           -> -
         2 ann accepts 1.1  -> ann assigned by 1.1
         2 timers           -> prompt_agent at 1800",
    );
}

/// Section 3.2: who wrote and leaves has ended it, and what the virtual agent ends is auto closed.
#[test]
fn a_conversation_with_the_virtual_agent_ends_complete() {
    check(
        &chat(|_| ()),
        "0 requester to bot -> opened, message of 0, bot has it
         1 requester ends   -> closed_complete/user_ended by requester",
    );
    check(
        &chat(|_| ()),
        "0 requester to bot -> opened, message of 0, bot has it
         1 bot ends         -> closed_complete/auto_closed by bot
         2 bot posts        -> ! conversation_closed",
    );
}

/// PRO-3: an agent who writes first does not join it; LC-13: one who joins gets it.
#[test]
fn an_agent_writes_first_into_a_new_one_but_may_join() {
    check(
        &messaging(|_| ()),
        "0 requester to bot -> opened, message of 0, bot has it
         1 ann contributes  -> ! with_virtual_agent
         2 ann takes over   -> closed_complete/superseded by ann",
    );
    check(
        &messaging(|_| ()),
        "0 requester to bot -> opened, message of 0, bot has it
         2 ann joins        -> ann assigned
         2 bob takes over   -> ! not_owner
         3 ann posts        -> ann wrote",
    );
}

/// OMN-4: who is in the middle of it with an agent is not cut off.
#[test]
fn what_a_requester_leaves_behind_closes_unless_an_agent_has_it() {
    check(
        &messaging(|_| ()),
        "0 requester to bot -> opened, message of 0, bot has it
         1 left behind      -> closed_complete/superseded by requester",
    );
    check(
        &messaging(|_| ()),
        "0 requester -> opened, message of 0
         1 left behind -> closed_complete/superseded by requester",
    );
    check(
        &messaging(|_| ()),
        "0 requester -> opened, message of 0
         1 ann joins   -> ann assigned
         2 left behind -> -
         3 ann holds   -> held by ann
         4 left behind -> -",
    );
}
