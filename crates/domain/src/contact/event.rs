//! The facts about a contact.

use super::{
    Device, DeviceId, DigestBatch, DigestWish, Grounds, Notification, PushBatch, WhyProfile, WindowClosing,
};
use crate::consent::Keyword;
use crate::outbound::OutboundEvent;
use crate::{Address, AgentId, ChannelId, ConversationId, Personal, Timestamp, UserId};
use uuid::Uuid;

/// A fact about a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactEvent {
    /// Somebody was seen on a channel for the first time.
    Created {
        /// The channel.
        channel: ChannelId,
        /// Their address on it.
        address: Personal<Address>,
    },
    /// A conversation became the active one of a pair.
    ConversationActivated {
        /// The company's address.
        company: Address,
        /// The conversation.
        conversation: ConversationId,
        /// Whether an agent began it, which says nothing of where the requester is (`PRO-1`).
        by_agent: bool,
    },
    /// The pair is free again.
    ConversationReleased {
        /// The company's address.
        company: Address,
        /// The conversation that was active.
        conversation: ConversationId,
    },
    /// There is a profile for the number (`ID-1`).
    ProfileCreated {
        /// The how many-eth one of this number.
        profile: u32,
        /// Whose it is, if anybody knows.
        user: Option<UserId>,
        /// How that came about.
        why: WhyProfile,
    },
    /// Somebody else than assumed is behind the number, or that was confirmed (`ID-9`). What happened before stays as it
    /// was told.
    ProfileReassociated {
        /// Which profile.
        profile: u32,
        /// Whose it was taken for.
        from: Option<UserId>,
        /// Whose it is.
        to: UserId,
        /// On whose word.
        grounds: Grounds,
    },
    /// The number has another holder (`PRO-4`).
    ProfileDeactivated {
        /// Which profile.
        profile: u32,
        /// The agent who said so.
        by: AgentId,
    },
    /// Nothing may be sent to them from an address any more (`OPT-6`).
    OptedOut {
        /// The company's address.
        company: Address,
        /// The word, or the provider.
        keyword: Keyword,
    },
    /// They may be written to again.
    OptedIn {
        /// The company's address.
        company: Address,
        /// The word.
        keyword: Keyword,
    },
    /// Notifications were subscribed or not; conversations have nothing to do with it (`OPT-1`).
    NotificationsSet {
        /// The company's address.
        company: Address,
        /// Whether they are wanted.
        on: bool,
    },
    /// A PIN was wrong (`ID-14`).
    VerificationFailed {
        /// When.
        at: Timestamp,
    },
    /// Too many were; until then no PIN is looked at.
    VerificationLocked {
        /// Until when.
        until: Timestamp,
    },
    /// A window was opened; it shows the newest page of the history (`MSG-7`).
    WindowOpened {
        /// Which.
        window: Uuid,
    },
    /// A window showed one page more.
    WindowPaged {
        /// Which.
        window: Uuid,
    },
    /// A window was closed.
    WindowClosed {
        /// Which.
        window: Uuid,
        /// By what.
        why: WindowClosing,
    },
    /// Something to read that belongs to no conversation (`NTF-1`). Who sent it stands in the cause.
    NotificationSent(Notification),
    /// A window gave a sign of life.
    WindowRenewed {
        /// Which.
        window: Uuid,
    },
    /// They came from another portal, of which nothing is shown to them any more (`OMN-4`).
    PortalEntered {
        /// The company's address.
        company: Address,
    },
    /// A device is to be told what they miss (`MSG-11`), or something else is known of it now.
    DeviceRegistered(Device),
    /// A device is not any more.
    DeviceRemoved {
        /// Which.
        device: DeviceId,
    },
    /// They came with a token of their own for the first time (`MSG-13`).
    SignedIn,
    /// They want digests at other times.
    DigestWished {
        /// When.
        wish: DigestWish,
    },
    /// These devices are to be told that this came (`MSG-11`).
    PushDue(PushBatch),
    /// They are to be told what they missed (`MSG-13`).
    DigestDue(DigestBatch),
    /// What became of a notification that leaves for the outside.
    Outbound(OutboundEvent),
}

impl ContactEvent {
    /// Whether the requester's history begins anew with it: nothing of what was said so far is shown any more. So it is when
    /// another person has their place (`ID-9`); a guest who turns out to be a user is the same person, and keeps what they
    /// saw. And so it is for who comes from another portal that hides its history (`OMN-4`).
    pub fn begins_anew(&self) -> bool {
        self.changes_holder() || matches!(self, Self::PortalEntered { .. })
    }

    /// Whether another person has their place from now on (`ID-9`).
    pub fn changes_holder(&self) -> bool {
        match self {
            Self::ProfileDeactivated { .. } => true,
            Self::ProfileReassociated { from, to, .. } => from.as_ref().is_some_and(|from| from != to),
            Self::Created { .. }
            | Self::ConversationActivated { .. }
            | Self::ConversationReleased { .. }
            | Self::ProfileCreated { .. }
            | Self::OptedOut { .. }
            | Self::OptedIn { .. }
            | Self::NotificationsSet { .. }
            | Self::VerificationFailed { .. }
            | Self::VerificationLocked { .. }
            | Self::WindowOpened { .. }
            | Self::WindowPaged { .. }
            | Self::WindowClosed { .. }
            | Self::NotificationSent(_)
            | Self::WindowRenewed { .. }
            | Self::DeviceRegistered(_)
            | Self::DeviceRemoved { .. }
            | Self::SignedIn
            | Self::DigestWished { .. }
            | Self::PushDue(_)
            | Self::DigestDue(_)
            | Self::PortalEntered { .. }
            | Self::Outbound(_) => false,
        }
    }
}
