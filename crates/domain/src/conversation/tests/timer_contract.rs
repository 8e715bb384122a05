//! Section 6.4: what is armed is a function of the state, and only what is armed and due can fire.

use super::story::{Teller, chat, check, fire, messaging};
use crate::conversation::{ConversationEvent, TimerKind};
use std::collections::BTreeSet;

/// T1
#[test]
fn nothing_fires_early() {
    check(
        &chat(|_| {}),
        "0   requester                               -> opened, message of 0
         10  ann joins                               -> ann assigned
         189 fire idle_reminder due 190 armed 3      -> -
         190 fire idle_reminder due 190 armed 3      -> reminder due 190",
    );
}

/// T1: to the millisecond.
#[test]
fn a_millisecond_is_early_enough_to_be_refused() {
    let mut teller = Teller::new(chat(|_| {}));
    teller.tell(0, "requester");
    let timer = teller.armed()[0];
    let early = crate::Timestamp(timer.due.0 - 1);
    assert_eq!(teller.give(early, &fire(timer)), Ok(vec![]));
    assert_eq!(teller.give(timer.due, &fire(timer)).unwrap().len(), 1);
}

/// T2, 18.7
#[test]
fn a_fire_of_what_is_no_longer_armed_changes_nothing() {
    check(
        &chat(|_| {}),
        "0   requester                            -> opened, message of 0
         10  ann joins                            -> ann assigned
         100 requester                            -> message of 100
         370 fire idle_reminder due 190 armed 3   -> -
         370 fire idle_cancel due 370 armed 3     -> -
         370 fire conversation_idle due 7200 armed 2 -> -
         370 timers                               -> conversation_idle at 7300",
    );
}

/// T2: the triple counts, not the kind alone.
#[test]
fn a_fire_with_another_due_or_another_origin_changes_nothing() {
    check(
        &chat(|_| {}),
        "0   requester                            -> opened, message of 0
         10  ann joins                            -> ann assigned
         500 fire idle_cancel due 369 armed 3     -> -
         500 fire idle_cancel due 370 armed 2     -> -
         500 fire abandon due 370 armed 3         -> -
         500 fire idle_cancel due 370 armed 3     -> closed_complete/no_user_response by idle_cancel due 370",
    );
}

/// T1: the same fire twice is one event.
#[test]
fn a_timer_fires_once() {
    check(
        &messaging(|_| {}),
        "0    requester                           -> opened, message of 0
         10   ann joins                           -> ann assigned
         1900 fire prompt_agent due 1800 armed 2  -> ann prompted due 1800
         1900 fire prompt_agent due 1800 armed 2  -> -",
    );
}

/// T1: a timer event says when it was due, however late it comes.
#[test]
fn a_late_fire_says_when_it_was_due() {
    check(
        &chat(|_| {}),
        "0    requester -> opened, message of 0
         10   ann joins -> ann assigned
         9999 tick      -> reminder due 190, closed_complete/no_user_response by idle_cancel due 370",
    );
}

/// Section 6.4: the time of receipt drives the timers, whatever the provider says.
#[test]
fn the_providers_time_does_not_count_in_ordinary_service() {
    check(
        &chat(|_| {}),
        "100 requester claims 50   -> opened, message of 100
         200 requester claims 150  -> message of 200
         200 timers                -> conversation_idle at 7400",
    );
}

/// Section 6.4: of what was redelivered after an outage the provider's time counts.
#[test]
fn of_a_redelivered_message_the_providers_time_counts() {
    check(
        &chat(|_| {}),
        "10  requester                  -> opened, message of 10
         500 requester redelivered 300  -> message of 300
         500 timers                     -> conversation_idle at 7500",
    );
    check(
        &chat(|_| {}),
        "500 requester redelivered 300  -> opened, message of 300
         500 timers                     -> conversation_idle at 7500",
    );
}

/// Section 6.4: a redelivered message cannot rewrite what the conversation has seen, nor come from the future.
#[test]
fn the_time_of_a_redelivered_message_is_kept_between_the_last_event_and_now() {
    check(
        &chat(|_| {}),
        "100 requester                  -> opened, message of 100
         400 ann joins                  -> ann assigned
         500 requester redelivered 300  -> message of 400
         600 requester redelivered 900  -> message of 600",
    );
}

/// Section 6.4: an overdue reminder that fired before it is nobody's word, and takes nothing from its time.
#[test]
fn a_reminder_after_the_outage_does_not_change_from_when_a_redelivered_message_counts() {
    check(
        &chat(|_| {}),
        "0   requester                           -> opened, message of 0
         10  ann joins                           -> ann assigned
         400 fire idle_reminder due 190 armed 3  -> reminder due 190
         400 requester redelivered 100           -> message of 100
         400 timers                              -> conversation_idle at 7300",
    );
}

/// T3: which timers wait for redelivery after an outage.
#[test]
fn exactly_the_timers_that_end_a_conversation_close() {
    let closing: BTreeSet<&str> =
        TimerKind::ALL.into_iter().filter(|kind| kind.closes()).map(TimerKind::name).collect();
    assert_eq!(closing, BTreeSet::from(["abandon", "conversation_idle", "disconnect", "idle_cancel"]));
}

/// The numbers are in stores; a change of one would turn armed timers into others.
#[test]
fn the_numbers_of_the_kinds_never_change() {
    let numbers = TimerKind::ALL.map(|kind| (kind.number(), kind.name()));
    let stored = [
        (1, "idle_reminder"),
        (2, "idle_cancel"),
        (3, "conversation_idle"),
        (4, "prompt_agent"),
        (5, "abandon"),
        (6, "reassign"),
        (7, "disconnect"),
    ];
    assert_eq!(numbers, stored);
    assert_eq!(TimerKind::ALL.map(|kind| TimerKind::from_number(kind.number())), TimerKind::ALL.map(Some));
    assert_eq!(TimerKind::from_number(8), None);
}

/// T2: a timer names the event that armed it, so that a fire can be walked back to it.
#[test]
fn a_timer_names_the_event_on_which_it_hangs() {
    let mut teller = Teller::new(messaging(|_| {}));
    teller.tell(0, "requester");
    teller.tell(5, "requester");
    teller.tell(9, "ann joins");
    let armed: Vec<(TimerKind, u64)> =
        teller.armed().iter().map(|timer| (timer.kind, timer.armed_by)).collect();
    assert_eq!(armed, [(TimerKind::PromptAgent, 2)], "the first message, not the opening and not the second");
    let posted = teller.tell(20, "ann posts");
    assert!(matches!(posted.as_slice(), [ConversationEvent::AgentMessagePosted { .. }]));
    assert_eq!(teller.armed()[0].armed_by, 5);
}
