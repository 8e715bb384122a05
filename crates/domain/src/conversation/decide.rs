//! The rules of a conversation: an intent becomes facts, or is refused.

mod assignment;
mod fire;
mod waiting;

use super::{
    ClosedBy, ClosedState, Command, Context, Conversation, ConversationEvent, Lifecycle, Opening, Origin,
    Policy, ResumedBy, StateReason, Timer,
};
use crate::{AgentId, Message, Rejection, Seconds, Timestamp};

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
        return Ok(fire::fire(conversation, Timer { kind: *kind, due: *due, armed_by: *armed_by }, context));
    }
    // LC-4, LC-14, C1: closed is for ever.
    if conversation.is_closed() {
        return Err(Rejection::ConversationClosed);
    }
    decide_live(conversation, command, context)
}

/// What may be asked of a conversation that is not over.
fn decide_live(
    conversation: &Conversation,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<ConversationEvent>, Rejection> {
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
            let mut events = assignment::join(conversation, agent);
            events.push(posted(agent, message));
            Ok(events)
        }
        Command::Join { agent } => Ok(assignment::join(conversation, agent)),
        Command::Hold { agent } => hold(conversation, agent),
        Command::Resume { agent } => resume(conversation, agent),
        Command::EndByRequester => Ok(vec![ended_by_requester(conversation)]),
        Command::EndByAgent { agent } => {
            require_owner(conversation, agent)?;
            Ok(vec![ended_by_agent(ClosedBy::Agent(agent.clone()))])
        }
        Command::EndBySupervisor { supervisor } => {
            Ok(vec![ended_by_agent(ClosedBy::Supervisor(supervisor.clone()))])
        }
        Command::Fault => Ok(vec![faulted()]),
        Command::RequestAgent => waiting::request(conversation),
        Command::CancelRequest => waiting::cancel(conversation),
        Command::EndWait { item, text } => waiting::end(conversation, *item, text.as_ref()),
        Command::Refuse { item: _, text } => waiting::refuse(conversation, text.as_ref()),
        Command::TellWaiting { item, number, text } => waiting::tell(conversation, (*item, *number), text),
        Command::AssignOffered { agent, offer, transferred_from, greeting } => {
            assignment::offered(conversation, agent, *offer, transferred_from.as_ref(), greeting.as_ref())
        }
        Command::AssignManually { agent, supervisor: _ } => assignment::manually(conversation, agent),
        Command::Unassign { agent } => assignment::unassign(conversation, agent),
        Command::Return { agent } => assignment::unassign_on_return(conversation, agent),
        Command::TransferToQueue { by, supervisor, queue } => {
            assignment::transfer_to_queue(conversation, by, *supervisor, queue)
        }
        Command::Disconnect => Ok(disconnected(conversation)),
        Command::Reconnect => Ok(reconnected(conversation)),
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
            assignment::joined(agent, true),
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
        // one that waits for nobody asks for an agent again.
        Lifecycle::New if conversation.request.is_none() => vec![posted, ConversationEvent::AgentRequested],
        Lifecycle::New | Lifecycle::WorkInProgress | Lifecycle::Closed => vec![posted],
    }
}

fn posted(agent: &AgentId, message: &Message) -> ConversationEvent {
    ConversationEvent::AgentMessagePosted { agent: agent.clone(), message: message.clone() }
}

fn hold(conversation: &Conversation, agent: &AgentId) -> Result<Vec<ConversationEvent>, Rejection> {
    require_owner(conversation, agent)?;
    require_state(conversation, Lifecycle::WorkInProgress)?;
    Ok(vec![ConversationEvent::Held { agent: agent.clone() }])
}

fn resume(conversation: &Conversation, agent: &AgentId) -> Result<Vec<ConversationEvent>, Rejection> {
    require_owner(conversation, agent)?;
    require_state(conversation, Lifecycle::OnHold)?;
    Ok(vec![ConversationEvent::Resumed { by: ResumedBy::Agent(agent.clone()) }])
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
    let (state, reason) = (ClosedState::Complete, StateReason::AgentEnded);
    ConversationEvent::Closed { state, reason, by, requester_text: None }
}

fn faulted() -> ConversationEvent {
    let (state, reason) = (ClosedState::Faulted, StateReason::Error);
    ConversationEvent::Closed { state, reason, by: ClosedBy::Engine, requester_text: None }
}

/// ID-12: only of a chat, and only where that ends it in time, it matters whether the requester is there.
fn disconnected(conversation: &Conversation) -> Vec<ConversationEvent> {
    let counts = match conversation.policy {
        Policy::Chat { disconnect, .. } => disconnect > Seconds(0),
        Policy::Messaging { .. } => false,
    };
    let gone = counts && conversation.anchors.disconnected.is_none();
    gone.then_some(ConversationEvent::RequesterDisconnected).into_iter().collect()
}

fn reconnected(conversation: &Conversation) -> Vec<ConversationEvent> {
    let back = conversation.anchors.disconnected.map(|_| ConversationEvent::RequesterReconnected);
    back.into_iter().collect()
}

fn require_participant(conversation: &Conversation, agent: &AgentId) -> Result<(), Rejection> {
    if conversation.participants.contains(agent) { Ok(()) } else { Err(Rejection::NotParticipant) }
}

fn require_owner(conversation: &Conversation, agent: &AgentId) -> Result<(), Rejection> {
    if conversation.is_owned_by(agent) { Ok(()) } else { Err(Rejection::NotOwner) }
}

fn require_state(conversation: &Conversation, state: Lifecycle) -> Result<(), Rejection> {
    if conversation.lifecycle == state { Ok(()) } else { Err(Rejection::WrongState(conversation.lifecycle)) }
}
