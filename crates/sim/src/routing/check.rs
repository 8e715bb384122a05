//! The rules that hold of every world, whatever has happened in it.

use super::look::Look;
use super::world::{Talk, World};
use domain::ConversationId;
use domain::conversation::{Lifecycle, Owner};
use domain::router::{ErrandKind, ItemOrigin, Place, State};
use domain::routing::WorkItemId;
use std::collections::{BTreeMap, BTreeSet};

impl World {
    /// Whether all rules hold.
    ///
    /// # Errors
    /// The first that does not, and how.
    pub fn check(&self) -> Result<(), String> {
        let state = self.router.state();
        places(state)?;
        self.matched()?;
        let unsettled = self.unsettled();
        for (id, talk) in self.conversations.iter().filter(|(id, _)| !unsettled.contains(id)) {
            agrees(*id, talk, state)?;
        }
        let stranger = state.conversations.keys().find(|id| !self.conversations.contains_key(id));
        holds(stranger.is_none(), || format!("C3: {stranger:?} is unknown and has items"))
    }

    /// `R3`, by the router's own eyes and by others; and its figures, by which it counts (`CAP-10`).
    fn matched(&self) -> Result<(), String> {
        let (state, routing) = (self.router.state(), self.router.routing());
        // What became possible while the process was down is done with the first command.
        if self.fresh {
            return Ok(());
        }
        let now = self.looked;
        let unmatched = self.router.unmatched(now);
        holds(unmatched.is_none(), || format!("R3: unmatched are {unmatched:?}"))?;
        let look = Look { state, routing, now };
        for agent in routing.agents.keys() {
            let used = look.used(agent);
            let figures =
                self.router.agent_figures(agent).map(|figures| figures.channels).unwrap_or_default();
            for (channel, figures) in figures {
                let used = used.get(&channel).copied().unwrap_or(0);
                holds(figures.in_use == used, || format!("CAP-10: {agent} has {used}, not {figures:?}"))?;
            }
            let Some(bearing) = look.bearing(agent) else { continue };
            let fits = state.items.values().find(|item| look.can_take(agent, &bearing, item));
            holds(fits.is_none(), || format!("R3: {agent} could take {fits:?}"))?;
        }
        Ok(())
    }

    /// Conversations of which the router has something to learn, or which have something to learn of it.
    pub(super) fn unsettled(&self) -> BTreeSet<ConversationId> {
        let facts = self.logs.iter().flat_map(|log| &log.ahead).flat_map(|(_, facts)| facts);
        let flights = self.flights.iter().map(|flight| flight.errand.conversation());
        let errands = self.router.state().errands.values().map(domain::router::Errand::conversation);
        facts.map(|fact| fact.conversation).chain(flights).chain(errands).collect()
    }
}

/// `R2`, `WI-12`: what says where items are says the same.
fn places(state: &State) -> Result<(), String> {
    let mut of_agents: BTreeMap<_, BTreeSet<WorkItemId>> = BTreeMap::new();
    let mut of_conversations: BTreeMap<_, BTreeSet<WorkItemId>> = BTreeMap::new();
    for (id, item) in &state.items {
        of_conversations.entry(item.subject.conversation).or_default().insert(*id);
        if let Some(agent) = item.agent() {
            of_agents.entry(agent).or_default().insert(*id);
        }
        let (queued, accepting) = match &item.place {
            Place::Unrouted(_) | Place::Accepted { .. } => (false, false),
            Place::Queued => (true, false),
            Place::Offered(_) => (!item.is_handover(), false),
            Place::Accepting(_) => (false, true),
        };
        holds(!queued || item.ticket.is_some(), || format!("R2: {item:?} has no ticket"))?;
        let asked = state.errands.contains_key(&(*id, ErrandKind::Assign));
        holds(accepting == asked, || format!("LC-5: {item:?} and {:?}", state.errands))?;
    }
    for (agent, here) in &state.agents {
        let has = of_agents.remove(agent).unwrap_or_default();
        holds(has == here.items, || format!("R2: {agent} has {has:?}, and says {:?}", here.items))?;
    }
    holds(of_agents.is_empty(), || format!("R2: nobody knows of {of_agents:?}"))?;
    holds(of_conversations == state.conversations, || {
        format!("R2: there are {of_conversations:?}, and they say {:?}", state.conversations)
    })?;
    for (conversation, items) in &state.conversations {
        handed_over(*conversation, items, state)?;
    }
    Ok(())
}

/// `WI-12`: a conversation has one item, and beside it one more while who has it hands it over.
fn handed_over(
    conversation: ConversationId,
    items: &BTreeSet<WorkItemId>,
    state: &State,
) -> Result<(), String> {
    let handovers = items.iter().filter_map(|id| state.items.get(id)).filter(|item| item.is_handover());
    let handovers: Vec<_> = handovers.collect();
    let what = || format!("WI-12: {conversation} has {items:?}");
    holds(items.len() <= 1 + handovers.len() && handovers.len() <= 1, what)?;
    let Some(handover) = handovers.first() else { return Ok(()) };
    let ItemOrigin::ToAgent { from } = &handover.origin else { return Ok(()) };
    let own = state.own_item(conversation).map(|own| &own.place);
    let has = matches!(own, Some(Place::Accepted { agent, .. }) if agent == from);
    holds(has, || format!("TR-4: {from} hands over {handover:?} and has {own:?}"))
}

/// `C3`: the conversation and its item say the same of who has it. Nothing that waits is lost, and nothing that is over
/// has an item.
fn agrees(id: ConversationId, talk: &Talk, state: &State) -> Result<(), String> {
    let own = state.own_item(id).map(|own| &own.place);
    let conversation = &talk.state;
    let what = || format!("C3: {id} of {} is {conversation:?}, its item is {own:?}", talk.requester);
    if conversation.is_closed() {
        return holds(!state.conversations.contains_key(&id), what);
    }
    let parked = conversation.lifecycle == Lifecycle::OnHold;
    let agree = match (&conversation.owner, conversation.request, own) {
        (Owner::Agent(owner), _, Some(Place::Accepted { agent, on_hold, .. })) => {
            owner == agent && *on_hold == parked
        }
        (Owner::Queue, Some(_), Some(Place::Queued | Place::Offered(_) | Place::Unrouted(_)))
        | (Owner::Queue | Owner::VirtualAgent, None, None) => true,
        (Owner::Agent(_) | Owner::Queue | Owner::VirtualAgent, _, _) => false,
    };
    holds(agree, what)
}

fn holds(condition: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(what()) }
}
