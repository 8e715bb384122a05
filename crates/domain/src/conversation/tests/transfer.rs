//! Section 8.5: a conversation goes from one agent to a queue or to another agent.

use super::story::{chat, check, messaging};
use crate::Seconds;

/// TR-1
#[test]
fn a_conversation_that_is_sent_to_a_queue_waits_for_an_agent_again() {
    check(
        &chat(|_| {}),
        "0 requester              -> opened, message of 0
         1 ann joins              -> ann assigned
         2 ann transfers to sales -> ann unassigned to sales by ann
         2 state                  -> new of queue with []
         2 request                -> of 4
         3 bob accepts 2.1        -> bob assigned by 2.1
         3 state                  -> work_in_progress of bob with [bob]",
    );
}

/// TR-1, SUP-6
#[test]
fn the_agent_who_has_it_sends_it_on_or_a_supervisor() {
    check(
        &messaging(|_| {}),
        "0 requester                         -> opened, message of 0
         1 supervisor sam transfers to sales -> ! wrong_state
         1 ann transfers to sales            -> ! not_owner
         2 ann joins                         -> ann assigned
         3 bob joins                         -> bob added
         4 bob transfers to sales            -> ! not_owner
         5 supervisor sam transfers to sales -> ann unassigned to sales by sam
         5 state                             -> new of queue with [bob]
         6 ann transfers to sales            -> ! not_owner",
    );
}

/// MSG-15, MSG-18: the agent who has it sees it up to what they say, all of it when they write, and whoever gets it starts
/// with nothing unseen.
#[test]
fn what_the_owner_has_seen_is_recorded_and_starts_anew_with_the_next_owner() {
    check(
        &messaging(|_| {}),
        "0 requester              -> opened, message of 0
         1 ann sees 1             -> ! not_owner
         1 ann joins              -> ann assigned
         1 seen                   -> 3
         2 requester              -> message of 2
         3 ann sees 4             -> ann saw 4
         3 ann sees 3             -> -
         4 requester              -> message of 4
         5 ann sees 99            -> ann saw 6
         5 seen                   -> 6
         6 ann posts              -> ann wrote
         6 seen                   -> 8
         7 bob joins              -> bob added
         7 bob posts              -> bob wrote
         7 bob sees 9             -> ! not_owner
         7 seen                   -> 8
         8 requester              -> message of 8
         9 ann transfers to sales -> ann unassigned to sales by ann
         9 bob accepts 2.1        -> bob assigned by 2.1
         9 seen                   -> 13",
    );
}

/// TR-4, LC-14
#[test]
fn the_previous_owner_cannot_write_after_a_queue_transfer() {
    check(
        &messaging(|_| {}),
        "0 requester              -> opened, message of 0
         1 ann joins              -> ann assigned
         2 ann posts              -> ann wrote
         3 ann transfers to sales -> ann unassigned to sales by ann
         4 ann posts              -> ! not_participant
         4 ann holds              -> ! not_owner
         4 ann ends               -> ! not_owner
         5 bob accepts 2.1        -> bob assigned by 2.1
         6 ann posts              -> ! not_participant
         7 ann joins              -> ann added
         8 ann posts              -> ann wrote",
    );
}

/// TR-4: until the other agent accepts, the first one goes on writing.
#[test]
fn the_previous_owner_writes_until_a_transfer_to_an_agent_is_accepted() {
    check(
        &messaging(|_| {}),
        "0 requester                -> opened, message of 0
         1 ann accepts 1.1          -> ann assigned by 1.1
         2 ann posts                -> ann wrote
         3 bob accepts 1.2 from ann -> bob assigned by 1.2
         3 state                    -> work_in_progress of bob with [bob]
         3 request                  -> none
         4 ann posts                -> ! not_participant
         5 bob accepts 1.2 from ann -> -
         6 bob posts                -> bob wrote",
    );
}

/// TR-5: an accept fails if the conversation is no longer with the agent who hands it over.
#[test]
fn a_transfer_to_an_agent_is_void_once_the_conversation_has_gone_elsewhere() {
    check(
        &messaging(|_| {}),
        "0 requester                -> opened, message of 0
         1 ann joins                -> ann assigned
         2 eve accepts 1.2 from bob -> ! offer_stale
         3 ann transfers to sales   -> ann unassigned to sales by ann
         4 bob accepts 1.2 from ann -> ! offer_stale
         5 requester cancels        -> request cancelled
         6 bob accepts 1.2 from ann -> ! offer_stale",
    );
}

/// 18.16, WI-8, LC-10: an agent was there, so that the requester completes it, whoever has it just then.
#[test]
fn a_requester_who_ends_after_being_sent_back_to_the_queue_has_completed_it() {
    for policy in [chat(|_| {}), messaging(|_| {})] {
        check(
            &policy,
            "0 requester              -> opened, message of 0
             1 ann joins              -> ann assigned
             2 ann transfers to sales -> ann unassigned to sales by ann
             3 requester ends         -> closed_complete/user_ended by requester
             3 request                -> none",
        );
    }
}

/// IDLE-9, TR-1: the requester is made to wait, so nothing counts their silence against them.
#[test]
fn a_chat_does_not_idle_out_while_it_waits_in_the_queue() {
    check(
        &chat(|_| {}),
        "0    requester              -> opened, message of 0
         10   ann joins              -> ann assigned
         20   ann posts              -> ann wrote
         200  tick                   -> reminder due 200
         210  ann transfers to sales -> ann unassigned to sales by ann
         210  timers                 -> conversation_idle at 7410
         380  tick                   -> -
         500  bob accepts 2.1        -> bob assigned by 2.1
         500  timers                 -> idle_reminder at 680, idle_cancel at 860
         680  tick                   -> reminder due 680",
    );
}

/// IDLE-9: not even if a second agent, who does not have it, goes on writing.
#[test]
fn a_second_agent_who_writes_does_not_start_the_clock_of_a_chat_in_the_queue() {
    check(
        &chat(|_| {}),
        "0   requester              -> opened, message of 0
         10  ann joins              -> ann assigned
         20  bob joins              -> bob added
         30  ann transfers to sales -> ann unassigned to sales by ann
         40  bob posts              -> bob wrote
         40  timers                 -> conversation_idle at 7230",
    );
}

/// IDLE-10, TR-1: a chat in which only the agent spoke for long is not closed by being sent to a queue.
#[test]
fn the_conversation_timeout_of_a_chat_begins_anew_in_the_queue() {
    let policy = |human_only| {
        chat(|settings| {
            settings.conversation_idle_timeout = Some(Seconds(60));
            settings.idle_chat.start_after_agent_response = human_only;
        })
    };
    let rows = "0   requester              -> opened, message of 0
         10  ann joins              -> ann assigned
         100 ann transfers to sales -> ann unassigned to sales by ann
         100 timers                 -> conversation_idle at 160
         130 requester              -> message of 130
         130 timers                 -> conversation_idle at 190
         190 tick                   -> closed_complete/no_user_response by conversation_idle due 190";
    check(&policy(false), rows);
    check(&policy(true), rows);
}

/// ACT-8, TR-1: nobody owes the requester's answer to an agent who is gone.
#[test]
fn the_two_days_end_with_the_transfer() {
    check(
        &messaging(|_| {}),
        "0  requester              -> opened, message of 0
         10 ann contributes        -> ann assigned, ann wrote
         10 timers                 -> abandon at 172810
         20 ann transfers to sales -> ann unassigned to sales by ann
         20 timers                 -> -
         30 bob joins              -> bob assigned
         40 bob posts              -> bob wrote
         40 timers                 -> abandon at 172840",
    );
}

/// ACT-2, ACT-5: the requester still waits for an answer to the first message, and only who has it is prompted.
#[test]
fn a_message_that_was_unanswered_before_a_transfer_prompts_the_next_agent() {
    check(
        &messaging(|_| {}),
        "0    requester              -> opened, message of 0
         10   ann joins              -> ann assigned
         1800 tick                   -> ann prompted due 1800
         1900 ann transfers to sales -> ann unassigned to sales by ann
         1900 timers                 -> -
         2000 bob accepts 2.1        -> bob assigned by 2.1
         2000 tick                   -> bob prompted due 1800
         2100 eve accepts 2.2 from bob -> eve assigned by 2.2
         2100 tick                   -> eve prompted due 1800",
    );
}

/// LC-6, TR-1
#[test]
fn a_conversation_on_hold_is_taken_off_it_by_a_transfer() {
    check(
        &messaging(|_| {}),
        "0 requester              -> opened, message of 0
         1 ann joins              -> ann assigned
         2 ann holds              -> held by ann
         3 ann transfers to sales -> ann unassigned to sales by ann
         3 state                  -> new of queue with []
         4 bob joins              -> bob assigned
         5 bob holds              -> held by bob
         6 eve accepts 1.2 from bob -> eve assigned by 1.2
         6 state                  -> work_in_progress of eve with [eve]",
    );
}

/// Section 6.4, TR-1: a redelivered message cannot come to stand before the transfer that has happened.
#[test]
fn a_redelivered_message_counts_from_the_transfer_at_the_earliest() {
    check(
        &messaging(|_| {}),
        "0   requester                 -> opened, message of 0
         10  ann contributes           -> ann assigned, ann wrote
         200 ann transfers to sales    -> ann unassigned to sales by ann
         300 requester redelivered 100 -> message of 200",
    );
}
