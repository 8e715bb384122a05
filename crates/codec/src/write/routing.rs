//! Facts about the configuration of routing, as they are written now.

use crate::registry::Payload;
use crate::v1::routing::{
    AgentConfigured, GroupConfigured, PresenceStateConfigured, QueueConfigured, RejectReasonConfigured,
    Removed, RuleConfigured, ScheduleConfigured, ServiceChannelConfigured, SettingsConfigured,
};
use domain::routing::{Entry, EntryKey};

/// The payload of the fact that an entry is set.
pub(crate) fn configured(entry: &Entry) -> Payload {
    match entry {
        Entry::Settings(settings) => Payload::of(&SettingsConfigured::from(settings)),
        Entry::Schedule(id, schedule) => Payload::of(&ScheduleConfigured::of(id, schedule)),
        Entry::Presence(id, state) => Payload::of(&PresenceStateConfigured::of(id, state)),
        Entry::RejectReason(id, reason) => Payload::of(&RejectReasonConfigured::of(id, reason)),
        Entry::ServiceChannel(id, channel) => Payload::of(&ServiceChannelConfigured::of(id, channel)),
        Entry::Rule(id, rule) => Payload::of(&RuleConfigured::of(id, rule)),
        Entry::Group(id, group) => Payload::of(&GroupConfigured::of(id, group)),
        Entry::Agent(id, agent) => Payload::of(&AgentConfigured::of(id, agent)),
        Entry::Queue(id, queue) => Payload::of(&QueueConfigured::of(id, queue)),
    }
}

pub(super) fn removed(key: &EntryKey) -> Payload {
    Payload::of(&Removed::from(key))
}
