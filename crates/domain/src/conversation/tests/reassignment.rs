//! Section 10 and `LC-11`: a conversation is taken from an agent who does not answer.

use super::story::{Teller, at, chat, check, fire, messaging};
use crate::Seconds;
use crate::conversation::{Policy, TimerKind};

/// With the action that takes it from the agent after an hour.
fn reassigning() -> Policy {
    messaging(|settings| {
        settings.actions.prompt_agent_after = None;
        settings.actions.reassign_after = Some(Seconds(3600));
    })
}

/// RE-5
#[test]
fn a_message_to_an_unavailable_agent_brings_the_conversation_back_to_the_queue() {
    check(
        &messaging(|_| {}),
        "0  requester       -> opened, message of 0
         10 ann contributes -> ann assigned, ann wrote
         90 requester       -> message of 90
         90 unassign ann    -> ann unassigned to be reassigned
         90 state           -> new of queue with []
         90 request         -> of 6
         95 bob accepts 2.1 -> bob assigned by 2.1
         95 state           -> work_in_progress of bob with [bob]
         95 timers          -> prompt_agent at 1890",
    );
}

/// RE-4, RE-5: the agent was there after all.
#[test]
fn an_agent_who_has_answered_meanwhile_keeps_it() {
    check(
        &messaging(|_| {}),
        "0  requester    -> opened, message of 0
         10 ann joins    -> ann assigned
         90 ann posts    -> ann wrote
         91 unassign ann -> ! answered
         91 unassign bob -> ! offer_stale",
    );
}

/// RE-10: whoever opens the window with something of an absent agent's to read gets another agent at once.
#[test]
fn a_requester_who_is_back_is_not_left_with_an_absent_agent() {
    check(
        &messaging(|_| {}),
        "0  requester                -> opened, message of 0
         5  requester returns to ann -> ! offer_stale
         10 ann joins                -> ann assigned
         90 ann posts                -> ann wrote
         91 requester returns to bob -> ! offer_stale
         92 requester returns to ann -> ann unassigned to be reassigned
         93 requester returns to ann -> ! offer_stale",
    );
}

/// RE-10: nobody waits for anything.
#[test]
fn a_requester_with_nothing_to_read_and_nothing_asked_stays_with_their_agent() {
    check(
        &messaging(|_| {}),
        "10 ann opens                -> opened by ann, ann assigned, ann wrote, held by ann
         20 requester                -> message of 20, resumed
         30 ann transfers to main    -> ann unassigned to main by ann
         40 bob joins                -> bob assigned
         41 bob posts                -> bob wrote
         42 requester                -> message of 42
         43 bob posts                -> bob wrote
         50 requester returns to bob -> bob unassigned to be reassigned",
    );
}

/// RE-5: it is taken once, and not from whoever has it then.
#[test]
fn a_conversation_is_not_taken_from_an_agent_who_no_longer_has_it() {
    check(
        &messaging(|_| {}),
        "0  requester    -> opened, message of 0
         5  unassign ann -> ! offer_stale
         10 ann joins    -> ann assigned
         20 unassign ann -> ann unassigned to be reassigned
         21 unassign ann -> ! offer_stale
         30 bob joins    -> bob assigned
         31 unassign ann -> ! offer_stale",
    );
}

/// LC-11, ACT-1, ACT-5: the time runs from the first message that nobody answered.
#[test]
fn an_agent_who_leaves_a_message_unanswered_for_too_long_loses_the_conversation() {
    check(
        &reassigning(),
        "0    requester       -> opened, message of 0
         10   ann contributes -> ann assigned, ann wrote
         100  requester       -> message of 100
         500  requester       -> message of 500
         500  timers          -> reassign at 3700
         3699 tick            -> -
         3700 tick            -> ann unassigned due 3700
         3700 state           -> new of queue with []
         3700 request         -> of 7
         3700 timers          -> -
         3701 ann posts       -> ! not_participant",
    );
}

/// LC-11, LC-6: also one that is on hold.
#[test]
fn the_prompt_comes_before_the_loss() {
    check(
        &messaging(|settings| settings.actions.reassign_after = Some(Seconds(3600))),
        "0    requester -> opened, message of 0
         0    ann joins -> ann assigned
         10   ann holds -> held by ann
         10   timers    -> prompt_agent at 1800, reassign at 3600
         9999 tick      -> ann prompted due 1800, ann unassigned due 3600",
    );
}

/// LC-11: a message that waited in the queue is no fault of the agent who takes it, nor of the next one.
#[test]
fn everybody_who_gets_it_has_the_whole_time_to_answer() {
    check(
        &reassigning(),
        "0     requester                -> opened, message of 0
         5000  ann accepts 1.1          -> ann assigned by 1.1
         5000  timers                   -> reassign at 8600
         8600  tick                     -> ann unassigned due 8600
         9000  bob accepts 2.1          -> bob assigned by 2.1
         9000  timers                   -> reassign at 12600
         10000 eve accepts 2.2 from bob -> eve assigned by 2.2
         10000 timers                   -> reassign at 13600",
    );
}

/// ACT-8, T2, 18.7: a late fire after the answer does nothing.
#[test]
fn a_late_fire_of_the_loss_after_an_answer_changes_nothing() {
    let mut teller = Teller::new(reassigning());
    teller.tell(0, "requester");
    teller.tell(0, "ann joins");
    let timer = teller.armed()[0];
    assert_eq!((timer.kind, timer.due), (TimerKind::Reassign, at(3600)));
    teller.tell(3599, "ann posts");
    let before = teller.state.clone();
    assert_eq!(teller.give(at(9999), &fire(timer)), Ok(vec![]));
    assert_eq!(teller.state, before);
}

/// ACT-5: the message on which the loss hangs is the one that a fire can be walked back to.
#[test]
fn the_loss_hangs_on_the_message_or_on_the_assignment_whichever_was_later() {
    let armed_by = |rows: &[(u32, &str)]| {
        let mut teller = Teller::new(reassigning());
        rows.iter().for_each(|(seconds, input)| drop(teller.tell(*seconds, input)));
        teller.armed()[0].armed_by
    };
    assert_eq!(armed_by(&[(0, "requester"), (5, "ann joins")]), 3);
    assert_eq!(armed_by(&[(0, "ann opens"), (5, "requester")]), 5);
}

/// Section 17 rule 10, RE-3: it is for messaging.
#[test]
fn a_chat_is_never_taken_away_by_an_action() {
    check(
        &chat(|_| {}),
        "0  requester -> opened, message of 0
         10 ann joins -> ann assigned
         10 timers    -> idle_reminder at 190, idle_cancel at 370",
    );
}
