//! The rules of a customer-service conversation, pure: no I/O, no clock, no randomness, no async.
//!
//! An aggregate is a state with two functions: `decide(state, command, now)` turns an intent into facts or refuses it,
//! `evolve(state, fact)` applies a fact and cannot fail. Time and fresh ids are arguments. Which timers a conversation
//! has is a third pure function, [`conversation::timers`].
//!
//! The rule ids in the comments (`IDLE-4`, `LC-6`, …) are those of the behavioural specification.

pub mod channel;
pub mod condition;
pub mod configuration;
pub mod consent;
pub mod contact;
pub mod conversation;
pub mod directory;
pub mod missed;
pub mod notice;
pub mod outbound;
pub mod reading;
pub mod rendering;
pub mod router;
pub mod routing;
pub mod schedule;

mod address;
mod attachment;
mod cause;
mod component;
mod content;
mod event;
mod id;
mod personal;
mod rejection;
mod time;

pub use address::{Address, AddressError};
pub use attachment::{Attachment, AttachmentRefusal, AttachmentRules, AttachmentRulesError};
pub use cause::{Cause, EventRef, Principal, Role};
pub use component::{COMPONENTS_MAX_COUNT, Component, shipped_components};
pub use content::{Answer, Choice, Choices, ComponentName, Content, ContentError, Message, Parts, limits};
pub use event::{EngineEvent, Event};
pub use id::{AgentId, ChannelId, ContactId, ConversationId, MessageId, NameError, UserId};
pub use personal::Personal;
pub use rejection::Rejection;
pub use time::{Seconds, Stamp, Timestamp};
