//! What a world of routing is made of: configurations, people, and what may happen.

use super::action::{Kind, Stance};
use domain::channel::{ChannelKind, ChannelSettings, Messages, Mode};
use domain::conversation::Policy;
use domain::router::Variables;
use domain::routing::{
    AssignBy, GroupId, PresenceId, QueueId, RejectReasonId, Routing, RuleId, ServiceChannelId, SkillId,
};
use domain::{AgentId, Personal, Seconds};
use std::sync::Arc;

/// Two partitions are enough for facts to come in any order.
pub(super) const PARTITIONS: usize = 2;

/// See above. Two worlds of one setting differ only by what happens in them.
#[derive(Debug)]
pub struct Setting {
    /// The configurations that may be in force; the first one is at the beginning. All name the same agents.
    pub(super) variants: Vec<Arc<Routing>>,
    pub(super) agents: Vec<AgentId>,
    /// Where agents send conversations.
    pub(super) queues: Vec<QueueId>,
    /// Why agents reject.
    pub(super) reasons: Vec<Option<RejectReasonId>>,
    /// What agents do.
    pub(super) stances: Vec<Stance>,
    pub(super) requesters: Vec<Requester>,
    /// What may happen, and how often in comparison.
    pub(super) kinds: Vec<(Kind, u32)>,
    /// How many records of a partition may wait for the router; while as many do, people do nothing in it.
    pub(super) backlog: usize,
    /// How many errands may be under way; while as many are, nothing happens but to them.
    pub(super) errands: usize,
    /// For how long after a crash nobody is given up (`T3`).
    pub(super) grace: Option<Seconds>,
    /// Whether a requester whose conversation is over begins another one.
    pub(super) returns: bool,
    pub(super) messages: Messages,
}

/// Somebody who writes.
#[derive(Clone, Debug)]
pub(super) struct Requester {
    pub(super) policy: Policy,
    /// What comes with their first message.
    pub(super) variables: Variables,
}

impl Setting {
    pub(super) fn new(variants: Vec<Routing>, requesters: Vec<Requester>, kinds: &[(Kind, u32)]) -> Self {
        let first = variants.first();
        let agents = first.map(|first| first.agents.keys().cloned().collect()).unwrap_or_default();
        let queues = first.map(|first| first.queues.keys().cloned().collect()).unwrap_or_default();
        Self {
            variants: variants.into_iter().map(Arc::new).collect(),
            agents,
            queues,
            reasons: vec![None],
            stances: vec![Stance::Available, Stance::Away],
            requesters,
            kinds: kinds.to_vec(),
            backlog: 1,
            errands: 2,
            grace: None,
            returns: false,
            messages: ChannelSettings::defaults(ChannelKind::Sms, Mode::Messaging).messages,
        }
    }

    /// Whether any rule of any variant chooses in this way: only then does it matter what it goes by.
    pub(super) fn chooses_by(&self, by: AssignBy) -> bool {
        let rules = |routing: &Arc<Routing>| routing.rules.values().any(|rule| rule.assign_by == by);
        self.variants.iter().any(rules)
    }
}

impl Requester {
    pub(super) fn new(policy: Policy, variables: &[(&str, &str)]) -> Self {
        let personal =
            |(name, value): &(&str, &str)| ((*name).to_owned(), Personal::new((*value).to_owned()));
        Self { policy, variables: variables.iter().map(personal).collect() }
    }
}

/// What a conversation of a mode goes by without anything set; nothing of it times out soon.
pub(super) fn patient(mode: Mode) -> Policy {
    match mode {
        Mode::Chat => ChannelSettings::defaults(ChannelKind::Mweb, mode).policy(),
        Mode::Messaging => Policy::Messaging {
            prompt_agent_after: None,
            abandon_after: None,
            reassign_after: None,
            idle: None,
        },
    }
}

/// Names that are known to be legal.
macro_rules! names {
    ($($name:ident -> $id:ident,)+) => {
        $(pub(super) fn $name(name: &str) -> $id {
            $id::new(name).expect("the name is legal")
        })+
    };
}

names! {
    agent -> AgentId,
    group -> GroupId,
    presence -> PresenceId,
    queue -> QueueId,
    reason -> RejectReasonId,
    rule -> RuleId,
    service -> ServiceChannelId,
    skill -> SkillId,
}
