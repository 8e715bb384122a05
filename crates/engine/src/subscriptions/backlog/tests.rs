//! The backlog by itself: order, room, and what is written down.

use super::*;

const NOW: Timestamp = Timestamp(1000);

fn place(number: u64, version: u64, position: u64) -> Place {
    Place { conversation: ConversationId::new(0, 1, number), version, position: Position(position) }
}

fn noted(places: &[Place]) -> Backlog {
    let mut backlog = Backlog::new(vec![Position(0)]);
    let last = places.iter().map(|place| place.position).max().unwrap();
    backlog.note(0, last, 1, places, NOW);
    backlog
}

/// L5: the mark is behind whatever is not told, also where others of later records are.
#[test]
fn the_mark_waits_for_the_oldest_that_is_not_told() {
    let mut backlog = noted(&[place(1, 1, 5), place(2, 1, 6), place(1, 2, 7)]);
    assert_eq!(backlog.take_marks(), [Position(4)]);
    let (one, two) = (backlog.take(NOW).unwrap(), backlog.take(NOW).unwrap());
    assert!(backlog.take(NOW).is_none(), "a conversation has one lane");
    backlog.finish(&two, Verdict::Told(place(2, 1, 6)), NOW);
    assert_eq!(backlog.take_marks(), [Position(4)]);
    backlog.finish(&one, Verdict::Told(place(1, 1, 5)), NOW);
    assert_eq!(backlog.take_marks(), [Position(4)], "the same record may hold more");
    let rest = backlog.take(NOW).unwrap();
    assert_eq!((rest.first, rest.last), (2, 2));
    let until = Timestamp(2000);
    backlog.finish(&rest, Verdict::Wait { place: place(1, 2, 7), attempts: 1, until }, NOW);
    assert_eq!((backlog.take_marks(), backlog.next_turn()), (vec![Position(6)], Some(until)));
    let rest = backlog.take(until).unwrap();
    assert_eq!(rest.attempts, 1);
    backlog.finish(&rest, Verdict::Told(place(1, 2, 7)), until);
    assert_eq!((backlog.take_marks(), backlog.next_turn()), (vec![Position(7)], None));
}

/// X1
#[test]
fn so_many_have_their_turn_at_once_and_so_many_wait() {
    let places: Vec<Place> = (1..=WAITING_MAX as u64).map(|number| place(number, 1, number)).collect();
    let mut backlog = noted(&places);
    assert_eq!(backlog.follows(0), None);
    let jobs: Vec<Job> = std::iter::from_fn(|| backlog.take(NOW)).collect();
    assert_eq!((jobs.len(), backlog.running(), backlog.next_turn()), (LANES_MAX, LANES_MAX, None));
    backlog.finish(&jobs[0], Verdict::Told(places[0]), NOW);
    assert_eq!(backlog.follows(0), Some(Position(WAITING_MAX as u64)));
    assert_eq!(backlog.take(NOW).map(|job| job.conversation), Some(places[LANES_MAX].conversation));
}

#[test]
fn what_is_noted_during_a_turn_is_told_after_it() {
    let mut backlog = noted(&[place(1, 1, 5)]);
    let job = backlog.take(NOW).unwrap();
    backlog.note(0, Position(9), 1, &[place(1, 4, 9)], NOW);
    backlog.finish(&job, Verdict::Nothing, NOW);
    assert_eq!(backlog.take(NOW).map(|job| (job.first, job.last)), Some((2, 4)));
}

/// What nobody follows for want of room counts, and so does what follows a fact that nobody takes.
#[test]
fn it_is_behind_by_all_that_follows_what_was_not_told() {
    let mut backlog = noted(&[place(1, 1, 5), place(2, 1, 6)]);
    assert_eq!(backlog.behind(&[Position(9)]), 5);
    let (one, two) = (backlog.take(NOW).unwrap(), backlog.take(NOW).unwrap());
    backlog.finish(&two, Verdict::Told(place(2, 1, 6)), NOW);
    assert_eq!(backlog.behind(&[Position(9)]), 5);
    backlog.finish(&one, Verdict::Told(place(1, 1, 5)), NOW);
    assert_eq!((backlog.behind(&[Position(9)]), backlog.behind(&[Position(6)])), (3, 0));
}
