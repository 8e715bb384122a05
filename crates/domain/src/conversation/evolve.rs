//! Applies facts to a conversation. Total and deterministic (`L4`): what was once accepted can always be applied again.

use super::{
    Anchors, Conversation, ConversationEvent, DeadLetter, Lifecycle, MessageCounts, Outbound, Owner, Policy,
    Question, Unassignment, Utterance,
};
use crate::routing::OfferId;
use crate::{AgentId, Message, Stamp, Timestamp};
use std::collections::BTreeSet;

/// Applies one fact that was committed at `at`. A fact of a conversation that was never opened changes nothing.
#[must_use]
pub fn evolve(state: Option<Conversation>, at: Timestamp, event: &ConversationEvent) -> Option<Conversation> {
    let mut conversation = state.or_else(|| opened(at, event))?;
    conversation.version += 1;
    conversation.last_at = conversation.last_at.max(at);
    let stamp = Stamp { version: conversation.version, at };
    match event {
        ConversationEvent::Opened { .. } | ConversationEvent::Acknowledged { .. } => {}
        ConversationEvent::RequesterMessagePosted { message, counts_from, .. } => {
            requester_wrote(&mut conversation, Stamp { at: *counts_from, ..stamp });
            requester_said(&mut conversation, message);
        }
        ConversationEvent::AgentJoined { agent, assigned, offer, greeting: _ } => {
            if *assigned {
                assign(&mut conversation, stamp, agent, *offer);
            }
            agent_joined(&mut conversation, stamp, agent);
        }
        ConversationEvent::Unassigned { agent, why } => unassign(&mut conversation, stamp, agent, why),
        ConversationEvent::AgentRequested { from_virtual_agent: _ } => wait(&mut conversation, stamp),
        ConversationEvent::AgentRequestCancelled | ConversationEvent::WaitEnded { .. } => {
            conversation.request = None;
        }
        ConversationEvent::VirtualAgentEngaged => with_virtual_agent(&mut conversation),
        ConversationEvent::VirtualAgentMessagePosted { .. } => {}
        ConversationEvent::WaitMessageSent { item, number, text: _ } => {
            conversation.told = Some((*item, *number));
        }
        ConversationEvent::AgentMessagePosted { agent, message } => {
            agent_wrote(&mut conversation, stamp, agent);
            agent_said(&mut conversation, message);
        }
        ConversationEvent::Held { .. } => conversation.lifecycle = Lifecycle::OnHold,
        ConversationEvent::Resumed { .. } => conversation.lifecycle = Lifecycle::WorkInProgress,
        ConversationEvent::IdleReminderSent { .. } => conversation.anchors.reminded = true,
        ConversationEvent::AgentPrompted { .. } => conversation.anchors.prompted = true,
        ConversationEvent::Closed { state, reason, .. } => {
            conversation.lifecycle = Lifecycle::Closed;
            conversation.closing = Some((*state, *reason));
            conversation.request = None;
        }
        ConversationEvent::Reassociated { to, .. } => conversation.user = Some(to.clone()),
        ConversationEvent::ConsentChanged { opted_out } => {
            consent_changed(&mut conversation, stamp, *opted_out);
        }
        ConversationEvent::Dispatched { of, part, attempts, .. } => {
            conversation.outbound.note_tries(*attempts, at);
            conversation.outbound.finish(Utterance { of: *of, part: *part });
        }
        ConversationEvent::Discarded { of, part, .. } => {
            conversation.outbound.finish(Utterance { of: *of, part: *part });
        }
        ConversationEvent::DispatchFailed { of, part, code, attempts } => {
            conversation.outbound.note_tries(*attempts, at);
            let dead = DeadLetter { code: code.clone(), at };
            conversation.outbound.give_up(Utterance { of: *of, part: *part }, dead);
        }
        ConversationEvent::Redriven { of, part, .. } => {
            conversation.outbound.reopen(Utterance { of: *of, part: *part }, at);
        }
        ConversationEvent::ReceiptTaken { of, part, status, .. } => {
            conversation.outbound.note_receipt(Utterance { of: *of, part: *part }, *status);
        }
        ConversationEvent::SeenByAgent { agent, up_to } => {
            saw(&mut conversation, agent, (*up_to).min(stamp.version - 1));
        }
        ConversationEvent::RequesterDisconnected => note_presence(&mut conversation, None, Some(stamp)),
        ConversationEvent::RequesterReconnected | ConversationEvent::RequesterConnected => {
            note_presence(&mut conversation, Some(stamp), None);
        }
    }
    Some(conversation)
}

/// What anybody else saw says nothing about the agent who has it (`MSG-18`).
fn saw(conversation: &mut Conversation, agent: &AgentId, up_to: u64) {
    if conversation.is_owned_by(agent) {
        conversation.seen = conversation.seen.max(up_to);
    }
}

fn opened(at: Timestamp, event: &ConversationEvent) -> Option<Conversation> {
    let ConversationEvent::Opened { contact, channel, requester, company, policy, by_agent, user } = event
    else {
        return None;
    };
    Some(Conversation {
        version: 0,
        contact: *contact,
        channel: channel.clone(),
        requester: requester.clone(),
        company: company.clone(),
        policy: policy.clone(),
        opened: Stamp { version: 1, at },
        last_at: at,
        lifecycle: Lifecycle::New,
        closing: None,
        owner: Owner::Queue,
        participants: BTreeSet::new(),
        engaged: false,
        has_virtual_agent: false,
        // Whoever writes first waits for an agent, an agent does not.
        request: by_agent.is_none().then_some(1),
        offer: None,
        told: None,
        anchors: Anchors::default(),
        messages: MessageCounts::default(),
        user: user.clone(),
        opted_out: None,
        outbound: Outbound::default(),
        seen: 0,
        language: None,
        question: None,
    })
}

/// Nobody has it, and it waits for an agent.
fn wait(conversation: &mut Conversation, stamp: Stamp) {
    conversation.owner = Owner::Queue;
    conversation.lifecycle = Lifecycle::New;
    conversation.request = Some(stamp.version);
}

/// The virtual agent has it: shown as in progress, and nobody is waited for.
fn with_virtual_agent(conversation: &mut Conversation) {
    conversation.owner = Owner::VirtualAgent;
    conversation.has_virtual_agent = true;
    conversation.lifecycle = Lifecycle::WorkInProgress;
    conversation.request = None;
}

/// Who cannot be answered takes no agent's time: it is parked, or waits no longer. Opting in only makes it possible again
/// to write; whoever has it takes it up by hand (`OPT-6`).
fn consent_changed(conversation: &mut Conversation, stamp: Stamp, opted_out: bool) {
    conversation.opted_out = opted_out.then_some(stamp);
    if opted_out {
        conversation.request = None;
        if conversation.lifecycle == Lifecycle::WorkInProgress {
            conversation.lifecycle = Lifecycle::OnHold;
        }
    }
}

/// Disarms what waits for the requester (`IDLE-5`, `ACT-8`), arms what waits for the agent.
fn requester_wrote(conversation: &mut Conversation, stamp: Stamp) {
    conversation.messages.requester += 1;
    let anchors = &mut conversation.anchors;
    anchors.requester_last = Some(stamp);
    anchors.agent_last = None;
    anchors.idle_since = None;
    anchors.reminded = false;
    // ID-12: whoever is gone and writes some other way has the whole time again. Only a stream says that they are back.
    anchors.disconnected = anchors.disconnected.map(|_| stamp);
    // ACT-5, 18.8: writing twice cannot postpone the prompt.
    anchors.first_unanswered.get_or_insert(stamp);
}

/// `ID-12`: since when the requester is there, or gone.
fn note_presence(conversation: &mut Conversation, connected: Option<Stamp>, disconnected: Option<Stamp>) {
    conversation.anchors.connected = connected;
    conversation.anchors.disconnected = disconnected;
}

/// Learns the language (`VA-4`) and whether it was an answer (`MSG-26`), which ends nothing.
fn requester_said(conversation: &mut Conversation, message: &Message) {
    conversation.language = message.content.language().or(conversation.language.take());
    if let (Some(answer), Some(question)) = (message.content.answer(), &mut conversation.question) {
        question.answered |= question.message == answer.message;
    }
}

/// Only the latest choices can be answered. The language in which an agent wrote first holds until the requester says
/// another one (`PRO-9`).
fn agent_said(conversation: &mut Conversation, message: &Message) {
    conversation.language = conversation.language.take().or_else(|| message.content.language());
    if let Some(choices) = message.content.choices() {
        let options = choices.options().to_vec();
        conversation.question = Some(Question { message: message.id, options, answered: false });
    }
}

/// Whoever had it until now has lost it (`TR-4`), and was prompted for what the new owner was not.
fn assign(conversation: &mut Conversation, stamp: Stamp, agent: &AgentId, offer: Option<OfferId>) {
    if let Owner::Agent(previous) = &conversation.owner
        && previous != agent
    {
        conversation.participants.remove(previous);
        conversation.anchors.prompted = false;
    }
    conversation.owner = Owner::Agent(agent.clone());
    conversation.lifecycle = Lifecycle::WorkInProgress;
    conversation.request = None;
    conversation.offer = conversation.offer.max(offer);
    conversation.anchors.assigned = Some(stamp);
    conversation.seen = stamp.version;
}

/// Back to where it waits for an agent, without what runs against the requester or against the agent who had it: a chat
/// must not idle out in the queue, and nobody owes that agent an answer. The requester's own question still waits.
fn unassign(conversation: &mut Conversation, stamp: Stamp, agent: &AgentId, why: &Unassignment) {
    conversation.participants.remove(agent);
    conversation.owner = Owner::Queue;
    conversation.lifecycle = Lifecycle::New;
    conversation.request = Some(stamp.version);
    let anchors = &mut conversation.anchors;
    anchors.agent_last = None;
    anchors.idle_since = None;
    anchors.reminded = false;
    anchors.prompted = false;
    anchors.assigned = None;
    match why {
        Unassignment::ToQueue { .. } => anchors.transferred = Some(stamp),
        // Both follow from the requester's own message, so that there was no silence.
        Unassignment::Reassigned | Unassignment::ReassignedByAction { .. } => {}
    }
}

/// Joining is an automated agent-side message: it can start the idle clock, but answers nothing (`IDLE-4`, `ACT-6`).
fn agent_joined(conversation: &mut Conversation, stamp: Stamp, agent: &AgentId) {
    conversation.participants.insert(agent.clone());
    conversation.engaged = true;
    match conversation.policy {
        Policy::Chat { human_only: false, .. } => start_idle_clock(conversation, stamp),
        Policy::Chat { human_only: true, .. } | Policy::Messaging { .. } => {}
    }
}

fn agent_wrote(conversation: &mut Conversation, stamp: Stamp, agent: &AgentId) {
    conversation.messages.agent += 1;
    saw(conversation, agent, stamp.version);
    conversation.anchors.agent_last = Some(stamp);
    conversation.anchors.first_unanswered = None;
    conversation.anchors.prompted = false;
    conversation.anchors.human_agent_spoke = true;
    match conversation.policy {
        Policy::Chat { .. } => start_idle_clock(conversation, stamp),
        Policy::Messaging { .. } => {}
    }
}

/// A later agent-side message is a new anchor, and the reminder is possible again (`IDLE-4`). While nobody has the
/// conversation the clock stands (`IDLE-9`), though a second agent may still be in it and write.
fn start_idle_clock(conversation: &mut Conversation, stamp: Stamp) {
    if conversation.owner.agent().is_some() {
        conversation.anchors.idle_since = Some(stamp);
        conversation.anchors.reminded = false;
    }
}
