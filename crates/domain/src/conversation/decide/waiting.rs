//! The wait for an agent: how it begins again, and how it ends without one.

use crate::Rejection;
use crate::channel::Mode;
use crate::conversation::{ClosedBy, ClosedState, Conversation, ConversationEvent, Owner, StateReason};
use crate::routing::WorkItemId;

/// `VA-6`: asking again makes a fresh request; asking twice does not.
pub(super) fn request(conversation: &Conversation) -> Result<Vec<ConversationEvent>, Rejection> {
    require_unassigned(conversation)?;
    Ok(match conversation.request {
        Some(_) => Vec::new(),
        None => {
            let from_virtual_agent = conversation.owner == Owner::VirtualAgent;
            vec![ConversationEvent::AgentRequested { from_virtual_agent }]
        }
    })
}

/// `VA-6`: the conversation goes on without an agent.
pub(super) fn cancel(conversation: &Conversation) -> Result<Vec<ConversationEvent>, Rejection> {
    require_unassigned(conversation)?;
    Ok(match conversation.request {
        Some(_) if conversation.has_virtual_agent => {
            vec![ConversationEvent::AgentRequestCancelled, ConversationEvent::VirtualAgentEngaged]
        }
        Some(_) => vec![ConversationEvent::AgentRequestCancelled],
        None => Vec::new(),
    })
}

/// `Q-12`, `Q-13`: a chat is over, a messaging conversation stays until the requester writes again.
pub(super) fn end(
    conversation: &Conversation,
    item: WorkItemId,
    text: Option<&String>,
) -> Result<Vec<ConversationEvent>, Rejection> {
    require_waiting(conversation)?;
    let requester_text = text.cloned();
    let event = match conversation.policy.mode() {
        Mode::Chat => {
            // IDLE-14: who spoke with an agent before has not been left alone all the time.
            let engaged = conversation.is_engaged();
            let state = if engaged { ClosedState::Complete } else { ClosedState::Abandoned };
            let (reason, by) = (StateReason::MaxWaitElapsed, ClosedBy::Router);
            ConversationEvent::Closed { state, reason, by, requester_text }
        }
        Mode::Messaging => ConversationEvent::WaitEnded { item, requester_text },
    };
    Ok(vec![event])
}

/// `Q-16`, `BH-7`: somebody is told at once that no agent comes, and the conversation is over in either mode.
pub(super) fn refuse(
    conversation: &Conversation,
    text: Option<&String>,
) -> Result<Vec<ConversationEvent>, Rejection> {
    require_waiting(conversation)?;
    Ok(vec![ConversationEvent::Closed {
        state: ClosedState::Complete,
        reason: StateReason::NotRouted,
        by: ClosedBy::Router,
        requester_text: text.cloned(),
    }])
}

/// `QT-1`: nothing is told twice, and nothing earlier after something later.
pub(super) fn tell(
    conversation: &Conversation,
    (item, number): (WorkItemId, u32),
    text: &str,
) -> Result<Vec<ConversationEvent>, Rejection> {
    require_waiting(conversation)?;
    let told = conversation.told.is_some_and(|told| told >= (item, number));
    // OPT-6: it would not be sent.
    if told || conversation.opted_out.is_some() {
        return Ok(Vec::new());
    }
    Ok(vec![ConversationEvent::WaitMessageSent { item, number, text: text.to_owned() }])
}

/// What the router has to say is for a conversation that waits; for any other it comes too late.
pub(super) fn require_waiting(conversation: &Conversation) -> Result<(), Rejection> {
    match (&conversation.owner, conversation.request) {
        (Owner::Queue, Some(_)) => Ok(()),
        (Owner::Queue, None) | (Owner::VirtualAgent | Owner::Agent(_), _) => Err(Rejection::OfferStale),
    }
}

fn require_unassigned(conversation: &Conversation) -> Result<(), Rejection> {
    match conversation.owner {
        Owner::Queue | Owner::VirtualAgent => Ok(()),
        Owner::Agent(_) => Err(Rejection::WrongState(conversation.lifecycle)),
    }
}
