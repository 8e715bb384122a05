//! Rows of the router's state of which golden bytes are kept. They are spelt out rather than folded from facts:
//! folding may change while these bytes may not.

use super::router::{ITEM, UNROUTED, WAYS, demands, errands, presence_state, queue, service_channel, skill};
use super::router::{subject, two_offers, variables};
use super::{AT, CONTACT, agent, later};
use crate::snapshot::{RouterCore, RouterRow};
use domain::channel::ChannelKind;
use domain::router::{AgentState, ItemOrigin, Place, Ticket, Variables, Wait, Waits, WorkItem};
use domain::routing::WorkItemId;
use std::collections::{BTreeMap, BTreeSet};

/// One row of each kind, and an item in each place.
pub(in crate::tests) fn rows() -> Vec<RouterRow> {
    let mut rows = vec![RouterRow::Core(core())];
    let [pooled, handed_over] = two_offers();
    let mut places = vec![Place::Queued, Place::Offered(pooled), Place::Accepting(handed_over)];
    places.extend(UNROUTED.map(Place::Unrouted));
    places.extend(WAYS.map(|by| Place::Accepted {
        agent: agent("ann.lee"),
        at: later(7),
        arrived: AT,
        on_hold: true,
        by,
    }));
    let items = (ITEM.0..).map(WorkItemId).zip(places).map(|(id, place)| item(id, place));
    rows.extend(items.map(|item| RouterRow::Item(Box::new(item))));
    rows.push(RouterRow::Agent(agent("ann.lee"), agent_state()));
    rows.push(RouterRow::Waits(queue("billing"), waits()));
    rows.push(RouterRow::Served(CONTACT, agent("ann.lee"), AT));
    rows
}

fn core() -> RouterCore {
    let errands = errands().into_iter().map(|errand| ((ITEM, errand.kind()), errand));
    RouterCore {
        version: 1_000_000,
        configuration: 300,
        on_since: Some(AT),
        taken_in: [(0, 5), (4095, 70_000)].into(),
        last_item: 70_010,
        cursors: [((queue("billing"), 0), agent("ann.lee")), ((queue("gold"), 2), agent("eve"))].into(),
        // Of two of one kind the later one counts; the first ones say more.
        errands: errands.rev().collect(),
    }
}

/// What waits has everything that an item can have, what does not has nothing.
fn item(id: WorkItemId, place: Place) -> WorkItem {
    let waits = place == Place::Queued;
    let ticket = Ticket {
        queue: queue("billing"),
        since: AT,
        entered: later(60),
        skills: demands(),
        affine: vec![agent("bob@desk-4"), agent("ann.lee")],
        hold_until: Some(later(90)),
    };
    WorkItem {
        id,
        subject: subject(waits.then_some(ChannelKind::Mweb)),
        variables: if waits { variables() } else { Variables::new() },
        origin: if waits {
            ItemOrigin::ToQueue { from: agent("eve"), queue: queue("billing") }
        } else {
            ItemOrigin::Asked
        },
        previous: waits.then_some(WorkItemId(69_999)),
        asked: AT,
        service_channel: waits.then(|| service_channel("chat")),
        size: 300,
        ticket: waits.then_some(ticket),
        place,
        offers: 3,
        rejected: waits,
        timed_out: !waits,
        exceeded_target: waits,
        told: 2,
        excluded: if waits {
            [(agent("bob@desk-4"), Some(later(300))), (agent("eve"), None)].into()
        } else {
            BTreeMap::new()
        },
    }
}

fn agent_state() -> AgentState {
    AgentState {
        presence: presence_state("available"),
        switched_off: [service_channel("sms")].into(),
        since: AT,
        disconnected: Some(later(1)),
        seen: later(2),
        items: BTreeSet::new(),
        assigned: [(service_channel("chat"), later(3))].into(),
        worked: [(service_channel("chat"), later(4)), (service_channel("sms"), later(5))].into(),
    }
}

fn waits() -> Waits {
    let wait = |seconds: usize, waited_ms| Wait { joined: later(seconds), waited_ms };
    Waits {
        all: [wait(2, 30_000), wait(1, 60_000)].into(),
        by_skills: [([skill("billing"), skill("german")].into(), [wait(2, 30_000)].into())].into(),
    }
}
