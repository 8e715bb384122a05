//! Work items: what is routed, what is asked of it, and what happened to it.

use crate::Waiting;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// Why an agent rejects an offer; may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectRequest {
    /// One of the configured reasons, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Gives a waiting item to an agent (`Q-9`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignRequest {
    /// To whom.
    pub agent: String,
}

/// Hands a conversation on; exactly one of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferRequest {
    /// To this agent, who may accept it or not (`TR-2`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_agent: Option<String>,
    /// To this queue (`TR-1`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_queue: Option<String>,
    /// True takes a pending transfer to an agent back.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cancel: bool,
}

/// One work item that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItemResponse {
    /// Its number; opaque.
    pub id: String,
    /// Whose work it is.
    pub conversation: String,
    /// The channel that the conversation runs on.
    pub channel: String,
    /// Why there is one: `asked`, `reassigned`, `to_queue`, `to_agent` or `by_hand`.
    pub origin: String,
    /// The conversation's item before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// `unrouted`, `queued`, `offered`, `accepting` or `accepted`.
    pub place: String,
    /// Why no queue has it: `no_service_channel`, `no_queue`, `look_back` or `overfull`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unrouted: Option<String>,
    /// The queue that it waits in, or was offered from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Whose capacity it takes, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_channel: Option<String>,
    /// How much of it.
    pub size: u32,
    /// Who was asked or has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// How it came to the agent who has it: `offer`, `auto`, `hand` or `transfer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocated_by: Option<String>,
    /// Whether the conversation is on hold.
    pub on_hold: bool,
    /// The offer that is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferResponse>,
    /// How many offers there were.
    pub offers: u32,
    /// Whether anybody rejected it.
    pub rejected: bool,
    /// Whether any offer timed out.
    pub timed_out: bool,
    /// Whether it waited longer than the queue's target.
    pub late: bool,
    /// When the requester asked, in RFC 3339.
    pub asked_at: String,
    /// How long the requester has waited, or had waited when the agent got it, in milliseconds.
    pub waited_ms: i64,
    /// Its place in line, for a single item only and while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
}

/// An offer that is pending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferResponse {
    /// Which of the item's offers, from 1.
    pub number: u32,
    /// Since when, in RFC 3339.
    pub offered_at: String,
    /// Until when, in RFC 3339; absent if for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Through which of the queue's pools, from 0; absent for a transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<u8>,
    /// Whether it may be rejected.
    pub reject_allowed: bool,
    /// The agent who hands it over, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferred_from: Option<String>,
}

/// A page of work items, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItemListResponse {
    /// The items.
    pub work_items: Vec<WorkItemResponse>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What happened to a work item, in order, its end included (`WI-3`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemHistoryResponse {
    /// Which.
    pub item: String,
    /// What happened.
    pub steps: Vec<ItemStepResponse>,
}

/// One thing that happened to a work item.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemStepResponse {
    /// The event's place among the router's.
    pub version: u64,
    /// When it was committed, in RFC 3339.
    pub at: String,
    /// What kind of fact it is, such as `router.offered`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who wanted it, and what it follows from.
    pub cause: Value,
    /// What it says.
    pub data: Value,
    /// Who came into question, before an offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldOfCandidates>,
}

/// Who came into question for an item at one moment, who did not and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOfCandidates {
    /// How many of the queue's pools were open.
    pub open_pools: usize,
    /// Agents: first who could take it, the best one first, then the others by name.
    pub candidates: Vec<CandidateResponse>,
    /// How many more there are that were not asked for.
    pub omitted: usize,
}

/// One agent of the field: with a `rank`, or with what stood in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CandidateResponse {
    /// Could take it.
    Ranked {
        /// Who.
        agent: String,
        /// From 1; the first one is asked.
        rank: usize,
        /// Through which of the queue's pools, from 0.
        pool: u8,
        /// Whether preferred (`AFF-2`).
        preferred: bool,
        /// The room on the channel, in units of size.
        room: i64,
    },
    /// Could not.
    Filtered {
        /// Who.
        agent: String,
        /// What stood in the way: `not_in_pool`, `pool_not_open`, `inactive`, `presence`, `channel_off`,
        /// `channel_full`, `universal_full`, `declined`, `held_for_other`, `missing_skill` or `shift`.
        obstacle: String,
        /// The skill that is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        skill: Option<String>,
    },
}

const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl fmt::Debug for ItemStepResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStepResponse")
            .field("version", &self.version)
            .field("kind", &self.kind)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_has_a_rank_or_an_obstacle() {
        let ranked = r#"{"agent":"ann","rank":1,"pool":0,"preferred":false,"room":4}"#;
        let filtered = r#"{"agent":"bob","obstacle":"missing_skill","skill":"french"}"#;
        for text in [ranked, filtered] {
            let candidate: CandidateResponse = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&candidate).unwrap(), text);
        }
    }
}
