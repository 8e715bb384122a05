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
            "user": null,
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
    assert_eq!(data("conversation.agent_requested"), json!({ "from_virtual_agent": false }));
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
    let pair = || json!({ "company": "+12025550100", "conversation": id });
    let mut activated = pair();
    activated["by_agent"] = false.into();
    assert_eq!(data("contact.conversation_activated"), activated);
    assert_eq!(data("contact.conversation_released"), pair());
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

/// ID-9, OPT-6, ID-14
#[test]
fn who_a_requester_is_and_what_they_allow_shows_on_whose_word_and_no_pin() {
    let by = json!({ "kind": "agent", "agent": "ann.lee" });
    let said = json!({ "from": null, "to": "u-2", "by": by, "reason": "she said so" });
    assert_eq!(data("conversation.reassociated"), said);
    assert_eq!(data("conversation.consent_changed"), json!({ "opted_out": true }));
    assert_eq!(
        data("contact.profile_created"),
        json!({ "profile": 1, "user": "u-1", "why": "directory_match" })
    );
    assert_eq!(data("contact.profile_reassociated")["profile"], 1);
    assert_eq!(data("contact.profile_deactivated"), json!({ "profile": 1, "by": "ann.lee" }));
    for name in ["contact.opted_out", "contact.opted_in"] {
        assert_eq!(data(name), json!({ "company": "+12025550100", "keyword": "stop" }));
    }
    assert_eq!(data("contact.notifications_set"), json!({ "company": "+12025550100", "on": true }));
    let at = |seconds| crate::json::timestamp(later(seconds));
    assert_eq!(data("contact.verification_failed"), json!({ "at": at(0) }));
    assert_eq!(data("contact.verification_locked"), json!({ "until": at(86_400) }));
    assert_eq!(data("directory.user_put")["phones"], json!(["+12025550101", "+442079460018"]));
    for name in ["directory.user_removed", "directory.pin_set", "directory.pin_accepted"] {
        assert_eq!(data(name), json!({ "user": "u-1" }));
    }
    assert_eq!(data("directory.pin_failed"), json!({ "user": "u-1", "at": at(0) }));
    assert_eq!(data("directory.pin_locked"), json!({ "user": "u-1", "until": at(86_400) }));
    assert_eq!(data("configuration.channel_configured")["settings"]["pin_limits"]["attempts"], 3);
}
/// CH-10, MSG-19
#[test]
fn what_became_of_a_delivery_shows_which_one_it_was() {
    let key = json!({ "of": 7, "part": 1 });
    for name in ["dispatched", "dispatch_failed", "redriven", "discarded", "receipt_taken"] {
        let data = data(&format!("conversation.{name}"));
        assert_eq!(json!({ "of": data["of"], "part": data["part"] }), key, "{name}");
    }
    assert_eq!(data("conversation.dispatched")["provider_id"], "SM0123456789");
    assert_eq!(data("conversation.dispatch_failed")["code"], "twilio_21610");
    assert_eq!(data("conversation.redriven")["by"], "eve");
    assert_eq!(data("conversation.receipt_taken")["status"], "delivered");
}
/// MSG-26
#[test]
fn choices_and_their_answer_show_what_they_belong_to() {
    let all = |name: &str| -> Vec<Value> {
        let envelopes = samples::envelopes().into_iter();
        envelopes.filter(|each| event_type(&each.event) == name).map(|each| event_data(&each.event)).collect()
    };
    let asked = &all("conversation.agent_message_posted")[1];
    assert_eq!(asked["component"], "answered_question");
    assert_eq!(asked["choices"][1], json!({ "value": "no", "label": "No, 2" }));
    let answered = &all("conversation.requester_message_posted")[2];
    assert_eq!(answered["answer"], json!({ "message_id": asked["message_id"], "value": "yes" }));
    assert_eq!(answered["attachments"][0]["size_bytes"], 70_000);
    let text = json!({ "language": "pt-br", "key": "agent_transfer", "text": "Um momento." });
    assert_eq!(data("configuration.text_configured"), text);
    let files = json!({ "channel": "web", "types": ["image/*"], "max_bytes": 70_000 });
    assert_eq!(data("configuration.attachments_configured"), files);
    assert_eq!(data("configuration.component_configured")["choices"][0]["value"], "yes");
}
