//! Schedules, service channels and assignment rules.

use super::{condition, configured, presence, read_all, rule, schedule, service_channel, source};
use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v1::parts::raw;
use domain::routing::{AssignBy, AssignmentRule, Entry, RuleId, ScheduleId, ServiceChannel};
use domain::routing::{ServiceChannelId, ServiceKind, ShiftPreference};
use domain::routing::{ShiftUse as DomainShiftUse, SizeOverride as DomainSize, SkillUse as DomainSkillUse};
use domain::schedule::{Date, MinuteOfDay, Opening as DomainOpening, Schedule, Weekday, Zone};
use domain::{Event, Seconds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize)]
pub(crate) struct ScheduleConfigured {
    pub(crate) schedule: String,
    pub(crate) zone: String,
    pub(crate) weekly: Vec<Opening>,
    pub(crate) closed: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Opening {
    pub(crate) day: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ServiceChannelConfigured {
    pub(crate) service_channel: String,
    pub(crate) order: u32,
    pub(crate) active: bool,
    pub(crate) kind: u8,
    pub(crate) condition: Option<String>,
    pub(crate) capacity: u32,
    pub(crate) size: u32,
    pub(crate) sizes: Vec<SizeOverride>,
    pub(crate) hours: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SizeOverride {
    pub(crate) when: String,
    pub(crate) size: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RuleConfigured {
    pub(crate) rule: String,
    pub(crate) assign_by: u8,
    pub(crate) auto_assign: bool,
    pub(crate) reject_allowed: bool,
    pub(crate) offer_timeout: Option<u32>,
    pub(crate) timeout_presence: Option<String>,
    pub(crate) decline_presence: Option<String>,
    pub(crate) skills: Option<SkillUse>,
    pub(crate) shift: Option<ShiftUse>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SkillUse {
    pub(crate) levels: bool,
    pub(crate) mandatory: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ShiftUse {
    pub(crate) prefer: u8,
    pub(crate) required: u32,
}

impl ScheduleConfigured {
    pub(crate) fn of(id: &ScheduleId, schedule: &Schedule) -> Self {
        let Schedule { zone, weekly, closed } = schedule;
        let opening = |opening: &DomainOpening| {
            let DomainOpening { day, from, to } = opening;
            Opening { day: day.name().to_owned(), from: from.to_string(), to: to.to_string() }
        };
        Self {
            schedule: id.to_string(),
            zone: zone.name().to_owned(),
            weekly: weekly.iter().map(opening).collect(),
            closed: closed.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Frozen for ScheduleConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { schedule: id, zone, weekly, closed } = self;
        let illegal = |what: &str| Error::Payload(format!("a schedule's {what} is malformed"));
        let minute = |text: &str| MinuteOfDay::parse(text).ok_or_else(|| illegal("time"));
        let opening = |Opening { day, from, to }| {
            let day = Weekday::parse(&day).ok_or_else(|| illegal("day"))?;
            Ok(DomainOpening { day, from: minute(&from)?, to: minute(&to)? })
        };
        let all = Schedule {
            zone: Zone::parse(&zone).map_err(|_| illegal("zone"))?,
            weekly: read_all(weekly, opening)?,
            closed: read_all(closed, |date| Date::parse(&date).ok_or_else(|| illegal("date")))?,
        };
        Ok(configured(Entry::Schedule(schedule(&id)?, all)))
    }
}

impl ServiceChannelConfigured {
    pub(crate) fn of(id: &ServiceChannelId, channel: &ServiceChannel) -> Self {
        let ServiceChannel { order, active, kind, condition, capacity, size, sizes, hours } = channel;
        let other = |DomainSize { when, size }: &DomainSize| SizeOverride { when: source(when), size: *size };
        Self {
            service_channel: id.to_string(),
            order: *order,
            active: *active,
            kind: kind.to_stored(),
            condition: condition.as_ref().map(source),
            capacity: *capacity,
            size: *size,
            sizes: sizes.iter().map(other).collect(),
            hours: hours.as_ref().map(ToString::to_string),
        }
    }
}

impl Frozen for ServiceChannelConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { service_channel: id, order, active, kind, condition: when, capacity, size, sizes, hours } =
            self;
        let other = |SizeOverride { when, size }| Ok(DomainSize { when: condition(&when)?, size });
        let channel = ServiceChannel {
            order,
            active,
            kind: ServiceKind::from_stored(kind)?,
            condition: when.as_deref().map(condition).transpose()?,
            capacity,
            size,
            sizes: read_all(sizes, other)?,
            hours: hours.as_deref().map(schedule).transpose()?,
        };
        Ok(configured(Entry::ServiceChannel(service_channel(&id)?, channel)))
    }
}

impl RuleConfigured {
    pub(crate) fn of(id: &RuleId, rule: &AssignmentRule) -> Self {
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
        Self {
            rule: id.to_string(),
            assign_by: assign_by.to_stored(),
            auto_assign: *auto_assign,
            reject_allowed: *reject_allowed,
            offer_timeout: raw(*offer_timeout),
            timeout_presence: timeout_presence.as_ref().map(ToString::to_string),
            decline_presence: decline_presence.as_ref().map(ToString::to_string),
            skills: skills.map(|DomainSkillUse { levels, mandatory }| SkillUse { levels, mandatory }),
            shift: shift.map(|DomainShiftUse { prefer, required }| ShiftUse {
                prefer: prefer.to_stored(),
                required: required.0,
            }),
        }
    }
}

impl Frozen for RuleConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self {
            rule: id,
            assign_by,
            auto_assign,
            reject_allowed,
            offer_timeout,
            timeout_presence,
            decline_presence,
            skills,
            shift,
        } = self;
        let shift_use = |ShiftUse { prefer, required }| -> Result<DomainShiftUse, Error> {
            Ok(DomainShiftUse { prefer: ShiftPreference::from_stored(prefer)?, required: Seconds(required) })
        };
        let all = AssignmentRule {
            assign_by: AssignBy::from_stored(assign_by)?,
            auto_assign,
            reject_allowed,
            offer_timeout: offer_timeout.map(Seconds),
            timeout_presence: timeout_presence.as_deref().map(presence).transpose()?,
            decline_presence: decline_presence.as_deref().map(presence).transpose()?,
            skills: skills.map(|SkillUse { levels, mandatory }| DomainSkillUse { levels, mandatory }),
            shift: shift.map(shift_use).transpose()?,
        };
        Ok(configured(Entry::Rule(rule(&id)?, all)))
    }
}
