//! Facts about routing.

pub(crate) mod errand;
mod into;
pub(crate) mod parts;

use super::routing::queue::SkillDemand;
use errand::Errand;
use parts::{Exclude, Offer, OfferEnd, Origin, Subject};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize, Deserialize)]
pub(crate) struct Reconfigured {
    pub(crate) version: u64,
    pub(crate) on: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct TakenIn {
    pub(crate) partition: u16,
    pub(crate) position: u64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ItemCreated {
    pub(crate) item: u64,
    pub(crate) subject: Subject,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) origin: Origin,
    pub(crate) previous: Option<u64>,
    pub(crate) asked_ms: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct VariablesLearned {
    pub(crate) item: u64,
    pub(crate) variables: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Queued {
    pub(crate) item: u64,
    pub(crate) queue: String,
    pub(crate) service_channel: String,
    pub(crate) size: u32,
    pub(crate) skills: Vec<SkillDemand>,
    pub(crate) affine: Vec<String>,
    pub(crate) hold_until_ms: Option<i64>,
    /// Who, and until when in milliseconds.
    pub(crate) spared: Option<(String, i64)>,
    pub(crate) overflow_from: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Unrouted {
    pub(crate) item: u64,
    pub(crate) why: u8,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Offered {
    pub(crate) item: u64,
    pub(crate) offer: Offer,
    pub(crate) service_channel: String,
    pub(crate) size: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct OfferEnded {
    pub(crate) item: u64,
    pub(crate) agent: String,
    pub(crate) why: OfferEnd,
    pub(crate) exclude: Exclude,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Accepting {
    pub(crate) item: u64,
    pub(crate) agent: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Accepted {
    pub(crate) item: u64,
    pub(crate) agent: String,
    pub(crate) by: u8,
    pub(crate) service_channel: Option<String>,
    pub(crate) size: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct HoldChanged {
    pub(crate) item: u64,
    pub(crate) on_hold: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct TargetExceeded {
    pub(crate) item: u64,
    pub(crate) due_ms: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Ended {
    pub(crate) item: u64,
    pub(crate) ending: u8,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ErrandGiven {
    pub(crate) item: u64,
    pub(crate) errand: Errand,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ErrandDone {
    pub(crate) item: u64,
    pub(crate) kind: u8,
    pub(crate) taken: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PresenceChanged {
    pub(crate) agent: String,
    pub(crate) state: String,
    pub(crate) switched_off: BTreeSet<String>,
    pub(crate) connected: bool,
    pub(crate) why: u8,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AgentSeen {
    pub(crate) agent: String,
}
