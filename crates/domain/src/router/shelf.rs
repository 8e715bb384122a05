//! The classes of one queue by the skills that they cannot do without, one level of a tree a skill. An agent looks at
//! those shelves only whose skills they all have, and there at what their levels suffice for.

use super::demand::{Demand, Rank};
use crate::routing::{Agent, Routing, SkillId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The skills that agents have, numbered: shelves compare numbers, which is quicker than names.
#[derive(Clone, Debug, Default)]
pub(super) struct SkillNumbers(BTreeMap<SkillId, u32>);

/// Skills with levels, by number: those that are needed, or those that an agent has.
pub(super) type Levels = Vec<(u32, u8)>;

impl SkillNumbers {
    pub(super) fn under(routing: &Routing) -> Self {
        let mut numbers = BTreeMap::new();
        for skill in routing.agents.values().flat_map(|agent| agent.skills.keys()) {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            if !numbers.contains_key(skill) {
                numbers.insert(skill.clone(), next);
            }
        }
        Self(numbers)
    }

    /// Whether all of an agent's skills are known.
    pub(super) fn cover(&self, agent: &Agent) -> bool {
        agent.skills.keys().all(|skill| self.0.contains_key(skill))
    }

    /// Skills by number, without those that nobody has.
    pub(super) fn of<'a>(&self, skills: impl Iterator<Item = (&'a SkillId, u8)>) -> Levels {
        let mut numbers: Levels =
            skills.filter_map(|(skill, level)| Some((*self.0.get(skill)?, level))).collect();
        numbers.sort_unstable();
        numbers
    }
}

/// Classes in the order of their first items.
pub(super) type Heads = BTreeMap<Rank, Arc<Demand>>;

/// Those that need the same skills, by the levels of these, and those that need more.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    here: BTreeMap<Vec<u8>, Heads>,
    further: BTreeMap<u32, Self>,
}

impl Shelf {
    pub(super) fn put(&mut self, needs: &Levels, head: Rank, demand: Arc<Demand>) {
        let shelf = needs.iter().fold(self, |shelf, (skill, _)| shelf.further.entry(*skill).or_default());
        shelf.here.entry(levels(needs)).or_default().insert(head, demand);
    }

    /// Takes a class away if it stands there with this item; whether it did.
    pub(super) fn remove(&mut self, needs: &Levels, head: &Rank) -> bool {
        self.remove_below(needs, &levels(needs), head)
    }

    fn remove_below(&mut self, needs: &[(u32, u8)], levels: &[u8], head: &Rank) -> bool {
        let Some(((skill, _), rest)) = needs.split_first() else {
            let Some(heads) = self.here.get_mut(levels) else { return false };
            let removed = heads.remove(head).is_some();
            if heads.is_empty() {
                self.here.remove(levels);
            }
            return removed;
        };
        let Some(shelf) = self.further.get_mut(skill) else { return false };
        let removed = shelf.remove_below(rest, levels, head);
        if shelf.here.is_empty() && shelf.further.is_empty() {
            self.further.remove(skill);
        }
        removed
    }

    /// Looks at everything that an agent's skills do not rule out.
    pub(super) fn look<'a>(&'a self, skills: &Levels, look: &mut impl FnMut(&'a Heads)) {
        self.look_below(skills, &mut Vec::new(), look);
    }

    /// `above` are the agent's levels of the skills that lead to this shelf.
    fn look_below<'a>(&'a self, skills: &[(u32, u8)], above: &mut Vec<u8>, look: &mut impl FnMut(&'a Heads)) {
        for (levels, heads) in &self.here {
            if levels.iter().zip(above.iter()).all(|(needed, held)| needed <= held) {
                look(heads);
            }
        }
        for (number, (skill, level)) in skills.iter().enumerate() {
            if self.further.is_empty() {
                return;
            }
            if let Some(shelf) = self.further.get(skill) {
                above.push(*level);
                shelf.look_below(&skills[number + 1..], above, look);
                above.pop();
            }
        }
    }
}

fn levels(needs: &Levels) -> Vec<u8> {
    needs.iter().map(|(_, level)| *level).collect()
}
