//! The configuration of routing as JSON, with the names that administrators know from it. Spans are in seconds.

use super::conversation::seconds;
use domain::routing::{
    Affinity, Agent, AssignmentRule, Entry, Group, Need, Pool, PresenceState, Queue, RejectReason,
    RoutingSettings, ServiceChannel, ShiftUse, SizeOverride, SkillDemand, SkillUse, SortRule, WaitMessage,
};
use domain::schedule::{Opening, Schedule};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Display;

/// The name of the kind of fact that an entry is set.
pub(super) const fn configured(entry: &Entry) -> &'static str {
    match entry {
        Entry::Settings(_) => "configuration.routing_settings_configured",
        Entry::Schedule(..) => "configuration.schedule_configured",
        Entry::Presence(..) => "configuration.presence_state_configured",
        Entry::RejectReason(..) => "configuration.reject_reason_configured",
        Entry::ServiceChannel(..) => "configuration.service_channel_configured",
        Entry::Rule(..) => "configuration.rule_configured",
        Entry::Group(..) => "configuration.group_configured",
        Entry::Agent(..) => "configuration.agent_configured",
        Entry::Queue(..) => "configuration.queue_configured",
    }
}

/// The entry's name under its kind, and its settings.
pub(super) fn data(entry: &Entry) -> Value {
    match entry {
        Entry::Settings(it) => json!({ "settings": settings(it) }),
        Entry::Schedule(id, it) => json!({ "schedule": id.as_str(), "settings": schedule(it) }),
        Entry::Presence(id, it) => json!({ "presence_state": id.as_str(), "settings": presence(it) }),
        Entry::RejectReason(id, it) => json!({ "reject_reason": id.as_str(), "settings": reason(it) }),
        Entry::ServiceChannel(id, it) => {
            json!({ "service_channel": id.as_str(), "settings": service_channel(it) })
        }
        Entry::Rule(id, it) => json!({ "rule": id.as_str(), "settings": rule(it) }),
        Entry::Group(id, it) => json!({ "group": id.as_str(), "settings": group(it) }),
        Entry::Agent(id, it) => json!({ "agent": id.as_str(), "settings": agent(it) }),
        Entry::Queue(id, it) => json!({ "queue": id.as_str(), "settings": queue(it) }),
    }
}

fn settings(settings: &RoutingSettings) -> Value {
    let RoutingSettings {
        look_back,
        queued_max,
        bypass_max_wait,
        no_agent_message,
        reassign_enabled,
        reassign_on,
        disconnect_buffer,
        estimate,
    } = settings;
    json!({
        "look_back_s": look_back.0,
        "queued_max": queued_max,
        "bypass_max_wait": bypass_max_wait,
        "no_agent_message": no_agent_message,
        "reassign_enabled": reassign_enabled,
        "reassign_on": reassign_on.name(),
        "disconnect_buffer_s": disconnect_buffer.0,
        "estimate": estimate.name(),
    })
}

fn schedule(schedule: &Schedule) -> Value {
    let Schedule { zone, weekly, closed } = schedule;
    let opening = |opening: &Opening| {
        let Opening { day, from, to } = opening;
        json!({ "day": day.name(), "from": from.to_string(), "to": to.to_string() })
    };
    json!({
        "zone": zone.name(),
        "weekly": weekly.iter().map(opening).collect::<Vec<_>>(),
        "closed": names(closed),
    })
}

fn presence(state: &PresenceState) -> Value {
    let PresenceState { active, receives_work, channels, channels_fixed, order, groups, inactive_after } =
        state;
    json!({
        "active": active,
        "receives_work": receives_work,
        "channels": channels.as_ref().map(names),
        "channels_fixed": channels_fixed,
        "order": order,
        "groups": names(groups),
        "inactive_after_s": seconds(*inactive_after),
    })
}

fn reason(reason: &RejectReason) -> Value {
    let RejectReason { label, selectable, order, channel, reassignable } = reason;
    json!({
        "label": label,
        "selectable": selectable,
        "order": order,
        "channel": name(channel.as_ref()),
        "reassignable": reassignable,
    })
}

fn service_channel(channel: &ServiceChannel) -> Value {
    let ServiceChannel { order, active, kind, condition, capacity, size, sizes, hours } = channel;
    let other = |SizeOverride { when, size }: &SizeOverride| json!({ "when": when.source(), "size": size });
    json!({
        "order": order,
        "active": active,
        "kind": kind.name(),
        "condition": name(condition.as_ref()),
        "capacity": capacity,
        "size": size,
        "sizes": sizes.iter().map(other).collect::<Vec<_>>(),
        "hours": name(hours.as_ref()),
    })
}

fn rule(rule: &AssignmentRule) -> Value {
    let AssignmentRule {
        assign_by,
        auto_assign,
        reject_allowed,
        offer_timeout,
        timeout_presence,
        decline_presence,
        skills,
        shift,
    } = rule;
    let skill_use =
        |SkillUse { levels, mandatory }: SkillUse| json!({ "levels": levels, "mandatory": mandatory });
    let shift_use = |ShiftUse { prefer, required }: ShiftUse| json!({ "prefer": prefer.name(), "required_s": required.0 });
    json!({
        "assign_by": assign_by.name(),
        "auto_assign": auto_assign,
        "reject_allowed": reject_allowed,
        "offer_timeout_s": seconds(*offer_timeout),
        "timeout_presence": name(timeout_presence.as_ref()),
        "decline_presence": name(decline_presence.as_ref()),
        "skills": skills.map(skill_use),
        "shift": shift.map(shift_use),
    })
}

fn group(group: &Group) -> Value {
    let Group { capacity, queue_order } = group;
    json!({ "capacity": numbers(capacity), "queue_order": numbers(queue_order) })
}

fn agent(agent: &Agent) -> Value {
    let Agent { active, groups, skills, capacity, universal, shift } = agent;
    json!({
        "active": active,
        "groups": names(groups),
        "skills": numbers(skills),
        "capacity": numbers(capacity),
        "universal": universal,
        "shift": name(shift.as_ref()),
    })
}

fn queue(queue: &Queue) -> Value {
    let Queue {
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
    } = queue;
    json!({
        "service_channel": service_channel.as_str(),
        "order": order,
        "active": active,
        "condition": name(condition.as_ref()),
        "priority": priority,
        "priority_field": priority_field,
        "sort": sort.iter().map(sort_rule).collect::<Vec<_>>(),
        "schedule": name(schedule.as_ref()),
        "greeting": greeting,
        "target_wait_s": seconds(*target_wait),
        "max_wait_s": seconds(*max_wait),
        "max_wait_message": max_wait_message,
        "wait_messages": wait_messages.iter().map(wait_message).collect::<Vec<_>>(),
        "size_cap": size_cap,
        "nobody": nobody.name(),
        "refusal_message": refusal_message,
        "overflow_queue": name(overflow_queue.as_ref()),
        "overflow_wait_s": seconds(*overflow_wait),
        "pools": pools.iter().map(pool).collect::<Vec<_>>(),
        "affinity": affinity.iter().map(affine).collect::<Vec<_>>(),
        "hold_for_affine_s": hold_for_affine.0,
        "skills": skills.iter().map(demand).collect::<Vec<_>>(),
        "relax_after_s": seconds(*relax_after),
        "reoffer_after_s": reoffer_after.0,
    })
}

fn sort_rule(rule: &SortRule) -> Value {
    let SortRule { field, descending } = rule;
    json!({ "field": field, "descending": descending })
}

fn wait_message(message: &WaitMessage) -> Value {
    let WaitMessage { after, text } = message;
    json!({ "after_s": after.0, "text": text })
}

fn pool(pool: &Pool) -> Value {
    let Pool { groups, rule, eligible_at } = pool;
    json!({ "groups": names(groups), "rule": rule.as_str(), "eligible_at_s": eligible_at.0 })
}

fn affine(affinity: &Affinity) -> Value {
    match affinity {
        Affinity::Historical { days } => json!({ "kind": "historical", "days": days }),
        Affinity::Named { field } => json!({ "kind": "named", "field": field }),
    }
}

pub(super) fn demand(demand: &SkillDemand) -> Value {
    let SkillDemand { skill, level, need } = demand;
    let (need, drop_order) = match need {
        Need::Mandatory => ("mandatory", None),
        Need::Additional { drop_order } => ("additional", Some(drop_order)),
        Need::Optional => ("optional", None),
    };
    json!({ "skill": skill.as_str(), "level": level, "need": need, "drop_order": drop_order })
}

fn name(name: Option<&impl Display>) -> Option<String> {
    name.map(ToString::to_string)
}

fn names<'n, N: Display + 'n>(names: impl IntoIterator<Item = &'n N>) -> Vec<String> {
    names.into_iter().map(ToString::to_string).collect()
}

fn numbers<N: Display, V: Copy + Into<Value>>(numbers: &BTreeMap<N, V>) -> Value {
    numbers
        .iter()
        .map(|(name, number)| (name.to_string(), (*number).into()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
