//! Who wanted something, and what it follows from: stored with every event, so that any effect can be walked back.

use uuid::Uuid;

/// What a principal may be. Each route of the gateway says which roles it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// An integrator's or provider's gateway, which speaks for requesters.
    Gateway,
    /// One requester.
    Requester,
    /// One agent.
    Agent,
    /// Somebody who may act on any conversation.
    Supervisor,
    /// Somebody who may change the configuration.
    Admin,
    /// The engine itself: timers and recovery.
    System,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// In which role.
    pub role: Role,
    /// The name in its token; for the engine, the part of it that acts.
    pub name: String,
}

/// One event of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRef {
    /// The stream's id as stored.
    pub stream: [u8; 16],
    /// Its version with that event.
    pub version: u64,
}

/// Why events came to be. All events of one command share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Who acted.
    pub principal: Principal,
    /// The event that led to this: for a timer, the one that armed it.
    pub causation: Option<EventRef>,
    /// Groups all that follows from one request from outside.
    pub correlation: Uuid,
}

impl Role {
    /// The role's name in tokens and events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Requester => "requester",
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
            Self::System => "system",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Gateway, Self::Requester, Self::Agent, Self::Supervisor, Self::Admin, Self::System]
            .into_iter()
            .find(|role| role.name() == name)
    }
}
