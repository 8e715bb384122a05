//! Who can take what, once more: written from the rules and not from the router, without indexes, so that the two can be
//! held against each other. Shifts and sort rules are in none of the worlds and not in here.

use domain::router::{Place, State, Ticket, WorkItem};
use domain::routing::{
    Agent, GroupId, Need, Queue, QueueId, Routing, ServiceChannelId, SkillUse, WorkItemId,
};
use domain::{AgentId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A state under a configuration at a moment.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) state: &'a State,
    pub(super) routing: &'a Routing,
    pub(super) now: Timestamp,
}

/// What an agent carries and can carry, on the channels that are on for them.
pub(super) struct Bearing {
    pub(super) used: BTreeMap<ServiceChannelId, u32>,
    pub(super) most: BTreeMap<ServiceChannelId, u32>,
    pub(super) universal: Option<u32>,
}

/// What goes first for an agent: by tier (`Q-10`), the queue's priority, the item's, its age and its number (`SFR-2`).
pub(super) type Turn = (usize, u32, i64, Timestamp, WorkItemId);

impl Bearing {
    fn universal_used(&self) -> u32 {
        // CAP-7: what is on a channel that is off does not count over all.
        self.used.iter().filter(|(channel, _)| self.most.contains_key(*channel)).map(|(_, used)| used).sum()
    }

    /// Whether so much more would still be within the limits (`CAP-5`).
    pub(super) fn has_room(&self, channel: &ServiceChannelId, size: u32) -> bool {
        let used = self.used.get(channel).copied().unwrap_or(0);
        self.most.get(channel).is_some_and(|most| used + size <= *most)
            && self.universal.is_none_or(|most| self.universal_used() + size <= most)
    }
}

impl Look<'_> {
    /// What an agent has, from the items alone (R1, R2, `CAP-6`).
    pub(super) fn used(&self, agent: &AgentId) -> BTreeMap<ServiceChannelId, u32> {
        let mut used = BTreeMap::new();
        for item in self.state.items.values() {
            let Some(channel) = item.service_channel.as_ref() else { continue };
            let counts = match &item.place {
                Place::Unrouted(_) | Place::Queued => false,
                Place::Offered(offer) | Place::Accepting(offer) => offer.agent == *agent,
                Place::Accepted { agent: owner, on_hold, .. } => {
                    let kind = self.routing.service_channels.get(channel).map(|channel| channel.kind);
                    owner == agent && (!on_hold || kind.is_none_or(|kind| kind.on_hold_counts()))
                }
            };
            if counts {
                *used.entry(channel.clone()).or_default() += item.size;
            }
        }
        used
    }

    /// What an agent can bear, or `None` if nothing is offered to them just now.
    pub(super) fn bearing(&self, id: &AgentId) -> Option<Bearing> {
        let agent = self.routing.agents.get(id).filter(|agent| agent.active)?;
        let here = self.state.agents.get(id)?;
        let presence = self.routing.presence.get(&here.presence)?;
        if !presence.active || !presence.receives_work {
            return None;
        }
        let is_on = |channel: &ServiceChannelId| {
            presence.channels.as_ref().is_none_or(|channels| channels.contains(channel))
                && !here.switched_off.contains(channel)
        };
        let channels = self.routing.service_channels.iter().filter(|(channel, _)| is_on(channel));
        let most = channels.map(|(channel, settings)| {
            let of_group = |group: &GroupId| self.routing.groups.get(group)?.capacity.get(channel);
            let groups = agent.groups.iter().filter_map(of_group).max();
            let most = agent.capacity.get(channel).or(groups).copied().unwrap_or(settings.capacity);
            (channel.clone(), most)
        });
        Some(Bearing { used: self.used(id), most: most.collect(), universal: agent.universal })
    }

    /// Whether an agent who can bear so much could take an item that waits (`AR-13`).
    pub(super) fn can_take(&self, id: &AgentId, bearing: &Bearing, item: &WorkItem) -> bool {
        let (Place::Queued, Some(ticket)) = (&item.place, &item.ticket) else { return false };
        let Some(queue) = self.routing.queues.get(&ticket.queue) else { return false };
        let Some(agent) = self.routing.agents.get(id) else { return false };
        bearing.has_room(&queue.service_channel, item.size)
            && !self.is_excluded(item, id)
            && self.is_free_for(item, ticket, id)
            && self.has_pool(agent, queue, ticket)
    }

    fn is_excluded(&self, item: &WorkItem, agent: &AgentId) -> bool {
        item.excluded.get(agent).is_some_and(|until| until.is_none_or(|until| until > self.now))
    }

    /// `AFF-4`: while it is held for preferred agents who may still take it, nobody else may.
    fn is_free_for(&self, item: &WorkItem, ticket: &Ticket, agent: &AgentId) -> bool {
        let held = ticket.hold_until.is_some_and(|until| until > self.now);
        let hoped_for = ticket.affine.iter().any(|preferred| !self.is_excluded(item, preferred));
        !(held && hoped_for) || ticket.affine.contains(agent)
    }

    fn has_pool(&self, agent: &Agent, queue: &Queue, ticket: &Ticket) -> bool {
        queue.pools.iter().any(|pool| {
            let rule = self.routing.rules.get(&pool.rule);
            ticket.entered.plus(pool.eligible_at) <= self.now
                && !pool.groups.is_disjoint(&agent.groups)
                && rule.is_some_and(|rule| {
                    rule.skills.is_none_or(|used| self.has_skills(agent, queue, ticket, used))
                })
        })
    }

    fn has_skills(&self, agent: &Agent, queue: &Queue, ticket: &Ticket, used: SkillUse) -> bool {
        // SFR-6: the additional skills with the highest number are dropped first, one number after the other.
        let orders: BTreeSet<u8> = ticket.skills.iter().filter_map(|demand| order(demand.need)).collect();
        ticket.skills.iter().all(|demand| {
            let needed = match demand.need {
                Need::Mandatory => used.mandatory,
                Need::Optional => false,
                Need::Additional { drop_order } => {
                    let turn = orders.range(drop_order..).count();
                    let span = queue.relax_after.map(|every| every.0 * u32::try_from(turn).unwrap_or(0));
                    span.is_none_or(|span| ticket.entered.plus(domain::Seconds(span)) > self.now)
                }
            };
            !needed || agent.skills.get(&demand.skill).is_some_and(|level| *level >= demand.level)
        })
    }

    /// When it is an item's turn for an agent.
    pub(super) fn turn(&self, agent: &AgentId, item: &WorkItem) -> Option<Turn> {
        let ticket = item.ticket.as_ref()?;
        let queue = self.routing.queues.get(&ticket.queue)?;
        let field = queue.priority_field.as_ref().and_then(|field| item.variables.get(field));
        let priority = field.and_then(|value| value.expose().parse().ok()).unwrap_or(i64::MAX);
        let groups = self.routing.agents.get(agent).map(|agent| &agent.groups);
        let tier = groups.into_iter().flatten().filter_map(|group| self.tier(group, &ticket.queue)).min()?;
        Some((tier, queue.priority, priority, ticket.since, item.id))
    }

    /// In which turn a group serves a queue: the k-th of the orders that its queues have.
    fn tier(&self, group: &GroupId, queue: &QueueId) -> Option<usize> {
        let settings = self.routing.groups.get(group)?;
        let serves = |queue: &Queue| queue.pools.iter().any(|pool| pool.groups.contains(group));
        let served = self.routing.queues.iter().filter(|(_, queue)| serves(queue));
        let orders: BTreeSet<u32> = served.map(|(id, _)| settings.order_of(id)).collect();
        let is_served = self.routing.queues.get(queue).is_some_and(serves);
        is_served.then(|| orders.range(..settings.order_of(queue)).count())
    }
}

const fn order(need: Need) -> Option<u8> {
    match need {
        Need::Additional { drop_order } => Some(drop_order),
        Need::Mandatory | Need::Optional => None,
    }
}
