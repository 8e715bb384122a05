//! The configuration of routing as single entries: what one change changes.

use super::{
    Agent, AssignmentRule, Group, GroupId, PresenceId, PresenceState, Queue, QueueId, RejectReason,
    RejectReasonId, Routing, RoutingSettings, RuleId, ScheduleId, ServiceChannel, ServiceChannelId,
};
use crate::AgentId;
use crate::schedule::Schedule;
use std::fmt;

/// One entry with its name and all that is set in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// What is set once.
    Settings(RoutingSettings),
    /// When something is open.
    Schedule(ScheduleId, Schedule),
    /// A presence state.
    Presence(PresenceId, PresenceState),
    /// A reason for rejecting.
    RejectReason(RejectReasonId, RejectReason),
    /// A service channel.
    ServiceChannel(ServiceChannelId, ServiceChannel),
    /// An assignment rule.
    Rule(RuleId, AssignmentRule),
    /// A group.
    Group(GroupId, Group),
    /// An agent.
    Agent(AgentId, Agent),
    /// A queue.
    Queue(QueueId, Box<Queue>),
}

/// Names one entry that can be removed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKey {
    /// A queue.
    Queue(QueueId),
    /// An agent.
    Agent(AgentId),
    /// A group.
    Group(GroupId),
    /// An assignment rule.
    Rule(RuleId),
    /// A service channel.
    ServiceChannel(ServiceChannelId),
    /// A reason for rejecting.
    RejectReason(RejectReasonId),
    /// A presence state.
    Presence(PresenceId),
    /// A schedule.
    Schedule(ScheduleId),
}

impl Routing {
    /// Sets one entry.
    pub fn put(&mut self, entry: Entry) {
        match entry {
            Entry::Settings(settings) => self.settings = settings,
            Entry::Schedule(id, schedule) => drop(self.schedules.insert(id, schedule)),
            Entry::Presence(id, state) => drop(self.presence.insert(id, state)),
            Entry::RejectReason(id, reason) => drop(self.reject_reasons.insert(id, reason)),
            Entry::ServiceChannel(id, channel) => drop(self.service_channels.insert(id, channel)),
            Entry::Rule(id, rule) => drop(self.rules.insert(id, rule)),
            Entry::Group(id, group) => drop(self.groups.insert(id, group)),
            Entry::Agent(id, agent) => drop(self.agents.insert(id, agent)),
            Entry::Queue(id, queue) => drop(self.queues.insert(id, *queue)),
        }
    }

    /// One entry, if it is there.
    pub fn entry(&self, key: &EntryKey) -> Option<Entry> {
        Some(match key {
            EntryKey::Queue(id) => Entry::Queue(id.clone(), Box::new(self.queues.get(id)?.clone())),
            EntryKey::Agent(id) => Entry::Agent(id.clone(), self.agents.get(id)?.clone()),
            EntryKey::Group(id) => Entry::Group(id.clone(), self.groups.get(id)?.clone()),
            EntryKey::Rule(id) => Entry::Rule(id.clone(), self.rules.get(id)?.clone()),
            EntryKey::ServiceChannel(id) => {
                Entry::ServiceChannel(id.clone(), self.service_channels.get(id)?.clone())
            }
            EntryKey::RejectReason(id) => {
                Entry::RejectReason(id.clone(), self.reject_reasons.get(id)?.clone())
            }
            EntryKey::Presence(id) => Entry::Presence(id.clone(), self.presence.get(id)?.clone()),
            EntryKey::Schedule(id) => Entry::Schedule(id.clone(), self.schedules.get(id)?.clone()),
        })
    }

    /// Removes one entry; whether it was there.
    pub fn remove(&mut self, key: &EntryKey) -> bool {
        match key {
            EntryKey::Queue(id) => self.queues.remove(id).is_some(),
            EntryKey::Agent(id) => self.agents.remove(id).is_some(),
            EntryKey::Group(id) => self.groups.remove(id).is_some(),
            EntryKey::Rule(id) => self.rules.remove(id).is_some(),
            EntryKey::ServiceChannel(id) => self.service_channels.remove(id).is_some(),
            EntryKey::RejectReason(id) => self.reject_reasons.remove(id).is_some(),
            EntryKey::Presence(id) => self.presence.remove(id).is_some(),
            EntryKey::Schedule(id) => self.schedules.remove(id).is_some(),
        }
    }

    /// All entries, each after those that it may refer to.
    pub fn entries(&self) -> Vec<Entry> {
        let mut all = vec![Entry::Settings(self.settings.clone())];
        all.extend(self.schedules.iter().map(|(id, it)| Entry::Schedule(id.clone(), it.clone())));
        all.extend(
            self.service_channels.iter().map(|(id, it)| Entry::ServiceChannel(id.clone(), it.clone())),
        );
        // A queue may overflow into another one and a group may prefer a queue: those two may name each other.
        all.extend(self.groups.iter().map(|(id, it)| Entry::Group(id.clone(), it.clone())));
        all.extend(self.presence.iter().map(|(id, it)| Entry::Presence(id.clone(), it.clone())));
        all.extend(self.reject_reasons.iter().map(|(id, it)| Entry::RejectReason(id.clone(), it.clone())));
        all.extend(self.rules.iter().map(|(id, it)| Entry::Rule(id.clone(), it.clone())));
        all.extend(self.queues.iter().map(|(id, it)| Entry::Queue(id.clone(), Box::new(it.clone()))));
        all.extend(self.agents.iter().map(|(id, it)| Entry::Agent(id.clone(), it.clone())));
        all
    }

    /// The keys of all entries that can be removed, each before those that it may refer to.
    pub fn keys(&self) -> Vec<EntryKey> {
        let mut all: Vec<EntryKey> = self.agents.keys().cloned().map(EntryKey::Agent).collect();
        all.extend(self.queues.keys().cloned().map(EntryKey::Queue));
        all.extend(self.rules.keys().cloned().map(EntryKey::Rule));
        all.extend(self.reject_reasons.keys().cloned().map(EntryKey::RejectReason));
        all.extend(self.presence.keys().cloned().map(EntryKey::Presence));
        all.extend(self.groups.keys().cloned().map(EntryKey::Group));
        all.extend(self.service_channels.keys().cloned().map(EntryKey::ServiceChannel));
        all.extend(self.schedules.keys().cloned().map(EntryKey::Schedule));
        all
    }
}

impl EntryKey {
    /// The kind's name, in the plural as in the API.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Queue(_) => "queues",
            Self::Agent(_) => "agents",
            Self::Group(_) => "groups",
            Self::Rule(_) => "rules",
            Self::ServiceChannel(_) => "service_channels",
            Self::RejectReason(_) => "reject_reasons",
            Self::Presence(_) => "presence_states",
            Self::Schedule(_) => "schedules",
        }
    }

    /// The entry's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Queue(id) => id.as_str(),
            Self::Agent(id) => id.as_str(),
            Self::Group(id) => id.as_str(),
            Self::Rule(id) => id.as_str(),
            Self::ServiceChannel(id) => id.as_str(),
            Self::RejectReason(id) => id.as_str(),
            Self::Presence(id) => id.as_str(),
            Self::Schedule(id) => id.as_str(),
        }
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind(), self.name())
    }
}

impl Entry {
    /// The entry's key; what is set once has none.
    pub fn key(&self) -> Option<EntryKey> {
        Some(match self {
            Self::Settings(_) => return None,
            Self::Schedule(id, _) => EntryKey::Schedule(id.clone()),
            Self::Presence(id, _) => EntryKey::Presence(id.clone()),
            Self::RejectReason(id, _) => EntryKey::RejectReason(id.clone()),
            Self::ServiceChannel(id, _) => EntryKey::ServiceChannel(id.clone()),
            Self::Rule(id, _) => EntryKey::Rule(id.clone()),
            Self::Group(id, _) => EntryKey::Group(id.clone()),
            Self::Agent(id, _) => EntryKey::Agent(id.clone()),
            Self::Queue(id, _) => EntryKey::Queue(id.clone()),
        })
    }
}
