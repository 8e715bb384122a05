//! Strategies for states of aggregates, also such as no history leads to.

use super::arbitrary::{address, agent, channel, contact_id, conversation_id};
use super::arbitrary::{offer, policy, reason, settings, timestamp, work_item};
use domain::configuration::Configuration;
use domain::contact::Contact;
use domain::conversation::{Anchors, ClosedState, Conversation, Lifecycle, MessageCounts, Owner};
use domain::{Personal, Stamp};
use proptest::array::uniform7;
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
    let waiting = (any::<bool>(), option::of(any::<u64>()), option::of(offer()));
    let waiting = (waiting, option::of((work_item(), any::<u32>())));
    (identity, standing, waiting, rest).prop_map(|(identity, standing, waiting, rest)| {
        let (version, contact, channel, requester, company, policy) = identity;
        let (opened, last_at, lifecycle, closing, owner) = standing;
        let ((engaged, request, offer), told) = waiting;
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
            engaged,
            request,
            offer,
            told,
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
    (any::<u64>(), btree_map(channel(), settings(), 0..3), super::arbitrary::routing::routing())
        .prop_map(|(version, channels, routing)| Configuration { version, channels, routing })
}

fn anchors() -> impl Strategy<Value = Anchors> {
    let stamps = uniform7(option::of(stamp()));
    (stamps, any::<[bool; 3]>()).prop_map(|(stamps, [prompted, human_agent_spoke, reminded])| {
        let [requester_last, first_unanswered, agent_last, idle_since, assigned, transferred, disconnected] =
            stamps;
        Anchors {
            requester_last,
            first_unanswered,
            prompted,
            agent_last,
            human_agent_spoke,
            idle_since,
            reminded,
            assigned,
            transferred,
            disconnected,
        }
    })
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (any::<u64>(), timestamp()).prop_map(|(version, at)| Stamp { version, at })
}
