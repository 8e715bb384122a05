//! Every fact that the log can hold.

use crate::Timestamp;
use crate::configuration::ConfigurationEvent;
use crate::contact::ContactEvent;
use crate::conversation::ConversationEvent;
use crate::directory::DirectoryEvent;
use crate::router::RouterEvent;

/// A fact of any stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Of a contact.
    Contact(ContactEvent),
    /// Of a conversation.
    Conversation(ConversationEvent),
    /// Of the configuration.
    Configuration(ConfigurationEvent),
    /// Of the router.
    Router(RouterEvent),
    /// Of the process that ran all this.
    Engine(EngineEvent),
    /// Of a user.
    Directory(DirectoryEvent),
}

/// A fact about the running of the engine; it belongs to no aggregate and changes no state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineEvent {
    /// The engine began to work on a store (`T4`).
    Started {
        /// What the machine's clock said.
        wall: Timestamp,
        /// Where the engine's timeline began: the later of wall clock and last commit, unless told otherwise.
        timeline: Timestamp,
        /// The last time that the log knew of, if it knew any.
        last: Option<Timestamp>,
    },
    /// The machine's clock was found to have jumped; the timeline did not follow (`T4`).
    ClockStepped {
        /// What the machine's clock said.
        wall: Timestamp,
        /// By how much it had moved against the timeline since it was last looked at.
        step_ms: i64,
    },
}
