//! Days, times of day and dates as people write them, without any zone.

use std::fmt;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// The first.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The last.
    Sunday,
}

/// A minute of a local day, from 00:00 to 24:00, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteOfDay(u16);

/// A local date. Made by hand it may be none of the calendar; [`parse`](Self::parse) gives valid ones alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year, from 0 to 9999.
    pub year: i16,
    /// The month; January is 1.
    pub month: u8,
    /// The day of the month; the first is 1.
    pub day: u8,
}

impl Weekday {
    /// Every day, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The day's name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    /// The day of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.name() == name)
    }

    /// The day on which a date falls.
    pub(super) fn of(date: jiff::civil::Date) -> Self {
        match date.weekday() {
            jiff::civil::Weekday::Monday => Self::Monday,
            jiff::civil::Weekday::Tuesday => Self::Tuesday,
            jiff::civil::Weekday::Wednesday => Self::Wednesday,
            jiff::civil::Weekday::Thursday => Self::Thursday,
            jiff::civil::Weekday::Friday => Self::Friday,
            jiff::civil::Weekday::Saturday => Self::Saturday,
            jiff::civil::Weekday::Sunday => Self::Sunday,
        }
    }
}

impl MinuteOfDay {
    /// 24:00, where the day ends.
    pub const END: Self = Self(24 * 60);

    /// So many minutes after 00:00; `None` if that is after 24:00.
    pub const fn new(minutes: u16) -> Option<Self> {
        if minutes <= Self::END.0 { Some(Self(minutes)) } else { None }
    }

    /// Reads hours and minutes of two digits each, such as `09:30`. `None` if it is no such text, or after 24:00.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let (hours, minutes): (u16, u16) = (digits(hours, 2)?, digits(minutes, 2)?);
        if minutes < 60 { Self::new(hours * 60 + minutes) } else { None }
    }

    /// Minutes after 00:00: 0 to 1440.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl Date {
    /// Reads year, month and day, such as `2026-12-25`. `None` if it is no such text, or no date of the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let date = Self { year: digits(year, 4)?, month: digits(month, 2)?, day: digits(day, 2)? };
        date.is_valid().then_some(date)
    }

    /// Whether the calendar has it.
    pub fn is_valid(self) -> bool {
        let (Ok(month), Ok(day)) = (i8::try_from(self.month), i8::try_from(self.day)) else {
            return false;
        };
        self.year >= 0 && jiff::civil::Date::new(self.year, month, day).is_ok()
    }

    /// The same date as jiff has it; its months and days are never negative.
    pub(super) fn of(date: jiff::civil::Date) -> Self {
        Self { year: date.year(), month: date.month().unsigned_abs(), day: date.day().unsigned_abs() }
    }
}

/// A number written with exactly so many digits and nothing else.
fn digits<N: std::str::FromStr>(text: &str, count: usize) -> Option<N> {
    let legal = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if legal { text.parse().ok() } else { None }
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
