//! Weekly schedules: when a queue, a channel or an agent's shift is open (`Q-15`, `BH-1`).
//!
//! A schedule is written in local time. An opening belongs to the day on which it begins, even if it runs past
//! midnight; a closed date takes away the openings that begin on it, and nothing else. A local time that daylight
//! saving skips counts as that much later (02:30 becomes 03:30), one that happens twice counts as the first of both.
//! An opening of which nothing is left by that is not there on that day.
//!
//! The zones are those of a database that is built in, so that every machine gives the same answers. A newer database
//! may give others, about the past too: what has to stay decided is to be stored as an event.

mod calendar;
mod spans;
mod zone;

pub use calendar::{Date, MinuteOfDay, Weekday};
pub use zone::{Zone, ZoneError};

use crate::{Seconds, Timestamp};
use std::collections::BTreeSet;
use std::fmt;

/// Bounds of a schedule and of what it is asked.
pub mod limits {
    /// The most openings of a week.
    pub const OPENINGS_MAX_COUNT: usize = 64;
    /// The most closed dates.
    pub const CLOSED_MAX_COUNT: usize = 400;
    /// How many days of 24 hours [`open_until`](super::Schedule::open_until) looks ahead.
    pub const OPEN_UNTIL_MAX_DAYS: u16 = 8;
    /// How many days of 24 hours [`opens_at`](super::Schedule::opens_at) looks ahead.
    pub const OPENS_AT_MAX_DAYS: u16 = 370;
}

/// The same openings every week, but for some dates.
///
/// Any value can be asked, even one with [`problems`](Self::problems). A time outside the years -9999 to 9999 is one
/// at which every schedule is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Whose local time it is.
    pub zone: Zone,
    /// The openings of a week, in any order. They may touch and overlap; it is open if any of them is.
    pub weekly: Vec<Opening>,
    /// The local dates on which no opening begins, such as holidays.
    pub closed: BTreeSet<Date>,
}

/// One opening of a week, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Opening {
    /// The day on which it begins.
    pub day: Weekday,
    /// When it begins; 24:00 is not legal here, and such an opening never opens.
    pub from: MinuteOfDay,
    /// The first minute that is not open any more. If it is not after `from` it is one of the next day, so that
    /// 22:00-06:00 runs past midnight and 00:00-00:00 is the whole day, as is 00:00-24:00.
    pub to: MinuteOfDay,
}

impl Schedule {
    /// Whether it is open. Looks at the openings of four local days.
    pub fn is_open(&self, at: Timestamp) -> bool {
        spans::around(self, at).any(|span| span.contains(at))
    }

    /// Until when it stays open without a break, if it is open; `None` if it is closed. It is closed at the time that
    /// this answers, unless that is the farthest it looks: [`limits::OPEN_UNTIL_MAX_DAYS`] after `at`, which is what
    /// it answers if the stretch is longer or never ends.
    pub fn open_until(&self, at: Timestamp) -> Option<Timestamp> {
        let mut spans: Vec<_> = spans::until(self, at, limits::OPEN_UNTIL_MAX_DAYS).collect();
        spans.sort_unstable();
        let end = spans.iter().fold(at, |end, span| if span.begin <= end { end.max(span.end) } else { end });
        (end > at).then(|| end.min(days_after(at, limits::OPEN_UNTIL_MAX_DAYS)))
    }

    /// When it opens next: `at` itself if it is open then. `None` if it does not open within
    /// [`limits::OPENS_AT_MAX_DAYS`].
    pub fn opens_at(&self, at: Timestamp) -> Option<Timestamp> {
        if self.is_open(at) {
            return Some(at);
        }
        spans::first_after(self, at, limits::OPENS_AT_MAX_DAYS)
            .filter(|opening| *opening <= days_after(at, limits::OPENS_AT_MAX_DAYS))
    }

    /// What is wrong with it, each in words; empty if nothing is.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.weekly.is_empty() {
            problems.push("it has no opening, so it is never open".to_owned());
        }
        for (count, most, what) in [
            (self.weekly.len(), limits::OPENINGS_MAX_COUNT, "openings"),
            (self.closed.len(), limits::CLOSED_MAX_COUNT, "closed dates"),
        ] {
            if count > most {
                problems.push(format!("it has {count} {what}, of which {most} are allowed"));
            }
        }
        let too_late = self.weekly.iter().filter(|opening| opening.from == MinuteOfDay::END);
        problems.extend(
            too_late.map(|opening| format!("{opening} begins at 24:00, which is 00:00 of the next day")),
        );
        let impossible = self.closed.iter().filter(|date| !date.is_valid());
        problems.extend(impossible.map(|date| format!("{date} is no date of the calendar")));
        problems
    }
}

impl Opening {
    /// Begin and end in minutes of local time since the midnight on which its day begins: up to 2 days.
    const fn minutes(self) -> (u16, u16) {
        let (from, to) = (self.from.minutes(), self.to.minutes());
        (from, if to <= from { to + MinuteOfDay::END.minutes() } else { to })
    }
}

fn days_after(at: Timestamp, days: u16) -> Timestamp {
    at.plus(Seconds(u32::from(days) * 24 * 60 * 60))
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}-{}", self.day.name(), self.from, self.to)
    }
}

#[cfg(test)]
mod tests;
