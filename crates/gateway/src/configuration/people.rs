//! Presence states, reasons for rejecting, groups and agents.

use super::Reading;
use api::configuration as wire;
use domain::Seconds;
use domain::routing::{
    Agent, Group, GroupId, PresenceState, QueueId, RejectReason, ScheduleId, ServiceChannelId, SkillId,
};
use std::collections::BTreeMap;
use std::fmt::Display;

/// How states and reasons are sorted if nothing is said, as queues and service channels are.
const ORDER_DEFAULT: u32 = 100;

/// Understands a presence state.
pub(crate) fn read_presence_state(state: wire::PresenceState, at: &mut Reading) -> Option<PresenceState> {
    let wire::PresenceState {
        active,
        receives_work,
        channels,
        channels_fixed,
        order,
        groups,
        inactive_after,
    } = state;
    let simple = PresenceState::simple(receives_work, order.unwrap_or(ORDER_DEFAULT));
    Some(PresenceState {
        active: active.unwrap_or(simple.active),
        receives_work: simple.receives_work,
        channels: channels.map(|channels| at.names("channels", &channels, ServiceChannelId::new)),
        channels_fixed: channels_fixed.unwrap_or(simple.channels_fixed),
        order: simple.order,
        groups: at.names("groups", &groups, GroupId::new),
        inactive_after: inactive_after.map(Seconds),
    })
}

/// Says a presence state.
pub(crate) fn show_presence_state(state: &PresenceState) -> wire::PresenceState {
    let PresenceState { active, receives_work, channels, channels_fixed, order, groups, inactive_after } =
        state;
    wire::PresenceState {
        active: Some(*active),
        receives_work: *receives_work,
        channels: channels.as_ref().map(texts),
        channels_fixed: Some(*channels_fixed),
        order: Some(*order),
        groups: texts(groups),
        inactive_after: inactive_after.map(|span| span.0),
    }
}

/// Understands a reason for rejecting.
pub(crate) fn read_reject_reason(reason: wire::RejectReason, at: &mut Reading) -> Option<RejectReason> {
    let wire::RejectReason { label, selectable, order, channel, reassignable } = reason;
    Some(RejectReason {
        label,
        selectable: selectable.unwrap_or(true),
        order: order.unwrap_or(ORDER_DEFAULT),
        channel: at.name_if_any("channel", channel, ServiceChannelId::new),
        reassignable,
    })
}

/// Says a reason for rejecting.
pub(crate) fn show_reject_reason(reason: &RejectReason) -> wire::RejectReason {
    let RejectReason { label, selectable, order, channel, reassignable } = reason;
    wire::RejectReason {
        label: label.clone(),
        selectable: Some(*selectable),
        order: Some(*order),
        channel: channel.as_ref().map(ToString::to_string),
        reassignable: *reassignable,
    }
}

/// Understands a group.
pub(crate) fn read_group(group: wire::Group, at: &mut Reading) -> Option<Group> {
    let wire::Group { capacity, queue_order } = group;
    Some(Group {
        capacity: at.numbers("capacity", capacity, ServiceChannelId::new),
        queue_order: at.numbers("queue_order", queue_order, QueueId::new),
    })
}

/// Says a group.
pub(crate) fn show_group(group: &Group) -> wire::Group {
    let Group { capacity, queue_order } = group;
    wire::Group { capacity: numbers(capacity), queue_order: numbers(queue_order) }
}

/// Understands an agent.
pub(crate) fn read_agent(agent: wire::Agent, at: &mut Reading) -> Option<Agent> {
    let wire::Agent { active, groups, skills, capacity, universal, shift } = agent;
    Some(Agent {
        active: active.unwrap_or(Agent::default().active),
        groups: at.names("groups", &groups, GroupId::new),
        skills: at.numbers("skills", skills, SkillId::new),
        capacity: at.numbers("capacity", capacity, ServiceChannelId::new),
        universal,
        shift: at.name_if_any("shift", shift, ScheduleId::new),
    })
}

/// Says an agent.
pub(crate) fn show_agent(agent: &Agent) -> wire::Agent {
    let Agent { active, groups, skills, capacity, universal, shift } = agent;
    wire::Agent {
        active: Some(*active),
        groups: texts(groups),
        skills: numbers(skills),
        capacity: numbers(capacity),
        universal: *universal,
        shift: shift.as_ref().map(ToString::to_string),
    }
}

fn texts<'n, N: Display + 'n>(names: impl IntoIterator<Item = &'n N>) -> Vec<String> {
    names.into_iter().map(ToString::to_string).collect()
}

fn numbers<N: Display, V: Copy>(numbers: &BTreeMap<N, V>) -> BTreeMap<String, V> {
    numbers.iter().map(|(name, number)| (name.to_string(), *number)).collect()
}
