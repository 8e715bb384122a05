//! An assignment rule: how one agent is chosen from a pool, and how the work is offered.

use super::{Need, PresenceId};
use crate::Seconds;

/// How work of a pool is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentRule {
    /// Who goes first among equals.
    pub assign_by: AssignBy,
    /// Accepted at once for the agent (`AR-7`).
    pub auto_assign: bool,
    /// Whether an offer may be rejected (`AR-8`).
    pub reject_allowed: bool,
    /// How long an offer lives (`AR-9`, `SFR-4`); `None` for ever.
    pub offer_timeout: Option<Seconds>,
    /// The presence of an agent whose offer timed out; `None` leaves it (`AR-9`).
    pub timeout_presence: Option<PresenceId>,
    /// The presence of an agent who declined; `None` leaves it (`SFR-5`).
    pub decline_presence: Option<PresenceId>,
    /// Whether skills count (`AR-11`); `None` ignores them.
    pub skills: Option<SkillUse>,
    /// Whether shifts count (`AR-12`); `None` ignores them.
    pub shift: Option<ShiftUse>,
}

/// `AR-3` to `AR-5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssignBy {
    /// The largest remaining capacity on the channel, then the longest without work on it.
    MostCapacity,
    /// The longest since the last assignment on the channel.
    LastAssigned,
    /// One after the other, by name.
    RoundRobin,
}

/// How skills count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkillUse {
    /// Whether levels are looked at.
    pub levels: bool,
    /// Whether only those come into question who have all mandatory skills.
    pub mandatory: bool,
}

/// How shifts count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShiftUse {
    /// Who goes first.
    pub prefer: ShiftPreference,
    /// How much of the shift, without a break, has to be left.
    pub required: Seconds,
}

/// Who goes first by shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShiftPreference {
    /// Whoever has the least time left.
    LeastLeft,
    /// Whoever has the most time left.
    MostLeft,
    /// All alike; only the required time counts.
    Any,
}

impl AssignBy {
    const ALL: [Self; 3] = [Self::MostCapacity, Self::LastAssigned, Self::RoundRobin];

    /// The choice's name in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MostCapacity => "most_capacity",
            Self::LastAssigned => "last_assigned",
            Self::RoundRobin => "round_robin",
        }
    }

    /// The choice of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }
}

impl SkillUse {
    /// Whether nobody comes into question without a skill that is needed so badly.
    pub const fn requires(self, need: Need) -> bool {
        match need {
            Need::Mandatory => self.mandatory,
            Need::Additional { .. } => true,
            Need::Optional => false,
        }
    }
}

impl ShiftPreference {
    const ALL: [Self; 3] = [Self::LeastLeft, Self::MostLeft, Self::Any];

    /// The choice's name in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeastLeft => "least_left",
            Self::MostLeft => "most_left",
            Self::Any => "any",
        }
    }

    /// The choice of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }
}

impl Default for AssignmentRule {
    fn default() -> Self {
        Self {
            assign_by: AssignBy::MostCapacity,
            auto_assign: false,
            reject_allowed: true,
            offer_timeout: None,
            timeout_presence: None,
            decline_presence: None,
            skills: None,
            shift: None,
        }
    }
}
