//! What the router is told of conversations.

use super::world::World;
use domain::channel::{ChannelKind, Mode};
use domain::conversation::{Conversation, ConversationEvent, Unassignment};
use domain::router::{Fact, Subject, UnassignedWhy, Variables, What};
use domain::{ContactId, ConversationId};

impl World {
    /// What an event of a record means to routing, if anything. The engine's intake says the same.
    pub(super) fn fact(
        &self,
        id: ConversationId,
        state: &Conversation,
        event: &ConversationEvent,
        record: &[ConversationEvent],
    ) -> Option<Fact> {
        let subject = || Box::new(subject(id, state));
        let what = match event {
            ConversationEvent::Opened { by_agent, .. } => match by_agent {
                None if record.contains(&ConversationEvent::VirtualAgentEngaged) => return None,
                None => What::Asked { subject: subject(), variables: self.variables(state.contact) },
                Some(_) => return None,
            },
            ConversationEvent::AgentRequested { .. } => {
                What::Asked { subject: subject(), variables: self.variables(state.contact) }
            }
            ConversationEvent::AgentRequestCancelled => What::Cancelled,
            ConversationEvent::RequesterMessagePosted { .. } if record.iter().any(asks) => return None,
            ConversationEvent::RequesterMessagePosted { .. } => What::Wrote { variables: Variables::new() },
            ConversationEvent::AgentJoined { agent, assigned: true, offer, greeting: _ } => {
                What::Assigned { agent: agent.clone(), offer: *offer, subject: subject() }
            }
            ConversationEvent::Unassigned { agent, why } => What::Unassigned {
                agent: agent.clone(),
                why: match why {
                    Unassignment::Reassigned => UnassignedWhy::Reassigned,
                    Unassignment::ReassignedByAction { due: _ } => UnassignedWhy::ByAction,
                    Unassignment::ToQueue { queue, by: _ } => UnassignedWhy::ToQueue(queue.clone()),
                },
                subject: subject(),
                variables: self.variables(state.contact),
            },
            ConversationEvent::Held { .. } => What::HoldChanged { on_hold: true },
            ConversationEvent::Resumed { .. } => What::HoldChanged { on_hold: false },
            ConversationEvent::WaitEnded { .. } => What::WaitEnded,
            ConversationEvent::Closed { .. } => What::Closed,
            ConversationEvent::AgentJoined { assigned: false, .. }
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
            // Nobody opts out in the worlds of routing.
            | ConversationEvent::ConsentChanged { .. }
            | ConversationEvent::Dispatched { .. }
            | ConversationEvent::DispatchFailed { .. }
            | ConversationEvent::Redriven { .. }
            | ConversationEvent::Discarded { .. }
            | ConversationEvent::ReceiptTaken { .. }
            | ConversationEvent::SeenByAgent { .. } => return None,
        };
        Some(Fact { conversation: id, at: self.now, what })
    }

    fn variables(&self, contact: ContactId) -> Variables {
        let requester = self.setting.requesters.get(usize::from(contact.0[0]));
        requester.map(|requester| requester.variables.clone()).unwrap_or_default()
    }
}

/// Whether a message that comes with it is the one that asks for an agent.
const fn asks(event: &ConversationEvent) -> bool {
    matches!(event, ConversationEvent::Opened { .. } | ConversationEvent::AgentRequested { .. })
}

fn subject(id: ConversationId, state: &Conversation) -> Subject {
    let kind = match state.policy.mode() {
        Mode::Chat => ChannelKind::Mweb,
        Mode::Messaging => ChannelKind::Sms,
    };
    Subject {
        conversation: id,
        contact: state.contact,
        channel: state.channel.clone(),
        kind: Some(kind),
        mode: state.policy.mode(),
        company: state.company.clone(),
    }
}
