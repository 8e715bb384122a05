//! Channels whose gateway pulls: one delivery a conversation at a time, in order, settled by whoever pulled it.

use crate::outbox_world::{says, tell_pulling};
use crate::routing_desk::request;
use domain::{ChannelId, Rejection, Seconds};
use engine::{
    CommandId, Delivery, DeliveryKey, Error, OutboundCursor, Outgoing, Request, Settlement, Source,
};
use sim::{Harness, Pair};

const SENT: Settlement = Settlement::Sent { provider_id: None };

fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

/// What waits: keys and texts.
async fn waiting(
    harness: &Harness,
    after: Option<OutboundCursor>,
    limit: usize,
) -> Vec<(DeliveryKey, String)> {
    harness.engine.settle().await.unwrap();
    let (found, _) = harness.engine.outbound(&channel(Pair::SMS), after, limit).await.unwrap();
    let text = |what: &Outgoing| match what {
        Outgoing::Message(message) => message.text.expose().clone(),
        Outgoing::Event(event) => event.type_name.to_owned(),
    };
    found.iter().map(|delivery| (delivery.key, text(&delivery.what))).collect()
}

fn texts(waiting: &[(DeliveryKey, String)]) -> Vec<&str> {
    waiting.iter().map(|(_, text)| text.as_str()).collect()
}

/// CH-10
#[test]
fn the_next_of_each_conversation_waits_until_it_is_settled() {
    tell_pulling(
        &[Pair::SMS],
        |_| {},
        async |harness, provider| {
            let first = says(harness, 1, &["one", "two", "three"]).await;
            harness.advance(Seconds(1)).await.unwrap();
            says(harness, 2, &["four", "five"]).await;
            let found = waiting(harness, None, 10).await;
            assert_eq!(texts(&found), ["one", "four"]);
            assert_eq!(waiting(harness, None, 10).await, found, "whoever asks again gets the same");
            let settle = async |key, settlement| {
                harness.engine.settle_delivery(key, settlement, request("gateway")).await
            };
            settle(found[0].0, SENT).await.unwrap();
            settle(found[1].0, Settlement::Failed { code: "no_route".to_owned() }).await.unwrap();
            let found = waiting(harness, None, 10).await;
            assert_eq!(texts(&found), ["two", "five"]);
            let later = DeliveryKey { source: Source::Conversation(first), version: 6, part: 0 };
            let refused = settle(later, SENT).await.unwrap_err();
            assert!(matches!(refused, Error::Rejected(Rejection::DeliveryNotNext)));
            let refused = settle(DeliveryKey { part: 1, ..later }, SENT).await.unwrap_err();
            assert!(matches!(refused, Error::Rejected(Rejection::DeliveryUnknown)));
            assert_eq!(harness.story(first).await.unwrap()[6..], ["dispatched"]);
            assert!(provider.tried().is_empty());
        },
    );
}

/// L6: settling again, with the same id or with none, changes nothing.
#[test]
fn settling_again_changes_nothing() {
    tell_pulling(
        &[Pair::SMS],
        |_| {},
        async |harness, _| {
            let id = says(harness, 1, &["one"]).await;
            let key = waiting(harness, None, 1).await[0].0;
            let command =
                CommandId { scope: "gateway".to_owned(), id: "ack-1".to_owned(), body: b"sent".to_vec() };
            let named = Request { command: Some(command), ..request("gateway") };
            let answers = [
                harness.engine.settle_delivery(key, SENT, named.clone()).await.unwrap().duplicate,
                harness.engine.settle_delivery(key, SENT, named).await.unwrap().duplicate,
                harness.engine.settle_delivery(key, SENT, request("gateway")).await.unwrap().duplicate,
            ];
            assert_eq!(answers, [false, true, false]);
            let failed = Settlement::Failed { code: "late".to_owned() };
            harness.engine.settle_delivery(key, failed, request("gateway")).await.unwrap();
            assert_eq!(harness.story(id).await.unwrap()[4..], ["dispatched"]);
        },
    );
}

#[test]
fn what_waits_is_given_in_pages_in_the_order_in_which_it_was_said() {
    tell_pulling(
        &[Pair::SMS],
        |_| {},
        async |harness, _| {
            for number in 0..5 {
                says(harness, number, &[format!("from {number}").as_str(), "more"]).await;
                harness.advance(Seconds(1)).await.unwrap();
            }
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let (found, next) = harness.engine.outbound(&channel(Pair::SMS), after, 2).await.unwrap();
                all.extend(found.iter().map(|delivery| delivery.key));
                let Some(next) = next else { break };
                assert_eq!(found.len(), 2);
                after = OutboundCursor::parse(&next.to_string());
                assert_eq!(after, Some(next));
            }
            let whole: Vec<DeliveryKey> =
                waiting(harness, None, 10).await.into_iter().map(|(key, _)| key).collect();
            assert_eq!((all.len(), &all), (5, &whole));
            assert!(matches!(
                harness.engine.outbound(&channel("none"), None, 1).await,
                Err(Error::UnknownChannel)
            ));
        },
    );
}

/// Nobody settles for the engine what it delivers itself.
#[test]
fn what_is_pushed_cannot_be_pulled_or_settled() {
    tell_pulling(
        &["own"],
        |_| {},
        async |harness, provider| {
            provider.plan(|_, _| sim::Answer::Hang);
            let id = says(harness, 1, &["one"]).await;
            assert_eq!(waiting(harness, None, 10).await, []);
            let key = DeliveryKey { source: Source::Conversation(id), version: 3, part: 0 };
            let refused = harness.engine.settle_delivery(key, SENT, request("gateway")).await.unwrap_err();
            assert!(matches!(refused, Error::Rejected(Rejection::DeliveryUnknown)));
        },
    );
}

/// CH-10: what is no longer next when it is looked at is no part of a page, and makes no page shorter.
#[test]
fn a_page_is_short_only_where_nothing_more_is_there() {
    tell_pulling(
        &[Pair::SMS],
        |_| {},
        async |harness, _| {
            let mut all = Vec::new();
            for number in 0..6 {
                all.push(says(harness, number, &[format!("from {number}").as_str()]).await);
                harness.advance(Seconds(1)).await.unwrap();
            }
            assert_eq!(waiting(harness, None, 10).await.len(), 6);
            // They opt out, and the outbox has not followed that yet.
            for number in [0, 1, 3] {
                harness.inbound(&Pair::sms(number, 0), "STOP").await.unwrap();
            }
            let page = async |after| harness.engine.outbound(&channel(Pair::SMS), after, 2).await.unwrap();
            let (first, next) = page(None).await;
            let keys = |found: &[Delivery]| -> Vec<_> {
                found.iter().map(|delivery| delivery.key.conversation().unwrap()).collect()
            };
            assert_eq!(keys(&first), [all[2], all[4]]);
            let (second, end) = page(Some(next.unwrap())).await;
            assert_eq!((keys(&second), end), (vec![all[5]], None));
        },
    );
}
