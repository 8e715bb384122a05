//! A service channel: the routing side of a channel, which says what competes for the same capacity (`CH-8`).

use super::ScheduleId;
use crate::channel::Mode;
use crate::condition::Condition;

/// What kind of work comes in on a service channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKind {
    /// Conversations in which both sides are there.
    Chat,
    /// Calls; conversations of this kind come from integrators.
    Phone,
    /// Conversations in which either side may go quiet.
    Messaging,
    /// Anything else.
    Other,
}

/// Which work it takes and how much of it an agent can bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChannel {
    /// Service channels are tried by ascending order, then by name.
    pub order: u32,
    /// An inactive one takes no new work.
    pub active: bool,
    /// The kind of its work.
    pub kind: ServiceKind,
    /// Which conversations are its work; `None` is the base condition of its kind.
    pub condition: Option<Condition>,
    /// How much work an agent can have on it, in units of size (`CAP-1`).
    pub capacity: u32,
    /// How much one item takes (`WI-11`).
    pub size: u32,
    /// Other sizes; the first whose condition holds counts.
    pub sizes: Vec<SizeOverride>,
    /// Entrance hours (`Q-15`, `BH-1`).
    pub hours: Option<ScheduleId>,
}

/// Another size for some items (`WI-11`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeOverride {
    /// For which.
    pub when: Condition,
    /// How much one of them takes.
    pub size: u32,
}

impl ServiceKind {
    /// Every kind there is.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Phone, Self::Messaging, Self::Other];

    /// The kind's name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Phone => "phone",
            Self::Messaging => "messaging",
            Self::Other => "other",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether an item that is on hold still takes capacity (rulings R1 and R2): only messaging lets go of it.
    pub const fn on_hold_counts(self) -> bool {
        match self {
            Self::Chat | Self::Phone | Self::Other => true,
            Self::Messaging => false,
        }
    }

    /// Whether conversations of a mode are its work when no condition says so.
    pub const fn takes(self, mode: Mode) -> bool {
        match self {
            Self::Chat => matches!(mode, Mode::Chat),
            Self::Messaging => matches!(mode, Mode::Messaging),
            Self::Phone | Self::Other => false,
        }
    }
}

impl ServiceChannel {
    /// The documented defaults of a kind (`CAP-1`, `WI-11`).
    pub const fn defaults(kind: ServiceKind) -> Self {
        let capacity = match kind {
            ServiceKind::Chat | ServiceKind::Messaging => 4,
            ServiceKind::Phone | ServiceKind::Other => 1,
        };
        Self {
            order: 100,
            active: true,
            kind,
            condition: None,
            capacity,
            size: 1,
            sizes: Vec::new(),
            hours: None,
        }
    }
}
