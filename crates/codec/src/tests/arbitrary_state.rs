//! Strategies for states of aggregates, also such as no history leads to.

use super::arbitrary::message_id;
use super::arbitrary::wording::{attachment_rules, choice, component, component_name, notice_key};
use super::arbitrary::{address, agent, channel, contact_id, conversation_id};
use super::arbitrary::{offer, policy, reason, settings, timestamp, work_item};
use domain::configuration::Configuration;
use domain::contact::Contact;
use domain::conversation::{Anchors, ClosedState, Conversation, Lifecycle, MessageCounts, Owner, Question};
use domain::{Personal, Stamp};
use proptest::array::uniform6;
use proptest::collection::{btree_map, btree_set, vec};
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
    let question = (message_id(), vec(choice(), 0..3), any::<bool>())
        .prop_map(|(message, options, answered)| Question { message, options, answered });
    let rest = (rest, option::of(any::<String>()), option::of(question));
    (identity, standing, waiting, rest).prop_map(|(identity, standing, waiting, rest)| {
        let (rest, language, question) = rest;
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
            language,
            question,
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
    let texts = vec((any::<String>(), notice_key(), any::<String>()), 0..3);
    let wording = (
        texts.prop_map(|texts| texts.into_iter().collect()),
        btree_map(channel(), attachment_rules(), 0..3),
        btree_map(component_name(), component(), 0..3),
    );
    (any::<u64>(), btree_map(channel(), settings(), 0..3), super::arbitrary::routing::routing(), wording)
        .prop_map(|(version, channels, routing, (texts, attachments, components))| Configuration {
            version,
            channels,
            routing,
            texts,
            attachments,
            components,
        })
}

fn anchors() -> impl Strategy<Value = Anchors> {
    let stamps = uniform6(option::of(stamp()));
    (stamps, any::<[bool; 3]>()).prop_map(|(stamps, [prompted, human_agent_spoke, reminded])| {
        let [requester_last, first_unanswered, agent_last, idle_since, assigned, transferred] = stamps;
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
        }
    })
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (any::<u64>(), timestamp()).prop_map(|(version, at)| Stamp { version, at })
}
