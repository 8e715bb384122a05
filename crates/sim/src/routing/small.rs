//! Small worlds: few people and everything that can go wrong between them.

use super::action::{Kind, Stance};
use super::setting::{
    Requester, Setting, agent, group, patient, presence, queue, reason, rule, service,
};
use domain::Seconds;
use domain::channel::Mode;
use domain::condition::Condition;
use domain::routing::{
    Agent, AssignBy, AssignmentRule, Group, Pool, Queue, Routing, ServiceChannel, ServiceKind, WaitMessage,
    presence_names,
};
use std::collections::BTreeSet;

/// What always happens: facts and errands get where they belong.
const PLUMBING: [(Kind, u32); 5] =
    [(Kind::Write, 1), (Kind::TakeIn, 1), (Kind::Run, 1), (Kind::Report, 1), (Kind::Accept, 1)];

impl Setting {
    /// Two agents with room for one conversation each, two requesters, an offer that times out: every step of an accept
    /// against everything that can come between.
    pub fn accepting() -> Self {
        let kinds = [
            (Kind::Leave, 1),
            (Kind::Cancel, 1),
            (Kind::AskAgain, 1),
            (Kind::Tick, 1),
            (Kind::Reject, 1),
            (Kind::Finish, 1),
            (Kind::Assign, 1),
            (Kind::Lose, 1),
            (Kind::Crash, 1),
        ];
        let requesters = vec![messaging(); 2];
        let mut setting = Self::new(vec![office(2, 1)], requesters, &with_plumbing(&kinds));
        setting.backlog = 1;
        setting
    }

    /// Two agents with room for two, who hand two conversations to each other and to queues.
    pub fn handing_over() -> Self {
        let kinds = [
            (Kind::Leave, 1),
            (Kind::Transfer, 1),
            (Kind::CancelTransfer, 1),
            (Kind::ToQueue, 1),
            (Kind::Reject, 1),
            (Kind::Finish, 1),
            (Kind::Lose, 1),
            (Kind::Crash, 1),
        ];
        let mut setting = Self::new(vec![office(2, 2)], vec![messaging(); 2], &with_plumbing(&kinds));
        setting.backlog = 1;
        setting
    }

    /// Agents come and go, park and take up; requesters come back to agents who have left and are given to others.
    pub fn coming_and_going() -> Self {
        let kinds = [
            (Kind::Presence, 1),
            (Kind::Hold, 1),
            (Kind::Answer, 1),
            (Kind::Join, 1),
            (Kind::Tick, 1),
            (Kind::Crash, 1),
        ];
        let mut routing = office(2, 1);
        routing.settings.reassign_enabled = true;
        let mut setting = Self::new(vec![routing], vec![messaging(); 2], &with_plumbing(&kinds));
        setting.stances = vec![Stance::Available, Stance::Away, Stance::Gone];
        setting.backlog = 1;
        setting
    }

    /// Queues that give up, tell those who wait, widen and refuse; and a configuration that changes under all of it.
    pub fn giving_up() -> Self {
        let kinds = [
            (Kind::Tick, 1),
            (Kind::Cancel, 1),
            (Kind::AskAgain, 1),
            (Kind::Leave, 1),
            (Kind::Presence, 1),
            (Kind::Reconfigure, 1),
            (Kind::Lose, 1),
            (Kind::Crash, 1),
        ];
        let mut routing = office(2, 1);
        for queue in routing.queues.values_mut() {
            queue.max_wait = Some(Seconds(40));
            queue.wait_messages = vec![WaitMessage { after: Seconds(15), text: "One moment.".to_owned() }];
            queue.size_cap = Some(1);
        }
        let mut smaller = routing.clone();
        smaller.agents.values_mut().skip(1).for_each(|agent| agent.active = false);
        let requesters = vec![messaging(), Requester::new(patient(Mode::Chat), &[])];
        let mut setting = Self::new(vec![routing, smaller], requesters, &with_plumbing(&kinds));
        setting.backlog = 1;
        setting
    }

    /// One requester and two agents, and everything that there is.
    pub fn alone() -> Self {
        let mut setting = Self::three();
        setting.requesters.truncate(1);
        setting.variants = setting.variants.iter().map(|v| { let mut v = (**v).clone(); v.agents.pop_last(); std::sync::Arc::new(v)}).collect();
        setting.agents.pop();
        setting.stances = vec![Stance::Available, Stance::Away, Stance::Gone];
        setting.reasons.truncate(1);
        setting.backlog = 1;
        let off: Vec<String> = std::env::var("OFF").unwrap_or_default().split(',').map(str::to_owned).collect();
        setting.kinds.retain(|(kind, _)| !off.contains(&format!("{kind:?}")));
        setting
    }

    /// Three agents and three requesters, everything that there is; too much to see all of it.
    pub fn three() -> Self {
        let kinds = [
            (Kind::Leave, 1),
            (Kind::Cancel, 1),
            (Kind::AskAgain, 1),
            (Kind::Answer, 1),
            (Kind::Hold, 1),
            (Kind::Finish, 1),
            (Kind::Join, 1),
            (Kind::Assign, 1),
            (Kind::ToQueue, 1),
            (Kind::Transfer, 1),
            (Kind::CancelTransfer, 1),
            (Kind::Reject, 1),
            (Kind::Presence, 1),
            (Kind::Tick, 1),
            (Kind::Repeat, 1),
            (Kind::Lose, 1),
            (Kind::Crash, 1),
            (Kind::Reconfigure, 1),
        ];
        let mut routing = office(3, 1);
        routing.settings.reassign_enabled = true;
        let mut smaller = routing.clone();
        smaller.service_channels.values_mut().for_each(|channel| channel.capacity = 0);
        let requesters = vec![messaging(), messaging(), Requester::new(patient(Mode::Chat), &[])];
        let mut setting = Self::new(vec![routing, smaller], requesters, &with_plumbing(&kinds));
        setting.stances = vec![Stance::Available, Stance::Away, Stance::Offline, Stance::Gone];
        setting.reasons = vec![None, Some(reason("busy"))];
        setting
    }
}

fn with_plumbing(kinds: &[(Kind, u32)]) -> Vec<(Kind, u32)> {
    PLUMBING.iter().chain(kinds).copied().collect()
}

fn messaging() -> Requester {
    Requester::new(patient(Mode::Messaging), &[])
}

/// One group of agents with so much room on each channel, and two queues: what comes in goes into the first one, which
/// also the second half of the group serves after a while; the second one is for what is sent there.
fn office(agents: u8, capacity: u32) -> Routing {
    let mut routing = Routing::default();
    routing.settings.disconnect_buffer = Seconds(20);
    for (name, kind) in [("chat", ServiceKind::Chat), ("messaging", ServiceKind::Messaging)] {
        let channel = ServiceChannel { capacity, ..ServiceChannel::defaults(kind) };
        routing.service_channels.insert(service(name), channel);
    }
    for number in 0..agents {
        let groups = if number % 2 == 0 { vec![group("first")] } else { vec![group("second")] };
        let member = Agent { groups: groups.into_iter().collect(), ..Agent::default() };
        routing.agents.insert(agent(&format!("agent{number}")), member);
    }
    for name in ["first", "second"] {
        routing.groups.insert(group(name), Group::default());
    }
    let asked = AssignmentRule {
        assign_by: AssignBy::LastAssigned,
        offer_timeout: Some(Seconds(30)),
        timeout_presence: Some(presence(presence_names::AWAY)),
        ..AssignmentRule::default()
    };
    routing.rules.insert(rule("asked"), asked);
    for channel in routing.service_channels.keys().cloned().collect::<Vec<_>>() {
        let mut incoming = Queue::defaults(channel.clone());
        incoming.condition = Condition::parse("not exists nothing").ok();
        incoming.reoffer_after = Seconds(25);
        incoming.pools = vec![pool(&["first"], 0), pool(&["first", "second"], 10)];
        routing.queues.insert(queue(&format!("{channel}-in")), incoming);
    }
    let mut sent = Queue::defaults(service("messaging"));
    sent.pools = vec![pool(&["second"], 0)];
    sent.reoffer_after = Seconds(25);
    routing.queues.insert(queue("sent"), sent);
    routing
}

fn pool(groups: &[&str], after: u32) -> Pool {
    let groups: BTreeSet<_> = groups.iter().map(|name| group(name)).collect();
    Pool { groups, rule: rule("asked"), eligible_at: Seconds(after) }
}
