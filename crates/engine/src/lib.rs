//! Runs the rules: one actor an aggregate, one committer a store, one timer queue a partition.
//!
//! A command reaches the one actor that owns its aggregate; the domain decides; the committer makes the events durable;
//! only then the actor applies them and answers. What leaves this crate is [`Engine`], a cheap handle whose calls
//! are plain futures: nobody else needs to know that actors are underneath. actix is named in `runtime` only.
//!
//! In reading order: `engine` (the handle), `contact_actor` and `conversation_actor` (the flow of a command),
//! `committer`, `timers` with `timer_queue`, `registry` with `runtime`, `start`.

pub mod derived;
pub mod explain;
pub mod keys;
pub mod load;

mod clock;
mod command;
mod committer;
mod configuration;
mod contact_actor;
mod conversation_actor;
mod deliver;
mod directory;
mod engine;
mod errands;
mod error;
mod gate;
mod identity;
mod intake;
mod missed;
mod options;
mod outbox;
mod pin;
mod proactive;
mod quarantine;
mod reach;
mod registry;
mod router;
mod router_actor;
mod router_records;
mod router_rows;
mod routing;
mod runtime;
mod shared;
mod start;
mod subscriptions;
mod timer_queue;
mod timers;
mod tries;
mod windows;

pub use clock::{
    Clock, IdSource, ManualClock, ManualWall, RandomIds, SequentialIds, SystemWall, Timeline, Wall,
};
pub use command::{Accepted, AgentInitiated, CommandId, Cursor, EventRecord, Inbound, Order, Request};
pub use deliver::{
    Attempt, DUE_TYPES, Deliver, Delivery, DeliveryKey, HELD_BACK, Outgoing, OutgoingEvent, OutgoingMessage,
    Outside, PullOnly, Source, Subscription, Trying,
};
pub use directory::{Imported, LookUp, Looking, Page};
pub use engine::{Engine, Health};
pub use error::{Error, StartError};
pub use explain::{ItemHistory, ItemStep};
pub use keys::Keys;
pub use options::{Options, Resume, Timers};
pub use outbox::{DeadLetter, OutboundCursor, Receipt, Settlement};
pub use proactive::Recipient;
pub use reach::{DeviceInUse, Reached};
pub use router::Presence;
pub use runtime::block_on;
pub use windows::{Notified, OpenedWindow, Requester};
