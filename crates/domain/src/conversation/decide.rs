//! The rules of a conversation: an intent becomes facts, or is refused.

use super::{
    ClosedBy, ClosedState, Command, Context, Conversation, ConversationEvent, Lifecycle, Opening, Origin,
    Owner, Policy, ResumedBy, StateReason, Timer, TimerKind, timers,
};
use crate::{AgentId, Message, Rejection, Timestamp};

/// Turns an intent into facts, or refuses. An intent that is fulfilled already gives no facts.
///
/// # Errors
/// [`Rejection`] says why; the state stays as it is.
pub fn decide(
    state: Option<&Conversation>,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<ConversationEvent>, Rejection> {
    if let Command::Open(opening) = command {
        return match state {
            None => open(opening, context),
            Some(_) => Err(Rejection::WrongState(Lifecycle::New)),
        };
    }
    let conversation = state.ok_or(Rejection::ConversationUnknown)?;
    if let Command::Fire { kind, due, armed_by } = command {
        return Ok(fire(conversation, Timer { kind: *kind, due: *due, armed_by: *armed_by }, context));
    }
    // LC-4, LC-14, C1: closed is for ever.
    if conversation.is_closed() {
        return Err(Rejection::ConversationClosed);
    }
    match command {
        Command::Open(_) | Command::Fire { .. } => Ok(Vec::new()),
        Command::Receive { message, sent_at, redelivered } => {
            let counts_from = counts_from(*sent_at, *redelivered, conversation.last_word_at(), context.now);
            Ok(receive(conversation, message, *sent_at, counts_from))
        }
        Command::Post { agent, message } => {
            require_participant(conversation, agent)?;
            Ok(vec![posted(agent, message)])
        }
        Command::Contribute { agent, message } => {
            let mut events = join(conversation, agent);
            events.push(posted(agent, message));
            Ok(events)
        }
        Command::Join { agent } => Ok(join(conversation, agent)),
        Command::Hold { agent } => {
            require_owner(conversation, agent)?;
            require_state(conversation, Lifecycle::WorkInProgress)?;
            Ok(vec![ConversationEvent::Held { agent: agent.clone() }])
        }
        Command::Resume { agent } => {
            require_owner(conversation, agent)?;
            require_state(conversation, Lifecycle::OnHold)?;
            Ok(vec![ConversationEvent::Resumed { by: ResumedBy::Agent(agent.clone()) }])
        }
        Command::EndByRequester => Ok(vec![ended_by_requester(conversation)]),
        Command::EndByAgent { agent } => {
            require_owner(conversation, agent)?;
            Ok(vec![ended_by_agent(ClosedBy::Agent(agent.clone()))])
        }
        Command::EndBySupervisor { supervisor } => {
            Ok(vec![ended_by_agent(ClosedBy::Supervisor(supervisor.clone()))])
        }
        Command::Fault => Ok(vec![ConversationEvent::Closed {
            state: ClosedState::Faulted,
            reason: StateReason::Error,
            by: ClosedBy::Engine,
            requester_text: None,
        }]),
    }
}

fn open(opening: &Opening, context: Context<'_>) -> Result<Vec<ConversationEvent>, Rejection> {
    let opened = |by_agent: Option<AgentId>| ConversationEvent::Opened {
        contact: opening.contact,
        channel: opening.channel.clone(),
        requester: opening.requester.clone(),
        company: opening.company.clone(),
        policy: opening.policy.clone(),
        by_agent,
    };
    match (&opening.origin, &opening.policy) {
        (Origin::Requester { sent_at, redelivered }, Policy::Chat { .. } | Policy::Messaging { .. }) => {
            Ok(vec![
                opened(None),
                ConversationEvent::RequesterMessagePosted {
                    message: opening.message.clone(),
                    sent_at: *sent_at,
                    counts_from: counts_from(*sent_at, *redelivered, Timestamp(i64::MIN), context.now),
                },
            ])
        }
        (Origin::Agent(_), Policy::Chat { .. }) => Err(Rejection::ChatNotAgentInitiated),
        (Origin::Agent(agent), Policy::Messaging { .. }) => Ok(vec![
            opened(Some(agent.clone())),
            ConversationEvent::AgentJoined { agent: agent.clone(), assigned: true },
            posted(agent, &opening.message),
        ]),
    }
}

/// The time of receipt drives all timers; only of what was redelivered after an outage the provider's time counts,
/// never before what was last said and never after now (section 6.4).
fn counts_from(
    sent_at: Option<Timestamp>,
    redelivered: bool,
    earliest: Timestamp,
    now: Timestamp,
) -> Timestamp {
    match sent_at {
        Some(sent_at) if redelivered => sent_at.max(earliest).min(now),
        Some(_) | None => now,
    }
}

fn receive(
    conversation: &Conversation,
    message: &Message,
    sent_at: Option<Timestamp>,
    counts_from: Timestamp,
) -> Vec<ConversationEvent> {
    let posted = ConversationEvent::RequesterMessagePosted { message: message.clone(), sent_at, counts_from };
    match conversation.lifecycle {
        // LC-6: the same agent goes on, even over capacity (CAP-9).
        Lifecycle::OnHold => vec![posted, ConversationEvent::Resumed { by: ResumedBy::RequesterMessage }],
        Lifecycle::New | Lifecycle::WorkInProgress | Lifecycle::Closed => vec![posted],
    }
}

/// Joining twice changes nothing. The first agent gets the conversation (`LC-5`, `LC-13`), a later one is added and
/// the assignment stays (`PRO-2`).
fn join(conversation: &Conversation, agent: &AgentId) -> Vec<ConversationEvent> {
    if conversation.participants.contains(agent) {
        return Vec::new();
    }
    let assigned = conversation.owner == Owner::Queue;
    vec![ConversationEvent::AgentJoined { agent: agent.clone(), assigned }]
}

fn posted(agent: &AgentId, message: &Message) -> ConversationEvent {
    ConversationEvent::AgentMessagePosted { agent: agent.clone(), message: message.clone() }
}

fn ended_by_requester(conversation: &Conversation) -> ConversationEvent {
    // LC-10, LC-13, 18.4: it depends on whether an agent had come.
    let (state, reason) = if conversation.is_engaged() {
        (ClosedState::Complete, StateReason::UserEnded)
    } else {
        (ClosedState::Abandoned, StateReason::LeftBeforeEngagement)
    };
    ConversationEvent::Closed { state, reason, by: ClosedBy::Requester, requester_text: None }
}

fn ended_by_agent(by: ClosedBy) -> ConversationEvent {
    ConversationEvent::Closed {
        state: ClosedState::Complete,
        reason: StateReason::AgentEnded,
        by,
        requester_text: None,
    }
}

/// A fire that is no longer in the set, or early, changes nothing (`T1`, `T2`).
fn fire(conversation: &Conversation, timer: Timer, context: Context<'_>) -> Vec<ConversationEvent> {
    if timer.due > context.now || !timers(conversation).contains(&timer) {
        return Vec::new();
    }
    let due = timer.due;
    let closed = |state, reason, requester_text| ConversationEvent::Closed {
        state,
        reason,
        by: ClosedBy::Timer { kind: timer.kind, due },
        requester_text,
    };
    let event = match timer.kind {
        TimerKind::IdleReminder => ConversationEvent::IdleReminderSent {
            due,
            requester_text: context.messages.idle_chat_reminder_message.clone(),
            agent_text: context.messages.idle_chat_agent_message.clone(),
        },
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
        TimerKind::PromptAgent => match &conversation.owner {
            Owner::Agent(agent) => ConversationEvent::AgentPrompted {
                due,
                agent: agent.clone(),
                text: context.messages.prompt_agent_message.clone(),
            },
            Owner::Queue => return Vec::new(),
        },
        TimerKind::Abandon => closed(ClosedState::Abandoned, StateReason::RequesterSilent, None),
    };
    vec![event]
}

fn require_participant(conversation: &Conversation, agent: &AgentId) -> Result<(), Rejection> {
    if conversation.participants.contains(agent) { Ok(()) } else { Err(Rejection::NotParticipant) }
}

fn require_owner(conversation: &Conversation, agent: &AgentId) -> Result<(), Rejection> {
    match &conversation.owner {
        Owner::Agent(owner) if owner == agent => Ok(()),
        Owner::Agent(_) | Owner::Queue => Err(Rejection::NotOwner),
    }
}

fn require_state(conversation: &Conversation, state: Lifecycle) -> Result<(), Rejection> {
    if conversation.lifecycle == state { Ok(()) } else { Err(Rejection::WrongState(conversation.lifecycle)) }
}
