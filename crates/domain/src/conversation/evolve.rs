//! Applies facts to a conversation. Total and deterministic (`L4`): what was once accepted can always be applied again.

use super::{
    Anchors, Conversation, ConversationEvent, Lifecycle, MessageCounts, Owner, Policy, Unassignment,
};
use crate::routing::OfferId;
use crate::{AgentId, Stamp, Timestamp};
use std::collections::BTreeSet;

/// Applies one fact that was committed at `at`. A fact of a conversation that was never opened changes nothing.
#[must_use]
pub fn evolve(state: Option<Conversation>, at: Timestamp, event: &ConversationEvent) -> Option<Conversation> {
    let mut conversation = state.or_else(|| opened(at, event))?;
    conversation.version += 1;
    conversation.last_at = conversation.last_at.max(at);
    let stamp = Stamp { version: conversation.version, at };
    match event {
        ConversationEvent::Opened { .. } => {}
        ConversationEvent::RequesterMessagePosted { counts_from, .. } => {
            requester_wrote(&mut conversation, Stamp { at: *counts_from, ..stamp });
        }
        ConversationEvent::AgentJoined { agent, assigned, offer, greeting: _ } => {
            if *assigned {
                assign(&mut conversation, stamp, agent, *offer);
            }
            agent_joined(&mut conversation, stamp, agent);
        }
        ConversationEvent::Unassigned { agent, why } => unassign(&mut conversation, stamp, agent, why),
        ConversationEvent::AgentRequested => conversation.request = Some(stamp.version),
        ConversationEvent::AgentRequestCancelled | ConversationEvent::WaitEnded { .. } => {
            conversation.request = None;
        }
        ConversationEvent::WaitMessageSent { item, number, text: _ } => {
            conversation.told = Some((*item, *number));
        }
        ConversationEvent::AgentMessagePosted { .. } => agent_wrote(&mut conversation, stamp),
        ConversationEvent::Held { .. } => conversation.lifecycle = Lifecycle::OnHold,
        ConversationEvent::Resumed { .. } => conversation.lifecycle = Lifecycle::WorkInProgress,
        ConversationEvent::IdleReminderSent { .. } => conversation.anchors.reminded = true,
        ConversationEvent::AgentPrompted { .. } => conversation.anchors.prompted = true,
        ConversationEvent::Closed { state, reason, .. } => {
            conversation.lifecycle = Lifecycle::Closed;
            conversation.closing = Some((*state, *reason));
            conversation.request = None;
        }
        ConversationEvent::RequesterDisconnected => conversation.anchors.disconnected = Some(stamp),
        ConversationEvent::RequesterReconnected => conversation.anchors.disconnected = None,
    }
    Some(conversation)
}

fn opened(at: Timestamp, event: &ConversationEvent) -> Option<Conversation> {
    let ConversationEvent::Opened { contact, channel, requester, company, policy, by_agent } = event else {
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
        // Whoever writes first waits for an agent, an agent does not.
        request: by_agent.is_none().then_some(1),
        offer: None,
        told: None,
        anchors: Anchors::default(),
        messages: MessageCounts::default(),
    })
}

/// Disarms what waits for the requester (`IDLE-5`, `ACT-8`), arms what waits for the agent.
fn requester_wrote(conversation: &mut Conversation, stamp: Stamp) {
    conversation.messages.requester += 1;
    let anchors = &mut conversation.anchors;
    anchors.requester_last = Some(stamp);
    anchors.agent_last = None;
    anchors.idle_since = None;
    anchors.reminded = false;
    // ID-12: whoever writes is there, by whatever way the message came.
    anchors.disconnected = None;
    // ACT-5, 18.8: writing twice cannot postpone the prompt.
    anchors.first_unanswered.get_or_insert(stamp);
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

fn agent_wrote(conversation: &mut Conversation, stamp: Stamp) {
    conversation.messages.agent += 1;
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
    if conversation.owner != Owner::Queue {
        conversation.anchors.idle_since = Some(stamp);
        conversation.anchors.reminded = false;
    }
}
