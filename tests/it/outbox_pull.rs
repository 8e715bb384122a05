//! Channels whose gateway pulls: one delivery a conversation at a time, in order, settled by whoever pulled it.

use crate::outbox_world::{says, tell_pulling};
use crate::routing_desk::request;
use domain::{ChannelId, Rejection, Seconds};
use engine::{CommandId, DeliveryKey, Error, OutboundCursor, Outgoing, Request, Settlement};
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
    let found = harness.engine.outbound(&channel(Pair::SMS), after, limit).await.unwrap();
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
            let later = DeliveryKey { conversation: first, version: 6, part: 0 };
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
                let found = harness.engine.outbound(&channel(Pair::SMS), after, 2).await.unwrap();
                let Some(last) = found.last() else { break };
                after = OutboundCursor::parse(&last.cursor().to_string());
                assert_eq!(after, Some(last.cursor()));
                all.extend(found.iter().map(|delivery| delivery.key));
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
            let key = DeliveryKey { conversation: id, version: 3, part: 0 };
            let refused = harness.engine.settle_delivery(key, SENT, request("gateway")).await.unwrap_err();
            assert!(matches!(refused, Error::Rejected(Rejection::DeliveryUnknown)));
        },
    );
}
