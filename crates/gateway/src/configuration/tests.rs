//! Everything that routing can be survives the way out and in again, and everything that cannot be meant is told.

mod arbitrary;

use super::*;
use domain::routing::{AssignmentRule, EntryKey, Group, RoutingSettings, ServiceChannel, ServiceKind};
use proptest::prelude::*;
use std::collections::BTreeSet;

proptest! {
    #[test]
    fn any_routing_is_the_same_again_after_json_and_after_toml(routing in arbitrary::routing()) {
        let said = show(&routing);
        let json = serde_json::to_string(&said).unwrap();
        prop_assert_eq!(read(serde_json::from_str(&json).unwrap()), Ok(routing.clone()));
        let toml = toml::to_string(&said).unwrap();
        prop_assert_eq!(read(toml::from_str(&toml).unwrap()), Ok(routing));
    }
}

/// Everything that is wrong with a routing in TOML.
fn wrong(text: &str) -> Vec<String> {
    let said: wire::Routing = toml::from_str(text).unwrap();
    let wrong = read(said).unwrap_err();
    wrong.into_iter().map(|FieldError { field, detail }| format!("{field}: {detail}")).collect()
}

#[test]
fn what_is_left_out_has_the_default_of_the_domain() {
    let said = toml::from_str(
        "[service_channels.chat]\nkind = \"chat\"\n[service_channels.phone]\nkind = \"phone\"\n\
         [rules.r]\n[groups.g]\n[agents.a]\n[queues.q]\nservice_channel = \"chat\"\n",
    );
    let routing = read(said.unwrap()).unwrap();
    let chat = ServiceChannelId::new("chat").unwrap();
    let phone = ServiceChannelId::new("phone").unwrap();
    assert_eq!(routing.settings, RoutingSettings::default());
    assert_eq!(routing.service_channels[&chat], ServiceChannel::defaults(ServiceKind::Chat));
    assert_eq!(routing.service_channels[&phone], ServiceChannel::defaults(ServiceKind::Phone));
    assert_eq!(routing.rules[&RuleId::new("r").unwrap()], AssignmentRule::default());
    assert_eq!(routing.groups[&GroupId::new("g").unwrap()], Group::default());
    assert_eq!(routing.agents[&AgentId::new("a").unwrap()], domain::routing::Agent::default());
    assert_eq!(routing.queues[&QueueId::new("q").unwrap()], domain::routing::Queue::defaults(chat));
    assert_eq!(routing.presence, Routing::default().presence);
    assert_eq!(routing.reject_reasons, Routing::default().reject_reasons);
}

#[test]
fn everything_that_cannot_be_meant_is_told_at_once_with_its_key() {
    let found = wrong(
        r#"
        [settings]
        estimate = "guess"
        [schedules.office]
        zone = "Berlin"
        weekly = ["monday 09:00-17:00", "mon 9-17"]
        closed = ["2026-02-29"]
        [service_channels.chat]
        kind = "talk"
        sizes = [{ when = "tier gold", size = 2 }]
        [rules.offer]
        assign_by = "luck"
        shift = { prefer = "night" }
        decline_presence = ""
        [agents.ann]
        groups = ["front", "back office"]
        capacity = { "a b" = 1 }
        [queues.billing]
        service_channel = "a b"
        condition = "topic billing"
        nobody = "hope"
        pools = [{ groups = ["front"], rule = "" }]
        affinity = [{ kind = "historical", field = "team" }, { kind = "named" }, { kind = "lucky" }]
        skills = [
            { skill = "a", need = "additional" },
            { skill = "a", drop_order = 1 },
            { skill = "a", need = "perhaps" },
            { skill = "a b" },
        ]
        [queues."a b"]
        service_channel = "chat"
        "#,
    );
    let name = "a name is 1 to 64 of the characters A-Z a-z 0-9 . _ - @";
    let opening = "must be days and times, such as `monday 09:00-17:00` or `monday-friday 09:00-17:00`";
    let expected = [
        "routing.estimate: must be mean or weighted".to_owned(),
        "schedules.office.zone: a time zone is a name of the IANA database, such as Europe/Berlin".to_owned(),
        format!("schedules.office.weekly[1]: {opening}"),
        "schedules.office.closed[0]: must be a date, such as `2026-12-25`".to_owned(),
        "service_channels.chat.kind: must be chat, phone, messaging or other".to_owned(),
        "service_channels.chat.sizes[0].when: at column 6: expected a comparison".to_owned(),
        "rules.offer.assign_by: must be most_capacity, last_assigned or round_robin".to_owned(),
        "rules.offer.shift.prefer: must be any, least_left or most_left".to_owned(),
        format!("rules.offer.decline_presence: {name}"),
        format!("agents.ann.groups[1]: {name}"),
        format!("agents.ann.capacity: {name}"),
        format!("queues.\"a b\": {name}"),
        format!("queues.billing.service_channel: {name}"),
        "queues.billing.condition: at column 7: expected a comparison".to_owned(),
        "queues.billing.nobody: must be wait or refuse".to_owned(),
        format!("queues.billing.pools[0].rule: {name}"),
        "queues.billing.affinity[0]: must have `days` and no `field`, being historical".to_owned(),
        "queues.billing.affinity[1]: must have `field` and no `days`, being named".to_owned(),
        "queues.billing.affinity[2]: must be of kind historical or named".to_owned(),
        "queues.billing.skills[0]: must have `drop_order`, being additional".to_owned(),
        "queues.billing.skills[1]: must have no `drop_order`, not being additional".to_owned(),
        "queues.billing.skills[2]: must have a `need` of mandatory, additional or optional".to_owned(),
        format!("queues.billing.skills[3].skill: {name}"),
    ];
    for (found, expected) in found.iter().zip(&expected) {
        // A condition says itself what it expects.
        let same = found.split(": expected").next() == expected.split(": expected").next();
        assert!(same, "{found} is not {expected}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

/// X1
#[test]
fn there_is_a_bound_to_what_is_told() {
    let groups: Vec<String> = vec![String::new(); 5000];
    let agent = wire::Agent { groups, ..wire::Agent::default() };
    let said = wire::Routing { agents: BTreeMap::from([("ann".to_owned(), agent)]), ..Default::default() };
    assert_eq!(read(said).unwrap_err().len(), domain::routing::limits::PROBLEMS_MAX_COUNT);
}

/// The keys of what is said are the kinds of entries, so that a problem is found where it is.
#[test]
fn the_tables_have_the_names_of_the_kinds() {
    let said = serde_json::to_value(wire::Routing::default()).unwrap();
    let tables: BTreeSet<&str> = said.as_object().unwrap().keys().map(String::as_str).collect();
    let kinds = [
        EntryKey::Queue(QueueId::new("a").unwrap()),
        EntryKey::Agent(AgentId::new("a").unwrap()),
        EntryKey::Group(GroupId::new("a").unwrap()),
        EntryKey::Rule(RuleId::new("a").unwrap()),
        EntryKey::ServiceChannel(ServiceChannelId::new("a").unwrap()),
        EntryKey::RejectReason(RejectReasonId::new("a").unwrap()),
        EntryKey::Presence(PresenceId::new("a").unwrap()),
        EntryKey::Schedule(ScheduleId::new("a").unwrap()),
    ];
    let kinds: BTreeSet<&str> = kinds.iter().map(EntryKey::kind).chain(["settings"]).collect();
    assert_eq!(tables, kinds);
}
