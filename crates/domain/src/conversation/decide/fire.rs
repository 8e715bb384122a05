//! What a timer does when it is due.

use crate::AgentId;
use crate::conversation::{
    ClosedBy, ClosedState, Context, Conversation, ConversationEvent, StateReason, Timer, TimerKind,
    Unassignment, timers,
};

/// A fire that is no longer in the set, or early, changes nothing (`T1`, `T2`).
pub(super) fn fire(
    conversation: &Conversation,
    timer: Timer,
    context: Context<'_>,
) -> Vec<ConversationEvent> {
    if timer.due > context.now || !timers(conversation).contains(&timer) {
        return Vec::new();
    }
    let due = timer.due;
    let closed = |state, reason, requester_text| {
        let by = ClosedBy::Timer { kind: timer.kind, due };
        Some(ConversationEvent::Closed { state, reason, by, requester_text })
    };
    let event = match timer.kind {
        TimerKind::IdleReminder => Some(ConversationEvent::IdleReminderSent {
            due,
            requester_text: context.messages.idle_chat_reminder_message.clone(),
            agent_text: context.messages.idle_chat_agent_message.clone(),
        }),
        TimerKind::IdleCancel => {
            let text = context.messages.idle_chat_cancel_message.clone();
            closed(ClosedState::Complete, StateReason::NoUserResponse, Some(text))
        }
        TimerKind::ConversationIdle => {
            // IDLE-14: the reason depends on whether anybody engaged.
            let (state, reason) = if conversation.is_engaged() {
                (ClosedState::Complete, StateReason::NoUserResponse)
            } else {
                (ClosedState::Abandoned, StateReason::NoActivity)
            };
            closed(state, reason, None)
        }
        TimerKind::PromptAgent => of_owner(conversation, |agent| ConversationEvent::AgentPrompted {
            due,
            agent,
            text: context.messages.prompt_agent_message.clone(),
        }),
        TimerKind::Abandon => closed(ClosedState::Abandoned, StateReason::RequesterSilent, None),
        TimerKind::Reassign => of_owner(conversation, |agent| ConversationEvent::Unassigned {
            agent,
            why: Unassignment::ReassignedByAction { due },
        }),
        TimerKind::Disconnect => {
            let (state, reason) = gone_for_too_long(conversation);
            closed(state, reason, None)
        }
    };
    event.into_iter().collect()
}

/// ID-12: engaged, still waiting for an agent, or neither.
fn gone_for_too_long(conversation: &Conversation) -> (ClosedState, StateReason) {
    if conversation.is_engaged() {
        (ClosedState::Complete, StateReason::GuestDisconnected)
    } else if conversation.request.is_some() {
        (ClosedState::Abandoned, StateReason::LeftBeforeEngagement)
    } else {
        (ClosedState::Abandoned, StateReason::NoActivity)
    }
}

/// What happens to the agent who has it. These timers are armed only while one has it.
fn of_owner(
    conversation: &Conversation,
    event: impl FnOnce(AgentId) -> ConversationEvent,
) -> Option<ConversationEvent> {
    conversation.owner.agent().cloned().map(event)
}
