//! The router's facts of which golden bytes are kept.

use super::{AT, CONTACT, agent, channel, company, conversation_id, later};
use domain::Personal;
use domain::channel::{ChannelKind, Mode};
use domain::router::{AllocatedBy, Ending, Errand, ErrandKind, Exclude, ItemOrigin, Offer, OfferEnd};
use domain::router::{PresenceWhy, RouterEvent, Subject, UnroutedWhy, Variables};
use domain::routing::{Need, OfferId, PresenceId, QueueId, RejectReasonId, ServiceChannelId};
use domain::routing::{SkillDemand, SkillId, WorkItemId};
use std::collections::BTreeSet;

/// Large enough to take several bytes in any way of writing.
pub(in crate::tests) const ITEM: WorkItemId = WorkItemId(70_000);

pub(super) fn events() -> Vec<RouterEvent> {
    let mut events = vec![
        RouterEvent::Reconfigured { version: 300, on: true },
        RouterEvent::Reconfigured { version: 301, on: false },
        RouterEvent::TakenIn { partition: 4095, position: 1_000_000 },
    ];
    events.extend(created());
    events.push(RouterEvent::VariablesLearned { item: ITEM, variables: variables() });
    events.extend(queued());
    events.extend(UNROUTED.map(|why| RouterEvent::Unrouted { item: ITEM, why }));
    events.extend(offers());
    events.extend(accepted());
    events.extend([true, false].map(|on_hold| RouterEvent::HoldChanged { item: ITEM, on_hold }));
    events.push(RouterEvent::TargetExceeded { item: ITEM, due: AT });
    events.extend(ENDINGS.map(|ending| RouterEvent::Ended { item: ITEM, ending }));
    events.extend(errands().map(|errand| RouterEvent::ErrandGiven { item: ITEM, errand }));
    let done = |(index, kind)| RouterEvent::ErrandDone { item: ITEM, kind, taken: index % 2 == 0 };
    events.extend(ERRANDS.into_iter().enumerate().map(done));
    events.extend(presence());
    events.push(RouterEvent::AgentSeen { agent: agent("ann.lee") });
    events
}

/// Why an item is in no queue.
pub(in crate::tests) const UNROUTED: [UnroutedWhy; 4] =
    [UnroutedWhy::NoServiceChannel, UnroutedWhy::NoQueue, UnroutedWhy::LookBack, UnroutedWhy::Overfull];

/// How an item comes to its agent.
pub(in crate::tests) const WAYS: [AllocatedBy; 4] =
    [AllocatedBy::Offer, AllocatedBy::Auto, AllocatedBy::Hand, AllocatedBy::Transfer];

/// How an item ends.
pub(in crate::tests) const ENDINGS: [Ending; 12] = [
    Ending::Completed,
    Ending::Transferred,
    Ending::Reassigned,
    Ending::RequesterLeft,
    Ending::RequestCancelled,
    Ending::ManuallyAssigned,
    Ending::TimedOut,
    Ending::TransferCancelled,
    Ending::Disqualified,
    Ending::RefusedClosed,
    Ending::RefusedFull,
    Ending::RefusedNobody,
];

/// What may be done to a conversation.
pub(in crate::tests) const ERRANDS: [ErrandKind; 5] =
    [ErrandKind::Assign, ErrandKind::Unassign, ErrandKind::EndWait, ErrandKind::Refuse, ErrandKind::Tell];

/// What changes a presence.
pub(in crate::tests) const PRESENCE: [PresenceWhy; 5] = [
    PresenceWhy::Chosen,
    PresenceWhy::OfferTimedOut,
    PresenceWhy::Declined,
    PresenceWhy::Inactive,
    PresenceWhy::Disconnected,
];

/// One for each origin.
fn created() -> impl Iterator<Item = RouterEvent> {
    let from = || agent("ann.lee");
    let origins = [
        ItemOrigin::Asked,
        ItemOrigin::Reassigned { from: from(), by_action: true },
        ItemOrigin::ToQueue { from: from(), queue: queue("billing") },
        ItemOrigin::ToAgent { from: from() },
        ItemOrigin::ByHand,
    ];
    origins.into_iter().enumerate().map(|(index, origin)| RouterEvent::ItemCreated {
        item: ITEM,
        subject: Box::new(subject((index % 2 == 0).then_some(ChannelKind::Mweb))),
        variables: if index == 0 { variables() } else { Variables::new() },
        origin,
        previous: (index % 2 == 1).then_some(WorkItemId(69_999)),
        asked: AT,
    })
}

pub(in crate::tests) fn subject(kind: Option<ChannelKind>) -> Subject {
    Subject {
        conversation: conversation_id(),
        contact: CONTACT,
        channel: channel("web"),
        kind,
        mode: if kind.is_some() { Mode::Chat } else { Mode::Messaging },
        company: company(),
    }
}

pub(in crate::tests) fn variables() -> Variables {
    [("language", "de"), ("name", "Grüße")]
        .map(|(key, value)| (key.to_owned(), Personal::new(value.to_owned())))
        .into()
}

fn queued() -> [RouterEvent; 2] {
    let full = RouterEvent::Queued {
        item: ITEM,
        queue: queue("billing"),
        service_channel: service_channel("chat"),
        size: 300,
        skills: demands(),
        affine: vec![agent("bob@desk-4"), agent("ann.lee")],
        hold_until: Some(later(30)),
        spared: Some((agent("eve"), later(60))),
        overflow_from: Some(queue("gold")),
    };
    let bare = RouterEvent::Queued {
        item: ITEM,
        queue: queue("billing"),
        service_channel: service_channel("chat"),
        size: 1,
        skills: Vec::new(),
        affine: Vec::new(),
        hold_until: None,
        spared: None,
        overflow_from: None,
    };
    [full, bare]
}

/// One of each need.
pub(in crate::tests) fn demands() -> Vec<SkillDemand> {
    let needs = [Need::Mandatory, Need::Additional { drop_order: 2 }, Need::Optional];
    let demands = needs.into_iter().zip(["german", "billing", "chess"]).zip([10, 5, 0]);
    demands.map(|((need, name), level)| SkillDemand { skill: skill(name), level, need }).collect()
}

/// One from a pool and one from another agent.
pub(in crate::tests) fn two_offers() -> [Offer; 2] {
    let pooled = Offer {
        agent: agent("ann.lee"),
        number: 2,
        at: AT,
        expires: Some(later(30)),
        pool: Some(1),
        reject_allowed: true,
        transferred_from: None,
    };
    let handed_over = Offer {
        agent: agent("ann.lee"),
        number: 1,
        at: AT,
        expires: None,
        pool: None,
        reject_allowed: false,
        transferred_from: Some(agent("bob@desk-4")),
    };
    [pooled, handed_over]
}

fn offers() -> impl Iterator<Item = RouterEvent> {
    let offered = two_offers().map(|offer| RouterEvent::Offered {
        item: ITEM,
        offer,
        service_channel: service_channel("chat"),
        size: 2,
    });
    let reason = RejectReasonId::new("busy").unwrap();
    let ends = [
        (OfferEnd::Rejected { reason: Some(reason) }, Exclude::ForGood),
        (OfferEnd::Rejected { reason: None }, Exclude::Until(later(300))),
        (OfferEnd::TimedOut { due: AT }, Exclude::No),
        (OfferEnd::PresenceChanged, Exclude::No),
        (OfferEnd::ConnectionLost, Exclude::No),
        (OfferEnd::Withdrawn, Exclude::No),
    ];
    let ended = ends.map(|(why, exclude)| RouterEvent::OfferEnded {
        item: ITEM,
        agent: agent("ann.lee"),
        why,
        exclude,
    });
    offered.into_iter().chain(ended)
}

fn accepted() -> impl Iterator<Item = RouterEvent> {
    let accepted = |by| RouterEvent::Accepted {
        item: ITEM,
        agent: agent("ann.lee"),
        by,
        service_channel: (by != AllocatedBy::Hand).then(|| service_channel("chat")),
        size: 2,
    };
    let accepting = RouterEvent::Accepting { item: ITEM, agent: agent("ann.lee") };
    [accepting].into_iter().chain(WAYS.map(accepted))
}

/// One of each, and a second one that leaves out what it may.
pub(in crate::tests) fn errands() -> [Errand; 8] {
    let conversation = conversation_id();
    let offer = OfferId { item: ITEM, number: 2 };
    let assign = |transferred_from, greeting| Errand::Assign {
        conversation,
        agent: agent("ann.lee"),
        offer,
        transferred_from,
        greeting,
    };
    [
        assign(Some(agent("bob@desk-4")), Some("Ann is here.".to_owned())),
        Errand::Unassign { conversation, agent: agent("ann.lee") },
        Errand::EndWait { conversation, text: Some("Nobody came.".to_owned()) },
        Errand::Refuse { conversation, text: Some("We are full.".to_owned()) },
        Errand::Tell { conversation, number: 2, text: "Please wait.".to_owned() },
        assign(None, None),
        Errand::EndWait { conversation, text: None },
        Errand::Refuse { conversation, text: None },
    ]
}

fn presence() -> impl Iterator<Item = RouterEvent> {
    PRESENCE.into_iter().enumerate().map(|(index, why)| RouterEvent::PresenceChanged {
        agent: agent("ann.lee"),
        state: presence_state("away"),
        switched_off: if index == 0 {
            [service_channel("chat"), service_channel("sms")].into()
        } else {
            BTreeSet::new()
        },
        connected: index % 2 == 0,
        why,
    })
}

pub(in crate::tests) fn queue(name: &str) -> QueueId {
    QueueId::new(name).unwrap()
}

pub(in crate::tests) fn service_channel(name: &str) -> ServiceChannelId {
    ServiceChannelId::new(name).unwrap()
}

pub(in crate::tests) fn skill(name: &str) -> SkillId {
    SkillId::new(name).unwrap()
}

pub(in crate::tests) fn presence_state(name: &str) -> PresenceId {
    PresenceId::new(name).unwrap()
}
