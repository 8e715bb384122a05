//! Facts about the configuration of routing: one kind of fact for each kind of entry, with all that is set in it.
//!
//! Conditions, zones, days, times and dates are texts as people write them. Whoever reads parses them again, so that
//! no bytes make a condition that nobody could have written.

mod people;
pub(crate) mod queue;
mod work;

pub(crate) use people::{AgentConfigured, GroupConfigured, PresenceStateConfigured, RejectReasonConfigured};
pub(crate) use queue::QueueConfigured;
pub(crate) use work::{RuleConfigured, ScheduleConfigured, ServiceChannelConfigured};

use super::parts::{agent, queue};
use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use domain::condition::Condition;
use domain::configuration::ConfigurationEvent;
use domain::routing::{Entry, EntryKey, EstimateBy, ReassignOn, RoutingSettings};
use domain::routing::{GroupId, PresenceId, RejectReasonId, RuleId, ScheduleId, ServiceChannelId, SkillId};
use domain::{Event, NameError, Seconds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Spans are in seconds; likewise below.
#[derive(Serialize, Deserialize)]
pub(crate) struct SettingsConfigured {
    pub(crate) look_back: u32,
    pub(crate) queued_max: u32,
    pub(crate) bypass_max_wait: bool,
    pub(crate) no_agent_message: String,
    pub(crate) reassign_enabled: bool,
    pub(crate) reassign_on: u8,
    pub(crate) disconnect_buffer: u32,
    pub(crate) estimate: u8,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Removed {
    pub(crate) kind: u8,
    pub(crate) name: String,
}

impl From<&RoutingSettings> for SettingsConfigured {
    fn from(settings: &RoutingSettings) -> Self {
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
        Self {
            look_back: look_back.0,
            queued_max: *queued_max,
            bypass_max_wait: *bypass_max_wait,
            no_agent_message: no_agent_message.clone(),
            reassign_enabled: *reassign_enabled,
            reassign_on: reassign_on.to_stored(),
            disconnect_buffer: disconnect_buffer.0,
            estimate: estimate.to_stored(),
        }
    }
}

impl Frozen for SettingsConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self {
            look_back,
            queued_max,
            bypass_max_wait,
            no_agent_message,
            reassign_enabled,
            reassign_on,
            disconnect_buffer,
            estimate,
        } = self;
        Ok(configured(Entry::Settings(RoutingSettings {
            look_back: Seconds(look_back),
            queued_max,
            bypass_max_wait,
            no_agent_message,
            reassign_enabled,
            reassign_on: ReassignOn::from_stored(reassign_on)?,
            disconnect_buffer: Seconds(disconnect_buffer),
            estimate: EstimateBy::from_stored(estimate)?,
        })))
    }
}

/// The numbers of kinds are never given to anything else, as those in [`numbers`](crate::numbers).
impl From<&EntryKey> for Removed {
    fn from(key: &EntryKey) -> Self {
        let kind = match key {
            EntryKey::Queue(_) => 1,
            EntryKey::Agent(_) => 2,
            EntryKey::Group(_) => 3,
            EntryKey::Rule(_) => 4,
            EntryKey::ServiceChannel(_) => 5,
            EntryKey::RejectReason(_) => 6,
            EntryKey::Presence(_) => 7,
            EntryKey::Schedule(_) => 8,
        };
        Self { kind, name: key.name().to_owned() }
    }
}

impl Frozen for Removed {
    fn into_event(self) -> Result<Event, Error> {
        let Self { kind, name } = self;
        let key = match kind {
            1 => EntryKey::Queue(queue(&name)?),
            2 => EntryKey::Agent(agent(&name)?),
            3 => EntryKey::Group(group(&name)?),
            4 => EntryKey::Rule(rule(&name)?),
            5 => EntryKey::ServiceChannel(service_channel(&name)?),
            6 => EntryKey::RejectReason(reject_reason(&name)?),
            7 => EntryKey::Presence(presence(&name)?),
            8 => EntryKey::Schedule(schedule(&name)?),
            number => return Err(Error::UnknownNumber { what: "kind of routing entry", number }),
        };
        Ok(Event::Configuration(ConfigurationEvent::RoutingRemoved { key }))
    }
}

fn configured(entry: Entry) -> Event {
    Event::Configuration(ConfigurationEvent::RoutingConfigured { entry: Box::new(entry) })
}

fn named<T>(what: &str, taken: Result<T, NameError>) -> Result<T, Error> {
    taken.map_err(|error| Error::Payload(format!("{what}: {error}")))
}

fn group(name: &str) -> Result<GroupId, Error> {
    named("a group", GroupId::new(name))
}

fn rule(name: &str) -> Result<RuleId, Error> {
    named("a rule", RuleId::new(name))
}

pub(crate) fn service_channel(name: &str) -> Result<ServiceChannelId, Error> {
    named("a service channel", ServiceChannelId::new(name))
}

pub(crate) fn reject_reason(name: &str) -> Result<RejectReasonId, Error> {
    named("a reason for rejecting", RejectReasonId::new(name))
}

pub(crate) fn presence(name: &str) -> Result<PresenceId, Error> {
    named("a presence state", PresenceId::new(name))
}

fn schedule(name: &str) -> Result<ScheduleId, Error> {
    named("a schedule", ScheduleId::new(name))
}

pub(crate) fn skill(name: &str) -> Result<SkillId, Error> {
    named("a skill", SkillId::new(name))
}

/// The error names no part of the source: it may be anything (`P1`).
fn condition(source: &str) -> Result<Condition, Error> {
    Condition::parse(source)
        .map_err(|error| Error::Payload(format!("a condition breaks off at column {}", error.column)))
}

fn source(condition: &Condition) -> String {
    condition.source().to_owned()
}

/// All of a list, or the first that is wrong.
fn read_all<T, U, C: FromIterator<U>>(
    list: impl IntoIterator<Item = T>,
    read: impl Fn(T) -> Result<U, Error>,
) -> Result<C, Error> {
    list.into_iter().map(read).collect()
}

fn write_capacity(capacity: &BTreeMap<ServiceChannelId, u32>) -> BTreeMap<String, u32> {
    capacity.iter().map(|(channel, units)| (channel.to_string(), *units)).collect()
}

fn read_capacity(capacity: BTreeMap<String, u32>) -> Result<BTreeMap<ServiceChannelId, u32>, Error> {
    read_all(capacity, |(channel, units)| Ok((service_channel(&channel)?, units)))
}
