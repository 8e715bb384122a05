//! Section 2: who the requester is, and what may be sent to them.

use super::story::{Teller, at, check, messaging, opening, user};
use crate::channel::{ChannelKind, Messages};
use crate::conversation::{Command, Context};
use crate::conversation::{Lifecycle, Origin, decide};
use crate::notice::Texts;
use crate::{AttachmentRules, Rejection};

/// OPT-6: it is parked without an answer being asked of anybody, and silence closes it as ever.
#[test]
fn opting_out_parks_a_conversation_and_silence_closes_it() {
    check(
        &messaging(|_| {}),
        "0      requester       -> opened, message of 0
         10     ann contributes -> ann assigned, ann wrote
         20     requester       -> message of 20
         30     opts out        -> opted out
         30     state           -> on_hold of ann with [ann]
         30     timers          -> abandon at 172830
         40     ann posts       -> ! opted_out
         40     bob contributes -> ! opted_out
         50     opts out        -> -
         172830 tick            -> closed_abandoned/requester_silent by abandon due 172830",
    );
}

/// OPT-6: the word is no answer to the agent, whose message goes on running.
#[test]
fn opting_out_does_not_postpone_the_end() {
    check(
        &messaging(|_| {}),
        "0      requester       -> opened, message of 0
         10     ann contributes -> ann assigned, ann wrote
         1000   opts out        -> opted out
         1000   timers          -> abandon at 172810",
    );
}

/// OPT-6: it lifts the block and nothing else.
#[test]
fn opting_in_makes_it_possible_to_write_and_the_agent_takes_it_up_by_hand() {
    check(
        &messaging(|_| {}),
        "0  requester       -> opened, message of 0
         10 ann contributes -> ann assigned, ann wrote
         20 opts out        -> opted out
         25 requester       -> message of 25
         25 state           -> on_hold of ann with [ann]
         30 opts in         -> opted in
         30 state           -> on_hold of ann with [ann]
         40 ann resumes     -> resumed by ann
         50 ann posts       -> ann wrote",
    );
}

/// OPT-6: who cannot be answered waits for nobody, and is told nothing.
#[test]
fn opting_out_ends_the_wait_without_a_word() {
    check(
        &messaging(|_| {}),
        "0  requester      -> opened, message of 0
         0  request        -> of 1
         10 opts out       -> opted out
         10 request        -> none
         20 router tells 1.1 -> ! offer_stale
         30 requester      -> message of 30
         30 request        -> none
         40 opts in        -> opted in
         50 requester      -> message of 50, agent requested",
    );
}

/// OPT-6
#[test]
fn nobody_writes_first_to_whoever_has_opted_out() {
    let opted_out = |origin| {
        let Command::Open(mut opening) = opening(messaging(|_| {}), origin, super::story::message(1)) else {
            panic!("an opening opens")
        };
        opening.opted_out = true;
        Command::Open(opening)
    };
    let context = Context {
        now: at(0),
        messages: &Messages::default(),
        texts: &Texts::default(),
        kind: Some(ChannelKind::Sms),
        attachments: AttachmentRules::defaults(ChannelKind::Sms),
    };
    let by_agent = opted_out(Origin::Agent(super::story::agent("ann")));
    assert_eq!(decide(None, &by_agent, context), Err(Rejection::OptedOut));
    let mut teller = Teller::new(messaging(|_| {}));
    let written = opted_out(Origin::Requester { sent_at: None, redelivered: false });
    teller.give(at(0), &written).unwrap();
    let state = teller.state.unwrap();
    assert!(state.opted_out.is_some() && state.request.is_none() && state.lifecycle == Lifecycle::New);
}

/// PRO-10: the reply makes it work, and counts from then on.
#[test]
fn what_an_agent_wrote_first_is_parked_until_the_requester_replies() {
    check(
        &messaging(|_| {}),
        "0  ann opens -> opened by ann, ann assigned, ann wrote, held by ann
         0  state     -> on_hold of ann with [ann]
         5  ann posts -> ann wrote
         9  requester -> message of 9, resumed
         9  state     -> work_in_progress of ann with [ann]",
    );
}

/// ID-9
#[test]
fn whoever_has_it_or_a_supervisor_says_who_the_requester_is() {
    check(
        &messaging(|_| {}),
        "0  requester                      -> opened, message of 0
         10 ann joins                      -> ann assigned
         20 bob takes it for u-1           -> ! not_owner
         30 ann takes it for u-1           -> from nobody to u-1 by ann
         40 ann takes it for u-1           -> -
         50 supervisor sam takes it for u-2 -> from u-1 to u-2 by sam
         60 pin of u-3                     -> from u-2 to u-3 by pin
         70 ann ends                       -> closed_complete/agent_ended by ann
         80 ann takes it for u-1           -> ! conversation_closed",
    );
    let mut teller = Teller::new(messaging(|_| {}));
    teller.tell(0, "requester");
    teller.tell(1, "pin of u-3");
    assert_eq!(teller.state.unwrap().user, Some(user("u-3")));
}

/// PRO-4
#[test]
fn what_is_superseded_is_closed_by_the_agent_who_said_so() {
    check(
        &messaging(|_| {}),
        "0 requester         -> opened, message of 0
         9 superseded by ann -> closed_complete/superseded by ann
         9 superseded by ann -> ! conversation_closed",
    );
}
