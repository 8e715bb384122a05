//! What is left of routing when the process dies, is restarted, or somebody else writes the router's stream.

use crate::routing_desk::{accept, agent, inbox, request, routing, set_presence, with_agents};
use crate::support::tell_with;
use domain::conversation::Owner;
use domain::router::{Place, Router, RouterEvent, State};
use domain::routing::{PresenceId, QueueId, WorkItemId};
use domain::{Cause, ConversationId, Event, Principal, Role, Seconds};
use engine::Error;
use sim::{Harness, Kill, Pair, Setup, Step};
use store::EventLog as _;
use uuid::Uuid;

/// R2, C3: whatever the moment at which the process dies, one agent has the conversation in the end, or none and it waits.
#[test]
fn a_crash_at_any_step_of_an_accept_leaves_one_owner() {
    for step in [Step::BeforeCommit, Step::AfterCommitBeforeReply] {
        for commit in 1..=4 {
            tell_with(with_agents(&["ann"]), async |harness| {
                set_presence(harness, "ann", "available").await.unwrap();
                let opened = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
                let [(item, _, "offered")] = inbox(harness, "ann").await[..] else { panic!("no offer") };
                harness.log.kill_at(Kill { commit, step });
                let _ = accept(harness, item, "ann").await;
                let _ = harness.engine.settle().await;
                harness.restart(Seconds(1), None).await.unwrap();
                let (place, owner) = agreement(harness, item, opened).await;
                match place {
                    Some("accepted") => assert_eq!(owner.as_deref(), Some("ann")),
                    Some("offered") => assert_eq!(owner, None),
                    other => panic!("{step:?} {commit}: the item is {other:?}"),
                }
                accept(harness, item, "ann").await.unwrap();
                let (place, owner) = agreement(harness, item, opened).await;
                assert_eq!((place, owner.as_deref()), (Some("accepted"), Some("ann")));
            });
        }
    }
}

/// Where the router has an item, and whose the conversation is.
async fn agreement(
    harness: &Harness,
    item: WorkItemId,
    conversation: ConversationId,
) -> (Option<&'static str>, Option<String>) {
    harness.engine.settle().await.unwrap();
    let look = move |router: &Router, _| router.state().items.get(&item).map(|item| item.place.name());
    let place = harness.engine.look(look).await.unwrap();
    let owner = match harness.state(conversation).await.unwrap().owner {
        Owner::Agent(agent) => Some(agent.as_str().to_owned()),
        Owner::Queue | Owner::VirtualAgent => None,
    };
    (place, owner)
}

/// AR-9: the offer's time goes on over a restart, and is over at its time.
#[test]
fn an_offer_times_out_over_a_restart() {
    tell_with(with_agents(&["ann", "bob"]), async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap();
        assert_eq!(inbox(harness, "ann").await.len(), 1);
        harness.restart(Seconds(59), None).await.unwrap();
        assert_eq!(inbox(harness, "ann").await.len(), 1);
        set_presence(harness, "bob", "available").await.unwrap();
        harness.advance(Seconds(1)).await.unwrap();
        assert_eq!(inbox(harness, "ann").await.len(), 0);
        assert_eq!(inbox(harness, "bob").await.len(), 1);
        let presence = harness.engine.look(|router, _| router.agent_figures(&agent("ann")).unwrap().presence);
        assert_eq!(presence.await.unwrap(), Some(PresenceId::new("away").unwrap()));
    });
}

/// L4: what the router knows is what its events say, whatever of it came from the rows of its checkpoint.
#[test]
fn a_restarted_router_knows_what_it_knew() {
    for rows_every in [1, 7, u64::MAX / 2] {
        a_restarted_router_knows(rows_every);
    }
}

fn a_restarted_router_knows(rows_every: u64) {
    let setup = |setup: &mut Setup| {
        with_agents(&["ann", "bob"])(setup);
        setup.options.router_rows_every = rows_every;
    };
    tell_with(setup, async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        for number in 0..12 {
            harness.inbound(&Pair::sms(number, 0), "hello").await.unwrap();
            harness.engine.settle().await.unwrap();
        }
        let gone = harness.inbound(&Pair::sms(11, 0), "and bye").await.unwrap().conversation;
        harness.leave(gone).await.unwrap();
        let after = the_same_after_a_restart(harness).await;
        let queued = after.items.values().filter(|item| item.place == Place::Queued).count();
        assert_eq!(queued, 7, "an agent has a capacity of four, and one requester left");
        // The next life changes little at first, and its rows have to take up what the last one left unwritten.
        for item in after.items.values().take(3) {
            harness.leave(item.subject.conversation).await.unwrap();
            the_same_after_a_restart(harness).await;
        }
        let rows = harness.log.tables().scan("router", &[], None, 1000).unwrap();
        assert_eq!(rows.is_empty(), rows_every > 1000);
    });
}

async fn the_same_after_a_restart(harness: &mut Harness) -> State {
    harness.engine.settle().await.unwrap();
    let state =
        async |harness: &Harness| harness.engine.look(|router, _| router.state().clone()).await.unwrap();
    let before = state(harness).await;
    harness.restart(Seconds(1), None).await.unwrap();
    let after = state(harness).await;
    assert_eq!(after, before);
    after
}

/// X1: what time does to hundreds of requesters at once is more than one record holds.
#[test]
fn hundreds_of_waits_that_end_at_once_end() {
    let with_max_wait = |setup: &mut Setup| {
        let mut routing = routing(&["ann"]);
        let messages = routing.queues.get_mut(&QueueId::new("messages").unwrap()).unwrap();
        messages.max_wait = Some(Seconds(600));
        messages.max_wait_message = Some("x".repeat(1600));
        setup.configuration.as_mut().unwrap().routing = Some(routing);
    };
    tell_with(with_max_wait, async |harness| {
        for number in 0..250_u32 {
            let pair = Pair::sms(u8::try_from(number % 90).unwrap(), u8::try_from(number / 90).unwrap());
            harness.inbound(&pair, format!("hello {number}").as_str()).await.unwrap();
        }
        harness.engine.settle().await.unwrap();
        // All of it is due in the first decision after the outage, and its grace.
        harness.restart(Seconds(700), None).await.unwrap();
        let waiting = async |harness: &Harness| {
            harness.engine.settle().await.unwrap();
            harness.engine.look(|router, _| router.state().items.len()).await.unwrap()
        };
        assert_eq!(waiting(harness).await, 250, "T3: nobody is given up within the grace");
        harness.advance(Seconds(60)).await.unwrap();
        assert_eq!(waiting(harness).await, 0);
    });
}

/// L2: should somebody else ever write the router's stream, the router goes on from what is stored.
#[test]
fn a_router_whose_facts_are_refused_goes_on_from_the_log() {
    tell_with(with_agents(&["ann"]), async |harness| {
        set_presence(harness, "ann", "available").await.unwrap();
        harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap();
        let [(item, ..)] = inbox(harness, "ann").await[..] else { panic!("no offer") };
        write_behind_its_back(harness);
        let refused = harness.engine.reject(item, agent("ann"), None, request("ann")).await;
        assert!(matches!(refused, Err(Error::Overloaded("router"))), "{refused:?}");
        let accepted = loop {
            match accept(harness, item, "ann").await {
                Err(Error::Overloaded("router")) => futures_util::future::ready(()).await,
                other => break other,
            }
        };
        accepted.unwrap();
        assert_eq!(inbox(harness, "ann").await.len(), 1);
    });
}

fn write_behind_its_back(harness: &Harness) {
    let stream = engine::keys::ROUTER_STREAM;
    let event = Event::Router(RouterEvent::AgentSeen { agent: agent("ann") });
    let envelope = codec::Envelope {
        at: harness.now(),
        cause: Cause {
            principal: Principal { role: Role::System, name: "somebody".to_owned() },
            causation: None,
            correlation: Uuid::from_u128(1),
        },
        event,
    };
    let append = store::Append {
        stream,
        expected: harness.log.version(stream).unwrap(),
        events: vec![codec::encode(&envelope)],
    };
    let record = store::Record {
        partition: store::PartitionId(0),
        at_ms: harness.now().0,
        appends: vec![append],
        claims: Vec::new(),
        command: None,
        timers: Vec::new(),
    };
    assert!(matches!(harness.log.commit(&[record]).unwrap()[..], [store::Outcome::Stored(_)]));
}
