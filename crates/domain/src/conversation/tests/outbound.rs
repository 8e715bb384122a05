//! What becomes of what a conversation says: in order, once in effect, given up in the open, and after the end too.

use super::story::{Teller, at, chat, messaging};
use crate::conversation::{
    CODE_MAX, Command, ConversationEvent, DEAD_MAX_COUNT, OutboundCommand, PROVIDER_ID_MAX,
    RECEIPTS_MAX_COUNT, ReceiptStatus, Utterance, timers,
};
use crate::{Personal, Rejection};
use OutboundCommand::{Discard, Redrive, SettleDispatched, SettleFailed, TakeReceipt};

fn which(of: u64, part: u16) -> Utterance {
    Utterance { of, part }
}

fn sent(of: u64, part: u16) -> OutboundCommand {
    SettleDispatched { which: which(of, part), provider_id: None, attempts: 1 }
}

fn failed(of: u64, part: u16) -> OutboundCommand {
    SettleFailed { which: which(of, part), code: "http_500".to_owned(), attempts: 3 }
}

fn redrive(of: u64, part: u16) -> OutboundCommand {
    Redrive { which: which(of, part), by: "eve".to_owned() }
}

fn discard(of: u64, part: u16) -> OutboundCommand {
    Discard { which: which(of, part), by: "eve".to_owned() }
}

fn receipt(of: u64, status: ReceiptStatus) -> OutboundCommand {
    TakeReceipt { which: which(of, 0), status, code: None }
}

/// A conversation whose agent has written as often as wanted.
fn answered(times: u32) -> Teller {
    let mut teller = Teller::new(messaging(|_| {}));
    teller.tell(0, "requester");
    teller.tell(1, "ann joins");
    (0..times).for_each(|number| drop(teller.tell(2 + number, "ann posts")));
    teller
}

/// How many facts each command leads to, or why it is refused.
fn told(teller: &mut Teller, commands: &[OutboundCommand]) -> Vec<Result<usize, Rejection>> {
    let mut give = |command: &OutboundCommand| {
        let events = teller.give(at(100), &Command::Outbound(command.clone()))?;
        Ok(events.len())
    };
    commands.iter().map(&mut give).collect()
}

/// CH-10: one mark is enough, because what is said leaves in order.
#[test]
fn what_is_settled_is_settled_once_and_with_all_before_it() {
    let mut teller = answered(2);
    assert_eq!(
        told(&mut teller, &[sent(4, 0), sent(4, 0), sent(3, 1), failed(4, 0)]),
        [Ok(1), Ok(0), Ok(0), Ok(0)]
    );
    let outbound = &teller.state.as_ref().unwrap().outbound;
    assert_eq!(outbound.settled, Some(which(4, 0)));
    assert!(outbound.is_open(which(4, 1)) && outbound.is_open(which(5, 0)) && !outbound.is_open(which(3, 7)));
}

/// CH-10, OPT-4
#[test]
fn a_dead_letter_lets_the_next_one_go_on_and_can_be_redriven_or_discarded() {
    let mut teller = answered(3);
    let story = [failed(4, 0), failed(4, 0), sent(5, 0), redrive(4, 0), redrive(4, 0), failed(4, 0)];
    assert_eq!(told(&mut teller, &story), [Ok(1), Ok(0), Ok(1), Ok(1), Ok(0), Ok(1)]);
    let outbound = &teller.state.as_ref().unwrap().outbound;
    assert_eq!((outbound.settled, outbound.dead.len()), (Some(which(5, 0)), 1));
    assert_eq!(outbound.dead[&which(4, 0)].code, "http_500");
    assert_eq!(told(&mut teller, &[redrive(4, 0), sent(4, 0), discard(4, 0)]), [Ok(1), Ok(1), Ok(0)]);
    // What went out, or was not yet given up, is not a dead letter.
    let refused = Err(Rejection::DeliveryNotDead);
    assert_eq!(told(&mut teller, &[redrive(4, 0), discard(6, 0)]), [refused.clone(), refused]);
    assert_eq!(told(&mut teller, &[failed(6, 0), discard(6, 0), discard(6, 0)]), [Ok(1), Ok(1), Ok(0)]);
    assert_eq!(teller.state.as_ref().unwrap().outbound.dead.len(), 0);
}

/// L5: an answer that was lost is made up for.
#[test]
fn what_was_given_up_may_turn_out_to_have_gone_through() {
    let mut teller = answered(1);
    assert_eq!(told(&mut teller, &[failed(4, 0), sent(4, 0), sent(4, 0)]), [Ok(1), Ok(1), Ok(0)]);
    assert!(teller.state.unwrap().outbound.dead.is_empty());
}

/// MSG-19
#[test]
fn a_receipt_never_goes_back() {
    use ReceiptStatus::{Delivered, Failed, Read};
    let mut teller = answered(1);
    let receipts = [receipt(4, Failed), receipt(4, Delivered), receipt(4, Delivered), receipt(4, Read)];
    assert_eq!(told(&mut teller, &receipts), [Ok(1), Ok(1), Ok(0), Ok(1)]);
    assert_eq!(told(&mut teller, &[receipt(4, Delivered), receipt(4, Failed)]), [Ok(0), Ok(0)]);
}

/// C1: also after the end, and it changes nothing of what the conversation is.
#[test]
fn facts_about_what_went_before_are_added_after_the_end() {
    let mut teller = answered(1);
    teller.tell(50, "ann ends");
    let before = teller.state.clone().unwrap();
    let story = [sent(4, 0), failed(5, 0), receipt(4, ReceiptStatus::Read), redrive(5, 0), discard(5, 0)];
    assert_eq!(told(&mut teller, &story), [Ok(1), Ok(1), Ok(1), Ok(1), Ok(1)]);
    let after = teller.state.unwrap();
    assert_eq!(after.version, before.version + 5);
    let same = |state: &crate::conversation::Conversation| {
        let mut state = state.clone();
        (state.version, state.last_at, state.outbound) = Default::default();
        state
    };
    assert_eq!(same(&after), same(&before));
}

/// C1
#[test]
fn nothing_is_added_to_a_conversation_that_faulted() {
    let mut teller = answered(1);
    teller.give(at(60), &Command::Fault).unwrap();
    assert_eq!(told(&mut teller, &[sent(4, 0)]), [Err(Rejection::ConversationClosed)]);
}

#[test]
fn a_fact_that_is_not_there_is_unknown() {
    let mut teller = answered(1);
    let unknown = Err(Rejection::DeliveryUnknown);
    assert_eq!(told(&mut teller, &[sent(0, 0), receipt(5, ReceiptStatus::Read)]), [unknown.clone(), unknown]);
}

/// T2: nobody's silence is shorter for it.
#[test]
fn no_timer_hangs_on_what_became_of_a_message() {
    let mut teller = Teller::new(chat(|_| {}));
    for input in ["requester", "ann joins", "ann posts"] {
        teller.tell(0, input);
    }
    let armed = timers(teller.state.as_ref().unwrap());
    told(&mut teller, &[sent(4, 0), receipt(4, ReceiptStatus::Read)]);
    assert_eq!(timers(teller.state.as_ref().unwrap()), armed);
}

/// X1
#[test]
fn everything_that_is_remembered_is_bounded() {
    let most = u32::try_from(DEAD_MAX_COUNT.max(RECEIPTS_MAX_COUNT) + 5).unwrap();
    let mut teller = answered(most);
    for of in 4..u64::from(most) + 4 {
        told(&mut teller, &[failed(of, 0), receipt(of, ReceiptStatus::Delivered)]);
    }
    let outbound = &teller.state.as_ref().unwrap().outbound;
    assert_eq!((outbound.dead.len(), outbound.receipts.len()), (DEAD_MAX_COUNT, RECEIPTS_MAX_COUNT));
    // What was forgotten stays as it was.
    assert_eq!(told(&mut teller, &[receipt(4, ReceiptStatus::Read)]), [Ok(0)]);
    let mut teller = answered(1);
    let long = SettleFailed { which: which(4, 0), code: "é".repeat(CODE_MAX), attempts: 1 };
    told(&mut teller, &[long]);
    assert_eq!(teller.state.as_ref().unwrap().outbound.dead[&which(4, 0)].code.len(), CODE_MAX);
    let provider_id = Some(Personal::new("x".repeat(PROVIDER_ID_MAX + 1)));
    let command = SettleDispatched { which: which(4, 0), provider_id, attempts: 1 };
    let events = teller.give(at(9), &Command::Outbound(command)).unwrap();
    assert!(matches!(events[..], [ConversationEvent::Dispatched { provider_id: None, .. }]));
}
