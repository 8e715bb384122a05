//! A small roster and small traffic for tests.

use crate::{Habits, History, Moment, Roster, Side, Span};
use domain::condition::Condition;
use domain::routing::{
    Agent, AssignmentRule, Group, GroupId, Pool, PresenceId, Queue, QueueId, Routing, RuleId, ScheduleId,
    ServiceChannel, ServiceChannelId, ServiceKind,
};
use domain::schedule::{MinuteOfDay, Opening, Schedule, Weekday, Zone};
use domain::{Address, AgentId, Content, Seconds, Timestamp};
use std::sync::Arc;
use store::{EventLog, Identity, MemoryLog};

/// Monday, 2026-03-02, 09:00 in UTC.
pub(crate) const MONDAY_NINE: Timestamp = Timestamp(1_772_442_000_000);

pub(crate) fn log() -> Arc<dyn EventLog> {
    Arc::new(MemoryLog::new(Identity { partitions: 1, key: crate::REHEARSAL_KEY }))
}

pub(crate) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

pub(crate) fn chat() -> ServiceChannelId {
    ServiceChannelId::new("chat").unwrap()
}

/// One queue for all chats, of which each of these agents can have so many. An offer lives for half a minute, and whoever
/// lets it time out is away.
pub(crate) fn routing(agents: &[&str], capacity: u32) -> Routing {
    let mut routing = Routing::default();
    let (rule, group) = (RuleId::new("rule").unwrap(), GroupId::new("team").unwrap());
    let settings = AssignmentRule {
        offer_timeout: Some(Seconds(30)),
        timeout_presence: Some(PresenceId::new("away").unwrap()),
        ..AssignmentRule::default()
    };
    routing.rules.insert(rule.clone(), settings);
    routing.groups.insert(group.clone(), Group::default());
    let channel = ServiceChannel { capacity, ..ServiceChannel::defaults(ServiceKind::Chat) };
    routing.service_channels.insert(chat(), channel);
    let queue = Queue {
        condition: Some(Condition::parse("mode == \"chat\"").unwrap()),
        pools: vec![Pool { groups: [group.clone()].into(), rule, eligible_at: Seconds(0) }],
        ..Queue::defaults(chat())
    };
    routing.queues.insert(QueueId::new("chats").unwrap(), queue);
    for name in agents {
        let one = Agent { groups: [group.clone()].into(), ..Agent::default() };
        routing.agents.insert(agent(name), one);
    }
    routing
}

/// The same people, who work for so many minutes from nine on, and again from ten on.
pub(crate) fn on_shift(mut routing: Routing, minutes: u16) -> Routing {
    let time = |hour: u16, minute: u16| MinuteOfDay::parse(&format!("{hour:02}:{minute:02}")).unwrap();
    let opening = |(day, hour)| Opening { day, from: time(hour, 0), to: time(hour, minutes) };
    let days = Weekday::ALL.into_iter();
    let weekly = days.flat_map(|day| [(day, 9), (day, 10)]).map(opening).collect();
    let shift = ScheduleId::new("shift").unwrap();
    let schedule = Schedule { zone: Zone::parse("UTC").unwrap(), weekly, closed: Default::default() };
    routing.schedules.insert(shift.clone(), schedule);
    routing.agents.values_mut().for_each(|agent| agent.shift = Some(shift.clone()));
    routing
}

pub(crate) fn roster(routing: Routing, accept_after: Span, handle: Span) -> Roster {
    let habits = Habits { accept_after: Some(accept_after), handle: Some(handle), ..Habits::default() };
    Roster { routing, habits }
}

pub(crate) const fn exactly(seconds: u32) -> Span {
    Span { least: seconds, mean: seconds }
}

/// Requesters who each write once, so many seconds after nine.
pub(crate) fn history(after_s: &[u32]) -> History {
    let moment = |(number, after_s): (usize, &u32)| Moment {
        at: MONDAY_NINE.plus(Seconds(*after_s)),
        id: number as u64 + 1,
        side: Side::Requester,
        requester: Address::e164(&format!("+1202555{number:04}")).unwrap(),
        company: Address::e164("+12025550199").unwrap(),
        content: Content::text_only("words").unwrap(),
    };
    let mut moments: Vec<Moment> = after_s.iter().enumerate().map(moment).collect();
    moments.sort_by_key(|moment| (moment.at, moment.id));
    History { moments }
}
