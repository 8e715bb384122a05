//! A queue: which work waits in it, in which order, for whom, for how long, and what happens when nobody comes.

use serde::{Deserialize, Serialize};

/// A queue of one service channel. Whatever has no default is not done if it is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// The service channel whose work it holds. Required.
    pub service_channel: String,
    /// Queues are tried by ascending order, then by name, and the first active match wins; 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// An inactive one takes nothing new; true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// What belongs into it. Without it only what is put there by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Lower goes first where an agent serves several queues; 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
    /// A context field with a number by which items of one priority go, lower first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority_field: Option<String>,
    /// What decides who goes first; then, and without any, the oldest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<SortRule>,
    /// The schedule of when it lets new work in; always if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// What the requester is told when an agent accepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greeting: Option<String>,
    /// The wait in seconds beyond which an item counts as late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_wait: Option<u32>,
    /// The wait in seconds after which an item is given up; needs `max_wait_message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_wait: Option<u32>,
    /// What the requester is told then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_wait_message: Option<String>,
    /// What the requester is told while they wait, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wait_messages: Vec<WaitMessage>,
    /// How many may wait in it: for chats only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_cap: Option<u32>,
    /// What a chat gets when no agent of the queue is there: `wait`, the default, or `refuse`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nobody: Option<String>,
    /// What the requester of a refused chat is told; the general message if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal_message: Option<String>,
    /// The queue where work goes that has no place here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overflow_queue: Option<String>,
    /// The estimated or real wait in seconds beyond which work overflows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overflow_wait: Option<u32>,
    /// Who may take its work, widening with an item's age. Without any it is assigned by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<Pool>,
    /// Who is preferred, tried in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affinity: Vec<Affinity>,
    /// How many seconds an item waits for a preferred agent who is not free; 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_for_affine: Option<u32>,
    /// What every item of it needs, beside what its context asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<SkillDemand>,
    /// After how many seconds each group of additional skills is dropped; never if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relax_after: Option<u32>,
    /// After how many seconds somebody who declined may be asked again; 300. 0 is never, which needs a maximum wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reoffer_after: Option<u32>,
}

/// One level of the order of waiting items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SortRule {
    /// A context field. What is not there goes last. Required.
    pub field: String,
    /// Whether the largest goes first; false.
    #[serde(default)]
    pub descending: bool,
}

/// A text for a requester who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitMessage {
    /// Seconds since entering the queue. Required.
    pub after: u32,
    /// What is said. Required.
    pub text: String,
}

/// Agents who may take work, from an age on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// The groups whose members they are. Required.
    pub groups: Vec<String>,
    /// The rule by which one of them is chosen. Required.
    pub rule: String,
    /// The age in the queue, in seconds, from which on they count; 0.
    #[serde(default)]
    pub eligible_at: u32,
}

/// Who is preferred for an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affinity {
    /// `historical`, who served the same contact in the last `days`; or `named`, whom the context `field` names.
    /// Required.
    pub kind: String,
    /// With `historical`: how far back, 1 to 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u8>,
    /// With `named`: the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// One skill that an item needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillDemand {
    /// Which. Required.
    pub skill: String,
    /// How much of it, 0 to 10; 0.
    #[serde(default)]
    pub level: u8,
    /// How badly: `mandatory`, the default, `additional` or `optional`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<String>,
    /// With `additional`, and required there: when it is dropped among the others, the highest number first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop_order: Option<u8>,
}
