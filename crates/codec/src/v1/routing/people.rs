//! Presence states, reasons for rejecting, groups and agents.

use super::{configured, group, presence, read_all, read_capacity, reject_reason, schedule, skill};
use super::{service_channel, write_capacity};
use crate::Error;
use crate::registry::Frozen;
use crate::v1::parts::{agent, queue, raw};
use domain::routing::RejectReasonId;
use domain::routing::{Agent, Entry, Group, GroupId, PresenceId, PresenceState, RejectReason};
use domain::{AgentId, Event, Seconds};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize, Deserialize)]
pub(crate) struct PresenceStateConfigured {
    pub(crate) presence_state: String,
    pub(crate) active: bool,
    pub(crate) receives_work: bool,
    pub(crate) channels: Option<BTreeSet<String>>,
    pub(crate) channels_fixed: bool,
    pub(crate) order: u32,
    pub(crate) groups: BTreeSet<String>,
    pub(crate) inactive_after: Option<u32>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RejectReasonConfigured {
    pub(crate) reject_reason: String,
    pub(crate) label: String,
    pub(crate) selectable: bool,
    pub(crate) order: u32,
    pub(crate) channel: Option<String>,
    pub(crate) reassignable: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct GroupConfigured {
    pub(crate) group: String,
    pub(crate) capacity: BTreeMap<String, u32>,
    pub(crate) queue_order: BTreeMap<String, u32>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AgentConfigured {
    pub(crate) agent: String,
    pub(crate) active: bool,
    pub(crate) groups: BTreeSet<String>,
    pub(crate) skills: BTreeMap<String, u8>,
    pub(crate) capacity: BTreeMap<String, u32>,
    pub(crate) universal: Option<u32>,
    pub(crate) shift: Option<String>,
}

impl PresenceStateConfigured {
    pub(crate) fn of(id: &PresenceId, state: &PresenceState) -> Self {
        let PresenceState { active, receives_work, channels, channels_fixed, order, groups, inactive_after } =
            state;
        Self {
            presence_state: id.to_string(),
            active: *active,
            receives_work: *receives_work,
            channels: channels.as_ref().map(|all| all.iter().map(ToString::to_string).collect()),
            channels_fixed: *channels_fixed,
            order: *order,
            groups: groups.iter().map(ToString::to_string).collect(),
            inactive_after: raw(*inactive_after),
        }
    }
}

impl Frozen for PresenceStateConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self {
            presence_state,
            active,
            receives_work,
            channels,
            channels_fixed,
            order,
            groups,
            inactive_after,
        } = self;
        let state = PresenceState {
            active,
            receives_work,
            channels: channels.map(|all| read_all(all, |name| service_channel(&name))).transpose()?,
            channels_fixed,
            order,
            groups: read_all(groups, |name| group(&name))?,
            inactive_after: inactive_after.map(Seconds),
        };
        Ok(configured(Entry::Presence(presence(&presence_state)?, state)))
    }
}

impl RejectReasonConfigured {
    pub(crate) fn of(id: &RejectReasonId, reason: &RejectReason) -> Self {
        let RejectReason { label, selectable, order, channel, reassignable } = reason;
        Self {
            reject_reason: id.to_string(),
            label: label.clone(),
            selectable: *selectable,
            order: *order,
            channel: channel.as_ref().map(ToString::to_string),
            reassignable: *reassignable,
        }
    }
}

impl Frozen for RejectReasonConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { reject_reason: id, label, selectable, order, channel, reassignable } = self;
        let channel = channel.as_deref().map(service_channel).transpose()?;
        let reason = RejectReason { label, selectable, order, channel, reassignable };
        Ok(configured(Entry::RejectReason(reject_reason(&id)?, reason)))
    }
}

impl GroupConfigured {
    pub(crate) fn of(id: &GroupId, group: &Group) -> Self {
        let Group { capacity, queue_order } = group;
        Self {
            group: id.to_string(),
            capacity: write_capacity(capacity),
            queue_order: queue_order.iter().map(|(queue, order)| (queue.to_string(), *order)).collect(),
        }
    }
}

impl Frozen for GroupConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { group: id, capacity, queue_order } = self;
        let all = Group {
            capacity: read_capacity(capacity)?,
            queue_order: read_all(queue_order, |(name, order)| Ok((queue(&name)?, order)))?,
        };
        Ok(configured(Entry::Group(group(&id)?, all)))
    }
}

impl AgentConfigured {
    pub(crate) fn of(id: &AgentId, agent: &Agent) -> Self {
        let Agent { active, groups, skills, capacity, universal, shift } = agent;
        Self {
            agent: id.to_string(),
            active: *active,
            groups: groups.iter().map(ToString::to_string).collect(),
            skills: skills.iter().map(|(skill, level)| (skill.to_string(), *level)).collect(),
            capacity: write_capacity(capacity),
            universal: *universal,
            shift: shift.as_ref().map(ToString::to_string),
        }
    }
}

impl Frozen for AgentConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { agent: id, active, groups, skills, capacity, universal, shift } = self;
        let all = Agent {
            active,
            groups: read_all(groups, |name| group(&name))?,
            skills: read_all(skills, |(name, level)| Ok((skill(&name)?, level)))?,
            capacity: read_capacity(capacity)?,
            universal,
            shift: shift.as_deref().map(schedule).transpose()?,
        };
        Ok(configured(Entry::Agent(agent(&id)?, all)))
    }
}
