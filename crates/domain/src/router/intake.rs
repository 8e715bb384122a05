//! Takes in what conversations did: the router follows their facts and never the other way round, so that after a crash
//! it goes on from where it was.

use super::Router;
use super::command::{Fact, UnassignedWhy, What};
use super::errand::{Errand, ErrandKind};
use super::event::RouterEvent;
use super::fields::ItemFields;
use super::item::{AllocatedBy, Ending, ItemOrigin, Place, Subject, Variables, learn};
use crate::channel::Mode;
use crate::routing::{OfferId, ServiceChannelId, WorkItemId};
use crate::{AgentId, ConversationId, Timestamp};

impl Router {
    /// Takes in facts once: what is not ahead of the position is skipped. Facts that lead to nothing are passed without a
    /// word, so that a message does not cost an event here; should they come again, they lead to nothing again.
    pub(super) fn take_in(&mut self, partition: u16, position: u64, facts: &[Fact], now: Timestamp) {
        if self.state.taken_in.get(&partition).is_some_and(|done| position <= *done) || facts.is_empty() {
            return;
        }
        let before = self.decided.len();
        for fact in facts {
            self.take_in_one(fact, now);
            // Each fact is matched before the next one, so that what came first is served first.
            self.settle(now);
        }
        if self.decided.len() > before {
            self.emit(RouterEvent::TakenIn { partition, position }, now);
        }
    }

    fn take_in_one(&mut self, fact: &Fact, now: Timestamp) {
        let id = fact.conversation;
        match &fact.what {
            What::Asked { subject, variables } => self.asked(subject, variables, fact.at, now),
            What::Cancelled => self.request_over(id, Ending::RequestCancelled, now),
            What::Wrote { variables } => self.requester_wrote(id, variables, fact.at, now),
            What::Assigned { agent, offer, subject } => self.assigned(agent, *offer, subject, now),
            What::Unassigned { agent, why, subject, variables } => {
                self.unassigned(agent, why, subject, variables, fact.at, now);
            }
            What::HoldChanged { on_hold } => self.hold_changed(id, *on_hold, now),
            // It answers an errand whose item is over. Who asked again before that has been told too that nobody comes.
            What::WaitEnded => self.request_over(id, Ending::TimedOut, now),
            What::Closed => self.closed(id, now),
        }
    }

    fn asked(&mut self, subject: &Subject, variables: &Variables, at: Timestamp, now: Timestamp) {
        // WI-12: one item a conversation. What is asked again while it waits is the same request.
        if self.state.own_item(subject.conversation).is_some() {
            return self.requester_wrote(subject.conversation, variables, at, now);
        }
        self.create(subject, variables, ItemOrigin::Asked, None, at, now);
    }

    fn create(
        &mut self,
        subject: &Subject,
        variables: &Variables,
        origin: ItemOrigin,
        previous: Option<WorkItemId>,
        asked: Timestamp,
        now: Timestamp,
    ) {
        let item = self.created(subject, variables, origin, previous, asked, now);
        self.route(item, true, now);
    }

    fn created(
        &mut self,
        subject: &Subject,
        variables: &Variables,
        origin: ItemOrigin,
        previous: Option<WorkItemId>,
        asked: Timestamp,
        now: Timestamp,
    ) -> WorkItemId {
        let item = self.next_item_id();
        let (subject, variables) = (Box::new(subject.clone()), variables.clone());
        self.emit(RouterEvent::ItemCreated { item, subject, variables, origin, previous, asked }, now);
        item
    }

    /// The requester waits no longer (`VA-6`, `Q-13`); asking again later makes another item.
    fn request_over(&mut self, conversation: ConversationId, ending: Ending, now: Timestamp) {
        let Some(item) = self.state.own_item(conversation) else { return };
        if !matches!(item.place, Place::Accepted { .. }) {
            let ended = RouterEvent::Ended { item: item.id, ending };
            self.emit(ended, now);
        }
    }

    /// A message is a second chance for what is in no queue (`Q-4`), and brings a conversation whose agent is gone to
    /// another one (`RE-2`, `RE-4`).
    fn requester_wrote(
        &mut self,
        conversation: ConversationId,
        variables: &Variables,
        at: Timestamp,
        now: Timestamp,
    ) {
        let Some(item) = self.state.own_item(conversation) else { return };
        let id = item.id;
        match &item.place {
            // an old message, read when routing was switched on over an old log, is no second chance.
            Place::Unrouted(_) if at.plus(self.routing.settings.look_back) < now => {}
            Place::Unrouted(_) => {
                let variables = variables.clone();
                self.emit(RouterEvent::VariablesLearned { item: id, variables }, now);
                self.route(id, false, now);
            }
            Place::Accepted { agent, .. } => {
                let agent = agent.clone();
                let wanted = self.routing.settings.reassign_enabled && item.subject.mode == Mode::Messaging;
                let asked = self.state.errands.contains_key(&(id, ErrandKind::Unassign));
                // RE-4: what was written while the agent was there does not count, however late it is read again.
                let gone = self.state.agents.get(&agent).is_none_or(|here| here.since <= at);
                if wanted && !asked && gone && !self.is_available(&agent) {
                    let errand = Errand::Unassign { conversation, agent };
                    self.emit(RouterEvent::ErrandGiven { item: id, errand }, now);
                }
            }
            Place::Queued | Place::Offered(_) | Place::Accepting(_) => {}
        }
    }

    /// The conversation has an agent: by an offer of ours, or by hand (`LC-13`, `Q-9`).
    fn assigned(&mut self, agent: &AgentId, offer: Option<OfferId>, subject: &Subject, now: Timestamp) {
        if offer.is_some_and(|offer| self.has_gone_on_from(offer, subject.conversation)) {
            return;
        }
        if let Some(offer) = offer
            && let Some(item) = self.state.items.get(&offer.item)
            && item.offers == offer.number
        {
            match item.place.clone() {
                Place::Accepting(pending) if pending.agent == *agent => {
                    let (item, kind) = (offer.item, ErrandKind::Assign);
                    self.emit(RouterEvent::ErrandDone { item, kind, taken: true }, now);
                    return self.accepted(item, &pending, now);
                }
                // What was told since then of a hold was about the time before.
                Place::Accepted { agent: owner, .. } if owner == *agent => {
                    return self.hold_changed(subject.conversation, false, now);
                }
                Place::Accepting(_)
                | Place::Accepted { .. }
                | Place::Offered(_)
                | Place::Queued
                | Place::Unrouted(_) => {}
            }
        }
        let previous = self.state.own_item(subject.conversation).map(|item| (item.id, item.place.clone()));
        let mut known = Variables::new();
        if let Some((id, place)) = &previous {
            let ending = match place {
                Place::Accepted { agent: owner, .. } if owner == agent => return,
                Place::Accepted { .. } => Ending::Transferred,
                Place::Unrouted(_) | Place::Queued | Place::Offered(_) | Place::Accepting(_) => {
                    Ending::ManuallyAssigned
                }
            };
            known = self.state.items.get(id).map(|item| item.variables.clone()).unwrap_or_default();
            self.emit(RouterEvent::Ended { item: *id, ending }, now);
        }
        self.end_handover(subject.conversation, now);
        let previous = previous.map(|(id, _)| id);
        let item = self.created(subject, &known, ItemOrigin::ByHand, previous, now, now);
        let (service_channel, size) = self.weight(subject, &known);
        let agent = agent.clone();
        let by = AllocatedBy::Hand;
        self.emit(RouterEvent::Accepted { item, agent, by, service_channel, size }, now);
    }

    /// Whether this is late news: the router heard of that assignment from the errand, and the agent has handed the
    /// conversation over since.
    fn has_gone_on_from(&self, offer: OfferId, conversation: ConversationId) -> bool {
        let Some(own) = self.state.own_item(conversation) else { return false };
        let handed_over = matches!(own.place, Place::Accepted { by: AllocatedBy::Transfer, .. });
        handed_over && own.id > offer.item && !self.state.items.contains_key(&offer.item)
    }

    /// What a conversation would take of which channel.
    fn weight(&self, subject: &Subject, variables: &Variables) -> (Option<ServiceChannelId>, u32) {
        let fields = ItemFields { subject, variables };
        let channels = self.routing.service_channels.iter().filter(|(_, channel)| fields.belong_to(channel));
        let first = channels.min_by_key(|(id, channel)| (channel.order, (*id).clone()));
        first.map_or((None, 1), |(id, channel)| (Some(id.clone()), fields.size_on(channel)))
    }

    /// Its agent was taken off: what they had is over, and the requester waits again (`LC-11`, `TR-1`).
    fn unassigned(
        &mut self,
        agent: &AgentId,
        why: &UnassignedWhy,
        subject: &Subject,
        variables: &Variables,
        at: Timestamp,
        now: Timestamp,
    ) {
        let conversation = subject.conversation;
        self.end_handover(conversation, now);
        let previous = self.state.own_item(conversation).map(|item| item.id);
        let from = agent.clone();
        let (ending, origin) = match why {
            UnassignedWhy::Reassigned => {
                (Ending::Reassigned, ItemOrigin::Reassigned { from, by_action: false })
            }
            UnassignedWhy::ByAction => (Ending::Reassigned, ItemOrigin::Reassigned { from, by_action: true }),
            UnassignedWhy::ToQueue(queue) => {
                (Ending::Transferred, ItemOrigin::ToQueue { from, queue: queue.clone() })
            }
        };
        let item = previous.and_then(|id| self.state.items.get(&id));
        let mut known = item.map(|item| item.variables.clone()).unwrap_or_default();
        learn(&mut known, variables);
        if let Some(item) = previous {
            self.emit(RouterEvent::Ended { item, ending }, now);
        }
        self.create(subject, &known, origin, previous, at, now);
    }

    fn hold_changed(&mut self, conversation: ConversationId, on_hold: bool, now: Timestamp) {
        let Some(item) = self.state.own_item(conversation) else { return };
        let changes = matches!(item.place, Place::Accepted { on_hold: before, .. } if before != on_hold);
        if changes {
            let item = item.id;
            self.emit(RouterEvent::HoldChanged { item, on_hold }, now);
        }
    }

    /// `WI-8`: what was accepted is completed, what was not is canceled, also when it was just being handed over.
    fn closed(&mut self, conversation: ConversationId, now: Timestamp) {
        self.end_handover(conversation, now);
        let Some(item) = self.state.own_item(conversation) else { return };
        let ending = match item.place {
            Place::Accepted { .. } => Ending::Completed,
            Place::Unrouted(_) | Place::Queued | Place::Offered(_) | Place::Accepting(_) => {
                Ending::RequesterLeft
            }
        };
        let item = item.id;
        self.emit(RouterEvent::Ended { item, ending }, now);
    }

    fn end_handover(&mut self, conversation: ConversationId, now: Timestamp) {
        if let Some(item) = self.state.handover(conversation).map(|item| item.id) {
            self.emit(RouterEvent::Ended { item, ending: Ending::TransferCancelled }, now);
        }
    }
}
