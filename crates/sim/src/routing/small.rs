//! Small worlds: few people and everything that can go wrong between them.

use super::action::{Kind, Stance};
use super::setting::{Requester, Setting, agent, group, patient, presence, queue, reason, rule, service};
use domain::Seconds;
use domain::channel::Mode;
use domain::condition::Condition;
use domain::routing::{
    Agent, AssignBy, AssignmentRule, Group, Pool, Queue, Routing, ServiceChannel, ServiceKind, WaitMessage,
    WhenNobody, presence_names,
};
use std::collections::BTreeSet;

/// What always happens: facts and errands get where they belong, in any order, late, twice or not at all.
const PLUMBING: [Kind; 7] =
    [Kind::Write, Kind::TakeIn, Kind::Accept, Kind::Run, Kind::Report, Kind::Lose, Kind::Crash];

impl Setting {
    /// One conversation and two agents, who accept, reject, let offers time out, join, hand over and send back while its
    /// requester leaves, cancels and asks again.
    pub fn one_conversation() -> Self {
        let kinds = [
            Kind::Tick,
            Kind::Repeat,
            Kind::Leave,
            Kind::Cancel,
            Kind::AskAgain,
            Kind::Reject,
            Kind::Finish,
            Kind::Join,
            Kind::Assign,
            Kind::ToQueue,
            Kind::Transfer,
            Kind::CancelTransfer,
        ];
        small(vec![office(2, 1)], vec![messaging()], &kinds)
    }

    /// One conversation whose requester is given to others when their agent has left.
    pub fn reassigning() -> Self {
        let kinds = [Kind::Presence, Kind::Answer, Kind::Leave, Kind::Repeat];
        let mut setting = small(vec![reassigned()], vec![messaging()], &kinds);
        setting.stances = vec![Stance::Available, Stance::Away, Stance::Gone];
        setting
    }

    /// The same while time passes and conversations are parked: more than can be seen.
    pub fn coming_and_going() -> Self {
        let kinds =
            [Kind::Tick, Kind::Presence, Kind::Answer, Kind::Hold, Kind::Leave, Kind::Repeat, Kind::Tear];
        let mut setting = small(vec![reassigned()], vec![messaging()], &kinds);
        setting.stances = vec![Stance::Available, Stance::Away, Stance::Gone];
        setting
    }

    /// One conversation in a queue that nobody serves, which tells who waits, gives up, and is asked again.
    pub fn in_vain() -> Self {
        let mut routing = office(1, 1);
        routing.agents.values_mut().for_each(|agent| agent.active = false);
        impatient(&mut routing);
        small(vec![routing], vec![messaging()], &[Kind::Tick, Kind::Repeat, Kind::Cancel, Kind::AskAgain])
    }

    /// The same with agents, and an administrator who takes them and their queues away and brings them back.
    pub fn giving_up() -> Self {
        let mut routing = office(2, 1);
        impatient(&mut routing);
        let mut closed = routing.clone();
        closed.agents.values_mut().for_each(|agent| agent.active = false);
        closed.queues.retain(|id, _| id.as_str() == "sent");
        let kinds = [
            Kind::Tick,
            Kind::Reconfigure,
            Kind::Tear,
            Kind::Cancel,
            Kind::AskAgain,
            Kind::Leave,
            Kind::ToQueue,
        ];
        small(vec![routing, closed], vec![messaging()], &kinds)
    }

    /// Two conversations and one agent with room for one: who goes first, and what becomes of the other.
    pub fn one_agent() -> Self {
        let mut routing = office(1, 1);
        routing.settings.bypass_max_wait = false;
        for queue in routing.queues.values_mut() {
            queue.max_wait = Some(Seconds(40));
        }
        small(vec![routing], vec![messaging(); 2], &[Kind::Tick, Kind::Leave, Kind::Finish])
    }

    /// Two conversations and two agents with room for two: too much to see all of it.
    pub fn two_agents() -> Self {
        let kinds = [
            Kind::Tick,
            Kind::Leave,
            Kind::Cancel,
            Kind::AskAgain,
            Kind::Reject,
            Kind::Finish,
            Kind::Assign,
            Kind::ToQueue,
            Kind::Transfer,
            Kind::CancelTransfer,
            Kind::Presence,
        ];
        small(vec![office(2, 2)], vec![messaging(); 2], &kinds)
    }

    /// Three agents, three conversations, one of them a chat that may be refused, and everything that there is: only the
    /// beginning of it can be seen.
    pub fn everything() -> Self {
        let kinds = [
            Kind::Tick,
            Kind::Repeat,
            Kind::Leave,
            Kind::Cancel,
            Kind::AskAgain,
            Kind::Answer,
            Kind::Hold,
            Kind::Finish,
            Kind::Join,
            Kind::Assign,
            Kind::ToQueue,
            Kind::Transfer,
            Kind::CancelTransfer,
            Kind::Reject,
            Kind::Presence,
            Kind::Reconfigure,
        ];
        let mut routing = office(3, 1);
        routing.settings.reassign_enabled = true;
        for queue in routing.queues.values_mut() {
            queue.max_wait = Some(Seconds(40));
            queue.size_cap = Some(1);
            queue.nobody = WhenNobody::Refuse;
        }
        let mut full = routing.clone();
        full.service_channels.values_mut().for_each(|channel| channel.capacity = 0);
        let requesters = vec![messaging(), messaging(), Requester::new(patient(Mode::Chat), &[])];
        let mut setting = small(vec![routing, full], requesters, &kinds);
        setting.stances = vec![Stance::Available, Stance::Away, Stance::Offline, Stance::Gone];
        setting.reasons = vec![None, Some(reason("busy"))];
        setting.backlog = 2;
        setting
    }
}

fn small(variants: Vec<Routing>, requesters: Vec<Requester>, kinds: &[Kind]) -> Setting {
    let kinds: Vec<(Kind, u32)> = PLUMBING.iter().chain(kinds).map(|kind| (*kind, 1)).collect();
    Setting::new(variants, requesters, &kinds)
}

/// Two agents, whose requesters are given to the other one when they have left.
fn reassigned() -> Routing {
    let mut routing = office(2, 1);
    routing.settings.reassign_enabled = true;
    routing
}

fn impatient(routing: &mut Routing) {
    for queue in routing.queues.values_mut() {
        queue.max_wait = Some(Seconds(40));
        queue.wait_messages = vec![WaitMessage { after: Seconds(15), text: "One moment.".to_owned() }];
    }
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
