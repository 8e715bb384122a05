//! The state of a conversation, laid out for a snapshot.

use super::outbound::OutboundState;
use crate::Error;
use crate::numbers::Numbered;
use crate::v1::parts;
use crate::v1::wording::Choice;
use crate::v3::conversation::Policy;
use domain::conversation::{
    Anchors as DomainAnchors, Conversation, MessageCounts, Owner as DomainOwner, Question as DomainQuestion,
};
use domain::conversation::{ClosedState, Lifecycle, StateReason};
use domain::routing::WorkItemId;
use domain::{ContactId, MessageId, Personal, Stamp as DomainStamp, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

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
    owner: Owner,
    participants: BTreeSet<String>,
    engaged: bool,
    has_virtual_agent: bool,
    request: Option<u64>,
    offer: Option<parts::OfferId>,
    /// Work item and number.
    told: Option<(u64, u32)>,
    anchors: Anchors,
    requester_messages: u64,
    agent_messages: u64,
    user: Option<String>,
    opted_out: Option<Stamp>,
    outbound: OutboundState,
    seen: u64,
    language: Option<String>,
    question: Option<Question>,
}

#[derive(Serialize, Deserialize)]
enum Owner {
    Queue,
    VirtualAgent,
    Agent(String),
}

#[derive(Serialize, Deserialize)]
struct Question {
    message: [u8; 16],
    options: Vec<Choice>,
    answered: bool,
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
    connected: Option<Stamp>,
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
            has_virtual_agent,
            request,
            offer,
            told,
            anchors,
            messages: MessageCounts { requester: requester_messages, agent: agent_messages },
            user,
            opted_out,
            outbound,
            seen,
            language,
            question,
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
                DomainOwner::Queue => Owner::Queue,
                DomainOwner::VirtualAgent => Owner::VirtualAgent,
                DomainOwner::Agent(agent) => Owner::Agent(agent.as_str().to_owned()),
            },
            participants: participants.iter().map(|agent| agent.as_str().to_owned()).collect(),
            engaged: *engaged,
            has_virtual_agent: *has_virtual_agent,
            request: *request,
            offer: offer.map(parts::OfferId::from),
            told: told.map(|(WorkItemId(item), number)| (item, number)),
            anchors: anchors.into(),
            requester_messages: *requester_messages,
            agent_messages: *agent_messages,
            user: user.as_ref().map(|user| user.as_str().to_owned()),
            opted_out: opted_out.map(Stamp::from),
            outbound: outbound.into(),
            seen: *seen,
            language: language.clone(),
            question: question.as_ref().map(Question::from),
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
                Owner::Queue => DomainOwner::Queue,
                Owner::VirtualAgent => DomainOwner::VirtualAgent,
                Owner::Agent(agent) => DomainOwner::Agent(parts::agent(agent)?),
            },
            participants: participants.collect::<Result<_, _>>()?,
            engaged: state.engaged,
            has_virtual_agent: state.has_virtual_agent,
            request: state.request,
            offer: state.offer.map(parts::OfferId::into),
            told: state.told.map(|(item, number)| (WorkItemId(item), number)),
            anchors: state.anchors.into(),
            messages: MessageCounts { requester: state.requester_messages, agent: state.agent_messages },
            user: state.user.as_deref().map(parts::user).transpose()?,
            opted_out: state.opted_out.map(DomainStamp::from),
            outbound: state.outbound.try_into()?,
            seen: state.seen,
            language: state.language,
            question: state.question.map(Question::into),
        })
    }
}

impl From<&DomainQuestion> for Question {
    fn from(question: &DomainQuestion) -> Self {
        let DomainQuestion { message, options, answered } = question;
        let options = options.iter().map(Choice::from).collect();
        Self { message: message.0.into_bytes(), options, answered: *answered }
    }
}

impl From<Question> for DomainQuestion {
    fn from(question: Question) -> Self {
        let Question { message, options, answered } = question;
        let options = options.into_iter().map(Choice::into).collect();
        Self { message: MessageId(Uuid::from_bytes(message)), options, answered }
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
            connected,
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
            connected: connected.map(Stamp::from),
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
            connected,
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
            connected: connected.map(DomainStamp::from),
        }
    }
}
