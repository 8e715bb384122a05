//! What holds after every command, worked out from the events and the configuration alone.

use super::super::super::{
    Command, ErrandKind, ItemOrigin, Offer, Place, Router, RouterEvent, State, WorkItem,
};
use crate::routing::{Routing, ServiceChannelId, WorkItemId};
use crate::{AgentId, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a router knew before a command.
pub(super) struct Before<'a> {
    /// Every event so far, folded by itself.
    pub(super) folded: &'a mut State,
    pub(super) routing: Arc<Routing>,
    /// Whether something was due earlier than it was asked. Then it does what was due in its order, and the best of
    /// those whom it knew by then is asked.
    pub(super) late: bool,
}

/// Folds the events of a command, and looks at each of them and at what they come to.
pub(super) fn check(before: Before<'_>, router: &Router, events: &[RouterEvent], now: Timestamp) {
    let Before { folded, mut routing, late } = before;
    for event in events {
        if matches!(event, RouterEvent::Reconfigured { .. }) {
            routing = Arc::clone(router.routing());
        }
        let RouterEvent::Offered { item, offer, service_channel, .. } = event else {
            folded.apply(now, event);
            continue;
        };
        assert_eq!(folded.items[item].offers + 1, offer.number, "each offer has the next number");
        // Whom it is handed to by name is nobody's choice.
        if !late && offer.pool.is_some() {
            the_best_is_asked(folded, &routing, *item, offer, now);
        }
        folded.apply(now, event);
        nobody_is_overloaded(folded, &routing, offer, service_channel);
    }
    assert_eq!(folded, router.state(), "L4: the state is a fold of its events");
    everything_is_in_one_place(folded, &routing);
    assert_eq!(router.unmatched(now), None, "R3: somebody could take what waits");
    assert!(router.next_due().is_none_or(|due| due > now), "T1: what is due is done");
    // A router that is made anew from the same state finds nothing to do, and waits for the same moment.
    let mut again = Router::new(folded.clone(), routing, now);
    assert_eq!(again.decide(&Command::Tick, now), (Vec::new(), Ok(())), "nothing was left to do");
    assert_eq!(again.next_due(), router.next_due(), "L4");
}

/// AR-13: whoever is asked is who ranks first at that moment, for whoever explains it.
fn the_best_is_asked(
    before: &State,
    routing: &Arc<Routing>,
    item: WorkItemId,
    offer: &Offer,
    now: Timestamp,
) {
    let fresh = Router::new(before.clone(), Arc::clone(routing), now);
    let explanation = fresh.explain(item, now).unwrap_or_else(|| panic!("{item} was not waiting"));
    let first = explanation.candidates.first().map(|first| &first.agent);
    assert_eq!(first, Some(&offer.agent), "another one is better: {explanation:?}");
}

/// R1, CAP-4 to CAP-7, AR-10, and whoever is asked is there.
fn nobody_is_overloaded(state: &State, routing: &Routing, offer: &Offer, channel: &ServiceChannelId) {
    let (agent, here) = (&routing.agents[&offer.agent], &state.agents[&offer.agent]);
    let presence = &routing.presence[&here.presence];
    assert!(agent.active && presence.active && presence.receives_work, "{} is not there", offer.agent);
    let is_on = |channel: &ServiceChannelId| {
        !here.switched_off.contains(channel)
            && presence.channels.as_ref().is_none_or(|on| on.contains(channel))
    };
    assert!(is_on(channel), "{channel} is off for {}", offer.agent);
    let of_groups = agent.groups.iter().filter_map(|group| routing.groups[group].capacity.get(channel));
    let own = agent.capacity.get(channel).or_else(|| of_groups.max());
    let most = own.copied().unwrap_or(routing.service_channels[channel].capacity);
    let in_use = in_use(state, routing, &offer.agent, |other| other == channel);
    assert!(in_use <= most, "R1: {} has {in_use} of {most} on {channel}", offer.agent);
    if let Some(most) = agent.universal {
        let in_use = self::in_use(state, routing, &offer.agent, is_on);
        assert!(in_use <= most, "R1: {} has {in_use} of {most} over all", offer.agent);
    }
}

/// The sizes of what an agent has and was offered.
fn in_use(state: &State, routing: &Routing, agent: &AgentId, on: impl Fn(&ServiceChannelId) -> bool) -> u32 {
    let counts = |item: &&WorkItem| {
        let Some(channel) = item.service_channel.as_ref().filter(|channel| on(channel)) else { return false };
        let lets_go = routing
            .service_channels
            .get(channel)
            .is_some_and(|channel| channel.kind == crate::routing::ServiceKind::Messaging);
        let parked = matches!(item.place, Place::Accepted { on_hold: true, .. });
        item.agent() == Some(agent) && !(parked && lets_go)
    };
    state.items.values().filter(counts).map(|item| item.size).sum()
}

/// R2, WI-12: items, agents' lists, conversations' lists and errands agree.
fn everything_is_in_one_place(state: &State, routing: &Routing) {
    let mut held = BTreeSet::new();
    for (id, item) in &state.items {
        held.extend(item.agent().map(|agent| (agent.clone(), *id)));
        let listed = state.conversations.get(&item.subject.conversation);
        assert!(listed.is_some_and(|items| items.contains(id)), "{id} is in its conversation's list");
        let assigning = state.errands.contains_key(&(*id, ErrandKind::Assign));
        assert_eq!(assigning, matches!(item.place, Place::Accepting(_)), "{id} is being assigned or not");
        match &item.place {
            Place::Queued => {
                let queue = item.ticket.as_ref().and_then(|ticket| routing.queues.get(&ticket.queue));
                let channel = queue.map(|queue| &queue.service_channel);
                assert_eq!(channel, item.service_channel.as_ref(), "{id} waits in a queue of its channel");
            }
            Place::Offered(offer) | Place::Accepting(offer) => {
                let handover = matches!(item.origin, ItemOrigin::ToAgent { .. });
                assert_eq!(handover, item.ticket.is_none(), "{id} keeps its place in the queue");
                assert_eq!(offer.number, item.offers);
            }
            Place::Accepted { .. } => assert_eq!(item.ticket, None),
            Place::Unrouted(_) => {}
        }
    }
    let lists =
        state.agents.iter().flat_map(|(id, agent)| agent.items.iter().map(|item| (id.clone(), *item)));
    assert_eq!(lists.collect::<BTreeSet<_>>(), held, "R2: agents' lists agree with the items");
    for (conversation, ids) in &state.conversations {
        assert!(!ids.is_empty(), "{conversation} has work or no list");
        let handovers = ids.iter().filter(|id| state.items[id].is_handover()).count();
        assert!(ids.len() - handovers <= 1 && handovers <= 1, "WI-12: {conversation} has {ids:?}");
        let with = |id| state.items[id].agent();
        assert!(
            handovers == 0 || ids.len() == 2,
            "what is handed over has an owner: {:?}",
            ids.first().map(with)
        );
    }
    assert!(state.errands.keys().all(|(id, kind)| {
        state.items.contains_key(id) || matches!(kind, ErrandKind::EndWait | ErrandKind::Refuse)
    }));
}
