//! Applies facts to the router's state. Total and deterministic (`L4`).

use super::errand::ErrandKind;
use super::event::{Exclude, RouterEvent};
use super::item::{Offer, Place, Ticket, WorkItem};
use super::state::{AgentState, State};
use super::waits::Wait;
use crate::routing::{Need, ServiceChannelId, SkillId, WorkItemId};
use crate::{AgentId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

impl State {
    /// Applies one fact that was committed at `at`.
    pub fn apply(&mut self, at: Timestamp, event: &RouterEvent) {
        self.version += 1;
        match event {
            RouterEvent::Reconfigured { version, on } => {
                self.configuration = *version;
                self.on_since = if *on { self.on_since.or(Some(at)) } else { None };
            }
            RouterEvent::TakenIn { partition, position } => {
                self.taken_in.insert(*partition, *position);
            }
            RouterEvent::ItemCreated { .. } => self.item_created(event),
            RouterEvent::VariablesLearned { item, variables } => {
                if let Some(item) = self.items.get_mut(item) {
                    super::item::learn(&mut item.variables, variables);
                    item.asked = at;
                }
            }
            RouterEvent::Queued { .. } => self.queued(at, event),
            RouterEvent::Unrouted { item, why } => self.set_place(item, Place::Unrouted(*why)),
            RouterEvent::Offered { item, offer, service_channel, size } => {
                self.offered(at, item, offer, service_channel, *size);
            }
            RouterEvent::OfferEnded { item, agent, why, exclude } => {
                if let Some(item) = self.items.get_mut(item) {
                    item.rejected |= matches!(why, super::OfferEnd::Rejected { .. });
                    item.timed_out |= matches!(why, super::OfferEnd::TimedOut { .. });
                    exclude_agent(item, agent, *exclude);
                }
                self.set_place(item, Place::Queued);
            }
            RouterEvent::Accepting { item, .. } => {
                let offer = self.items.get(item).and_then(WorkItem::offer).cloned();
                if let Some(offer) = offer {
                    self.set_place(item, Place::Accepting(offer));
                }
            }
            RouterEvent::Accepted { .. } => self.accepted(at, event),
            RouterEvent::HoldChanged { item, on_hold: now } => {
                if let Some(WorkItem { place: Place::Accepted { on_hold, .. }, .. }) =
                    self.items.get_mut(item)
                {
                    *on_hold = *now;
                }
            }
            RouterEvent::TargetExceeded { item, .. } => {
                if let Some(item) = self.items.get_mut(item) {
                    item.exceeded_target = true;
                }
            }
            RouterEvent::Ended { item, .. } => self.ended(at, item),
            RouterEvent::ErrandGiven { item, errand } => {
                if errand.kind() == ErrandKind::Tell
                    && let Some(item) = self.items.get_mut(item)
                {
                    item.told += 1;
                }
                self.errands.insert((*item, errand.kind()), errand.clone());
            }
            RouterEvent::ErrandDone { item, kind, .. } => {
                self.errands.remove(&(*item, *kind));
            }
            RouterEvent::PresenceChanged { .. } => self.presence_changed(at, event),
            RouterEvent::AgentSeen { agent } => {
                if let Some(agent) = self.agent(agent, at) {
                    agent.seen = at;
                }
            }
        }
    }

    fn item_created(&mut self, event: &RouterEvent) {
        let RouterEvent::ItemCreated { item: id, subject, variables, origin, previous, asked } = event else {
            return;
        };
        self.last_item = self.last_item.max(id.0);
        self.conversations.entry(subject.conversation).or_default().insert(*id);
        let item = WorkItem {
            id: *id,
            subject: subject.as_ref().clone(),
            variables: variables.clone(),
            origin: origin.clone(),
            previous: *previous,
            asked: *asked,
            service_channel: None,
            size: 1,
            ticket: None,
            place: Place::Unrouted(super::UnroutedWhy::NoServiceChannel),
            offers: 0,
            rejected: false,
            timed_out: false,
            exceeded_target: false,
            told: 0,
            excluded: BTreeMap::new(),
        };
        self.items.insert(*id, item);
    }

    fn queued(&mut self, at: Timestamp, event: &RouterEvent) {
        let RouterEvent::Queued {
            item: id,
            queue,
            service_channel,
            size,
            skills,
            affine,
            hold_until,
            spared,
            overflow_from: _,
        } = event
        else {
            return;
        };
        let Some(item) = self.items.get_mut(id) else { return };
        let since = item.ticket.as_ref().map_or(at, |ticket| ticket.since);
        item.service_channel = Some(service_channel.clone());
        item.size = *size;
        item.told = 0;
        if item.ticket.as_ref().is_some_and(|ticket| ticket.queue != *queue) {
            // Who declined for good did so in a queue that gives items up; the next one may not.
            item.excluded.retain(|_, until| until.is_some());
        }
        item.ticket = Some(Ticket {
            queue: queue.clone(),
            since,
            entered: at,
            skills: skills.clone(),
            affine: affine.clone(),
            hold_until: *hold_until,
        });
        if let Some((agent, until)) = spared {
            item.excluded.insert(agent.clone(), Some(*until));
        }
        self.set_place(id, Place::Queued);
    }

    fn offered(
        &mut self,
        at: Timestamp,
        id: &WorkItemId,
        offer: &Offer,
        service_channel: &ServiceChannelId,
        size: u32,
    ) {
        if let Some(item) = self.items.get_mut(id) {
            item.offers = offer.number;
            item.service_channel = Some(service_channel.clone());
            item.size = size;
            // ACT-11: whoever was spared was so for the first round only.
            if let super::ItemOrigin::Reassigned { from, by_action: true } = &item.origin
                && offer.number == 1
            {
                item.excluded.remove(from);
            }
            if let (Some(ticket), Some(pool)) = (&item.ticket, offer.pool) {
                self.cursors.insert((ticket.queue.clone(), pool), offer.agent.clone());
            }
        }
        // AR-4, 18.12: stamped when asked, so that a burst does not go to one agent.
        self.stamp(at, &offer.agent, Some(service_channel));
        self.set_place(id, Place::Offered(offer.clone()));
    }

    fn accepted(&mut self, at: Timestamp, event: &RouterEvent) {
        let RouterEvent::Accepted { item: id, agent, by, service_channel, size } = event else { return };
        self.noted_wait(at, id);
        let Some(item) = self.items.get_mut(id) else { return };
        let offered = item.offer().filter(|offer| offer.agent == *agent);
        let (arrived, is_offered) = (offered.map_or(at, |offer| offer.at), offered.is_some());
        item.service_channel = item.service_channel.take().or_else(|| service_channel.clone());
        item.size = *size;
        item.ticket = None;
        self.served.note(item.subject.contact, agent.clone(), at);
        // AR-4: whoever was asked is stamped already, and accepting late is not being assigned late.
        if is_offered {
            self.stamp_work(at, agent, service_channel.as_ref());
        } else {
            self.stamp(at, agent, service_channel.as_ref());
        }
        self.set_place(id, Place::Accepted { agent: agent.clone(), at, arrived, on_hold: false, by: *by });
    }

    fn presence_changed(&mut self, at: Timestamp, event: &RouterEvent) {
        let RouterEvent::PresenceChanged { agent, state, switched_off, connected, why: _ } = event else {
            return;
        };
        let Some(agent) = self.agent(agent, at) else { return };
        if agent.presence != *state {
            agent.since = at;
        }
        agent.presence = state.clone();
        agent.switched_off = switched_off.clone();
        agent.disconnected = if *connected { None } else { agent.disconnected.or(Some(at)) };
        agent.seen = at;
    }

    /// A wait is from entering the first queue to the agent's joining; direct offers and transfers are none (`EWT-1`).
    fn noted_wait(&mut self, at: Timestamp, id: &WorkItemId) {
        let Some(item) = self.items.get(id) else { return };
        let Some(ticket) = &item.ticket else { return };
        let skills = required(ticket);
        let wait = Wait { joined: at, waited_ms: at.since_ms(ticket.since) };
        let queue = ticket.queue.clone();
        self.waits.entry(queue).or_default().note(skills, wait);
    }

    /// The agent is assigned something, which is work.
    fn stamp(&mut self, at: Timestamp, agent: &AgentId, channel: Option<&ServiceChannelId>) {
        self.stamp_work(at, agent, channel);
        let (Some(channel), Some(agent)) = (channel, self.agent(agent, at)) else { return };
        agent.assigned.insert(channel.clone(), at);
    }

    fn stamp_work(&mut self, at: Timestamp, agent: &AgentId, channel: Option<&ServiceChannelId>) {
        let (Some(channel), Some(agent)) = (channel, self.agent(agent, at)) else { return };
        agent.worked.insert(channel.clone(), at);
    }

    fn ended(&mut self, at: Timestamp, id: &WorkItemId) {
        self.leave_agent(at, id);
        let Some(item) = self.items.remove(id) else { return };
        let conversation = item.subject.conversation;
        if let Some(items) = self.conversations.get_mut(&conversation) {
            items.remove(id);
            if items.is_empty() {
                self.conversations.remove(&conversation);
            }
        }
        // What was still to be done for it has lost its reason; what its end leads to is given after it.
        ErrandKind::ALL.iter().for_each(|kind| drop(self.errands.remove(&(*id, *kind))));
    }

    /// Moves an item, and keeps the agents' lists true.
    fn set_place(&mut self, id: &WorkItemId, place: Place) {
        let at = match &place {
            Place::Offered(offer) | Place::Accepting(offer) => offer.at,
            Place::Accepted { at, .. } => *at,
            Place::Unrouted(_) | Place::Queued => Timestamp::default(),
        };
        let Some(item) = self.items.get_mut(id) else { return };
        let before = item.agent().cloned();
        item.place = place;
        let after = item.agent().cloned();
        if before == after {
            return;
        }
        if let Some(agent) = before.and_then(|agent| self.agents.get_mut(&agent)) {
            agent.items.remove(id);
        }
        if let Some(agent) = after.and_then(|agent| self.agent(&agent, at)) {
            agent.items.insert(*id);
        }
    }

    fn leave_agent(&mut self, at: Timestamp, id: &WorkItemId) {
        let Some(item) = self.items.get(id) else { return };
        let channel = item.service_channel.clone();
        let Some(agent) = item.agent().cloned() else { return };
        let Some(agent) = self.agents.get_mut(&agent) else { return };
        agent.items.remove(id);
        if let Some(channel) = channel {
            agent.worked.insert(channel, at);
        }
    }

    fn agent(&mut self, id: &AgentId, at: Timestamp) -> Option<&mut AgentState> {
        if !self.agents.contains_key(id) {
            self.agents.insert(id.clone(), AgentState::absent(at)?);
        }
        self.agents.get_mut(id)
    }
}

/// The skills that an item cannot do without, as estimates group by them.
pub(super) fn required(ticket: &Ticket) -> BTreeSet<SkillId> {
    let cannot_do_without = |need: Need| match need {
        Need::Mandatory | Need::Additional { .. } => true,
        Need::Optional => false,
    };
    let required = ticket.skills.iter().filter(|demand| cannot_do_without(demand.need));
    required.map(|demand| demand.skill.clone()).collect()
}

fn exclude_agent(item: &mut WorkItem, agent: &AgentId, exclude: Exclude) {
    match exclude {
        Exclude::No => {}
        Exclude::Until(until) => drop(item.excluded.insert(agent.clone(), Some(until))),
        Exclude::ForGood => drop(item.excluded.insert(agent.clone(), None)),
    }
}
