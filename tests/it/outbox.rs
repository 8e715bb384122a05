//! What is said leaves: at once, in order in each conversation, whatever the provider does.

use crate::outbox_world::{says, tell_outside, while_before};
use crate::process::eventually;
use domain::channel::Mode;
use domain::{Seconds, Timestamp};
use engine::Timers;
use sim::{Answer, Pair, PanickingIds, Tried, configuration};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// CH-10, L5
#[test]
fn what_an_agent_writes_goes_out_at_once_in_order_and_is_written_down() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            let id = says(harness, 1, &["one", "two", "three"]).await;
            harness.engine.settle().await.unwrap();
            assert_eq!(provider.texts(id), ["one", "two", "three"]);
            assert!(provider.tried().iter().all(|tried| tried.at == harness.now() && tried.attempt == 1));
            let story = harness.story(id).await.unwrap();
            assert_eq!(story[6..], ["dispatched"; 3]);
            let last = harness.events(id).await.unwrap().pop().unwrap();
            let (data, cause) = (last.data(), &last.envelope.cause);
            assert_eq!((data["of"].as_u64(), &data["attempts"]), (Some(6), &serde_json::json!(1)));
            assert_eq!(data["provider_id"], format!("P-{id}.6.0"));
            assert_eq!((cause.principal.name.as_str(), cause.causation.unwrap().version), ("outbox", 6));
        },
    );
}

/// CH-10: message n+1 is dispatched only after n finished, in each of several conversations.
#[test]
fn order_is_kept_in_each_conversation_whatever_fails() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|tried, before| match (tried.text.as_str(), before) {
                ("one", 0) => Answer::Retry("http_500", None),
                ("one", 1) => Answer::Hang,
                ("two", 0) => Answer::TakeAndSayNothing,
                ("two", 1) => Answer::Retry("http_429", Some(Seconds(90))),
                _ => Answer::Take,
            });
            let mut all = Vec::new();
            for number in 0..4 {
                all.push(says(harness, number, &["one", "two", "three"]).await);
            }
            harness.advance(Seconds(600)).await.unwrap();
            for id in all {
                let tried = provider.tried().into_iter().filter(|tried| tried.key.conversation() == Some(id));
                let texts: Vec<String> = tried.map(|tried| tried.text).collect();
                assert_eq!(texts, ["one", "one", "one", "two", "two", "two", "three"]);
                assert_eq!(provider.texts(id), ["one", "two", "three"]);
            }
        },
    );
}

/// L5: repeats have the key of what they repeat, and a receiver that drops repeats has everything once.
#[test]
fn a_lost_answer_leads_to_a_repeat_under_the_same_key() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|_, before| if before == 0 { Answer::TakeAndSayNothing } else { Answer::Take });
            let id = says(harness, 1, &["one", "two"]).await;
            harness.advance(Seconds(300)).await.unwrap();
            let tried = provider.tried();
            assert_eq!((tried.len(), tried[0].key == tried[1].key, tried[1].attempt), (4, true, 2));
            assert!(tried[1].at.since_ms(tried[0].at) >= 30_000, "a try takes at most 30 s");
            assert_eq!(provider.texts(id), ["one", "two"]);
        },
    );
}

/// CH-10
#[test]
fn one_conversation_that_fails_delays_no_other() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            let failing = says(harness, 0, &["one"]).await;
            provider.plan(move |tried, before| {
                match (tried.key.conversation() == Some(failing), before % 2) {
                    (true, 0) => Answer::Retry("http_500", None),
                    (true, _) => Answer::Hang,
                    (false, _) => Answer::Take,
                }
            });
            harness.advance(Seconds(7200)).await.unwrap();
            for number in 1..40 {
                let id = says(harness, number, &["hello"]).await;
                harness.engine.settle().await.unwrap();
                assert_eq!(provider.texts(id), ["hello"]);
            }
            assert!(provider.texts(failing).is_empty());
        },
    );
}

/// The pause doubles from a second to five minutes, is never quite the same, and is longer where the receiver asks for it.
#[test]
fn pauses_grow_and_what_the_receiver_asks_for_counts() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            provider.plan(|_, _| Answer::Retry("http_500", None));
            says(harness, 1, &["one"]).await;
            harness.advance(Seconds(3600)).await.unwrap();
            let pauses = pauses(&provider.tried());
            let bounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map(|most| (most * 500, most * 1000));
            for (pause, (least, most)) in pauses.iter().zip(bounds) {
                assert!((least..most).contains(pause), "{pauses:?}");
            }
            assert!(
                pauses.len() >= bounds.len() && !pauses.iter().any(|pause| pause % 1000 == 0),
                "{pauses:?}"
            );
            provider.plan(|_, before| {
                Answer::Retry("http_429", Some(Seconds(if before < 20 { 1800 } else { 9000 })))
            });
            harness.advance(Seconds(50_000)).await.unwrap();
            let tried = provider.tried();
            let asked: Vec<i64> = self::pauses(&tried).into_iter().skip(pauses.len() + 1).collect();
            assert!(asked.iter().all(|pause| [1_800_000, 3_600_000].contains(pause)), "{asked:?}");
        },
    );
}

fn pauses(tried: &[Tried]) -> Vec<i64> {
    tried.windows(2).map(|pair| pair[1].at.since_ms(pair[0].at)).collect()
}

/// CH-10: a provider that is down is asked now and then, and not by everybody; then all of it goes out.
#[test]
fn a_provider_that_fails_for_all_is_left_alone_and_delays_no_other_channel() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            let back = harness.now().plus(Seconds(1200));
            provider.plan(while_before(back, |tried| tried.channel.as_str() == Pair::SMS));
            let mut all = Vec::new();
            for number in 0..60 {
                all.push(says(harness, number, &["one", "two"]).await);
            }
            harness.engine.settle().await.unwrap();
            let at_first = provider.tried().len();
            assert!(at_first < 40, "{at_first} tries");
            let own = says_on_own(harness).await;
            harness.engine.settle().await.unwrap();
            assert_eq!(provider.texts(own), ["on my own"]);
            harness.advance(Seconds(1199)).await.unwrap();
            let in_vain = provider.tried().iter().filter(|tried| !tried.arrived).count();
            assert!((7..at_first + 20).contains(&in_vain), "{in_vain} tries in vain");
            harness.advance(Seconds(600)).await.unwrap();
            assert!(all.iter().all(|id| provider.texts(*id) == ["one", "two"]));
        },
    );
}

async fn says_on_own(harness: &sim::Harness) -> domain::ConversationId {
    let pair = Pair { channel: domain::ChannelId::new("own").unwrap(), ..Pair::web(1, 0) };
    let id = harness.contribute(&pair, "ann", "on my own").await.unwrap().conversation;
    harness.engine.settle().await.unwrap();
    id
}

/// Section 5: text messages carry a reduced set of notices; the web is shown to whoever is connected.
#[test]
fn text_messages_carry_a_reduced_set_and_a_web_chat_nothing() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            let mut said = BTreeMap::new();
            let own = Pair { channel: domain::ChannelId::new("own").unwrap(), ..Pair::web(1, 0) };
            for pair in [Pair::sms(1, 0), Pair::web(1, 0), own] {
                let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
                harness.join(id, "ann").await.unwrap();
                harness.post(id, "ann", "good day").await.unwrap();
                harness.end(id, "ann").await.unwrap();
                harness.engine.settle().await.unwrap();
                said.insert(pair.channel.to_string(), provider.texts(id));
            }
            let closed = "ann has closed the conversation.";
            assert_eq!(said["sms"], ["good day"]);
            assert_eq!(said["web"], Vec::<String>::new());
            assert_eq!(said["own"], ["good day", closed], "section 5: a messaging channel with all notices");
        },
    );
}

/// L5: without anybody who drives it, one hop leads from the commit to the try, and the fact follows.
#[test]
fn an_engine_that_serves_delivers_by_itself() {
    tell_outside(
        |setup| setup.options.timers = Timers::Automatic,
        async |harness, provider| {
            let id = says(harness, 1, &["one", "two"]).await;
            eventually("both are written down", async || {
                (harness.story(id).await.unwrap().len() == 7).then_some(())
            })
            .await;
            assert_eq!(provider.texts(id), ["one", "two"]);
            assert_eq!(provider.tried().len(), 2);
        },
    );
}

/// C1: of a conversation that faulted nothing more is said, and it holds up no other.
#[test]
fn a_conversation_that_faulted_says_nothing_more() {
    let panicking: Mutex<Option<Arc<PanickingIds>>> = Mutex::default();
    tell_outside(
        |setup| {
            let ids = Arc::new(PanickingIds::new(Arc::clone(&setup.ids)));
            setup.ids = Arc::<PanickingIds>::clone(&ids);
            *panicking.lock().unwrap() = Some(ids);
        },
        async |harness, provider| {
            let back = harness.now().plus(Seconds(60));
            provider.plan(while_before(back, |_| true));
            let faulted = says(harness, 1, &["one"]).await;
            let other = says(harness, 2, &["two"]).await;
            harness.engine.settle().await.unwrap();
            let ids = panicking.lock().unwrap().clone().unwrap();
            ids.panic_next(3);
            for _ in 0..3 {
                assert!(harness.post(faulted, "ann", "hi").await.is_err());
            }
            harness.advance(Seconds(120)).await.unwrap();
            assert_eq!(harness.story(faulted).await.unwrap().last(), Some(&"closed"));
            assert_eq!((provider.texts(faulted).len(), provider.texts(other).len()), (0, 1));
        },
    );
}

/// C1: what was said before the end goes out after it.
#[test]
fn what_was_said_before_the_end_goes_out_after_it() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            let back = harness.now().plus(Seconds(60));
            provider.plan(while_before(back, |_| true));
            let id = says(harness, 1, &["one", "two"]).await;
            harness.end(id, "ann").await.unwrap();
            harness.advance(Seconds(400)).await.unwrap();
            assert_eq!(provider.texts(id), ["one", "two"]);
            assert_eq!(harness.story(id).await.unwrap()[5..], ["closed", "dispatched", "dispatched"]);
            let again = harness.inbound(&Pair::sms(1, 0), "hello?").await.unwrap().conversation;
            assert_ne!(again, id, "LC-4: the pair is free");
        },
    );
}

/// L4: a channel that is taken away keeps what it had to say for when it comes back.
#[test]
fn a_channel_that_is_away_says_what_it_has_to_say_when_it_is_back() {
    tell_outside(
        |_| {},
        async |harness, provider| {
            let id = says(harness, 1, &["one"]).await;
            let mut without = configuration(Mode::Chat);
            let sms = without.channels.remove(&Pair::sms(1, 0).channel).unwrap();
            harness.configure(&without).await.unwrap();
            harness.engine.settle().await.unwrap();
            assert_eq!(
                harness.engine.next_due().await.unwrap().filter(|due| *due <= harness.now()),
                None::<Timestamp>
            );
            assert!(provider.tried().is_empty());
            without.channels.insert(Pair::sms(1, 0).channel, sms);
            harness.configure(&without).await.unwrap();
            harness.engine.settle().await.unwrap();
            assert_eq!(provider.texts(id), ["one"]);
        },
    );
}
