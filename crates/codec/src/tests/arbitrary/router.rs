//! Strategies for facts about routing. Names and numbers are mostly of the same few, so that facts meet.

use super::{address, timestamp};
use crate::tests::samples::router::{ENDINGS, ERRANDS, PRESENCE, UNROUTED, WAYS};
use domain::channel::{ChannelKind, Mode};
use domain::router::{Errand, Exclude, ItemOrigin, Offer, OfferEnd, RouterEvent, Subject, Variables};
use domain::routing::{Need, OfferId, PresenceId, QueueId, RejectReasonId, ServiceChannelId};
use domain::routing::{SkillDemand, SkillId, WorkItemId};
use domain::{AgentId, ChannelId, ContactId, ConversationId, Personal};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Boxed kind by kind: all of them together are too large for the stack of a test.
pub(in crate::tests) fn event() -> BoxedStrategy<RouterEvent> {
    prop_oneof![
        1 => about_progress(),
        6 => about_queues(),
        6 => about_offers(),
        4 => about_ends(),
        2 => about_agents(),
    ]
    .boxed()
}

fn about_progress() -> BoxedStrategy<RouterEvent> {
    prop_oneof![
        (any::<u64>(), any::<bool>()).prop_map(|(version, on)| RouterEvent::Reconfigured { version, on }),
        (any::<u16>(), any::<u64>())
            .prop_map(|(partition, position)| RouterEvent::TakenIn { partition, position }),
    ]
    .boxed()
}

fn about_queues() -> BoxedStrategy<RouterEvent> {
    let created = (item(), subject(), variables(), origin(), option::of(item()), timestamp()).prop_map(
        |(item, subject, variables, origin, previous, asked)| {
            let subject = Box::new(subject);
            RouterEvent::ItemCreated { item, subject, variables, origin, previous, asked }
        },
    );
    let what = (item(), queue(), service_channel(), any::<u32>(), option::of(queue()));
    let whom = (vec(demand(), 0..3), vec(agent(), 0..3));
    let until = (option::of(timestamp()), option::of((agent(), timestamp())));
    let queued = (what, whom, until).prop_map(|(what, whom, until)| {
        let (item, queue, service_channel, size, overflow_from) = what;
        let ((skills, affine), (hold_until, spared)) = (whom, until);
        RouterEvent::Queued {
            item,
            queue,
            service_channel,
            size,
            skills,
            affine,
            hold_until,
            spared,
            overflow_from,
        }
    });
    prop_oneof![
        4 => created,
        4 => queued,
        1 => (item(), select(UNROUTED.to_vec())).prop_map(|(item, why)| RouterEvent::Unrouted { item, why }),
        1 => (item(), variables())
            .prop_map(|(item, variables)| RouterEvent::VariablesLearned { item, variables }),
        1 => (item(), timestamp()).prop_map(|(item, due)| RouterEvent::TargetExceeded { item, due }),
    ]
    .boxed()
}

fn about_offers() -> BoxedStrategy<RouterEvent> {
    let offered = (item(), offer(), service_channel(), any::<u32>()).prop_map(
        |(item, offer, service_channel, size)| RouterEvent::Offered { item, offer, service_channel, size },
    );
    let ended = (item(), agent(), offer_end(), exclude())
        .prop_map(|(item, agent, why, exclude)| RouterEvent::OfferEnded { item, agent, why, exclude });
    let accepted = (item(), agent(), select(WAYS.to_vec()), option::of(service_channel()), any::<u32>())
        .prop_map(|(item, agent, by, service_channel, size)| RouterEvent::Accepted {
            item,
            agent,
            by,
            service_channel,
            size,
        });
    prop_oneof![
        4 => offered,
        1 => ended,
        2 => (item(), agent()).prop_map(|(item, agent)| RouterEvent::Accepting { item, agent }),
        3 => accepted,
        1 => (item(), any::<bool>()).prop_map(|(item, on_hold)| RouterEvent::HoldChanged { item, on_hold }),
    ]
    .boxed()
}

fn about_ends() -> BoxedStrategy<RouterEvent> {
    prop_oneof![
        (item(), select(ENDINGS.to_vec())).prop_map(|(item, ending)| RouterEvent::Ended { item, ending }),
        (item(), errand()).prop_map(|(item, errand)| RouterEvent::ErrandGiven { item, errand }),
        (item(), select(ERRANDS.to_vec()), any::<bool>())
            .prop_map(|(item, kind, taken)| RouterEvent::ErrandDone { item, kind, taken }),
    ]
    .boxed()
}

fn about_agents() -> BoxedStrategy<RouterEvent> {
    let state = few().prop_map(|name| PresenceId::new(&name).unwrap());
    let off = btree_set(service_channel(), 0..3);
    let changed = (agent(), state, off, any::<bool>(), select(PRESENCE.to_vec())).prop_map(
        |(agent, state, switched_off, connected, why)| RouterEvent::PresenceChanged {
            agent,
            state,
            switched_off,
            connected,
            why,
        },
    );
    prop_oneof![changed, agent().prop_map(|agent| RouterEvent::AgentSeen { agent })].boxed()
}

fn subject() -> impl Strategy<Value = Subject> {
    let kind = option::of(select(ChannelKind::ALL.to_vec()));
    let mode = select([Mode::Chat, Mode::Messaging].to_vec());
    (conversation(), contact(), few(), kind, mode, address()).prop_map(
        |(conversation, contact, channel, kind, mode, company)| {
            let channel = ChannelId::new(&channel).unwrap();
            Subject { conversation, contact, channel, kind, mode, company }
        },
    )
}

fn variables() -> impl Strategy<Value = Variables> {
    btree_map(any::<String>(), any::<String>().prop_map(Personal::new), 0..3)
}

fn origin() -> impl Strategy<Value = ItemOrigin> {
    prop_oneof![
        Just(ItemOrigin::Asked),
        (agent(), any::<bool>()).prop_map(|(from, by_action)| ItemOrigin::Reassigned { from, by_action }),
        (agent(), queue()).prop_map(|(from, queue)| ItemOrigin::ToQueue { from, queue }),
        agent().prop_map(|from| ItemOrigin::ToAgent { from }),
        Just(ItemOrigin::ByHand),
    ]
}

fn demand() -> impl Strategy<Value = SkillDemand> {
    let need = prop_oneof![
        Just(Need::Mandatory),
        any::<u8>().prop_map(|drop_order| Need::Additional { drop_order }),
        Just(Need::Optional),
    ];
    (few(), any::<u8>(), need).prop_map(|(skill, level, need)| {
        let skill = SkillId::new(&skill).unwrap();
        SkillDemand { skill, level, need }
    })
}

fn offer() -> impl Strategy<Value = Offer> {
    let times = (timestamp(), option::of(timestamp()));
    (agent(), 0..4_u32, times, option::of(0..3_u8), any::<bool>(), option::of(agent())).prop_map(
        |(agent, number, (at, expires), pool, reject_allowed, transferred_from)| Offer {
            agent,
            number,
            at,
            expires,
            pool,
            reject_allowed,
            transferred_from,
        },
    )
}

fn offer_end() -> impl Strategy<Value = OfferEnd> {
    let reason = option::of(few().prop_map(|name| RejectReasonId::new(&name).unwrap()));
    prop_oneof![
        reason.prop_map(|reason| OfferEnd::Rejected { reason }),
        timestamp().prop_map(|due| OfferEnd::TimedOut { due }),
        Just(OfferEnd::PresenceChanged),
        Just(OfferEnd::ConnectionLost),
        Just(OfferEnd::Withdrawn),
    ]
}

fn exclude() -> impl Strategy<Value = Exclude> {
    prop_oneof![Just(Exclude::No), timestamp().prop_map(Exclude::Until), Just(Exclude::ForGood)]
}

fn errand() -> impl Strategy<Value = Errand> {
    let text = || option::of(any::<String>());
    let offer = (item(), any::<u32>()).prop_map(|(item, number)| OfferId { item, number });
    prop_oneof![
        (conversation(), agent(), offer, option::of(agent()), text()).prop_map(
            |(conversation, agent, offer, transferred_from, greeting)| Errand::Assign {
                conversation,
                agent,
                offer,
                transferred_from,
                greeting,
            }
        ),
        (conversation(), agent()).prop_map(|(conversation, agent)| Errand::Unassign { conversation, agent }),
        (conversation(), text()).prop_map(|(conversation, text)| Errand::EndWait { conversation, text }),
        (conversation(), text()).prop_map(|(conversation, text)| Errand::Refuse { conversation, text }),
        (conversation(), any::<u32>(), any::<String>())
            .prop_map(|(conversation, number, text)| Errand::Tell { conversation, number, text }),
    ]
}

fn item() -> impl Strategy<Value = WorkItemId> {
    prop_oneof![9 => 1..6_u64, 1 => any::<u64>()].prop_map(WorkItemId)
}

fn conversation() -> impl Strategy<Value = ConversationId> {
    prop_oneof![4 => (0..3_u8).prop_map(|byte| [byte; 16]), 1 => any::<[u8; 16]>()]
        .prop_map(ConversationId::from_bytes)
}

fn contact() -> impl Strategy<Value = ContactId> {
    prop_oneof![2 => (0..3_u8).prop_map(|byte| [byte; 16]), 1 => any::<[u8; 16]>()].prop_map(ContactId)
}

fn agent() -> impl Strategy<Value = AgentId> {
    few().prop_map(|name| AgentId::new(&name).unwrap())
}

fn queue() -> impl Strategy<Value = QueueId> {
    few().prop_map(|name| QueueId::new(&name).unwrap())
}

fn service_channel() -> impl Strategy<Value = ServiceChannelId> {
    few().prop_map(|name| ServiceChannelId::new(&name).unwrap())
}

fn few() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[abc]", 1 => "[A-Za-z0-9._@-]{1,64}"]
}
