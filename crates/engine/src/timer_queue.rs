//! The nearest timers of each partition, in memory; all others stay in the store's index.

use domain::Timestamp;
use domain::conversation::TimerKind;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use store::{PartitionId, TimerChange, TimerEntry};
use tokio::sync::Notify;

/// What is known about the time before this run of the engine, and how long closing timers wait after it (`T3`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recovery {
    /// The last moment that the log knew of before this run; `None` for a new store.
    pub(crate) last: Option<Timestamp>,
    /// When this run began.
    pub(crate) started: Timestamp,
    /// Until when timers that close wait.
    pub(crate) grace_until: Timestamp,
}

impl Recovery {
    /// When a timer may fire: when it is due, or after the grace if it closes.
    pub(crate) fn fires_at(&self, kind: TimerKind, due: Timestamp) -> Timestamp {
        if kind.closes() && self.last.is_some() { due.max(self.grace_until) } else { due }
    }

    /// Whether the provider's time of a message that comes in now counts: it was written during the outage, and is
    /// redelivered within the grace (section 6.4).
    pub(crate) fn is_redelivery(&self, sent_at: Option<Timestamp>, now: Timestamp) -> bool {
        match (sent_at, self.last) {
            (Some(sent_at), Some(last)) => {
                now < self.grace_until && last <= sent_at && sent_at < self.started
            }
            (Some(_) | None, _) => false,
        }
    }
}

/// One queue a partition.
#[derive(Clone)]
pub(crate) struct TimerQueues {
    queues: Arc<Vec<(Mutex<TimerQueue>, Notify)>>,
}

/// The nearest timers of one partition, by the time at which each may fire.
pub(crate) struct TimerQueue {
    recovery: Recovery,
    nearest: BTreeSet<(Timestamp, TimerEntry)>,
    /// Fired and not yet answered; an answer of the actor is awaited before the entry may be queued again.
    in_flight: BTreeSet<TimerEntry>,
    /// All entries of the index up to this one are in memory; `None` when all of them are.
    horizon: Option<TimerEntry>,
    /// What was committed while a page of the index is being read, which may or may not show it.
    during_fill: Option<Vec<TimerChange>>,
    max: usize,
}

impl TimerQueues {
    pub(crate) fn new(partitions: u16, recovery: Recovery, max: usize) -> Self {
        let queue = || {
            let beginning = TimerEntry { due_ms: 0, stream: store::StreamId([0; 16]), kind: 0, armed_by: 0 };
            // Nothing is in memory yet: the horizon is before every entry, so that the first look fills it.
            let queue = TimerQueue {
                recovery,
                nearest: BTreeSet::new(),
                in_flight: BTreeSet::new(),
                horizon: Some(beginning),
                during_fill: None,
                max,
            };
            (Mutex::new(queue), Notify::new())
        };
        Self { queues: Arc::new((0..partitions).map(|_| queue()).collect()) }
    }

    pub(crate) fn partitions(&self) -> impl Iterator<Item = PartitionId> + use<> {
        (0..u16::try_from(self.queues.len()).unwrap_or(u16::MAX)).map(PartitionId)
    }

    /// Takes over what a record changed, once it is durable.
    pub(crate) fn apply(&self, partition: PartitionId, changes: &[TimerChange]) {
        if changes.is_empty() {
            return;
        }
        let mut queue = self.lock(partition);
        let before = queue.next_fires_at();
        changes.iter().for_each(|change| queue.change(*change));
        let sooner = queue.next_fires_at() != before;
        drop(queue);
        if sooner {
            self.changed(partition).notify_one();
        }
    }

    pub(crate) fn lock(&self, partition: PartitionId) -> MutexGuard<'_, TimerQueue> {
        self.queues[usize::from(partition.0)].0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Wakes the partition's owner when its next timer is another one.
    pub(crate) fn changed(&self, partition: PartitionId) -> &Notify {
        &self.queues[usize::from(partition.0)].1
    }
}

impl TimerQueue {
    fn change(&mut self, change: TimerChange) {
        if let Some(changes) = &mut self.during_fill {
            changes.push(change);
        }
        match change {
            TimerChange::Arm(entry) => self.arm(entry),
            TimerChange::Disarm(entry) => self.disarm(&entry),
        }
    }

    fn arm(&mut self, entry: TimerEntry) {
        // Beyond the horizon the index remembers it.
        if self.horizon.is_none_or(|horizon| entry <= horizon) {
            self.insert(entry);
        }
        if self.nearest.len() > self.max * 2 {
            self.shorten();
        }
    }

    fn disarm(&mut self, entry: &TimerEntry) {
        if let Some(fires_at) = self.fires_at(entry) {
            self.nearest.remove(&(fires_at, *entry));
        }
    }

    fn insert(&mut self, entry: TimerEntry) {
        if self.in_flight.contains(&entry) {
            return;
        }
        if let Some(fires_at) = self.fires_at(&entry) {
            self.nearest.insert((fires_at, entry));
        }
    }

    /// Forgets all but the nearest `max` entries in the index's order; the index remembers them.
    fn shorten(&mut self) {
        let mut entries: Vec<TimerEntry> = self.nearest.iter().map(|(_, entry)| *entry).collect();
        entries.sort_unstable();
        let Some(horizon) = entries.get(self.max.saturating_sub(1)).copied() else { return };
        // While closing timers wait for the grace to end, what fires next may stand far back in the index.
        if self.next_fires_at().is_some_and(|next| next.0 > horizon.due_ms) {
            return;
        }
        self.nearest.retain(|(_, entry)| *entry <= horizon);
        self.horizon = Some(horizon);
    }

    fn fires_at(&self, entry: &TimerEntry) -> Option<Timestamp> {
        // A kind of a later version is left in the index for the build that knows it.
        TimerKind::from_number(entry.kind).map(|kind| self.recovery.fires_at(kind, Timestamp(entry.due_ms)))
    }

    /// Where to go on reading the index, and how much, when too little is in memory to know what fires next. The page
    /// has to be given to [`fill`](Self::fill).
    pub(crate) fn wants(&mut self) -> Option<(TimerEntry, usize)> {
        let horizon = self.horizon?;
        let next_is_known = self.next_fires_at().is_some_and(|next| next.0 <= horizon.due_ms);
        if next_is_known && self.nearest.len() >= self.max / 2 {
            return None;
        }
        self.during_fill = Some(Vec::new());
        Some((horizon, self.max))
    }

    /// Takes a page that was read from the index after the horizon; a short page is the last one.
    pub(crate) fn fill(&mut self, asked: usize, page: Vec<TimerEntry>) {
        self.horizon = if page.len() < asked { None } else { page.last().copied() };
        page.into_iter().for_each(|entry| self.insert(entry));
        // The page may be older than what was committed while it was read.
        for change in self.during_fill.take().unwrap_or_default() {
            self.change(change);
        }
    }

    /// When the next timer may fire, as far as memory knows.
    pub(crate) fn next_fires_at(&self) -> Option<Timestamp> {
        self.nearest.first().map(|(fires_at, _)| *fires_at)
    }

    /// Takes the next timer that may fire, unless too many are firing already.
    pub(crate) fn take_due(&mut self, now: Timestamp, in_flight_max: usize) -> Option<TimerEntry> {
        let (fires_at, entry) = *self.nearest.first()?;
        if fires_at > now || self.in_flight.len() >= in_flight_max {
            return None;
        }
        self.nearest.remove(&(fires_at, entry));
        self.in_flight.insert(entry);
        Some(entry)
    }

    /// The entry was fired, or was found not to be armed any more.
    pub(crate) fn done(&mut self, entry: &TimerEntry) {
        self.in_flight.remove(entry);
    }

    /// The entry could not be fired; it comes again at `retry_at`.
    pub(crate) fn retry(&mut self, entry: TimerEntry, retry_at: Timestamp) {
        if self.in_flight.remove(&entry) {
            self.nearest.insert((retry_at, entry));
        }
    }

    /// How many timers are in memory.
    pub(crate) fn len(&self) -> usize {
        self.nearest.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::StreamId;

    fn entry(due_ms: i64, kind: TimerKind) -> TimerEntry {
        TimerEntry { due_ms, stream: StreamId([7; 16]), kind: kind.number(), armed_by: 1 }
    }

    fn queues(last: Option<Timestamp>, max: usize) -> TimerQueues {
        let recovery = Recovery { last, started: Timestamp(1000), grace_until: Timestamp(5000) };
        let queues = TimerQueues::new(1, recovery, max);
        let mut queue = queues.lock(PartitionId(0));
        let (_, asked) = queue.wants().unwrap();
        queue.fill(asked, Vec::new());
        drop(queue);
        queues
    }

    fn take_all(queue: &mut TimerQueue, now_ms: i64) -> Vec<i64> {
        std::iter::from_fn(|| queue.take_due(Timestamp(now_ms), 100)).map(|entry| entry.due_ms).collect()
    }

    /// T3
    #[test]
    fn after_an_outage_closing_timers_wait_for_the_grace_and_others_do_not() {
        let queues = queues(Some(Timestamp(0)), 10);
        let overdue = [entry(100, TimerKind::IdleCancel), entry(50, TimerKind::IdleReminder)];
        queues.apply(PartitionId(0), &overdue.map(TimerChange::Arm));
        let mut queue = queues.lock(PartitionId(0));
        assert_eq!(take_all(&mut queue, 4999), [50]);
        assert_eq!(take_all(&mut queue, 5000), [100]);
    }

    /// T1
    #[test]
    fn no_timer_is_taken_before_it_is_due_and_none_twice() {
        let queues = queues(None, 10);
        let armed = entry(2000, TimerKind::IdleReminder);
        queues.apply(PartitionId(0), &[TimerChange::Arm(armed)]);
        let mut queue = queues.lock(PartitionId(0));
        assert_eq!(take_all(&mut queue, 1999), [0; 0]);
        assert_eq!(take_all(&mut queue, 2000), [2000]);
        queue.change(TimerChange::Arm(armed));
        assert_eq!(take_all(&mut queue, 9000), [0; 0], "it is in flight");
    }

    #[test]
    fn only_the_nearest_stay_in_memory_and_the_rest_is_read_again() {
        let queues = queues(None, 4);
        let all: Vec<TimerEntry> = (1..=9).map(|due_ms| entry(due_ms, TimerKind::IdleReminder)).collect();
        let armed: Vec<TimerChange> = all.iter().copied().map(TimerChange::Arm).collect();
        queues.apply(PartitionId(0), &armed);
        let mut queue = queues.lock(PartitionId(0));
        assert_eq!(queue.len(), 4);
        assert_eq!(take_all(&mut queue, 100), [1, 2, 3, 4]);
        let (horizon, asked) = queue.wants().unwrap();
        queue.fill(asked, all.iter().copied().filter(|entry| *entry > horizon).take(asked).collect());
        assert_eq!(take_all(&mut queue, 100), [5, 6, 7, 8]);
    }

    #[test]
    fn what_is_committed_while_the_index_is_read_is_not_forgotten() {
        let queues = queues(None, 2);
        let armed: Vec<TimerChange> =
            (1..=5).map(|due_ms| TimerChange::Arm(entry(due_ms * 10, TimerKind::IdleReminder))).collect();
        queues.apply(PartitionId(0), &armed);
        let mut queue = queues.lock(PartitionId(0));
        assert_eq!(take_all(&mut queue, 100), [10, 20]);
        let (_, asked) = queue.wants().unwrap();
        // The page was read before these two were committed.
        queue.change(TimerChange::Arm(entry(35, TimerKind::IdleReminder)));
        queue.change(TimerChange::Disarm(entry(40, TimerKind::IdleReminder)));
        queue.fill(asked, vec![entry(30, TimerKind::IdleReminder), entry(40, TimerKind::IdleReminder)]);
        assert_eq!(take_all(&mut queue, 39), [30, 35]);
    }

    /// Section 6.4
    #[test]
    fn only_what_was_written_during_the_outage_and_comes_within_the_grace_is_a_redelivery() {
        let recovery =
            Recovery { last: Some(Timestamp(500)), started: Timestamp(1000), grace_until: Timestamp(5000) };
        let check = |sent_ms, now_ms| recovery.is_redelivery(Some(Timestamp(sent_ms)), Timestamp(now_ms));
        assert!(check(700, 1200));
        assert!(!check(400, 1200), "before the outage");
        assert!(!check(1100, 1200), "after it");
        assert!(!check(700, 5000), "the grace is over");
        assert!(!recovery.is_redelivery(None, Timestamp(1200)));
    }
}
