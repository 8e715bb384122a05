//! Attempts to prove by a PIN who one is: what counts, for whom, and what is left of it when several try at once.

use crate::support::tell;
use domain::conversation::Conversation;
use domain::directory::{DirectoryEvent, User, UserKind};
use domain::{Address, ConversationId, Event, Personal, Principal, Role, Seconds, UserId};
use engine::{CommandId, Error, Request};
use futures_util::future::join_all;
use sim::{Harness, Kill, Pair, Step};
use uuid::Uuid;

const DAY: Seconds = Seconds(86_400);

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn request(command: Option<&str>) -> Request {
    let principal = Principal { role: Role::Agent, name: "ann".to_owned() };
    let command =
        command.map(|id| CommandId { scope: "test".to_owned(), id: id.to_owned(), body: Vec::new() });
    Request { principal, correlation: Uuid::nil(), command }
}

/// Users whose PIN is 2468.
async fn users(harness: &Harness, names: &[&str], phone: Option<&Address>) {
    for name in names {
        let known = User {
            name: None,
            phones: phone.into_iter().cloned().map(Personal::new).collect(),
            email: None,
            language: None,
            location: None,
            kind: UserKind::Consumer,
        };
        harness.engine.put_users(vec![(user(name), known)], &request(None)).await.unwrap();
        harness.engine.set_pin(&user(name), "2468", &request(None)).await.unwrap();
    }
}

/// The conversation of one more number, with which Ann talks.
async fn number(harness: &Harness, requester: u8) -> ConversationId {
    let id = harness.inbound(&Pair::sms(requester, 0), "it is me").await.unwrap().conversation;
    harness.join(id, "ann").await.unwrap();
    id
}

async fn tries(harness: &Harness, id: ConversationId, name: &str, pin: &str) -> bool {
    harness.engine.verify(id, user(name), pin, request(None)).await.unwrap()
}

async fn whose(harness: &Harness, id: ConversationId) -> Option<UserId> {
    let Conversation { user, .. } = harness.state(id).await.unwrap();
    user
}

/// How often the user's stream says that a PIN was wrong, and that they are locked.
fn told(harness: &Harness, name: &str) -> (usize, usize) {
    let log = harness.log.survivor();
    let stored = log.read_stream(harness.keys().user(&user(name)), 0, 100).unwrap();
    let count = |wanted: fn(&DirectoryEvent) -> bool| {
        let events = stored.iter().map(|stored| codec::decode(&stored.bytes).unwrap().event);
        events.filter(|event| matches!(event, Event::Directory(event) if wanted(event))).count()
    };
    let failed = count(|event| matches!(event, DirectoryEvent::PinFailed { .. }));
    (failed, count(|event| matches!(event, DirectoryEvent::PinLocked { .. })))
}

/// ID-14, L2: many numbers have no more attempts at one user than one has, however close together they come.
#[test]
fn wrong_pins_from_many_numbers_at_once_lock_the_user() {
    tell(async |harness| {
        users(harness, &["ada"], None).await;
        let mut ids = Vec::new();
        for requester in 1..=6 {
            ids.push(number(harness, requester).await);
        }
        let answers = join_all(ids.iter().map(|id| tries(harness, *id, "ada", "1111"))).await;
        assert_eq!(answers, [false; 6]);
        assert_eq!(told(harness, "ada"), (3, 1));
        let fresh = number(harness, 7).await;
        assert!(!tries(harness, fresh, "ada", "2468").await, "the right one is not looked at");
        harness.advance(DAY).await.unwrap();
        let next = number(harness, 8).await;
        assert!(tries(harness, next, "ada", "2468").await, "a day later it is");
        assert_eq!(whose(harness, next).await, Some(user("ada")));
    });
}

/// ID-14: two at once count as two, and a right one forgives both.
#[test]
fn two_attempts_at_once_from_two_numbers_count_as_two() {
    for right_between in [false, true] {
        tell(async |harness| {
            users(harness, &["ada"], None).await;
            let ids = [number(harness, 1).await, number(harness, 2).await];
            join_all(ids.iter().map(|id| tries(harness, *id, "ada", "1111"))).await;
            assert_eq!(told(harness, "ada"), (2, 0));
            if right_between {
                let own = number(harness, 3).await;
                assert!(tries(harness, own, "ada", "2468").await);
            }
            let last = number(harness, 4).await;
            assert!(!tries(harness, last, "ada", "1111").await);
            assert_eq!(told(harness, "ada"), (3, usize::from(!right_between)));
        });
    }
}

/// ID-14: what the integrator says of a user is stored whatever is tried at them meanwhile.
#[test]
fn a_change_of_a_user_in_the_midst_of_an_attempt_is_stored() {
    // A little sooner or later.
    for steps in 0..3 {
        tell(async |harness| {
            users(harness, &["ada"], None).await;
            let id = number(harness, 1).await;
            let change = async {
                for _ in 0..steps {
                    tokio::task::yield_now().await;
                }
                harness.engine.set_pin(&user("ada"), "1357", &request(None)).await.unwrap();
            };
            tokio::join!(change, tries(harness, id, "ada", "1111"));
            assert_eq!(told(harness, "ada"), (1, 0));
            assert!(tries(harness, id, "ada", "1357").await);
        });
    }
}

/// ID-14: a number that tries one user after another is locked too, and nobody else is.
#[test]
fn one_number_that_tries_many_users_is_locked_and_they_are_not() {
    tell(async |harness| {
        users(harness, &["ada", "bea", "cyd", "dot"], None).await;
        let id = number(harness, 1).await;
        for name in ["ada", "bea", "cyd"] {
            assert!(!tries(harness, id, name, "1111").await);
        }
        assert!(!tries(harness, id, "dot", "2468").await);
        assert_eq!((told(harness, "cyd"), told(harness, "dot")), ((1, 0), (0, 0)));
        let other = number(harness, 2).await;
        assert!(tries(harness, other, "dot", "2468").await);
    });
}

/// ID-14: an attempt at a locked user counts for the number whether it was right or not, or the number's lock would tell.
#[test]
fn the_number_of_who_tries_a_locked_user_does_not_tell_whether_a_guess_was_right() {
    for pin in ["1111", "2468"] {
        tell(async |harness| {
            users(harness, &["ada", "own"], None).await;
            let first = number(harness, 1).await;
            for _ in 0..3 {
                tries(harness, first, "ada", "1111").await;
            }
            let second = number(harness, 2).await;
            for _ in 0..3 {
                assert!(!tries(harness, second, "ada", pin).await);
            }
            assert!(!tries(harness, second, "own", "2468").await, "the number is locked as well");
        });
    }
}

/// ID-14, PRO-1: the number stays theirs, but what is said from it is a guest's until the lock is over, unless an agent
/// names them.
#[test]
fn a_locked_user_is_a_guest_in_the_next_conversation() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        users(harness, &["ada"], Some(&pair.requester)).await;
        let first = number(harness, 1).await;
        assert_eq!(whose(harness, first).await, Some(user("ada")));
        let attacker = number(harness, 2).await;
        for _ in 0..3 {
            tries(harness, attacker, "ada", "1111").await;
        }
        assert_eq!(whose(harness, first).await, Some(user("ada")), "what goes on goes on");
        harness.end(first, "ann").await.unwrap();
        let next = number(harness, 1).await;
        assert_eq!(whose(harness, next).await, None);
        let contact = harness.engine.contact(&pair.channel, &pair.requester).await.unwrap().unwrap();
        assert_eq!(contact.user(), Some(&user("ada")));
        harness.end(next, "ann").await.unwrap();
        harness.advance(DAY).await.unwrap();
        let last = number(harness, 1).await;
        assert_eq!(whose(harness, last).await, Some(user("ada")));
    });
}

/// ID-14, L6: an attempt that was repeated because its answer was lost is one attempt.
#[test]
fn a_repeated_attempt_is_no_other_attempt() {
    tell(async |harness| {
        users(harness, &["ada"], None).await;
        let id = number(harness, 1).await;
        for (command, pin, right) in [("one", "1111", false), ("two", "2468", true)] {
            for _ in 0..4 {
                let verified = harness.engine.verify(id, user("ada"), pin, request(Some(command))).await;
                assert_eq!(verified.unwrap(), right, "{command}");
            }
        }
        assert_eq!(told(harness, "ada"), (1, 0));
    });
}

/// ID-14, L1: a crash between the user's fact and the number's leaves an attempt too many, and never one too few.
#[test]
fn a_crash_in_the_middle_of_an_attempt_does_not_give_it_back() {
    for (commit, step, counted) in [
        (1, Step::BeforeCommit, 0),
        (1, Step::AfterCommitBeforeReply, 1),
        (2, Step::BeforeCommit, 1),
        (2, Step::AfterCommitBeforeReply, 1),
    ] {
        tell(async |harness| {
            users(harness, &["ada"], None).await;
            let id = number(harness, 1).await;
            harness.log.kill_at(Kill { commit, step });
            let died = harness.engine.verify(id, user("ada"), "1111", request(None)).await;
            assert!(matches!(died, Err(Error::Store(_))), "{died:?}");
            harness.restart(Seconds(1), None).await.unwrap();
            assert_eq!(told(harness, "ada"), (counted, 0), "{commit} {step:?}");
            let other = number(harness, 2).await;
            for _ in counted..3 {
                tries(harness, other, "ada", "1111").await;
            }
            let third = number(harness, 3).await;
            assert!(!tries(harness, third, "ada", "2468").await);
        });
    }
}
