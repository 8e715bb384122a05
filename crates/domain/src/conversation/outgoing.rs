//! What became of what a conversation says to its requester, as facts of the conversation.

use super::{ClosedState, Conversation, ConversationEvent, OutboundCommand};
use crate::Rejection;
use crate::outbound::{self, OutboundEvent};

/// Turns what became of something into facts, or refuses. It is done after the end too, because it is about what went
/// before (`C1`), and doing what is done already gives no facts.
pub(super) fn decide(
    conversation: &Conversation,
    command: &OutboundCommand,
) -> Result<Vec<ConversationEvent>, Rejection> {
    // What a faulted conversation holds cannot be trusted, and its end must stay the last that is said of it.
    if matches!(conversation.closing, Some((ClosedState::Faulted, _))) {
        return Err(Rejection::ConversationClosed);
    }
    let event = outbound::decide(&conversation.outbound, conversation.version, command)?;
    Ok(event.map(ConversationEvent::from).into_iter().collect())
}

impl From<OutboundEvent> for ConversationEvent {
    fn from(event: OutboundEvent) -> Self {
        match event {
            OutboundEvent::Dispatched { of, part, provider_id, attempts } => {
                Self::Dispatched { of, part, provider_id, attempts }
            }
            OutboundEvent::DispatchFailed { of, part, code, attempts } => {
                Self::DispatchFailed { of, part, code, attempts }
            }
            OutboundEvent::Redriven { of, part, by } => Self::Redriven { of, part, by },
            OutboundEvent::Discarded { of, part, by } => Self::Discarded { of, part, by },
            OutboundEvent::ReceiptTaken { of, part, status, code } => {
                Self::ReceiptTaken { of, part, status, code }
            }
        }
    }
}
