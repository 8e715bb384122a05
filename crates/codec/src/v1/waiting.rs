//! Facts about the wait of a conversation for an agent.

use super::parts::{agent, queue};
use crate::Error;
use crate::registry::Frozen;
use crate::v2::waiting as v2;
use domain::conversation::{ConversationEvent, Unassignment as DomainUnassignment};
use domain::routing::WorkItemId;
use domain::{Event, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Unassigned {
    pub(crate) agent: String,
    pub(crate) why: Unassignment,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Unassignment {
    Reassigned,
    ReassignedByAction { due_ms: i64 },
    ToQueue { queue: String, by: String },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AgentRequested {}

#[derive(Serialize, Deserialize)]
pub(crate) struct AgentRequestCancelled {}

#[derive(Serialize, Deserialize)]
pub(crate) struct WaitEnded {
    pub(crate) item: u64,
    pub(crate) requester_text: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WaitMessageSent {
    pub(crate) item: u64,
    pub(crate) number: u32,
    pub(crate) text: String,
}

impl Frozen for Unassigned {
    fn into_event(self) -> Result<Event, Error> {
        let Self { agent: who, why } = self;
        let why = match why {
            Unassignment::Reassigned => DomainUnassignment::Reassigned,
            Unassignment::ReassignedByAction { due_ms } => {
                DomainUnassignment::ReassignedByAction { due: Timestamp(due_ms) }
            }
            Unassignment::ToQueue { queue: to, by } => {
                DomainUnassignment::ToQueue { queue: queue(&to)?, by: agent(&by)? }
            }
        };
        Ok(Event::Conversation(ConversationEvent::Unassigned { agent: agent(&who)?, why }))
    }
}

impl Frozen for AgentRequested {
    fn into_event(self) -> Result<Event, Error> {
        v2::AgentRequested::from(self).into_event()
    }
}

impl Frozen for AgentRequestCancelled {
    fn into_event(self) -> Result<Event, Error> {
        let Self {} = self;
        Ok(Event::Conversation(ConversationEvent::AgentRequestCancelled))
    }
}

impl Frozen for WaitEnded {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, requester_text } = self;
        let item = WorkItemId(item);
        Ok(Event::Conversation(ConversationEvent::WaitEnded { item, requester_text }))
    }
}

impl Frozen for WaitMessageSent {
    fn into_event(self) -> Result<Event, Error> {
        let Self { item, number, text } = self;
        let item = WorkItemId(item);
        Ok(Event::Conversation(ConversationEvent::WaitMessageSent { item, number, text }))
    }
}
