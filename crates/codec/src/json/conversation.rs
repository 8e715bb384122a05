//! Facts about a conversation as JSON.

use super::{identity, outbound, timestamp};
use domain::conversation::Unassignment;
use domain::conversation::{ClosedBy, ClosedState, ConversationEvent, Policy, ResumedBy, StateReason};
use domain::routing::{OfferId, WorkItemId};
use domain::{AgentId, Answer, Attachment, Choice, Message, Seconds, Timestamp};
use serde_json::{Map, Value, json};

#[expect(clippy::too_many_lines, reason = "one arm a fact, and no arm for the rest")]
pub(super) fn data(event: &ConversationEvent) -> Value {
    match event {
        ConversationEvent::Opened {
            contact,
            channel,
            requester,
            company,
            policy: goes_by,
            by_agent,
            user,
        } => {
            json!({
                "mode": goes_by.mode().name(),
                "channel": channel.as_str(),
                "requester": requester.expose().as_str(),
                "company": company.as_str(),
                "contact": contact.to_string(),
                "policy": policy(goes_by),
                "by_agent": by_agent.as_ref().map(|agent| agent.as_str()),
                "user": user.as_ref().map(|user| user.as_str()),
            })
        }
        ConversationEvent::RequesterMessagePosted { message: said, sent_at, counts_from } => {
            let mut value = message(said);
            value["sent_at"] = json!(sent_at.map(timestamp));
            value["counts_from"] = json!(timestamp(*counts_from));
            value
        }
        ConversationEvent::AgentJoined { agent, assigned, offer: by, greeting } => json!({
            "agent": agent.as_str(),
            "assigned": assigned,
            "offer": by.map(offer),
            "greeting": greeting,
        }),
        ConversationEvent::Unassigned { agent, why } => unassigned(agent, why),
        ConversationEvent::AgentRequested { from_virtual_agent } => {
            json!({ "from_virtual_agent": from_virtual_agent })
        }
        ConversationEvent::VirtualAgentMessagePosted { message: said } => message(said),
        ConversationEvent::AgentRequestCancelled
        | ConversationEvent::VirtualAgentEngaged
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected
        | ConversationEvent::RequesterConnected => json!({}),
        ConversationEvent::Acknowledged { text } => json!({ "requester_text": text }),
        ConversationEvent::WaitEnded { item: WorkItemId(item), requester_text } => {
            json!({ "item": item.to_string(), "requester_text": requester_text })
        }
        ConversationEvent::WaitMessageSent { item: WorkItemId(item), number, text } => {
            json!({ "item": item.to_string(), "number": number, "text": text })
        }
        ConversationEvent::AgentMessagePosted { agent, message: said } => {
            let mut value = message(said);
            value["agent"] = json!(agent.as_str());
            value
        }
        ConversationEvent::Held { agent } => json!({ "agent": agent.as_str() }),
        ConversationEvent::Resumed { by } => match by {
            ResumedBy::Agent(agent) => json!({ "by": { "kind": "agent", "agent": agent.as_str() } }),
            ResumedBy::RequesterMessage => json!({ "by": { "kind": "requester_message" } }),
        },
        ConversationEvent::IdleReminderSent { due, requester_text, agent_text } => json!({
            "due": timestamp(*due),
            "requester_text": requester_text,
            "agent_text": agent_text,
        }),
        ConversationEvent::AgentPrompted { due, agent, text } => {
            json!({ "due": timestamp(*due), "agent": agent.as_str(), "text": text })
        }
        ConversationEvent::Closed { state, reason, by, requester_text } => {
            closed(*state, *reason, by, requester_text.as_deref())
        }
        ConversationEvent::Reassociated { from, to, grounds } => {
            identity::reassociated(from.as_ref(), to, grounds)
        }
        ConversationEvent::ConsentChanged { opted_out } => json!({ "opted_out": opted_out }),
        ConversationEvent::Dispatched { of, part, provider_id, attempts } => {
            outbound::dispatched(*of, *part, provider_id.as_ref(), *attempts)
        }
        ConversationEvent::DispatchFailed { of, part, code, attempts } => {
            outbound::dispatch_failed(*of, *part, code, *attempts)
        }
        ConversationEvent::Redriven { of, part, by } | ConversationEvent::Discarded { of, part, by } => {
            outbound::by(*of, *part, by)
        }
        ConversationEvent::ReceiptTaken { of, part, status, code } => {
            outbound::receipt_taken(*of, *part, *status, code.as_deref())
        }
        ConversationEvent::SeenByAgent { agent, up_to } => {
            json!({ "agent": agent.as_str(), "up_to": up_to })
        }
    }
}

fn message(message: &Message) -> Value {
    let Message { id, content } = message;
    let context: Map<String, Value> =
        content.context().iter().map(|(key, value)| (key.clone(), json!(value.expose()))).collect();
    let mut value = json!({
        "message_id": id.to_string(),
        "text": content.text().expose(),
        "attachments": content.attachments().iter().map(attachment).collect::<Vec<_>>(),
        "context": context,
    });
    if let Some(choices) = content.choices() {
        value["component"] = json!(choices.component().map(|name| name.as_str()));
        value["choices"] = choices.options().iter().map(choice).collect();
    }
    if let Some(Answer { message, value: chosen }) = content.answer() {
        value["answer"] = json!({ "message_id": message.to_string(), "value": chosen });
    }
    value
}

pub(super) fn choice(choice: &Choice) -> Value {
    let Choice { value, label } = choice;
    json!({ "value": value, "label": label.expose() })
}

fn attachment(attachment: &Attachment) -> Value {
    let Attachment { url, content_type, name, size_bytes } = attachment;
    let mut value = json!({
        "url": url.expose(),
        "content_type": content_type,
        "name": name.as_ref().map(|name| name.expose()),
    });
    if let Some(size) = size_bytes {
        value["size_bytes"] = json!(size);
    }
    value
}

fn policy(policy: &Policy) -> Value {
    match policy {
        Policy::Chat { reminder, cancel, human_only, quantum, idle, disconnect } => json!({
            "mode": policy.mode().name(),
            "reminder_s": reminder.0,
            "cancel_s": cancel.0,
            "human_only": human_only,
            "quantum_s": quantum.0,
            "idle_s": idle.0,
            "disconnect_s": disconnect.0,
        }),
        Policy::Messaging { prompt_agent_after, abandon_after, reassign_after, idle } => json!({
            "mode": policy.mode().name(),
            "prompt_agent_after_s": seconds(*prompt_agent_after),
            "abandon_after_s": seconds(*abandon_after),
            "reassign_after_s": seconds(*reassign_after),
            "idle_s": seconds(*idle),
        }),
    }
}

fn offer(OfferId { item: WorkItemId(item), number }: OfferId) -> Value {
    json!({ "item": item.to_string(), "number": number })
}

/// The due time of the action stands beside the fact too, as in [`closed`].
fn unassigned(agent: &AgentId, why: &Unassignment) -> Value {
    let (why, due): (Value, Option<Timestamp>) = match why {
        Unassignment::Reassigned => (json!({ "kind": "reassigned" }), None),
        Unassignment::ReassignedByAction { due } => {
            (json!({ "kind": "reassigned_by_action", "due": timestamp(*due) }), Some(*due))
        }
        Unassignment::ToQueue { queue, by } => {
            (json!({ "kind": "to_queue", "queue": queue.as_str(), "by": by.as_str() }), None)
        }
    };
    let mut value = json!({ "agent": agent.as_str(), "why": why });
    if let Some(due) = due {
        value["due"] = json!(timestamp(due));
    }
    value
}

/// A timer's due time stands beside the fact too, where the other facts that a timer makes have it.
fn closed(state: ClosedState, reason: StateReason, by: &ClosedBy, requester_text: Option<&str>) -> Value {
    let (by, due): (Value, Option<Timestamp>) = match by {
        ClosedBy::Requester => (json!({ "kind": "requester" }), None),
        ClosedBy::Agent(agent) => (json!({ "kind": "agent", "agent": agent.as_str() }), None),
        ClosedBy::Supervisor(agent) => (json!({ "kind": "supervisor", "agent": agent.as_str() }), None),
        ClosedBy::Timer { kind, due } => {
            (json!({ "kind": "timer", "timer": kind.name(), "due": timestamp(*due) }), Some(*due))
        }
        ClosedBy::Engine => (json!({ "kind": "engine" }), None),
        ClosedBy::Router => (json!({ "kind": "router" }), None),
        ClosedBy::VirtualAgent => (json!({ "kind": "virtual_agent" }), None),
    };
    let mut value = json!({
        "state": state.name(),
        "reason": reason.name(),
        "by": by,
        "requester_text": requester_text,
    });
    if let Some(due) = due {
        value["due"] = json!(timestamp(due));
    }
    value
}

pub(super) fn seconds(span: Option<Seconds>) -> Option<u32> {
    span.map(|span| span.0)
}
