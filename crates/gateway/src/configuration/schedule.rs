//! Weekly schedules as texts: `monday-friday 09:00-17:00`, and dates such as `2026-12-25`.

use super::Reading;
use api::configuration as wire;
use domain::schedule::{Date, MinuteOfDay, Opening, Schedule, Weekday, Zone};

const OPENING: &str = "must be days and times, such as `monday 09:00-17:00` or `monday-friday 09:00-17:00`";

/// Understands a schedule.
pub(crate) fn read_schedule(schedule: wire::Schedule, at: &mut Reading) -> Option<Schedule> {
    let wire::Schedule { zone, weekly, closed } = schedule;
    let zone = Zone::parse(&zone).map_err(|error| at.wrong("zone", error)).ok();
    let mut openings = Vec::new();
    for (place, text) in weekly.iter().enumerate() {
        match openings_in(text) {
            Some(found) => openings.extend(found),
            None => at.wrong(format_args!("weekly[{place}]"), OPENING),
        }
    }
    let mut dates = Vec::new();
    for (place, text) in closed.iter().enumerate() {
        match Date::parse(text) {
            Some(date) => dates.push(date),
            None => at.wrong(format_args!("closed[{place}]"), "must be a date, such as `2026-12-25`"),
        }
    }
    Some(Schedule { zone: zone?, weekly: openings, closed: dates.into_iter().collect() })
}

/// Says a schedule, each day's openings by themselves.
pub(crate) fn show_schedule(schedule: &Schedule) -> wire::Schedule {
    let Schedule { zone, weekly, closed } = schedule;
    wire::Schedule {
        zone: zone.name().to_owned(),
        weekly: weekly.iter().map(ToString::to_string).collect(),
        closed: closed.iter().map(ToString::to_string).collect(),
    }
}

/// One opening on each of the days; `None` if the text does not say that.
fn openings_in(text: &str) -> Option<impl Iterator<Item = Opening>> {
    let (days, times) = text.trim().split_once(char::is_whitespace)?;
    let (from, to) = times.trim_start().split_once('-')?;
    let (from, to) = (MinuteOfDay::parse(from)?, MinuteOfDay::parse(to)?);
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let (first, last) = (Weekday::parse(first)?, Weekday::parse(last)?);
    // From Saturday to Monday is three days: a week has no end.
    let ahead = Weekday::ALL.into_iter().cycle().skip_while(move |day| *day != first);
    let count = 1 + ahead.clone().take_while(|day| *day != last).count();
    Some(ahead.take(count).map(move |day| Opening { day, from, to }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_is_one_day_or_each_of_some_days_also_across_the_end_of_the_week() {
        let shown = |text| openings_in(text).unwrap().map(|opening| opening.to_string()).collect::<Vec<_>>();
        assert_eq!(shown("monday 09:00-17:00"), ["monday 09:00-17:00"]);
        assert_eq!(shown(" sunday-sunday  00:00-24:00 "), ["sunday 00:00-24:00"]);
        assert_eq!(
            shown("saturday-monday 22:00-06:00"),
            ["saturday 22:00-06:00", "sunday 22:00-06:00", "monday 22:00-06:00"]
        );
        assert_eq!(shown("monday-sunday 08:00-20:00").len(), 7);
    }

    #[test]
    fn what_is_no_opening_is_none() {
        for text in [
            "",
            "monday",
            "monday 9:00-17:00",
            "monday 09:00",
            "monday 09:00-25:00",
            "Monday 09:00-17:00",
            "monday-fri 09:00-17:00",
            "monday,tuesday 09:00-17:00",
            "monday 09:00-12:00-17:00",
        ] {
            assert!(openings_in(text).is_none(), "{text}");
        }
    }
}
