//! Facts, timers and state in the words of the stories.

use crate::Timestamp;
use crate::contact::Grounds;
use crate::conversation::{ClosedBy, Conversation, ConversationEvent, Owner, ResumedBy, Timer, Unassignment};
use crate::routing::OfferId;

/// `-` for nothing.
pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "-".to_owned() } else { items.join(", ") }
}

pub(super) fn timer(timer: Timer) -> String {
    format!("{} at {}", timer.kind.name(), seconds(timer.due))
}

/// Where it stands, who has it and who is in it.
pub(super) fn state(state: Option<&Conversation>) -> String {
    let Some(state) = state else { return "none".to_owned() };
    let owner = match &state.owner {
        Owner::Queue => "queue".to_owned(),
        Owner::VirtualAgent => "bot".to_owned(),
        Owner::Agent(agent) => agent.to_string(),
    };
    let participants: Vec<String> = state.participants.iter().map(ToString::to_string).collect();
    format!("{} of {owner} with [{}]", state.lifecycle.name(), participants.join(" "))
}

/// The version of the event with which it waits for an agent.
pub(super) fn request(state: Option<&Conversation>) -> String {
    let request = state.and_then(|state| state.request);
    request.map_or("none".to_owned(), |version| format!("of {version}"))
}

pub(super) fn event(event: &ConversationEvent) -> String {
    match event {
        ConversationEvent::Opened { by_agent, .. } => {
            by_agent.as_ref().map_or("opened".to_owned(), |agent| format!("opened by {agent}"))
        }
        ConversationEvent::RequesterMessagePosted { counts_from, .. } => {
            format!("message of {}", seconds(*counts_from))
        }
        ConversationEvent::AgentJoined { agent, assigned, offer: with, greeting: _ } => {
            let what = if *assigned { "assigned" } else { "added" };
            with.map_or(format!("{agent} {what}"), |with| format!("{agent} {what} by {}", offer(with)))
        }
        ConversationEvent::Unassigned { agent, why } => format!("{agent} unassigned {}", unassignment(why)),
        ConversationEvent::AgentRequested { from_virtual_agent: true } => "agent requested of bot".to_owned(),
        ConversationEvent::AgentRequested { from_virtual_agent: false } => "agent requested".to_owned(),
        ConversationEvent::VirtualAgentEngaged => "bot has it".to_owned(),
        ConversationEvent::VirtualAgentMessagePosted { .. } => "bot wrote".to_owned(),
        ConversationEvent::AgentRequestCancelled => "request cancelled".to_owned(),
        ConversationEvent::RequesterDisconnected => "requester gone".to_owned(),
        ConversationEvent::RequesterReconnected => "requester back".to_owned(),
        ConversationEvent::RequesterConnected => "requester there".to_owned(),
        ConversationEvent::Acknowledged { text } => format!("acknowledged with {text}"),
        ConversationEvent::WaitEnded { item, .. } => format!("wait {item} ended"),
        ConversationEvent::WaitMessageSent { item, number, .. } => format!("told {item}.{number}"),
        ConversationEvent::AgentMessagePosted { agent, .. } => format!("{agent} wrote"),
        ConversationEvent::Held { agent } => format!("held by {agent}"),
        ConversationEvent::Resumed { by: ResumedBy::Agent(agent) } => format!("resumed by {agent}"),
        ConversationEvent::Resumed { by: ResumedBy::RequesterMessage } => "resumed".to_owned(),
        ConversationEvent::IdleReminderSent { due, .. } => format!("reminder due {}", seconds(*due)),
        ConversationEvent::AgentPrompted { due, agent, .. } => {
            format!("{agent} prompted due {}", seconds(*due))
        }
        ConversationEvent::Closed { state, reason, by, .. } => {
            format!("{}/{} by {}", state.name(), reason.name(), closer(by))
        }
        ConversationEvent::Reassociated { from, to, grounds } => {
            let from = from.as_ref().map_or("nobody", |from| from.as_str());
            let word = match grounds {
                Grounds::Stated { by, .. } => by.as_str(),
                Grounds::Pin => "pin",
            };
            format!("from {from} to {to} by {word}")
        }
        ConversationEvent::ConsentChanged { opted_out: true } => "opted out".to_owned(),
        ConversationEvent::ConsentChanged { opted_out: false } => "opted in".to_owned(),
        ConversationEvent::Dispatched { of, part, attempts, .. } => {
            format!("{of}.{part} dispatched at try {attempts}")
        }
        ConversationEvent::DispatchFailed { of, part, code, .. } => format!("{of}.{part} dead by {code}"),
        ConversationEvent::Redriven { of, part, .. } => format!("{of}.{part} redriven"),
        ConversationEvent::Discarded { of, part, .. } => format!("{of}.{part} discarded"),
        ConversationEvent::ReceiptTaken { of, part, status, .. } => format!("{of}.{part} {}", status.name()),
        ConversationEvent::SeenByAgent { agent, up_to } => format!("{agent} saw {up_to}"),
    }
}

fn unassignment(why: &Unassignment) -> String {
    match why {
        Unassignment::Reassigned => "to be reassigned".to_owned(),
        Unassignment::ReassignedByAction { due } => format!("due {}", seconds(*due)),
        Unassignment::ToQueue { queue, by } => format!("to {queue} by {by}"),
    }
}

fn closer(by: &ClosedBy) -> String {
    match by {
        ClosedBy::Requester => "requester".to_owned(),
        ClosedBy::Agent(agent) => agent.to_string(),
        ClosedBy::Supervisor(agent) => format!("supervisor {agent}"),
        ClosedBy::Timer { kind, due } => format!("{} due {}", kind.name(), seconds(*due)),
        ClosedBy::Engine => "engine".to_owned(),
        ClosedBy::Router => "router".to_owned(),
        ClosedBy::VirtualAgent => "bot".to_owned(),
    }
}

fn offer(OfferId { item, number }: OfferId) -> String {
    format!("{item}.{number}")
}

fn seconds(at: Timestamp) -> i64 {
    assert_eq!(at.0 % 1000, 0, "the stories happen at whole seconds");
    at.0 / 1000
}
