//! What is set once for all of routing.

use crate::Seconds;

/// Properties of routing as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingSettings {
    /// L: what had been created longer ago than this when it could first be routed is left to people (`Q-5`).
    pub look_back: Seconds,
    /// How many items may be queued; what comes then is routed when there is room again (`Q-6`).
    pub queued_max: u32,
    /// Whether a pending offer outlives the maximum wait (`Q-12`).
    pub bypass_max_wait: bool,
    /// What the requester of a chat is told that cannot be routed, unless the queue says otherwise.
    pub no_agent_message: String,
    /// Whether a returning requester whose agent is unavailable gets another one (`RE-2`).
    pub reassign_enabled: bool,
    /// What counts as returning (`RE-10`).
    pub reassign_on: ReassignOn,
    /// How long an agent whose workspace closed stays assignable (`PR-3`).
    pub disconnect_buffer: Seconds,
    /// How waits are estimated (`EWT-1`).
    pub estimate: EstimateBy,
}

/// What makes a requester a returning one (`RE-10`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReassignOn {
    /// Their next message.
    Message,
    /// Their next message, or opening the window with unread messages.
    Open,
}

/// How the waits of the last conversations make an estimate (`EWT-1`, ruling R8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EstimateBy {
    /// Their plain mean.
    Mean,
    /// The latest counts most: weights 10, 9, 8 and so on.
    Weighted,
}

impl ReassignOn {
    /// The choice's name in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Open => "open",
        }
    }

    /// The choice of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Message, Self::Open].into_iter().find(|choice| choice.name() == name)
    }
}

impl EstimateBy {
    /// The choice's name in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Weighted => "weighted",
        }
    }

    /// The choice of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Mean, Self::Weighted].into_iter().find(|choice| choice.name() == name)
    }
}

impl Default for RoutingSettings {
    fn default() -> Self {
        Self {
            look_back: Seconds(600),
            queued_max: 10_000,
            bypass_max_wait: true,
            no_agent_message: "No agent is available at the moment.".to_owned(),
            reassign_enabled: false,
            reassign_on: ReassignOn::Message,
            disconnect_buffer: Seconds(300),
            estimate: EstimateBy::Mean,
        }
    }
}
