//! Latencies, one histogram per operation.

use crate::bounds;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    /// A requester's message, from the time that the schedule gave it.
    Inbound,
    /// The same message sent again, from the answer to the first.
    Duplicate,
    /// An agent joining, from the answer before. So are the agent's other requests: they have no time in the schedule.
    Join,
    /// An agent's message.
    Message,
    /// An agent ending the conversation.
    End,
    /// How late a requester's message was sent. While no message waits for a connection, this part of `Inbound` is
    /// the generator's own; otherwise it is what a slow server makes those behind wait.
    SendDelay,
}

impl Operation {
    const ALL: [Self; 6] =
        [Self::Inbound, Self::Duplicate, Self::Join, Self::Message, Self::End, Self::SendDelay];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Duplicate => "duplicate",
            Self::Join => "join",
            Self::Message => "message",
            Self::End => "end",
            Self::SendDelay => "send_delay",
        }
    }

    /// Whether a yes must name a message; one without could not be checked.
    pub(crate) fn makes_message(self) -> bool {
        matches!(self, Self::Inbound | Self::Duplicate | Self::Message)
    }
}

/// The figures of one operation, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// How many were acknowledged.
    pub count: u64,
    /// Half of them took at most this.
    pub p50_ms: f64,
    /// Nine of ten took at most this.
    pub p90_ms: f64,
    /// 99 % took at most this.
    pub p99_ms: f64,
    /// 99.9 % took at most this.
    pub p99_9_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

/// Microseconds per operation, to three digits.
pub(crate) struct Timings(BTreeMap<Operation, Histogram<u64>>);

impl Timings {
    pub(crate) fn new() -> Self {
        let empty = |operation| {
            let longest = bounds::LATENCY_MAX.as_micros() as u64;
            let histogram = Histogram::new_with_bounds(1, longest, 3).expect("constant bounds are in order");
            (operation, histogram)
        };
        Self(Operation::ALL.map(empty).into())
    }

    pub(crate) fn record(&mut self, operation: Operation, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        if let Some(histogram) = self.0.get_mut(&operation) {
            histogram.saturating_record(micros);
        }
    }

    pub(crate) fn count(&self, operation: Operation) -> u64 {
        self.0.get(&operation).map_or(0, Histogram::len)
    }

    /// The figures of every operation that happened.
    pub(crate) fn figures(&self) -> BTreeMap<&'static str, Figures> {
        let happened = self.0.iter().filter(|(_, histogram)| !histogram.is_empty());
        happened.map(|(operation, histogram)| (operation.name(), figures(histogram))).collect()
    }
}

fn figures(histogram: &Histogram<u64>) -> Figures {
    let ms = |micros: u64| micros as f64 / 1000.0;
    let at = |quantile| ms(histogram.value_at_quantile(quantile));
    Figures {
        count: histogram.len(),
        p50_ms: at(0.5),
        p90_ms: at(0.9),
        p99_ms: at(0.99),
        p99_9_ms: at(0.999),
        max_ms: ms(histogram.max()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_milliseconds_to_three_digits() {
        let mut timings = Timings::new();
        for ms in 1..=1000 {
            timings.record(Operation::Inbound, Duration::from_millis(ms));
        }
        let figures = timings.figures()["inbound"];
        assert_eq!((timings.count(Operation::Inbound), figures.count), (1000, 1000));
        for (figure, expected) in [
            (figures.p50_ms, 500.0),
            (figures.p99_ms, 990.0),
            (figures.p99_9_ms, 999.0),
            (figures.max_ms, 1000.0),
        ] {
            assert!((figure - expected).abs() <= expected / 500.0, "{figures:?}");
        }
        assert!(!timings.figures().contains_key("join"));
    }

    #[test]
    fn a_latency_beyond_every_bound_is_kept_as_the_longest() {
        let mut timings = Timings::new();
        timings.record(Operation::End, Duration::MAX);
        assert!(timings.figures()["end"].max_ms >= 3_600_000.0);
    }
}
