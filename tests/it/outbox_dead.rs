//! What cannot be delivered: given up in the open, tried again or thrown away; and what is left when the rows are lost.

use crate::outbox_world::{says, tell_outside, tell_pulling, while_before};
use crate::routing_desk::request;
use domain::conversation::ReceiptStatus;
use domain::{ConversationId, Rejection, Seconds};
use engine::{DeadLetter, DeliveryKey, Error, Receipt, Source};
use sim::{Answer, Harness, Pair};

const fn key(conversation: ConversationId, version: u64) -> DeliveryKey {
    DeliveryKey { source: Source::Conversation(conversation), version, part: 0 }
}

async fn dead(harness: &Harness) -> Vec<(DeliveryKey, String)> {
    harness.engine.settle().await.unwrap();
    let (letters, next) = harness.engine.dead_letters(None, None, 100).await.unwrap();
    assert_eq!(next, None);
    letters.into_iter().map(|letter: DeadLetter| (letter.key, letter.code)).collect()
}

/// CH-10: a dead letter is finished, so the next one goes on.
#[test]
fn what_cannot_be_delivered_in_a_day_is_given_up_and_the_next_goes_on() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(
                |tried, _| if tried.text == "one" { Answer::Retry("http_500", None) } else { Answer::Take },
            );
            let id = says(harness, 1, &["one", "two"]).await;
            let said = harness.now();
            harness.advance(Seconds(86_399)).await.unwrap();
            assert_eq!((dead(harness).await, provider.texts(id).len()), (Vec::new(), 0));
            harness.advance(Seconds(1)).await.unwrap();
            assert_eq!(dead(harness).await, [(key(id, 3), "http_500".to_owned())]);
            assert_eq!(provider.texts(id), ["two"]);
            let failed = harness
                .events(id)
                .await
                .unwrap()
                .into_iter()
                .find(|event| event.data()["code"] == "http_500");
            let (failed, tries) = (failed.unwrap(), provider.tried().len() - 1);
            assert_eq!(
                (failed.at(), failed.data()["attempts"].as_u64()),
                (said.plus(Seconds(86_400)), Some(tries as u64))
            );
        },
    );
}

/// CH-10, OPT-4: nothing is tried twice that never will be taken, and nothing at all after an opt-out.
#[test]
fn what_is_refused_is_dead_at_once_and_so_is_all_after_an_opt_out() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|tried, _| match tried.text.as_str() {
                "one" => Answer::Refuse("twilio_30006"),
                "two" => Answer::OptedOut("twilio_21610"),
                _ => Answer::Take,
            });
            let id = says(harness, 1, &["one", "two", "three"]).await;
            let expected = [(3, "twilio_30006"), (5, "twilio_21610"), (6, "opted_out")]
                .map(|(version, code)| (key(id, version), code.to_owned()));
            assert_eq!(dead(harness).await, expected);
            assert_eq!((provider.tried().len(), provider.texts(id)), (2, Vec::new()));
        },
    );
}

/// CH-10: what is tried again goes out before what waits, and what is thrown away is never heard of again.
#[test]
fn a_dead_letter_is_redriven_or_discarded() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|tried, before| match (tried.text.as_str(), before) {
                ("one" | "two", 0) => Answer::Refuse("http_400"),
                ("three", 0) => Answer::Retry("http_500", Some(Seconds(3600))),
                _ => Answer::Take,
            });
            let id = says(harness, 1, &["one", "two", "three"]).await;
            assert_eq!(dead(harness).await.len(), 2);
            harness.engine.redrive(key(id, 3), request("eve")).await.unwrap();
            harness.engine.discard(key(id, 5), request("eve")).await.unwrap();
            assert_eq!(
                (dead(harness).await, provider.texts(id)),
                (Vec::new(), vec!["one".to_owned(), "three".to_owned()])
            );
            let tried: Vec<String> = provider.tried().into_iter().map(|tried| tried.text).collect();
            assert_eq!(tried, ["one", "two", "three", "one", "three"]);
            for (again, refused) in [
                (key(id, 3), Some(Rejection::DeliveryNotDead)),
                (key(id, 99), Some(Rejection::DeliveryUnknown)),
            ] {
                let answer = harness.engine.redrive(again, request("eve")).await.err();
                assert_eq!(answer.map(|error| error.code()), refused.map(|refused| refused.code()));
            }
            let events = harness.events(id).await.unwrap();
            let by: Vec<_> = events
                .iter()
                .filter(|event| event.data()["by"] == "eve")
                .map(|event| event.type_name())
                .collect();
            assert_eq!(by, ["conversation.redriven", "conversation.discarded"]);
        },
    );
}

/// A day-old message is not sent without a question, be it only that the outbox was off.
#[test]
fn what_was_never_tried_in_time_is_given_up_untried() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            let id = says(harness, 1, &["one"]).await;
            harness.pass(Seconds(86_400));
            assert_eq!(dead(harness).await, [(key(id, 3), "too_late".to_owned())]);
            assert!(provider.tried().is_empty());
            harness.engine.redrive(key(id, 3), request("eve")).await.unwrap();
            harness.engine.settle().await.unwrap();
            assert_eq!(provider.texts(id), ["one"]);
        },
    );
}

/// While a provider is left alone, the time of what waits runs out all the same.
#[test]
fn what_waits_for_a_provider_that_is_left_alone_is_given_up_in_time() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|_, _| Answer::Retry("http_503", None));
            for number in 0..20 {
                says(harness, number, &["one"]).await;
            }
            harness.advance(Seconds(86_400 + 301)).await.unwrap();
            let dead = dead(harness).await;
            assert_eq!(dead.len(), 20);
            assert!(dead.iter().all(|(_, code)| code == "http_503"));
            assert!(provider.tried().len() < 900, "{} tries", provider.tried().len());
        },
    );
}

/// MSG-19
#[test]
fn receipts_are_taken_of_what_was_said_and_never_go_back() {
    tell_outside(
        |_| {},
        async |harness, _| {
            let id = says(harness, 1, &["one"]).await;
            harness.engine.settle().await.unwrap();
            harness.end(id, "ann").await.unwrap();
            let receipt = async |version, status| {
                let receipt = Receipt { status, code: None, opted_out: false };
                harness.engine.receipt(key(id, version), receipt, request("provider")).await
            };
            for status in [ReceiptStatus::Delivered, ReceiptStatus::Read, ReceiptStatus::Delivered] {
                receipt(3, status).await.unwrap();
            }
            assert_eq!(
                harness.story(id).await.unwrap()[4..],
                ["dispatched", "closed", "receipt_taken", "receipt_taken"]
            );
            for version in [2, 99] {
                let refused = receipt(version, ReceiptStatus::Read).await.unwrap_err();
                assert!(
                    matches!(refused, Error::Rejected(Rejection::DeliveryUnknown)),
                    "{version} says nothing"
                );
            }
        },
    );
}

/// L4: the rows are a cache.
#[test]
fn rows_that_are_thrown_away_or_behind_change_nothing() {
    for (every, thrown_away) in [(1, false), (1, true), (1000, false)] {
        let often = |setup: &mut sim::Setup| setup.options.outbox_rows_every = every;
        tell_outside(often, async |harness, provider| {
            let back = harness.now().plus(Seconds(60));
            provider.plan(move |tried, before| match tried.text.as_str() {
                "refused" => Answer::Refuse("http_400"),
                _ => while_before(back, |tried| tried.text == "late")(tried, before),
            });
            let mut all = Vec::new();
            for number in 0..5 {
                all.push(says(harness, number, &["one", "refused", "late", "last"]).await);
            }
            harness.engine.settle().await.unwrap();
            let before = (dead(harness).await, provider.arrived().len());
            assert_eq!((before.0.len(), before.1), (5, 5));
            if thrown_away {
                harness.log.survivor().tables().clear("outbox").unwrap();
            }
            harness.restart(Seconds(5), None).await.unwrap();
            assert_eq!((dead(harness).await, provider.arrived().len()), before);
            harness.advance(Seconds(600)).await.unwrap();
            assert!(all.iter().all(|id| provider.texts(*id) == ["one", "late", "last"]));
            let tried: Vec<_> = provider.tried().into_iter().filter(|tried| tried.text != "late").collect();
            assert_eq!(tried.len(), 15, "nothing that was finished was tried again");
        });
    }
}

/// X1, CH-10: what nobody pulls is given up too.
#[test]
fn what_nobody_pulls_is_given_up() {
    tell_pulling(
        &[Pair::SMS],
        |_| {},
        async |harness, provider| {
            let id = says(harness, 1, &["one", "two"]).await;
            harness.advance(Seconds(86_400)).await.unwrap();
            let expected = [3, 5].map(|version| (key(id, version), "not_pulled".to_owned()));
            assert_eq!(dead(harness).await, expected);
            assert!(provider.tried().is_empty());
        },
    );
}

/// CH-10: what is tried again waits for the try that is under way, and not for the pause after it.
#[test]
fn a_redrive_during_a_try_has_its_turn_when_the_try_ends() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|tried, before| match (tried.text.as_str(), before) {
                ("one", 0) => Answer::Refuse("http_400"),
                ("two", 0..8) => Answer::Retry("http_500", Some(Seconds(600))),
                ("two", 8) => Answer::Hang,
                _ => Answer::Take,
            });
            let id = says(harness, 1, &["one", "two"]).await;
            harness.engine.settle().await.unwrap();
            harness.advance(Seconds(8 * 600)).await.unwrap();
            assert_eq!(provider.tried().len(), 10, "the ninth try of the second hangs");
            harness.engine.redrive(key(id, 3), request("eve")).await.unwrap();
            harness.engine.settle().await.unwrap();
            assert_eq!(provider.texts(id), Vec::<String>::new());
            harness.advance(Seconds(30)).await.unwrap();
            assert_eq!(provider.texts(id)[..1], ["one"]);
        },
    );
}

/// CH-10, L5: a redrive makes nobody forget that what it overtakes was tried, and itself was tried before. From the second
/// try on a provider that drops no repeats is asked whether an earlier one went through.
#[test]
fn what_a_redrive_overtakes_is_known_to_have_been_tried() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|tried, before| match (tried.text.as_str(), before) {
                ("one", 0) => Answer::Refuse("http_400"),
                ("one", 1) | ("two", 0) => Answer::Retry("timeout", Some(Seconds(600))),
                _ => Answer::Take,
            });
            let id = says(harness, 1, &["one", "two", "three"]).await;
            harness.engine.settle().await.unwrap();
            harness.engine.redrive(key(id, 3), request("eve")).await.unwrap();
            harness.advance(Seconds(1300)).await.unwrap();
            let tried = provider.tried().into_iter();
            let tried: Vec<(String, u32)> = tried.map(|tried| (tried.text, tried.attempt)).collect();
            let expected = [("one", 1), ("two", 1), ("one", 2), ("one", 3), ("two", 2), ("three", 1)];
            assert_eq!(tried, expected.map(|(text, attempt)| (text.to_owned(), attempt)));
        },
    );
}
