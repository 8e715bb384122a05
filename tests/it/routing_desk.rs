//! A small desk for stories about routing: two queues, one group, and short words for what agents do.

use domain::condition::Condition;
use domain::router::Router;
use domain::routing::{
    Agent, AssignmentRule, Group, GroupId, Pool, PresenceId, Queue, QueueId, Routing, RuleId, ServiceChannel,
    ServiceChannelId, ServiceKind, WorkItemId,
};
use domain::{AgentId, ConversationId, Principal, Role, Seconds};
use engine::{Accepted, Error, Presence, Request};
use sim::{Harness, Setup};
use uuid::Uuid;

/// One queue for all chats and one for all messages; every agent of the group serves both, and has a minute to accept.
pub(crate) fn routing(agents: &[&str]) -> Routing {
    let mut routing = Routing::default();
    let rule = RuleId::new("rule").unwrap();
    let settings = AssignmentRule {
        offer_timeout: Some(Seconds(60)),
        timeout_presence: Some(PresenceId::new("away").unwrap()),
        ..AssignmentRule::default()
    };
    routing.rules.insert(rule.clone(), settings);
    let group = GroupId::new("group").unwrap();
    routing.groups.insert(group.clone(), Group::default());
    for (name, kind) in [("chats", ServiceKind::Chat), ("messages", ServiceKind::Messaging)] {
        let channel = ServiceChannelId::new(name).unwrap();
        routing.service_channels.insert(channel.clone(), ServiceChannel::defaults(kind));
        let mode = if kind == ServiceKind::Chat { "chat" } else { "messaging" };
        let queue = Queue {
            condition: Some(Condition::parse(&format!("mode == \"{mode}\"")).unwrap()),
            pools: vec![Pool { groups: [group.clone()].into(), rule: rule.clone(), eligible_at: Seconds(0) }],
            ..Queue::defaults(channel)
        };
        routing.queues.insert(QueueId::new(name).unwrap(), queue);
    }
    for name in agents {
        let agent = Agent { groups: [group.clone()].into(), ..Agent::default() };
        routing.agents.insert(AgentId::new(name).unwrap(), agent);
    }
    routing
}

/// An agent's name.
pub(crate) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

/// A request of somebody.
pub(crate) fn request(name: &str) -> Request {
    Request {
        principal: Principal { role: Role::Agent, name: name.to_owned() },
        correlation: Uuid::from_u128(7),
        command: None,
    }
}

/// Says that an agent is there, or not.
pub(crate) async fn set_presence(harness: &Harness, name: &str, state: &str) -> Result<(), Error> {
    let state = PresenceId::new(state).unwrap();
    let presence = Presence { agent: agent(name), state, switched_off: None, connected: true };
    harness.engine.set_presence(presence, request(name)).await
}

/// What an agent was offered and has.
pub(crate) async fn inbox(harness: &Harness, name: &str) -> Vec<(WorkItemId, ConversationId, &'static str)> {
    harness.engine.settle().await.unwrap();
    let who = agent(name);
    let look = move |router: &Router, _| {
        let items = router.inbox(&who).into_iter();
        items.map(|item| (item.id, item.subject.conversation, item.place.name())).collect()
    };
    harness.engine.look(look).await.unwrap()
}

/// An agent accepts.
pub(crate) async fn accept(harness: &Harness, item: WorkItemId, name: &str) -> Result<Accepted, Error> {
    harness.engine.accept(item, agent(name), request(name)).await
}

/// The setup of a desk with these agents.
pub(crate) fn with_agents(agents: &'static [&'static str]) -> impl Fn(&mut Setup) {
    move |setup| {
        let configuration = setup.configuration.as_mut().unwrap();
        configuration.routing = Some(routing(agents));
    }
}
