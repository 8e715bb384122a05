//! Who of a group is the first for an item, found by looking at those only who may be: at those who have the scarcest
//! skill that is needed, or else at those first who have a skill that would be good.

use super::benches::{Bench, Row, Spot};
use super::demand::RankKey;
use crate::AgentId;
use crate::routing::{SkillDemand, SkillUse};
use std::ops::Bound;

/// How well skills fit, as the first parts of a [`RankKey`]: smaller is better.
type Fit = [i64; 2];

/// One group's bench, and what an item asks of whoever sits there.
pub(super) struct Search<'a, F> {
    bench: &'a Bench,
    /// The skills that are asked for, each with those who have it.
    skills: Vec<(&'a SkillDemand, Option<&'a Row>)>,
    used: Option<SkillUse>,
    /// Whether somebody can take it, skills and all else.
    can_take: F,
}

/// Where a search begins: behind this spot, among those alone who rank as that spot would.
struct From<'a> {
    rank: [i64; 3],
    after: &'a AgentId,
    fit: Fit,
}

impl<'a, F: Fn(&AgentId) -> bool> Search<'a, F> {
    pub(super) fn new(
        bench: &'a Bench,
        skills: &'a [SkillDemand],
        used: Option<SkillUse>,
        can_take: F,
    ) -> Self {
        let skills = skills.iter().filter(|_| used.is_some());
        let skills = skills.map(|demand| (demand, bench.with(&demand.skill))).collect();
        Self { bench, skills, used, can_take }
    }

    /// The best one.
    pub(super) fn first(&self) -> Option<(RankKey, &'a AgentId)> {
        self.search(None)
    }

    /// The next one by name after an agent, of those who rank alike (`AR-5`).
    pub(super) fn next(&self, rank: RankKey, after: &AgentId) -> Option<(RankKey, &'a AgentId)> {
        let [matching, at_level, rank @ ..] = rank;
        self.search(Some(&From { rank, after, fit: [matching, at_level] }))
    }

    fn search(&self, from: Option<&From<'_>>) -> Option<(RankKey, &'a AgentId)> {
        let needed = self.skills.iter().filter(|(demand, _)| self.requires(demand));
        let scarcest = needed.map(|(_, row)| *row).min_by_key(|row| row.map_or(0, Row::len));
        let found = match scarcest {
            Some(row) => self.best_of(row?, from),
            None => {
                let liked = self.skills.iter().filter_map(|(_, row)| *row);
                let liked = liked.filter_map(|row| self.best_of(row, from)).min();
                liked.or_else(|| self.best_of(self.bench.everybody(), from))
            }
        };
        found.map(|([matching, at_level], ([shift, first, second], id))| {
            ([matching, at_level, *shift, *first, *second], id)
        })
    }

    /// The best one of a row. Among those who fit alike it is the first, and nobody fits better than entirely.
    fn best_of(&self, row: &'a Row, from: Option<&From<'_>>) -> Option<(Fit, &'a Spot)> {
        let entirely = self.entirely();
        let mut best: Option<(Fit, &Spot)> = None;
        let begin = from.map(|from| (from.rank, from.after.clone()));
        let begin = begin.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let spots = row.range::<Spot, _>((begin, Bound::Unbounded)).map(|(spot, _)| spot);
        for spot in spots.take_while(|(rank, _)| from.is_none_or(|from| *rank == from.rank)) {
            let Some(fit) = self.fit(spot) else { continue };
            let wanted = from.is_none_or(|from| fit == from.fit);
            if wanted && best.is_none_or(|(first, _)| fit < first) && (self.can_take)(&spot.1) {
                best = Some((fit, spot));
                if fit == entirely || from.is_some() {
                    break;
                }
            }
        }
        best
    }

    /// How well somebody's skills fit; `None` if one that is needed is missing.
    fn fit(&self, spot: &Spot) -> Option<Fit> {
        let (mut matching, mut at_level) = (0, 0);
        for (demand, row) in &self.skills {
            let level = row.and_then(|row| row.get(spot));
            let suffices = level.is_some_and(|level| *level >= demand.level);
            if !suffices && self.requires(demand) {
                return None;
            }
            matching -= i64::from(level.is_some());
            at_level -= i64::from(suffices && self.levels());
        }
        Some([matching, at_level])
    }

    fn entirely(&self) -> Fit {
        let all = i64::try_from(self.skills.len()).unwrap_or(i64::MAX);
        [-all, if self.levels() { -all } else { 0 }]
    }

    fn requires(&self, demand: &SkillDemand) -> bool {
        self.used.is_some_and(|used| used.requires(demand.need))
    }

    fn levels(&self) -> bool {
        self.used.is_some_and(|used| used.levels)
    }
}
