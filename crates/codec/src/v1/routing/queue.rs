//! Queues.

use super::{condition, configured, group, read_all, rule, schedule, service_channel, skill, source};
use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v1::parts::{queue, raw};
use domain::routing::{Affinity as DomainAffinity, Need as DomainNeed, Pool as DomainPool};
use domain::routing::{Entry, Queue, QueueId, WhenNobody};
use domain::routing::{
    SkillDemand as DomainDemand, SortRule as DomainSort, WaitMessage as DomainWaitMessage,
};
use domain::{Event, Seconds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize)]
pub(crate) struct QueueConfigured {
    pub(crate) queue: String,
    pub(crate) service_channel: String,
    pub(crate) order: u32,
    pub(crate) active: bool,
    pub(crate) condition: Option<String>,
    pub(crate) priority: u32,
    pub(crate) priority_field: Option<String>,
    pub(crate) sort: Vec<SortRule>,
    pub(crate) schedule: Option<String>,
    pub(crate) greeting: Option<String>,
    pub(crate) target_wait: Option<u32>,
    pub(crate) max_wait: Option<u32>,
    pub(crate) max_wait_message: Option<String>,
    pub(crate) wait_messages: Vec<WaitMessage>,
    pub(crate) size_cap: Option<u32>,
    pub(crate) nobody: u8,
    pub(crate) refusal_message: Option<String>,
    pub(crate) overflow_queue: Option<String>,
    pub(crate) overflow_wait: Option<u32>,
    pub(crate) pools: Vec<Pool>,
    pub(crate) affinity: Vec<Affinity>,
    pub(crate) hold_for_affine: u32,
    pub(crate) skills: Vec<SkillDemand>,
    pub(crate) relax_after: Option<u32>,
    pub(crate) reoffer_after: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SortRule {
    pub(crate) field: String,
    pub(crate) descending: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WaitMessage {
    pub(crate) after: u32,
    pub(crate) text: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Pool {
    pub(crate) groups: BTreeSet<String>,
    pub(crate) rule: String,
    pub(crate) eligible_at: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Affinity {
    Historical { days: u8 },
    Named { field: String },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SkillDemand {
    pub(crate) skill: String,
    pub(crate) level: u8,
    pub(crate) need: Need,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Need {
    Mandatory,
    Additional { drop_order: u8 },
    Optional,
}

impl QueueConfigured {
    pub(crate) fn of(id: &QueueId, all: &Queue) -> Self {
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
        } = all;
        Self {
            queue: id.to_string(),
            service_channel: service_channel.to_string(),
            order: *order,
            active: *active,
            condition: condition.as_ref().map(source),
            priority: *priority,
            priority_field: priority_field.clone(),
            sort: sort.iter().map(SortRule::from).collect(),
            schedule: schedule.as_ref().map(ToString::to_string),
            greeting: greeting.clone(),
            target_wait: raw(*target_wait),
            max_wait: raw(*max_wait),
            max_wait_message: max_wait_message.clone(),
            wait_messages: wait_messages.iter().map(WaitMessage::from).collect(),
            size_cap: *size_cap,
            nobody: nobody.to_stored(),
            refusal_message: refusal_message.clone(),
            overflow_queue: overflow_queue.as_ref().map(ToString::to_string),
            overflow_wait: raw(*overflow_wait),
            pools: pools.iter().map(Pool::from).collect(),
            affinity: affinity.iter().map(Affinity::from).collect(),
            hold_for_affine: hold_for_affine.0,
            skills: skills.iter().map(SkillDemand::from).collect(),
            relax_after: raw(*relax_after),
            reoffer_after: reoffer_after.0,
        }
    }
}

impl Frozen for QueueConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self {
            queue: id,
            service_channel: channel,
            order,
            active,
            condition: when,
            priority,
            priority_field,
            sort,
            schedule: hours,
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
        } = self;
        let all = Queue {
            service_channel: service_channel(&channel)?,
            order,
            active,
            condition: when.as_deref().map(condition).transpose()?,
            priority,
            priority_field,
            sort: sort.into_iter().map(DomainSort::from).collect(),
            schedule: hours.as_deref().map(schedule).transpose()?,
            greeting,
            target_wait: target_wait.map(Seconds),
            max_wait: max_wait.map(Seconds),
            max_wait_message,
            wait_messages: wait_messages.into_iter().map(DomainWaitMessage::from).collect(),
            size_cap,
            nobody: WhenNobody::from_stored(nobody)?,
            refusal_message,
            overflow_queue: overflow_queue.as_deref().map(queue).transpose()?,
            overflow_wait: overflow_wait.map(Seconds),
            pools: read_all(pools, DomainPool::try_from)?,
            affinity: affinity.into_iter().map(DomainAffinity::from).collect(),
            hold_for_affine: Seconds(hold_for_affine),
            skills: read_all(skills, DomainDemand::try_from)?,
            relax_after: relax_after.map(Seconds),
            reoffer_after: Seconds(reoffer_after),
        };
        Ok(configured(Entry::Queue(queue(&id)?, Box::new(all))))
    }
}

impl From<&DomainSort> for SortRule {
    fn from(rule: &DomainSort) -> Self {
        let DomainSort { field, descending } = rule;
        Self { field: field.clone(), descending: *descending }
    }
}

impl From<SortRule> for DomainSort {
    fn from(rule: SortRule) -> Self {
        let SortRule { field, descending } = rule;
        Self { field, descending }
    }
}

impl From<&DomainWaitMessage> for WaitMessage {
    fn from(message: &DomainWaitMessage) -> Self {
        let DomainWaitMessage { after, text } = message;
        Self { after: after.0, text: text.clone() }
    }
}

impl From<WaitMessage> for DomainWaitMessage {
    fn from(message: WaitMessage) -> Self {
        let WaitMessage { after, text } = message;
        Self { after: Seconds(after), text }
    }
}

impl From<&DomainPool> for Pool {
    fn from(pool: &DomainPool) -> Self {
        let DomainPool { groups, rule, eligible_at } = pool;
        let groups = groups.iter().map(ToString::to_string).collect();
        Self { groups, rule: rule.to_string(), eligible_at: eligible_at.0 }
    }
}

impl TryFrom<Pool> for DomainPool {
    type Error = Error;

    fn try_from(pool: Pool) -> Result<Self, Error> {
        let Pool { groups, rule: by, eligible_at } = pool;
        let groups = read_all(groups, |name| group(&name))?;
        Ok(Self { groups, rule: rule(&by)?, eligible_at: Seconds(eligible_at) })
    }
}

impl From<&DomainAffinity> for Affinity {
    fn from(affinity: &DomainAffinity) -> Self {
        match affinity {
            DomainAffinity::Historical { days } => Self::Historical { days: *days },
            DomainAffinity::Named { field } => Self::Named { field: field.clone() },
        }
    }
}

impl From<Affinity> for DomainAffinity {
    fn from(affinity: Affinity) -> Self {
        match affinity {
            Affinity::Historical { days } => Self::Historical { days },
            Affinity::Named { field } => Self::Named { field },
        }
    }
}

impl From<&DomainDemand> for SkillDemand {
    fn from(demand: &DomainDemand) -> Self {
        let DomainDemand { skill, level, need } = demand;
        let need = match need {
            DomainNeed::Mandatory => Need::Mandatory,
            DomainNeed::Additional { drop_order } => Need::Additional { drop_order: *drop_order },
            DomainNeed::Optional => Need::Optional,
        };
        Self { skill: skill.to_string(), level: *level, need }
    }
}

impl TryFrom<SkillDemand> for DomainDemand {
    type Error = Error;

    fn try_from(demand: SkillDemand) -> Result<Self, Error> {
        let SkillDemand { skill: name, level, need } = demand;
        let need = match need {
            Need::Mandatory => DomainNeed::Mandatory,
            Need::Additional { drop_order } => DomainNeed::Additional { drop_order },
            Need::Optional => DomainNeed::Optional,
        };
        Ok(Self { skill: skill(&name)?, level, need })
    }
}
