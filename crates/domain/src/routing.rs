//! What administrators set for routing: service channels, queues, rules, groups, agents, presence, schedules.
//!
//! All of it is data. What it does to work is in [`crate::router`].

mod entry;
mod ids;
mod people;
mod presence;
mod queue;
mod rule;
mod service_channel;
mod settings;
mod validate;

pub use entry::{Entry, EntryKey};
pub use ids::{
    GroupId, OfferId, PresenceId, QueueId, RejectReasonId, RuleId, ScheduleId, ServiceChannelId, SkillId,
    WorkItemId,
};
pub use people::{Agent, Group};
pub use presence::{PresenceState, RejectReason, names as presence_names};
pub use queue::{Affinity, Need, Pool, Queue, SkillDemand, SortRule, WaitMessage, WhenNobody};
pub use rule::{AssignBy, AssignmentRule, ShiftPreference, ShiftUse, SkillUse};
pub use service_channel::{ServiceChannel, ServiceKind, SizeOverride};
pub use settings::{EstimateBy, ReassignOn, RoutingSettings};
pub use validate::{RoutingProblem, limits, validate};

use crate::AgentId;
use crate::schedule::Schedule;
use std::collections::{BTreeMap, BTreeSet};

/// All that routing goes by. Without a service channel nothing is routed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// What is set once.
    pub settings: RoutingSettings,
    /// By name; likewise below.
    pub service_channels: BTreeMap<ServiceChannelId, ServiceChannel>,
    /// Queues.
    pub queues: BTreeMap<QueueId, Queue>,
    /// Assignment rules.
    pub rules: BTreeMap<RuleId, AssignmentRule>,
    /// Groups of agents.
    pub groups: BTreeMap<GroupId, Group>,
    /// Agents.
    pub agents: BTreeMap<AgentId, Agent>,
    /// Presence states.
    pub presence: BTreeMap<PresenceId, PresenceState>,
    /// Reasons for rejecting.
    pub reject_reasons: BTreeMap<RejectReasonId, RejectReason>,
    /// When queues, channels and agents are at work.
    pub schedules: BTreeMap<ScheduleId, Schedule>,
}

impl Default for Routing {
    fn default() -> Self {
        Self {
            settings: RoutingSettings::default(),
            service_channels: BTreeMap::new(),
            queues: BTreeMap::new(),
            rules: BTreeMap::new(),
            groups: BTreeMap::new(),
            agents: BTreeMap::new(),
            presence: presence::default_states(),
            reject_reasons: presence::default_reasons(),
            schedules: BTreeMap::new(),
        }
    }
}

impl Routing {
    /// The agents who are new, gone or different since another configuration, if that is all that is different.
    pub fn agents_changed_since(&self, before: &Self) -> Option<BTreeSet<AgentId>> {
        let Self {
            settings,
            service_channels,
            queues,
            rules,
            groups,
            agents,
            presence,
            reject_reasons,
            schedules,
        } = self;
        let all_else_is_the_same = *settings == before.settings
            && *service_channels == before.service_channels
            && *queues == before.queues
            && *rules == before.rules
            && *groups == before.groups
            && *presence == before.presence
            && *reject_reasons == before.reject_reasons
            && *schedules == before.schedules;
        let all = || agents.keys().chain(before.agents.keys());
        let changed = || all().filter(|id| agents.get(*id) != before.agents.get(*id)).cloned().collect();
        all_else_is_the_same.then(changed)
    }

    /// Whether conversations are routed at all.
    pub fn is_on(&self) -> bool {
        !self.service_channels.is_empty()
    }
}
