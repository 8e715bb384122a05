//! Section 3.3: how a conversation begins, who has it, and how it ends.

use super::story::{chat, check, messaging};

/// LC-1, LC-2
#[test]
fn the_first_message_opens_a_conversation_and_the_next_goes_into_it() {
    check(
        &messaging(|_| {}),
        "0 requester -> opened, message of 0
         5 requester -> message of 5
         5 state     -> new of queue with []",
    );
}

/// LC-4, LC-14, C1
#[test]
fn closed_is_for_ever_whatever_is_asked() {
    check(
        &messaging(|_| {}),
        "0  requester               -> opened, message of 0
         1  ann joins               -> ann assigned
         2  requester ends          -> closed_complete/user_ended by requester
         3  timers                  -> -
         3  requester               -> ! conversation_closed
         3  requester redelivered 1 -> ! conversation_closed
         3  ann posts               -> ! conversation_closed
         3  ann contributes         -> ! conversation_closed
         3  bob joins               -> ! conversation_closed
         3  ann holds               -> ! conversation_closed
         3  ann resumes             -> ! conversation_closed
         3  ann ends                -> ! conversation_closed
         3  requester ends          -> ! conversation_closed
         3  supervisor sam ends     -> ! conversation_closed
         3  fault                   -> ! conversation_closed
         3  requester asks          -> ! conversation_closed
         3  requester cancels       -> ! conversation_closed
         3  bob accepts 1.1         -> ! conversation_closed
         3  supervisor sam assigns bob -> ! conversation_closed
         3  unassign ann            -> ! conversation_closed
         3  ann transfers to sales  -> ! conversation_closed
         3  router ends 1           -> ! conversation_closed
         3  router refuses 1        -> ! conversation_closed
         3  router tells 1.1        -> ! conversation_closed
         9999999 tick               -> -
         9999999 state              -> closed of ann with [ann]",
    );
}

/// LC-4: a closed conversation is not opened again under its old id either.
#[test]
fn a_conversation_is_opened_once() {
    check(
        &messaging(|_| {}),
        "0 requester -> opened, message of 0
         1 ann opens -> ! wrong_state
         2 ann ends  -> ! not_owner
         3 ann joins -> ann assigned
         4 ann ends  -> closed_complete/agent_ended by ann
         5 ann opens -> ! wrong_state",
    );
}

#[test]
fn a_conversation_that_nobody_opened_answers_nothing() {
    check(
        &messaging(|_| {}),
        "0 ann joins                          -> ! conversation_unknown
         0 requester ends                     -> ! conversation_unknown
         0 fire abandon due 0 armed 1         -> ! conversation_unknown",
    );
}

/// LC-5
#[test]
fn the_first_agent_to_join_gets_the_conversation() {
    check(
        &chat(|_| {}),
        "0 requester -> opened, message of 0
         4 ann joins -> ann assigned
         4 state     -> work_in_progress of ann with [ann]
         5 ann joins -> -",
    );
}

/// LC-5: an accept that comes after the requester left fails.
#[test]
fn nobody_joins_a_conversation_that_the_requester_has_left() {
    check(
        &chat(|_| {}),
        "0 requester      -> opened, message of 0
         4 requester ends -> closed_abandoned/left_before_engagement by requester
         5 ann joins      -> ! conversation_closed",
    );
}

/// LC-6
#[test]
fn the_agent_who_has_it_parks_it_and_takes_it_up_again() {
    check(
        &messaging(|_| {}),
        "0 requester   -> opened, message of 0
         1 ann holds   -> ! not_owner
         2 ann joins   -> ann assigned
         3 bob joins   -> bob added
         4 bob holds   -> ! not_owner
         5 ann resumes -> ! wrong_state
         6 ann holds   -> held by ann
         6 state       -> on_hold of ann with [ann bob]
         7 ann holds   -> ! wrong_state
         8 bob resumes -> ! not_owner
         9 ann resumes -> resumed by ann
         9 state       -> work_in_progress of ann with [ann bob]",
    );
}

/// LC-6, 18.9: the same agent goes on; nothing is refused and nothing reassigned.
#[test]
fn a_message_of_the_requester_takes_a_parked_conversation_up_again() {
    check(
        &messaging(|_| {}),
        "0 requester   -> opened, message of 0
         2 ann joins   -> ann assigned
         6 ann holds   -> held by ann
         7 requester   -> message of 7, resumed
         7 state       -> work_in_progress of ann with [ann]
         8 requester   -> message of 8",
    );
}

/// LC-10, 18.4
#[test]
fn a_requester_who_ends_before_an_agent_came_has_left_before_engagement() {
    check(
        &messaging(|_| {}),
        "0 requester      -> opened, message of 0
         1 requester ends -> closed_abandoned/left_before_engagement by requester",
    );
}

/// LC-13: whoever joined without an offer counts as the agent, and the end shows it.
#[test]
fn a_requester_who_ends_after_an_agent_came_has_completed_it() {
    check(
        &chat(|_| {}),
        "0 requester      -> opened, message of 0
         1 ann joins      -> ann assigned
         2 requester ends -> closed_complete/user_ended by requester",
    );
}

/// LC-14
#[test]
fn only_an_agent_who_has_joined_may_write() {
    check(
        &messaging(|_| {}),
        "0 requester -> opened, message of 0
         1 ann posts -> ! not_participant
         2 ann joins -> ann assigned
         3 ann posts -> ann wrote
         4 bob posts -> ! not_participant",
    );
}

/// PRO-1
#[test]
fn an_agent_who_writes_first_opens_the_conversation_and_has_it() {
    check(
        &messaging(|_| {}),
        "0 ann opens -> opened by ann, ann assigned, ann wrote, held by ann
         0 state     -> on_hold of ann with [ann]
         5 requester -> message of 5, resumed",
    );
}

/// PRO-1: it is for messaging; nobody can be called into a chat.
#[test]
fn an_agent_cannot_open_a_chat() {
    check(
        &chat(|_| {}),
        "0 ann opens -> ! chat_not_agent_initiated
         0 state     -> none",
    );
}

/// PRO-2
#[test]
fn an_agent_who_writes_into_a_live_conversation_is_added_and_the_assignment_stays() {
    check(
        &messaging(|_| {}),
        "0 requester       -> opened, message of 0
         1 ann joins       -> ann assigned
         2 bob contributes -> bob added, bob wrote
         2 state           -> work_in_progress of ann with [ann bob]
         3 bob contributes -> bob wrote
         4 bob posts       -> bob wrote",
    );
}

/// PRO-2, LC-13: into a conversation that nobody has, the contribution is also the assignment.
#[test]
fn an_agent_who_writes_into_a_waiting_conversation_gets_it() {
    check(
        &messaging(|_| {}),
        "0 requester       -> opened, message of 0
         2 bob contributes -> bob assigned, bob wrote
         2 state           -> work_in_progress of bob with [bob]",
    );
}

/// PRO-13
#[test]
fn agents_end_their_own_conversations_and_supervisors_any() {
    let rows = |end: &str| {
        format!(
            "0 requester -> opened, message of 0
             1 ann joins -> ann assigned
             2 bob joins -> bob added
             3 bob ends  -> ! not_owner
             {end}"
        )
    };
    check(&chat(|_| {}), &rows("4 ann ends -> closed_complete/agent_ended by ann"));
    check(&chat(|_| {}), &rows("4 supervisor sam ends -> closed_complete/agent_ended by supervisor sam"));
}

/// Section 3.1, Faulted; CH-11
#[test]
fn a_conversation_whose_actor_fails_is_closed_as_faulted_and_takes_no_message() {
    check(
        &chat(|_| {}),
        "0 requester -> opened, message of 0
         1 fault     -> faulted/error by engine
         2 timers    -> -
         3 requester -> ! conversation_closed",
    );
}
