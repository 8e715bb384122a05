//! Notifications leave like what is said in conversations: in order, under keys of their own, given up in the open.

use crate::outbox_world::{contact, guest, notify, says, tell_outside, tell_pulling};
use crate::routing_desk::request;
use domain::contact::Grounds;
use domain::conversation::ReceiptStatus;
use domain::{Address, ConversationId, Rejection, Seconds, UserId};
use engine::{DeliveryKey, Error, Outgoing, Receipt, Settlement, Source};
use sim::{Answer, Harness, Pair};

/// A requester who subscribed by text message.
async fn subscriber(harness: &Harness) -> (Pair, Source) {
    let pair = Pair::sms(7, 0);
    harness.inbound(&pair, "START").await.unwrap();
    let source = contact(harness, &pair);
    (pair, source)
}

async fn dead(harness: &Harness) -> Vec<(DeliveryKey, String)> {
    harness.engine.settle().await.unwrap();
    let (letters, _) = harness.engine.dead_letters(None, None, 100).await.unwrap();
    letters.into_iter().map(|letter| (letter.key, letter.code)).collect()
}

/// NTF-1, CH-10, L5: whatever fails, and whatever a conversation with the same requester says meanwhile.
#[test]
fn notifications_leave_in_order_under_keys_of_their_own() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|tried, before| match (tried.text.as_str(), before) {
                ("news", 0) => Answer::Retry("http_500", Some(Seconds(60))),
                ("news", 1) => Answer::TakeAndSayNothing,
                _ => Answer::Take,
            });
            let (pair, source) = subscriber(harness).await;
            for text in ["news", "more"] {
                notify(harness, &pair, text).await.unwrap();
                assert!(notify(harness, &pair, text).await.unwrap().duplicate);
            }
            let talk = says(harness, 7, &["one"]).await;
            harness.engine.settle().await.unwrap();
            assert_eq!((provider.texts(talk), provider.texts_of(source)), (vec!["one".to_owned()], vec![]));
            harness.advance(Seconds(200)).await.unwrap();
            assert_eq!(provider.texts_of(source), ["news", "more"]);
            let news = DeliveryKey { source, version: 3, part: 0 };
            let tried: Vec<_> = provider.tried().into_iter().filter(|tried| tried.text == "news").collect();
            assert_eq!(tried.len(), 3);
            assert!(tried.iter().all(|tried| tried.key == news), "{tried:?}");
            let known = harness.engine.contact(&pair.channel, &pair.requester).await.unwrap().unwrap();
            assert_eq!(known.outbound.settled.map(|settled| settled.of), Some(4));
        },
    );
}

/// CH-10
#[test]
fn a_notification_that_is_refused_is_redriven_or_discarded() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|_, before| if before == 0 { Answer::Refuse("http_400") } else { Answer::Take });
            let pair = guest();
            for text in ["one", "two"] {
                notify(harness, &pair, text).await.unwrap();
            }
            let source = contact(harness, &pair);
            let [one, two] = [2, 3].map(|version| DeliveryKey { source, version, part: 0 });
            assert_eq!(dead(harness).await, [one, two].map(|key| (key, "http_400".to_owned())));
            assert_eq!(harness.engine.channel_of(one).await.unwrap(), pair.channel);
            let accepted = harness.engine.redrive(one, request("eve")).await.unwrap();
            assert!(accepted.conversation.is_none());
            harness.engine.discard(two, request("eve")).await.unwrap();
            assert_eq!((dead(harness).await, provider.texts_of(source)), (vec![], vec!["one".to_owned()]));
            let again = harness.engine.redrive(two, request("eve")).await;
            assert!(matches!(again, Err(Error::Rejected(Rejection::DeliveryNotDead))), "{again:?}");
        },
    );
}

/// OPT-1, OPT-4, OPT-6: by phone only to who subscribed; and what waits when they opt out is not sent.
#[test]
fn whoever_has_not_subscribed_or_has_opted_out_is_sent_nothing() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            let stranger = notify(harness, &Pair::sms(8, 0), "news").await;
            assert!(matches!(stranger, Err(Error::Rejected(Rejection::NotSubscribed))), "{stranger:?}");
            let (pair, source) = subscriber(harness).await;
            let elsewhere =
                notify(harness, &Pair { company: Pair::sms(7, 1).company, ..pair.clone() }, "x").await;
            assert!(matches!(elsewhere, Err(Error::Rejected(Rejection::NotSubscribed))), "{elsewhere:?}");
            notify(harness, &pair, "news").await.unwrap();
            harness.inbound(&pair, "STOP").await.unwrap();
            let key = DeliveryKey { source, version: 3, part: 0 };
            assert_eq!(dead(harness).await, [(key, "opted_out".to_owned())]);
            let late = notify(harness, &pair, "late").await;
            assert!(matches!(late, Err(Error::Rejected(Rejection::OptedOut))), "{late:?}");
            assert!(provider.tried().is_empty());
        },
    );
}

/// OPT-4: 21610 at a notification blocks the pair for everything.
#[test]
fn a_notification_that_the_provider_refuses_for_an_opt_out_is_one() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|_, _| Answer::OptedOut("twilio_21610"));
            let (pair, source) = subscriber(harness).await;
            let talk = harness.inbound(&pair, "hello").await.unwrap().conversation;
            harness.join(talk, "ann").await.unwrap();
            notify(harness, &pair, "news").await.unwrap();
            let known = harness.engine.contact(&pair.channel, &pair.requester).await.unwrap().unwrap();
            let key = DeliveryKey { source, version: known.version, part: 0 };
            assert!(dead(harness).await.contains(&(key, "twilio_21610".to_owned())));
            let refused = harness.post(talk, "ann", "hello?").await;
            assert!(matches!(refused, Err(Error::Rejected(Rejection::OptedOut))), "{refused:?}");
        },
    );
}

/// CH-10, MSG-19
#[test]
fn a_notification_is_pulled_and_its_receipts_are_taken() {
    tell_pulling(
        &["own"],
        |_| {},
        async |harness, provider| {
            let pair = guest();
            notify(harness, &pair, "one").await.unwrap();
            notify(harness, &pair, "two").await.unwrap();
            harness.engine.settle().await.unwrap();
            let next = async || harness.engine.outbound(&pair.channel, None, 10).await.unwrap().0;
            let found = next().await;
            let [delivery] = &found[..] else { panic!("{found:?}") };
            let Outgoing::Message(message) = &delivery.what else { panic!("{found:?}") };
            assert_eq!((message.text.expose().as_str(), message.from.as_str()), ("one", "shop"));
            assert!(message.notification.is_some() && message.message.is_none());
            let receipt = |status| Receipt { status, code: None, opted_out: false };
            let (sent, gateway) = (Settlement::Sent { provider_id: None }, request("gateway"));
            harness.engine.settle_delivery(delivery.key, sent, gateway.clone()).await.unwrap();
            for status in [ReceiptStatus::Delivered, ReceiptStatus::Failed] {
                harness.engine.receipt(delivery.key, receipt(status), gateway.clone()).await.unwrap();
            }
            let unsaid = DeliveryKey { version: 1, ..delivery.key };
            let refused = harness.engine.receipt(unsaid, receipt(ReceiptStatus::Read), gateway).await;
            assert!(matches!(refused, Err(Error::Rejected(Rejection::DeliveryUnknown))), "{refused:?}");
            harness.engine.settle().await.unwrap();
            assert_eq!(next().await[0].key, DeliveryKey { version: 3, ..delivery.key });
            let known = harness.engine.contact(&pair.channel, &pair.requester).await.unwrap().unwrap();
            assert_eq!(known.outbound.receipts.values().collect::<Vec<_>>(), [&ReceiptStatus::Delivered]);
            assert!(provider.tried().is_empty());
        },
    );
}

/// An agent or the number's user says who is there.
async fn is_taken_for(harness: &Harness, talk: ConversationId, user: &str) {
    let user = UserId::new(user).unwrap();
    harness.engine.reassociate(talk, user, Grounds::Pin, request("desk")).await.unwrap();
}

/// ID-9, PRO-4: a notification for the old holder never reaches the new one, be it redriven.
#[test]
fn what_was_meant_for_the_old_holder_never_goes_to_the_new_one() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|tried, _| match tried.text.as_str() {
                "refused" => Answer::Refuse("http_400"),
                "waits" => Answer::Retry("http_503", Some(Seconds(60))),
                _ => Answer::Take,
            });
            let pair = guest();
            let talk = harness.inbound(&pair, "hello").await.unwrap().conversation;
            is_taken_for(harness, talk, "ada").await;
            for text in ["refused", "waits"] {
                notify(harness, &pair, text).await.unwrap();
            }
            let (refused, _) = dead(harness).await.remove(0);
            is_taken_for(harness, talk, "bea").await;
            provider.plan(|_, _| Answer::Take);
            harness.engine.redrive(refused, request("eve")).await.unwrap();
            notify(harness, &pair, "for bea").await.unwrap();
            harness.advance(Seconds(120)).await.unwrap();
            assert_eq!(provider.texts_of(contact(harness, &pair)), ["for bea"]);
            let codes: Vec<String> = dead(harness).await.into_iter().map(|(_, code)| code).collect();
            assert_eq!(codes, ["superseded", "superseded"]);
        },
    );
}

/// ID-9: nobody pulls it either, and what follows does not wait for it.
#[test]
fn what_was_meant_for_the_old_holder_is_not_pulled() {
    tell_pulling(
        &["own"],
        |_| {},
        async |harness, _| {
            let pair = guest();
            let talk = harness.inbound(&pair, "hello").await.unwrap().conversation;
            is_taken_for(harness, talk, "ada").await;
            notify(harness, &pair, "for ada").await.unwrap();
            harness.engine.settle().await.unwrap();
            is_taken_for(harness, talk, "bea").await;
            let other = Pair { company: Address::opaque("office").unwrap(), ..pair.clone() };
            notify(harness, &other, "for bea").await.unwrap();
            harness.engine.settle().await.unwrap();
            assert_eq!(notifications_to_pull(harness, &pair).await, ["for bea"]);
        },
    );
}

/// The texts of the notifications that can be pulled.
async fn notifications_to_pull(harness: &Harness, pair: &Pair) -> Vec<String> {
    let found = harness.engine.outbound(&pair.channel, None, 10).await.unwrap().0;
    let text = |delivery: engine::Delivery| match delivery.what {
        Outgoing::Message(message) => message.notification.map(|_| message.text.expose().clone()),
        Outgoing::Event(_) => None,
    };
    found.into_iter().filter_map(text).collect()
}

/// OPT-6, CH-10: who opts out of one address of the company is at once told what waits behind it from another.
#[test]
fn an_opt_out_holds_up_no_notification_of_another_address() {
    tell_pulling(
        &["sms"],
        |_| {},
        async |harness, _| {
            let (pair, _) = subscriber(harness).await;
            let other = Pair { company: Pair::sms(7, 1).company, ..pair.clone() };
            harness.inbound(&other, "START").await.unwrap();
            notify(harness, &pair, "from one").await.unwrap();
            notify(harness, &other, "from the other").await.unwrap();
            harness.engine.settle().await.unwrap();
            assert_eq!(notifications_to_pull(harness, &pair).await, ["from one"]);
            harness.inbound(&pair, "STOP").await.unwrap();
            harness.engine.settle().await.unwrap();
            assert_eq!(notifications_to_pull(harness, &pair).await, ["from the other"]);
            let codes: Vec<String> = dead(harness).await.into_iter().map(|(_, code)| code).collect();
            assert_eq!(codes, ["opted_out"]);
        },
    );
}
