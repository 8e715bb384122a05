//! Strategies for states of aggregates, also such as no history leads to.

use super::arbitrary::identity::user;
use super::arbitrary::reach::{device, wish};
use super::arbitrary::wording::{attachment_rules, choice, component, component_name, notice_key};
use super::arbitrary::{
    address, agent, channel, contact_id, conversation_id, message_id, offer, policy, reason, receipt_status,
    settings, timestamp, uuid, work_item,
};
use domain::configuration::Configuration;
use domain::contact::{Consent, Contact, Profile, Verification, Window};
use domain::conversation::{
    Anchors, ClosedState, Conversation, DeadLetter, Lifecycle, MessageCounts, Outbound, Owner, Question,
    Utterance,
};
use domain::{Personal, Stamp};
use proptest::array::uniform8;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) fn conversation() -> impl Strategy<Value = Conversation> {
    let identity = (any::<u64>(), contact_id(), channel(), address(), address(), policy());
    let lifecycle =
        select([Lifecycle::New, Lifecycle::WorkInProgress, Lifecycle::OnHold, Lifecycle::Closed].to_vec());
    let states = select([ClosedState::Complete, ClosedState::Abandoned, ClosedState::Faulted].to_vec());
    let owner = prop_oneof![Just(Owner::Queue), Just(Owner::VirtualAgent), agent().prop_map(Owner::Agent)];
    let standing = (stamp(), timestamp(), lifecycle, option::of((states, reason())), owner);
    let waiting = (any::<[bool; 2]>(), option::of(any::<u64>()), option::of(offer()));
    let rest = (btree_set(agent(), 0..3), anchors(), any::<[u64; 3]>());
    let waiting = (waiting, option::of((work_item(), any::<u32>())));
    let question = (message_id(), vec(choice(), 0..3), any::<bool>())
        .prop_map(|(message, options, answered)| Question { message, options, answered });
    let known = (
        option::of(user()),
        option::of(stamp()),
        outbound(),
        option::of(any::<String>()),
        option::of(question),
    );
    (identity, standing, waiting, rest, known).prop_map(|(identity, standing, waiting, rest, known)| {
        let (version, contact, channel, requester, company, policy) = identity;
        let (opened, last_at, lifecycle, closing, owner) = standing;
        let (([engaged, has_virtual_agent], request, offer), told) = waiting;
        let (participants, anchors, [requester_messages, agent_messages, seen]) = rest;
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
            has_virtual_agent,
            request,
            offer,
            told,
            anchors,
            messages: MessageCounts { requester: requester_messages, agent: agent_messages },
            user: known.0,
            opted_out: known.1,
            outbound: known.2,
            seen,
            language: known.3,
            question: known.4,
        }
    })
}

fn outbound() -> impl Strategy<Value = Outbound> {
    let which = || (any::<u64>(), any::<u16>()).prop_map(|(of, part)| Utterance { of, part });
    let dead = (any::<String>(), timestamp()).prop_map(|(code, at)| DeadLetter { code, at });
    let maps = (
        btree_map(which(), dead, 0..3),
        btree_map(which(), timestamp(), 0..3),
        btree_map(which(), receipt_status(), 0..3),
    );
    let marks = (option::of(which()), option::of(timestamp()));
    (marks, maps).prop_map(|((settled, tried_at), (dead, redriven, receipts))| Outbound {
        settled,
        tried_at,
        dead,
        redriven,
        receipts,
    })
}

pub(super) fn contact() -> impl Strategy<Value = Contact> {
    let windows =
        proptest::collection::vec((uuid(), stamp()).prop_map(|(id, seen)| Window { id, seen }), 0..3);
    let consent =
        any::<[bool; 2]>().prop_map(|[opted_out, notifications]| Consent { opted_out, notifications });
    let profile = (any::<u32>(), option::of(user()), any::<bool>())
        .prop_map(|(number, user, verified)| Profile { number, user, verified });
    let verification = (vec(timestamp(), 0..4), option::of(timestamp()))
        .prop_map(|(failed, locked_until)| Verification { failed, locked_until });
    let known =
        (btree_map(address(), consent, 0..3), option::of(profile), any::<u32>(), verification, windows);
    let reach = (vec(device(), 0..3), any::<bool>(), wish());
    let begun = (any::<u64>(), option::of(address()), btree_set(address(), 0..3));
    let whom = (any::<u64>(), channel(), address(), btree_map(address(), conversation_id(), 0..4));
    (whom, begun, known, reach, outbound()).prop_map(
        |((version, channel, address, active), (anew, portal, near), known, reach, outbound)| {
            let (devices, signed_in, digest) = reach;
            let (consent, profile, profiles, verification, windows) = known;
            Contact {
                version,
                channel,
                address: Personal::new(address),
                active,
                consent,
                profile,
                profiles,
                verification,
                windows,
                anew,
                portal,
                near,
                devices,
                signed_in,
                digest,
                outbound,
            }
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
    let stamps = uniform8(option::of(stamp()));
    (stamps, any::<[bool; 3]>()).prop_map(|(stamps, [prompted, human_agent_spoke, reminded])| {
        let [
            requester_last,
            first_unanswered,
            agent_last,
            idle_since,
            assigned,
            transferred,
            disconnected,
            connected,
        ] = stamps;
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
            connected,
        }
    })
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (any::<u64>(), timestamp()).prop_map(|(version, at)| Stamp { version, at })
}
