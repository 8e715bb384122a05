//! One of every kind of entry with everything set, and one with as little as there can be; spelt out rather than taken
//! from the defaults, which may change while these bytes may not.

use domain::condition::Condition;
use domain::configuration::ConfigurationEvent;
use domain::routing::{
    Affinity, Agent, AssignBy, AssignmentRule, Entry, EntryKey, EstimateBy, Group, GroupId, Need, Pool,
    PresenceId, PresenceState, Queue, QueueId, ReassignOn, RejectReason, RejectReasonId, Routing,
    RoutingSettings, RuleId, ScheduleId, ServiceChannel, ServiceChannelId, ServiceKind, ShiftPreference,
    ShiftUse, SizeOverride, SkillDemand, SkillId, SkillUse, SortRule, WaitMessage, WhenNobody,
};
use domain::schedule::{Date, MinuteOfDay, Opening, Schedule, Weekday, Zone};
use domain::{AgentId, Seconds};
use std::collections::BTreeSet;

pub(in crate::tests) fn events() -> Vec<ConfigurationEvent> {
    let set = |entry| ConfigurationEvent::RoutingConfigured { entry: Box::new(entry) };
    let keys = [
        EntryKey::Queue(queue("support")),
        EntryKey::Agent(agent()),
        EntryKey::Group(group()),
        EntryKey::Rule(rule("push")),
        EntryKey::ServiceChannel(chat()),
        EntryKey::RejectReason(reason("busy")),
        EntryKey::Presence(presence("away")),
        EntryKey::Schedule(hours()),
    ];
    let removed = keys.map(|key| ConfigurationEvent::RoutingRemoved { key });
    entries().into_iter().map(set).chain(removed).collect()
}

/// A routing with one of each, for the snapshot.
pub(in crate::tests) fn routing() -> Routing {
    let mut routing = Routing::default();
    routing.presence.clear();
    routing.reject_reasons.clear();
    entries().into_iter().for_each(|entry| routing.put(entry));
    routing
}

fn entries() -> Vec<Entry> {
    let mut entries = vec![
        Entry::Settings(settings(ReassignOn::Message, EstimateBy::Mean)),
        Entry::Settings(settings(ReassignOn::Open, EstimateBy::Weighted)),
        Entry::Schedule(hours(), schedule()),
    ];
    entries.extend(people());
    entries.extend(service_channels());
    entries.extend(rules());
    entries.push(Entry::Queue(queue("support"), Box::new(full_queue())));
    entries.push(Entry::Queue(queue("by-hand"), Box::new(bare_queue())));
    entries
}

fn settings(reassign_on: ReassignOn, estimate: EstimateBy) -> RoutingSettings {
    RoutingSettings {
        look_back: Seconds(600),
        queued_max: 10_000,
        bypass_max_wait: true,
        no_agent_message: "Nobody is there.".to_owned(),
        reassign_enabled: false,
        reassign_on,
        disconnect_buffer: Seconds(300),
        estimate,
    }
}

fn schedule() -> Schedule {
    let minute = |text| MinuteOfDay::parse(text).unwrap();
    let opening = |(day, from, to)| Opening { day, from: minute(from), to: minute(to) };
    let ends = ["17:00", "24:00", "06:00"].into_iter().cycle();
    let weekly = Weekday::ALL.into_iter().zip(ends).map(|(day, to)| opening((day, "09:30", to)));
    Schedule {
        zone: Zone::parse("Europe/Berlin").unwrap(),
        weekly: weekly.collect(),
        closed: ["2026-12-25", "2027-01-01"].map(|date| Date::parse(date).unwrap()).into(),
    }
}

fn people() -> Vec<Entry> {
    let state = PresenceState {
        active: true,
        receives_work: true,
        channels: Some([chat()].into()),
        channels_fixed: true,
        order: 150,
        groups: [group()].into(),
        inactive_after: Some(Seconds(900)),
    };
    let bare = PresenceState {
        active: false,
        receives_work: false,
        channels: None,
        channels_fixed: false,
        order: 300,
        groups: BTreeSet::new(),
        inactive_after: None,
    };
    let busy = RejectReason {
        label: "Gerade beschäftigt".to_owned(),
        selectable: true,
        order: 100,
        channel: Some(chat()),
        reassignable: true,
    };
    let other = RejectReason { channel: None, selectable: false, reassignable: false, ..busy.clone() };
    let team = Group { capacity: [(chat(), 3)].into(), queue_order: [(queue("support"), 1)].into() };
    let ann = Agent {
        active: true,
        groups: [group()].into(),
        skills: [(SkillId::new("german").unwrap(), 7)].into(),
        capacity: [(chat(), 0)].into(),
        universal: Some(5),
        shift: Some(hours()),
    };
    let bob = Agent { active: false, universal: None, shift: None, ..Agent::default() };
    vec![
        Entry::Presence(presence("focus"), state),
        Entry::Presence(presence("offline"), bare),
        Entry::RejectReason(reason("busy"), busy),
        Entry::RejectReason(reason("other"), other),
        Entry::Group(group(), team),
        Entry::Agent(agent(), ann),
        Entry::Agent(AgentId::new("bob@desk-4").unwrap(), bob),
    ]
}

fn service_channels() -> Vec<Entry> {
    let sizes = vec![SizeOverride { when: condition("topic == \"fraud\" or vip >= 2"), size: 2 }];
    let channel = |kind, condition, sizes, hours| ServiceChannel {
        order: 100,
        active: true,
        kind,
        condition,
        capacity: 4,
        size: 1,
        sizes,
        hours,
    };
    let full = channel(ServiceKind::Chat, Some(condition("exists topic")), sizes, Some(hours()));
    let bare = |kind| channel(kind, None, Vec::new(), None);
    let named = |kind: ServiceKind| ServiceChannelId::new(kind.name()).unwrap();
    let rest = [ServiceKind::Phone, ServiceKind::Messaging, ServiceKind::Other];
    let rest = rest.map(|kind| Entry::ServiceChannel(named(kind), bare(kind)));
    [Entry::ServiceChannel(chat(), full)].into_iter().chain(rest).collect()
}

fn rules() -> Vec<Entry> {
    let shift = |prefer| Some(ShiftUse { prefer, required: Seconds(1800) });
    let push = AssignmentRule {
        assign_by: AssignBy::MostCapacity,
        auto_assign: false,
        reject_allowed: true,
        offer_timeout: Some(Seconds(60)),
        timeout_presence: Some(presence("away")),
        decline_presence: Some(presence("offline")),
        skills: Some(SkillUse { levels: true, mandatory: false }),
        shift: shift(ShiftPreference::LeastLeft),
    };
    let turns = AssignmentRule {
        assign_by: AssignBy::LastAssigned,
        skills: Some(SkillUse { levels: false, mandatory: true }),
        shift: shift(ShiftPreference::MostLeft),
        ..push.clone()
    };
    let auto = AssignmentRule {
        assign_by: AssignBy::RoundRobin,
        auto_assign: true,
        reject_allowed: false,
        offer_timeout: None,
        timeout_presence: None,
        decline_presence: None,
        skills: None,
        shift: None,
    };
    let any = AssignmentRule { shift: shift(ShiftPreference::Any), ..auto.clone() };
    let named = [("push", push), ("turns", turns), ("auto", auto), ("any", any)];
    named.map(|(name, all)| Entry::Rule(rule(name), all)).into()
}

fn full_queue() -> Queue {
    let pool = |eligible_at| Pool { groups: [group()].into(), rule: rule("push"), eligible_at };
    let demand = |name, level, need| SkillDemand { skill: SkillId::new(name).unwrap(), level, need };
    Queue {
        service_channel: chat(),
        order: 7,
        active: true,
        condition: Some(condition("topic in (\"billing\", \"support\") and not (vip == true)")),
        priority: 50,
        priority_field: Some("priority".to_owned()),
        sort: vec![
            SortRule { field: "vip.level".to_owned(), descending: true },
            SortRule { field: "due".to_owned(), descending: false },
        ],
        schedule: Some(hours()),
        greeting: Some("Grüße!".to_owned()),
        target_wait: Some(Seconds(60)),
        max_wait: Some(Seconds(600)),
        max_wait_message: Some("Nobody is free.".to_owned()),
        wait_messages: vec![WaitMessage { after: Seconds(90), text: "Soon.".to_owned() }],
        size_cap: Some(50),
        nobody: WhenNobody::Refuse,
        refusal_message: Some("Nobody is there.".to_owned()),
        overflow_queue: Some(queue("by-hand")),
        overflow_wait: Some(Seconds(300)),
        pools: vec![pool(Seconds(0)), pool(Seconds(30))],
        affinity: vec![Affinity::Historical { days: 30 }, Affinity::Named { field: "team".to_owned() }],
        hold_for_affine: Seconds(20),
        skills: vec![
            demand("german", 7, Need::Mandatory),
            demand("billing", 3, Need::Additional { drop_order: 2 }),
            demand("humour", 0, Need::Optional),
        ],
        relax_after: Some(Seconds(45)),
        reoffer_after: Seconds(300),
    }
}

fn bare_queue() -> Queue {
    Queue {
        service_channel: chat(),
        order: 100,
        active: false,
        condition: None,
        priority: 100,
        priority_field: None,
        sort: Vec::new(),
        schedule: None,
        greeting: None,
        target_wait: None,
        max_wait: None,
        max_wait_message: None,
        wait_messages: Vec::new(),
        size_cap: None,
        nobody: WhenNobody::Wait,
        refusal_message: None,
        overflow_queue: None,
        overflow_wait: None,
        pools: Vec::new(),
        affinity: Vec::new(),
        hold_for_affine: Seconds(0),
        skills: Vec::new(),
        relax_after: None,
        reoffer_after: Seconds(300),
    }
}

fn condition(source: &str) -> Condition {
    Condition::parse(source).unwrap()
}

fn agent() -> AgentId {
    AgentId::new("ann.lee").unwrap()
}

fn chat() -> ServiceChannelId {
    ServiceChannelId::new("chat").unwrap()
}

fn group() -> GroupId {
    GroupId::new("team").unwrap()
}

fn hours() -> ScheduleId {
    ScheduleId::new("hours").unwrap()
}

fn presence(name: &str) -> PresenceId {
    PresenceId::new(name).unwrap()
}

fn queue(name: &str) -> QueueId {
    QueueId::new(name).unwrap()
}

fn reason(name: &str) -> RejectReasonId {
    RejectReasonId::new(name).unwrap()
}

fn rule(name: &str) -> RuleId {
    RuleId::new(name).unwrap()
}
