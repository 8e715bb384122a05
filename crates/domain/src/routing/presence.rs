//! Presence states and reasons for rejecting: what agents say of themselves.

use super::{GroupId, PresenceId, RejectReasonId, ServiceChannelId};
use crate::Seconds;
use std::collections::{BTreeMap, BTreeSet};

/// One of the states that an agent can be in (`PR-1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceState {
    /// An inactive one cannot be chosen, and whoever is in it gets no work.
    pub active: bool,
    /// Whether agents in it are offered work.
    pub receives_work: bool,
    /// On which service channels; `None` is all.
    pub channels: Option<BTreeSet<ServiceChannelId>>,
    /// Whether its channels stand as they are, so that agents cannot switch them on and off.
    pub channels_fixed: bool,
    /// How it is sorted for agents.
    pub order: u32,
    /// Who may choose it; empty is everybody.
    pub groups: BTreeSet<GroupId>,
    /// After how long without a sign of life an agent in it goes offline; `None` never (`PR-3`).
    pub inactive_after: Option<Seconds>,
}

/// Why an agent rejects an offer (`WI-5`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectReason {
    /// What agents see.
    pub label: String,
    /// Whether agents can choose it.
    pub selectable: bool,
    /// How it is sorted for agents.
    pub order: u32,
    /// For which service channel; `None` is all.
    pub channel: Option<ServiceChannelId>,
    /// Whether the same agent may get the item again.
    pub reassignable: bool,
}

impl PresenceState {
    /// A state in which agents are, or are not, offered work on all channels.
    pub const fn simple(receives_work: bool, order: u32) -> Self {
        Self {
            active: true,
            receives_work,
            channels: None,
            channels_fixed: false,
            order,
            groups: BTreeSet::new(),
            inactive_after: None,
        }
    }
}

/// The names of the states that everybody has (`PR-1`).
pub mod names {
    /// At work. Only who is in exactly this state counts as available for reassignment (`RE-3`).
    pub const AVAILABLE: &str = "available";
    /// At work, and not to be disturbed.
    pub const AWAY: &str = "away";
    /// Not at work.
    pub const OFFLINE: &str = "offline";
}

/// The three states that everybody has.
pub(super) fn default_states() -> BTreeMap<PresenceId, PresenceState> {
    [(names::AVAILABLE, true, 100), (names::AWAY, false, 200), (names::OFFLINE, false, 300)]
        .into_iter()
        .filter_map(|(name, receives, order)| {
            Some((PresenceId::new(name).ok()?, PresenceState::simple(receives, order)))
        })
        .collect()
}

/// The reasons that everybody has: busy right now, and not the right person.
pub(super) fn default_reasons() -> BTreeMap<RejectReasonId, RejectReason> {
    [("busy", "Busy", 100, true), ("not_mine", "Not the right person", 200, false)]
        .into_iter()
        .filter_map(|(name, label, order, reassignable)| {
            let reason = RejectReason {
                label: label.to_owned(),
                selectable: true,
                order,
                channel: None,
                reassignable,
            };
            Some((RejectReasonId::new(name).ok()?, reason))
        })
        .collect()
}
