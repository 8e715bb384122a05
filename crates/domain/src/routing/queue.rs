//! A queue: which work waits in it, in which order, for whom, for how long, and what happens when nobody comes.

use super::{GroupId, QueueId, RuleId, ScheduleId, ServiceChannelId, SkillId};
use crate::Seconds;
use crate::condition::Condition;
use std::collections::BTreeSet;

/// A queue of one service channel (`Q-1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Whose work it holds.
    pub service_channel: ServiceChannelId,
    /// Queues are tried by ascending order, then by name; the first active match wins (`Q-2`).
    pub order: u32,
    /// An inactive one takes nothing new; what waits in it goes on.
    pub active: bool,
    /// What belongs into it; `None` takes only what is put there by hand (`Q-1`).
    pub condition: Option<Condition>,
    /// Lower goes first where an agent serves several queues (`SFR-2`).
    pub priority: u32,
    /// A context field with a number by which items of one priority go, lower first, before they go by age (`SFR-2`).
    pub priority_field: Option<String>,
    /// What decides who goes first; then, and without any, the oldest (`Q-8`).
    pub sort: Vec<SortRule>,
    /// When it lets new work in (`Q-15`).
    pub schedule: Option<ScheduleId>,
    /// What the requester is told when an agent accepts (`ACK-2`).
    pub greeting: Option<String>,
    /// The wait beyond which an item counts as late; it changes nothing else (`Q-11`).
    pub target_wait: Option<Seconds>,
    /// The wait after which an item is given up (`Q-12`).
    pub max_wait: Option<Seconds>,
    /// What the requester is told then.
    pub max_wait_message: Option<String>,
    /// What the requester is told while they wait (`QT-1`).
    pub wait_messages: Vec<WaitMessage>,
    /// How many may wait in it: for chats only, exact (`SFR-9`, `Q-16`).
    pub size_cap: Option<u32>,
    /// What a chat gets when no agent of the queue is there (`Q-16`).
    pub nobody: WhenNobody,
    /// What the requester of a refused chat is told; without it the general message.
    pub refusal_message: Option<String>,
    /// Where work goes that has no place here (`BH-4`).
    pub overflow_queue: Option<QueueId>,
    /// The estimated or real wait beyond which work overflows (`BH-4`).
    pub overflow_wait: Option<Seconds>,
    /// Who may take its work, widening with an item's age (`AR-1`). Without any it is assigned by hand (`Q-7`).
    pub pools: Vec<Pool>,
    /// Who is preferred, tried in turn (`AFF-2`).
    pub affinity: Vec<Affinity>,
    /// How long an item waits for a preferred agent who is not free (`AFF-4`).
    pub hold_for_affine: Seconds,
    /// What every item of it needs, beside what its context asks for.
    pub skills: Vec<SkillDemand>,
    /// After how long each group of additional skills is dropped (`SFR-6`); `None` never drops any.
    pub relax_after: Option<Seconds>,
    /// After how long somebody who declined may be asked again, so that a requester whom everybody declined does not
    /// wait for ever. Zero: never, which needs a maximum wait.
    pub reoffer_after: Seconds,
}

/// One level of the order of waiting items (`Q-8`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortRule {
    /// A context field. What is not there goes last.
    pub field: String,
    /// Whether the largest goes first.
    pub descending: bool,
}

/// A text for a requester who waits (`QT-1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitMessage {
    /// Since entering the queue.
    pub after: Seconds,
    /// What is said.
    pub text: String,
}

/// What becomes of a chat when no agent of its queue is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhenNobody {
    /// It waits.
    Wait,
    /// It is refused with a message.
    Refuse,
}

/// Agents who may take work, from an age on (`AR-1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Whose members they are.
    pub groups: BTreeSet<GroupId>,
    /// How one of them is chosen.
    pub rule: RuleId,
    /// The age in the queue from which on they count.
    pub eligible_at: Seconds,
}

/// Who is preferred for an item (`AFF-1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affinity {
    /// Who served the same contact in the last so many days, 1 to 30.
    Historical {
        /// How far back.
        days: u8,
    },
    /// Whom a context field names: the account's team, the one who has a related task. Names with commas between.
    Named {
        /// The field.
        field: String,
    },
}

/// One skill that an item needs (`AR-11`, `SFR-6`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SkillDemand {
    /// Which.
    pub skill: SkillId,
    /// How much of it, 0 to 10.
    pub level: u8,
    /// How badly.
    pub need: Need,
}

/// How badly a skill is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Never without it.
    Mandatory,
    /// Not without it until it is dropped: the highest number first, equal numbers together (`SFR-6`).
    Additional {
        /// When it is dropped among the others.
        drop_order: u8,
    },
    /// Better with it.
    Optional,
}

impl WhenNobody {
    /// The choice's name in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Refuse => "refuse",
        }
    }

    /// The choice of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Wait, Self::Refuse].into_iter().find(|choice| choice.name() == name)
    }
}

impl Queue {
    /// A queue with the documented defaults, which nothing enters by itself.
    pub fn defaults(service_channel: ServiceChannelId) -> Self {
        Self {
            service_channel,
            order: 100,
            active: true,
            condition: None,
            priority: 100,
            priority_field: None,
            sort: Vec::new(),
            schedule: None,
            greeting: None,
            target_wait: None,
            max_wait: None,
            max_wait_message: None,
            wait_messages: Vec::new(),
            size_cap: None,
            nobody: WhenNobody::Wait,
            refusal_message: None,
            overflow_queue: None,
            overflow_wait: None,
            pools: Vec::new(),
            affinity: Vec::new(),
            hold_for_affine: Seconds(0),
            skills: Vec::new(),
            relax_after: None,
            reoffer_after: Seconds(300),
        }
    }
}
