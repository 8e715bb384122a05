//! What holds for every schedule at every time.

use super::{at, schedule};
use crate::Timestamp;
use crate::schedule::{Date, MinuteOfDay, Opening, Schedule, Weekday, Zone, limits, spans};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: i64 = 24 * 60;

/// Zones and midnights before which their clocks do something: both changes of half the world, half an hour, at
/// midnight, over midnight, over the date line.
const PLACES: [(&str, &str); 10] = [
    ("Europe/Berlin", "2026-03-26T00:00+01:00"),
    ("Europe/Berlin", "2026-10-22T00:00+02:00"),
    ("America/New_York", "2026-03-05T00:00-05:00"),
    ("America/New_York", "2026-10-29T00:00-04:00"),
    ("Australia/Lord_Howe", "2026-04-02T00:00+11:00"),
    ("America/Havana", "2026-03-05T00:00-05:00"),
    ("America/Sao_Paulo", "2018-02-15T00:00-02:00"),
    ("America/St_Johns", "2006-10-26T00:00-02:30"),
    ("Pacific/Apia", "2011-12-27T00:00-10:00"),
    ("Pacific/Kwajalein", "1993-08-18T00:00-12:00"),
];

fn opening() -> impl Strategy<Value = Opening> {
    let minute = |bound: u16| {
        let round = (0..=bound / 30).prop_map(|halves| halves * 30);
        prop_oneof![round, 0..=bound].prop_map(|minutes| MinuteOfDay::new(minutes).unwrap())
    };
    (select(Weekday::ALL.to_vec()), minute(1439), minute(1440)).prop_map(|(day, from, to)| Opening {
        day,
        from,
        to,
    })
}

/// A schedule, and a time shortly before its clock changes.
fn in_place() -> impl Strategy<Value = (Schedule, Timestamp)> {
    (select(PLACES.to_vec()), vec(opening(), 0..12), btree_set(0..14_i64, 0..3)).prop_map(
        |((zone, start), weekly, closed)| {
            let start = at(start);
            let zone = Zone::parse(zone).unwrap();
            let date = |day: i64| zone.date(Timestamp(start.0 + day * DAY_MINUTES * MINUTE_MS)).unwrap();
            let closed = closed.into_iter().map(|day| Date::of(date(day))).collect();
            (Schedule { zone, weekly, closed }, start)
        },
    )
}

/// Whether it is open in UTC, by nothing but arithmetic within a week.
fn open_in_utc(weekly: &[Opening], minute_of_week: i64) -> bool {
    weekly.iter().any(|opening| {
        let day = Weekday::ALL.iter().position(|day| *day == opening.day).unwrap() as i64;
        let [from, to] = [opening.from, opening.to].map(|time| i64::from(time.minutes()));
        let length = if to > from { to - from } else { to + DAY_MINUTES - from };
        (minute_of_week - day * DAY_MINUTES - from).rem_euclid(7 * DAY_MINUTES) < length
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Q-15, BH-1
    #[test]
    fn all_answers_agree_minute_by_minute((schedule, start) in in_place(), step in 7..60_usize) {
        let minute = |index: i64| Timestamp(start.0 + index * MINUTE_MS);
        let open: Vec<bool> = (0..14 * DAY_MINUTES).map(|index| schedule.is_open(minute(index))).collect();
        let next = |from: usize, wanted: bool| {
            open[from..].iter().position(|open| *open == wanted).map(|after| minute((from + after) as i64))
        };
        for from in (0..6 * DAY_MINUTES as usize).step_by(step) {
            let now = minute(from as i64);
            let bound = minute(from as i64 + i64::from(limits::OPEN_UNTIL_MAX_DAYS) * DAY_MINUTES);
            let until = open[from].then(|| next(from, false).map_or(bound, |until| until.min(bound)));
            prop_assert_eq!(schedule.open_until(now), until, "open until, from {:?}", now);
            // What opens only after the days looked at here is left to the other tests.
            if let Some(opens) = next(from, true) {
                prop_assert_eq!(schedule.opens_at(now), Some(opens), "opens at, from {:?}", now);
            }
        }
    }

    /// BH-1: looking at more days around a time changes nothing.
    #[test]
    fn four_local_days_are_enough((schedule, start) in in_place()) {
        let wide: Vec<_> = spans::until(&schedule, start, 30).collect();
        for index in 0..5 * DAY_MINUTES {
            let now = Timestamp(start.0 + (index + 2 * DAY_MINUTES) * MINUTE_MS);
            prop_assert_eq!(schedule.is_open(now), wide.iter().any(|span| span.contains(now)), "{:?}", now);
        }
    }
}

proptest! {
    /// BH-1
    #[test]
    fn in_utc_a_week_is_plain_arithmetic(
        weekly in vec(opening(), 0..12),
        minute in 0..7 * DAY_MINUTES,
        week in -100..3000_i64,
        rest_ms in 0..MINUTE_MS,
    ) {
        let monday = at("1970-01-05T00:00Z");
        let now = Timestamp(monday.0 + (week * 7 * DAY_MINUTES + minute) * MINUTE_MS + rest_ms);
        let expected = open_in_utc(&weekly, minute);
        prop_assert_eq!(Schedule { weekly, ..schedule("UTC", "", &[]) }.is_open(now), expected);
    }

    #[test]
    fn any_time_has_an_answer(
        (schedule, _) in in_place(),
        now in prop_oneof![
            any::<i64>(),
            // The first and the last days that a calendar has.
            (0..40 * DAY_MINUTES).prop_map(|minute| -377_705_116_800_000 - 5 * 86_400_000 + minute * MINUTE_MS),
            (0..800 * DAY_MINUTES).prop_map(|minute| 253_402_207_200_000 + 5 * 86_400_000 - minute * MINUTE_MS),
        ],
    ) {
        let now = Timestamp(now);
        let until = schedule.open_until(now);
        prop_assert_eq!(schedule.is_open(now), until.is_some());
        prop_assert!(until.is_none_or(|until| until > now));
        prop_assert!(schedule.opens_at(now).is_none_or(|opens| opens >= now && schedule.is_open(opens)));
    }
}

#[test]
fn a_time_outside_the_calendar_is_closed() {
    let always = Weekday::ALL.map(|day| format!("{} 00:00-00:00", day.name())).join(",");
    let always = schedule("Pacific/Apia", &always, &[]);
    for ms in [i64::MIN, -400_000_000_000_000, 300_000_000_000_000, i64::MAX] {
        let now = Timestamp(ms);
        assert_eq!((always.is_open(now), always.open_until(now), always.opens_at(now)), (false, None, None));
    }
}
