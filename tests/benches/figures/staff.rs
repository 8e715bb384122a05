//! A service organisation of any size, for the figures of routing: agents in groups, queues over two service channels,
//! skills, rules of every kind, and the requesters who come.

use domain::channel::{ChannelKind, Mode};
use domain::condition::Condition;
use domain::router::{Subject, Variables};
use domain::routing::{
    Agent, AssignBy, AssignmentRule, Group, GroupId, Pool, PresenceId, Queue, QueueId, Routing, RuleId,
    ScheduleId, ServiceChannel, ServiceChannelId, ServiceKind, ShiftPreference, ShiftUse, SizeOverride,
    SkillId, SkillUse, presence_names,
};
use domain::schedule::{MinuteOfDay, Opening, Schedule, Weekday, Zone};
use domain::{Address, AgentId, ChannelId, ContactId, ConversationId, Personal, Seconds, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A Tuesday at ten in the morning, when everybody is on shift who has one.
pub(crate) const MORNING: Timestamp = Timestamp(1_699_952_400_000);
/// Queues; every other one is of chats.
pub(crate) const QUEUES: u64 = 50;
const GROUPS: u64 = 100;
const SKILLS: u64 = 20;
/// Chats and messages that an agent can have at a time.
pub(crate) const CAPACITY: [u32; 2] = [2, 3];
/// How long an offer lives.
pub(crate) const OFFER_TIMEOUT: Seconds = Seconds(60);
/// When the second half of a queue's groups may take its work.
pub(crate) const WIDENS_AFTER: Seconds = Seconds(60);

/// The same seed gives the same draws: splitmix64.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// A number below the end.
    pub(crate) const fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// Routing for so many agents, each in two groups and with three skills.
pub(crate) fn routing(agents: u64) -> Routing {
    let mut routing = Routing::default();
    routing.settings.queued_max = u32::MAX;
    routing.schedules.insert(day_shift(), working_days());
    for (name, kind, capacity) in
        [("chats", ServiceKind::Chat, CAPACITY[0]), ("messages", ServiceKind::Messaging, CAPACITY[1])]
    {
        let large = SizeOverride { when: condition("large == true"), size: 2 };
        let settings = ServiceChannel { capacity, sizes: vec![large], ..ServiceChannel::defaults(kind) };
        routing.service_channels.insert(service_channel(name), settings);
    }
    for (number, assign_by) in
        (0..).zip([AssignBy::MostCapacity, AssignBy::LastAssigned, AssignBy::RoundRobin])
    {
        routing.rules.insert(rule(number), assignment(assign_by));
    }
    for number in 0..GROUPS {
        // Every other group serves one of its queues before the rest.
        let first = (number % 2 == 0).then(|| (queue(number % QUEUES), 10));
        let settings = Group { capacity: BTreeMap::new(), queue_order: first.into_iter().collect() };
        routing.groups.insert(group(number), settings);
    }
    for number in 0..QUEUES {
        routing.queues.insert(queue(number), queue_settings(number));
    }
    let mut chance = Chance(7);
    for number in 0..agents {
        routing.agents.insert(agent(number), member(&mut chance, number));
    }
    routing
}

fn assignment(assign_by: AssignBy) -> AssignmentRule {
    AssignmentRule {
        assign_by,
        offer_timeout: Some(OFFER_TIMEOUT),
        timeout_presence: (assign_by == AssignBy::LastAssigned).then(|| presence(presence_names::AWAY)),
        skills: Some(SkillUse { levels: assign_by != AssignBy::MostCapacity, mandatory: true }),
        shift: (assign_by == AssignBy::MostCapacity)
            .then_some(ShiftUse { prefer: ShiftPreference::Any, required: Seconds(60) }),
        ..AssignmentRule::default()
    }
}

/// Its work is for four groups at once and for four more after a while; which of them an agent is in is as good as
/// chance.
fn queue_settings(number: u64) -> Queue {
    let name = if number.is_multiple_of(2) { "chats" } else { "messages" };
    let groups =
        |first: u64| (first..first + 4).map(|each| group((number * 2 + each * 13) % GROUPS)).collect();
    Queue {
        condition: Some(condition(&format!("topic == \"{}\"", topic(number)))),
        priority: if number.is_multiple_of(10) { 50 } else { 100 },
        priority_field: number.is_multiple_of(3).then(|| "urgency".to_owned()),
        pools: vec![
            Pool { groups: groups(0), rule: rule(number % 3), eligible_at: Seconds(0) },
            Pool { groups: groups(4), rule: rule(number / 3 % 3), eligible_at: WIDENS_AFTER },
        ],
        ..Queue::defaults(service_channel(name))
    }
}

fn member(chance: &mut Chance, number: u64) -> Agent {
    let mut agent = Agent { shift: number.is_multiple_of(5).then(day_shift), ..Agent::default() };
    while agent.groups.len() < 2 {
        agent.groups.insert(group(chance.below(GROUPS)));
    }
    while agent.skills.len() < 3 {
        let level = u8::try_from(1 + chance.below(10)).unwrap_or(1);
        agent.skills.insert(skill(chance.below(SKILLS)), level);
    }
    agent
}

/// What routing knows of the conversation with this number, and what came with it: none to two skills that it cannot do
/// without, and now and then some that would be good.
pub(crate) fn requester(number: u64, chance: &mut Chance) -> (Subject, Variables) {
    let of = chance.below(QUEUES);
    let (mode, kind, channel) = if of.is_multiple_of(2) {
        (Mode::Chat, ChannelKind::Mweb, "web")
    } else {
        (Mode::Messaging, ChannelKind::Sms, "sms")
    };
    let mut contact = [0; 16];
    contact[8..].copy_from_slice(&number.to_be_bytes());
    let subject = Subject {
        conversation: conversation(number),
        contact: ContactId(contact),
        channel: ChannelId::new(channel).expect("the name is legal"),
        kind: Some(kind),
        mode,
        company: Address::opaque("company").expect("the address is legal"),
    };
    let mut said = vec![("topic", topic(of))];
    let mut skills = |most: u64| {
        let named = |_| {
            let (skill, level) = (skill(chance.below(SKILLS)), [1, 4, 7][usize::from(chance.below(3) == 0)]);
            format!("{skill}:{level}")
        };
        (0..most).map(named).collect::<Vec<_>>().join(",")
    };
    let (mandatory, optional) = (skills(number % 3), skills(number / 3 % 4 / 2));
    said.extend([("mandatory_skills", mandatory), ("optional_skills", optional)]);
    said.push(("urgency", chance.below(5).to_string()));
    said.push(("large", (chance.below(20) == 0).to_string()));
    let filled = said.into_iter().filter(|(_, value)| !value.is_empty());
    let variables = filled.map(|(name, value)| (name.to_owned(), Personal::new(value))).collect();
    (subject, variables)
}

pub(crate) fn conversation(number: u64) -> ConversationId {
    ConversationId::new(0, 0, number)
}

pub(crate) fn agent(number: u64) -> AgentId {
    AgentId::new(&format!("agent-{number:05}")).expect("the name is legal")
}

pub(crate) fn presence(name: &str) -> PresenceId {
    PresenceId::new(name).expect("the name is legal")
}

pub(crate) fn skill(number: u64) -> SkillId {
    SkillId::new(&format!("skill-{number:02}")).expect("the name is legal")
}

pub(crate) fn queue(number: u64) -> QueueId {
    QueueId::new(&topic(number)).expect("the name is legal")
}

fn topic(number: u64) -> String {
    format!("topic-{number:02}")
}

fn group(number: u64) -> GroupId {
    GroupId::new(&format!("group-{number:02}")).expect("the name is legal")
}

fn rule(number: u64) -> RuleId {
    RuleId::new(&format!("rule-{number}")).expect("the name is legal")
}

fn service_channel(name: &str) -> ServiceChannelId {
    ServiceChannelId::new(name).expect("the name is legal")
}

fn day_shift() -> ScheduleId {
    ScheduleId::new("day-shift").expect("the name is legal")
}

fn condition(source: &str) -> Condition {
    Condition::parse(source).expect("the condition is legal")
}

fn working_days() -> Schedule {
    let time = |hour: u16| MinuteOfDay::new(hour * 60).expect("the hour is of a day");
    let opening = |day| Opening { day, from: time(8), to: time(18) };
    let weekly = Weekday::ALL.into_iter().take(5).map(opening).collect();
    Schedule {
        zone: Zone::parse("Europe/Berlin").expect("the zone is known"),
        weekly,
        closed: BTreeSet::new(),
    }
}
