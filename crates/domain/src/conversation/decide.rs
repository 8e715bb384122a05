//! The rules of a conversation: an intent becomes facts, or is refused.

mod assignment;
mod fire;
mod identity;
mod saying;
mod virtual_agent;
mod waiting;

use super::{
    Anchors, ClosedBy, ClosedState, Command, Context, Conversation, ConversationEvent, Lifecycle, Opening,
    Origin, Owner, Policy, ResumedBy, StateReason, Timer, outgoing,
};
use crate::channel::Responder;
use crate::notice::{Arguments, NoticeKey, render};
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
    if let Command::Outbound(command) = command {
        return outgoing::decide(conversation, command);
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
        Command::Open(_) | Command::Fire { .. } | Command::Outbound(_) => Ok(Vec::new()),
        Command::Receive { message, sent_at, redelivered } => {
            let counts_from = counts_from(*sent_at, *redelivered, conversation.last_word_at(), context.now);
            let message = saying::by_requester(Some(conversation), message, context)?;
            Ok(receive(conversation, message, *sent_at, counts_from))
        }
        Command::Post { agent, message } => {
            require_participant(conversation, agent)?;
            identity::require_consent(conversation)?;
            saying::check_files(message, context)?;
            Ok(vec![posted(agent, message)])
        }
        Command::Contribute { agent, message } => {
            // PRO-3: it is not joined, another one takes its place.
            if conversation.owner == Owner::VirtualAgent {
                return Err(Rejection::WithVirtualAgent);
            }
            identity::require_consent(conversation)?;
            saying::check_files(message, context)?;
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
        Command::PostVirtual { message } => virtual_agent::post(conversation, message, context),
        Command::EndByVirtualAgent => virtual_agent::end(conversation),
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
        Command::ChangeConsent { opted_out } => Ok(identity::change_consent(conversation, *opted_out)),
        Command::Reassociate { user, grounds } => identity::reassociate(conversation, user, grounds),
        Command::TakeFromVirtual { agent } => virtual_agent::superseded(conversation, agent),
        Command::Supersede { agent } => Ok(vec![identity::superseded(agent)]),
        Command::MarkSeen { agent, up_to } => mark_seen(conversation, agent, *up_to),
        Command::Disconnect => Ok(disconnected(conversation)),
        Command::Reconnect => Ok(reconnected(conversation)),
        Command::LeaveBehind => Ok(identity::left_behind(conversation)),
    }
}

/// `MSG-15`: seeing again what was seen is no fact.
fn mark_seen(
    conversation: &Conversation,
    agent: &AgentId,
    up_to: u64,
) -> Result<Vec<ConversationEvent>, Rejection> {
    require_owner(conversation, agent)?;
    let up_to = up_to.min(conversation.version);
    let is_new = up_to > conversation.seen;
    Ok(if is_new { vec![ConversationEvent::SeenByAgent { agent: agent.clone(), up_to }] } else { Vec::new() })
}

fn open(opening: &Opening, context: Context<'_>) -> Result<Vec<ConversationEvent>, Rejection> {
    let opened = |by_agent: Option<AgentId>| ConversationEvent::Opened {
        contact: opening.contact,
        channel: opening.channel.clone(),
        requester: opening.requester.clone(),
        company: opening.company.clone(),
        policy: opening.policy.clone(),
        by_agent,
        user: opening.user.clone(),
    };
    match (&opening.origin, &opening.policy) {
        (Origin::Requester { sent_at, redelivered }, Policy::Chat { .. } | Policy::Messaging { .. }) => {
            let posted = ConversationEvent::RequesterMessagePosted {
                message: saying::by_requester(None, &opening.message, context)?,
                sent_at: *sent_at,
                counts_from: counts_from(*sent_at, *redelivered, Timestamp(i64::MIN), context.now),
            };
            let engaged = match opening.responder {
                Responder::VirtualAgent => Some(ConversationEvent::VirtualAgentEngaged),
                Responder::LiveAgent => None,
            };
            let acknowledged = acknowledged(opening, context);
            // Somebody who may not be answered can still write.
            let opted_out =
                opening.opted_out.then_some(ConversationEvent::ConsentChanged { opted_out: true });
            Ok([opened(None), posted]
                .into_iter()
                .chain(acknowledged)
                .chain(engaged)
                .chain(opted_out)
                .collect())
        }
        (Origin::Agent(_), Policy::Chat { .. }) => Err(Rejection::ChatNotAgentInitiated),
        (Origin::Agent(_), Policy::Messaging { .. }) if opening.opted_out => Err(Rejection::OptedOut),
        // PRO-10: what nobody has replied to takes none of its agent's capacity, and the reply revives it.
        (Origin::Agent(agent), Policy::Messaging { .. }) => {
            saying::check_files(&opening.message, context)?;
            Ok(vec![
                opened(Some(agent.clone())),
                assignment::joined(agent, true),
                posted(agent, &opening.message),
                ConversationEvent::Held { agent: agent.clone() },
            ])
        }
    }
}

/// Said only where there are words for it, and to nobody to whom nothing may be sent.
fn acknowledged(opening: &Opening, context: Context<'_>) -> Option<ConversationEvent> {
    let language = opening.message.content.language();
    let text = context.texts.find(NoticeKey::ConversationAck, language.as_deref());
    let text = text.filter(|_| !opening.opted_out)?;
    Some(ConversationEvent::Acknowledged { text: render(text, Arguments::default()) })
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
    message: Message,
    sent_at: Option<Timestamp>,
    counts_from: Timestamp,
) -> Vec<ConversationEvent> {
    let posted = ConversationEvent::RequesterMessagePosted { message, sent_at, counts_from };
    // OPT-6: nobody could answer, so nobody is asked to.
    if conversation.opted_out.is_some() {
        return vec![posted];
    }
    match conversation.lifecycle {
        // LC-6: the same agent goes on, even over capacity (CAP-9).
        Lifecycle::OnHold => vec![posted, ConversationEvent::Resumed { by: ResumedBy::RequesterMessage }],
        // one that waits for nobody asks for an agent again.
        Lifecycle::New if conversation.request.is_none() => {
            vec![posted, ConversationEvent::AgentRequested { from_virtual_agent: false }]
        }
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
    let (state, reason) = if conversation.is_engaged() || conversation.owner == Owner::VirtualAgent {
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
fn minds_absence(conversation: &Conversation) -> bool {
    match conversation.policy {
        Policy::Chat { disconnect, .. } => disconnect > Seconds(0),
        Policy::Messaging { .. } => false,
    }
}

fn disconnected(conversation: &Conversation) -> Vec<ConversationEvent> {
    let gone = minds_absence(conversation) && conversation.anchors.disconnected.is_none();
    gone.then_some(ConversationEvent::RequesterDisconnected).into_iter().collect()
}

/// That somebody is there is a fact too: whoever starts after a crash has only facts to know it from.
fn reconnected(conversation: &Conversation) -> Vec<ConversationEvent> {
    let Anchors { disconnected, connected, .. } = conversation.anchors;
    if disconnected.is_some() {
        return vec![ConversationEvent::RequesterReconnected];
    }
    let new = minds_absence(conversation) && connected.is_none();
    new.then_some(ConversationEvent::RequesterConnected).into_iter().collect()
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
