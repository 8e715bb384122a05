//! How long the other side wants to be left alone.

use chrono::DateTime;
use domain::{Seconds, Timestamp};

/// The longest that anybody is left alone: whoever asks for more gets another visit after this.
pub const RETRY_AFTER_MAX: Seconds = Seconds(3600);

/// Reads `Retry-After`: seconds, or a date of HTTP, which is compared with `now`. `None` if it is neither; a date in the
/// past is 0.
pub fn retry_after(text: &str, now: Timestamp) -> Option<Seconds> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let wanted = if digits {
        // More digits than fit are more than the most.
        text.parse().unwrap_or(u32::MAX)
    } else {
        let until = DateTime::parse_from_rfc2822(text).ok()?.timestamp_millis();
        let left_ms = Timestamp(until).since_ms(now).max(0);
        // Rounded up, so that nobody comes too early.
        u32::try_from(left_ms.saturating_add(999) / 1000).unwrap_or(u32::MAX)
    };
    Some(Seconds(wanted.min(RETRY_AFTER_MAX.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 1994-11-06T08:49:37Z
    const NOW: Timestamp = Timestamp(784_111_777_000);

    /// X1
    #[test]
    fn seconds_and_dates_are_read_and_bounded() {
        let read = |text| retry_after(text, NOW).map(|Seconds(seconds)| seconds);
        assert_eq!(read("0"), Some(0));
        assert_eq!(read(" 120 "), Some(120));
        assert_eq!(read("99999999999999999999"), Some(3600));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:07 GMT"), Some(30));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:07 GMT"), Some(0));
        assert_eq!(read("Sun, 06 Nov 2094 08:49:07 GMT"), None, "that day is no Sunday");
        assert_eq!(read("Sat, 06 Nov 2094 08:49:07 GMT"), Some(3600));
        for illegal in ["", "soon", "-1", "1.5", "+5"] {
            assert_eq!(read(illegal), None, "{illegal}");
        }
    }

    proptest! {
        #[test]
        fn whatever_it_says_the_wait_is_bounded(text in ".{0,60}", now: i64) {
            prop_assert!(retry_after(&text, Timestamp(now)).is_none_or(|wait| wait <= RETRY_AFTER_MAX));
        }
    }
}
