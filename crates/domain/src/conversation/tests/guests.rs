//! `ID-12`: a guest of a chat who is gone for too long.

use super::story::{chat, check, messaging};
use crate::Seconds;

/// ID-12: by default a guest has five minutes, and whoever comes back in time goes on.
#[test]
fn a_guest_who_comes_back_in_time_goes_on_and_one_who_does_not_has_left() {
    check(
        &chat(|_| {}),
        "0    requester             -> opened, message of 0
         10   ann joins             -> ann assigned
         20   requester             -> message of 20
         30   requester disconnects -> requester gone
         31   requester disconnects -> -
         31   timers                -> disconnect at 330, conversation_idle at 7220
         329  requester reconnects  -> requester back
         329  requester reconnects  -> -
         330  tick                  -> -
         400  requester disconnects -> requester gone
         699  tick                  -> -
         700  tick                  -> closed_complete/guest_disconnected by disconnect due 700",
    );
}

/// ID-12: whichever comes first; the idle clock runs on.
#[test]
fn the_idle_clock_runs_on_while_a_guest_is_gone() {
    check(
        &chat(|_| {}),
        "0    requester             -> opened, message of 0
         10   ann joins             -> ann assigned
         200  requester disconnects -> requester gone
         200  timers                -> idle_reminder at 190, idle_cancel at 370, disconnect at 500
         370  tick                  -> reminder due 190, closed_complete/no_user_response by idle_cancel due 370",
    );
}

/// ID-12: one who still waits for an agent has left before anybody engaged; where nobody was asked for, nothing happened.
#[test]
fn a_guest_who_is_gone_before_anybody_engaged_has_left_or_done_nothing() {
    check(
        &chat(|_| {}),
        "0    requester             -> opened, message of 0
         10   requester disconnects -> requester gone
         310  tick                  -> closed_abandoned/left_before_engagement by disconnect due 310",
    );
    check(
        &chat(|_| {}),
        "0    requester             -> opened, message of 0
         5    requester cancels     -> request cancelled
         10   requester disconnects -> requester gone
         310  tick                  -> closed_abandoned/no_activity by disconnect due 310",
    );
}

/// ID-12: a guest who is gone and writes some other way has the whole time again, and is not waited for for ever.
#[test]
fn a_guest_who_is_gone_and_writes_has_the_whole_time_again() {
    check(
        &chat(|_| {}),
        "0    requester             -> opened, message of 0
         10   requester disconnects -> requester gone
         20   requester             -> message of 20
         20   timers                -> disconnect at 320, conversation_idle at 7220
         30   requester disconnects -> -
         320  tick                  -> closed_abandoned/left_before_engagement by disconnect due 320",
    );
}

/// ID-12: messaging never ends on a disconnect, and 0 switches it off in a chat.
#[test]
fn messaging_and_a_chat_without_the_timeout_do_not_mind() {
    for policy in [messaging(|_| {}), chat(|settings| settings.chat_disconnect_timeout = Seconds(0))] {
        check(
            &policy,
            "0    requester             -> opened, message of 0
             10   requester disconnects -> -
             10   requester reconnects  -> -",
        );
    }
}

/// ID-12: that a guest is there is noted once, and again only after they were gone.
#[test]
fn a_guest_who_is_there_is_noted_once() {
    check(
        &chat(|_| {}),
        "0    requester             -> opened, message of 0
         1    requester reconnects  -> requester there
         2    requester reconnects  -> -
         2    timers                -> conversation_idle at 7200
         10   requester disconnects -> requester gone
         20   requester reconnects  -> requester back
         21   requester reconnects  -> -
         30   requester disconnects -> requester gone",
    );
}
