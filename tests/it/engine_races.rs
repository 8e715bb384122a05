//! What happens when several want something of one pair, or of very many, at once.

use crate::support::{census, tell, tell_with};
use domain::conversation::{Lifecycle, Owner};
use domain::{AgentId, Rejection};
use engine::{Accepted, Error, SequentialIds};
use futures_util::future::{join, join_all};
use sim::{Harness, Note, Pair, Setup};
use std::collections::BTreeSet;
use std::sync::Arc;

/// C2, LC-1
#[test]
fn three_first_messages_at_once_open_one_conversation() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let answers = join_all(["a", "b", "c"].map(|text| harness.inbound(&pair, text))).await;
        let conversations: BTreeSet<_> =
            answers.iter().map(|answer| answer.as_ref().unwrap().conversation).collect();
        assert_eq!(conversations.len(), 1, "{answers:?}");
        assert_eq!(census(harness).said.len(), 3);
    });
}

/// C2: the pair is what has one conversation, not the requester.
#[test]
fn one_requester_has_a_conversation_with_each_address_of_the_company() {
    tell(async |harness| {
        let pairs = [0, 1, 2].map(|company| Pair::sms(1, company));
        let texts = ["to one", "to two", "to three"];
        let answers = join_all(pairs.iter().zip(texts).map(|(pair, text)| harness.inbound(pair, text))).await;
        let conversations: BTreeSet<_> =
            answers.into_iter().map(|answer| answer.unwrap().conversation).collect();
        assert_eq!(conversations.len(), 3);
        assert_eq!(census(harness).contacts.len(), 1);
    });
}

/// PRO-1, PRO-2, C2: whoever comes first opens it, and the other one is in it.
#[test]
fn a_requester_and_an_agent_who_write_first_at_once_meet() {
    tell(async |harness| {
        for number in 0..10 {
            let pair = Pair::sms(number, 0);
            let (from, to) = (format!("in {number}"), format!("out {number}"));
            let (inbound, first) =
                join(harness.inbound(&pair, from.as_str()), harness.contribute(&pair, "ann", to.as_str()))
                    .await;
            let id = inbound.unwrap().conversation;
            assert_eq!(first.unwrap().conversation, id);
            let state = harness.state(id).await.unwrap();
            assert_eq!((state.messages.requester, state.messages.agent), (1, 1));
            assert_eq!(state.owner, Owner::Agent(AgentId::new("ann").unwrap()));
        }
    });
}

/// LC-4: a message that meets a close goes before it or into a new conversation, and is never lost.
#[test]
fn a_message_that_meets_a_close_is_not_lost() {
    tell(async |harness| {
        for number in 0..20 {
            let pair = Pair::web(number, 0);
            let opened = harness.inbound(&pair, format!("first {number}").as_str()).await.unwrap();
            let text = format!("second {number}");
            let (left, second) =
                join(harness.leave(opened.conversation), harness.inbound(&pair, text.as_str())).await;
            left.unwrap();
            let second = second.unwrap();
            let census = census(harness);
            let [said] = census.saying(&text)[..] else { panic!("{text} is not stored once") };
            assert_eq!((said.conversation, Some(said.message)), (second.conversation, second.message));
            let state = harness.state(second.conversation).await.unwrap();
            let expected =
                if second.conversation == opened.conversation { Lifecycle::Closed } else { Lifecycle::New };
            assert_eq!(state.lifecycle, expected);
        }
    });
}

/// L2: an actor that is not alone is refused, and decides anew on what the other one wrote.
#[test]
fn an_actor_whose_stream_somebody_else_wrote_looks_again() {
    tell(async |harness| {
        let ids = Arc::new(SequentialIds::new(99));
        let setup = Setup { start: harness.now(), ids, ..Setup::default() };
        let other = Harness::start_on(harness.log.survivor(), setup).await.unwrap();
        let id = harness.inbound(&Pair::sms(1, 0), "first").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        // The other engine writes the contact, then the conversation, which this one has in memory.
        other.inbound(&Pair::sms(1, 1), "second").await.unwrap();
        harness.inbound(&Pair::sms(1, 2), "third").await.unwrap();
        other.join(id, "bob").await.unwrap();
        harness.post(id, "ann", "hello").await.unwrap();
        harness.post(id, "bob", "hello from me too").await.unwrap();
        // A close writes both, and only the contact has been written by the other one since.
        other.inbound(&Pair::sms(1, 3), "fourth").await.unwrap();
        harness.leave(id).await.unwrap();
        let story = ["opened", "requester_message_posted", "agent_joined", "agent_joined"];
        assert_eq!(harness.story(id).await.unwrap()[..4], story);
        assert_eq!(census(harness).conversations.len(), 4);
        other.engine.drain().await;
    });
}

/// LC-8, ACT-10: only the first close wins.
#[test]
fn a_conversation_that_three_end_at_once_ends_once() {
    tell(async |harness| {
        let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        let (first, (second, third)) =
            join(harness.leave(id), join(harness.end(id, "ann"), harness.leave(id))).await;
        let results = [first, second, third];
        assert_eq!(results.iter().flatten().count(), 1, "{results:?}");
        let refused = |result: &&_| matches!(result, Err(Error::Rejected(Rejection::ConversationClosed)));
        assert_eq!(results.iter().filter(refused).count(), 2, "{results:?}");
    });
}

/// Repeats a message under its id until it is taken, as a sender does who is told to come again.
async fn deliver(harness: &Harness, pair: &Pair, text: &str) -> Accepted {
    for _ in 0..100 {
        match harness.inbound(pair, Note::new(text).id(text)).await {
            Ok(accepted) => return accepted,
            Err(Error::Overloaded(_)) => {}
            Err(error) => panic!("{text}: {error}"),
        }
    }
    panic!("{text} was never taken");
}

/// X1: actors fall asleep while messages are on their way to them; none is lost and none is taken twice.
#[test]
fn no_message_is_lost_when_actors_fall_asleep_under_traffic() {
    tell_with(
        |setup| setup.options.active_max = 1,
        async |harness| {
            let pairs: Vec<Pair> =
                (0..90).flat_map(|number| [Pair::sms(number, 0), Pair::web(number, 1)]).collect();
            let traffic = pairs.iter().flat_map(|pair| (0..4).map(move |turn| (pair, turn)));
            join_all(
                traffic.map(async |(pair, turn)| deliver(harness, pair, &format!("{turn} of {pair}")).await),
            )
            .await;
            let census = census(harness);
            assert_eq!(census.conversations.len(), pairs.len());
            assert_eq!(census.said.len(), pairs.len() * 4);
            assert!(census.conversations.values().all(|state| state.messages.requester == 4));
            // Otherwise nobody has slept, and the test shows nothing.
            assert!(harness.engine.health().active < pairs.len());
        },
    );
}

/// L4: whoever is woken up knows all that it knew.
#[test]
fn a_conversation_goes_on_where_it_was_when_its_actor_fell_asleep() {
    tell_with(
        |setup| setup.options.active_max = 1,
        async |harness| {
            let id = harness.inbound(&Pair::sms(0, 0), "hello").await.unwrap().conversation;
            harness.join(id, "ann").await.unwrap();
            harness.hold(id, "ann").await.unwrap();
            // More actors than there are places for them, so that this one is put to sleep too.
            for number in 1..90 {
                harness.inbound(&Pair::sms(number, 0), format!("hello {number}").as_str()).await.unwrap();
            }
            assert!(harness.hold(id, "ann").await.is_err(), "it is parked already");
            harness.resume(id, "ann").await.unwrap();
            harness.post(id, "ann", "I am back").await.unwrap();
            assert!(harness.engine.health().active < 90);
        },
    );
}
