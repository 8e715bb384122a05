//! Facts about a conversation.

use super::parts::{Message, Policy, agent};
use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v2;
use domain::conversation::{ClosedBy as DomainClosedBy, ConversationEvent, ResumedBy as DomainResumedBy};
use domain::conversation::{ClosedState, StateReason, TimerKind};
use domain::{Event, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Opened {
    pub(crate) contact: [u8; 16],
    pub(crate) channel: String,
    pub(crate) requester: String,
    pub(crate) company: String,
    pub(crate) policy: Policy,
    pub(crate) by_agent: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RequesterMessagePosted {
    pub(crate) message: Message,
    pub(crate) sent_at_ms: Option<i64>,
    pub(crate) counts_from_ms: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AgentJoined {
    pub(crate) agent: String,
    pub(crate) assigned: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AgentMessagePosted {
    pub(crate) agent: String,
    pub(crate) message: Message,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Held {
    pub(crate) agent: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Resumed {
    pub(crate) by: ResumedBy,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum ResumedBy {
    Agent(String),
    RequesterMessage,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct IdleReminderSent {
    pub(crate) due_ms: i64,
    pub(crate) requester_text: String,
    pub(crate) agent_text: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AgentPrompted {
    pub(crate) due_ms: i64,
    pub(crate) agent: String,
    pub(crate) text: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Closed {
    pub(crate) state: u8,
    pub(crate) reason: u8,
    pub(crate) by: ClosedBy,
    pub(crate) requester_text: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum ClosedBy {
    Requester,
    Agent(String),
    Supervisor(String),
    Timer { kind: u8, due_ms: i64 },
    Engine,
    Router,
    VirtualAgent,
}

impl Frozen for Opened {
    fn into_event(self) -> Result<Event, Error> {
        v2::conversation::Opened::from(self).into_event()
    }
}

impl Frozen for RequesterMessagePosted {
    fn into_event(self) -> Result<Event, Error> {
        v2::message::RequesterMessagePosted::from(self).into_event()
    }
}

impl Frozen for AgentJoined {
    fn into_event(self) -> Result<Event, Error> {
        v2::conversation::AgentJoined::from(self).into_event()
    }
}

impl Frozen for AgentMessagePosted {
    fn into_event(self) -> Result<Event, Error> {
        v2::message::AgentMessagePosted::from(self).into_event()
    }
}

impl Frozen for Held {
    fn into_event(self) -> Result<Event, Error> {
        let Self { agent: who } = self;
        Ok(Event::Conversation(ConversationEvent::Held { agent: agent(&who)? }))
    }
}

impl Frozen for Resumed {
    fn into_event(self) -> Result<Event, Error> {
        let Self { by } = self;
        let by = match by {
            ResumedBy::Agent(who) => DomainResumedBy::Agent(agent(&who)?),
            ResumedBy::RequesterMessage => DomainResumedBy::RequesterMessage,
        };
        Ok(Event::Conversation(ConversationEvent::Resumed { by }))
    }
}

impl Frozen for IdleReminderSent {
    fn into_event(self) -> Result<Event, Error> {
        let Self { due_ms, requester_text, agent_text } = self;
        let due = Timestamp(due_ms);
        Ok(Event::Conversation(ConversationEvent::IdleReminderSent { due, requester_text, agent_text }))
    }
}

impl Frozen for AgentPrompted {
    fn into_event(self) -> Result<Event, Error> {
        let Self { due_ms, agent: who, text } = self;
        let due = Timestamp(due_ms);
        Ok(Event::Conversation(ConversationEvent::AgentPrompted { due, agent: agent(&who)?, text }))
    }
}

impl Frozen for Closed {
    fn into_event(self) -> Result<Event, Error> {
        let Self { state, reason, by, requester_text } = self;
        let by = match by {
            ClosedBy::Requester => DomainClosedBy::Requester,
            ClosedBy::Agent(who) => DomainClosedBy::Agent(agent(&who)?),
            ClosedBy::Supervisor(who) => DomainClosedBy::Supervisor(agent(&who)?),
            ClosedBy::Timer { kind, due_ms } => {
                DomainClosedBy::Timer { kind: TimerKind::from_stored(kind)?, due: Timestamp(due_ms) }
            }
            ClosedBy::Engine => DomainClosedBy::Engine,
            ClosedBy::Router => DomainClosedBy::Router,
            ClosedBy::VirtualAgent => DomainClosedBy::VirtualAgent,
        };
        Ok(Event::Conversation(ConversationEvent::Closed {
            state: ClosedState::from_stored(state)?,
            reason: StateReason::from_stored(reason)?,
            by,
            requester_text,
        }))
    }
}
