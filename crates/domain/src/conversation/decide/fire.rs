//! What a timer does when it is due.

use crate::AgentId;
use crate::conversation::{
    ClosedBy, ClosedState, Context, Conversation, ConversationEvent, Owner, StateReason, Timer, TimerKind,
    Unassignment, timers,
};
use crate::notice::{Arguments, NoticeKey, Texts, render};

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
    let words = Words { conversation, texts: context.texts };
    let closed = |state, reason, requester_text| {
        let by = ClosedBy::Timer { kind: timer.kind, due };
        Some(ConversationEvent::Closed { state, reason, by, requester_text })
    };
    let event = match timer.kind {
        TimerKind::IdleReminder => Some(ConversationEvent::IdleReminderSent {
            due,
            requester_text: words
                .to_requester(NoticeKey::IdleReminder, &context.messages.idle_chat_reminder_message),
            agent_text: words
                .to_agent(NoticeKey::IdleReminderAgent, &context.messages.idle_chat_agent_message),
        }),
        TimerKind::IdleCancel => {
            let text = words.to_requester(NoticeKey::IdleClosed, &context.messages.idle_chat_cancel_message);
            closed(ClosedState::Complete, StateReason::NoUserResponse, Some(text))
        }
        TimerKind::ConversationIdle => {
            // IDLE-14: the reason depends on whether anybody engaged.
            let with_virtual_agent = conversation.owner == Owner::VirtualAgent;
            let (state, reason) = if conversation.is_engaged() || with_virtual_agent {
                (ClosedState::Complete, StateReason::NoUserResponse)
            } else {
                (ClosedState::Abandoned, StateReason::NoActivity)
            };
            closed(state, reason, None)
        }
        TimerKind::PromptAgent => of_owner(conversation, |agent| ConversationEvent::AgentPrompted {
            due,
            agent,
            text: words.to_agent(NoticeKey::PromptAgent, &context.messages.prompt_agent_message),
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

/// The words that come with a fact: what is said for all channels in the reader's language goes before what the channel
/// says.
struct Words<'a> {
    conversation: &'a Conversation,
    texts: &'a Texts,
}

impl Words<'_> {
    fn to_requester(&self, key: NoticeKey, own: &str) -> String {
        self.say(key, self.conversation.language.as_deref(), own)
    }

    /// Nobody knows an agent's language.
    fn to_agent(&self, key: NoticeKey, own: &str) -> String {
        self.say(key, None, own)
    }

    fn say(&self, key: NoticeKey, language: Option<&str>, own: &str) -> String {
        let agent = self.conversation.owner.agent().map(AgentId::as_str);
        let said = self.texts.find(key, language);
        said.map_or_else(|| own.to_owned(), |text| render(text, Arguments { agent, minutes: None }))
    }
}
