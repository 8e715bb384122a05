//! Presence states, reasons for rejecting, groups and agents.

use super::{Check, RoutingProblem, limits};
use crate::routing::{
    Agent, EntryKey, Group, PresenceState, RejectReason, Routing, ServiceChannelId, presence_names,
};
use std::collections::BTreeMap;

pub(super) fn check(routing: &Routing, found: &mut Vec<RoutingProblem>) {
    for (id, state) in &routing.presence {
        let mut check = Check { found, entry: Some(EntryKey::Presence(id.clone())) };
        let offline = id.as_str() == presence_names::OFFLINE;
        check.expect(
            !(offline && state.receives_work),
            "receives_work",
            "false for offline: who is not at work gets none",
        );
        check_presence(state, routing, &mut check);
    }
    for (id, reason) in &routing.reject_reasons {
        check_reason(reason, routing, &mut Check { found, entry: Some(EntryKey::RejectReason(id.clone())) });
    }
    for (id, group) in &routing.groups {
        check_group(group, routing, &mut Check { found, entry: Some(EntryKey::Group(id.clone())) });
    }
    for (id, agent) in &routing.agents {
        check_agent(agent, routing, &mut Check { found, entry: Some(EntryKey::Agent(id.clone())) });
    }
}

fn check_presence(state: &PresenceState, routing: &Routing, check: &mut Check<'_>) {
    let PresenceState {
        channels,
        groups,
        inactive_after,
        active: _,
        receives_work: _,
        channels_fixed: _,
        order: _,
    } = state;
    for channel in channels.iter().flatten() {
        check.exists("channels", &routing.service_channels, channel);
    }
    check.at_most("groups", groups.len(), limits::PRESENCE_GROUPS_MAX_COUNT);
    for group in groups {
        check.exists("groups", &routing.groups, group);
    }
    if let Some(span) = inactive_after {
        check.span("inactive_after", *span, 1);
    }
}

fn check_reason(reason: &RejectReason, routing: &Routing, check: &mut Check<'_>) {
    let RejectReason { label, channel, selectable: _, order: _, reassignable: _ } = reason;
    let most = limits::LABEL_MAX;
    let legal = !label.trim().is_empty() && label.len() <= most;
    check.expect(legal, "label", format_args!("a text of 1 to {most} bytes"));
    if let Some(channel) = channel {
        check.exists("channel", &routing.service_channels, channel);
    }
}

fn check_group(group: &Group, routing: &Routing, check: &mut Check<'_>) {
    let Group { capacity, queue_order } = group;
    capacities(capacity, routing, check);
    check.at_most("queue_order", queue_order.len(), limits::GROUP_QUEUES_MAX_COUNT);
    for queue in queue_order.keys() {
        check.exists("queue_order", &routing.queues, queue);
    }
}

fn check_agent(agent: &Agent, routing: &Routing, check: &mut Check<'_>) {
    let Agent { groups, skills, capacity, universal, shift, active: _ } = agent;
    check.at_most("groups", groups.len(), limits::AGENT_GROUPS_MAX_COUNT);
    for group in groups {
        check.exists("groups", &routing.groups, group);
    }
    check.at_most("skills", skills.len(), limits::AGENT_SKILLS_MAX_COUNT);
    for level in skills.values() {
        check.level("skills", *level);
    }
    capacities(capacity, routing, check);
    if let Some(universal) = universal {
        check.capacity("universal", *universal);
    }
    if let Some(shift) = shift {
        check.exists("shift", &routing.schedules, shift);
    }
}

fn capacities(capacity: &BTreeMap<ServiceChannelId, u32>, routing: &Routing, check: &mut Check<'_>) {
    for (channel, capacity) in capacity {
        check.exists("capacity", &routing.service_channels, channel);
        check.capacity("capacity", *capacity);
    }
}
