//! What conditions, sort rules, sizes and skills are read from: what the engine knows of a conversation, and the
//! variables that came with it.

use super::item::{Subject, Variables};
use crate::AgentId;
use crate::condition::{Fields, ValueRef};
use crate::routing::{Need, Queue, ServiceChannel, SkillDemand, SkillId, SortRule};
use std::cmp::Reverse;

/// The most skills of one item.
const SKILLS_MAX: usize = 32;

/// The fields of one item. The engine's own names cannot be overridden by a requester's variables.
pub(super) struct ItemFields<'a> {
    pub(super) subject: &'a Subject,
    pub(super) variables: &'a Variables,
}

impl Fields for ItemFields<'_> {
    fn field(&self, name: &str) -> Option<ValueRef<'_>> {
        match name {
            "channel" => Some(ValueRef::Text(self.subject.channel.as_str())),
            "channel_kind" => self.subject.kind.map(|kind| ValueRef::Text(kind.name())),
            "mode" => Some(ValueRef::Text(self.subject.mode.name())),
            "company_address" => Some(ValueRef::Text(self.subject.company.as_str())),
            variable => self.text(variable).map(ValueRef::Text),
        }
    }
}

impl ItemFields<'_> {
    fn text(&self, variable: &str) -> Option<&str> {
        self.variables.get(variable).map(|value| value.expose().as_str())
    }

    /// Whether the conversation is a service channel's work (`CH-8`).
    pub(super) fn belong_to(&self, channel: &ServiceChannel) -> bool {
        match &channel.condition {
            Some(condition) => condition.holds(self),
            None => channel.kind.takes(self.subject.mode),
        }
    }

    /// How much of a channel's capacity it takes (`WI-11`).
    pub(super) fn size_on(&self, channel: &ServiceChannel) -> u32 {
        let override_of = channel.sizes.iter().find(|size| size.when.holds(self));
        override_of.map_or(channel.size, |size| size.size).max(1)
    }

    /// What the queue asks for, and what the variables `mandatory_skills` and `optional_skills` ask for on top
    /// (`VA-4`). What is named twice counts as the harder demand.
    pub(super) fn skills_in(&self, queue: &Queue) -> Vec<SkillDemand> {
        let mut demands = queue.skills.clone();
        for (variable, need) in [("mandatory_skills", Need::Mandatory), ("optional_skills", Need::Optional)] {
            demands.extend(self.text(variable).into_iter().flat_map(|list| named_skills(list, need)));
        }
        // The hardest need of each skill comes first, and the rest of it goes.
        demands
            .sort_by(|a, b| (&a.skill, a.need, Reverse(a.level)).cmp(&(&b.skill, b.need, Reverse(b.level))));
        demands.dedup_by(|later, first| later.skill == first.skill);
        demands.truncate(SKILLS_MAX);
        demands
    }

    /// Agents whom a variable names, in its order; at most a handful count.
    pub(super) fn agents_in(&self, variable: &str) -> Vec<AgentId> {
        const NAMED_MAX: usize = 8;
        let names = self.text(variable).into_iter().flat_map(|list| list.split(','));
        names.filter_map(|name| AgentId::new(name.trim()).ok()).take(NAMED_MAX).collect()
    }

    /// What the priority field says: lower goes first, and what says nothing last (`SFR-2`).
    pub(super) fn priority(&self, field: Option<&str>) -> i64 {
        let said = field.and_then(|field| self.field(field));
        match said {
            Some(ValueRef::Number(number)) => number,
            Some(ValueRef::Text(text)) => text.trim().parse().unwrap_or(i64::MAX),
            Some(ValueRef::Flag(_)) | None => i64::MAX,
        }
    }

    /// Its place by one sort rule (`Q-8`).
    pub(super) fn sort_part(&self, rule: &SortRule) -> SortPart {
        let value = match self.field(&rule.field) {
            None => return SortPart::Missing,
            Some(ValueRef::Number(number)) => SortValue::Number(number),
            Some(ValueRef::Flag(flag)) => SortValue::Number(i64::from(flag)),
            Some(ValueRef::Text(text)) => match text.trim().parse() {
                Ok(number) => SortValue::Number(number),
                Err(_) => SortValue::Text(text.to_owned()),
            },
        };
        if rule.descending { SortPart::Down(Reverse(value)) } else { SortPart::Up(value) }
    }
}

/// A place in one level of a queue's order. What is missing goes last, whichever way the rest goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SortPart {
    Up(SortValue),
    Down(Reverse<SortValue>),
    Missing,
}

/// Numbers before texts, so that the order is total whatever requesters write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SortValue {
    Number(i64),
    Text(String),
}

/// Reads `french:7, billing`; what is no skill is left out, because it came from outside.
fn named_skills(list: &str, need: Need) -> impl Iterator<Item = SkillDemand> {
    list.split(',').filter_map(move |part| {
        let (name, level) = part.split_once(':').map_or((part, "0"), |(name, level)| (name, level));
        let level: u8 = level.trim().parse().ok().filter(|level| *level <= 10)?;
        Some(SkillDemand { skill: SkillId::new(name.trim()).ok()?, level, need })
    })
}
