//! Section 2: who is taken to be behind a number, and how they prove it.

use super::*;

const LIMITS: PinLimits = PinLimits::MAX;
const HOUR_MS: i64 = 3_600_000;

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn ann() -> AgentId {
    AgentId::new("ann").unwrap()
}

fn identify(name: Option<&str>, why: WhyProfile) -> ContactCommand {
    ContactCommand::Identify { user: name.map(user), why }
}

fn stated(name: &str) -> ContactCommand {
    let reason = Personal::new("she told me".to_owned());
    let grounds = Grounds::Stated { by: ann(), supervisor: false, reason };
    ContactCommand::Reassociate { user: user(name), grounds }
}

fn verify(name: &str, matched: bool, hours: i64) -> ContactCommand {
    ContactCommand::Verify { user: user(name), matched, now: Timestamp(hours * HOUR_MS), limits: LIMITS }
}

/// Number, user and whether it is confirmed.
fn profile(commands: &[ContactCommand]) -> Option<(u32, Option<String>, bool)> {
    let all: Vec<ContactCommand> = std::iter::once(activate("front", 1)).chain(commands.to_vec()).collect();
    let Profile { number, user, verified } = after(&all)?.profile?;
    Some((number, user.map(|user| user.to_string()), verified))
}

/// ID-2, ID-4, ID-6
#[test]
fn a_first_message_makes_a_profile_with_the_one_user_who_has_the_number() {
    let named = Some((1, Some("u-1".to_owned()), false));
    assert_eq!(profile(&[identify(Some("u-1"), WhyProfile::DirectoryMatch)]), named);
    for why in [WhyProfile::NoMatch, WhyProfile::Ambiguous] {
        assert_eq!(profile(&[identify(None, why)]), Some((1, None, false)));
    }
}

/// ID-3, ID-5, ID-7
#[test]
fn who_holds_the_number_goes_on_holding_it() {
    let first = identify(Some("u-1"), WhyProfile::DirectoryMatch);
    for later in [identify(Some("u-2"), WhyProfile::DirectoryMatch), identify(None, WhyProfile::NoMatch)] {
        assert_eq!(profile(&[first.clone(), later]), Some((1, Some("u-1".to_owned()), false)));
    }
}

/// ID-9: also where nobody was known.
#[test]
fn an_agent_can_say_who_it_is_and_that_is_told_once() {
    let taken = Some((1, Some("u-2".to_owned()), true));
    let first = identify(Some("u-1"), WhyProfile::DirectoryMatch);
    assert_eq!(profile(&[first, stated("u-2")]), taken);
    assert_eq!(profile(&[stated("u-2")]), taken);
    let state = after(&[activate("front", 1), stated("u-2")]);
    assert_eq!(decide(state.as_ref(), &stated("u-2")), Ok(Vec::new()));
}

/// PRO-4, ID-7: one ends, another begins.
#[test]
fn taking_a_number_over_ends_the_old_profile_and_begins_another() {
    let over = |name| ContactCommand::TakeOver { user: user(name), by: ann() };
    let held = identify(Some("u-1"), WhyProfile::DirectoryMatch);
    assert_eq!(profile(&[held.clone(), over("u-2")]), Some((2, Some("u-2".to_owned()), false)));
    assert_eq!(profile(&[held, over("u-1")]), Some((1, Some("u-1".to_owned()), false)));
    assert_eq!(profile(&[over("u-2")]), Some((1, Some("u-2".to_owned()), false)));
}

/// ID-14
#[test]
fn the_right_pin_makes_a_guest_the_user() {
    let guest = identify(None, WhyProfile::NoMatch);
    assert_eq!(profile(&[guest, verify("u-1", true, 0)]), Some((1, Some("u-1".to_owned()), true)));
}

/// ID-14: the third wrong one within a day locks the number for a day, the right one included.
#[test]
fn three_wrong_pins_within_a_day_lock_the_number() {
    for (tries, locked_at, locked) in [
        (vec![(false, 0), (false, 1), (false, 2)], 25, true),
        (vec![(false, 0), (false, 1), (false, 2)], 26, false),
        (vec![(false, 0), (true, 1), (false, 2)], 2, false),
        (vec![(false, 0), (false, 1), (true, 2), (false, 3)], 3, true),
        (vec![(false, 0), (false, 23), (false, 25)], 25, false),
        (vec![(false, 0), (false, 23), (false, 25), (false, 26)], 26, true),
    ] {
        let commands = tries.iter().map(|(matched, hours)| verify("u-1", *matched, *hours));
        let all: Vec<ContactCommand> = std::iter::once(activate("front", 1)).chain(commands).collect();
        let state = after(&all);
        let is_locked = state.as_ref().unwrap().verification.is_locked(Timestamp(locked_at * HOUR_MS));
        assert_eq!(is_locked, locked, "{tries:?} at {locked_at}");
        if locked {
            assert_eq!(decide(state.as_ref(), &verify("u-1", true, locked_at)), Ok(Vec::new()));
        }
    }
}

/// ID-14: who knows one PIN has no more attempts at others' with it than anybody else.
#[test]
fn a_right_pin_of_one_user_buys_no_attempts_at_another() {
    let own = || verify("u-1", true, 0);
    let guesses =
        [own(), verify("u-2", false, 1), own(), verify("u-3", false, 2), own(), verify("u-4", false, 3)];
    let all: Vec<ContactCommand> = std::iter::once(activate("front", 1)).chain(guesses).collect();
    let state = after(&all);
    assert!(state.as_ref().unwrap().verification.is_locked(Timestamp(3 * HOUR_MS)));
    assert_eq!(decide(state.as_ref(), &verify("u-5", true, 4)), Ok(Vec::new()));
}

/// X1: attempts far apart never lock, and are not kept for ever either.
#[test]
fn old_wrong_pins_are_forgotten() {
    let far_apart = (0..10).map(|days| verify("u-1", false, days * 48));
    let all: Vec<ContactCommand> = std::iter::once(activate("front", 1)).chain(far_apart).collect();
    let verification = after(&all).unwrap().verification;
    assert_eq!((verification.failed.len(), verification.locked_until), (3, None));
}

/// ID-9: another user begins anew; a guest who turns out to be one keeps what they saw, and so does who is confirmed.
#[test]
fn whoever_takes_the_place_of_a_user_begins_anew() {
    let over = |name| ContactCommand::TakeOver { user: user(name), by: ann() };
    let held = || identify(Some("u-1"), WhyProfile::DirectoryMatch);
    let guest = || identify(None, WhyProfile::NoMatch);
    let begun = |first: ContactCommand, then: ContactCommand| {
        let state = after(&[activate("front", 1), first, then]).unwrap();
        (state.anew != 0).then_some(state.version - state.anew)
    };
    assert_eq!(begun(held(), stated("u-2")), Some(0));
    assert_eq!(begun(held(), verify("u-2", true, 0)), Some(0));
    assert_eq!(begun(held(), over("u-2")), Some(1), "the new profile is theirs");
    // Nobody confirmed that the guest is the user to whom an agent writes first.
    assert_eq!(begun(guest(), over("u-2")), Some(1));
    for same in [stated("u-1"), verify("u-1", true, 0), verify("u-2", false, 0), over("u-1")] {
        assert_eq!(begun(held(), same), None);
    }
    for known in [stated("u-1"), verify("u-1", true, 0)] {
        assert_eq!(begun(guest(), known), None);
    }
}

/// ID-9: what stands in a window is the earlier holder's.
#[test]
fn windows_close_before_another_user_has_the_number() {
    let held = identify(Some("u-1"), WhyProfile::DirectoryMatch);
    let state = after(&[activate("front", 1), held, super::open(1), super::open(2)]);
    let events = decide(state.as_ref(), &stated("u-2")).unwrap();
    let why = WindowClosing::BegunAnew;
    let closed = [1, 2].map(|number| ContactEvent::WindowClosed { window: super::window(number), why });
    assert_eq!(events[..2], closed);
    assert!(events[2].begins_anew());
    let after = events.iter().fold(state.clone(), |state, event| evolve(state, AT, event)).unwrap();
    assert_eq!(after.windows, []);
    assert_eq!(decide(state.as_ref(), &stated("u-1")).unwrap().len(), 1, "who is confirmed looks on");
}
