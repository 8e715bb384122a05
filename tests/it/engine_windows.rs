//! Windows of a running engine on simulated time: signs of life, vanished clients, restarts; and what follows for what is
//! unread.

use crate::support::{census, tell};
use domain::contact::WINDOW_TIMEOUT;
use domain::{Personal, Principal, Rejection, Role, Seconds};
use engine::{Error, OpenedWindow, Request, Requester};
use sim::{Harness, Kill, Pair, Step};
use std::sync::Arc;
use store::EventLog;
use uuid::Uuid;
use views::Conversations;

fn request() -> Request {
    let principal = Principal { role: Role::Requester, name: "guest".to_owned() };
    Request { principal, correlation: Uuid::nil(), command: None }
}

/// A requester with a messaging conversation that ann has.
async fn served(harness: &Harness) -> (Requester, domain::ConversationId) {
    let pair = Pair::sms(1, 0);
    let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
    harness.join(id, "ann").await.unwrap();
    let state = harness.state(id).await.unwrap();
    (Requester { channel: state.channel, address: Personal::new(state.requester.expose().clone()) }, id)
}

async fn open(harness: &Harness, requester: &Requester) -> OpenedWindow {
    harness.engine.open_window(requester, &request()).await.unwrap()
}

/// What is unread, by a projection that is built from the beginning.
fn unread(harness: &Harness, requester: &Requester) -> u64 {
    let log: Arc<dyn EventLog> = harness.log.survivor();
    let view = Conversations::open(log).unwrap();
    view.catch_up().unwrap();
    view.reading(harness.engine.contact_id(requester)).unwrap().total()
}

/// MSG-7, T1: a window closes two minutes after its last sign of life, and not before.
#[test]
fn a_window_without_signs_of_life_closes_after_two_minutes() {
    tell(async |harness| {
        let (guest, id) = served(harness).await;
        let OpenedWindow { contact, window, .. } = open(harness, &guest).await;
        assert_eq!(harness.advance(Seconds(119)).await.unwrap(), 0);
        harness.engine.renew_window(contact, window, &request()).await.unwrap();
        assert_eq!(harness.advance(Seconds(119)).await.unwrap(), 0, "it has given a sign of life");
        harness.post(id, "ann", "are you there?").await.unwrap();
        assert_eq!(unread(harness, &guest), 0, "as far as anybody knows it was shown");
        assert_eq!(harness.advance(Seconds(1)).await.unwrap(), 1);
        assert_eq!(unread(harness, &guest), 1, "the client had vanished");
        let renewed = harness.engine.renew_window(contact, window, &request()).await;
        assert!(matches!(renewed, Err(Error::Rejected(Rejection::WindowUnknown))), "{renewed:?}");
    });
}

/// MSG-7: however often a client says that it is there, that is a fact once a minute at the most.
#[test]
fn signs_of_life_are_facts_only_as_often_as_they_have_to_be() {
    tell(async |harness| {
        let (guest, _) = served(harness).await;
        let OpenedWindow { contact, window, .. } = open(harness, &guest).await;
        let before = harness.engine.contact_head(contact).position.0;
        for _ in 0..60 {
            assert_eq!(harness.advance(Seconds(10)).await.unwrap(), 0);
            harness.engine.renew_window(contact, window, &request()).await.unwrap();
        }
        assert_eq!(harness.engine.contact_head(contact).position.0 - before, 10);
    });
}

/// T3: after an outage a window waits for its client as long as timers that close wait for providers.
#[test]
fn a_window_outlives_a_restart_if_its_client_comes_back() {
    for comes_back in [true, false] {
        tell(async |harness| {
            let (guest, id) = served(harness).await;
            let OpenedWindow { contact, window, .. } = open(harness, &guest).await;
            harness.restart(Seconds(600), None).await.unwrap();
            harness.advance(Seconds(30)).await.unwrap();
            if comes_back {
                harness.engine.renew_window(contact, window, &request()).await.unwrap();
            }
            harness.advance(Seconds(60)).await.unwrap();
            harness.post(id, "ann", "here again").await.unwrap();
            assert_eq!(unread(harness, &guest), u64::from(!comes_back));
        });
    }
}

/// L1, MSG-7: whether a window is open is decided by what is stored, wherever the process dies.
#[test]
fn a_window_whose_opening_was_cut_short_is_open_or_was_never_opened() {
    for step in [Step::BeforeCommit, Step::AfterCommitBeforeReply] {
        tell(async |harness| {
            let (guest, id) = served(harness).await;
            harness.post(id, "ann", "hello?").await.unwrap();
            harness.log.kill_at(Kill { step, commit: 1 });
            assert!(harness.engine.open_window(&guest, &request()).await.is_err());
            harness.restart(Seconds(1), None).await.unwrap();
            harness.post(id, "ann", "still here?").await.unwrap();
            let stored = step == Step::AfterCommitBeforeReply;
            assert_eq!(unread(harness, &guest), if stored { 1 } else { 2 });
            // Nobody knows the id of the window, so it gives no sign of life.
            harness.advance(WINDOW_TIMEOUT).await.unwrap();
            assert_eq!(unread(harness, &guest), 2);
            census(harness);
        });
    }
}

/// MSG-6, MSG-7, 18.18: the whole round on the log, with one partition and with three.
#[test]
fn what_was_shown_is_read_when_a_window_opens_after_all_were_closed() {
    tell(async |harness| {
        let (guest, id) = served(harness).await;
        harness.post(id, "ann", "one").await.unwrap();
        harness.post(id, "ann", "two").await.unwrap();
        assert_eq!(unread(harness, &guest), 2);
        let (first, second) = (open(harness, &guest).await, open(harness, &guest).await);
        harness.post(id, "ann", "live").await.unwrap();
        let close = async |opened: OpenedWindow| {
            harness.engine.close_window(opened.contact, opened.window, &request()).await.unwrap();
        };
        close(first).await;
        open(harness, &guest).await;
        assert_eq!(unread(harness, &guest), 2, "one was open all the time");
        let third = open(harness, &guest).await;
        close(second).await;
        close(third).await;
        harness.advance(WINDOW_TIMEOUT).await.unwrap();
        harness.leave(id).await.unwrap();
        assert_eq!(unread(harness, &guest), 2, "closing the conversation reads nothing");
        open(harness, &guest).await;
        assert_eq!(unread(harness, &guest), 0);
    });
}
