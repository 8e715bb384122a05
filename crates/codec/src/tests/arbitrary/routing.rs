//! Strategies for the configuration of routing, also such as no rule would let pass.

use super::{agent, seconds};
use domain::condition::Condition;
use domain::configuration::ConfigurationEvent;
use domain::routing::{
    Affinity, Agent, AssignBy, AssignmentRule, Entry, EntryKey, EstimateBy, Group, GroupId, Need, Pool,
    PresenceId, PresenceState, Queue, QueueId, ReassignOn, RejectReason, RejectReasonId, Routing,
    RoutingSettings, RuleId, ScheduleId, ServiceChannel, ServiceChannelId, ServiceKind, ShiftPreference,
    ShiftUse, SizeOverride, SkillDemand, SkillId, SkillUse, SortRule, WaitMessage, WhenNobody,
};
use domain::schedule::{Date, MinuteOfDay, Opening, Schedule, Weekday, Zone};
use domain::{NameError, Seconds};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const NAME: &str = "[A-Za-z0-9._@-]{1,64}";

pub(super) fn event() -> BoxedStrategy<ConfigurationEvent> {
    prop_oneof![
        entry().prop_map(|entry| ConfigurationEvent::RoutingConfigured { entry: Box::new(entry) }),
        key().prop_map(|key| ConfigurationEvent::RoutingRemoved { key }),
    ]
    .boxed()
}

/// A few entries of each kind.
pub(in crate::tests) fn routing() -> impl Strategy<Value = Routing> {
    (vec(entry(), 0..8), vec(key(), 0..2)).prop_map(|(entries, keys)| {
        let mut routing = Routing::default();
        entries.into_iter().for_each(|entry| routing.put(entry));
        keys.iter().for_each(|key| _ = routing.remove(key));
        routing
    })
}

fn named<T: std::fmt::Debug>(new: fn(&str) -> Result<T, NameError>) -> impl Strategy<Value = T> {
    NAME.prop_map(move |name| new(&name).unwrap())
}

/// Boxed one by one: unboxed, all of them at once take more stack than a test has.
fn entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        settings().prop_map(Entry::Settings).boxed(),
        (named(ScheduleId::new), schedule()).prop_map(|(id, it)| Entry::Schedule(id, it)).boxed(),
        (named(PresenceId::new), presence()).prop_map(|(id, it)| Entry::Presence(id, it)).boxed(),
        (named(RejectReasonId::new), reason()).prop_map(|(id, it)| Entry::RejectReason(id, it)).boxed(),
        (named(ServiceChannelId::new), service_channel())
            .prop_map(|(id, it)| Entry::ServiceChannel(id, it))
            .boxed(),
        (named(RuleId::new), rule()).prop_map(|(id, it)| Entry::Rule(id, it)).boxed(),
        (named(GroupId::new), group()).prop_map(|(id, it)| Entry::Group(id, it)).boxed(),
        (agent(), an_agent()).prop_map(|(id, it)| Entry::Agent(id, it)).boxed(),
        (named(QueueId::new), queue()).prop_map(|(id, it)| Entry::Queue(id, Box::new(it))).boxed(),
    ]
}

fn key() -> impl Strategy<Value = EntryKey> {
    prop_oneof![
        named(QueueId::new).prop_map(EntryKey::Queue),
        agent().prop_map(EntryKey::Agent),
        named(GroupId::new).prop_map(EntryKey::Group),
        named(RuleId::new).prop_map(EntryKey::Rule),
        named(ServiceChannelId::new).prop_map(EntryKey::ServiceChannel),
        named(RejectReasonId::new).prop_map(EntryKey::RejectReason),
        select(vec!["available", "away", "offline"])
            .prop_map(|name| EntryKey::Presence(PresenceId::new(name).unwrap())),
        named(ScheduleId::new).prop_map(EntryKey::Schedule),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let sources = ["exists a", "topic == \"ä \\\" \\\\\" or not (vip >= -2)", "x in (1, 2) and y.z != true"];
    select(sources.to_vec()).prop_map(|source| Condition::parse(source).unwrap())
}

fn settings() -> impl Strategy<Value = RoutingSettings> {
    let choices = (
        select(vec![ReassignOn::Message, ReassignOn::Open]),
        select(vec![EstimateBy::Mean, EstimateBy::Weighted]),
    );
    (seconds(), any::<u32>(), any::<[bool; 2]>(), any::<String>(), seconds(), choices).prop_map(
        |(look_back, queued_max, flags, no_agent_message, disconnect_buffer, choices)| RoutingSettings {
            look_back,
            queued_max,
            bypass_max_wait: flags[0],
            no_agent_message,
            reassign_enabled: flags[1],
            reassign_on: choices.0,
            disconnect_buffer,
            estimate: choices.1,
        },
    )
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let zones = ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"];
    let zone = select(zones.to_vec()).prop_map(|name| Zone::parse(name).unwrap());
    let minute = || (0..=1440_u16).prop_map(|minutes| MinuteOfDay::new(minutes).unwrap());
    let opening = (select(Weekday::ALL.to_vec()), minute(), minute()).prop_map(|(day, from, to)| Opening {
        day,
        from,
        to,
    });
    let date = (0..=9999_i16, 1..=12_u8, 1..=28_u8).prop_map(|(year, month, day)| Date { year, month, day });
    (zone, vec(opening, 0..4), btree_set(date, 0..4)).prop_map(|(zone, weekly, closed)| Schedule {
        zone,
        weekly,
        closed,
    })
}

fn presence() -> impl Strategy<Value = PresenceState> {
    let channels = option::of(btree_set(named(ServiceChannelId::new), 0..3));
    let groups = btree_set(named(GroupId::new), 0..3);
    (any::<[bool; 3]>(), channels, any::<u32>(), groups, option::of(seconds())).prop_map(
        |([active, receives_work, channels_fixed], channels, order, groups, inactive_after)| PresenceState {
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
    let channel = option::of(named(ServiceChannelId::new));
    (any::<String>(), any::<[bool; 2]>(), any::<u32>(), channel).prop_map(
        |(label, [selectable, reassignable], order, channel)| RejectReason {
            label,
            selectable,
            order,
            channel,
            reassignable,
        },
    )
}

fn service_channel() -> impl Strategy<Value = ServiceChannel> {
    let size = (condition(), any::<u32>()).prop_map(|(when, size)| SizeOverride { when, size });
    let kind = (select(ServiceKind::ALL.to_vec()), any::<bool>());
    let condition = option::of(condition());
    let hours = option::of(named(ScheduleId::new));
    (kind, any::<[u32; 3]>(), condition, vec(size, 0..3), hours).prop_map(
        |((kind, active), [order, capacity, size], condition, sizes, hours)| ServiceChannel {
            order,
            active,
            kind,
            condition,
            capacity,
            size,
            sizes,
            hours,
        },
    )
}

fn rule() -> impl Strategy<Value = AssignmentRule> {
    let ways = select(vec![AssignBy::MostCapacity, AssignBy::LastAssigned, AssignBy::RoundRobin]);
    let prefer = select(vec![ShiftPreference::LeastLeft, ShiftPreference::MostLeft, ShiftPreference::Any]);
    let shift = (prefer, seconds()).prop_map(|(prefer, required)| ShiftUse { prefer, required });
    let skills = any::<[bool; 2]>().prop_map(|[levels, mandatory]| SkillUse { levels, mandatory });
    let presence = || option::of(named(PresenceId::new));
    let uses = (option::of(skills), option::of(shift));
    (ways, any::<[bool; 2]>(), option::of(seconds()), presence(), presence(), uses).prop_map(
        |(assign_by, [auto_assign, reject_allowed], offer_timeout, timeout, decline, (skills, shift))| {
            AssignmentRule {
                assign_by,
                auto_assign,
                reject_allowed,
                offer_timeout,
                timeout_presence: timeout,
                decline_presence: decline,
                skills,
                shift,
            }
        },
    )
}

fn group() -> impl Strategy<Value = Group> {
    let capacity = btree_map(named(ServiceChannelId::new), any::<u32>(), 0..3);
    (capacity, btree_map(named(QueueId::new), any::<u32>(), 0..3))
        .prop_map(|(capacity, queue_order)| Group { capacity, queue_order })
}

fn an_agent() -> impl Strategy<Value = Agent> {
    let skills = btree_map(named(SkillId::new), any::<u8>(), 0..3);
    let capacity = btree_map(named(ServiceChannelId::new), any::<u32>(), 0..3);
    let groups = btree_set(named(GroupId::new), 0..3);
    let shift = option::of(named(ScheduleId::new));
    (any::<bool>(), groups, skills, capacity, option::of(any::<u32>()), shift).prop_map(
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

/// Spans and texts are whole arrays: one can be as absent as another.
fn queue() -> impl Strategy<Value = Queue> {
    let sort =
        (any::<String>(), any::<bool>()).prop_map(|(field, descending)| SortRule { field, descending });
    let told = (seconds(), any::<String>()).prop_map(|(after, text)| WaitMessage { after, text });
    let names = (
        named(ServiceChannelId::new),
        option::of(condition()),
        option::of(named(ScheduleId::new)),
        option::of(named(QueueId::new)),
    );
    let spans = (any::<[Option<u32>; 4]>(), any::<[u32; 4]>(), option::of(any::<u32>()), any::<[bool; 2]>());
    let lists =
        (vec(sort, 0..3), vec(told, 0..3), vec(pool(), 0..3), vec(affinity(), 0..3), vec(demand(), 0..3));
    (names, spans, any::<[Option<String>; 4]>(), lists).prop_map(|(names, spans, texts, lists)| {
        let (service_channel, condition, schedule, overflow_queue) = names;
        let ([target_wait, max_wait, overflow_wait, relax_after], numbers, size_cap, [active, refuse]) =
            spans;
        let [order, priority, hold_for_affine, reoffer_after] = numbers;
        let [priority_field, greeting, max_wait_message, refusal_message] = texts;
        let (sort, wait_messages, pools, affinity, skills) = lists;
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
            target_wait: target_wait.map(Seconds),
            max_wait: max_wait.map(Seconds),
            max_wait_message,
            wait_messages,
            size_cap,
            nobody: if refuse { WhenNobody::Refuse } else { WhenNobody::Wait },
            refusal_message,
            overflow_queue,
            overflow_wait: overflow_wait.map(Seconds),
            pools,
            affinity,
            hold_for_affine: Seconds(hold_for_affine),
            skills,
            relax_after: relax_after.map(Seconds),
            reoffer_after: Seconds(reoffer_after),
        }
    })
}

fn pool() -> impl Strategy<Value = Pool> {
    (btree_set(named(GroupId::new), 0..3), named(RuleId::new), seconds())
        .prop_map(|(groups, rule, eligible_at)| Pool { groups, rule, eligible_at })
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
    (named(SkillId::new), any::<u8>(), need).prop_map(|(skill, level, need)| SkillDemand {
        skill,
        level,
        need,
    })
}
