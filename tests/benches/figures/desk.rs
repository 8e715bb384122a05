//! A small desk on a real engine, for what routing costs beyond its decisions: agents with one chat each, one who is
//! idle, and a queue of messages that nobody serves unless somebody comes to work.

use super::world;
use domain::channel::{ChannelKind, ChannelSettings, Mode};
use domain::condition::Condition;
use domain::configuration::Apply;
use domain::router::Router;
use domain::routing::{
    Agent, AssignmentRule, Group, GroupId, Pool, PresenceId, Queue, QueueId, Routing, RuleId, ServiceChannel,
    ServiceChannelId, ServiceKind, WorkItemId, presence_names,
};
use domain::{AgentId, ConversationId, Role, Seconds};
use engine::{Accepted, Engine, Presence};
use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;

/// The chat channel of a queue that has an idle agent.
pub(crate) const CALM: &str = "calm";
/// Who is idle.
pub(crate) const IDLE: &str = "idle";
/// Who may come to work and take messages.
pub(crate) const LATE: &str = "late";

const LEGAL: &str = "the name is legal";

/// Channels and routing; nothing here times out while it is measured.
pub(crate) fn apply(agents: u64) -> anyhow::Result<Apply> {
    let mut apply = world::channels()?;
    let mut web = ChannelSettings::defaults(ChannelKind::Mweb, Mode::Chat);
    web.idle_chat.reminder_timeout = Seconds(3600);
    web.idle_chat.cancel_timeout = Seconds(7200);
    apply.channels.insert(world::channel(world::WEB), web.clone());
    apply.channels.insert(world::channel(CALM), web);
    apply.routing = Some(routing(agents)?);
    Ok(apply)
}

fn routing(agents: u64) -> anyhow::Result<Routing> {
    let mut routing = Routing::default();
    routing.settings.queued_max = 100_000;
    let rule = RuleId::new("rule").expect(LEGAL);
    routing.rules.insert(rule.clone(), AssignmentRule::default());
    for (channel, kind) in
        [(world::WEB, ServiceKind::Chat), (CALM, ServiceKind::Chat), (world::SMS, ServiceKind::Messaging)]
    {
        let served =
            ServiceChannelId::new(if kind == ServiceKind::Chat { "chats" } else { "messages" }).expect(LEGAL);
        let settings = ServiceChannel { capacity: 1, ..ServiceChannel::defaults(kind) };
        routing.service_channels.insert(served.clone(), settings);
        let group = GroupId::new(channel).expect(LEGAL);
        routing.groups.insert(group.clone(), Group::default());
        let condition = Condition::parse(&format!("channel == \"{channel}\""));
        let queue = Queue {
            condition: Some(condition.map_err(|error| anyhow::anyhow!("{error}"))?),
            pools: vec![Pool { groups: [group].into(), rule: rule.clone(), eligible_at: Seconds(0) }],
            ..Queue::defaults(served)
        };
        routing.queues.insert(QueueId::new(channel).expect(LEGAL), queue);
    }
    let crowd = (0..agents).map(|number| (agent(number), world::WEB));
    let mut staff: BTreeMap<AgentId, &str> = crowd.collect();
    staff.extend([(named(IDLE), CALM), (named(LATE), world::SMS)]);
    for (agent, group) in staff {
        routing
            .agents
            .insert(agent, Agent { groups: [GroupId::new(group).expect(LEGAL)].into(), ..Agent::default() });
    }
    Ok(routing)
}

pub(crate) fn agent(number: u64) -> AgentId {
    named(&format!("agent-{number}"))
}

pub(crate) fn named(name: &str) -> AgentId {
    AgentId::new(name).expect(LEGAL)
}

/// An agent is at work from now on.
pub(crate) async fn comes(engine: &Engine, agent: AgentId) -> anyhow::Result<()> {
    let state = PresenceId::new(presence_names::AVAILABLE).expect(LEGAL);
    let presence = Presence { agent, state, switched_off: None, connected: true };
    Ok(engine.set_presence(presence, world::request(Role::Agent, None)).await?)
}

/// Waits until an agent's inbox shows an offer, on a thread that does nothing else. It looks whenever something was
/// committed, as whoever is told of changes does.
pub(crate) async fn offered(
    engine: &Engine,
    commits: &Receiver<()>,
    agent: &AgentId,
) -> anyhow::Result<(WorkItemId, ConversationId)> {
    loop {
        let who = agent.clone();
        let look = move |router: &Router, _| {
            let offer = router.inbox(&who).into_iter().find(|item| item.offer().is_some())?;
            Some((offer.id, offer.subject.conversation))
        };
        if let Some(offer) = engine.look(look).await? {
            return Ok(offer);
        }
        commits.recv()?;
    }
}

/// An agent accepts.
pub(crate) async fn accept(engine: &Engine, item: WorkItemId, agent: AgentId) -> anyhow::Result<Accepted> {
    Ok(engine.accept(item, agent, world::request(Role::Agent, None)).await?)
}
