//! Companies of any kind: three to five agents, two or three queues, skills, sizes, shifts, and every switch there is.

use super::super::story::{World, channel, group, named_pool, presence, queue, schedule, skill, when};
use crate::Seconds;
use crate::routing::{
    Affinity, Agent, AssignBy, AssignmentRule, Need, Queue, RoutingSettings, ShiftPreference, ShiftUse,
    SizeOverride, SkillId, SkillUse, SortRule, WaitMessage, WhenNobody,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub(super) const NAMES: [&str; 5] = ["ann", "bob", "cid", "dan", "eve"];
const GROUPS: [&str; 3] = ["team", "east", "west"];
const SKILLS: [&str; 2] = ["tax", "law"];

/// A legal configuration, with everybody at work.
pub(super) fn company() -> impl Strategy<Value = World> {
    (vec(person(), 3..=5), vec(rule(), 2), vec(line(), 3), settings(), 1_u32..4, any::<bool>()).prop_map(
        |(people, rules, lines, settings, capacity, large)| {
            let mut world = World::team("").with(|all| all.settings = settings);
            world = world.channel("chat", |chat| {
                chat.capacity = capacity;
                let size = SizeOverride { when: when("exists big").unwrap(), size: 2 };
                chat.sizes = if large { vec![size] } else { Vec::new() };
            });
            for name in GROUPS {
                world = world.group(name, |_| {});
            }
            world = world
                .group("east", |east| {
                    east.queue_order.insert(queue("main"), 10);
                })
                .schedule("early", "00:00", "00:05")
                .schedule("late", "00:01", "23:00")
                .presence("backoffice", |_| {});
            for (name, rule) in ["rule", "other"].into_iter().zip(rules) {
                world = world.named_rule(name, |it| *it = rule);
            }
            world = world.queue("side", |side| side.condition = when("exists side"));
            for (name, line) in ["main", "inbox", "side"].into_iter().zip(lines) {
                world = world.queue(name, |it| line.shape(it));
            }
            for (name, person) in NAMES.into_iter().zip(people) {
                world = world.agent(name, |it| *it = person);
            }
            world
        },
    )
}

fn settings() -> impl Strategy<Value = RoutingSettings> {
    (any::<[bool; 2]>(), prop_oneof![Just(10_000_u32), 1..6_u32]).prop_map(
        |([bypass_max_wait, reassign_enabled], queued_max)| RoutingSettings {
            bypass_max_wait,
            reassign_enabled,
            queued_max,
            ..RoutingSettings::default()
        },
    )
}

fn person() -> impl Strategy<Value = Agent> {
    let groups = subsequence(GROUPS.to_vec(), 1..=2);
    let skills = vec(of(0_u8..4), SKILLS.len());
    let shift = of(select(vec!["early", "late"]));
    (groups, skills, shift, of(0_u32..5), of(0_u32..4)).prop_map(|(groups, levels, shift, universal, own)| {
        Agent {
            groups: groups.into_iter().map(group).collect(),
            skills: SKILLS
                .iter()
                .zip(levels)
                .filter_map(|(name, level)| Some((SkillId::new(name).unwrap(), level?)))
                .collect(),
            shift: shift.map(schedule),
            universal,
            capacity: own.map(|most| (channel("chat"), most)).into_iter().collect(),
            ..Agent::default()
        }
    })
}

fn rule() -> impl Strategy<Value = AssignmentRule> {
    let assign_by = select(vec![AssignBy::MostCapacity, AssignBy::LastAssigned, AssignBy::RoundRobin]);
    let prefer = select(vec![ShiftPreference::LeastLeft, ShiftPreference::MostLeft, ShiftPreference::Any]);
    let shift =
        of((prefer, 0_u32..120)
            .prop_map(|(prefer, required)| ShiftUse { prefer, required: Seconds(required) }));
    let skills = of(any::<[bool; 2]>().prop_map(|[levels, mandatory]| SkillUse { levels, mandatory }));
    (assign_by, shift, skills, of(10_u32..60), any::<[bool; 3]>()).prop_map(
        |(assign_by, shift, skills, timeout, [auto, reject, moves])| {
            let auto_assign = auto && timeout.is_none() && !reject;
            AssignmentRule {
                assign_by,
                auto_assign,
                reject_allowed: reject,
                offer_timeout: timeout.map(Seconds),
                timeout_presence: (moves && timeout.is_some()).then(|| presence("away")),
                decline_presence: (moves && reject).then(|| presence("away")),
                skills,
                shift,
            }
        },
    )
}

/// What a queue is like.
#[derive(Clone, Debug)]
struct Line {
    pools: Vec<(&'static str, u32, &'static str)>,
    needs: Vec<Option<Need>>,
    max_wait: Option<u32>,
    overflow_wait: Option<u32>,
    cap: Option<u32>,
    /// Whether it refuses, overflows, sorts, prefers, and asks again.
    switches: [bool; 5],
}

fn line() -> impl Strategy<Value = Line> {
    let pool = (select(GROUPS.to_vec()), select(vec![0_u32, 20, 60]), select(vec!["rule", "other"]));
    let pools = vec(pool, 1..=3).prop_map(|mut pools| {
        pools.sort_by_key(|(_, eligible_at, _)| *eligible_at);
        pools
    });
    let need = select(vec![
        Need::Mandatory,
        Need::Optional,
        Need::Additional { drop_order: 1 },
        Need::Additional { drop_order: 2 },
    ]);
    (pools, vec(of(need), SKILLS.len()), of(30_u32..200), of(10_u32..90), of(1_u32..5), any::<[bool; 5]>())
        .prop_map(|(pools, needs, max_wait, overflow_wait, cap, switches)| Line {
            pools,
            needs,
            max_wait,
            overflow_wait,
            cap,
            switches,
        })
}

impl Line {
    fn shape(self, queue_: &mut Queue) {
        let [refuses, overflows, sorts, prefers, again] = self.switches;
        queue_.pools = self.pools.iter().map(|(group, at, rule)| named_pool(group, *at, rule)).collect();
        queue_.skills = SKILLS
            .iter()
            .zip(&self.needs)
            .filter_map(|(name, need)| Some(skill(name, 2, (*need)?)))
            .collect();
        queue_.relax_after = Some(Seconds(25));
        queue_.max_wait = self.max_wait.map(Seconds);
        queue_.max_wait_message = Some("sorry".to_owned());
        queue_.target_wait = Some(Seconds(15));
        queue_.wait_messages = vec![WaitMessage { after: Seconds(12), text: "soon".to_owned() }];
        queue_.size_cap = self.cap;
        queue_.nobody = if refuses { WhenNobody::Refuse } else { WhenNobody::Wait };
        // Only one of them, so that no way leads back.
        if overflows && queue_.order == 100 && queue_.service_channel == channel("chat") {
            queue_.overflow_queue = Some(queue("side"));
            queue_.overflow_wait = self.overflow_wait.map(Seconds);
        }
        if sorts {
            queue_.sort = vec![SortRule { field: "tier".to_owned(), descending: refuses }];
            queue_.priority_field = Some("rank".to_owned());
        }
        if prefers {
            let named = Affinity::Named { field: "who".to_owned() };
            queue_.affinity = vec![Affinity::Historical { days: 1 }, named];
            queue_.hold_for_affine = Seconds(if again { 30 } else { 0 });
        }
        queue_.reoffer_after = Seconds(if again || self.max_wait.is_none() { 40 } else { 0 });
    }
}
