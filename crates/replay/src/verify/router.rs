//! The router's facts one by one: whether each could follow from those before it (`R2`), whether an offer was too much
//! (`R1`), whether a conversation has too many items (`WI-12`), and whether the rows of the checkpoint are what the facts
//! give.

use crate::bearing::Bearing;
use domain::router::{ItemOrigin, Offer, Place, RouterEvent, State, WorkItem};
use domain::routing::{ServiceChannelId, WorkItemId};
use domain::{AgentId, Timestamp};
use engine::explain::Configurations;
use store::EventLog;

/// Follows the router's stream.
pub(super) struct RouterCheck<'a> {
    configurations: Configurations<'a>,
    /// Under the configuration that the router went by last, and its version.
    bearing: Option<(u64, Bearing)>,
    /// The state that the rows hold, until the events have come to it.
    rows: Option<State>,
}

impl<'a> RouterCheck<'a> {
    /// What is wrong with the rows themselves is told at once.
    pub(super) fn new(log: &'a dyn EventLog, tell: &mut dyn FnMut(String)) -> Self {
        let rows = engine::load::router_checkpoint(log).unwrap_or_else(|error| {
            tell(format!("the router's rows cannot be read: {error}"));
            None
        });
        Self { configurations: Configurations::new(log), bearing: None, rows }
    }

    /// How many rows there are to compare.
    pub(super) fn rows(&self) -> u64 {
        self.rows.as_ref().map_or(0, |rows| codec::snapshot::router_rows(rows).len() as u64)
    }

    /// Looks at a fact and the state before it.
    pub(super) fn before(
        &mut self,
        state: &State,
        at: Timestamp,
        event: &RouterEvent,
        tell: &mut dyn FnMut(String),
    ) {
        let place = format!("router, version {}", state.version + 1);
        if let Err(what) = follows(state, event) {
            tell(format!("{place}: {what} (R2)"));
        }
        if let RouterEvent::Offered { item, offer, service_channel, size } = event {
            if offer.at != at {
                tell(format!("{place}: item {item} was offered at another time than the fact's (AR-10)"));
            }
            if let Err(what) = self.fits(state, offer, service_channel, *size) {
                tell(format!("{place}: item {item} was offered to {}, {what}", offer.agent));
            }
        }
    }

    /// Looks at the state after a fact.
    pub(super) fn after(&mut self, state: &State, event: &RouterEvent, tell: &mut dyn FnMut(String)) {
        if let RouterEvent::ItemCreated { subject, .. } = event {
            let own = |item: &&WorkItem| !item.is_handover();
            let items = state.conversations.get(&subject.conversation).into_iter().flatten();
            let items: Vec<&WorkItem> = items.filter_map(|id| state.items.get(id)).collect();
            let own = items.iter().copied().filter(own).count();
            if own > 1 || items.len() - own > 1 {
                let (id, count) = (subject.conversation, items.len());
                tell(format!("conversation {id}: it has {count} work items at once (WI-12)"));
            }
        }
        if self.rows.as_ref().is_some_and(|rows| rows.version == state.version)
            && self.rows.take().as_ref() != Some(state)
        {
            tell(format!("the router's rows are not what its events give at version {} (L4)", state.version));
        }
    }

    /// After the last fact.
    pub(super) fn finish(&mut self, tell: &mut dyn FnMut(String)) {
        if let Some(rows) = self.rows.take() {
            tell(format!("the router's rows have version {}, which its stream has not", rows.version));
        }
    }

    /// `R1`, `AR-10`. Where the configuration of the time is not to be had, nothing can be said.
    fn fits(
        &mut self,
        state: &State,
        offer: &Offer,
        channel: &ServiceChannelId,
        size: u32,
    ) -> Result<(), String> {
        let Offer { agent, .. } = offer;
        let Some(bearing) = self.bearing(state.configuration) else { return Ok(()) };
        let Some(most) = bearing.most(agent) else {
            return Err("who is not on the roster (AR-10)".to_owned());
        };
        if !bearing.is_on(state, agent, channel) {
            return Err(format!("for whom {channel} was off (AR-10)"));
        }
        let room = most.channels.get(channel).map_or(0, |channel| channel.max);
        let carried = bearing.carries(state, agent, channel);
        if carried + size > room {
            return Err(format!("who had {carried} of {room} on {channel} (R1)"));
        }
        let carried = bearing.carries_in_all(state, agent);
        match most.universal_max {
            Some(room) if carried + size > room => Err(format!("who had {carried} of {room} in all (R1)")),
            Some(_) | None => Ok(()),
        }
    }

    fn bearing(&mut self, version: u64) -> Option<&Bearing> {
        if self.bearing.as_ref().is_none_or(|(known, _)| *known != version) {
            let routing = self.configurations.at(version).ok()?;
            self.bearing = Some((version, Bearing::under(routing)));
        }
        self.bearing.as_ref().map(|(_, bearing)| bearing)
    }
}

/// `R2`, `WI-1`: whether a fact about an item follows from where the item is.
fn follows(state: &State, event: &RouterEvent) -> Result<(), String> {
    let place = |item: &WorkItemId| state.items.get(item).map(|item| &item.place);
    let (item, follows) = match event {
        RouterEvent::ItemCreated { item, .. } => (item, item.0 == state.last_item + 1),
        RouterEvent::Queued { item, .. } | RouterEvent::Unrouted { item, .. } => {
            (item, matches!(place(item), Some(Place::Unrouted(_) | Place::Queued)))
        }
        RouterEvent::Offered { item, offer, .. } => (item, may_be_offered(state, item, offer)),
        RouterEvent::OfferEnded { item, agent, .. } | RouterEvent::Accepting { item, agent } => {
            (item, matches!(place(item), Some(Place::Offered(offer)) if offer.agent == *agent))
        }
        RouterEvent::Accepted { item, agent, .. } => (item, may_be_accepted(state, item, agent)),
        RouterEvent::HoldChanged { item, on_hold: now } => {
            (item, matches!(place(item), Some(Place::Accepted { on_hold, .. }) if on_hold != now))
        }
        RouterEvent::VariablesLearned { item, .. }
        | RouterEvent::TargetExceeded { item, .. }
        | RouterEvent::Ended { item, .. } => (item, place(item).is_some()),
        RouterEvent::ErrandGiven { item, errand } => {
            (item, item.0 <= state.last_item && !state.errands.contains_key(&(*item, errand.kind())))
        }
        RouterEvent::ErrandDone { item, kind, .. } => (item, state.errands.contains_key(&(*item, *kind))),
        RouterEvent::Reconfigured { .. }
        | RouterEvent::TakenIn { .. }
        | RouterEvent::PresenceChanged { .. }
        | RouterEvent::AgentSeen { .. } => return Ok(()),
    };
    if follows {
        return Ok(());
    }
    let name = codec::json::event_type(&domain::Event::Router(event.clone()));
    let place = place(item).map_or("nowhere", Place::name);
    Err(format!("{name} happened to item {item}, which was {place}"))
}

/// Whoever hands a conversation over offers an item that never waited.
fn may_be_offered(state: &State, item: &WorkItemId, offer: &Offer) -> bool {
    let Some(item) = state.items.get(item) else { return false };
    let to_agent = matches!(item.origin, ItemOrigin::ToAgent { .. });
    let waits = match item.place {
        Place::Queued => !to_agent,
        Place::Unrouted(_) => to_agent,
        Place::Offered(_) | Place::Accepting(_) | Place::Accepted { .. } => false,
    };
    waits && offer.number == item.offers + 1
}

/// By an offer that the agent took, or by hand.
fn may_be_accepted(state: &State, item: &WorkItemId, agent: &AgentId) -> bool {
    let Some(item) = state.items.get(item) else { return false };
    match &item.place {
        Place::Accepting(offer) => offer.agent == *agent,
        Place::Unrouted(_) => item.origin == ItemOrigin::ByHand,
        Place::Queued | Place::Offered(_) | Place::Accepted { .. } => false,
    }
}
