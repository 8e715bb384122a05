//! The nearest timers of each partition, in memory; all others stay in the store's index.

use crate::derived::{PRESENCE_MARK, WINDOW_TIMER};
use domain::Timestamp;
use domain::conversation::TimerKind;
use std::collections::{BTreeMap, BTreeSet};
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

    /// Whether a guest who was there at that time was there for the process before this one, which took their connection
    /// with it (`ID-12`).
    pub(crate) fn has_lost(&self, there_since: Timestamp) -> bool {
        self.last.is_some_and(|last| there_since <= last)
    }

    /// The same for an entry of the index; `None` for what does not fire in this run: a kind of a later version, and the
    /// mark of a guest who is there. A window's client may come back during the grace, so its end waits too.
    fn entry_fires_at(&self, entry: &TimerEntry) -> Option<Timestamp> {
        let due = Timestamp(entry.due_ms);
        if entry.kind == WINDOW_TIMER {
            return Some(if self.last.is_some() { due.max(self.grace_until) } else { due });
        }
        if entry.kind == PRESENCE_MARK {
            return self.has_lost(due).then_some(due);
        }
        TimerKind::from_number(entry.kind).map(|kind| self.fires_at(kind, due))
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

/// The nearest timers of one partition, in the order in which they are due.
pub(crate) struct TimerQueue {
    recovery: Recovery,
    /// All entries of the index up to the horizon, but for those in flight, those that come again, and, during the
    /// grace, those that wait for its end.
    nearest: BTreeSet<TimerEntry>,
    /// Fired and not yet answered, each with how often that has failed before.
    in_flight: BTreeMap<TimerEntry, u32>,
    /// Could not be fired: when each comes again, and how often it has failed.
    again: BTreeMap<TimerEntry, (Timestamp, u32)>,
    /// How far the index is in memory; `None` when all of it is.
    horizon: Option<TimerEntry>,
    /// Whether timers that close wait for the end of the grace. They are left in the index, which is read again then.
    grace: bool,
    /// Whether there are any such.
    waiting: bool,
    /// What was committed while a page of the index is being read, which may or may not show it.
    during_fill: Option<Vec<TimerChange>>,
    max: usize,
}

/// Before every entry of an index.
const BEGINNING: TimerEntry =
    TimerEntry { due_ms: 0, stream: store::StreamId([0; 16]), kind: 0, armed_by: 0 };
/// How long a timer that cannot be fired waits at first; it doubles each time.
const RETRY_MS: i64 = 1000;
/// The longest that it waits.
const RETRY_MS_MAX: i64 = 300_000;

impl TimerQueues {
    pub(crate) fn new(partitions: u16, recovery: Recovery, max: usize) -> Self {
        let queue = || {
            // Nothing is in memory yet, so the first look reads the index.
            let queue = TimerQueue {
                recovery,
                nearest: BTreeSet::new(),
                in_flight: BTreeMap::new(),
                again: BTreeMap::new(),
                horizon: Some(BEGINNING),
                grace: recovery.last.is_some(),
                waiting: false,
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
            // Beyond the horizon the index remembers it.
            TimerChange::Arm(entry) if self.horizon.is_none_or(|horizon| entry <= horizon) => {
                self.insert(entry)
            }
            TimerChange::Arm(_) => {}
            TimerChange::Disarm(entry) => {
                self.nearest.remove(&entry);
                self.again.remove(&entry);
            }
        }
    }

    fn insert(&mut self, entry: TimerEntry) {
        // What does not fire is left in the index, for the build or the run in which it does.
        let Some(fires_at) = self.recovery.entry_fires_at(&entry) else { return };
        if self.grace && fires_at > Timestamp(entry.due_ms) {
            self.waiting = true;
            return;
        }
        if self.in_flight.contains_key(&entry) || self.again.contains_key(&entry) {
            return;
        }
        if self.nearest.insert(entry) && self.nearest.len() > self.max * 2 {
            self.shorten();
        }
    }

    /// Forgets all but the nearest `max` entries; the index remembers them.
    fn shorten(&mut self) {
        if let Some(first_forgotten) = self.nearest.iter().nth(self.max).copied() {
            self.nearest.split_off(&first_forgotten);
            self.horizon = self.nearest.last().copied();
        }
    }

    /// Where to go on reading the index, and how much, when too little is in memory to know what fires next. The page
    /// has to be given to [`fill`](Self::fill).
    pub(crate) fn wants(&mut self, now: Timestamp) -> Option<(TimerEntry, usize)> {
        if self.grace && now >= self.recovery.grace_until {
            self.grace = false;
            if std::mem::take(&mut self.waiting) {
                self.nearest.clear();
                self.horizon = Some(BEGINNING);
            }
        }
        let horizon = self.horizon.filter(|_| self.nearest.len() < self.max.div_ceil(2))?;
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

    /// When to look again: the next timer is due then, comes again, or the grace ends.
    pub(crate) fn next_fires_at(&self) -> Option<Timestamp> {
        let due = self.nearest.first().map(|entry| Timestamp(entry.due_ms));
        let again = self.again.values().map(|(at, _)| *at).min();
        let grace_ends = self.waiting.then_some(self.recovery.grace_until);
        [due, again, grace_ends].into_iter().flatten().min()
    }

    /// Takes the next timer that may fire, unless too many are firing already.
    pub(crate) fn take_due(&mut self, now: Timestamp, in_flight_max: usize) -> Option<TimerEntry> {
        if self.in_flight.len() >= in_flight_max {
            return None;
        }
        let again =
            self.again.iter().find(|(_, (at, _))| *at <= now).map(|(entry, (_, failed))| (*entry, *failed));
        let due = || self.nearest.first().filter(|entry| entry.due_ms <= now.0).map(|entry| (*entry, 0));
        let (entry, failed) = again.or_else(due)?;
        self.again.remove(&entry);
        self.nearest.remove(&entry);
        self.in_flight.insert(entry, failed);
        Some(entry)
    }

    /// The entry was fired, or was found not to be armed any more.
    pub(crate) fn done(&mut self, entry: &TimerEntry) {
        self.in_flight.remove(entry);
    }

    /// The entry could not be fired; it comes again, later each time.
    pub(crate) fn retry(&mut self, entry: TimerEntry, now: Timestamp) {
        if let Some(failed) = self.in_flight.remove(&entry) {
            let wait_ms = (RETRY_MS << failed.min(16)).min(RETRY_MS_MAX);
            self.again.insert(entry, (Timestamp(now.0 + wait_ms), failed + 1));
        }
    }

    /// How many timers are in memory.
    pub(crate) fn len(&self) -> usize {
        self.nearest.len() + self.again.len()
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
        let (_, asked) = queue.wants(Timestamp(0)).unwrap();
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
        assert_eq!(queue.next_fires_at(), Some(Timestamp(5000)), "the end of the grace");
        let (from, asked) = queue.wants(Timestamp(5000)).unwrap();
        assert_eq!(from, BEGINNING, "what waited is read from the index now");
        queue.fill(asked, vec![overdue[0]]);
        assert_eq!(take_all(&mut queue, 5000), [100]);
    }

    /// X1
    #[test]
    fn what_waits_for_the_grace_takes_no_memory() {
        let queues = queues(Some(Timestamp(0)), 4);
        let armed: Vec<TimerChange> =
            (1..1000).map(|due_ms| TimerChange::Arm(entry(due_ms, TimerKind::IdleCancel))).collect();
        queues.apply(PartitionId(0), &armed);
        assert_eq!(queues.lock(PartitionId(0)).len(), 0);
    }

    #[test]
    fn a_timer_that_cannot_be_fired_comes_again_later_each_time_unless_it_is_disarmed() {
        let queues = queues(None, 10);
        let armed = entry(2000, TimerKind::IdleReminder);
        queues.apply(PartitionId(0), &[TimerChange::Arm(armed)]);
        let mut queue = queues.lock(PartitionId(0));
        for (at_ms, again_ms) in [(2000, 3000), (3000, 5000), (5000, 9000)] {
            assert_eq!(take_all(&mut queue, at_ms), [2000]);
            queue.retry(armed, Timestamp(at_ms));
            assert_eq!(queue.next_fires_at(), Some(Timestamp(again_ms)));
        }
        queue.change(TimerChange::Disarm(armed));
        assert_eq!(queue.next_fires_at(), None);
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
        let (horizon, asked) = queue.wants(Timestamp(0)).unwrap();
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
        let (_, asked) = queue.wants(Timestamp(0)).unwrap();
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
