//! What holds for routing as a whole: references, counts, and that looking at it stays fast.

use super::*;
use std::time::{Duration, Instant};

#[test]
fn what_is_there_from_the_start_and_what_uses_everything_is_legal() {
    assert_eq!(validate(&Routing::default()), []);
    assert_eq!(validate(&legal()), []);
}

/// Each entry that is referred to is taken away, and every key that refers to it is told.
#[test]
fn everything_that_is_referred_to_is_there() {
    let without = |key: EntryKey| {
        let mut routing = legal();
        assert!(routing.remove(&key));
        validate(&routing).iter().map(|problem| problem.to_string()).collect::<Vec<_>>().join("\n")
    };
    for (key, told) in [
        (
            EntryKey::Schedule(schedule("hours")),
            vec!["service_channels.chat: hours", "queues.support: schedule", "agents.ann: shift"],
        ),
        (
            EntryKey::ServiceChannel(service_channel("chat")),
            vec![
                "presence_states.focus: channels",
                "reject_reasons.tired: channel",
                "groups.team: capacity",
                "agents.ann: capacity",
                "queues.general: service_channel",
                "queues.support: service_channel",
            ],
        ),
        (
            EntryKey::Presence(presence("away")),
            vec!["rules.push: timeout_presence", "rules.push: decline_presence"],
        ),
        (EntryKey::Rule(rule("push")), vec!["queues.support: pools.rule"]),
        (
            EntryKey::Group(group("team")),
            vec!["presence_states.focus: groups", "agents.ann: groups", "queues.support: pools.groups"],
        ),
        (EntryKey::Queue(queue("support")), vec!["groups.team: queue_order"]),
        (EntryKey::Queue(queue("general")), vec!["queues.support: overflow_queue"]),
    ] {
        let problems = without(key.clone());
        for place in told {
            let expected = format!("{place} must be one that exists; there is no {}", key.name());
            assert!(problems.contains(&expected), "without {key}, {expected}: {problems}");
        }
    }
    assert_eq!(without(EntryKey::Agent(agent("ann"))), "", "nothing refers to an agent");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_up_to_a_bound() {
    let mut routing = legal();
    support(&mut routing).size_cap = Some(0);
    support(&mut routing).service_channel = service_channel("fax");
    routing.settings.queued_max = 0;
    let keys: Vec<_> = validate(&routing).into_iter().map(|problem| problem.key).collect();
    assert_eq!(keys, ["queued_max", "service_channel", "size_cap", "overflow_queue"]);
    let lost = Agent { groups: [group("nowhere")].into(), ..Agent::default() };
    routing.agents.extend((0..2000).map(|number| (agent(&number.to_string()), lost.clone())));
    assert_eq!(validate(&routing).len(), limits::PROBLEMS_MAX_COUNT);
}

/// X1
#[test]
fn there_are_bounds_on_how_much_there_is() {
    let names = |count: usize| (0..=count).map(|number| format!("n{number}"));
    let mut routing = Routing::default();
    let chat = service_channel("n0");
    let away = PresenceState::simple(false, 1);
    let busy = routing.reject_reasons[&reason("busy")].clone();
    let hours = legal().schedules[&schedule("hours")].clone();
    routing.service_channels = names(limits::SERVICE_CHANNELS_MAX_COUNT)
        .map(|name| (service_channel(&name), ServiceChannel::defaults(ServiceKind::Chat)))
        .collect();
    routing.queues =
        names(limits::QUEUES_MAX_COUNT).map(|name| (queue(&name), Queue::defaults(chat.clone()))).collect();
    routing.rules =
        names(limits::RULES_MAX_COUNT).map(|name| (rule(&name), AssignmentRule::default())).collect();
    routing.groups = names(limits::GROUPS_MAX_COUNT).map(|name| (group(&name), Group::default())).collect();
    routing.agents = names(limits::AGENTS_MAX_COUNT).map(|name| (agent(&name), Agent::default())).collect();
    routing
        .presence
        .extend(names(limits::PRESENCE_STATES_MAX_COUNT).map(|name| (presence(&name), away.clone())));
    routing.reject_reasons =
        names(limits::REJECT_REASONS_MAX_COUNT).map(|name| (reason(&name), busy.clone())).collect();
    routing.schedules =
        names(limits::SCHEDULES_MAX_COUNT).map(|name| (schedule(&name), hours.clone())).collect();
    let keys: Vec<_> = validate(&routing).into_iter().map(|problem| problem.key).collect();
    let expected = [
        "service_channels",
        "queues",
        "rules",
        "groups",
        "agents",
        "presence_states",
        "reject_reasons",
        "schedules",
    ];
    assert_eq!(keys, expected);
}

/// X1: 50,000 agents, a chain of 2,000 queues and every reference resolved. Quadratic work would take minutes.
#[test]
fn the_largest_routing_is_looked_at_in_no_time() {
    let mut routing = legal();
    let names: Vec<String> = (0..limits::QUEUES_MAX_COUNT - 2).map(|number| format!("q{number}")).collect();
    for (index, name) in names.iter().enumerate() {
        let mut one = full_queue();
        one.overflow_queue = Some(queue(names.get(index + 1).map_or("general", String::as_str)));
        routing.queues.insert(queue(name), one);
    }
    let ann = routing.agents[&agent("ann")].clone();
    routing
        .agents
        .extend((1..limits::AGENTS_MAX_COUNT).map(|number| (agent(&format!("agent-{number}")), ann.clone())));
    #[expect(clippy::disallowed_methods, reason = "the time that it takes is what is tested")]
    let begun = Instant::now();
    assert_eq!(validate(&routing), []);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
