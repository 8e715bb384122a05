//! Each rule by itself: one thing is made wrong, and that is what is told.

mod entries;
mod queues;
mod whole;

use super::{limits, validate};
use crate::Seconds;
use crate::condition::Condition;
use crate::routing::*;
use crate::schedule::{MinuteOfDay, Opening, Schedule, Weekday, Zone};

/// What is made wrong, and the place and the key that are told.
type Case = (fn(&mut Routing), &'static str, &'static str);

/// Makes each thing wrong in a routing that is legal otherwise.
fn each(cases: &[Case]) {
    for (number, (spoil, place, key)) in cases.iter().enumerate() {
        let mut routing = legal();
        spoil(&mut routing);
        let told: Vec<String> = validate(&routing).iter().map(ToString::to_string).collect();
        let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
        let expected = format!("{place}{key} must be ");
        assert!(told.iter().any(|told| told.starts_with(&expected)), "case {number}, {expected}: {told:?}");
        assert_eq!(told.len(), 1, "case {number}, {expected}: {told:?}");
    }
}

/// Changes of what is legal that are legal too.
fn all_legal(cases: &[fn(&mut Routing)]) {
    for (number, change) in cases.iter().enumerate() {
        let mut routing = legal();
        change(&mut routing);
        assert_eq!(validate(&routing), [], "case {number}");
    }
}

macro_rules! ids {
    ($($name:ident: $type:ident,)+) => {
        $(fn $name(name: &str) -> $type {
            $type::new(name).unwrap()
        })+
    };
}

ids! {
    service_channel: ServiceChannelId,
    queue: QueueId,
    rule: RuleId,
    group: GroupId,
    skill: SkillId,
    presence: PresenceId,
    reason: RejectReasonId,
    schedule: ScheduleId,
}

fn agent(name: &str) -> crate::AgentId {
    crate::AgentId::new(name).unwrap()
}

fn condition(source: &str) -> Condition {
    Condition::parse(source).unwrap()
}

/// The queue `support` of the routing.
fn support(routing: &mut Routing) -> &mut Queue {
    routing.queues.get_mut(&queue("support")).unwrap()
}

/// A routing in which every kind of entry and every reference occurs. `support` overflows into `general`.
fn legal() -> Routing {
    let mut routing = Routing::default();
    let nine_to_five = Opening {
        day: Weekday::Monday,
        from: MinuteOfDay::parse("09:00").unwrap(),
        to: MinuteOfDay::parse("17:00").unwrap(),
    };
    let hours = Schedule {
        zone: Zone::parse("Europe/Berlin").unwrap(),
        weekly: vec![nine_to_five],
        closed: Default::default(),
    };
    routing.schedules.insert(schedule("hours"), hours);
    let mut chat = ServiceChannel::defaults(ServiceKind::Chat);
    chat.hours = Some(schedule("hours"));
    chat.sizes = vec![SizeOverride { when: condition("topic == \"fraud\""), size: 2 }];
    routing.service_channels.insert(service_channel("chat"), chat);
    let sms = ServiceChannel::defaults(ServiceKind::Messaging);
    routing.service_channels.insert(service_channel("sms"), sms);
    routing.rules.insert(rule("push"), push());
    let team = Group {
        capacity: [(service_channel("chat"), 3)].into(),
        queue_order: [(queue("support"), 1)].into(),
    };
    routing.groups.insert(group("team"), team);
    let ann = Agent {
        groups: [group("team")].into(),
        skills: [(skill("german"), 7)].into(),
        capacity: [(service_channel("chat"), 2)].into(),
        universal: Some(5),
        shift: Some(schedule("hours")),
        ..Agent::default()
    };
    routing.agents.insert(agent("ann"), ann);
    let focus = PresenceState {
        channels: Some([service_channel("chat")].into()),
        groups: [group("team")].into(),
        inactive_after: Some(Seconds(900)),
        ..PresenceState::simple(true, 150)
    };
    routing.presence.insert(presence("focus"), focus);
    let tired = RejectReason {
        label: "Tired".to_owned(),
        selectable: true,
        order: 1,
        channel: Some(service_channel("chat")),
        reassignable: true,
    };
    routing.reject_reasons.insert(reason("tired"), tired);
    routing.queues.insert(queue("general"), Queue::defaults(service_channel("chat")));
    routing.queues.insert(queue("support"), full_queue());
    routing
}

fn push() -> AssignmentRule {
    AssignmentRule {
        offer_timeout: Some(Seconds(60)),
        timeout_presence: Some(presence("away")),
        decline_presence: Some(presence("away")),
        skills: Some(SkillUse { levels: true, mandatory: true }),
        shift: Some(ShiftUse { prefer: ShiftPreference::Any, required: Seconds(600) }),
        ..AssignmentRule::default()
    }
}

fn full_queue() -> Queue {
    let pool = |eligible_at| Pool {
        groups: [group("team")].into(),
        rule: rule("push"),
        eligible_at: Seconds(eligible_at),
    };
    let say = |after, text: &str| WaitMessage { after: Seconds(after), text: text.to_owned() };
    Queue {
        condition: Some(condition("topic == \"support\"")),
        priority_field: Some("priority".to_owned()),
        sort: vec![SortRule { field: "vip.level".to_owned(), descending: true }],
        schedule: Some(schedule("hours")),
        greeting: Some("Hello.".to_owned()),
        target_wait: Some(Seconds(60)),
        max_wait: Some(Seconds(600)),
        max_wait_message: Some("Nobody is free.".to_owned()),
        wait_messages: vec![say(60, "Soon."), say(300, "Still.")],
        size_cap: Some(10),
        refusal_message: Some("Full.".to_owned()),
        overflow_queue: Some(queue("general")),
        overflow_wait: Some(Seconds(120)),
        pools: vec![pool(0), pool(0), pool(90)],
        affinity: vec![
            Affinity::Historical { days: 30 },
            Affinity::Named { field: "account_team".to_owned() },
        ],
        hold_for_affine: Seconds(20),
        skills: vec![SkillDemand { skill: skill("german"), level: 10, need: Need::Mandatory }],
        relax_after: Some(Seconds(30)),
        ..Queue::defaults(service_channel("chat"))
    }
}
