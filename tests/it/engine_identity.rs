//! Taking a number over is one decision, whatever dies around it; and what the provider says of consent.

use crate::routing_desk::request;
use crate::support::tell;
use domain::contact::Contact;
use domain::conversation::{ReceiptStatus, StateReason};
use domain::{AgentId, Content, Personal, Principal, Rejection, Role, Seconds, UserId};
use engine::{Accepted, AgentInitiated, CommandId, DeliveryKey, Error, Receipt, Request, Source};
use sim::{Harness, Kill, Pair, Step};
use uuid::Uuid;

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// Ann writes to a user at the pair's number, always under one id for one user.
async fn writes_to(harness: &Harness, pair: &Pair, name: &str, take_over: bool) -> Result<Accepted, Error> {
    let first = AgentInitiated {
        agent: AgentId::new("ann").unwrap(),
        to: Personal::new(pair.requester.clone()),
        from: pair.company.clone(),
        content: Content::text_only("It is Ann.").unwrap(),
        user: Some(user(name)),
        take_over,
    };
    let id = CommandId { scope: "test".to_owned(), id: name.to_owned(), body: Vec::new() };
    let principal = Principal { role: Role::Agent, name: "ann".to_owned() };
    let request = Request { principal, correlation: Uuid::nil(), command: Some(id) };
    harness.engine.contribute(&pair.channel, first, request).await
}

async fn contact(harness: &Harness, pair: &Pair) -> Contact {
    harness.engine.contact(&pair.channel, &pair.requester).await.unwrap().unwrap()
}

/// PRO-4, L2, L6: close, deactivate, create and create are one record. Of a crash around it all is left, or nothing, and
/// the same again leads to the same end.
#[test]
fn a_crash_while_a_number_is_taken_over_leaves_all_of_it_or_nothing() {
    for step in [Step::BeforeCommit, Step::AfterCommitBeforeReply] {
        tell(async |harness| {
            let pair = Pair::sms(1, 0);
            let old = writes_to(harness, &pair, "ada", false).await.unwrap().conversation;
            let held = writes_to(harness, &pair, "bea", false).await;
            assert!(matches!(held, Err(Error::Rejected(Rejection::NumberHeld))), "{held:?}");
            harness.log.kill_at(Kill { commit: 1, step });
            let died = writes_to(harness, &pair, "bea", true).await;
            assert!(matches!(died, Err(Error::Store(_))), "{died:?}");
            harness.restart(Seconds(1), None).await.unwrap();
            let taken = step == Step::AfterCommitBeforeReply;
            let there = contact(harness, &pair).await;
            assert_eq!(there.user(), Some(&user(if taken { "bea" } else { "ada" })));
            assert_eq!(there.active.values().any(|active| *active == old), !taken);
            assert_eq!(harness.state(old).await.unwrap().is_closed(), taken);

            let again = writes_to(harness, &pair, "bea", true).await.unwrap();
            assert_eq!(again.duplicate, taken);
            let there = contact(harness, &pair).await;
            assert_eq!(there.active.values().collect::<Vec<_>>(), [&again.conversation]);
            assert_eq!(there.profile.map(|profile| profile.number), Some(2));
            let closed = harness.state(old).await.unwrap();
            assert_eq!(closed.closing.map(|(_, reason)| reason), Some(StateReason::Superseded));
        });
    }
}

/// PRO-4, LC-14: the old conversation's actor is awake and learns of its end from the log.
#[test]
fn an_actor_whose_conversation_was_superseded_refuses_and_lets_a_close_be() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let old = writes_to(harness, &pair, "ada", false).await.unwrap().conversation;
        harness.post(old, "ann", "are you there?").await.unwrap();
        let new = writes_to(harness, &pair, "bea", true).await.unwrap().conversation;
        for refused in [harness.post(old, "ann", "hello?").await, harness.end(old, "ann").await] {
            assert!(matches!(refused, Err(Error::Rejected(Rejection::ConversationClosed))), "{refused:?}");
        }
        assert_eq!(harness.inbound(&pair, "this is Bea").await.unwrap().conversation, new);
    });
}

/// OPT-6, T2: what silence does after an opt-out is for its timer, which the conversation's actor has not armed itself.
#[test]
fn a_conversation_that_was_parked_by_a_word_is_abandoned_in_time() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        harness.inbound(&pair, "STOP").await.unwrap();
        assert_eq!(harness.advance(Seconds(172_801)).await.unwrap(), 1);
        let closed = harness.state(id).await.unwrap();
        assert_eq!(closed.closing.map(|(_, reason)| reason), Some(StateReason::RequesterSilent));
    });
}

/// OPT-4: the provider refuses what was sent, and from then on nobody tries; the requester can still lift that.
#[test]
fn a_refusal_of_the_provider_is_an_opt_out_and_start_lifts_it_at_once() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        harness.post(id, "ann", "hello?").await.unwrap();
        let source = Source::Conversation(id);
        let key = DeliveryKey { source, version: harness.state(id).await.unwrap().version, part: 0 };
        let receipt = Receipt { status: ReceiptStatus::Failed, code: None, opted_out: true };
        harness.engine.receipt(key, receipt, request("provider")).await.unwrap();
        let refused = harness.post(id, "ann", "hello?").await;
        assert!(matches!(refused, Err(Error::Rejected(Rejection::OptedOut))), "{refused:?}");
        harness.inbound(&pair, "yes").await.unwrap();
        harness.post(id, "ann", "hello?").await.unwrap();
    });
}

/// OPT-6, T3: what was due before the word happens before it.
#[test]
fn a_word_that_comes_late_finds_done_what_was_due() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        harness.pass(Seconds(3600));
        harness.inbound(&pair, "STOP").await.unwrap();
        let story = harness.story(id).await.unwrap();
        let expected =
            ["opened", "requester_message_posted", "agent_joined", "agent_prompted", "consent_changed"];
        assert_eq!(story, expected);
    });
}
