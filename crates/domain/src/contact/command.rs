//! What can be asked of a contact.

use super::{Grounds, Notification, PinLimits, Reach, WhyProfile, WindowTimer};
use crate::consent::Keyword;
use crate::outbound::OutboundCommand;
use crate::{Address, AgentId, ChannelId, ConversationId, MessageId, Personal, Timestamp, UserId};
use uuid::Uuid;

/// What can be asked of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactCommand {
    /// Makes a new conversation the active one of a pair (`LC-1`).
    Activate {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// The company's address.
        company: Address,
        /// The new conversation.
        conversation: ConversationId,
        /// Whether an agent begins it.
        by_agent: bool,
    },
    /// Frees the pair because its conversation closes.
    Release {
        /// The company's address.
        company: Address,
        /// The closing conversation.
        conversation: ConversationId,
    },
    /// A word about what may be sent (section 2.1).
    Consent {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// The company's address.
        company: Address,
        /// The word.
        keyword: Keyword,
    },
    /// Makes a profile if there is none (`ID-1`).
    Identify {
        /// Whose it is, as far as anybody knows.
        user: Option<UserId>,
        /// How that came about.
        why: WhyProfile,
    },
    /// Takes the number from its holder and gives it to another user (`PRO-4`).
    TakeOver {
        /// Who has it from now on.
        user: UserId,
        /// The agent who says so.
        by: AgentId,
    },
    /// Somebody else than assumed is behind the number, or that was confirmed (`ID-9`).
    Reassociate {
        /// Who.
        user: UserId,
        /// On whose word.
        grounds: Grounds,
    },
    /// The requester tried to prove who they are (`ID-14`).
    Verify {
        /// Who they say they are.
        user: UserId,
        /// Whether the PIN was that user's, and the user not locked.
        matched: bool,
        /// When.
        now: Timestamp,
        /// How often they may try.
        limits: PinLimits,
    },
    /// Opens a window (`MSG-7`).
    OpenWindow {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// The new window.
        window: Uuid,
    },
    /// Shows one page more in a window.
    PageWindow {
        /// Which.
        window: Uuid,
    },
    /// A sign of life of a window.
    RenewWindow {
        /// Which.
        window: Uuid,
        /// Engine time.
        now: Timestamp,
    },
    /// Closes a window.
    CloseWindow {
        /// Which.
        window: Uuid,
    },
    /// A window has given no sign of life.
    ExpireWindow(WindowTimer),
    /// Sends a simple notification (`NTF-1`).
    Notify {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// Whether it goes to a phone number.
        by_phone: bool,
        /// What it says.
        notification: Notification,
    },
    /// The requester writes to one of the company's addresses, where portals show nothing of each other (`OMN-4`).
    EnterPortal {
        /// The company's address.
        company: Address,
    },
    /// How they are reached outside of windows.
    Reach(Reach),
    /// What became of a notification that leaves for the outside.
    Outbound(OutboundCommand),
}

impl ContactCommand {
    /// The message that it makes, if it makes one.
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::Notify { notification, .. } => Some(notification.id),
            Self::Activate { .. }
            | Self::Release { .. }
            | Self::Consent { .. }
            | Self::Identify { .. }
            | Self::TakeOver { .. }
            | Self::Reassociate { .. }
            | Self::Verify { .. }
            | Self::OpenWindow { .. }
            | Self::PageWindow { .. }
            | Self::RenewWindow { .. }
            | Self::CloseWindow { .. }
            | Self::ExpireWindow(_)
            | Self::EnterPortal { .. }
            | Self::Reach(_)
            | Self::Outbound(_) => None,
        }
    }
}
