//! A working day in which the process dies at every commit in turn: conversations and router agree afterwards (`R4`), and
//! nothing of what was answered with yes is undone.

use crate::routing_desk::{accept, agent, inbox, request, routing, set_presence};
use crate::support::{census, tell_with};
use domain::conversation::{Conversation, Owner};
use domain::router::{Place, Router, State};
use domain::routing::QueueId;
use domain::{ConversationId, Seconds};
use engine::Error;
use sim::{Harness, Kill, Pair, Setup, Step};

/// Less than the day has commits.
const COMMITS_MIN: u64 = 15;
/// More than the day has commits, so that the last round runs to its end.
const COMMITS_MAX: u64 = 40;

#[test]
fn a_day_that_dies_at_any_commit_ends_in_agreement() {
    for step in [Step::BeforeCommit, Step::AfterCommitBeforeReply] {
        for commit in 1..=COMMITS_MAX {
            tell_with(reassigning, async |harness| {
                harness.log.kill_at(Kill { commit, step });
                let conversations = day(harness).await;
                if !harness.log.is_dead() {
                    assert!(commit > COMMITS_MIN, "the day has only {commit} commits");
                    return agree(harness, &conversations).await;
                }
                harness.restart(Seconds(5), None).await.unwrap();
                agree(harness, &conversations).await;
                // Whoever was not answered does it again; whatever comes of it, both sides agree.
                let again = day(harness).await;
                agree(harness, &again).await;
                census(harness);
            });
        }
    }
}

fn reassigning(setup: &mut Setup) {
    let mut routing = routing(&["ann", "bob"]);
    routing.settings.reassign_enabled = true;
    setup.configuration.as_mut().unwrap().routing = Some(routing);
}

/// Offers, accepts, rejects, hand-overs to an agent and to a queue, by hand, hold, reassignment, ends. Errors are part of
/// it once the process is dead.
async fn day(harness: &Harness) -> Vec<ConversationId> {
    let engine = &harness.engine;
    let _ = set_presence(harness, "ann", "available").await;
    let _ = set_presence(harness, "bob", "available").await;
    let mut conversations = Vec::new();
    for number in 0..3 {
        let opened = harness.inbound(&Pair::sms(number, 0), format!("hello {number}").as_str()).await;
        conversations.extend(opened.ok().map(|opened| opened.conversation));
    }
    let _ = engine.settle().await;
    let _ = take_all(harness).await;
    let Some(first) = conversations.first().copied() else { return conversations };
    for (from, to) in [("ann", "bob"), ("bob", "ann")] {
        let _ = engine.transfer_to_agent(first, agent(from), agent(to), request(from)).await;
    }
    let _ = take_all(harness).await;
    let queue = QueueId::new("messages").unwrap();
    for name in ["ann", "bob"] {
        let _ = engine.transfer_to_queue(first, agent(name), false, queue.clone(), request(name)).await;
        let _ = harness.hold(first, name).await;
    }
    let _ = take_all(harness).await;
    let _ = set_presence(harness, "ann", "away").await;
    for number in 0..3 {
        let _ = harness.inbound(&Pair::sms(number, 0), format!("again {number}").as_str()).await;
    }
    let _ = take_all(harness).await;
    for conversation in conversations.iter().skip(1) {
        let _ = harness.end(*conversation, "bob").await;
        let _ = harness.leave(*conversation).await;
    }
    let _ = engine.settle().await;
    conversations
}

/// Both agents reject their oldest offer once, then accept everything.
async fn take_all(harness: &Harness) -> Result<(), Error> {
    if harness.engine.settle().await.is_err() {
        return Ok(());
    }
    for name in ["ann", "bob"] {
        if harness.log.is_dead() {
            return Ok(());
        }
        for (place, (item, ..)) in inbox(harness, name).await.into_iter().enumerate() {
            if place == 0 {
                let _ = harness.engine.reject(item, agent(name), None, request(name)).await;
            } else {
                let _ = accept(harness, item, name).await;
            }
            if harness.log.is_dead() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// `R4`, with nothing under way.
async fn agree(harness: &Harness, conversations: &[ConversationId]) {
    harness.engine.settle().await.unwrap();
    let state = harness.engine.look(|router: &Router, _| router.state().clone()).await.unwrap();
    assert!(state.errands.is_empty(), "{:?}", state.errands);
    for id in conversations {
        let conversation = harness.state(*id).await.unwrap();
        agrees(&state, *id, &conversation);
    }
    for item in state.items.values() {
        let conversation = harness.state(item.subject.conversation).await.unwrap();
        assert!(!conversation.is_closed(), "item {} of a closed conversation", item.id);
    }
}

fn agrees(state: &State, id: ConversationId, conversation: &Conversation) {
    let place = state.own_item(id).map(|item| &item.place);
    match (&conversation.owner, conversation.is_closed(), place) {
        (_, true, None) => {}
        (Owner::Agent(owner), false, Some(Place::Accepted { agent, .. })) => assert_eq!(owner, agent),
        (Owner::Queue, false, Some(Place::Queued | Place::Offered(_) | Place::Unrouted(_))) => {
            assert!(conversation.request.is_some());
        }
        (owner, closed, place) => panic!("{owner:?}, closed {closed}, but the router has {place:?}"),
    }
}
