//! What the virtual agent does, as long as the conversation is with it (section 11).

use super::{identity, saying};
use crate::conversation::{
    ClosedBy, ClosedState, Context, Conversation, ConversationEvent, Owner, StateReason,
};
use crate::{AgentId, Message, Rejection};

/// `C3`: what was worked out for an earlier owner is refused.
pub(super) fn post(
    conversation: &Conversation,
    message: &Message,
    context: Context<'_>,
) -> Result<Vec<ConversationEvent>, Rejection> {
    require_virtual(conversation)?;
    identity::require_consent(conversation)?;
    saying::check_files(message, context)?;
    Ok(vec![ConversationEvent::VirtualAgentMessagePosted { message: message.clone() }])
}

/// All is said, and nobody asked for an agent.
pub(super) fn end(conversation: &Conversation) -> Result<Vec<ConversationEvent>, Rejection> {
    require_virtual(conversation)?;
    Ok(vec![ConversationEvent::Closed {
        state: ClosedState::Complete,
        reason: StateReason::AutoClosed,
        by: ClosedBy::VirtualAgent,
        requester_text: None,
    }])
}

/// `PRO-3`: an agent has something to say themselves.
pub(super) fn superseded(
    conversation: &Conversation,
    agent: &AgentId,
) -> Result<Vec<ConversationEvent>, Rejection> {
    require_virtual(conversation)?;
    Ok(vec![identity::superseded(agent)])
}

fn require_virtual(conversation: &Conversation) -> Result<(), Rejection> {
    match conversation.owner {
        Owner::VirtualAgent => Ok(()),
        Owner::Queue | Owner::Agent(_) => Err(Rejection::NotOwner),
    }
}
