//! The shape of the router's facts in JSON, which clients and exports rely on.

use super::samples;
use crate::json::{event_data, event_type};
use serde_json::{Value, json};

/// The data of all samples of that name.
fn all(name: &str) -> Vec<Value> {
    let envelopes = samples::envelopes().into_iter().filter(|envelope| event_type(&envelope.event) == name);
    envelopes.map(|envelope| event_data(&envelope.event)).collect()
}

fn at(seconds: usize) -> String {
    crate::json::timestamp(samples::later(seconds))
}

#[test]
fn a_created_item_shows_whose_work_it_is_and_why() {
    let created = all("router.item_created");
    assert_eq!(
        created[0],
        json!({
            "item": "70000",
            "subject": {
                "conversation": samples::conversation_id().to_string(),
                "contact": "abababababababababababababababab",
                "channel": "web",
                "kind": "mweb",
                "mode": "chat",
                "company": "+12025550100",
            },
            "variables": { "language": "de", "name": "Grüße" },
            "origin": { "kind": "asked" },
            "previous": null,
            "asked": at(0),
        })
    );
    assert_eq!((&created[1]["subject"]["kind"], &created[1]["previous"]), (&Value::Null, &json!("69999")));
    let origins: Vec<_> = created.iter().map(|data| data["origin"].clone()).collect();
    assert_eq!(origins[1], json!({ "kind": "reassigned", "from": "ann.lee", "by_action": true }));
    assert_eq!(origins[2], json!({ "kind": "to_queue", "from": "ann.lee", "queue": "billing" }));
    assert_eq!(origins[3], json!({ "kind": "to_agent", "from": "ann.lee" }));
    assert_eq!(origins[4], json!({ "kind": "by_hand" }));
}

#[test]
fn a_queued_item_shows_what_it_needs_and_for_whom_it_waits() {
    assert_eq!(
        all("router.queued")[0],
        json!({
            "item": "70000",
            "queue": "billing",
            "service_channel": "chat",
            "size": 300,
            "skills": [
                { "skill": "german", "level": 10, "need": "mandatory", "drop_order": null },
                { "skill": "billing", "level": 5, "need": "additional", "drop_order": 2 },
                { "skill": "chess", "level": 0, "need": "optional", "drop_order": null },
            ],
            "affine": ["bob@desk-4", "ann.lee"],
            "hold_until": at(30),
            "spared": { "agent": "eve", "until": at(60) },
            "overflow_from": "gold",
        })
    );
    assert_eq!(all("router.unrouted")[2], json!({ "item": "70000", "why": "look_back" }));
}

#[test]
fn an_offer_shows_to_whom_and_until_when_and_how_it_ended() {
    let offer = json!({
        "agent": "ann.lee",
        "number": 2,
        "at": at(0),
        "expires": at(30),
        "pool": 1,
        "reject_allowed": true,
        "transferred_from": null,
    });
    assert_eq!(
        all("router.offered")[0],
        json!({ "item": "70000", "offer": offer, "service_channel": "chat", "size": 2 })
    );
    let ended = all("router.offer_ended");
    let rejected = json!({ "kind": "rejected", "reason": "busy" });
    assert_eq!(
        ended[0],
        json!({ "item": "70000", "agent": "ann.lee", "why": rejected, "exclude": { "kind": "for_good" } })
    );
    assert_eq!(ended[1]["exclude"], json!({ "kind": "until", "until": at(300) }));
    assert_eq!(ended[2]["why"], json!({ "kind": "timed_out", "due": at(0) }));
    assert_eq!((&ended[2]["due"], &ended[2]["exclude"]), (&json!(at(0)), &json!({ "kind": "no" })));
    assert_eq!((ended[3]["why"].clone(), ended[3].get("due")), (json!({ "kind": "presence_changed" }), None));
    let accepted = json!({
        "item": "70000",
        "agent": "ann.lee",
        "by": "hand",
        "service_channel": null,
        "size": 2,
    });
    assert_eq!(all("router.accepting")[0], json!({ "item": "70000", "agent": "ann.lee" }));
    assert_eq!(all("router.accepted")[2], accepted);
}

#[test]
fn an_errand_shows_what_is_to_be_done() {
    let conversation = samples::conversation_id().to_string();
    let given: Vec<_> = all("router.errand_given").iter().map(|data| data["errand"].clone()).collect();
    assert_eq!(
        given[0],
        json!({
            "kind": "assign",
            "conversation": conversation,
            "agent": "ann.lee",
            "offer": { "item": "70000", "number": 2 },
            "transferred_from": "bob@desk-4",
            "greeting": "Ann is here.",
        })
    );
    assert_eq!(given[1], json!({ "kind": "unassign", "conversation": conversation, "agent": "ann.lee" }));
    assert_eq!(given[2], json!({ "kind": "end_wait", "conversation": conversation, "text": "Nobody came." }));
    let told = json!({ "kind": "tell", "conversation": conversation, "number": 2, "text": "Please wait." });
    assert_eq!(given[4], told);
    assert_eq!(all("router.errand_done")[1], json!({ "item": "70000", "kind": "unassign", "taken": false }));
}

#[test]
fn the_router_s_other_facts_show_what_they_hold() {
    assert_eq!(all("router.reconfigured")[0], json!({ "version": 300, "on": true }));
    assert_eq!(all("router.taken_in")[0], json!({ "partition": 4095, "position": 1_000_000 }));
    assert_eq!(
        all("router.variables_learned")[0],
        json!({ "item": "70000", "variables": { "language": "de", "name": "Grüße" } })
    );
    assert_eq!(all("router.hold_changed")[0], json!({ "item": "70000", "on_hold": true }));
    assert_eq!(all("router.target_exceeded")[0], json!({ "item": "70000", "due": at(0) }));
    assert_eq!(all("router.ended")[0], json!({ "item": "70000", "ending": "completed" }));
    assert_eq!(
        all("router.presence_changed")[0],
        json!({
            "agent": "ann.lee",
            "state": "away",
            "switched_off": ["chat", "sms"],
            "connected": true,
            "why": "chosen",
        })
    );
    assert_eq!(all("router.agent_seen")[0], json!({ "agent": "ann.lee" }));
}
