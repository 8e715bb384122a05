//! Who gets a conversation, and who loses it.

use super::{require_owner, waiting};
use crate::conversation::{Conversation, ConversationEvent, Owner, Unassignment};
use crate::routing::{OfferId, QueueId};
use crate::{AgentId, Rejection};

/// Joining twice changes nothing. Who joins a conversation that nobody has gets it (`LC-5`, `LC-13`), a later agent is
/// added and the assignment stays (`PRO-2`).
pub(super) fn join(conversation: &Conversation, agent: &AgentId) -> Vec<ConversationEvent> {
    match &conversation.owner {
        Owner::Queue | Owner::VirtualAgent => vec![joined(agent, true)],
        Owner::Agent(_) if conversation.participants.contains(agent) => Vec::new(),
        Owner::Agent(_) => vec![joined(agent, false)],
    }
}

/// An agent came by themselves or was sent, without an offer.
pub(super) fn joined(agent: &AgentId, assigned: bool) -> ConversationEvent {
    ConversationEvent::AgentJoined { agent: agent.clone(), assigned, offer: None, greeting: None }
}

/// `LC-5`: an accept fails if the conversation no longer waits, or is no longer with the agent who hands it over.
pub(super) fn offered(
    conversation: &Conversation,
    agent: &AgentId,
    offer: OfferId,
    transferred_from: Option<&AgentId>,
    greeting: Option<&String>,
) -> Result<Vec<ConversationEvent>, Rejection> {
    if conversation.is_owned_by(agent) && conversation.offer == Some(offer) {
        return Ok(Vec::new());
    }
    // What was accepted for an earlier wait must not answer a later one.
    if conversation.offer >= Some(offer) {
        return Err(Rejection::OfferStale);
    }
    match transferred_from {
        Some(owner) if conversation.is_owned_by(owner) => {}
        Some(_) => return Err(Rejection::OfferStale),
        None => waiting::require_waiting(conversation)?,
    }
    let greeting = greeting.filter(|_| conversation.opted_out.is_none()).cloned();
    let agent = agent.clone();
    Ok(vec![ConversationEvent::AgentJoined { agent, assigned: true, offer: Some(offer), greeting }])
}

/// `LC-13`, `SUP-6`: also a conversation that waits for nobody can be given to an agent.
pub(super) fn manually(
    conversation: &Conversation,
    agent: &AgentId,
) -> Result<Vec<ConversationEvent>, Rejection> {
    match &conversation.owner {
        Owner::Queue | Owner::VirtualAgent => Ok(vec![joined(agent, true)]),
        Owner::Agent(owner) if owner == agent => Ok(Vec::new()),
        Owner::Agent(_) => Err(Rejection::AlreadyAssigned),
    }
}

/// `RE-5`: only while it is still with this agent, and still waits for their answer.
pub(super) fn unassign(
    conversation: &Conversation,
    agent: &AgentId,
) -> Result<Vec<ConversationEvent>, Rejection> {
    if !conversation.is_owned_by(agent) {
        return Err(Rejection::OfferStale);
    }
    if conversation.anchors.first_unanswered.is_none() {
        return Err(Rejection::Answered);
    }
    Ok(vec![ConversationEvent::Unassigned { agent: agent.clone(), why: Unassignment::Reassigned }])
}

/// `RE-10`: the requester is there again, and owes the agent an answer or waits for one.
pub(super) fn unassign_on_return(
    conversation: &Conversation,
    agent: &AgentId,
) -> Result<Vec<ConversationEvent>, Rejection> {
    if !conversation.is_owned_by(agent) {
        return Err(Rejection::OfferStale);
    }
    let anchors = &conversation.anchors;
    if anchors.first_unanswered.is_none() && anchors.agent_last.is_none() {
        return Err(Rejection::Answered);
    }
    Ok(vec![ConversationEvent::Unassigned { agent: agent.clone(), why: Unassignment::Reassigned }])
}

/// `TR-1`: whoever has it sends it on, or a supervisor for them (`SUP-6`).
pub(super) fn transfer_to_queue(
    conversation: &Conversation,
    by: &AgentId,
    supervisor: bool,
    queue: &QueueId,
) -> Result<Vec<ConversationEvent>, Rejection> {
    if !supervisor {
        require_owner(conversation, by)?;
    }
    let Owner::Agent(owner) = &conversation.owner else {
        return Err(Rejection::WrongState(conversation.lifecycle));
    };
    let why = Unassignment::ToQueue { queue: queue.clone(), by: by.clone() };
    Ok(vec![ConversationEvent::Unassigned { agent: owner.clone(), why }])
}
