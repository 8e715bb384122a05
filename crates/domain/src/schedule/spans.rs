//! Lays the weekly openings of a schedule on the time line.

use super::{Date, MinuteOfDay, Schedule, Weekday};
use crate::Timestamp;
use std::ops::RangeInclusive;

/// An opening on a certain date. It ends after it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    /// The first time at which it is open.
    pub(super) begin: Timestamp,
    /// The first time at which it is not open any more.
    pub(super) end: Timestamp,
}

/// How many local days before a time an opening can begin that is still open then. One, as openings last at most a
/// day; but a zone that moves over the date line skips a date (Samoa had no 2011-12-30), and that makes two.
const DAYS_BEFORE: i32 = 2;

/// How many local days after that of a time an opening can have begun. One where clocks are set back over midnight,
/// so that yesterday is back after some of today has been.
const DAYS_AFTER: i32 = 1;

impl Span {
    /// Whether it is open at that time.
    pub(super) fn contains(self, at: Timestamp) -> bool {
        self.begin <= at && at < self.end
    }
}

/// All spans that can contain a time, and some that do not.
pub(super) fn around(schedule: &Schedule, at: Timestamp) -> impl Iterator<Item = Span> {
    on(schedule, at, -DAYS_BEFORE..=DAYS_AFTER)
}

/// All spans that can contain a time from `at` to so many days of 24 hours later, and some that do not.
pub(super) fn until(schedule: &Schedule, at: Timestamp, days: u16) -> impl Iterator<Item = Span> {
    on(schedule, at, -DAYS_BEFORE..=last_day(days))
}

/// The first begin of a span after `at`, if there is one within so many days of 24 hours. It may find one shortly
/// after these.
pub(super) fn first_after(schedule: &Schedule, at: Timestamp, days: u16) -> Option<Timestamp> {
    let first_on =
        |day: i32| on(schedule, at, day..=day).map(|span| span.begin).filter(|begin| *begin > at).min();
    // Skipped local times count as later ones, so that an opening may come after the first of the next day.
    (-DAYS_BEFORE..=last_day(days)).find_map(|day| {
        let first = first_on(day)?;
        Some(first_on(day + 1).map_or(first, |next| next.min(first)))
    })
}

/// The last local day, counted from that of a time, on which an opening can have begun so many days of 24 hours
/// later: the clock may have been set forward in between, by up to a day.
fn last_day(days: u16) -> i32 {
    i32::from(days) + 1 + DAYS_AFTER
}

/// The spans that begin on these local days, where 0 is the day of `at`; in no order.
fn on(schedule: &Schedule, at: Timestamp, days: RangeInclusive<i32>) -> impl Iterator<Item = Span> {
    let today = schedule.zone.date(at);
    days.filter_map(move |day| today?.checked_add(jiff::Span::new().days(day)).ok())
        .filter(move |date| !schedule.closed.contains(&Date::of(*date)))
        .flat_map(move |date| {
            let weekday = Weekday::of(date);
            schedule.weekly.iter().filter_map(move |opening| {
                if opening.day != weekday || opening.from == MinuteOfDay::END {
                    return None;
                }
                let (from, to) = opening.minutes();
                let (begin, end) = (schedule.zone.at(date, from)?, schedule.zone.at(date, to)?);
                (begin < end).then_some(Span { begin, end })
            })
        })
}
