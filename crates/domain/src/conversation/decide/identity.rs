//! Who the requester is, and what may be sent to them: the conversation's part of what its contact decides.

use super::require_owner;
use crate::contact::Grounds;
use crate::conversation::{ClosedBy, ClosedState, Conversation, ConversationEvent, StateReason};
use crate::{AgentId, Rejection, UserId};

/// `OPT-6`
pub(super) fn change_consent(conversation: &Conversation, opted_out: bool) -> Vec<ConversationEvent> {
    let changes = conversation.opted_out.is_some() != opted_out;
    changes.then_some(ConversationEvent::ConsentChanged { opted_out }).into_iter().collect()
}

/// `ID-9`: the agent who has it, a supervisor, or the requester with a PIN.
pub(super) fn reassociate(
    conversation: &Conversation,
    user: &UserId,
    grounds: &Grounds,
) -> Result<Vec<ConversationEvent>, Rejection> {
    match grounds {
        Grounds::Stated { by, supervisor: false, .. } => require_owner(conversation, by)?,
        Grounds::Stated { supervisor: true, .. } | Grounds::Pin => {}
    }
    let from = conversation.user.clone();
    if from.as_ref() == Some(user) {
        return Ok(Vec::new());
    }
    Ok(vec![ConversationEvent::Reassociated { from, to: user.clone(), grounds: grounds.clone() }])
}

/// `PRO-4`: nothing is said to the requester, who gets another conversation in the same moment.
pub(super) fn superseded(agent: &AgentId) -> ConversationEvent {
    ConversationEvent::Closed {
        state: ClosedState::Complete,
        reason: StateReason::Superseded,
        by: ClosedBy::Agent(agent.clone()),
        requester_text: None,
    }
}

/// `OMN-4`: a conversation that an agent has stays with them, so that nobody is cut off who is in the middle of it.
pub(super) fn left_behind(conversation: &Conversation) -> Vec<ConversationEvent> {
    if conversation.owner.agent().is_some() {
        return Vec::new();
    }
    vec![ConversationEvent::Closed {
        state: ClosedState::Complete,
        reason: StateReason::Superseded,
        by: ClosedBy::Requester,
        requester_text: None,
    }]
}

/// `OPT-6`: an agent's word would not be sent.
pub(super) fn require_consent(conversation: &Conversation) -> Result<(), Rejection> {
    if conversation.opted_out.is_some() { Err(Rejection::OptedOut) } else { Ok(()) }
}
