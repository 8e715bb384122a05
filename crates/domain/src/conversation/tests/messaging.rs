//! Section 7: the two built-in actions of messaging.

use super::story::{Teller, at, chat, check, messaging};
use crate::Seconds;
use crate::conversation::ConversationEvent;

/// ACT-2
#[test]
fn the_agent_is_prompted_when_a_message_waits_for_half_an_hour() {
    check(
        &messaging(|_| {}),
        "0    requester -> opened, message of 0
         10   ann joins -> ann assigned
         10   timers    -> prompt_agent at 1800
         1799 tick      -> -
         1800 tick      -> ann prompted due 1800
         1801 timers    -> -",
    );
}

/// ACT-3, LC-12
#[test]
fn two_days_without_an_answer_abandon_the_conversation() {
    check(
        &messaging(|_| {}),
        "0      requester -> opened, message of 0
         10     ann joins -> ann assigned
         20     ann posts -> ann wrote
         172819 tick      -> -
         172820 tick      -> closed_abandoned/requester_silent by abandon due 172820
         172821 requester -> ! conversation_closed",
    );
}

/// LC-12: also when it is parked.
#[test]
fn a_parked_conversation_is_abandoned_as_well() {
    check(
        &messaging(|_| {}),
        "0      requester       -> opened, message of 0
         10     ann contributes -> ann assigned, ann wrote
         20     ann holds       -> held by ann
         172810 tick            -> closed_abandoned/requester_silent by abandon due 172810",
    );
}

/// PRO-11
#[test]
fn two_days_run_from_a_proactive_message_too() {
    check(
        &messaging(|_| {}),
        "5      ann opens -> opened by ann, ann assigned, ann wrote, held by ann
         172805 tick      -> closed_abandoned/requester_silent by abandon due 172805",
    );
}

/// ACT-5, 18.8
#[test]
fn writing_again_does_not_postpone_the_prompt() {
    check(
        &messaging(|_| {}),
        "0    requester -> opened, message of 0
         10   ann joins -> ann assigned
         1500 requester -> message of 1500
         1500 timers    -> prompt_agent at 1800
         1800 tick      -> ann prompted due 1800
         1900 requester -> message of 1900
         1900 timers    -> -",
    );
}

/// ACT-5
#[test]
fn each_message_of_the_agent_gives_the_requester_the_full_two_days() {
    check(
        &messaging(|_| {}),
        "0   requester       -> opened, message of 0
         10  ann contributes -> ann assigned, ann wrote
         500 ann posts       -> ann wrote
         500 timers          -> abandon at 173300",
    );
}

/// ACT-6, 18.8: joining answers nothing, and the prompt is no message of the agent.
#[test]
fn neither_joining_nor_the_prompt_counts_as_an_answer() {
    check(
        &messaging(|_| {}),
        "0    requester -> opened, message of 0
         900  ann joins -> ann assigned
         900  timers    -> prompt_agent at 1800
         1000 bob joins -> bob added
         1000 timers    -> prompt_agent at 1800
         1800 tick      -> ann prompted due 1800
         1800 timers    -> -",
    );
}

/// ACT-6: any member who writes has answered.
#[test]
fn an_answer_of_any_agent_in_the_conversation_counts() {
    check(
        &messaging(|_| {}),
        "0   requester       -> opened, message of 0
         10  ann joins       -> ann assigned
         20  bob contributes -> bob added, bob wrote
         20  timers          -> abandon at 172820",
    );
}

/// ACT-2: there is nobody to prompt before an agent came; whoever comes late is prompted at once.
#[test]
fn a_message_that_waited_in_the_queue_prompts_the_agent_who_comes() {
    check(
        &messaging(|_| {}),
        "0    requester -> opened, message of 0
         1800 tick      -> -
         2000 ann joins -> ann assigned
         2000 tick      -> ann prompted due 1800",
    );
}

/// ACT-8
#[test]
fn the_awaited_answer_disarms() {
    check(
        &messaging(|_| {}),
        "0    requester -> opened, message of 0
         10   ann joins -> ann assigned
         1799 ann posts -> ann wrote
         1800 tick      -> -
         1800 timers    -> abandon at 174599
         2000 requester -> message of 2000
         2000 timers    -> prompt_agent at 3800",
    );
}

/// ACT-8: after an answer the next message arms again, even if the agent was prompted before.
#[test]
fn a_new_unanswered_message_arms_the_prompt_again() {
    check(
        &messaging(|_| {}),
        "0    requester -> opened, message of 0
         10   ann joins -> ann assigned
         1800 tick      -> ann prompted due 1800
         1900 ann posts -> ann wrote
         2000 requester -> message of 2000
         3800 tick      -> ann prompted due 3800",
    );
}

/// ACT-8, CH-4: a chat has no actions, and one that is switched off arms nothing.
#[test]
fn no_action_no_timer() {
    check(
        &chat(|_| {}),
        "0  requester       -> opened, message of 0
         10 ann contributes -> ann assigned, ann wrote
         10 timers          -> idle_reminder at 190, idle_cancel at 370",
    );
    check(
        &messaging(|settings| settings.actions.prompt_agent_after = None),
        "0  requester -> opened, message of 0
         10 ann joins -> ann assigned
         10 timers    -> -
         20 ann posts -> ann wrote
         20 timers    -> abandon at 172820",
    );
}

/// IDLE-9, CH-1: messaging has no idle clock, however long the requester is silent.
#[test]
fn the_idle_clock_of_a_chat_does_not_run_in_messaging() {
    check(
        &messaging(|_| {}),
        "0    requester       -> opened, message of 0
         10   ann contributes -> ann assigned, ann wrote
         9999 tick            -> -",
    );
}

/// ACT-4: each action has a timer of its own.
#[test]
fn prompt_and_conversation_timeout_run_side_by_side() {
    check(
        &messaging(|settings| settings.conversation_idle_timeout = Some(Seconds(3600))),
        "0    requester -> opened, message of 0
         10   ann joins -> ann assigned
         10   timers    -> prompt_agent at 1800, conversation_idle at 3600
         3600 tick      -> ann prompted due 1800, closed_complete/no_user_response by conversation_idle due 3600",
    );
}

/// ACT-15, 18.5
#[test]
fn a_close_by_silence_tells_the_requester_nothing() {
    let mut teller = Teller::new(messaging(|_| {}));
    teller.tell(0, "requester");
    teller.tell(10, "ann contributes");
    let closed = teller.tick(at(172_810));
    assert!(
        matches!(closed.as_slice(), [ConversationEvent::Closed { requester_text: None, .. }]),
        "{closed:?}"
    );
}
