//! The figures of a rehearsal with a roster.

use serde::Serialize;

/// What a roster led to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RosterReport {
    /// In all.
    #[serde(flatten)]
    pub routed: Routed,
    /// By queue.
    pub queues: Vec<QueueReport>,
    /// By group of agents.
    pub groups: Vec<GroupReport>,
}

/// What became of work items and offers (`KPI-9`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Routed {
    /// Conversations that were ever work.
    pub conversations: u64,
    /// Work items.
    pub work_items: u64,
    /// Offers, the same item offered again included.
    pub offers: u64,
    /// Items that an agent got by an offer.
    pub accepted: u64,
    /// Of these, accepted for the agent (`AR-7`).
    pub auto_assigned: u64,
    /// Items that an agent got without an offer.
    pub by_hand: u64,
    /// Offers that were rejected.
    pub rejected: u64,
    /// Offers that timed out.
    pub timed_out: u64,
    /// Offers that ended otherwise: the agent went, or the configuration changed.
    pub withdrawn: u64,
    /// Items whose conversation ended with its agent.
    pub completed: u64,
    /// Items that were handed on.
    pub transferred: u64,
    /// Items whose agent lost them.
    pub reassigned: u64,
    /// Items whose requester left, or was given up by a conversation timeout, before an agent came (`KPI-6`).
    pub abandoned: u64,
    /// Items for which nobody came within the longest wait (`Q-12`).
    pub max_wait: u64,
    /// Items that were not let in (`Q-16`).
    pub refused: u64,
    /// Items that ended otherwise without an agent.
    pub canceled_otherwise: u64,
    /// Items that waited longer than their queue's target (`Q-11`).
    pub late: u64,
    /// Items that nobody has accepted at the end.
    pub left_waiting: u64,
    /// Items that an agent has at the end.
    pub left_open: u64,
}

/// What happened in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueueReport {
    /// Which.
    pub queue: String,
    /// Items that came in, from another queue too.
    pub entered: u64,
    /// As in [`Routed`]; likewise below.
    pub offers: u64,
    /// Items that an agent got out of it.
    pub accepted: u64,
    /// See there.
    pub rejected: u64,
    /// See there.
    pub timed_out: u64,
    /// See there.
    pub abandoned: u64,
    /// See there.
    pub max_wait: u64,
    /// See there.
    pub late: u64,
    /// How long those waited who were joined: from entering their first queue to the agent's joining (`KPI-4`).
    pub wait: Waits,
}

/// Waits in milliseconds. A percentile is the shortest wait that is not exceeded by so many of a hundred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// The plain mean.
    pub mean_ms: i64,
    /// Half of them waited no longer.
    pub p50_ms: i64,
    /// Nine of ten.
    pub p90_ms: i64,
    /// Ninety-nine of a hundred.
    pub p99_ms: i64,
    /// The longest.
    pub max_ms: i64,
}

/// How busy the members of a group were. Whoever is in several groups counts in each.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupReport {
    /// Which.
    pub group: String,
    /// How many agents.
    pub agents: u64,
    /// How long they were there, added up: signed in, whether available or away.
    pub shift_seconds: i64,
    /// The share of that time in which an agent had at least one accepted conversation.
    pub share_with_work: f64,
    /// What was in use in that time, offers included, by what could be.
    pub mean_use: f64,
    /// How long they went on working after they had gone.
    pub after_shift_seconds: i64,
    /// Items that they got and that are over.
    pub handled: u64,
    /// From accepting such an item to its end (`KPI-5`).
    pub mean_handling_ms: i64,
}

impl Waits {
    pub(super) fn of(mut waits_ms: Vec<i64>) -> Self {
        waits_ms.sort_unstable();
        let Some(last) = waits_ms.len().checked_sub(1) else { return Self::default() };
        let not_exceeded_by = |percent: usize| {
            let place = (waits_ms.len() * percent).div_ceil(100).saturating_sub(1);
            waits_ms.get(place).copied().unwrap_or_default()
        };
        Self {
            mean_ms: mean(waits_ms.iter().sum(), waits_ms.len() as u64),
            p50_ms: not_exceeded_by(50),
            p90_ms: not_exceeded_by(90),
            p99_ms: not_exceeded_by(99),
            max_ms: not_exceeded_by(100).max(waits_ms[last]),
        }
    }
}

/// The plain mean of so many; 0 of none.
pub(super) fn mean(sum: i64, count: u64) -> i64 {
    i64::try_from(count).ok().and_then(|count| sum.checked_div(count)).unwrap_or(0)
}

/// A share with four digits; 0 of nothing.
pub(super) fn share(part: i64, whole: i64) -> f64 {
    if whole <= 0 {
        return 0.0;
    }
    (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_waits_that_somebody_had() {
        let waits = Waits::of((1..=200).rev().collect());
        assert_eq!(waits, Waits { mean_ms: 100, p50_ms: 100, p90_ms: 180, p99_ms: 198, max_ms: 200 });
        let one = Waits::of(vec![7]);
        assert_eq!(one, Waits { mean_ms: 7, p50_ms: 7, p90_ms: 7, p99_ms: 7, max_ms: 7 });
        assert_eq!(Waits::of(Vec::new()), Waits::default());
    }

    #[test]
    fn a_share_of_nothing_is_none() {
        assert_eq!((share(1, 3), share(5, 0), mean(7, 0)), (0.3333, 0.0, 0));
    }
}
