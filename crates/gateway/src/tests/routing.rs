//! What people see of the router, over a router with two agents and three conversations, and how it refuses.

use crate::failure::Failure;
use crate::{gauges, look};
use api::CandidateResponse;
use domain::channel::{ChannelKind, Mode};
use domain::condition::Condition;
use domain::router::{Command, Fact, Refusal, Router, State, Subject, What};
use domain::routing::{
    Agent, AssignmentRule, Group, GroupId, Need, Pool, PresenceId, Queue, QueueId, Routing, RuleId,
    ServiceChannel, ServiceChannelId, ServiceKind, SkillDemand, SkillId, WorkItemId,
};
use domain::{Address, AgentId, ChannelId, ContactId, ConversationId, Personal, Seconds, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// When the requesters ask, one after the other; agents come a second before.
const ASKED: Timestamp = Timestamp(10_000);
/// When people look.
const LATER: Timestamp = Timestamp(70_000);

fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

/// One queue whose work needs French, ann with French and room for one, bob without French.
fn routing() -> Routing {
    let (group, rule) = (GroupId::new("front").unwrap(), RuleId::new("offer").unwrap());
    let (messaging, french) = (ServiceChannelId::new("messaging").unwrap(), SkillId::new("french").unwrap());
    let mut routing = Routing::default();
    let channel = ServiceChannel { capacity: 1, ..ServiceChannel::defaults(ServiceKind::Messaging) };
    routing.service_channels.insert(messaging.clone(), channel);
    let skills = Some(domain::routing::SkillUse { levels: false, mandatory: true });
    let offer = AssignmentRule { offer_timeout: Some(Seconds(600)), skills, ..AssignmentRule::default() };
    routing.rules.insert(rule.clone(), offer);
    routing.groups.insert(group.clone(), Group::default());
    for (name, skills) in [("ann", vec![(french.clone(), 5)]), ("bob", Vec::new())] {
        let groups = BTreeSet::from([group.clone()]);
        let skills = skills.into_iter().collect();
        routing.agents.insert(agent(name), Agent { groups, skills, ..Agent::default() });
    }
    let queue = Queue {
        condition: Some(Condition::parse("mode == \"messaging\"").unwrap()),
        priority: 20,
        target_wait: Some(Seconds(30)),
        pools: vec![Pool { groups: BTreeSet::from([group]), rule, eligible_at: Seconds(0) }],
        skills: vec![SkillDemand { skill: french, level: 1, need: Need::Mandatory }],
        ..Queue::defaults(messaging)
    };
    routing.queues.insert(QueueId::new("letters").unwrap(), queue);
    routing
}

/// A second after the other three conversations ask; ann is offered the first one, and the others wait.
fn router() -> Router {
    let mut router = Router::new(State::default(), Arc::default(), Timestamp(0));
    let configured = Command::Reconfigure { version: 1, routing: Arc::new(routing()) };
    router.decide(&configured, Timestamp(0)).1.unwrap();
    let comes = Command::SetPresence {
        agent: agent("ann"),
        state: PresenceId::new("available").unwrap(),
        switched_off: None,
        connected: true,
    };
    router.decide(&comes, Timestamp(9_000)).1.unwrap();
    for number in 0..3 {
        let at = Timestamp(ASKED.0 + 1000 * i64::from(number));
        let subject = Subject {
            conversation: conversation(number),
            contact: ContactId([number; 16]),
            channel: ChannelId::new("sms").unwrap(),
            kind: Some(ChannelKind::Sms),
            mode: Mode::Messaging,
            company: Address::e164("+12025550100").unwrap(),
        };
        let variables: BTreeMap<_, _> =
            (0..7).map(|name| (format!("v{name}"), Personal::new(format!("said {name}")))).collect();
        let what = What::Asked { subject: Box::new(subject), variables };
        let facts = vec![Fact { conversation: conversation(number), at, what }];
        let taken_in = Command::TakeIn { partition: 0, position: u64::from(number) + 1, facts };
        router.decide(&taken_in, at).1.unwrap();
    }
    router.decide(&Command::Tick, LATER).1.unwrap();
    router
}

fn conversation(number: u8) -> ConversationId {
    ConversationId::new(0, ASKED.0, u64::from(number))
}

fn json_of(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

/// WI-9
#[test]
fn a_card_says_what_it_is_how_long_it_has_waited_and_at_most_five_variables() {
    let router = router();
    let inbox = router.inbox(&agent("ann"));
    let cards: Vec<Value> = inbox.iter().map(|item| json_of(look::card(&router, item, LATER))).collect();
    let expected = json!({
        "item": "1",
        "conversation": conversation(0).to_string(),
        "channel": "sms",
        "place": "offered",
        "queue": "letters",
        "priority": 20,
        "service_channel": "messaging",
        "size": 1,
        "arrived_at": "1970-01-01T00:00:10.000Z",
        "offered_at": "1970-01-01T00:00:10.000Z",
        "expires_at": "1970-01-01T00:10:10.000Z",
        "reject_allowed": true,
        "waited_ms": 60_000,
        "late": cards[0]["late"],
        "on_hold": false,
        "variables": { "v0": "said 0", "v1": "said 1", "v2": "said 2", "v3": "said 3", "v4": "said 4" },
    });
    assert_eq!(cards, [expected]);
    // P1
    assert!(!format!("{:?}", look::card(&router, inbox[0], LATER)).contains("said"));
}

/// KPI-11, CAP-4
#[test]
fn an_agents_figures_name_the_state_and_each_channel() {
    let router = router();
    assert_eq!(
        json_of(look::agent(&router, &agent("ann"))),
        json!({
            "agent": "ann",
            "groups": ["front"],
            "state": "available",
            "since": "1970-01-01T00:00:09.000Z",
            "connected": true,
            "channels": { "messaging": { "on": true, "in_use": 1, "max": 1 } },
            "universal": { "in_use": 1, "max": null },
        })
    );
    let bob = look::agent(&router, &agent("bob")).unwrap();
    assert_eq!((bob.state.as_str(), bob.since, bob.connected), ("offline", None, false));
    assert!(look::agent(&router, &agent("eve")).is_none());
    assert!(look::knows(&router, &agent("bob")) && !look::knows(&router, &agent("eve")));
}

/// EWT-2
#[test]
fn a_queues_figures_have_no_estimate_without_a_sample() {
    let figures = json_of(look::queue(&router(), &QueueId::new("letters").unwrap(), LATER));
    assert_eq!(figures["estimate_s"], Value::Null);
    assert_eq!((&figures["queued"], &figures["offered"]), (&json!(2), &json!(1)));
    assert_eq!(figures["oldest_wait_ms"], 59_000);
    assert_eq!((&figures["active"], &figures["anybody_online"]), (&json!(true), &json!(true)));
    assert!(look::queue(&router(), &QueueId::new("other").unwrap(), LATER).is_none());
}

/// EWT-1
#[test]
fn a_place_in_line_begins_at_one_and_is_nobodys_who_is_offered() {
    let router = router();
    let places: Vec<Option<usize>> = router
        .state()
        .items
        .values()
        .map(|item| look::waiting(&router, item, LATER).unwrap().position)
        .collect();
    assert_eq!(places, [None, Some(1), Some(2)]);
    let item = json_of(look::work_item(&router.state().items[&WorkItemId(2)], LATER));
    assert_eq!((&item["place"], &item["origin"]), (&json!("queued"), &json!("asked")));
    assert_eq!((&item["queue"], &item["waited_ms"]), (&json!("letters"), &json!(59_000)));
    assert_eq!(item["agent"], Value::Null);
}

/// WI-3
#[test]
fn a_field_names_what_stood_in_the_way_and_what_was_left_out() {
    let explanation = router().explain(WorkItemId(2), LATER).unwrap();
    let field = look::field(&explanation, None, 100);
    let names: Vec<(&str, &str)> = field
        .candidates
        .iter()
        .map(|candidate| match candidate {
            CandidateResponse::Filtered { agent, obstacle, .. } => (agent.as_str(), obstacle.as_str()),
            CandidateResponse::Ranked { agent, .. } => (agent.as_str(), "ranked"),
        })
        .collect();
    assert_eq!(names, [("ann", "channel_full"), ("bob", "presence")]);
    assert_eq!((field.open_pools, field.omitted), (1, 0));
    assert_eq!(look::field(&explanation, Some(&agent("bob")), 100).omitted, 1);
    assert_eq!(look::field(&explanation, None, 0).omitted, 2);
}

/// P1, X1
#[test]
fn the_gauges_count_by_queue_and_state_and_name_nobody() {
    let text = gauges::render(&router(), LATER);
    for line in [
        "colloquy_work_items{place=\"queued\"} 2\n",
        "colloquy_queue_items{queue=\"letters\",place=\"queued\"} 2\n",
        "colloquy_queue_items{queue=\"letters\",place=\"offered\"} 1\n",
        "colloquy_agents{presence=\"available\"} 1\n",
        "colloquy_agents{presence=\"away\"} 0\n",
        "colloquy_agents{presence=\"offline\"} 1\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("ann") && !text.contains("bob"), "{text}");
}

#[test]
fn every_refusal_of_the_router_keeps_its_code_and_its_words() {
    for refusal in [
        Refusal::ItemUnknown,
        Refusal::ItemOver,
        Refusal::NotOffered,
        Refusal::RejectNotAllowed,
        Refusal::ReasonUnknown,
        Refusal::AgentUnknown,
        Refusal::PresenceUnknown,
        Refusal::SwitchNotAllowed,
        Refusal::NotOwner,
        Refusal::AgentUnavailable,
        Refusal::AgentFull,
        Refusal::TransferPending,
        Refusal::NoTransfer,
        Refusal::QueueUnknown,
        Refusal::AlreadyAssigned,
    ] {
        let failure = Failure::from(engine::Error::Refused(refusal));
        assert_eq!(failure.code().code(), refusal.code());
        assert!(failure.to_string().contains(&refusal.to_string()));
    }
}
