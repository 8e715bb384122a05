//! The state of a conversation, laid out for a snapshot.

use crate::Error;
use crate::numbers::Numbered;
use crate::v1::parts;
use crate::v4::conversation::Policy;
use domain::conversation::{Anchors as DomainAnchors, Conversation, MessageCounts, Owner};
use domain::conversation::{ClosedState, Lifecycle, StateReason};
use domain::routing::WorkItemId;
use domain::{ContactId, Personal, Stamp as DomainStamp, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize)]
pub(super) struct ConversationState {
    version: u64,
    contact: [u8; 16],
    channel: String,
    requester: String,
    company: String,
    policy: Policy,
    opened: Stamp,
    last_at_ms: i64,
    lifecycle: u8,
    closing: Option<(u8, u8)>,
    /// `None` is the queue.
    owner: Option<String>,
    participants: BTreeSet<String>,
    engaged: bool,
    request: Option<u64>,
    offer: Option<parts::OfferId>,
    /// Work item and number.
    told: Option<(u64, u32)>,
    anchors: Anchors,
    requester_messages: u64,
    agent_messages: u64,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Stamp {
    version: u64,
    at_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct Anchors {
    requester_last: Option<Stamp>,
    first_unanswered: Option<Stamp>,
    prompted: bool,
    agent_last: Option<Stamp>,
    human_agent_spoke: bool,
    idle_since: Option<Stamp>,
    reminded: bool,
    assigned: Option<Stamp>,
    transferred: Option<Stamp>,
    disconnected: Option<Stamp>,
}

impl From<&Conversation> for ConversationState {
    fn from(state: &Conversation) -> Self {
        let Conversation {
            version,
            contact,
            channel,
            requester,
            company,
            policy,
            opened,
            last_at,
            lifecycle,
            closing,
            owner,
            participants,
            engaged,
            request,
            offer,
            told,
            anchors,
            messages: MessageCounts { requester: requester_messages, agent: agent_messages },
        } = state;
        Self {
            version: *version,
            contact: contact.0,
            channel: channel.as_str().to_owned(),
            requester: requester.expose().as_str().to_owned(),
            company: company.as_str().to_owned(),
            policy: policy.into(),
            opened: (*opened).into(),
            last_at_ms: last_at.0,
            lifecycle: lifecycle.to_stored(),
            closing: closing.map(|(state, reason)| (state.to_stored(), reason.to_stored())),
            owner: match owner {
                Owner::Queue => None,
                Owner::Agent(agent) => Some(agent.as_str().to_owned()),
            },
            participants: participants.iter().map(|agent| agent.as_str().to_owned()).collect(),
            engaged: *engaged,
            request: *request,
            offer: offer.map(parts::OfferId::from),
            told: told.map(|(WorkItemId(item), number)| (item, number)),
            anchors: anchors.into(),
            requester_messages: *requester_messages,
            agent_messages: *agent_messages,
        }
    }
}

impl TryFrom<ConversationState> for Conversation {
    type Error = Error;

    fn try_from(state: ConversationState) -> Result<Self, Error> {
        let closing = |(state, reason)| {
            Ok::<_, Error>((ClosedState::from_stored(state)?, StateReason::from_stored(reason)?))
        };
        let participants = state.participants.iter().map(|agent| parts::agent(agent));
        Ok(Self {
            version: state.version,
            contact: ContactId(state.contact),
            channel: parts::channel(&state.channel)?,
            requester: Personal::new(parts::address(&state.requester)?),
            company: parts::address(&state.company)?,
            policy: state.policy.into(),
            opened: state.opened.into(),
            last_at: Timestamp(state.last_at_ms),
            lifecycle: Lifecycle::from_stored(state.lifecycle)?,
            closing: state.closing.map(closing).transpose()?,
            owner: match &state.owner {
                None => Owner::Queue,
                Some(agent) => Owner::Agent(parts::agent(agent)?),
            },
            participants: participants.collect::<Result<_, _>>()?,
            engaged: state.engaged,
            request: state.request,
            offer: state.offer.map(parts::OfferId::into),
            told: state.told.map(|(item, number)| (WorkItemId(item), number)),
            anchors: state.anchors.into(),
            messages: MessageCounts { requester: state.requester_messages, agent: state.agent_messages },
        })
    }
}

impl From<DomainStamp> for Stamp {
    fn from(stamp: DomainStamp) -> Self {
        let DomainStamp { version, at } = stamp;
        Self { version, at_ms: at.0 }
    }
}

impl From<Stamp> for DomainStamp {
    fn from(stamp: Stamp) -> Self {
        let Stamp { version, at_ms } = stamp;
        Self { version, at: Timestamp(at_ms) }
    }
}

impl From<&DomainAnchors> for Anchors {
    fn from(anchors: &DomainAnchors) -> Self {
        let DomainAnchors {
            requester_last,
            first_unanswered,
            prompted,
            agent_last,
            human_agent_spoke,
            idle_since,
            reminded,
            assigned,
            transferred,
            disconnected,
        } = anchors;
        Self {
            requester_last: requester_last.map(Stamp::from),
            first_unanswered: first_unanswered.map(Stamp::from),
            prompted: *prompted,
            agent_last: agent_last.map(Stamp::from),
            human_agent_spoke: *human_agent_spoke,
            idle_since: idle_since.map(Stamp::from),
            reminded: *reminded,
            assigned: assigned.map(Stamp::from),
            transferred: transferred.map(Stamp::from),
            disconnected: disconnected.map(Stamp::from),
        }
    }
}

impl From<Anchors> for DomainAnchors {
    fn from(anchors: Anchors) -> Self {
        let Anchors {
            requester_last,
            first_unanswered,
            prompted,
            agent_last,
            human_agent_spoke,
            idle_since,
            reminded,
            assigned,
            transferred,
            disconnected,
        } = anchors;
        Self {
            requester_last: requester_last.map(DomainStamp::from),
            first_unanswered: first_unanswered.map(DomainStamp::from),
            prompted,
            agent_last: agent_last.map(DomainStamp::from),
            human_agent_spoke,
            idle_since: idle_since.map(DomainStamp::from),
            reminded,
            assigned: assigned.map(DomainStamp::from),
            transferred: transferred.map(DomainStamp::from),
            disconnected: disconnected.map(DomainStamp::from),
        }
    }
}
