//! When an item or an agent has to be looked at again, a pure function of state and configuration (`T2`), and what
//! happens then.

use super::demand::drop_times;
use super::item::{Place, Ticket, WorkItem};
use super::state::State;
use crate::routing::{Queue, Routing, WorkItemId, presence_names};
use crate::{AgentId, Timestamp};

/// Whose time has come.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Item(WorkItemId),
    Agent(AgentId),
}

/// What an item's time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ItemDue {
    /// The offer is over (`AR-9`).
    OfferExpires,
    /// Nobody came (`Q-12`).
    MaxWait,
    /// Another queue shall have it (`BH-4`).
    Overflow,
    /// It is late (`Q-11`).
    Target,
    /// The requester is told something (`QT-1`).
    WaitMessage,
    /// More agents may take it: a pool opens, a skill is dropped, a hold ends, somebody may be asked again.
    Widens,
}

/// What an agent's time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AgentDue {
    /// The workspace was gone for the whole buffer (`PR-3`).
    BufferOver,
    /// No sign of life (`PR-3`).
    Inactive,
    /// The shift begins or ends (`AR-12`).
    Shift,
}

pub(super) fn of_item(item: &WorkItem, routing: &Routing, now: Timestamp) -> Option<Timestamp> {
    item_dues(item, routing, now).into_iter().map(|(at, _)| at).min()
}

pub(super) fn of_agent(id: &AgentId, state: &State, routing: &Routing, now: Timestamp) -> Option<Timestamp> {
    agent_dues(id, state, routing, now).into_iter().map(|(at, _)| at).min()
}

/// All that is ahead of an item, or due and not done.
pub(super) fn item_dues(item: &WorkItem, routing: &Routing, now: Timestamp) -> Vec<(Timestamp, ItemDue)> {
    let mut dues = Vec::new();
    let queue = item.ticket.as_ref().and_then(|ticket| Some((ticket, routing.queues.get(&ticket.queue)?)));
    match &item.place {
        Place::Queued => {
            if let Some((ticket, queue)) = queue {
                while_queued(&mut dues, item, ticket, queue, routing, now);
                while_waiting(&mut dues, item, ticket, queue);
            }
        }
        Place::Offered(offer) => {
            dues.extend(offer.expires.map(|at| (at, ItemDue::OfferExpires)));
            if let Some((ticket, queue)) = queue {
                // with the bypass, a pending offer outlives the maximum wait.
                if !routing.settings.bypass_max_wait {
                    dues.extend(max_wait(ticket, queue));
                }
                while_waiting(&mut dues, item, ticket, queue);
            }
        }
        Place::Unrouted(_) | Place::Accepting(_) | Place::Accepted { .. } => {}
    }
    dues
}

fn while_queued(
    dues: &mut Vec<(Timestamp, ItemDue)>,
    item: &WorkItem,
    ticket: &Ticket,
    queue: &Queue,
    routing: &Routing,
    now: Timestamp,
) {
    dues.extend(max_wait(ticket, queue));
    if let Some(wait) = queue.overflow_wait
        && super::placing::overflow_of(queue, routing).is_some()
    {
        dues.push((ticket.entered.plus(wait), ItemDue::Overflow));
    }
    let pools = queue.pools.iter().map(|pool| ticket.entered.plus(pool.eligible_at));
    let dropped = drop_times(&ticket.skills, queue, ticket.entered).into_iter().map(|(_, at)| at);
    let again = item.excluded.values().flatten().copied();
    let widens = pools.chain(dropped).chain(again).chain(ticket.hold_until).filter(|at| *at > now).min();
    dues.extend(widens.map(|at| (at, ItemDue::Widens)));
}

fn while_waiting(dues: &mut Vec<(Timestamp, ItemDue)>, item: &WorkItem, ticket: &Ticket, queue: &Queue) {
    if let Some(target) = queue.target_wait.filter(|_| !item.exceeded_target) {
        dues.push((ticket.entered.plus(target), ItemDue::Target));
    }
    let next = queue.wait_messages.get(usize::try_from(item.told).unwrap_or(usize::MAX));
    dues.extend(next.map(|message| (ticket.entered.plus(message.after), ItemDue::WaitMessage)));
}

/// Nobody waits longer than this in a queue that says so.
pub(super) fn max_wait(ticket: &Ticket, queue: &Queue) -> Option<(Timestamp, ItemDue)> {
    queue.max_wait.map(|wait| (ticket.entered.plus(wait), ItemDue::MaxWait))
}

/// All that is ahead of an agent.
pub(super) fn agent_dues(
    id: &AgentId,
    state: &State,
    routing: &Routing,
    now: Timestamp,
) -> Vec<(Timestamp, AgentDue)> {
    let mut dues = Vec::new();
    let Some(here) = state.agents.get(id) else { return dues };
    if here.presence.as_str() == presence_names::OFFLINE {
        return dues;
    }
    if let Some(since) = here.disconnected {
        dues.push((since.plus(routing.settings.disconnect_buffer), AgentDue::BufferOver));
    }
    let presence = routing.presence.get(&here.presence);
    if let Some(after) = presence.and_then(|presence| presence.inactive_after) {
        dues.push((here.seen.plus(after), AgentDue::Inactive));
    }
    let shift = routing.agents.get(id).and_then(|agent| routing.schedules.get(agent.shift.as_ref()?));
    if let Some(shift) = shift {
        let next = shift.open_until(now).or_else(|| shift.opens_at(now)).filter(|at| *at > now);
        dues.extend(next.map(|at| (at, AgentDue::Shift)));
    }
    dues
}
