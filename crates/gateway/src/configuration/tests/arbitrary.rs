//! Any routing that can be written down, legal or not.

use domain::condition::Condition;
use domain::routing::{
    Affinity, Agent, AssignBy, AssignmentRule, EstimateBy, Group, GroupId, Need, Pool, PresenceId,
    PresenceState, Queue, QueueId, ReassignOn, RejectReason, RejectReasonId, Routing, RoutingSettings,
    RuleId, ScheduleId, ServiceChannel, ServiceChannelId, ServiceKind, ShiftPreference, ShiftUse,
    SizeOverride, SkillDemand, SkillId, SkillUse, SortRule, WaitMessage, WhenNobody,
};
use domain::schedule::{Date, MinuteOfDay, Opening, Schedule, Weekday, Zone};
use domain::{AgentId, NameError, Seconds};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

/// With the states and reasons that everybody has, which no words can take away.
pub(super) fn routing() -> impl Strategy<Value = Routing> {
    let first = (
        settings(),
        named(ServiceChannelId::new, service_channel()),
        named(QueueId::new, queue()),
        named(RuleId::new, rule()),
        named(GroupId::new, group()),
    );
    let second = (
        named(AgentId::new, agent()),
        named(PresenceId::new, presence()),
        named(RejectReasonId::new, reason()),
        named(ScheduleId::new, schedule()),
    );
    (first, second).prop_map(|(first, second)| {
        let (settings, service_channels, queues, rules, groups) = first;
        let (agents, presence, reject_reasons, schedules) = second;
        let mut routing = Routing::default();
        routing.presence.extend(presence);
        routing.reject_reasons.extend(reject_reasons);
        Routing { settings, service_channels, queues, rules, groups, agents, schedules, ..routing }
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[abc]", 1 => "[A-Za-z0-9._@-]{1,64}", 1 => select(vec!["busy".to_owned(), "away".to_owned()])]
}

fn id<T: std::fmt::Debug>(new: fn(&str) -> Result<T, NameError>) -> impl Strategy<Value = T> {
    name().prop_map(move |name| new(&name).unwrap())
}

fn named<I: Ord + std::fmt::Debug, E: std::fmt::Debug>(
    new: fn(&str) -> Result<I, NameError>,
    entry: impl Strategy<Value = E>,
) -> impl Strategy<Value = BTreeMap<I, E>> {
    btree_map(id(new), entry, 0..3)
}

fn numbers<I: Ord + std::fmt::Debug>(
    new: fn(&str) -> Result<I, NameError>,
) -> impl Strategy<Value = BTreeMap<I, u32>> {
    btree_map(id(new), any::<u32>(), 0..3)
}

fn span() -> impl Strategy<Value = Seconds> {
    any::<u32>().prop_map(Seconds)
}

fn span_if_any() -> impl Strategy<Value = Option<Seconds>> {
    option::of(span())
}

fn text_if_any() -> impl Strategy<Value = Option<String>> {
    option::of(any::<String>())
}

fn condition() -> impl Strategy<Value = Condition> {
    let sources = vec![
        "mode == \"chat\"",
        "not exists topic",
        "priority >= 2 and (a in (1, 2) or b contains \"\\\"\")",
    ];
    select(sources).prop_map(|source| Condition::parse(source).unwrap())
}

fn settings() -> impl Strategy<Value = RoutingSettings> {
    let reassign_on = select(vec![ReassignOn::Message, ReassignOn::Open]);
    let estimate = select(vec![EstimateBy::Mean, EstimateBy::Weighted]);
    let rest = (any::<u32>(), any::<bool>(), any::<String>(), any::<bool>());
    (span(), span(), reassign_on, estimate, rest).prop_map(
        |(look_back, disconnect_buffer, reassign_on, estimate, rest)| {
            let (queued_max, bypass_max_wait, no_agent_message, reassign_enabled) = rest;
            RoutingSettings {
                look_back,
                queued_max,
                bypass_max_wait,
                no_agent_message,
                reassign_enabled,
                reassign_on,
                disconnect_buffer,
                estimate,
            }
        },
    )
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let zones = select(vec!["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"]);
    let minute = || (0..=1440_u16).prop_map(|minutes| MinuteOfDay::new(minutes).unwrap());
    let opening = (select(Weekday::ALL.to_vec()), minute(), minute()).prop_map(|(day, from, to)| Opening {
        day,
        from,
        to,
    });
    let date = (0..=9999_i16, 1..=12_u8, 1..=28_u8).prop_map(|(year, month, day)| Date { year, month, day });
    (zones, vec(opening, 0..4), btree_set(date, 0..3)).prop_map(|(zone, weekly, closed)| Schedule {
        zone: Zone::parse(zone).unwrap(),
        weekly,
        closed,
    })
}

fn presence() -> impl Strategy<Value = PresenceState> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let channels = option::of(btree_set(id(ServiceChannelId::new), 0..3));
    let groups = btree_set(id(GroupId::new), 0..3);
    (flags, channels, any::<u32>(), groups, span_if_any()).prop_map(
        |((active, receives_work, channels_fixed), channels, order, groups, inactive_after)| PresenceState {
            active,
            receives_work,
            channels,
            channels_fixed,
            order,
            groups,
            inactive_after,
        },
    )
}

fn reason() -> impl Strategy<Value = RejectReason> {
    let channel = option::of(id(ServiceChannelId::new));
    (any::<String>(), any::<bool>(), any::<u32>(), channel, any::<bool>()).prop_map(
        |(label, selectable, order, channel, reassignable)| RejectReason {
            label,
            selectable,
            order,
            channel,
            reassignable,
        },
    )
}

fn service_channel() -> impl Strategy<Value = ServiceChannel> {
    let sizes = (condition(), any::<u32>()).prop_map(|(when, size)| SizeOverride { when, size });
    let first = (any::<u32>(), any::<bool>(), select(ServiceKind::ALL.to_vec()), option::of(condition()));
    let second = (any::<u32>(), any::<u32>(), vec(sizes, 0..3), option::of(id(ScheduleId::new)));
    (first, second).prop_map(|((order, active, kind, condition), (capacity, size, sizes, hours))| {
        ServiceChannel { order, active, kind, condition, capacity, size, sizes, hours }
    })
}

fn rule() -> impl Strategy<Value = AssignmentRule> {
    let assign_by = select(vec![AssignBy::MostCapacity, AssignBy::LastAssigned, AssignBy::RoundRobin]);
    let prefer = select(vec![ShiftPreference::LeastLeft, ShiftPreference::MostLeft, ShiftPreference::Any]);
    let skills = any::<(bool, bool)>().prop_map(|(levels, mandatory)| SkillUse { levels, mandatory });
    let shift = (prefer, span()).prop_map(|(prefer, required)| ShiftUse { prefer, required });
    let presence = || option::of(id(PresenceId::new));
    let first = (assign_by, any::<bool>(), any::<bool>(), span_if_any());
    (first, presence(), presence(), option::of(skills), option::of(shift)).prop_map(
        |(first, timeout_presence, decline_presence, skills, shift)| {
            let (assign_by, auto_assign, reject_allowed, offer_timeout) = first;
            AssignmentRule {
                assign_by,
                auto_assign,
                reject_allowed,
                offer_timeout,
                timeout_presence,
                decline_presence,
                skills,
                shift,
            }
        },
    )
}

fn group() -> impl Strategy<Value = Group> {
    (numbers(ServiceChannelId::new), numbers(QueueId::new))
        .prop_map(|(capacity, queue_order)| Group { capacity, queue_order })
}

fn agent() -> impl Strategy<Value = Agent> {
    let groups = btree_set(id(GroupId::new), 0..3);
    let skills = btree_map(id(SkillId::new), any::<u8>(), 0..3);
    let shift = option::of(id(ScheduleId::new));
    (any::<bool>(), groups, skills, numbers(ServiceChannelId::new), option::of(any::<u32>()), shift).prop_map(
        |(active, groups, skills, capacity, universal, shift)| Agent {
            active,
            groups,
            skills,
            capacity,
            universal,
            shift,
        },
    )
}

fn affinity() -> impl Strategy<Value = Affinity> {
    prop_oneof![
        any::<u8>().prop_map(|days| Affinity::Historical { days }),
        any::<String>().prop_map(|field| Affinity::Named { field }),
    ]
}

fn demand() -> impl Strategy<Value = SkillDemand> {
    let need = prop_oneof![
        Just(Need::Mandatory),
        any::<u8>().prop_map(|drop_order| Need::Additional { drop_order }),
        Just(Need::Optional),
    ];
    (id(SkillId::new), any::<u8>(), need).prop_map(|(skill, level, need)| SkillDemand { skill, level, need })
}

fn pool() -> impl Strategy<Value = Pool> {
    (btree_set(id(GroupId::new), 0..3), id(RuleId::new), span())
        .prop_map(|(groups, rule, eligible_at)| Pool { groups, rule, eligible_at })
}

/// In four parts, because a tuple of strategies has only so many.
fn queue() -> impl Strategy<Value = Queue> {
    let sort =
        (any::<String>(), any::<bool>()).prop_map(|(field, descending)| SortRule { field, descending });
    let message = (span(), any::<String>()).prop_map(|(after, text)| WaitMessage { after, text });
    let nobody = select(vec![WhenNobody::Wait, WhenNobody::Refuse]);
    let which = (
        id(ServiceChannelId::new),
        any::<(u32, bool, u32)>(),
        option::of(condition()),
        option::of(id(ScheduleId::new)),
    );
    let order = (text_if_any(), vec(sort, 0..3), option::of(any::<u32>()), nobody);
    let said = (text_if_any(), text_if_any(), text_if_any(), vec(message, 0..3));
    let spans = (span_if_any(), span_if_any(), span_if_any(), span_if_any(), span(), span());
    let who = (option::of(id(QueueId::new)), vec(pool(), 0..3), vec(affinity(), 0..3), vec(demand(), 0..3));
    (which, order, said, spans, who).prop_map(|(which, order_of, said, spans, who)| {
        let (service_channel, (order, active, priority), condition, schedule) = which;
        let (priority_field, sort, size_cap, nobody) = order_of;
        let (greeting, max_wait_message, refusal_message, wait_messages) = said;
        let (target_wait, max_wait, overflow_wait, relax_after, hold_for_affine, reoffer_after) = spans;
        let (overflow_queue, pools, affinity, skills) = who;
        Queue {
            service_channel,
            order,
            active,
            condition,
            priority,
            priority_field,
            sort,
            schedule,
            greeting,
            target_wait,
            max_wait,
            max_wait_message,
            wait_messages,
            size_cap,
            nobody,
            refusal_message,
            overflow_queue,
            overflow_wait,
            pools,
            affinity,
            hold_for_affine,
            skills,
            relax_after,
            reoffer_after,
        }
    })
}
