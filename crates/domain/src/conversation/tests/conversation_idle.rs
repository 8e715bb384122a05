//! Section 6.2: the conversation timeout, which closes what is left when no other clock runs.

use super::story::{chat, check, messaging};
use crate::Seconds;

/// IDLE-10, IDLE-14: measured from the requester's last message, never early.
#[test]
fn a_chat_that_no_agent_took_closes_two_hours_after_the_requesters_last_message() {
    check(
        &chat(|_| {}),
        "0    requester -> opened, message of 0
         600  requester -> message of 600
         7799 tick      -> -
         7800 tick      -> closed_abandoned/no_activity by conversation_idle due 7800",
    );
}

/// IDLE-14
#[test]
fn an_engaged_chat_that_the_conversation_timeout_closes_is_complete() {
    check(
        &chat(|_| {}),
        "0    requester -> opened, message of 0
         10   ann joins -> ann assigned
         20   requester -> message of 20
         7220 tick      -> closed_complete/no_user_response by conversation_idle due 7220",
    );
}

/// IDLE-15: the agent owes the answer, so no idle clock runs, but the conversation timeout does.
#[test]
fn an_engaged_chat_whose_agent_owes_the_answer_still_times_out() {
    check(
        &chat(|settings| settings.conversation_idle_timeout = Some(Seconds(900))),
        "0   requester -> opened, message of 0
         10  ann joins -> ann assigned
         20  ann posts -> ann wrote
         30  requester -> message of 30
         30  timers    -> conversation_idle at 930
         200 requester -> message of 200
         930 tick      -> -
         1100 tick     -> closed_complete/no_user_response by conversation_idle due 1100",
    );
}

/// IDLE-15: with the flag set it applies from a person's first message on.
#[test]
fn with_the_flag_set_the_conversation_timeout_applies_once_a_person_has_written() {
    check(
        &chat(|settings| settings.idle_chat.start_after_agent_response = true),
        "0    requester -> opened, message of 0
         0    timers    -> conversation_idle at 7200
         10   ann joins -> ann assigned
         10   timers    -> -
         20   ann posts -> ann wrote
         20   timers    -> idle_reminder at 200, idle_cancel at 380
         30   requester -> message of 30
         30   timers    -> conversation_idle at 7230",
    );
}

/// IDLE-15, IDLE-4: while the idle clock runs, the conversation timeout does not, even if it is shorter.
#[test]
fn an_armed_idle_clock_stands_in_for_the_conversation_timeout() {
    check(
        &chat(|settings| settings.conversation_idle_timeout = Some(Seconds(60))),
        "0  requester -> opened, message of 0
         0  timers    -> conversation_idle at 60
         10 ann joins -> ann assigned
         10 timers    -> idle_reminder at 190, idle_cancel at 370",
    );
}

/// IDLE-11, CH-9: a chat goes by its channel's timeout, else the global one, else 7200.
#[test]
fn a_chat_prefers_its_channels_timeout_to_the_global_one() {
    for (channel, global, due) in [
        (Some(600), Some(300), "600"),
        (Some(300), Some(600), "300"),
        (None, Some(300), "300"),
        (None, None, "7200"),
    ] {
        let policy = chat(|settings| {
            settings.conversation_idle_timeout = channel.map(Seconds);
            settings.global_idle_timeout = global.map(Seconds);
        });
        let row = format!(
            "0 requester -> opened, message of 0
             0 timers    -> conversation_idle at {due}"
        );
        check(&policy, &row);
    }
}

/// IDLE-11, 18.6: in messaging the lowest explicit one wins, and what nobody set does not count.
#[test]
fn messaging_goes_by_the_lowest_timeout_that_was_set() {
    for (channel, global, timers) in [
        (None, None, "abandon at 172810"),
        (Some(600), None, "conversation_idle at 600, abandon at 172810"),
        (Some(600), Some(300), "conversation_idle at 300, abandon at 172810"),
        (None, Some(7200), "conversation_idle at 7200, abandon at 172810"),
        (Some(999_999), None, "abandon at 172810, conversation_idle at 999999"),
    ] {
        let policy = messaging(|settings| {
            settings.conversation_idle_timeout = channel.map(Seconds);
            settings.global_idle_timeout = global.map(Seconds);
        });
        let rows = format!(
            "0  requester       -> opened, message of 0
             10 ann contributes -> ann assigned, ann wrote
             10 timers          -> {timers}"
        );
        check(&policy, &rows);
    }
}

/// IDLE-11: without the two-day action only an explicit timeout is left.
#[test]
fn messaging_without_action_and_timeout_stays_open() {
    check(
        &messaging(|settings| settings.actions.abandon_after = None),
        "0  requester       -> opened, message of 0
         10 ann contributes -> ann assigned, ann wrote
         10 timers          -> -",
    );
}

/// IDLE-11, PRO-11: a requester who never spoke is silent since the conversation was opened.
#[test]
fn a_proactive_conversation_counts_silence_from_its_opening() {
    check(
        &messaging(|settings| settings.conversation_idle_timeout = Some(Seconds(600))),
        "50  ann opens -> opened by ann, ann assigned, ann wrote, held by ann
         60  ann posts -> ann wrote
         650 tick      -> closed_complete/no_user_response by conversation_idle due 650",
    );
}

/// IDLE-14, 18.4
#[test]
fn a_messaging_conversation_that_nobody_took_is_abandoned_without_activity() {
    check(
        &messaging(|settings| settings.conversation_idle_timeout = Some(Seconds(600))),
        "0   requester -> opened, message of 0
         600 tick      -> closed_abandoned/no_activity by conversation_idle due 600",
    );
}
