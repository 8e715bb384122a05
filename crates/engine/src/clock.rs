//! Time and ids, as the engine gets them: from the machine when it serves, from a driver when it rehearses.

use domain::Timestamp;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::{Resume, StartError};
use domain::Seconds;

/// Tells engine time (`T4`).
pub trait Clock: Send + Sync + 'static {
    /// Now; never goes back.
    fn now(&self) -> Timestamp;

    /// What the machine's clock says.
    fn wall(&self) -> Timestamp;

    /// Looks at the machine's clock: slews towards it, and returns by how many milliseconds it jumped since the last
    /// look, if it did. Called about once a second.
    fn look_at_wall(&self) -> Option<i64>;
}

/// The machine's clock, or a test's idea of it.
pub trait Wall: Send + Sync + 'static {
    /// What it says.
    fn read(&self) -> Timestamp;
}

/// Gives fresh ids.
pub trait IdSource: Send + Sync + 'static {
    /// 64 bits that were never given before.
    fn next(&self) -> u64;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemWall;

impl Wall for SystemWall {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the operating system for the time"
    )]
    fn read(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The engine's timeline: begins at the later of wall clock and last commit, then follows the monotonic clock, slewed
/// towards the wall by at most half a millisecond a second. A step of the wall clock is told and moves nothing.
pub struct Timeline {
    wall: Box<dyn Wall>,
    base: Timestamp,
    origin: Instant,
    slew: Mutex<Slew>,
    slewed_us: AtomicI64,
    latest_ms: AtomicI64,
}

#[derive(Clone, Copy)]
struct Slew {
    looked: Instant,
    offset_ms: i64,
}

/// The fastest that the timeline is slewed: microseconds a second, as time daemons do.
const SLEW_MAX_US_PER_S: i64 = 500;
/// A change of the offset between two looks from which on it is a step and no drift.
const STEP_MIN_MS: i64 = 1000;

impl Timeline {
    /// Begins the timeline of one run of the engine on a store whose last sign of life was at `last_ms`.
    ///
    /// # Errors
    /// [`StartError::Gap`] if the wall clock is more than `gap_max` later and `resume` does not say what is true.
    pub fn begin(
        wall: Box<dyn Wall>,
        last_ms: Option<i64>,
        gap_max: Seconds,
        resume: Resume,
    ) -> Result<Self, StartError> {
        let wall_now = wall.read();
        let base = match last_ms {
            None => wall_now,
            Some(last_ms) => {
                let last = Timestamp(last_ms);
                // Time tells what was committed before this run from what is committed in it.
                let next = Timestamp(last_ms + 1);
                let gap_ms = wall_now.since_ms(last);
                match resume {
                    Resume::Refuse if gap_ms > i64::from(gap_max.0) * 1000 => {
                        return Err(StartError::Gap { gap_s: gap_ms / 1000, limit_s: i64::from(gap_max.0) });
                    }
                    Resume::Refuse | Resume::Wall => wall_now.max(next),
                    Resume::LastCommit => next,
                }
            }
        };
        let origin = Instant::now();
        let slew = Mutex::new(Slew { looked: origin, offset_ms: wall_now.since_ms(base) });
        let latest_ms = AtomicI64::new(base.0);
        Ok(Self { wall, base, origin, slew, slewed_us: AtomicI64::new(0), latest_ms })
    }
}

impl Clock for Timeline {
    fn now(&self) -> Timestamp {
        let elapsed_us = i64::try_from(self.origin.elapsed().as_micros()).unwrap_or(i64::MAX);
        let now_ms = self.base.0 + (elapsed_us + self.slewed_us.load(Ordering::Relaxed)) / 1000;
        // Slewing back must not let two readings run backwards.
        Timestamp(self.latest_ms.fetch_max(now_ms, Ordering::Relaxed).max(now_ms))
    }

    fn wall(&self) -> Timestamp {
        self.wall.read()
    }

    fn look_at_wall(&self) -> Option<i64> {
        let offset_ms = self.wall.read().since_ms(self.now());
        let mut slew = self.slew.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let looked = Instant::now();
        let passed_ms = i64::try_from(looked.duration_since(slew.looked).as_millis()).unwrap_or(i64::MAX);
        let moved_ms = offset_ms - slew.offset_ms;
        *slew = Slew { looked, offset_ms };
        let limit_us = passed_ms.saturating_mul(SLEW_MAX_US_PER_S) / 1000;
        self.slewed_us.fetch_add((offset_ms * 1000).clamp(-limit_us, limit_us), Ordering::Relaxed);
        (moved_ms.abs() >= STEP_MIN_MS).then_some(moved_ms)
    }
}

/// A clock that moves only when its driver says so.
#[derive(Debug, Default)]
pub struct ManualClock {
    now_ms: AtomicI64,
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub const fn new(start: Timestamp) -> Self {
        Self { now_ms: AtomicI64::new(start.0) }
    }

    /// Moves on to `to`; never back.
    pub fn advance_to(&self, to: Timestamp) {
        self.now_ms.fetch_max(to.0, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now_ms.load(Ordering::SeqCst))
    }

    fn wall(&self) -> Timestamp {
        self.now()
    }

    fn look_at_wall(&self) -> Option<i64> {
        None
    }
}

/// A wall clock that a test sets.
#[derive(Clone, Debug, Default)]
pub struct ManualWall(std::sync::Arc<AtomicI64>);

impl ManualWall {
    /// Sets it, in either direction.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.0, Ordering::SeqCst);
    }
}

impl Wall for ManualWall {
    fn read(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Ids from the operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn next(&self) -> u64 {
        // Without randomness no id is safe to give, and on any system that runs this it does not fail.
        #[expect(clippy::expect_used, reason = "see above")]
        getrandom::u64().expect("the operating system gives randomness")
    }
}

/// Ids from a seed: the same run gives the same ids.
#[derive(Debug)]
pub struct SequentialIds(AtomicU64);

impl SequentialIds {
    /// Ids that follow from the seed.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl IdSource for SequentialIds {
    fn next(&self) -> u64 {
        // The finaliser of splitmix64 is a bijection, so no two of its outputs are alike.
        let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    fn timeline(
        wall_ms: i64,
        last_ms: Option<i64>,
        resume: Resume,
    ) -> Result<(Timeline, ManualWall), StartError> {
        let wall = ManualWall::default();
        wall.set(Timestamp(wall_ms));
        let timeline = Timeline::begin(Box::new(wall.clone()), last_ms, Seconds(86_400), resume)?;
        Ok((timeline, wall))
    }

    /// T4
    #[test]
    fn a_step_of_the_wall_clock_is_told_once_and_moves_nothing() {
        let (timeline, wall) = timeline(10 * DAY_MS, None, Resume::Refuse).unwrap();
        for (step_ms, wall_ms) in [(3 * DAY_MS, 13 * DAY_MS), (-6 * DAY_MS, 7 * DAY_MS)] {
            wall.set(Timestamp(wall_ms));
            let told_ms = timeline.look_at_wall().unwrap();
            assert!((told_ms - step_ms).abs() < 60_000, "{told_ms}");
            assert_eq!(timeline.look_at_wall(), None, "a step is told once");
            assert!(timeline.now().since_ms(Timestamp(10 * DAY_MS)) < 60_000, "the timeline did not follow");
        }
    }

    /// T4
    #[test]
    fn a_wall_clock_behind_the_log_does_not_set_the_timeline_back() {
        let (timeline, _) = timeline(7 * DAY_MS, Some(10 * DAY_MS), Resume::Refuse).unwrap();
        assert!(timeline.now() >= Timestamp(10 * DAY_MS));
    }

    /// T4
    #[test]
    fn starting_days_after_the_last_commit_has_to_be_explicit() {
        let refused = timeline(13 * DAY_MS, Some(10 * DAY_MS), Resume::Refuse).err();
        assert!(matches!(refused, Some(StartError::Gap { gap_s: 259_200, limit_s: 86_400 })), "{refused:?}");
        let (resumed, _) = timeline(13 * DAY_MS, Some(10 * DAY_MS), Resume::Wall).unwrap();
        assert!(resumed.now() >= Timestamp(13 * DAY_MS));
        let (resumed, _) = timeline(13 * DAY_MS, Some(10 * DAY_MS), Resume::LastCommit).unwrap();
        assert!(resumed.now().since_ms(Timestamp(10 * DAY_MS)) < 60_000);
    }

    #[test]
    fn ids_of_one_seed_are_the_same_and_never_repeat() {
        let draw = || {
            (0..1000)
                .map({
                    let ids = SequentialIds::new(7);
                    move |_| ids.next()
                })
                .collect::<Vec<_>>()
        };
        let unique: std::collections::BTreeSet<u64> = draw().into_iter().collect();
        assert_eq!((draw(), unique.len()), (draw(), 1000));
    }
}
