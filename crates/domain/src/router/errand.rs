//! What the router has to have done to a conversation. An errand is part of the router's state from the commit that
//! gives it to the commit that ends it, so a crash in between only delays it; conversations take it once.

use crate::routing::OfferId;
use crate::{AgentId, ConversationId};

/// Something to be done to a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Assigns it to the agent who accepted (`LC-5`).
    Assign {
        /// Which conversation; likewise below.
        conversation: ConversationId,
        /// To whom.
        agent: AgentId,
        /// By which offer.
        offer: OfferId,
        /// Who hands it over.
        transferred_from: Option<AgentId>,
        /// What the requester is told.
        greeting: Option<String>,
    },
    /// Takes it off an unavailable agent (`RE-5`).
    Unassign {
        /// Which.
        conversation: ConversationId,
        /// Off whom.
        agent: AgentId,
    },
    /// Tells the requester that nobody came (`Q-12`).
    EndWait {
        /// Which.
        conversation: ConversationId,
        /// What is said.
        text: Option<String>,
    },
    /// Refuses a chat that has no place (`Q-16`).
    Refuse {
        /// Which.
        conversation: ConversationId,
        /// What is said.
        text: Option<String>,
    },
    /// Tells a waiting requester something (`QT-1`).
    Tell {
        /// Which.
        conversation: ConversationId,
        /// Which message: it goes up from one to the next, whichever queue it is of.
        number: u32,
        /// What is said.
        text: String,
    },
}

/// Which errand of an item it is; an item has at most one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrandKind {
    /// [`Errand::Assign`].
    Assign,
    /// [`Errand::Unassign`].
    Unassign,
    /// [`Errand::EndWait`].
    EndWait,
    /// [`Errand::Refuse`].
    Refuse,
    /// [`Errand::Tell`].
    Tell,
}

impl Errand {
    /// Which it is.
    pub const fn kind(&self) -> ErrandKind {
        match self {
            Self::Assign { .. } => ErrandKind::Assign,
            Self::Unassign { .. } => ErrandKind::Unassign,
            Self::EndWait { .. } => ErrandKind::EndWait,
            Self::Refuse { .. } => ErrandKind::Refuse,
            Self::Tell { .. } => ErrandKind::Tell,
        }
    }

    /// To whom it is done.
    pub const fn conversation(&self) -> ConversationId {
        match self {
            Self::Assign { conversation, .. }
            | Self::Unassign { conversation, .. }
            | Self::EndWait { conversation, .. }
            | Self::Refuse { conversation, .. }
            | Self::Tell { conversation, .. } => *conversation,
        }
    }
}

impl ErrandKind {
    /// Every kind there is.
    pub const ALL: [Self; 5] = [Self::Assign, Self::Unassign, Self::EndWait, Self::Refuse, Self::Tell];

    /// The errand's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Unassign => "unassign",
            Self::EndWait => "end_wait",
            Self::Refuse => "refuse",
            Self::Tell => "tell",
        }
    }
}
