//! What the router and the conversations say of each other at the end of the log (`R2`, `C3`).

use crate::World;
use domain::conversation::{Conversation, ConversationEvent, Lifecycle, Owner};
use domain::router::{Errand, ErrandKind, Place, State};
use domain::routing::WorkItemId;
use domain::{AgentId, ConversationId};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a fact of a conversation is one that the router takes in.
pub(super) const fn matters(event: &ConversationEvent) -> bool {
    match event {
        ConversationEvent::Opened { by_agent: None, .. }
        | ConversationEvent::RequesterMessagePosted { .. }
        | ConversationEvent::AgentJoined { assigned: true, .. }
        | ConversationEvent::Unassigned { .. }
        | ConversationEvent::AgentRequested { .. }
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::WaitEnded { .. }
        | ConversationEvent::Held { .. }
        | ConversationEvent::Resumed { .. }
        | ConversationEvent::Closed { .. }
        | ConversationEvent::ConsentChanged { opted_out: true } => true,
        ConversationEvent::Opened { by_agent: Some(_), .. }
        | ConversationEvent::AgentJoined { assigned: false, .. }
        | ConversationEvent::WaitMessageSent { .. }
        | ConversationEvent::VirtualAgentEngaged
        | ConversationEvent::VirtualAgentMessagePosted { .. }
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected
        | ConversationEvent::RequesterConnected
        | ConversationEvent::Acknowledged { .. }
        | ConversationEvent::AgentMessagePosted { .. }
        | ConversationEvent::IdleReminderSent { .. }
        | ConversationEvent::AgentPrompted { .. }
        | ConversationEvent::Reassociated { .. }
        | ConversationEvent::ConsentChanged { opted_out: false }
        | ConversationEvent::Dispatched { .. }
        | ConversationEvent::DispatchFailed { .. }
        | ConversationEvent::Redriven { .. }
        | ConversationEvent::Discarded { .. }
        | ConversationEvent::ReceiptTaken { .. }
        | ConversationEvent::SeenByAgent { .. } => false,
    }
}

/// `R2`: the lists of agents and conversations are those of the items, and what is being accepted is being carried out.
pub(super) fn places(state: &State) -> Vec<String> {
    let mut of_agents: BTreeMap<&AgentId, BTreeSet<WorkItemId>> = BTreeMap::new();
    let mut of_conversations: BTreeMap<ConversationId, BTreeSet<WorkItemId>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (id, item) in &state.items {
        of_conversations.entry(item.subject.conversation).or_default().insert(*id);
        if let Some(agent) = item.agent() {
            of_agents.entry(agent).or_default().insert(*id);
        }
        let accepting = matches!(item.place, Place::Accepting(_));
        if accepting != state.errands.contains_key(&(*id, ErrandKind::Assign)) {
            let place = item.place.name();
            wrong.push(format!("item {id} is {place}, which its errands do not say (R2)"));
        }
    }
    for (agent, here) in &state.agents {
        if of_agents.remove(agent).unwrap_or_default() != here.items {
            wrong.push(format!("agent {agent}: the items are not those that name the agent (R2)"));
        }
    }
    wrong.extend(of_agents.keys().map(|agent| format!("agent {agent} has items and is unknown (R2)")));
    if of_conversations != state.conversations {
        wrong.push("the conversations' items are not those that name the conversations (R2)".to_owned());
    }
    wrong
}

/// `C3`: an agent has a conversation exactly if they accepted its item; what is over has none. How many agree; of the
/// others, those are wrong of which the router has taken in everything (`heard`) and for which nothing is still to be
/// done.
pub(super) fn owners(world: &World, heard: impl Fn(ConversationId) -> bool) -> (u64, Vec<String>) {
    let state = &world.router;
    let busy: BTreeSet<ConversationId> = state.errands.values().map(Errand::conversation).collect();
    let mut wrong = Vec::new();
    let mut agreeing = 0;
    for (id, conversation) in &world.conversations {
        if agree(conversation, *id, state) {
            agreeing += 1;
        } else if heard(*id) && !busy.contains(id) {
            let has = conversation.owner.agent().map_or("nobody", AgentId::as_str);
            let (lifecycle, own) = (conversation.lifecycle.name(), state.own_item(*id));
            let place = own.map_or("over", |item| item.place.name());
            wrong.push(format!(
                "conversation {id} is {lifecycle} and {has} has it, but its item is {place} (C3)"
            ));
        }
    }
    let unknown = state.conversations.keys().filter(|id| !world.conversations.contains_key(id));
    wrong.extend(unknown.map(|id| format!("conversation {id} has items and does not exist (C3)")));
    (agreeing, wrong)
}

/// Of a conversation that waits without an item nothing is said: it may be on a channel without live agents (`CH-7`).
fn agree(conversation: &Conversation, id: ConversationId, state: &State) -> bool {
    if conversation.is_closed() {
        return !state.conversations.contains_key(&id);
    }
    let own = state.own_item(id).map(|item| &item.place);
    match (&conversation.owner, own) {
        (Owner::Agent(owner), Some(Place::Accepted { agent, on_hold, .. })) => {
            owner == agent && *on_hold == (conversation.lifecycle == Lifecycle::OnHold)
        }
        (Owner::Queue, Some(Place::Queued | Place::Offered(_) | Place::Unrouted(_))) => {
            conversation.request.is_some()
        }
        (Owner::Queue | Owner::VirtualAgent, None) => true,
        (Owner::Agent(_) | Owner::Queue | Owner::VirtualAgent, _) => false,
    }
}
