//! The shape of the JSON, which clients and exports rely on.

use super::samples::{self, AT, agent, later};
use crate::json::{cause, event_data, event_type};
use domain::Event;
use domain::conversation::{ClosedBy, ClosedState, ConversationEvent, StateReason, TimerKind};
use serde_json::{Value, json};

/// The data of the first sample of that name.
fn data(name: &str) -> Value {
    let envelope = samples::envelopes().into_iter().find(|envelope| event_type(&envelope.event) == name);
    event_data(&envelope.unwrap().event)
}

#[test]
fn an_opened_conversation_shows_its_policy() {
    assert_eq!(
        data("conversation.opened"),
        json!({
            "mode": "chat",
            "channel": "sms",
            "requester": "+12025550123",
            "company": "+12025550100",
            "contact": "abababababababababababababababab",
            "policy": {
                "mode": "chat",
                "reminder_s": 180,
                "cancel_s": 360,
                "human_only": true,
                "quantum_s": 120,
                "disconnect_s": 0,
                "idle_s": 7200,
            },
            "by_agent": null,
        })
    );
}

#[test]
fn a_message_shows_its_content() {
    assert_eq!(
        data("conversation.requester_message_posted"),
        json!({
            "message_id": "00000000-0000-0000-0000-000000000002",
            "text": "Grüße, where is my order?",
            "attachments": [
                { "url": "https://files.example/1.png", "content_type": "image/png", "name": "receipt.png" },
                { "url": "https://files.example/1.png", "content_type": "image/png", "name": null },
            ],
            "context": { "language": "de", "page": "/cart" },
            "sent_at": "2017-10-31T22:10:47.000Z",
            "counts_from": "2017-10-31T22:10:48.000Z",
        })
    );
    assert_eq!(data("conversation.agent_message_posted")["agent"], "ann.lee");
}

/// T1
#[test]
fn what_a_timer_did_says_when_it_was_due() {
    let due = "2017-10-31T22:10:47.000Z";
    assert_eq!(data("conversation.idle_reminder_sent")["due"], due);
    assert_eq!(data("conversation.agent_prompted")["due"], due);
    let closed = |by| {
        event_data(&Event::Conversation(ConversationEvent::Closed {
            state: ClosedState::Complete,
            reason: StateReason::NoUserResponse,
            by,
            requester_text: None,
        }))
    };
    assert_eq!(
        closed(ClosedBy::Timer { kind: TimerKind::IdleCancel, due: AT }),
        json!({
            "state": "closed_complete",
            "reason": "no_user_response",
            "by": { "kind": "timer", "timer": "idle_cancel", "due": due },
            "due": due,
            "requester_text": null,
        })
    );
    assert_eq!(closed(ClosedBy::Agent(agent("eve"))).get("due"), None);
}

/// LC-5, RE-5, TR-1, Q-13, QT-1
#[test]
fn what_came_of_a_wait_shows_by_which_offer_or_why_and_what_the_requester_is_told() {
    let all = |name: &str| -> Vec<Value> {
        let envelopes = samples::envelopes().into_iter();
        envelopes.filter(|each| event_type(&each.event) == name).map(|each| event_data(&each.event)).collect()
    };
    assert_eq!(
        all("conversation.agent_joined")[2],
        json!({
            "agent": "ann.lee",
            "assigned": true,
            "offer": { "item": "7", "number": 2 },
            "greeting": "Ann is here.",
        })
    );
    let due = "2017-10-31T22:10:47.000Z";
    assert_eq!(
        all("conversation.unassigned"),
        [
            json!({ "agent": "ann.lee", "why": { "kind": "reassigned" } }),
            json!({ "agent": "ann.lee", "why": { "kind": "reassigned_by_action", "due": due }, "due": due }),
            json!({ "agent": "ann.lee", "why": { "kind": "to_queue", "queue": "billing", "by": "eve" } }),
        ]
    );
    assert_eq!(data("conversation.agent_requested"), json!({}));
    assert_eq!(data("conversation.agent_request_cancelled"), json!({}));
    assert_eq!(data("conversation.wait_ended"), json!({ "item": "7", "requester_text": "Nobody is free." }));
    assert_eq!(
        data("conversation.wait_message_sent"),
        json!({ "item": "7", "number": 3, "text": "Please wait." })
    );
    assert_eq!(all("conversation.closed")[9]["by"], json!({ "kind": "router" }));
    assert_eq!(all("conversation.opened")[2]["policy"]["reassign_after_s"], 3600);
}

#[test]
fn the_other_facts_show_what_they_hold() {
    let id = samples::conversation_id().to_string();
    assert_eq!(
        data("conversation.agent_joined"),
        json!({ "agent": "ann.lee", "assigned": true, "offer": null, "greeting": null })
    );
    assert_eq!(data("conversation.held"), json!({ "agent": "ann.lee" }));
    assert_eq!(data("conversation.resumed"), json!({ "by": { "kind": "agent", "agent": "ann.lee" } }));
    assert_eq!(data("contact.created"), json!({ "channel": "sms", "address": "+12025550123" }));
    for name in ["contact.conversation_activated", "contact.conversation_released"] {
        assert_eq!(data(name), json!({ "company": "+12025550100", "conversation": id }));
    }
    assert_eq!(data("configuration.channel_retired"), json!({ "channel": "fax" }));
    let at = |seconds| crate::json::timestamp(later(seconds));
    assert_eq!(data("engine.started"), json!({ "wall": at(0), "timeline": at(1), "last": at(1) }));
    assert_eq!(data("engine.clock_stepped"), json!({ "wall": at(0), "step_ms": -3_600_000 }));
}

#[test]
fn a_configured_channel_shows_its_settings_under_the_names_of_the_configuration() {
    let mut shown = data("configuration.channel_configured");
    assert_eq!(shown["channel"], "mweb");
    let settings = shown["settings"].take();
    assert_eq!(settings["addresses"], json!(["+12025550100", "+12025550199"]));
    assert_eq!(settings["global_idle_timeout_s"], 7000);
    assert_eq!(settings["idle_chat"]["cancel_timeout_s"], 360);
    assert_eq!(
        settings["actions"],
        json!({ "prompt_agent_after_s": 1800, "abandon_after_s": null, "reassign_after_s": null })
    );
    assert_eq!(settings["live_agents"], true);
    assert_eq!(settings["messages"]["idle_chat_agent_message"], "Wait.");
}

#[test]
fn a_cause_shows_what_it_follows_from_if_anything() {
    let correlation = "01910000-0000-7000-8000-000000000001";
    assert_eq!(
        cause(&samples::cause(0)),
        json!({ "role": "gateway", "name": "gateway-1", "correlation": correlation })
    );
    assert_eq!(
        cause(&samples::cause(1)),
        json!({
            "role": "requester",
            "name": "requester-1",
            "causation": { "stream": samples::conversation_id().to_string(), "version": 1 },
            "correlation": correlation,
        })
    );
}
