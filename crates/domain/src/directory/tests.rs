//! What is known of users, and how their numbers are read.

use super::*;

fn id() -> UserId {
    UserId::new("u-1").unwrap()
}

fn user(phone: &str) -> User {
    User {
        name: Some(Personal::new("Ada".to_owned())),
        phones: vec![Personal::new(Address::e164(phone).unwrap())],
        email: None,
        language: None,
        location: None,
        kind: UserKind::Consumer,
    }
}

fn pin() -> PinHash {
    PinHash { salt: [1; 16], rounds: 1, hash: [2; 32] }
}

/// What follows from the commands, all of which are possible.
fn after(commands: &[DirectoryCommand]) -> Option<Entry> {
    commands.iter().fold(None, |state, command| {
        let events = decide(state.as_ref(), &id(), command).unwrap();
        events.iter().fold(state, evolve)
    })
}

#[test]
fn a_user_is_what_was_last_said_of_them_and_saying_it_again_is_no_news() {
    let put = |phone| DirectoryCommand::Put(user(phone));
    let entry = after(&[put("+12025550101"), put("+12025550102"), put("+12025550102")]).unwrap();
    assert_eq!((entry.version, entry.user), (2, Some(user("+12025550102"))));
}

/// ID-14
#[test]
fn who_is_removed_has_no_pin_any_more_and_who_is_unknown_gets_none() {
    let put = || DirectoryCommand::Put(user("+12025550101"));
    let removed = after(&[put(), DirectoryCommand::SetPin(pin()), DirectoryCommand::Remove]).unwrap();
    assert_eq!((&removed.user, &removed.pin), (&None, &None));
    for command in [DirectoryCommand::Remove, DirectoryCommand::SetPin(pin())] {
        assert_eq!(decide(None, &id(), &command), None);
        assert_eq!(decide(Some(&removed), &id(), &command), None);
    }
    assert_eq!(format!("{:?}", pin()), "(pin)");
}

/// L4
#[test]
fn facts_of_somebody_who_was_never_put_in_change_nothing() {
    assert_eq!(evolve(None, &DirectoryEvent::UserRemoved { id: id() }), None);
    assert_eq!(evolve(None, &DirectoryEvent::PinSet { id: id(), hash: pin() }), None);
    assert_eq!(evolve(None, &DirectoryEvent::PinFailed { id: id(), at: Timestamp(0) }), None);
    assert_eq!(evolve(None, &DirectoryEvent::PinLocked { id: id(), until: Timestamp(0) }), None);
    assert_eq!(evolve(None, &DirectoryEvent::PinAccepted { id: id() }), None);
}

/// Somebody with a PIN, at which it was tried at these hours.
fn tried(tries: &[(bool, i64)]) -> Entry {
    let set = [DirectoryCommand::Put(user("+12025550101")), DirectoryCommand::SetPin(pin())];
    let tries = tries.iter().map(|(matched, hours)| attempt(*matched, *hours));
    after(&set.into_iter().chain(tries).collect::<Vec<_>>()).unwrap()
}

fn attempt(matched: bool, hours: i64) -> DirectoryCommand {
    DirectoryCommand::TryPin { matched, now: Timestamp(hours * 3_600_000), limits: PinLimits::MAX }
}

/// ID-14: the third wrong one in a row within a day locks the user for a day, the right one included.
#[test]
fn three_wrong_pins_in_a_row_within_a_day_lock_the_user() {
    for (tries, hours, locked) in [
        (vec![(false, 0), (false, 1), (false, 2)], 25, true),
        (vec![(false, 0), (false, 1), (false, 2)], 26, false),
        (vec![(false, 0), (false, 1), (true, 2), (false, 3), (false, 4)], 4, false),
        (vec![(false, 0), (false, 23), (false, 25)], 25, false),
        (vec![(false, 0), (false, 23), (false, 25), (false, 26)], 26, true),
    ] {
        let entry = tried(&tries);
        let now = Timestamp(hours * 3_600_000);
        assert_eq!(entry.verification.is_locked(now), locked, "{tries:?} at {hours}");
        for matched in [true, false] {
            let events = decide(Some(&entry), &id(), &attempt(matched, hours)).unwrap();
            let nothing_to_forgive = matched && entry.verification.failed.is_empty();
            assert_eq!(
                events.is_empty(),
                locked || nothing_to_forgive,
                "{tries:?}, then {matched} at {hours}"
            );
        }
    }
}

/// ID-14: what an attacker has locked stays locked whatever else is said of the user.
#[test]
fn neither_another_pin_nor_another_entry_lifts_a_lock() {
    let mut entry = Some(tried(&[(false, 0), (false, 0), (false, 0)]));
    let commands = [
        DirectoryCommand::SetPin(pin()),
        DirectoryCommand::Remove,
        DirectoryCommand::Put(user("+12025550101")),
    ];
    for command in commands {
        let events = decide(entry.as_ref(), &id(), &command).unwrap();
        entry = events.iter().fold(entry, evolve);
        assert!(entry.as_ref().unwrap().verification.is_locked(Timestamp(1)), "{command:?}");
    }
}

/// ID-14, X1: who has no PIN cannot be guessed, and nothing is kept of trying.
#[test]
fn attempts_at_somebody_without_a_pin_leave_nothing() {
    let bare = after(&[DirectoryCommand::Put(user("+12025550101"))]);
    for state in [None, bare.as_ref()] {
        for matched in [true, false] {
            assert_eq!(decide(state, &id(), &attempt(matched, 0)), Some(Vec::new()));
        }
    }
}

/// ID-8
#[test]
fn a_number_as_it_is_written_at_home_becomes_one_in_e164() {
    for (text, location, expected) in [
        ("+44 20 7946 0018", None, "+442079460018"),
        ("0044 20 7946 0018", None, "+442079460018"),
        ("020 7946 0018", Some("GB"), "+442079460018"),
        ("(202) 555-0123", Some("us"), "+12025550123"),
        ("1 202 555 0123", Some("CA"), "+12025550123"),
        ("06 1234 5678", Some("IT"), "+390612345678"),
        ("030/901820", Some("DE"), "+4930901820"),
        ("612 345 678", Some("ES"), "+34612345678"),
    ] {
        assert_eq!(read_phone(text, location).unwrap().as_str(), expected, "{text}");
    }
}

/// ID-8: a wrong number would give one person's conversation to another.
#[test]
fn a_number_that_cannot_be_converted_for_certain_is_refused() {
    for (text, location, why) in [
        ("020 7946 0018", None, PhoneError::CountryNeeded),
        ("020 7946 0018", Some("XX"), PhoneError::CountryUnknown),
        ("555-0123", Some("US"), PhoneError::Malformed),
        ("call me", Some("GB"), PhoneError::Malformed),
        ("+44 x", Some("GB"), PhoneError::Malformed),
        ("", Some("GB"), PhoneError::Malformed),
    ] {
        assert_eq!(read_phone(text, location), Err(why), "{text}");
    }
}

#[test]
fn every_country_is_listed_once_in_order() {
    assert!(COUNTRIES.windows(2).all(|two| two[0].code < two[1].code));
}
