//! When there is work, what it is, and how it is offered: schedules, service channels and assignment rules.

use serde::{Deserialize, Serialize};

/// The same openings every week, but for some dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Whose local time it is: a name of the IANA database, such as `Europe/Berlin`. Required.
    pub zone: String,
    /// The openings, such as `monday 09:00-17:00`, or `monday-friday 09:00-17:00` for one on each of these days. One
    /// whose end is not after its beginning runs past midnight. Required.
    pub weekly: Vec<String>,
    /// The dates on which no opening begins, such as `2026-12-25`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<String>,
}

/// Which work it takes and how much of it an agent can bear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceChannel {
    /// Service channels are tried by ascending order, then by name; 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// An inactive one takes no new work; true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// The kind of its work: `chat`, `phone`, `messaging` or `other`. Required.
    pub kind: String,
    /// Which conversations are its work. Without it those of its kind are: all chats, or all messaging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// How much work an agent can have on it; 4 for `chat` and `messaging`, else 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// How much of that one item takes; 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// Other sizes; the first whose condition holds counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<SizeOverride>,
    /// The schedule of when it lets new work in; always if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
}

/// Another size for some items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeOverride {
    /// The condition under which it counts. Required.
    pub when: String,
    /// How much such an item takes. Required.
    pub size: u32,
}

/// How work of a pool is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// Who goes first among equals: `most_capacity`, the default, `last_assigned` or `round_robin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assign_by: Option<String>,
    /// Whether an offer is accepted at once for the agent; false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_assign: Option<bool>,
    /// Whether an offer may be rejected; true, which does not go with `auto_assign`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reject_allowed: Option<bool>,
    /// How many seconds an offer lives; for ever if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_timeout: Option<u32>,
    /// The presence state of an agent whose offer timed out; theirs if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_presence: Option<String>,
    /// The presence state of an agent who declined; theirs if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline_presence: Option<String>,
    /// How skills count; not at all if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skills: Option<SkillUse>,
    /// How shifts count; not at all if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift: Option<ShiftUse>,
}

/// How skills count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SkillUse {
    /// Whether levels are looked at; false.
    pub levels: bool,
    /// Whether only those come into question who have all mandatory skills; false.
    pub mandatory: bool,
}

/// How shifts count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShiftUse {
    /// Who goes first: `any`, the default, `least_left` or `most_left`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefer: Option<String>,
    /// How many seconds of the shift, without a break, have to be left; 0.
    pub required: u32,
}
