//! What all entries but queues may say.

use super::*;

fn offline(routing: &mut Routing) -> &mut PresenceState {
    routing.presence.get_mut(&presence("offline")).unwrap()
}

fn chat(routing: &mut Routing) -> &mut ServiceChannel {
    routing.service_channels.get_mut(&service_channel("chat")).unwrap()
}

fn the_rule(routing: &mut Routing) -> &mut AssignmentRule {
    routing.rules.get_mut(&rule("push")).unwrap()
}

fn team(routing: &mut Routing) -> &mut Group {
    routing.groups.get_mut(&group("team")).unwrap()
}

fn ann(routing: &mut Routing) -> &mut Agent {
    routing.agents.get_mut(&agent("ann")).unwrap()
}

/// PR-1: deactivating Available stops all routing, and that is allowed.
#[test]
fn three_presence_states_are_always_there_and_nobody_works_offline() {
    all_legal(&[
        |all| all.presence.get_mut(&presence("available")).unwrap().active = false,
        |all| all.presence.get_mut(&presence("away")).unwrap().receives_work = true,
    ]);
    each(&[
        (|all| drop(all.presence.remove(&presence("available"))), "", "presence_states"),
        (|all| drop(all.presence.remove(&presence("offline"))), "", "presence_states"),
        (|all| offline(all).receives_work = true, "presence_states.offline", "receives_work"),
        (|all| offline(all).inactive_after = Some(Seconds(0)), "presence_states.offline", "inactive_after"),
    ]);
}

/// Section 17, rule 6
#[test]
fn what_is_accepted_at_once_is_neither_rejected_nor_does_it_time_out() {
    let auto = || AssignmentRule { auto_assign: true, reject_allowed: false, ..AssignmentRule::default() };
    let mut routing = legal();
    *the_rule(&mut routing) = auto();
    assert_eq!(validate(&routing), []);
    the_rule(&mut routing).reject_allowed = true;
    the_rule(&mut routing).offer_timeout = Some(Seconds(60));
    let keys: Vec<_> = validate(&routing).into_iter().map(|problem| problem.key).collect();
    assert_eq!(keys, ["reject_allowed", "offer_timeout"]);
}

/// AR-9, SFR-5, section 17, rule 5
#[test]
fn a_presence_follows_only_from_what_can_happen() {
    all_legal(&[|all| the_rule(all).offer_timeout = Some(Seconds(86_400))]);
    each(&[
        (|all| the_rule(all).offer_timeout = None, "rules.push", "timeout_presence"),
        (|all| the_rule(all).reject_allowed = false, "rules.push", "decline_presence"),
        (|all| the_rule(all).offer_timeout = Some(Seconds(0)), "rules.push", "offer_timeout"),
        (|all| the_rule(all).offer_timeout = Some(Seconds(86_401)), "rules.push", "offer_timeout"),
        (
            |all| the_rule(all).shift.as_mut().unwrap().required = Seconds(u32::MAX),
            "rules.push",
            "shift.required",
        ),
    ]);
}

/// Section 17, rule 15
#[test]
fn capacities_may_be_zero_and_sizes_may_not() {
    all_legal(&[
        |all| chat(all).capacity = 0,
        |all| ann(all).universal = Some(0),
        |all| _ = ann(all).capacity.insert(service_channel("chat"), 0),
        |all| chat(all).size = 10_000,
    ]);
    each(&[
        (|all| chat(all).capacity = 10_001, "service_channels.chat", "capacity"),
        (|all| chat(all).size = 0, "service_channels.chat", "size"),
        (|all| chat(all).sizes[0].size = 0, "service_channels.chat", "sizes"),
        (|all| chat(all).sizes[0].size = 10_001, "service_channels.chat", "sizes"),
        (|all| ann(all).universal = Some(10_001), "agents.ann", "universal"),
        (|all| _ = ann(all).capacity.insert(service_channel("chat"), 10_001), "agents.ann", "capacity"),
        (|all| _ = team(all).capacity.insert(service_channel("chat"), 10_001), "groups.team", "capacity"),
    ]);
}

/// SFR-6
#[test]
fn skills_have_levels_of_0_to_10() {
    all_legal(&[|all| _ = ann(all).skills.insert(skill("french"), 0)]);
    each(&[(|all| _ = ann(all).skills.insert(skill("french"), 11), "agents.ann", "skills")]);
}

#[test]
fn settings_are_bounded() {
    all_legal(&[|all| all.settings.look_back = Seconds(0)]);
    each(&[
        (|all| all.settings.queued_max = 0, "", "queued_max"),
        (|all| all.settings.queued_max = 100_001, "", "queued_max"),
        (|all| all.settings.look_back = Seconds(u32::MAX), "", "look_back"),
        (|all| all.settings.disconnect_buffer = Seconds(u32::MAX), "", "disconnect_buffer"),
        (|all| all.settings.no_agent_message.clear(), "", "no_agent_message"),
    ]);
}

#[test]
fn a_reason_says_something_and_a_schedule_is_open_at_some_time() {
    each(&[
        (
            |all| all.reject_reasons.get_mut(&reason("tired")).unwrap().label.clear(),
            "reject_reasons.tired",
            "label",
        ),
        (
            |all| all.schedules.get_mut(&schedule("hours")).unwrap().weekly.clear(),
            "schedules.hours",
            "weekly",
        ),
    ]);
}

/// X1: each entry fits into one event.
#[test]
fn the_parts_of_an_entry_are_bounded() {
    each(&[
        (
            |all| {
                let names = || (0..101).map(|number| group(&number.to_string()));
                all.groups.extend(names().map(|id| (id, Group::default())));
                ann(all).groups = names().collect();
            },
            "agents.ann",
            "groups",
        ),
        (
            |all| ann(all).skills = (0..101).map(|number| (skill(&number.to_string()), 1)).collect(),
            "agents.ann",
            "skills",
        ),
        (
            |all| {
                let names = || (0..501).map(|number| queue(&number.to_string()));
                let one = || Queue::defaults(service_channel("chat"));
                all.queues.extend(names().map(|id| (id, one())));
                team(all).queue_order = names().map(|id| (id, 1)).collect();
            },
            "groups.team",
            "queue_order",
        ),
        (
            |all| {
                let names = || (0..501).map(|number| group(&number.to_string()));
                all.groups.extend(names().map(|id| (id, Group::default())));
                offline(all).groups = names().collect();
            },
            "presence_states.offline",
            "groups",
        ),
        (
            |all| {
                let one = chat(all).sizes[0].clone();
                chat(all).sizes = vec![one; 101];
            },
            "service_channels.chat",
            "sizes",
        ),
        (
            |all| {
                let when = condition(&format!("topic == \"{}\"", "x".repeat(2000)));
                chat(all).sizes = vec![SizeOverride { when, size: 1 }; 17];
            },
            "service_channels.chat",
            "sizes",
        ),
    ]);
}
