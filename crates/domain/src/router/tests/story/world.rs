//! The companies of the stories: who works there, in which queues, by which rules.

use crate::channel::Mode;
use crate::condition::Condition;
use crate::routing::{
    Agent, AssignmentRule, Group, GroupId, Need, Pool, PresenceId, PresenceState, Queue, QueueId,
    RejectReasonId, Routing, RuleId, ScheduleId, ServiceChannel, ServiceChannelId, ServiceKind, SkillDemand,
    SkillId, validate,
};
use crate::schedule::{MinuteOfDay, Opening, Schedule, Weekday, Zone};
use crate::{AgentId, Seconds};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A configuration in the making, and who is at work when the story begins.
#[derive(Clone, Debug)]
pub(in super::super) struct World {
    pub(in super::super) routing: Routing,
    pub(super) present: BTreeSet<AgentId>,
}

impl World {
    /// One team of these agents, all of them at work. Chats wait in `main` and messaging in `inbox`; the team takes both
    /// by a rule with the documented defaults.
    pub(in super::super) fn team(agents: &str) -> Self {
        let mut world = Self { routing: Routing::default(), present: BTreeSet::new() };
        for (name, kind) in [("chat", ServiceKind::Chat), ("messaging", ServiceKind::Messaging)] {
            world.routing.service_channels.insert(channel(name), ServiceChannel::defaults(kind));
        }
        world.routing.groups.insert(group("team"), Group::default());
        world.routing.rules.insert(rule("rule"), AssignmentRule::default());
        let world = world.queue("main", |queue| {
            queue.order = 100;
            queue.condition = when("mode == \"chat\"");
        });
        let world = world.queue("inbox", |queue| {
            queue.order = 100;
            queue.service_channel = channel("messaging");
            queue.condition = when("mode == \"messaging\"");
        });
        agents.split_whitespace().fold(world, |world, name| world.agent(name, |_| {}))
    }

    /// These agents come later.
    pub(in super::super) fn absent(mut self, agents: &str) -> Self {
        agents.split_whitespace().for_each(|name| assert!(self.present.remove(&agent(name)), "{name}"));
        self
    }

    /// This agent is at work after all.
    pub(in super::super) fn attending(mut self, name: &str) -> Self {
        assert!(self.present.insert(agent(name)), "{name}");
        self
    }

    /// Changes anything.
    pub(in super::super) fn with(mut self, change: impl FnOnce(&mut Routing)) -> Self {
        change(&mut self.routing);
        self
    }

    /// Changes the team's rule.
    pub(in super::super) fn rule(self, change: impl FnOnce(&mut AssignmentRule)) -> Self {
        self.named_rule("rule", change)
    }

    /// Changes a rule, or makes it.
    pub(in super::super) fn named_rule(
        mut self,
        name: &str,
        change: impl FnOnce(&mut AssignmentRule),
    ) -> Self {
        change(self.routing.rules.entry(rule(name)).or_default());
        self
    }

    /// Changes a service channel.
    pub(in super::super) fn channel(mut self, name: &str, change: impl FnOnce(&mut ServiceChannel)) -> Self {
        change(self.routing.service_channels.get_mut(&channel(name)).unwrap());
        self
    }

    /// Changes a queue, or makes one for the team's chats that is looked at before `main` and takes nothing by itself.
    pub(in super::super) fn queue(mut self, name: &str, change: impl FnOnce(&mut Queue)) -> Self {
        let fresh = Queue { order: 50, pools: vec![pool("team", 0)], ..Queue::defaults(channel("chat")) };
        change(self.routing.queues.entry(queue(name)).or_insert(fresh));
        self
    }

    /// Changes an agent, or hires one for the team.
    pub(in super::super) fn agent(mut self, name: &str, change: impl FnOnce(&mut Agent)) -> Self {
        let fresh = || Agent { groups: BTreeSet::from([group("team")]), ..Agent::default() };
        if !self.routing.agents.contains_key(&agent(name)) {
            self.present.insert(agent(name));
        }
        change(self.routing.agents.entry(agent(name)).or_insert_with(fresh));
        self
    }

    /// Changes a group, or makes it.
    pub(in super::super) fn group(mut self, name: &str, change: impl FnOnce(&mut Group)) -> Self {
        change(self.routing.groups.entry(group(name)).or_default());
        self
    }

    /// Changes a presence state, or makes one in which agents are offered work.
    pub(in super::super) fn presence(mut self, name: &str, change: impl FnOnce(&mut PresenceState)) -> Self {
        let id = PresenceId::new(name).unwrap();
        change(self.routing.presence.entry(id).or_insert(PresenceState::simple(true, 400)));
        self
    }

    /// A schedule that is open on Thursdays between these times. A story begins at midnight, on a Thursday.
    pub(in super::super) fn schedule(mut self, name: &str, from: &str, to: &str) -> Self {
        let [from, to] = [from, to].map(|time| MinuteOfDay::parse(time).unwrap());
        let weekly = vec![Opening { day: Weekday::Thursday, from, to }];
        let schedule = Schedule { zone: Zone::parse("UTC").unwrap(), weekly, closed: BTreeSet::new() };
        self.routing.schedules.insert(ScheduleId::new(name).unwrap(), schedule);
        self
    }

    /// The finished configuration, which has to be a legal one.
    pub(super) fn build(&self) -> Arc<Routing> {
        assert_eq!(validate(&self.routing), [], "a story is about what may be configured");
        Arc::new(self.routing.clone())
    }
}

macro_rules! ids {
    ($($name:ident: $type:ident,)+) => {
        $(pub(in super::super) fn $name(name: &str) -> $type {
            $type::new(name).unwrap()
        })+
    };
}

ids! {
    agent: AgentId,
    channel: ServiceChannelId,
    queue: QueueId,
    rule: RuleId,
    group: GroupId,
    schedule: ScheduleId,
    presence: PresenceId,
    reason: RejectReasonId,
}

/// A condition.
pub(in super::super) fn when(source: &str) -> Option<Condition> {
    Some(Condition::parse(source).unwrap_or_else(|error| panic!("{source}: {error}")))
}

/// A pool of one group, from an age on, by the team's rule.
pub(in super::super) fn pool(name: &str, eligible_at: u32) -> Pool {
    named_pool(name, eligible_at, "rule")
}

/// The same by another rule.
pub(in super::super) fn named_pool(name: &str, eligible_at: u32, by: &str) -> Pool {
    Pool { groups: BTreeSet::from([group(name)]), rule: rule(by), eligible_at: Seconds(eligible_at) }
}

/// A skill that is needed.
pub(in super::super) fn skill(name: &str, level: u8, need: Need) -> SkillDemand {
    SkillDemand { skill: SkillId::new(name).unwrap(), level, need }
}

/// Gives an agent skills such as `french:7 billing:2`.
pub(in super::super) fn teach(agent: &mut Agent, skills: &str) {
    for skill in skills.split_whitespace() {
        let (name, level) = skill.split_once(':').unwrap();
        agent.skills.insert(SkillId::new(name).unwrap(), level.parse().unwrap());
    }
}

/// The mode of a conversation by its name: `c1` is a chat, `m1` is messaging.
pub(super) fn mode_of(name: &str) -> Mode {
    match name.as_bytes().first() {
        Some(b'c') => Mode::Chat,
        Some(b'm') => Mode::Messaging,
        Some(_) | None => panic!("a conversation is c1 or m1, not {name}"),
    }
}
