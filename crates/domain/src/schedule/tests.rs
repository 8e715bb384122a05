//! Schedules on the days on which they go wrong: past midnight, at both changes of the clock, on holidays.

mod properties;

use super::{Date, MinuteOfDay, Opening, Schedule, Weekday, Zone, ZoneError, limits};
use crate::Timestamp;
use std::collections::BTreeSet;

/// A time with its offset, such as `2026-03-29T01:30+01:00`.
fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

/// Openings such as `monday 09:00-17:00`, separated by commas.
fn weekly(openings: &str) -> Vec<Opening> {
    let opening = |text: &str| {
        let (day, hours) = text.trim().split_once(' ').unwrap();
        let (from, to) = hours.split_once('-').unwrap();
        Opening {
            day: Weekday::parse(day).unwrap(),
            from: MinuteOfDay::parse(from).unwrap(),
            to: MinuteOfDay::parse(to).unwrap(),
        }
    };
    openings.split_terminator(',').map(opening).collect()
}

fn schedule(zone: &str, openings: &str, closed: &[&str]) -> Schedule {
    Schedule {
        zone: Zone::parse(zone).unwrap(),
        weekly: weekly(openings),
        closed: closed.iter().map(|date| Date::parse(date).unwrap()).collect(),
    }
}

/// It opens and closes at these times and at no other between the first and the last; it is closed before the first.
fn check(schedule: &Schedule, stretches: &[(&str, &str)]) {
    let mut now = Timestamp(at(stretches[0].0).0 - 1);
    assert_eq!(schedule.open_until(now), None, "closed before {}", stretches[0].0);
    for (opens, closes) in stretches {
        assert!(!schedule.is_open(now), "closed just before {opens}");
        assert_eq!(schedule.opens_at(now), Some(at(opens)), "opens at {opens}");
        assert_eq!(schedule.open_until(at(opens)), Some(at(closes)), "from {opens} to {closes}");
        let last = Timestamp(at(closes).0 - 1);
        assert!(schedule.is_open(at(opens)) && schedule.is_open(last), "open from {opens} to {closes}");
        assert_eq!((schedule.opens_at(last), schedule.open_until(last)), (Some(last), Some(at(closes))));
        now = at(closes);
    }
    assert!(!schedule.is_open(now), "closed at the end");
}

/// Q-15, BH-1
#[test]
fn a_week_opens_and_closes_by_the_local_clock() {
    let office = "monday 09:00-17:00, tuesday 09:00-17:00, friday 09:00-12:30";
    check(
        &schedule("America/New_York", office, &[]),
        &[
            ("2026-07-06T09:00-04:00", "2026-07-06T17:00-04:00"),
            ("2026-07-07T09:00-04:00", "2026-07-07T17:00-04:00"),
            ("2026-07-10T09:00-04:00", "2026-07-10T12:30-04:00"),
            ("2026-07-13T09:00-04:00", "2026-07-13T17:00-04:00"),
        ],
    );
    // The clock goes forward on Sunday 8 March and back on Sunday 1 November.
    check(
        &schedule("America/New_York", "friday 09:00-17:00, monday 09:00-17:00", &[]),
        &[
            ("2026-03-06T09:00-05:00", "2026-03-06T17:00-05:00"),
            ("2026-03-09T09:00-04:00", "2026-03-09T17:00-04:00"),
        ],
    );
    check(
        &schedule("America/New_York", "sunday 00:00-03:00", &[]),
        &[
            ("2026-10-25T00:00-04:00", "2026-10-25T03:00-04:00"),
            ("2026-11-01T00:00-04:00", "2026-11-01T03:00-05:00"),
        ],
    );
}

/// BH-1
#[test]
fn an_opening_runs_past_midnight_even_into_the_next_week() {
    check(
        &schedule("Europe/Berlin", "sunday 22:00-06:00, monday 22:00-00:00", &[]),
        &[
            ("2026-07-05T22:00+02:00", "2026-07-06T06:00+02:00"),
            ("2026-07-06T22:00+02:00", "2026-07-07T00:00+02:00"),
            ("2026-07-12T22:00+02:00", "2026-07-13T06:00+02:00"),
        ],
    );
    // As late as it began, a day later.
    check(
        &schedule("UTC", "wednesday 09:00-09:00", &[]),
        &[("2026-07-08T09:00Z", "2026-07-09T09:00Z"), ("2026-07-15T09:00Z", "2026-07-16T09:00Z")],
    );
}

/// BH-1
#[test]
fn a_skipped_local_time_counts_as_a_later_one() {
    // In Berlin 02:00 to 03:00 is missing on 29 March 2026.
    let berlin = |openings: &str| schedule("Europe/Berlin", openings, &[]);
    check(&berlin("sunday 01:00-04:00"), &[("2026-03-29T01:00+01:00", "2026-03-29T04:00+02:00")]);
    check(&berlin("sunday 01:00-02:30"), &[("2026-03-29T01:00+01:00", "2026-03-29T03:30+02:00")]);
    check(&berlin("sunday 02:15-03:45"), &[("2026-03-29T03:15+02:00", "2026-03-29T03:45+02:00")]);
    check(&berlin("saturday 22:00-06:00"), &[("2026-03-28T22:00+01:00", "2026-03-29T06:00+02:00")]);
    // Nothing is left of these, so that they wait for the week after.
    let swallowed = berlin("sunday 02:30-03:10, sunday 02:30-03:30");
    assert_eq!(swallowed.opens_at(at("2026-03-23T00:00Z")), Some(at("2026-04-05T02:30+02:00")));
    // Nor does a shifted opening hide one that comes before it.
    check(
        &berlin("sunday 02:45-04:00, sunday 03:15-03:30"),
        &[
            ("2026-03-29T03:15+02:00", "2026-03-29T03:30+02:00"),
            ("2026-03-29T03:45+02:00", "2026-03-29T04:00+02:00"),
        ],
    );
}

/// BH-1
#[test]
fn a_local_time_that_happens_twice_counts_as_the_first() {
    // In Berlin 02:00 to 03:00 happens twice on 25 October 2026.
    let berlin = |openings: &str| schedule("Europe/Berlin", openings, &[]);
    check(&berlin("sunday 01:00-04:00"), &[("2026-10-25T01:00+02:00", "2026-10-25T04:00+01:00")]);
    check(&berlin("sunday 01:00-02:30"), &[("2026-10-25T01:00+02:00", "2026-10-25T02:30+02:00")]);
    check(&berlin("sunday 02:30-03:30"), &[("2026-10-25T02:30+02:00", "2026-10-25T03:30+01:00")]);
    check(&berlin("saturday 22:00-06:00"), &[("2026-10-24T22:00+02:00", "2026-10-25T06:00+01:00")]);
}

#[test]
fn an_opening_may_begin_on_a_date_that_the_clock_leaves_again_or_skips() {
    // St. John's went back from 00:01 to 23:01 of the day before.
    let newfoundland = schedule("America/St_Johns", "sunday 00:00-08:00", &[]);
    check(&newfoundland, &[("2006-10-29T00:00-02:30", "2006-10-29T08:00-03:30")]);
    assert!(newfoundland.is_open(at("2006-10-28T23:30-03:30")), "it has been Sunday before");
    // Samoa had no Friday 30 December 2011; what was to begin or to end then does so on the 31st.
    check(
        &schedule("Pacific/Apia", "thursday 23:00-01:00, friday 09:00-12:00, saturday 02:00-03:00", &[]),
        &[
            ("2011-12-29T23:00-10:00", "2011-12-31T01:00+14:00"),
            ("2011-12-31T02:00+14:00", "2011-12-31T03:00+14:00"),
            ("2011-12-31T09:00+14:00", "2011-12-31T12:00+14:00"),
        ],
    );
}

/// BH-1
#[test]
fn a_closed_date_closes_what_begins_on_it_and_nothing_else() {
    let daily = "thursday 22:00-02:00, friday 09:00-17:00, friday 22:00-02:00, saturday 09:00-17:00";
    check(
        &schedule("Europe/Berlin", daily, &["2026-12-25"]),
        &[
            ("2026-12-24T22:00+01:00", "2026-12-25T02:00+01:00"),
            ("2026-12-26T09:00+01:00", "2026-12-26T17:00+01:00"),
            ("2026-12-31T22:00+01:00", "2027-01-01T02:00+01:00"),
        ],
    );
}

#[test]
fn openings_that_touch_or_overlap_are_one_stretch() {
    check(
        &schedule("Europe/Berlin", "monday 12:00-17:00, monday 09:00-12:00", &[]),
        &[("2026-07-06T09:00+02:00", "2026-07-06T17:00+02:00")],
    );
    check(
        &schedule(
            "UTC",
            "tuesday 00:00-08:00, monday 20:00-00:00, monday 10:00-21:00, monday 11:00-12:00",
            &[],
        ),
        &[("2026-07-06T10:00Z", "2026-07-07T08:00Z"), ("2026-07-13T10:00Z", "2026-07-14T08:00Z")],
    );
    check(
        &schedule("UTC", "friday 18:00-06:00, saturday 06:00-06:00, sunday 06:00-24:00", &[]),
        &[("2026-07-10T18:00Z", "2026-07-13T00:00Z")],
    );
    // Whole days are as long as the clock makes them, and without a gap.
    for whole in ["00:00-00:00", "00:00-24:00"] {
        check(
            &schedule("Europe/Berlin", &format!("saturday {whole}, sunday {whole}"), &[]),
            &[("2026-03-28T00:00+01:00", "2026-03-30T00:00+02:00")],
        );
    }
}

#[test]
fn it_looks_only_so_far_ahead() {
    let always = Weekday::ALL.map(|day| format!("{} 00:00-00:00", day.name())).join(",");
    let start = at("2026-03-25T11:22:33.444Z");
    let later = |days: u16| Timestamp(start.0 + i64::from(days) * 86_400_000);
    let open = schedule("Europe/Berlin", &always, &[]);
    assert_eq!(open.open_until(start), Some(later(limits::OPEN_UNTIL_MAX_DAYS)));

    let rare = |first_closed: &str, count: i64| {
        let first: jiff::civil::Date = first_closed.parse().unwrap();
        let date = |day: i64| Date::of(first + jiff::SignedDuration::from_hours(24 * day));
        Schedule { closed: (0..count).map(date).collect(), ..schedule("UTC", &always, &[]) }
    };
    assert_eq!(rare("2026-03-25", 370).opens_at(start), Some(at("2027-03-30T00:00Z")));
    assert_eq!(rare("2026-03-25", 371).opens_at(start), None, "that is half a day too late");
    assert_eq!(schedule("UTC", "", &[]).opens_at(start), None);
}

#[test]
fn a_schedule_knows_its_problems() {
    let problems = |openings: &str, closed: BTreeSet<Date>| {
        Schedule { closed, ..schedule("UTC", openings, &[]) }.problems().join("; ")
    };
    assert_eq!(problems("monday 09:00-24:00", BTreeSet::from([Date { year: 2028, month: 2, day: 29 }])), "");
    assert_eq!(problems("", BTreeSet::new()), "it has no opening, so it is never open");
    let many = |count: usize| vec!["monday 09:00-10:00"; count].join(",");
    assert_eq!(problems(&many(64), BTreeSet::new()), "");
    assert_eq!(problems(&many(65), BTreeSet::new()), "it has 65 openings, of which 64 are allowed");
    let years = |count: i16| (0..count).map(|year| Date { year, month: 1, day: 1 }).collect();
    assert_eq!(problems("monday 09:00-10:00", years(400)), "");
    assert_eq!(
        problems("monday 09:00-10:00", years(401)),
        "it has 401 closed dates, of which 400 are allowed"
    );
    let impossible = [(2026, 2, 29), (2026, 13, 1), (2026, 0, 255), (-1, 1, 1)]
        .map(|(year, month, day)| Date { year, month, day });
    assert_eq!(
        problems("sunday 24:00-08:00", BTreeSet::from(impossible)),
        "sunday 24:00-08:00 begins at 24:00, which is 00:00 of the next day; \
         -001-01-01 is no date of the calendar; 2026-00-255 is no date of the calendar; \
         2026-02-29 is no date of the calendar; 2026-13-01 is no date of the calendar"
    );
    let useless = schedule("UTC", "sunday 24:00-08:00, sunday 24:00-24:00", &[]);
    assert_eq!(useless.opens_at(at("2026-07-06T00:00Z")), None);
}

#[test]
fn a_zone_is_a_name_of_the_database_in_any_case() {
    for (written, name) in
        [("Europe/Berlin", "Europe/Berlin"), ("america/NEW_YORK", "America/New_York"), ("utc", "UTC")]
    {
        assert_eq!(Zone::parse(written).map(|zone| zone.name().to_owned()), Ok(name.to_owned()));
    }
    for illegal in ["", "Berlin", "Europe/Berlin ", "+02:00", "CET-1CEST", "../UTC", "Etc/Unknown", "\0", "Ä"]
    {
        assert_eq!(Zone::parse(illegal), Err(ZoneError), "{illegal}");
    }
    assert_eq!(Zone::parse(&"a".repeat(1 << 16)), Err(ZoneError));
}

#[test]
fn days_times_and_dates_are_read_as_they_are_shown() {
    for day in Weekday::ALL {
        assert_eq!(Weekday::parse(day.name()), Some(day));
    }
    assert_eq!(Weekday::parse("Monday"), None);
    for minutes in 0..=1440 {
        let time = MinuteOfDay::new(minutes).unwrap();
        assert_eq!(MinuteOfDay::parse(&time.to_string()), Some(time));
    }
    assert_eq!((MinuteOfDay::new(1441), MinuteOfDay::END.minutes()), (None, 1440));
    for illegal in ["", "9:30", "09:60", "24:01", "25:00", "09:30:00", "+9:30", "09-30", "0９:30", "99:99"] {
        assert_eq!(MinuteOfDay::parse(illegal), None, "{illegal}");
    }
    assert_eq!(Date::parse("2028-02-29").map(|date| date.to_string()), Some("2028-02-29".to_owned()));
    for illegal in
        ["", "2026-02-29", "2026-2-28", "2026-13-01", "2026-00-01", "2026-01-00", "26-01-01", "2026-01-01T00"]
    {
        assert_eq!(Date::parse(illegal), None, "{illegal}");
    }
    assert_eq!(weekly("sunday 22:00-06:00")[0].to_string(), "sunday 22:00-06:00");
}
