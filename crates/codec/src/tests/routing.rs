//! The configuration of routing: how it shows, and that each entry fits into a record.

use super::samples::{self, routing};
use crate::json::{event_data, event_type};
use crate::{Envelope, encode};
use domain::condition::Condition;
use domain::configuration::ConfigurationEvent;
use domain::routing::{
    Agent, AssignmentRule, Group, GroupId, Need, Pool, PresenceState, Queue, QueueId, Routing, RuleId,
    ServiceChannel, ServiceChannelId, ServiceKind, SizeOverride, SkillDemand, SkillId, WaitMessage, limits,
    validate,
};
use domain::{AgentId, Event, Seconds};
use serde_json::{Value, json};

/// The data of the first sample of that name.
fn data(name: &str) -> Value {
    let events = routing::events().into_iter().map(Event::Configuration);
    event_data(&events.into_iter().find(|event| event_type(event) == name).unwrap())
}

#[test]
fn an_entry_shows_its_name_under_its_kind_and_its_settings() {
    assert_eq!(
        data("configuration.group_configured"),
        json!({ "group": "team", "settings": { "capacity": { "chat": 3 }, "queue_order": { "support": 1 } } })
    );
    assert_eq!(
        data("configuration.agent_configured"),
        json!({
            "agent": "ann.lee",
            "settings": {
                "active": true,
                "groups": ["team"],
                "skills": { "german": 7 },
                "capacity": { "chat": 0 },
                "universal": 5,
                "shift": "hours",
            },
        })
    );
    assert_eq!(data("configuration.routing_removed"), json!({ "kind": "queues", "name": "support" }));
    assert_eq!(data("configuration.routing_settings_configured")["settings"]["look_back_s"], 600);
    for (name, kind, key) in [
        ("schedule", "schedule", "zone"),
        ("presence_state", "presence_state", "receives_work"),
        ("reject_reason", "reject_reason", "label"),
        ("service_channel", "service_channel", "capacity"),
        ("rule", "rule", "assign_by"),
        ("queue", "queue", "pools"),
    ] {
        let shown = data(&format!("configuration.{name}_configured"));
        assert!(shown[kind].is_string() && !shown["settings"][key].is_null(), "{shown}");
    }
}

#[test]
fn conditions_and_schedules_show_as_they_are_written() {
    let queue = &data("configuration.queue_configured")["settings"];
    assert_eq!(queue["condition"], "topic in (\"billing\", \"support\") and not (vip == true)");
    assert_eq!(
        queue["skills"][1],
        json!({ "skill": "billing", "level": 3, "need": "additional", "drop_order": 2 })
    );
    assert_eq!(
        queue["affinity"],
        json!([{ "kind": "historical", "days": 30 }, { "kind": "named", "field": "team" }])
    );
    let schedule = &data("configuration.schedule_configured")["settings"];
    assert_eq!(schedule["zone"], "Europe/Berlin");
    assert_eq!(schedule["weekly"][1], json!({ "day": "tuesday", "from": "09:30", "to": "24:00" }));
    assert_eq!(schedule["closed"], json!(["2026-12-25", "2027-01-01"]));
}

/// A name as long as one can be.
fn long(number: usize) -> String {
    format!("{number:x>64}")
}

fn channel(number: usize) -> ServiceChannelId {
    ServiceChannelId::new(&long(number)).unwrap()
}

fn groups(count: usize) -> impl Iterator<Item = GroupId> {
    (0..count).map(|number| GroupId::new(&long(number)).unwrap())
}

fn condition(bytes: usize) -> Condition {
    Condition::parse(&format!("{:<bytes$}", "exists a")).unwrap()
}

/// A legal routing with the largest entry of each kind that has parts.
fn largest() -> Routing {
    let mut routing = Routing::default();
    let mut one = ServiceChannel::defaults(ServiceKind::Chat);
    one.condition = Some(condition(2048));
    let mut sizes = vec![SizeOverride { when: condition(2048), size: 10_000 }; 15];
    sizes.resize(limits::SIZES_MAX_COUNT, SizeOverride { when: condition(8), size: 10_000 });
    one.sizes = sizes;
    let channels = 0..limits::SERVICE_CHANNELS_MAX_COUNT;
    routing.service_channels = channels.clone().map(|number| (channel(number), one.clone())).collect();
    let capacity = || channels.clone().map(|number| (channel(number), 10_000)).collect();
    let queues = || (0..limits::GROUP_QUEUES_MAX_COUNT).map(|number| QueueId::new(&long(number)).unwrap());
    routing.groups = groups(limits::PRESENCE_GROUPS_MAX_COUNT).map(|id| (id, Group::default())).collect();
    routing.groups.values_mut().take(1).for_each(|group| {
        *group = Group { capacity: capacity(), queue_order: queues().map(|id| (id, u32::MAX)).collect() };
    });
    let state = PresenceState {
        channels: Some(channels.clone().map(channel).collect()),
        groups: groups(limits::PRESENCE_GROUPS_MAX_COUNT).collect(),
        ..PresenceState::simple(false, u32::MAX)
    };
    routing.presence.values_mut().for_each(|it| *it = state.clone());
    let agent = Agent {
        groups: groups(limits::AGENT_GROUPS_MAX_COUNT).collect(),
        skills: (0..limits::AGENT_SKILLS_MAX_COUNT)
            .map(|number| (SkillId::new(&long(number)).unwrap(), 10))
            .collect(),
        capacity: capacity(),
        ..Agent::default()
    };
    routing.agents.insert(AgentId::new(&long(0)).unwrap(), agent);
    let rule = RuleId::new(&long(0)).unwrap();
    routing.rules.insert(rule.clone(), AssignmentRule::default());
    let queue = largest_queue(&rule);
    routing.queues = queues().map(|id| (id, queue.clone())).collect();
    routing
}

fn largest_queue(rule: &RuleId) -> Queue {
    let text = || Some("x".repeat(limits::MESSAGE_MAX));
    let told = |after| WaitMessage { after: Seconds(after), text: "x".repeat(limits::MESSAGE_MAX) };
    let pool = Pool {
        groups: groups(limits::POOL_GROUPS_MAX_COUNT).collect(),
        rule: rule.clone(),
        eligible_at: Seconds(1_000_000),
    };
    let demand = SkillDemand {
        skill: SkillId::new(&long(0)).unwrap(),
        level: 10,
        need: Need::Additional { drop_order: u8::MAX },
    };
    Queue {
        condition: Some(condition(2048)),
        greeting: text(),
        max_wait: Some(Seconds(2_000_000)),
        max_wait_message: text(),
        refusal_message: text(),
        wait_messages: (0..16).map(|number| told(1_000_000 + number)).collect(),
        pools: vec![pool; limits::POOLS_MAX_COUNT],
        skills: vec![demand; limits::QUEUE_SKILLS_MAX_COUNT],
        ..Queue::defaults(channel(0))
    }
}

/// X1: an entry is one event, and a record has room for the event that made it necessary to begin another one.
#[test]
fn the_largest_legal_entry_is_an_event_of_less_than_64_kib() {
    let routing = largest();
    assert_eq!(validate(&routing), []);
    let mut most = 0;
    for entry in routing.entries() {
        let event = Event::Configuration(ConfigurationEvent::RoutingConfigured { entry: Box::new(entry) });
        let name = event_type(&event);
        let bytes = encode(&Envelope { at: samples::AT, cause: samples::cause(1), event }).len();
        assert!(bytes < 60 * 1024, "{name} takes {bytes} bytes");
        most = most.max(bytes);
    }
    assert!(most > 40 * 1024, "the bounds are far from what fits: {most}");
}
