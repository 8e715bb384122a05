//! What several facts are made of.

use crate::Error;
use domain::routing::{OfferId as DomainOfferId, QueueId, WorkItemId};
use domain::{Address, AgentId, ChannelId, Seconds, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: [u8; 16],
    pub(crate) text: String,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) context: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) url: String,
    pub(crate) content_type: String,
    pub(crate) name: Option<String>,
}

/// One offer of one work item.
#[derive(Serialize, Deserialize)]
pub(crate) struct OfferId {
    pub(crate) item: u64,
    pub(crate) number: u32,
}

/// Spans are in seconds.
#[derive(Serialize, Deserialize)]
pub(crate) enum Policy {
    Chat { reminder: u32, cancel: u32, human_only: bool, quantum: u32, idle: u32 },
    Messaging { prompt_agent_after: Option<u32>, abandon_after: Option<u32>, idle: Option<u32> },
}

impl From<DomainOfferId> for OfferId {
    fn from(offer: DomainOfferId) -> Self {
        let DomainOfferId { item: WorkItemId(item), number } = offer;
        Self { item, number }
    }
}

impl From<OfferId> for DomainOfferId {
    fn from(offer: OfferId) -> Self {
        let OfferId { item, number } = offer;
        Self { item: WorkItemId(item), number }
    }
}

pub(crate) fn raw(span: Option<Seconds>) -> Option<u32> {
    span.map(|span| span.0)
}

pub(crate) fn channel(name: &str) -> Result<ChannelId, Error> {
    ChannelId::new(name).map_err(|error| Error::Payload(format!("a channel: {error}")))
}

pub(crate) fn agent(name: &str) -> Result<AgentId, Error> {
    AgentId::new(name).map_err(|error| Error::Payload(format!("an agent: {error}")))
}

pub(crate) fn queue(name: &str) -> Result<QueueId, Error> {
    QueueId::new(name).map_err(|error| Error::Payload(format!("a queue: {error}")))
}

/// Any address that was ever accepted. A phone number is one of these too; which kinds must be one is for
/// commands to say, and may change without making old records unreadable.
pub(crate) fn address(text: &str) -> Result<Address, Error> {
    Address::opaque(text).map_err(|_| Error::Payload("an address is malformed".to_owned()))
}

pub(crate) fn user(name: &str) -> Result<UserId, Error> {
    UserId::new(name).map_err(|error| Error::Payload(format!("a user: {error}")))
}
