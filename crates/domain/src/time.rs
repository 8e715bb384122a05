//! Points and spans of time. The domain never asks what time it is; it is told.

/// A point of engine time: milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A span of whole seconds, as administrators configure timeouts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub u32);

/// Where and when an event stands in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// The version that the stream has with this event; the first is 1.
    pub version: u64,
    /// The time from which the event counts.
    pub at: Timestamp,
}

impl Timestamp {
    /// The point so many seconds later. Saturates far outside any real calendar.
    #[must_use]
    pub const fn plus(self, span: Seconds) -> Self {
        Self(self.0.saturating_add(span.0 as i64 * 1000))
    }

    /// The first point at or after this one that is a whole multiple of the span since the epoch (`IDLE-7`).
    /// A span of zero changes nothing.
    #[must_use]
    pub const fn rounded_up_to(self, span: Seconds) -> Self {
        let step_ms = span.0 as i64 * 1000;
        if step_ms == 0 {
            return self;
        }
        let over_ms = self.0.rem_euclid(step_ms);
        if over_ms == 0 { self } else { Self(self.0.saturating_add(step_ms - over_ms)) }
    }

    /// Milliseconds from an earlier point to this one; negative if it is later.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_on_the_grid_stays_and_any_other_moves_to_the_next_point() {
        let grid = Seconds(120);
        assert_eq!(Timestamp(240_000).rounded_up_to(grid), Timestamp(240_000));
        assert_eq!(Timestamp(240_001).rounded_up_to(grid), Timestamp(360_000));
        assert_eq!(Timestamp(7).rounded_up_to(Seconds(0)), Timestamp(7));
    }
}
