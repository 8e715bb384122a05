//! A change that is stored in several steps can stop after any of them.

use super::*;
use crate::AgentId;
use crate::routing::{
    Agent, AssignmentRule, Pool, PresenceState, RejectReason, RejectReasonId, RuleId, ScheduleId, validate,
};
use crate::schedule::{MinuteOfDay, Opening, Schedule, Weekday, Zone};
use proptest::collection::vec;
use proptest::prelude::*;

/// The routing after each single fact; it refers to nothing that is not there.
fn steps(from: &Routing, to: &Routing) -> Vec<Routing> {
    let mut steps = vec![from.clone()];
    for event in order::facts(from, to) {
        let before = with(steps.last().unwrap().clone());
        steps.push(evolve(before, &event).routing);
    }
    steps
}

fn overflowing(name: &str, into: Option<&str>) -> (QueueId, Queue) {
    (queue(name), Queue { overflow_queue: into.map(queue), ..Queue::defaults(chat()) })
}

#[test]
fn a_queue_comes_after_the_one_that_it_overflows_into_and_goes_before_it() {
    let (from, mut to) = (routing(&[]), routing(&[]));
    to.queues = [("a", Some("b")), ("b", Some("c")), ("c", None), ("d", Some("b"))]
        .map(|(name, into)| overflowing(name, into))
        .into();
    let names = |facts: Vec<ConfigurationEvent>| -> String {
        let name = |fact| match fact {
            ConfigurationEvent::RoutingConfigured { entry } => entry.key().unwrap().name().to_owned(),
            ConfigurationEvent::RoutingRemoved { key } => format!("-{}", key.name()),
            ConfigurationEvent::ChannelConfigured { channel, .. }
            | ConfigurationEvent::ChannelRetired { channel }
            | ConfigurationEvent::AttachmentsConfigured { channel, .. } => {
                panic!("{channel} is not of routing")
            }
            ConfigurationEvent::TextConfigured { .. } | ConfigurationEvent::ComponentConfigured { .. } => {
                panic!("words are not of routing")
            }
        };
        facts.into_iter().map(name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(order::facts(&from, &to)), "c b a d");
    assert_eq!(names(order::facts(&to, &from)), "-d -a -b -c");
}

#[test]
fn turning_a_chain_round_makes_no_circle_on_the_way() {
    let chain = |next: [(&str, Option<&str>); 3]| {
        let mut all = routing(&[]);
        all.queues = next.map(|(name, into)| overflowing(name, into)).into();
        all
    };
    let from = chain([("a", Some("b")), ("b", Some("c")), ("c", None)]);
    let to = chain([("a", None), ("b", Some("a")), ("c", Some("b"))]);
    for step in steps(&from, &to) {
        assert_eq!(validate(&step), []);
    }
}

/// a group that orders a queue which only its members serve.
#[test]
fn a_group_and_a_queue_that_name_each_other_come_and_go_together() {
    let (from, mut to) = (routing(&[]), routing(&["x"]));
    to.rules.insert(RuleId::new("push").unwrap(), AssignmentRule::default());
    to.groups.insert(group("team"), Group { queue_order: [(queue("x"), 1)].into(), ..Group::default() });
    let pool =
        Pool { groups: [group("team")].into(), rule: RuleId::new("push").unwrap(), eligible_at: Seconds(0) };
    to.queues.get_mut(&queue("x")).unwrap().pools = vec![pool];
    for (from, to) in [(&from, &to), (&to, &from)] {
        let steps = steps(from, to);
        assert_eq!(steps.last(), Some(to));
        for step in &steps {
            assert_eq!(validate(step), []);
        }
    }
}

/// Few names, so that two routings have much in common; what the dice name and is not there is left out.
fn arbitrary() -> impl Strategy<Value = Routing> {
    let name = || 0..4_usize;
    let entry = (name(), vec(proptest::option::of(name()), 6), 1..5_u32);
    vec(vec(entry, 0..4), 8).prop_map(|kinds| {
        let mut all = Routing::default();
        for (kind, entries) in kinds.into_iter().enumerate() {
            for (name, refers, number) in entries {
                add(&mut all, kind, &format!("n{name}"), &refers, number);
            }
        }
        all
    })
}

fn add(all: &mut Routing, kind: usize, name: &str, refers: &[Option<usize>], number: u32) {
    let named = |place: usize| refers[place].map(|number| format!("n{number}"));
    let schedule = named(0).and_then(|it| all.schedules.keys().find(|id| id.as_str() == it).cloned());
    let channel = named(1).and_then(|it| all.service_channels.keys().find(|id| id.as_str() == it).cloned());
    let of_group = named(2).and_then(|it| all.groups.keys().find(|id| id.as_str() == it).cloned());
    let of_presence = named(3).and_then(|it| all.presence.keys().find(|id| id.as_str() == it).cloned());
    let of_rule = named(4).and_then(|it| all.rules.keys().find(|id| id.as_str() == it).cloned());
    let of_queue = named(5).and_then(|it| all.queues.keys().find(|id| id.as_str() == it).cloned());
    match kind {
        0 => drop(all.schedules.insert(ScheduleId::new(name).unwrap(), monday(number))),
        1 => {
            let it = ServiceChannel {
                hours: schedule,
                capacity: number,
                ..ServiceChannel::defaults(ServiceKind::Chat)
            };
            all.service_channels.insert(ServiceChannelId::new(name).unwrap(), it);
        }
        2 => {
            let capacity = channel.map(|channel| (channel, number)).into_iter().collect();
            all.groups.insert(group(name), Group { capacity, ..Group::default() });
        }
        3 => {
            let groups = of_group.into_iter().collect();
            let it = PresenceState { groups, ..PresenceState::simple(false, number) };
            all.presence.insert(PresenceId::new(name).unwrap(), it);
            let it = RejectReason {
                label: "Busy".to_owned(),
                selectable: true,
                order: number,
                channel,
                reassignable: true,
            };
            all.reject_reasons.insert(RejectReasonId::new(name).unwrap(), it);
        }
        4 => {
            let it = AssignmentRule { decline_presence: of_presence, ..AssignmentRule::default() };
            all.rules.insert(RuleId::new(name).unwrap(), it);
        }
        5 => {
            let Some(service_channel) = channel else { return };
            let pool =
                |rule| Pool { groups: of_group.clone().into_iter().collect(), rule, eligible_at: Seconds(0) };
            let pools = of_rule.map(pool).into_iter().filter(|pool| !pool.groups.is_empty()).collect();
            let mut it = Queue { schedule, pools, ..Queue::defaults(service_channel) };
            it.overflow_queue = of_queue
                .filter(|id| id.as_str() != name && all.queues[id].service_channel == it.service_channel);
            // Replacing a queue could close a circle or leave another one's channel.
            all.queues.entry(queue(name)).or_insert(it);
        }
        6 => {
            let Some((_, it)) = all.groups.iter_mut().find(|(id, _)| id.as_str() == name) else { return };
            it.queue_order.extend(of_queue.map(|id| (id, number)));
        }
        _ => {
            let groups = of_group.into_iter().collect();
            let it = Agent { groups, shift: schedule, universal: Some(number), ..Agent::default() };
            all.agents.insert(AgentId::new(name).unwrap(), it);
        }
    }
}

fn monday(hour: u32) -> Schedule {
    let at = |hour: u32| MinuteOfDay::parse(&format!("{hour:02}:00")).unwrap();
    let weekly = vec![Opening { day: Weekday::Monday, from: at(hour), to: at(hour + 1) }];
    Schedule { zone: Zone::parse("UTC").unwrap(), weekly, closed: Default::default() }
}

/// Whether a problem is about a reference or a circle. A queue on the way from one service channel to another is not:
/// it may pass where the two do not fit together.
fn is_reference(problem: &routing::RoutingProblem) -> bool {
    problem.expected.starts_with("one that exists") || problem.expected.contains("leads back")
}

proptest! {
    #[test]
    fn after_each_step_all_that_is_referred_to_is_there(from in arbitrary(), to in arbitrary()) {
        prop_assert_eq!(validate(&from), []);
        prop_assert_eq!(validate(&to), []);
        let steps = steps(&from, &to);
        prop_assert_eq!(steps.last(), Some(&to));
        for step in &steps {
            let problems: Vec<_> = validate(step).into_iter().filter(is_reference).collect();
            prop_assert_eq!(problems, []);
            // Wherever it stops, going on from there leads to what was wanted.
            let rest = order::facts(step, &to);
            let end = rest.iter().fold(with(step.clone()), evolve);
            prop_assert_eq!(&end.routing, &to);
        }
    }
}
