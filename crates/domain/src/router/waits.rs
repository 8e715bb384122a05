//! How long the last requesters of a queue waited, and the estimate for the next one (`EWT-1`).

use crate::routing::{EstimateBy, SkillId};
use crate::{Seconds, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many conversations count.
pub const SAMPLES: usize = 10;
/// How long ago they may have been joined.
pub const WINDOW: Seconds = Seconds(600);
/// How many sets of required skills are told apart in one queue; beyond it the one that was joined longest ago goes.
const SKILL_SETS_MAX: usize = 64;

/// One wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When the agent joined.
    pub joined: Timestamp,
    /// How long the requester had waited by then, in milliseconds.
    pub waited_ms: i64,
}

/// The last waits of one queue, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// Of all conversations.
    pub all: VecDeque<Wait>,
    /// Of those that required the same skills.
    pub by_skills: BTreeMap<BTreeSet<SkillId>, VecDeque<Wait>>,
}

impl Waits {
    /// Notes a wait.
    pub fn note(&mut self, skills: BTreeSet<SkillId>, wait: Wait) {
        push(&mut self.all, wait);
        if skills.is_empty() {
            return;
        }
        if self.by_skills.len() >= SKILL_SETS_MAX && !self.by_skills.contains_key(&skills) {
            let joined = |waits: &VecDeque<Wait>| waits.front().map(|wait| wait.joined);
            let oldest = self.by_skills.iter().min_by_key(|(_, waits)| joined(waits));
            if let Some(oldest) = oldest.map(|(skills, _)| skills.clone()) {
                self.by_skills.remove(&oldest);
            }
        }
        push(self.by_skills.entry(skills).or_default(), wait);
    }

    /// The estimated wait in whole seconds, of those who require these skills if any are required; `None` without a
    /// sample, never 0 for want of one (`EWT-2`).
    pub fn estimate(&self, skills: &BTreeSet<SkillId>, by: EstimateBy, now: Timestamp) -> Option<Seconds> {
        let waits = if skills.is_empty() { Some(&self.all) } else { self.by_skills.get(skills) };
        let recent: Vec<i64> = waits
            .into_iter()
            .flatten()
            .filter(|wait| wait.joined.plus(WINDOW) >= now)
            .map(|wait| wait.waited_ms)
            .collect();
        let weight = |place: usize| match by {
            EstimateBy::Mean => 1,
            EstimateBy::Weighted => (SAMPLES - place.min(SAMPLES - 1)) as i64,
        };
        let weights: i64 = (0..recent.len()).map(weight).sum();
        if weights == 0 {
            return None;
        }
        let sum: i64 = recent.iter().enumerate().map(|(place, waited_ms)| weight(place) * waited_ms).sum();
        // Half a second more and the division makes it the nearest whole one.
        u32::try_from((sum / weights + 500) / 1000).ok().map(Seconds)
    }
}

/// What a requester is told who has waited so long already: in whole minutes, rounded up, at least one (`EWT-3`).
pub fn remaining_minutes(estimate: Seconds, waited_ms: i64) -> u32 {
    let left_ms = i64::from(estimate.0) * 1000 - waited_ms;
    u32::try_from(left_ms.max(1).div_euclid(60_000) + i64::from(left_ms.max(1).rem_euclid(60_000) > 0))
        .unwrap_or(1)
        .max(1)
}

fn push(waits: &mut VecDeque<Wait>, wait: Wait) {
    waits.push_front(wait);
    waits.truncate(SAMPLES);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(seconds: &[i64]) -> Waits {
        let mut waits = Waits::default();
        // The first of the list is the most recent one.
        for (place, waited) in seconds.iter().enumerate().rev() {
            let joined = Timestamp(100_000 - place as i64);
            waits.note(BTreeSet::new(), Wait { joined, waited_ms: waited * 1000 });
        }
        waits
    }

    /// EWT-1, R8
    #[test]
    fn the_estimate_is_the_plain_mean_or_the_weighted_one() {
        let (none, now) = (BTreeSet::new(), Timestamp(100_000));
        let three = waits(&[90, 60, 30]);
        assert_eq!(three.estimate(&none, EstimateBy::Mean, now), Some(Seconds(60)));
        // (10·90 + 9·60 + 8·30) / 27 = 1680 / 27 = 62.2
        assert_eq!(three.estimate(&none, EstimateBy::Weighted, now), Some(Seconds(62)));
    }

    /// EWT-1
    #[test]
    fn only_the_last_ten_of_the_last_ten_minutes_count() {
        let none = BTreeSet::new();
        let eleven = waits(&[10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 1000]);
        assert_eq!(eleven.estimate(&none, EstimateBy::Mean, Timestamp(100_000)), Some(Seconds(10)));
        assert_eq!(eleven.estimate(&none, EstimateBy::Mean, Timestamp(100_000 + 600_000)), Some(Seconds(10)));
        assert_eq!(eleven.estimate(&none, EstimateBy::Mean, Timestamp(100_000 + 600_001)), None);
    }

    /// EWT-2
    #[test]
    fn without_a_sample_there_is_no_estimate() {
        assert_eq!(Waits::default().estimate(&BTreeSet::new(), EstimateBy::Mean, Timestamp(0)), None);
    }

    /// EWT-1
    #[test]
    fn with_skills_only_those_with_the_same_skills_count() {
        let skill = |name: &str| BTreeSet::from([SkillId::new(name).unwrap()]);
        let mut waits = waits(&[100]);
        waits.note(skill("french"), Wait { joined: Timestamp(100_000), waited_ms: 300_000 });
        let estimate = |skills| waits.estimate(&skills, EstimateBy::Mean, Timestamp(100_000));
        assert_eq!(estimate(skill("french")), Some(Seconds(300)));
        assert_eq!(estimate(skill("german")), None);
        assert_eq!(estimate(BTreeSet::new()), Some(Seconds(200)));
    }

    /// EWT-3
    #[test]
    fn what_is_left_is_told_in_minutes_rounded_up_and_at_least_one() {
        assert_eq!(remaining_minutes(Seconds(300), 0), 5);
        assert_eq!(remaining_minutes(Seconds(301), 0), 6);
        assert_eq!(remaining_minutes(Seconds(300), 299_000), 1);
        assert_eq!(remaining_minutes(Seconds(300), 900_000), 1);
    }
}
