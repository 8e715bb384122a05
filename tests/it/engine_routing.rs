//! Routing through the engine: conversations and router agree on who has what.

use crate::routing_desk::{accept, agent, inbox, request, routing, set_presence, with_agents};
use crate::support::tell_with;
use domain::Rejection;
use domain::Seconds;
use domain::conversation::{Lifecycle, Owner};
use domain::router::{Candidate, Refusal, Router, Verdict};
use domain::routing::{QueueId, ReassignOn, WorkItemId};
use engine::{Error, Order};
use sim::{Pair, Setup};

/// LC-5, R3: what comes in is offered at once, and accepting it assigns the conversation.
#[test]
fn a_conversation_is_offered_at_once_and_belongs_to_whoever_accepts() {
    tell_with(with_agents(&["ann", "bob"]), async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        let opened = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        let [(item, conversation, "offered")] = inbox(harness, "ann").await[..] else { panic!("no offer") };
        assert_eq!(conversation, opened);
        assert!(matches!(accept(harness, item, "bob").await, Err(Error::Refused(Refusal::NotOffered))));
        assert_eq!(accept(harness, item, "ann").await.unwrap().conversation, opened);
        let state = harness.state(opened).await.unwrap();
        assert_eq!(state.owner, Owner::Agent(agent("ann")));
        assert_eq!(state.lifecycle, Lifecycle::WorkInProgress);
        assert_eq!(inbox(harness, "ann").await, [(item, opened, "accepted")]);
        harness.end(opened, "ann").await.unwrap();
        assert_eq!(inbox(harness, "ann").await, []);
    });
}

/// LC-5, LC-10, 18.20: an accept that lands after the requester left fails and says so.
#[test]
fn an_accept_after_the_requester_left_is_refused() {
    tell_with(with_agents(&["ann"]), async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        let opened = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        let [(item, _, "offered")] = inbox(harness, "ann").await[..] else { panic!("no offer") };
        harness.leave(opened).await.unwrap();
        // The router has not heard of it yet.
        let refused = accept(harness, item, "ann").await;
        assert!(matches!(refused, Err(Error::Rejected(Rejection::ConversationClosed))), "{refused:?}");
        assert_eq!(inbox(harness, "ann").await, []);
        assert!(matches!(accept(harness, item, "ann").await, Err(Error::Refused(Refusal::ItemOver))));
    });
}

/// TR-1, TR-4: the queue gets it, the agent may not write any more, and somebody else takes it up with all that was said.
#[test]
fn a_conversation_handed_to_a_queue_goes_to_somebody_else() {
    tell_with(with_agents(&["ann", "bob"]), async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        let opened = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        let [(item, ..)] = inbox(harness, "ann").await[..] else { panic!("no offer") };
        accept(harness, item, "ann").await.unwrap();
        set_presence(harness, "ann", "away").await.unwrap();
        set_presence(harness, "bob", "available").await.unwrap();
        let queue = QueueId::new("messages").unwrap();
        let wrong = QueueId::new("chats").unwrap();
        let to = async |queue| {
            harness.engine.transfer_to_queue(opened, agent("ann"), false, queue, request("ann")).await
        };
        assert!(matches!(to(wrong).await, Err(Error::Refused(Refusal::QueueUnknown))));
        to(queue).await.unwrap();
        let refused = harness.post(opened, "ann", "one more thing").await;
        assert!(matches!(refused, Err(Error::Rejected(Rejection::NotParticipant))), "{refused:?}");
        let [(next, conversation, "offered")] = inbox(harness, "bob").await[..] else { panic!("no offer") };
        assert_eq!((conversation, next > item), (opened, true));
        accept(harness, next, "bob").await.unwrap();
        assert_eq!(inbox(harness, "ann").await, []);
    });
}

/// nobody came, so a chat ends and its requester is told.
#[test]
fn a_chat_that_nobody_takes_ends_at_the_maximum_wait() {
    let with_max_wait = |setup: &mut Setup| {
        let mut routing = routing(&["ann"]);
        let chats = routing.queues.get_mut(&QueueId::new("chats").unwrap()).unwrap();
        chats.max_wait = Some(Seconds(90));
        chats.max_wait_message = Some("Nobody is free.".to_owned());
        setup.configuration.as_mut().unwrap().routing = Some(routing);
    };
    tell_with(with_max_wait, async |harness| {
        let opened = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        harness.advance(Seconds(89)).await.unwrap();
        assert!(!harness.state(opened).await.unwrap().is_closed());
        harness.advance(Seconds(1)).await.unwrap();
        assert_eq!(harness.story(opened).await.unwrap(), ["opened", "requester_message_posted", "closed"]);
        let items = harness.engine.look(|router, _| router.state().items.len()).await.unwrap();
        assert_eq!(items, 0);
    });
}

/// RE-2, RE-4, RE-5: the next message brings it to somebody who is there; RE-6: without the setting it stays.
#[test]
fn a_returning_requester_gets_another_agent_if_theirs_is_gone() {
    for enabled in [true, false] {
        let with_setting = |setup: &mut Setup| {
            let mut routing = routing(&["ann", "bob"]);
            routing.settings.reassign_enabled = enabled;
            setup.configuration.as_mut().unwrap().routing = Some(routing);
        };
        tell_with(with_setting, async |harness| {
            set_presence(harness, "ann", "available").await.unwrap();
            let pair = Pair::sms(1, 0);
            let opened = harness.inbound(&pair, "hello").await.unwrap().conversation;
            let [(item, ..)] = inbox(harness, "ann").await[..] else { panic!("no offer") };
            accept(harness, item, "ann").await.unwrap();
            set_presence(harness, "ann", "away").await.unwrap();
            set_presence(harness, "bob", "available").await.unwrap();
            assert_eq!(inbox(harness, "bob").await, [], "nothing happens before the requester writes");
            harness.inbound(&pair, "are you there?").await.unwrap();
            let offered = inbox(harness, "bob").await;
            if enabled {
                let [(next, conversation, "offered")] = offered[..] else { panic!("no offer") };
                assert_eq!(conversation, opened);
                accept(harness, next, "bob").await.unwrap();
                assert_eq!(inbox(harness, "ann").await, []);
            } else {
                assert_eq!(offered, []);
                assert_eq!(inbox(harness, "ann").await.len(), 1);
            }
        });
    }
}

/// RE-10: with `reassign_on = open`, being back is enough.
#[test]
fn opening_the_window_of_an_absent_agent_reassigns_where_it_is_set() {
    for (on, moves) in [(ReassignOn::Open, true), (ReassignOn::Message, false)] {
        let with_setting = |setup: &mut Setup| {
            let mut routing = routing(&["ann", "bob"]);
            routing.settings.reassign_enabled = true;
            routing.settings.reassign_on = on;
            setup.configuration.as_mut().unwrap().routing = Some(routing);
        };
        tell_with(with_setting, async |harness| {
            set_presence(harness, "ann", "available").await.unwrap();
            let opened = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
            let [(item, ..)] = inbox(harness, "ann").await[..] else { panic!("no offer") };
            accept(harness, item, "ann").await.unwrap();
            let back = async || harness.engine.window_opened(opened, request("guest")).await.unwrap();
            assert!(!back().await, "the agent is there");
            set_presence(harness, "ann", "away").await.unwrap();
            set_presence(harness, "bob", "available").await.unwrap();
            assert_eq!(back().await, moves);
            assert_eq!(inbox(harness, "bob").await.len(), usize::from(moves));
            assert!(!back().await, "once is enough");
        });
    }
}

/// LC-13, Q-9: what a supervisor gives to somebody is theirs, and the offer of it to somebody else is gone.
#[test]
fn an_item_assigned_by_hand_is_taken_from_its_queue_and_its_offer() {
    tell_with(with_agents(&["ann", "bob"]), async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        let opened = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        let [(item, ..)] = inbox(harness, "ann").await[..] else { panic!("no offer") };
        let assign =
            async |to: &str| harness.engine.assign(item, agent(to), agent("sue"), request("sue")).await;
        assert!(matches!(assign("bob").await, Err(Error::Refused(Refusal::AgentUnavailable))));
        assert!(matches!(assign("nobody").await, Err(Error::Refused(Refusal::AgentUnknown))));
        set_presence(harness, "bob", "available").await.unwrap();
        assign("bob").await.unwrap();
        // The router may not have heard of it; the conversation has.
        let late = accept(harness, item, "ann").await;
        assert!(matches!(late, Err(Error::Rejected(Rejection::OfferStale))), "{late:?}");
        assert_eq!(inbox(harness, "ann").await, []);
        let [(_, conversation, "accepted")] = inbox(harness, "bob").await[..] else { panic!("not assigned") };
        assert_eq!(conversation, opened);
        harness.leave(opened).await.unwrap();
        let closing = harness.state(opened).await.unwrap().closing.unwrap();
        assert_eq!((closing.0.name(), closing.1.name()), ("closed_complete", "user_ended"));
    });
}

/// VA-6: who cancels the request and asks again waits as a new item, with all that was known.
#[test]
fn asking_again_after_cancelling_makes_a_new_item() {
    tell_with(with_agents(&["ann"]), async |harness| {
        let opened = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        let order = async |order| harness.engine.order(opened, order, request("guest")).await.unwrap();
        let items = async || {
            harness.engine.settle().await.unwrap();
            let ids = |router: &Router, _| router.state().items.keys().copied().collect::<Vec<WorkItemId>>();
            harness.engine.look(ids).await.unwrap()
        };
        assert_eq!(items().await, [WorkItemId(1)]);
        order(Order::CancelRequest).await;
        assert_eq!(items().await, []);
        order(Order::RequestAgent).await;
        order(Order::RequestAgent).await;
        assert_eq!(items().await, [WorkItemId(2)]);
    });
}

/// WI-3: the log alone tells who came into question for each offer, and who did not.
#[test]
fn every_offer_can_be_explained_from_the_log() {
    tell_with(with_agents(&["ann", "bob", "cid"]), async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        set_presence(harness, "bob", "available").await.unwrap();
        harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap();
        let [(item, ..)] = inbox(harness, "ann").await[..] else { panic!("no offer") };
        harness.engine.reject(item, agent("ann"), None, request("ann")).await.unwrap();
        let history = harness.engine.explain(item).await.unwrap();
        let offers: Vec<_> = history.steps.iter().filter_map(|step| step.field.as_ref()).collect();
        let told = |place: usize| {
            let tell = |candidate: &Candidate| match &candidate.verdict {
                Verdict::Candidate { rank, .. } => format!("{} ranks {rank}", candidate.agent),
                Verdict::Filtered(obstacle) => format!("{}: {}", candidate.agent, obstacle.name()),
            };
            offers[place].candidates.iter().map(tell).collect::<Vec<_>>()
        };
        assert_eq!(told(0), ["ann ranks 1", "bob ranks 2", "cid: presence"]);
        assert_eq!(told(1), ["bob ranks 1", "ann: declined", "cid: presence"]);
        let unknown = harness.engine.explain(WorkItemId(99)).await;
        assert!(matches!(unknown, Err(Error::Refused(Refusal::ItemUnknown))));
    });
}

/// R1: many who come at once are never too many for anybody.
#[test]
fn concurrent_arrivals_never_exceed_capacity() {
    tell_with(with_agents(&["ann", "bob"]), async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        set_presence(harness, "bob", "available").await.unwrap();
        let pairs: Vec<Pair> = (0..40).map(|number| Pair::sms(number, 0)).collect();
        let arrivals =
            futures_util::future::join_all(pairs.iter().map(|pair| harness.inbound(pair, "hello")));
        assert!(arrivals.await.iter().all(Result::is_ok));
        assert_eq!((inbox(harness, "ann").await.len(), inbox(harness, "bob").await.len()), (4, 4));
        let waiting = harness
            .engine
            .look(|router, now| router.queue_figures(&QueueId::new("messages").unwrap(), now).unwrap());
        let waiting = waiting.await.unwrap();
        assert_eq!((waiting.queued, waiting.offered), (32, 8));
    });
}

/// L6: the same id gets the same answer, also when the conversation is long over; and a no never becomes a yes.
#[test]
fn an_accept_that_comes_again_is_answered_alike() {
    tell_with(with_agents(&["ann"]), async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        let command = |id: &str| engine::CommandId {
            scope: "ann".to_owned(),
            id: id.to_owned(),
            body: b"accept".to_vec(),
        };
        let with_id = async |item, id: &str| {
            let request = engine::Request { command: Some(command(id)), ..request("ann") };
            harness.engine.accept(item, agent("ann"), request).await
        };
        let taken = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        let left = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        let [(first, ..), (second, ..)] = inbox(harness, "ann").await[..] else { panic!("no offers") };
        with_id(first, "yes").await.unwrap();
        harness.leave(left).await.unwrap();
        with_id(second, "no").await.unwrap_err();
        harness.end(taken, "ann").await.unwrap();
        harness.engine.settle().await.unwrap();
        let again = with_id(first, "yes").await.unwrap();
        assert_eq!((again.conversation, again.duplicate), (taken, true));
        with_id(second, "no").await.unwrap_err();
    });
}

/// X1: what requesters say of themselves has a bound, however often they say something else.
#[test]
fn a_requester_who_says_ever_more_is_routed_like_anybody() {
    tell_with(with_agents(&["ann"]), async |harness| {
        let pair = Pair::sms(1, 0);
        let mut conversation = None;
        for round in 0..20 {
            let context =
                (0..8).map(|n| (format!("name_{round}_{n}"), domain::Personal::new("x".repeat(1000))));
            let content = domain::Content::new("hello".to_owned(), Vec::new(), context.collect()).unwrap();
            let inbound = engine::Inbound {
                from: domain::Personal::new(pair.requester.clone()),
                to: pair.company.clone(),
                content,
                sent_at: None,
            };
            let accepted = harness.engine.inbound(&pair.channel, inbound, request("guest")).await.unwrap();
            conversation = Some(accepted.conversation);
        }
        let order = async |order| harness.engine.order(conversation.unwrap(), order, request("guest")).await;
        order(Order::CancelRequest).await.unwrap();
        order(Order::RequestAgent).await.unwrap();
        set_presence(harness, "ann", "available").await.unwrap();
        assert_eq!(inbox(harness, "ann").await.len(), 1);
    });
}
