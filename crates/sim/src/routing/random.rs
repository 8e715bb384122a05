//! Large worlds, each another one: a seed decides who works where, what waits how, and what happens how often.

use super::action::{Kind, Stance};
use super::setting::{Requester, Setting, agent, group, presence, queue, reason, rule, service, skill};
use crate::chance::Chance;
use domain::Seconds;
use domain::channel::{ChannelKind, ChannelSettings, Mode};
use domain::condition::Condition;
use domain::conversation::Policy;
use domain::routing::{
    Affinity, Agent, AssignBy, AssignmentRule, EstimateBy, Group, Need, Pool, Queue, Routing, ServiceChannel,
    ServiceKind, SizeOverride, SkillDemand, SkillUse, WaitMessage, WhenNobody, presence_names, validate,
};

/// How often each kind of action is drawn, before the seed has changed that.
const WEIGHTS: [(Kind, u32); 27] = [
    (Kind::Write, 14),
    (Kind::Leave, 2),
    (Kind::Cancel, 2),
    (Kind::AskAgain, 3),
    (Kind::Answer, 6),
    (Kind::Hold, 5),
    (Kind::Finish, 6),
    (Kind::Join, 1),
    (Kind::Assign, 2),
    (Kind::ToQueue, 3),
    (Kind::Fire, 4),
    (Kind::Transfer, 5),
    (Kind::CancelTransfer, 2),
    (Kind::Accept, 14),
    (Kind::Reject, 4),
    (Kind::Presence, 6),
    (Kind::Tick, 5),
    (Kind::Pass, 4),
    (Kind::TakeIn, 22),
    (Kind::Repeat, 1),
    (Kind::Run, 16),
    (Kind::Report, 16),
    (Kind::Lose, 2),
    (Kind::Crash, 1),
    (Kind::Tear, 1),
    (Kind::Reconfigure, 1),
    (Kind::Pause, 1),
];
const GROUPS: [&str; 3] = ["north", "south", "west"];
const SKILLS: [&str; 2] = ["french", "billing"];
const CHANNELS: [(&str, ServiceKind); 2] =
    [("chat", ServiceKind::Chat), ("messaging", ServiceKind::Messaging)];

impl Setting {
    /// The world of a seed.
    pub(crate) fn of_chance(chance: &mut Chance) -> Self {
        let first = routing(chance);
        let mut variants = vec![first];
        for _ in 0..chance.between(1, 4) {
            variants.extend(variants.last().cloned().map(|before| changed(before, chance)));
        }
        let count = chance.between(8, 17);
        let requesters = (0..count).map(|_| requester(chance)).collect();
        let kinds = WEIGHTS.map(|(kind, weight)| {
            let rare = matches!(kind, Kind::Crash | Kind::Tear | Kind::Reconfigure);
            (kind, if rare { weight } else { weight * chance.between(1, 4) })
        });
        let mut setting = Self::new(variants, requesters, &kinds);
        setting.reasons = vec![None, Some(reason("busy")), Some(reason("not_mine"))];
        setting.stances = Stance::ALL.to_vec();
        // Mostly there, so that work is done.
        setting.stances.extend([Stance::Available; 4]);
        setting.backlog = 6;
        setting.returns = true;
        setting.grace = chance.percent(30).then_some(Seconds(60));
        setting
    }
}

fn requester(chance: &mut Chance) -> Requester {
    let mut variables = Vec::new();
    if chance.percent(50) {
        variables.push(("priority", *chance.pick(&["1", "2", "5"]).unwrap_or(&"1")));
    }
    if chance.percent(25) {
        variables.push(("vip", "yes"));
    }
    if chance.percent(25) {
        let skills = ["french", "billing:4", "french:2,billing"];
        variables.push(("mandatory_skills", *chance.pick(&skills).unwrap_or(&"french")));
    }
    if chance.percent(25) {
        variables.push(("wanted", *chance.pick(&["agent0", "agent1", "agent2,agent3"]).unwrap_or(&"agent0")));
    }
    if chance.percent(10) {
        variables.push(("odd", "yes"));
    }
    Requester::new(policy(chance), &variables)
}

fn policy(chance: &mut Chance) -> Policy {
    if chance.percent(40) {
        return ChannelSettings::defaults(ChannelKind::Mweb, Mode::Chat).policy();
    }
    Policy::Messaging {
        prompt_agent_after: chance.percent(30).then_some(Seconds(60)),
        abandon_after: chance.percent(20).then_some(Seconds(900)),
        reassign_after: chance.percent(40).then(|| Seconds(chance.between(60, 300))),
        idle: chance.percent(30).then_some(Seconds(1800)),
    }
}

/// A configuration that an administrator could set.
fn routing(chance: &mut Chance) -> Routing {
    let mut routing = Routing::default();
    let settings = &mut routing.settings;
    settings.look_back = Seconds(if chance.percent(20) { 60 } else { 600 });
    settings.queued_max = if chance.percent(30) { chance.between(2, 8) } else { 1000 };
    settings.bypass_max_wait = chance.percent(50);
    settings.reassign_enabled = chance.percent(60);
    settings.disconnect_buffer = Seconds(chance.between(0, 60));
    settings.estimate = if chance.percent(50) { EstimateBy::Mean } else { EstimateBy::Weighted };
    for (name, kind) in CHANNELS {
        let capacity = chance.between(1, 4);
        let vip = SizeOverride { when: condition(r#"vip == "yes""#), size: 2 };
        let sizes = if chance.percent(50) { vec![vip] } else { Vec::new() };
        let channel = ServiceChannel { capacity, sizes, ..ServiceChannel::defaults(kind) };
        routing.service_channels.insert(service(name), channel);
    }
    people(&mut routing, chance);
    rules(&mut routing, chance);
    for (name, _) in CHANNELS {
        let narrow = format!(r#"mode == "{name}" and exists priority and not exists odd"#);
        queues(&mut routing, name, "urgent", &narrow, chance);
        queues(&mut routing, name, "usual", &format!(r#"mode == "{name}" and not exists odd"#), chance);
    }
    if chance.percent(40) {
        away_after_silence(&mut routing, chance);
    }
    legal(routing)
}

/// Whoever says nothing for a while goes offline.
fn away_after_silence(routing: &mut Routing, chance: &mut Chance) {
    let after = Seconds(chance.between(120, 600));
    for state in routing.presence.values_mut().filter(|state| state.receives_work) {
        state.inactive_after = Some(after);
    }
}

fn people(routing: &mut Routing, chance: &mut Chance) {
    let groups = GROUPS.iter().take(if chance.percent(50) { 2 } else { 3 });
    let groups: Vec<_> = groups.map(|name| group(name)).collect();
    for name in &groups {
        let mut settings = Group::default();
        if chance.percent(30) {
            settings.capacity.insert(service("messaging"), chance.between(1, 5));
        }
        if chance.percent(50) {
            settings.queue_order.insert(queue("messaging-urgent"), chance.between(1, 200));
            settings.queue_order.insert(queue("chat-usual"), chance.between(1, 200));
        }
        routing.groups.insert(name.clone(), settings);
    }
    for number in 0..chance.between(4, 9) {
        let mut member = Agent::default();
        member.groups.extend(chance.pick(&groups).cloned());
        if chance.percent(30) {
            member.groups.extend(chance.pick(&groups).cloned());
        }
        for name in SKILLS {
            if chance.percent(50) {
                let level = u8::try_from(chance.below(11)).unwrap_or(0);
                member.skills.insert(skill(name), level);
            }
        }
        if chance.percent(20) {
            member.capacity.insert(service("chat"), chance.below(4));
        }
        member.universal = chance.percent(40).then(|| chance.between(1, 5));
        routing.agents.insert(agent(&format!("agent{number}")), member);
    }
}

fn rules(routing: &mut Routing, chance: &mut Chance) {
    let by = [AssignBy::MostCapacity, AssignBy::LastAssigned, AssignBy::RoundRobin];
    for name in ["one", "two"] {
        let away = presence(presence_names::AWAY);
        let skills = SkillUse { levels: chance.percent(50), mandatory: chance.percent(70) };
        let asked = AssignmentRule {
            assign_by: chance.pick(&by).copied().unwrap_or(AssignBy::MostCapacity),
            offer_timeout: Some(Seconds(chance.between(10, 60))),
            timeout_presence: chance.percent(30).then(|| away.clone()),
            decline_presence: chance.percent(20).then_some(away),
            skills: chance.percent(60).then_some(skills),
            ..AssignmentRule::default()
        };
        routing.rules.insert(rule(name), asked);
    }
    let auto = AssignmentRule { auto_assign: true, reject_allowed: false, ..AssignmentRule::default() };
    routing.rules.insert(rule("auto"), auto);
}

/// A queue for what a condition holds of.
fn queues(routing: &mut Routing, channel: &str, name: &str, when: &str, chance: &mut Chance) {
    let mut settings = Queue::defaults(service(channel));
    settings.condition = Some(condition(when));
    settings.order = if name == "urgent" { 1 } else { 2 };
    settings.priority = chance.between(1, 4);
    settings.priority_field = chance.percent(50).then(|| "priority".to_owned());
    settings.greeting = chance.percent(50).then(|| "Welcome.".to_owned());
    settings.target_wait = chance.percent(50).then_some(Seconds(30));
    if chance.percent(60) {
        settings.max_wait = Some(Seconds(chance.between(60, 300)));
        settings.max_wait_message = Some("Nobody came.".to_owned());
    }
    if chance.percent(40) {
        let message = |after| WaitMessage { after: Seconds(after), text: "Please wait.".to_owned() };
        settings.wait_messages = vec![message(15), message(40)];
    }
    settings.size_cap = chance.percent(40).then(|| chance.between(1, 4));
    settings.nobody = if chance.percent(30) { WhenNobody::Refuse } else { WhenNobody::Wait };
    if name == "usual" && chance.percent(40) {
        settings.overflow_queue = Some(queue(&format!("{channel}-urgent")));
        settings.overflow_wait = chance.percent(70).then(|| Seconds(chance.between(20, 120)));
    }
    if chance.percent(40) {
        settings.affinity.push(Affinity::Named { field: "wanted".to_owned() });
        settings.affinity.push(Affinity::Historical { days: 3 });
        settings.hold_for_affine = Seconds(chance.below(40));
    }
    if chance.percent(30) {
        for (drop_order, name) in (1_u8..).zip(SKILLS) {
            let need = Need::Additional { drop_order };
            settings.skills.push(SkillDemand { skill: skill(name), level: 3, need });
        }
        settings.relax_after = chance.percent(70).then(|| Seconds(chance.between(5, 60)));
    }
    let never = settings.max_wait.is_some() && chance.percent(20);
    settings.reoffer_after = Seconds(if never { 0 } else { chance.between(5, 90) });
    settings.pools = pools(routing, chance);
    routing.queues.insert(queue(&format!("{channel}-{name}")), settings);
}

fn pools(routing: &Routing, chance: &mut Chance) -> Vec<Pool> {
    let groups: Vec<_> = routing.groups.keys().cloned().collect();
    let mut after = 0;
    let mut all = Vec::new();
    for _ in 0..chance.between(1, 4) {
        let mut of: std::collections::BTreeSet<_> = chance.pick(&groups).cloned().into_iter().collect();
        if chance.percent(40) {
            of.extend(chance.pick(&groups).cloned());
        }
        let name = *chance.pick(&["one", "one", "two", "auto"]).unwrap_or(&"one");
        all.push(Pool { groups: of, rule: rule(name), eligible_at: Seconds(after) });
        after += chance.below(30);
    }
    all
}

/// What an administrator makes of a configuration; as it was, if that would not be legal.
fn changed(before: Routing, chance: &mut Chance) -> Routing {
    let mut after = before.clone();
    for _ in 0..chance.between(1, 4) {
        let agents: Vec<_> = after.agents.keys().cloned().collect();
        let queues: Vec<_> = after.queues.keys().cloned().collect();
        let somebody = chance.pick(&agents).and_then(|id| after.agents.get_mut(id));
        let pools = pools(&before, chance);
        match (chance.below(8), somebody) {
            (0, Some(agent)) => agent.active = !agent.active,
            (1, Some(agent)) => agent.universal = Some(chance.below(4)),
            (2, Some(agent)) => agent.groups.extend(before.groups.keys().next().cloned()),
            (3, _) => drop(chance.pick(&queues).and_then(|id| after.queues.remove(id))),
            (4, _) => {
                let one = chance.pick(&queues).and_then(|id| after.queues.get_mut(id));
                one.into_iter().for_each(|queue| queue.pools.clone_from(&pools));
            }
            (5, _) => after.service_channels.values_mut().for_each(|channel| channel.capacity = 1),
            (6, _) => after.rules.values_mut().for_each(|rule| rule.offer_timeout = None),
            // Routing is switched off.
            (7, _) if chance.percent(30) => {
                after.queues.clear();
                after.service_channels.clear();
                after.groups.values_mut().for_each(|group| *group = Group::default());
                after.agents.values_mut().for_each(|agent| agent.capacity.clear());
            }
            (_, _) => {}
        }
    }
    for rule in after.rules.values_mut().filter(|rule| rule.offer_timeout.is_none()) {
        rule.timeout_presence = None;
    }
    if validate(&after).is_empty() { after } else { before }
}

fn legal(routing: Routing) -> Routing {
    let problems = validate(&routing);
    assert!(problems.is_empty(), "the world's configuration is not legal: {problems:?}");
    routing
}

fn condition(source: &str) -> Condition {
    Condition::parse(source).expect("the condition is legal")
}
