//! Section 6.1: the idle clock of an engaged chat.

use super::story::{Teller, at, chat, check, fire};
use crate::conversation::ConversationEvent;
use crate::{Seconds, conversation::Policy};

/// The figures of the examples, which are legal only with a sweep of at most 30 seconds (IDLE-6).
fn example(human_only: bool) -> Policy {
    chat(|settings| {
        settings.idle_chat.timer_task_interval = Seconds(30);
        settings.idle_chat.reminder_timeout = Seconds(30);
        settings.idle_chat.cancel_timeout = Seconds(60);
        settings.idle_chat.start_after_agent_response = human_only;
    })
}

/// IDLE-2, IDLE-3, IDLE-8, 18.1: both legs are counted from the same origin.
#[test]
fn a_silent_requester_is_reminded_at_180_and_the_chat_is_closed_at_360() {
    check(
        &chat(|_| {}),
        "0    requester -> opened, message of 0
         10   ann joins -> ann assigned
         100  ann posts -> ann wrote
         100  timers    -> idle_reminder at 280, idle_cancel at 460
         279  tick      -> -
         280  tick      -> reminder due 280
         281  timers    -> idle_cancel at 460
         459  tick      -> -
         460  tick      -> closed_complete/no_user_response by idle_cancel due 460",
    );
}

/// IDLE-4, first of the examples: each later message of the agent moves the anchor.
#[test]
fn every_message_of_the_agent_starts_the_clock_anew() {
    check(
        &example(false),
        "0   requester -> opened, message of 0
         10  ann joins -> ann assigned
         20  ann posts -> ann wrote
         40  ann posts -> ann wrote
         50  tick      -> -
         70  tick      -> reminder due 70
         80  ann posts -> ann wrote
         80  timers    -> idle_reminder at 110, idle_cancel at 140
         110 tick      -> reminder due 110
         140 tick      -> closed_complete/no_user_response by idle_cancel due 140",
    );
}

/// IDLE-4, 18.2: with the flag unset, joining is enough, because it is an automated message of the agent's side.
#[test]
fn joining_starts_the_clock_when_automated_messages_count() {
    check(
        &example(false),
        "0   requester -> opened, message of 0
         10  ann joins -> ann assigned
         40  tick      -> reminder due 40
         70  tick      -> closed_complete/no_user_response by idle_cancel due 70",
    );
}

/// IDLE-4, IDLE-15, 18.2, second of the examples: not even the conversation timeout closes it.
#[test]
fn with_the_flag_set_a_chat_whose_agent_never_writes_never_times_out() {
    check(
        &example(true),
        "0      requester -> opened, message of 0
         10     ann joins -> ann assigned
         10     timers    -> -
         20     requester -> message of 20
         20     bob joins -> bob added
         20     timers    -> -
         999999 tick      -> -
         999999 state     -> work_in_progress of ann with [ann bob]",
    );
}

/// IDLE-4, 18.2
#[test]
fn with_the_flag_set_the_first_message_that_a_person_wrote_starts_the_clock() {
    check(
        &example(true),
        "0   requester -> opened, message of 0
         10  ann joins -> ann assigned
         500 ann posts -> ann wrote
         530 tick      -> reminder due 530
         540 bob joins -> bob added
         540 timers    -> idle_cancel at 560
         560 tick      -> closed_complete/no_user_response by idle_cancel due 560",
    );
}

/// IDLE-4: with the flag unset, another agent who comes is a later automated message.
#[test]
fn another_agent_who_joins_moves_the_anchor_when_automated_messages_count() {
    check(
        &example(false),
        "0  requester -> opened, message of 0
         10 ann joins -> ann assigned
         40 tick      -> reminder due 40
         50 bob joins -> bob added
         50 timers    -> idle_reminder at 80, idle_cancel at 110",
    );
}

/// IDLE-4: the reminder is no anchor.
#[test]
fn the_reminder_itself_moves_nothing() {
    check(
        &chat(|_| {}),
        "0   requester -> opened, message of 0
         0   ann joins -> ann assigned
         300 tick      -> reminder due 180
         300 timers    -> idle_cancel at 360",
    );
}

/// IDLE-5
#[test]
fn an_answer_of_the_requester_stops_the_clock_and_forgets_the_reminder() {
    check(
        &chat(|_| {}),
        "0   requester -> opened, message of 0
         10  ann joins -> ann assigned
         190 tick      -> reminder due 190
         200 requester -> message of 200
         200 timers    -> conversation_idle at 7400
         460 tick      -> -
         500 ann posts -> ann wrote
         680 tick      -> reminder due 680
         681 tick      -> -",
    );
}

/// IDLE-5: the state says so too, for whoever shows it.
#[test]
fn an_answer_clears_the_reminder_in_the_state() {
    let mut teller = Teller::new(chat(|_| {}));
    teller.tell(0, "requester");
    teller.tell(0, "ann joins");
    teller.tell(180, "tick");
    assert!(teller.state.as_ref().unwrap().anchors.reminded);
    teller.tell(200, "requester");
    assert!(!teller.state.as_ref().unwrap().anchors.reminded);
}

/// IDLE-5
#[test]
fn the_reminder_comes_once_for_each_stretch_of_silence() {
    check(
        &chat(|_| {}),
        "0   requester -> opened, message of 0
         10  ann joins -> ann assigned
         190 tick      -> reminder due 190
         191 tick      -> -
         369 tick      -> -
         369 fire idle_reminder due 190 armed 3 -> -",
    );
}

/// IDLE-7: exact by default.
#[test]
fn firing_is_exact_unless_it_is_quantised() {
    check(
        &chat(|_| {}),
        "0 requester  -> opened, message of 0
         61 ann joins -> ann assigned
         61 timers    -> idle_reminder at 241, idle_cancel at 421",
    );
}

/// IDLE-7, 18.3: up to the next multiple of J, a reminder between 180 and 300 seconds after its anchor, never early.
#[test]
fn quantised_firing_is_rounded_up_to_a_multiple_of_the_sweep() {
    let quantised = chat(|settings| settings.idle_chat.quantise_to_interval = true);
    check(
        &quantised,
        "0   requester -> opened, message of 0
         61  ann joins -> ann assigned
         61  timers    -> idle_reminder at 360, idle_cancel at 480
         359 tick      -> -
         360 tick      -> reminder due 360
         480 tick      -> closed_complete/no_user_response by idle_cancel due 480",
    );
    check(
        &quantised,
        "0   requester -> opened, message of 0
         60  ann joins -> ann assigned
         60  timers    -> idle_reminder at 240, idle_cancel at 480",
    );
}

/// IDLE-7: with the defaults the delay is in [0, J), wherever the anchor falls.
#[test]
fn a_quantised_reminder_is_less_than_one_sweep_late() {
    let quantised = chat(|settings| settings.idle_chat.quantise_to_interval = true);
    for joined in 0..240 {
        let mut teller = Teller::new(quantised.clone());
        teller.tell(0, "requester");
        teller.tell(joined, "ann joins");
        let due = teller.armed()[0].due;
        let late_ms = due.since_ms(at(joined + 180));
        assert!((0..120_000).contains(&late_ms) && due.0 % 120_000 == 0, "{joined}: {due:?}");
    }
}

/// IDLE-9
#[test]
fn the_clock_does_not_run_before_an_agent_came() {
    check(
        &chat(|_| {}),
        "0    requester -> opened, message of 0
         0    timers    -> conversation_idle at 7200
         7199 tick      -> -",
    );
}

/// IDLE-16
#[test]
fn reminder_notice_and_farewell_have_the_documented_words() {
    let mut teller = Teller::new(chat(|_| {}));
    teller.tell(0, "requester");
    teller.tell(0, "ann joins");
    let due = at(180);
    let reminder = ConversationEvent::IdleReminderSent {
        due,
        requester_text: "The conversation is timing out, are you still there?".to_owned(),
        agent_text: "User response will indicate if they want to continue the chat.".to_owned(),
    };
    assert_eq!(teller.tick(due), [reminder]);
    let cancel = teller.armed()[0];
    let closed = teller.give(at(360), &fire(cancel)).unwrap();
    let Some(ConversationEvent::Closed { requester_text, .. }) = closed.first() else {
        panic!("{closed:?}");
    };
    assert_eq!(requester_text.as_deref(), Some("It seems you have left the conversation"));
}
