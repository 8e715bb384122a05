//! Handing a conversation to another agent (`TR-2` to `TR-7`). Handing it to a queue is the conversation's own doing; the
//! router learns of it as of any other fact.

use super::Router;
use super::command::Refusal;
use super::event::RouterEvent;
use super::item::{Ending, ItemOrigin, Offer, Place};
use crate::routing::WorkItemId;
use crate::{AgentId, ConversationId, Timestamp};

impl Router {
    /// Offers what an agent has to another one who is available and has room; the conversation stays where it is until
    /// that one accepts (`TR-4`), whose capacity is taken from the offer on (`TR-6`).
    pub(super) fn transfer(
        &mut self,
        conversation: ConversationId,
        from: &AgentId,
        to: &AgentId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let own = self.state.own_item(conversation).ok_or(Refusal::NotOwner)?;
        if !matches!(&own.place, Place::Accepted { agent, .. } if agent == from) {
            return Err(Refusal::NotOwner);
        }
        if self.state.handover(conversation).is_some() {
            return Err(Refusal::TransferPending);
        }
        if !self.routing.agents.contains_key(to) || from == to {
            return Err(Refusal::AgentUnknown);
        }
        let channel = own.service_channel.clone().ok_or(Refusal::AgentUnavailable)?;
        let worker = self.index.workers.get(to).ok_or(Refusal::AgentUnavailable)?;
        if !worker.room.contains_key(&channel) {
            return Err(Refusal::AgentUnavailable);
        }
        if !worker.has_room(&channel, own.size) {
            return Err(Refusal::AgentFull);
        }
        let (size, previous) = (own.size, own.id);
        let created = RouterEvent::ItemCreated {
            item: self.next_item_id(),
            subject: Box::new(own.subject.clone()),
            variables: own.variables.clone(),
            origin: ItemOrigin::ToAgent { from: from.clone() },
            previous: Some(previous),
            asked: now,
        };
        let expires = self.handover_timeout().map(|timeout| now.plus(timeout));
        let offer = Offer {
            agent: to.clone(),
            number: 1,
            at: now,
            expires,
            pool: None,
            reject_allowed: true,
            transferred_from: Some(from.clone()),
        };
        let item = self.next_item_id();
        self.emit(created, now);
        self.emit(RouterEvent::Offered { item, offer, service_channel: channel, size }, now);
        Ok(())
    }

    /// The agent who has it takes the offer back.
    pub(super) fn cancel_transfer(
        &mut self,
        conversation: ConversationId,
        from: &AgentId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let handover = self.state.handover(conversation).ok_or(Refusal::NoTransfer)?;
        if !matches!(&handover.origin, ItemOrigin::ToAgent { from: owner } if owner == from) {
            return Err(Refusal::NotOwner);
        }
        match handover.place {
            Place::Offered(_) => {
                let item = handover.id;
                self.emit(RouterEvent::Ended { item, ending: Ending::TransferCancelled }, now);
                Ok(())
            }
            // It was accepted just now, and the conversation is being told.
            Place::Accepting(_) | Place::Accepted { .. } | Place::Queued | Place::Unrouted(_) => {
                Err(Refusal::NoTransfer)
            }
        }
    }

    pub(super) const fn next_item_id(&self) -> WorkItemId {
        WorkItemId(self.state.last_item + 1)
    }

    /// How long an agent has to take what is handed to them: as long as the most patient rule gives, or a minute.
    fn handover_timeout(&self) -> Option<crate::Seconds> {
        const DEFAULT: crate::Seconds = crate::Seconds(60);
        let longest = self.routing.rules.values().filter_map(|rule| rule.offer_timeout).max();
        Some(longest.unwrap_or(DEFAULT))
    }
}
