//! What is wrong with a configuration of routing, told all at once (section 17, rules 4 to 7 and 15).
//!
//! Every part has a bound, so that an entry is one event of well under 64 KiB and the whole can be looked at in time
//! proportional to its size (`X1`).

mod overflow;
mod people;
mod queue;
mod work;

use super::{EntryKey, PresenceId, Routing, RoutingSettings, presence_names};
use crate::Seconds;
use crate::condition::Condition;
use std::collections::BTreeMap;
use std::fmt;

/// Bounds of the configuration of routing. In bytes unless the name says otherwise.
pub mod limits {
    /// The most service channels.
    pub const SERVICE_CHANNELS_MAX_COUNT: usize = 200;
    /// The most queues.
    pub const QUEUES_MAX_COUNT: usize = 2000;
    /// The most assignment rules.
    pub const RULES_MAX_COUNT: usize = 500;
    /// The most groups.
    pub const GROUPS_MAX_COUNT: usize = 2000;
    /// The most agents.
    pub const AGENTS_MAX_COUNT: usize = 50_000;
    /// The most presence states.
    pub const PRESENCE_STATES_MAX_COUNT: usize = 100;
    /// The most reasons for rejecting.
    pub const REJECT_REASONS_MAX_COUNT: usize = 100;
    /// The most schedules.
    pub const SCHEDULES_MAX_COUNT: usize = 500;
    /// The most groups of one agent.
    pub const AGENT_GROUPS_MAX_COUNT: usize = 100;
    /// The most skills of one agent.
    pub const AGENT_SKILLS_MAX_COUNT: usize = 100;
    /// The most queues to which one group gives an order.
    pub const GROUP_QUEUES_MAX_COUNT: usize = 500;
    /// The most groups to which one presence state is kept.
    pub const PRESENCE_GROUPS_MAX_COUNT: usize = 500;
    /// The most other sizes on one service channel.
    pub const SIZES_MAX_COUNT: usize = 100;
    /// The longest that all conditions of other sizes on one service channel may be together.
    pub const SIZES_CONDITIONS_MAX: usize = 32 * 1024;
    /// The most pools of one queue.
    pub const POOLS_MAX_COUNT: usize = 8;
    /// The most groups of one pool.
    pub const POOL_GROUPS_MAX_COUNT: usize = 32;
    /// The most affinities of one queue (`AFF-2`).
    pub const AFFINITIES_MAX_COUNT: usize = 3;
    /// The most days that a historical affinity looks back (`AFF-1`).
    pub const AFFINITY_MAX_DAYS: u8 = 30;
    /// The most sort rules of one queue.
    pub const SORT_RULES_MAX_COUNT: usize = 4;
    /// The most skills that the items of one queue need.
    pub const QUEUE_SKILLS_MAX_COUNT: usize = 32;
    /// The most wait messages of one queue.
    pub const WAIT_MESSAGES_MAX_COUNT: usize = 16;
    /// The longest text for a requester.
    pub const MESSAGE_MAX: usize = 1600;
    /// The longest label of a reason for rejecting.
    pub const LABEL_MAX: usize = 200;
    /// The largest capacity, and the largest size of an item.
    pub const CAPACITY_MAX_COUNT: u32 = 10_000;
    /// The highest level of a skill (`SFR-6`).
    pub const SKILL_LEVEL_MAX: u8 = 10;
    /// The most items that may be queued, whatever is set.
    pub const QUEUED_MAX_COUNT: u32 = 100_000;
    /// The longest that anything waits: 30 days.
    pub const WAIT_MAX_SECONDS: u32 = 30 * 24 * 60 * 60;
    /// The longest that an offer lives: a day (`TRT-3`).
    pub const OFFER_TIMEOUT_MAX_SECONDS: u32 = 24 * 60 * 60;
    /// The most problems that are told at once.
    pub const PROBLEMS_MAX_COUNT: usize = 1000;
}

/// One thing wrong with the configuration of routing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingProblem {
    /// The entry, if it is about one.
    pub entry: Option<EntryKey>,
    /// The key that is wrong.
    pub key: &'static str,
    /// What would be legal.
    pub expected: String,
}

/// Everything that is wrong, up to [`limits::PROBLEMS_MAX_COUNT`]; empty if it is legal.
pub fn validate(routing: &Routing) -> Vec<RoutingProblem> {
    let mut found = Vec::new();
    counts(routing, &mut Check { found: &mut found, entry: None });
    settings(&routing.settings, &mut Check { found: &mut found, entry: None });
    work::check(routing, &mut found);
    people::check(routing, &mut found);
    queue::check(routing, &mut found);
    overflow::check(routing, &mut found);
    found
}

fn counts(routing: &Routing, check: &mut Check<'_>) {
    for (key, count, most) in [
        ("service_channels", routing.service_channels.len(), limits::SERVICE_CHANNELS_MAX_COUNT),
        ("queues", routing.queues.len(), limits::QUEUES_MAX_COUNT),
        ("rules", routing.rules.len(), limits::RULES_MAX_COUNT),
        ("groups", routing.groups.len(), limits::GROUPS_MAX_COUNT),
        ("agents", routing.agents.len(), limits::AGENTS_MAX_COUNT),
        ("presence_states", routing.presence.len(), limits::PRESENCE_STATES_MAX_COUNT),
        ("reject_reasons", routing.reject_reasons.len(), limits::REJECT_REASONS_MAX_COUNT),
        ("schedules", routing.schedules.len(), limits::SCHEDULES_MAX_COUNT),
    ] {
        check.at_most(key, count, most);
    }
    for name in [presence_names::AVAILABLE, presence_names::AWAY, presence_names::OFFLINE] {
        let there = PresenceId::new(name).is_ok_and(|id| routing.presence.contains_key(&id));
        check.expect(there, "presence_states", format_args!("with {name} among them (PR-1)"));
    }
}

fn settings(settings: &RoutingSettings, check: &mut Check<'_>) {
    let RoutingSettings { look_back, queued_max, no_agent_message, disconnect_buffer, .. } = settings;
    check.span("look_back", *look_back, 0);
    check.span("disconnect_buffer", *disconnect_buffer, 0);
    let most = limits::QUEUED_MAX_COUNT;
    check.expect((1..=most).contains(queued_max), "queued_max", format_args!("1 to {most}"));
    check.text("no_agent_message", no_agent_message);
}

/// One entry under examination.
struct Check<'f> {
    found: &'f mut Vec<RoutingProblem>,
    entry: Option<EntryKey>,
}

impl Check<'_> {
    /// Notes what does not hold. What is expected is put into words only then, which keeps the rest fast.
    fn expect(&mut self, holds: bool, key: &'static str, expected: impl fmt::Display) {
        if !holds && self.found.len() < limits::PROBLEMS_MAX_COUNT {
            self.found.push(RoutingProblem {
                entry: self.entry.clone(),
                key,
                expected: expected.to_string(),
            });
        }
    }

    fn at_most(&mut self, key: &'static str, count: usize, most: usize) {
        self.expect(count <= most, key, format_args!("at most {most} of them; there are {count}"));
    }

    /// Something that is referred to has to be there.
    fn exists<K: Ord + fmt::Display, V>(&mut self, key: &'static str, all: &BTreeMap<K, V>, name: &K) {
        self.expect(all.contains_key(name), key, format_args!("one that exists; there is no {name}"));
    }

    fn text(&mut self, key: &'static str, text: &str) {
        let most = limits::MESSAGE_MAX;
        let legal = !text.trim().is_empty() && text.len() <= most;
        self.expect(legal, key, format_args!("a text of 1 to {most} bytes"));
    }

    fn span(&mut self, key: &'static str, Seconds(span): Seconds, least: u32) {
        let most = limits::WAIT_MAX_SECONDS;
        self.expect((least..=most).contains(&span), key, format_args!("{least} to {most} seconds"));
    }

    fn capacity(&mut self, key: &'static str, capacity: u32) {
        let most = limits::CAPACITY_MAX_COUNT;
        self.expect(capacity <= most, key, format_args!("0 to {most} (section 17, rule 15)"));
    }

    fn size(&mut self, key: &'static str, size: u32) {
        let most = limits::CAPACITY_MAX_COUNT;
        self.expect((1..=most).contains(&size), key, format_args!("1 to {most} (section 17, rule 15)"));
    }

    fn level(&mut self, key: &'static str, level: u8) {
        let most = limits::SKILL_LEVEL_MAX;
        self.expect(level <= most, key, format_args!("with levels of 0 to {most}"));
    }

    /// A name that a condition could ask for too, so that there is one language of fields.
    fn field(&mut self, key: &'static str, name: &str) {
        let asked = Condition::parse(&format!("exists {name}"));
        let legal = asked.is_ok_and(|asked| asked.fields().into_iter().eq([name]));
        self.expect(legal, key, "with the name of a context field, as in conditions");
    }
}

impl fmt::Display for RoutingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = &self.entry {
            write!(f, "{entry}: ")?;
        }
        write!(f, "{} must be {}", self.key, self.expected)
    }
}

#[cfg(test)]
mod tests;
