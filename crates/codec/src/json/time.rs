//! Times as RFC 3339 and back.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::Timestamp;

/// The first and the last millisecond of the years 0 to 9999, beyond which RFC 3339 has no words.
const RANGE_MS: (i64, i64) = (-62_167_219_200_000, 253_402_300_799_999);

/// A time as RFC 3339 in UTC with milliseconds. One that RFC 3339 cannot say becomes the nearest that it can.
pub fn timestamp(at: Timestamp) -> String {
    let at_ms = at.0.clamp(RANGE_MS.0, RANGE_MS.1);
    DateTime::<Utc>::from_timestamp_millis(at_ms)
        .unwrap_or(DateTime::UNIX_EPOCH)
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads RFC 3339 with any offset. What is finer than milliseconds is dropped.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| Timestamp(at.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc_with_milliseconds_and_read_with_any_offset() {
        let at = Timestamp(1_509_487_847_000);
        assert_eq!(timestamp(at), "2017-10-31T22:10:47.000Z");
        for text in ["2017-10-31T22:10:47.000Z", "2017-10-31T22:10:47Z", "2017-11-01T00:10:47.0009+02:00"] {
            assert_eq!(parse_timestamp(text), Some(at), "{text}");
        }
        for text in ["", "2017-10-31", "2017-10-31T22:10:47", "1509487847"] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_beyond_the_calendar_becomes_the_nearest_in_it() {
        assert_eq!(timestamp(Timestamp(i64::MIN)), "0000-01-01T00:00:00.000Z");
        assert_eq!(timestamp(Timestamp(i64::MAX)), "9999-12-31T23:59:59.999Z");
        assert_eq!(timestamp(Timestamp(-1)), "1969-12-31T23:59:59.999Z");
    }
}
