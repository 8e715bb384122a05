//! What the router does because time has passed: each thing once, in the order in which it was due, never early (`T1`).

use super::Router;
use super::due::{AgentDue, Due, ItemDue, agent_dues, item_dues};
use super::errand::Errand;
use super::event::{PresenceWhy, RouterEvent};
use crate::routing::WorkItemId;
use crate::{AgentId, Timestamp};

impl Router {
    /// Does everything that is due by now. What is due at the same moment has all happened before anybody is asked.
    pub(super) fn run_due(&mut self, now: Timestamp) {
        while let Some(moment) = self.next_due().filter(|moment| *moment <= now) {
            while let Some((_, who)) = self.index.due.first().filter(|(at, _)| *at <= moment).cloned() {
                match who {
                    Due::Item(id) => self.item_due(id, now),
                    Due::Agent(id) => self.agent_due(&id, now),
                }
            }
            self.settle(now);
        }
    }

    fn item_due(&mut self, id: WorkItemId, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let mut dues = item_dues(item, &self.routing, now);
        let grace = self.grace_until.filter(|grace| *grace > now);
        if grace.is_some() {
            dues.retain(|(_, due)| *due != ItemDue::MaxWait);
        }
        let due = dues.iter().filter(|(at, _)| *at <= now).min().copied();
        self.do_item_due(id, due, now);
        if let (Some(grace), None) = (grace, due) {
            // Everything but the end of the wait goes on as ever.
            let next = dues.iter().map(|(at, _)| *at).fold(grace, Timestamp::min);
            self.index.postpone(Due::Item(id), next);
        }
    }

    fn do_item_due(&mut self, id: WorkItemId, due: Option<(Timestamp, ItemDue)>, now: Timestamp) {
        match due {
            Some((at, ItemDue::OfferExpires)) => self.offer_timed_out(id, at, now),
            Some((_, ItemDue::MaxWait)) => self.give_up(id, now),
            Some((_, ItemDue::Overflow)) => self.overflow(id, now),
            Some((due, ItemDue::Target)) => self.emit(RouterEvent::TargetExceeded { item: id, due }, now),
            Some((_, ItemDue::WaitMessage)) => self.tell_waiting(id, now),
            // Who may take it depends on the time alone, so looking again is enough.
            Some((_, ItemDue::Widens)) | None => self.touch_item(id, now),
        }
    }

    fn agent_due(&mut self, id: &AgentId, now: Timestamp) {
        let mut dues = agent_dues(id, &self.state, &self.routing, now);
        let grace = self.grace_until.filter(|grace| *grace > now);
        if grace.is_some() {
            dues.retain(|(_, due)| *due == AgentDue::Shift);
        }
        let due = dues.iter().filter(|(at, _)| *at <= now).min().copied();
        self.do_agent_due(id, due, now);
        if let (Some(grace), None) = (grace, due) {
            let next = dues.iter().map(|(at, _)| *at).fold(grace, Timestamp::min);
            self.index.postpone(Due::Agent(id.clone()), next);
        }
    }

    fn do_agent_due(&mut self, id: &AgentId, due: Option<(Timestamp, AgentDue)>, now: Timestamp) {
        match due {
            Some((_, AgentDue::BufferOver)) => self.sign_off(id, PresenceWhy::Disconnected, now),
            Some((_, AgentDue::Inactive)) => self.sign_off(id, PresenceWhy::Inactive, now),
            Some((_, AgentDue::Shift)) | None => self.touch_agent(id, now),
        }
    }

    /// `QT-1`. The number is the wait in seconds at which it is said, so that it goes up from queue to queue as well: the
    /// conversation says nothing again whose number it has passed.
    fn tell_waiting(&mut self, id: WorkItemId, now: Timestamp) {
        let Some(item) = self.state.items.get(&id) else { return };
        let Some(ticket) = &item.ticket else { return };
        let place = usize::try_from(item.told).unwrap_or(usize::MAX);
        let queue = self.routing.queues.get(&ticket.queue);
        let Some(message) = queue.and_then(|queue| queue.wait_messages.get(place)) else { return };
        let waited_ms = ticket.entered.plus(message.after).since_ms(ticket.since);
        let errand = Errand::Tell {
            conversation: item.subject.conversation,
            number: u32::try_from(waited_ms / 1000).unwrap_or(u32::MAX),
            text: message.text.clone(),
        };
        self.emit(RouterEvent::ErrandGiven { item: id, errand }, now);
    }
}
