//! Who works: agents with groups, skills and capacities, and the groups' own settings.

use super::{GroupId, QueueId, ScheduleId, ServiceChannelId, SkillId};
use std::collections::{BTreeMap, BTreeSet};

/// A group of agents. Who is in it is said by each agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Capacities of its members where they have none of their own (`CAP-3`).
    pub capacity: BTreeMap<ServiceChannelId, u32>,
    /// Which queues it serves first: lower goes first, 100 where nothing is said (`Q-10`).
    pub queue_order: BTreeMap<QueueId, u32>,
}

/// What is known of an agent before they come to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// An inactive one gets no work.
    pub active: bool,
    /// Where they belong.
    pub groups: BTreeSet<GroupId>,
    /// What they can do, and how well, 0 to 10.
    pub skills: BTreeMap<SkillId, u8>,
    /// Capacities of their own; they replace the group's and the channel's (`CAP-3`).
    pub capacity: BTreeMap<ServiceChannelId, u32>,
    /// The most work over all channels; 0 is none at all, `None` sets no limit (`CAP-4`).
    pub universal: Option<u32>,
    /// When they work (`AR-12`).
    pub shift: Option<ScheduleId>,
}

impl Default for Agent {
    fn default() -> Self {
        Self {
            active: true,
            groups: BTreeSet::new(),
            skills: BTreeMap::new(),
            capacity: BTreeMap::new(),
            universal: None,
            shift: None,
        }
    }
}

impl Group {
    /// How a group's queues are ordered where nothing is said (`Q-10`).
    pub const ORDER_DEFAULT: u32 = 100;

    /// The order of a queue for this group.
    pub fn order_of(&self, queue: &QueueId) -> u32 {
        self.queue_order.get(queue).copied().unwrap_or(Self::ORDER_DEFAULT)
    }
}
