//! Strategies for states of aggregates, also such as no history leads to.

use super::arbitrary::{address, agent, channel, contact_id, conversation_id};
use super::arbitrary::{policy, reason, settings, timestamp};
use domain::configuration::Configuration;
use domain::contact::Contact;
use domain::conversation::{Anchors, ClosedState, Conversation, Lifecycle, MessageCounts, Owner};
use domain::{Personal, Stamp};
use proptest::collection::{btree_map, btree_set};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) fn conversation() -> impl Strategy<Value = Conversation> {
    let identity = (any::<u64>(), contact_id(), channel(), address(), address(), policy());
    let lifecycle =
        select([Lifecycle::New, Lifecycle::WorkInProgress, Lifecycle::OnHold, Lifecycle::Closed].to_vec());
    let states = select([ClosedState::Complete, ClosedState::Abandoned, ClosedState::Faulted].to_vec());
    let owner = prop_oneof![Just(Owner::Queue), agent().prop_map(Owner::Agent)];
    let standing = (stamp(), timestamp(), lifecycle, option::of((states, reason())), owner);
    let rest = (btree_set(agent(), 0..3), anchors(), any::<u64>(), any::<u64>());
    (identity, standing, rest).prop_map(|(identity, standing, rest)| {
        let (version, contact, channel, requester, company, policy) = identity;
        let (opened, last_at, lifecycle, closing, owner) = standing;
        let (participants, anchors, requester_messages, agent_messages) = rest;
        Conversation {
            version,
            contact,
            channel,
            requester: Personal::new(requester),
            company,
            policy,
            opened,
            last_at,
            lifecycle,
            closing,
            owner,
            participants,
            anchors,
            messages: MessageCounts { requester: requester_messages, agent: agent_messages },
        }
    })
}

pub(super) fn contact() -> impl Strategy<Value = Contact> {
    (any::<u64>(), channel(), address(), btree_map(address(), conversation_id(), 0..4)).prop_map(
        |(version, channel, address, active)| Contact {
            version,
            channel,
            address: Personal::new(address),
            active,
        },
    )
}

pub(super) fn configuration() -> impl Strategy<Value = Configuration> {
    (any::<u64>(), btree_map(channel(), settings(), 0..3))
        .prop_map(|(version, channels)| Configuration { version, channels })
}

fn anchors() -> impl Strategy<Value = Anchors> {
    let stamps = (option::of(stamp()), option::of(stamp()), option::of(stamp()), option::of(stamp()));
    (stamps, any::<[bool; 3]>()).prop_map(|(stamps, [prompted, human_agent_spoke, reminded])| Anchors {
        requester_last: stamps.0,
        first_unanswered: stamps.1,
        prompted,
        agent_last: stamps.2,
        human_agent_spoke,
        idle_since: stamps.3,
        reminded,
    })
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (any::<u64>(), timestamp()).prop_map(|(version, at)| Stamp { version, at })
}
