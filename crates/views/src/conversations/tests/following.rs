//! The follower keeps up, lets others wait for it, and does not fail in silence.

use super::support::*;
use crate::conversations::Conversations;
use domain::channel::Mode;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;
use store::{PartitionId, Position};

/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_follower_catches_up_at_once_and_on_each_wake_up_and_ends_with_the_sender() {
    on_every_log(|log| {
        let (first, second) = (id(&*log, 0), id(&*log, 1));
        commit(&*log, first, at(0), [opened("web", Mode::Chat)]);
        let view = Arc::new(Conversations::open(Arc::clone(&log)).unwrap());
        let (wake, woken) = mpsc::sync_channel(1);
        let follower = view.follow(woken);
        assert!(view.wait_for(partition(first), Position(1), LONG));
        commit(&*log, second, at(1), [opened("web", Mode::Chat)]);
        wake.send(()).unwrap();
        assert!(view.wait_for(partition(second), log.head(partition(second)), LONG));
        assert!(view.row(second).unwrap().is_some());
        drop(wake);
        follower.join().unwrap();
        assert_eq!(view.failure(), None);
    });
}

#[test]
fn whoever_waits_is_woken_when_the_record_is_folded_in() {
    on_every_log(|log| {
        let id = id(&*log, 2);
        let view = Arc::new(Conversations::open(Arc::clone(&log)).unwrap());
        let (waiting, is_waiting) = mpsc::channel();
        let waiter = {
            let view = Arc::clone(&view);
            std::thread::spawn(move || {
                waiting.send(()).unwrap();
                view.wait_for(partition(id), Position(2), LONG)
            })
        };
        is_waiting.recv().unwrap();
        for second in 0..2 {
            commit(&*log, id, at(second), [opened("web", Mode::Chat)]);
            view.catch_up().unwrap();
        }
        assert!(waiter.join().unwrap());
        assert_eq!(view.consumed(partition(id)), Position(2));
    });
}

#[test]
fn waiting_for_what_does_not_come_ends() {
    let view = Conversations::open(memory(3)).unwrap();
    assert!(view.wait_for(PartitionId(2), Position(0), Duration::ZERO));
    assert!(!view.wait_for(PartitionId(2), Position(1), Duration::from_millis(1)));
    assert!(!view.wait_for(PartitionId(3), Position(0), LONG), "there is no such partition");
}

/// L3
#[test]
fn a_follower_that_meets_damage_ends_and_says_why() {
    on_every_log(|log| {
        let id = id(&*log, 1);
        commit(&*log, id, at(0), [opened("web", Mode::Chat)]);
        commit_bytes(&*log, partition(id), id.to_bytes(), vec![b"no event".to_vec()]);
        let view = Arc::new(Conversations::open(Arc::clone(&log)).unwrap());
        let (wake, woken) = mpsc::sync_channel(1);
        let follower = view.follow(woken);
        assert!(!view.wait_for(partition(id), Position(2), LONG), "a failure ends the waiting");
        follower.join().unwrap();
        let failure = view.failure().unwrap();
        assert!(failure.contains("position 2"), "{failure}");
        assert_eq!(view.consumed(partition(id)), Position(1));
        drop(wake);
    });
}
