//! Strategies for who requesters are and what may be sent to them.

use super::{address, agent, timestamp};
use domain::consent::Keyword;
use domain::contact::{ContactEvent, Grounds, WhyProfile};
use domain::conversation::ConversationEvent;
use domain::directory::{DirectoryEvent, PinHash, User, UserKind};
use domain::{Personal, UserId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(in crate::tests) fn user() -> impl Strategy<Value = UserId> {
    "[A-Za-z0-9._@-]{1,64}".prop_map(|name| UserId::new(&name).unwrap())
}

fn grounds() -> impl Strategy<Value = Grounds> {
    prop_oneof![
        (agent(), any::<bool>(), any::<String>()).prop_map(|(by, supervisor, reason)| Grounds::Stated {
            by,
            supervisor,
            reason: Personal::new(reason)
        }),
        Just(Grounds::Pin),
    ]
}

fn keyword() -> impl Strategy<Value = Keyword> {
    select(Keyword::ALL.to_vec())
}

pub(super) fn conversation_event() -> impl Strategy<Value = ConversationEvent> {
    prop_oneof![
        (option::of(user()), user(), grounds())
            .prop_map(|(from, to, grounds)| ConversationEvent::Reassociated { from, to, grounds }),
        any::<bool>().prop_map(|opted_out| ConversationEvent::ConsentChanged { opted_out }),
    ]
}

pub(super) fn contact_event() -> impl Strategy<Value = ContactEvent> {
    use ContactEvent as E;
    let whys = [WhyProfile::DirectoryMatch, WhyProfile::NoMatch, WhyProfile::Ambiguous, WhyProfile::Agent];
    prop_oneof![
        (any::<u32>(), option::of(user()), select(whys.to_vec()))
            .prop_map(|(profile, user, why)| E::ProfileCreated { profile, user, why }),
        (any::<u32>(), option::of(user()), user(), grounds()).prop_map(|(profile, from, to, grounds)| {
            E::ProfileReassociated { profile, from, to, grounds }
        }),
        (any::<u32>(), agent()).prop_map(|(profile, by)| E::ProfileDeactivated { profile, by }),
        (address(), keyword()).prop_map(|(company, keyword)| E::OptedOut { company, keyword }),
        (address(), keyword()).prop_map(|(company, keyword)| E::OptedIn { company, keyword }),
        (address(), any::<bool>()).prop_map(|(company, on)| E::NotificationsSet { company, on }),
        timestamp().prop_map(|at| E::VerificationFailed { at }),
        timestamp().prop_map(|until| E::VerificationLocked { until }),
    ]
}

pub(super) fn directory_event() -> impl Strategy<Value = DirectoryEvent> {
    let texts = (option::of(any::<String>()), option::of(any::<String>()));
    let places = (option::of(any::<String>()), option::of(any::<String>()));
    let kinds = select([UserKind::Full, UserKind::Consumer].to_vec());
    let details = (texts, vec(address(), 0..4), places, kinds).prop_map(
        |((name, email), phones, (language, location), kind)| User {
            name: name.map(Personal::new),
            phones: phones.into_iter().map(Personal::new).collect(),
            email: email.map(Personal::new),
            language,
            location,
            kind,
        },
    );
    prop_oneof![
        (user(), details).prop_map(|(id, user)| DirectoryEvent::UserPut { id, user: Box::new(user) }),
        user().prop_map(|id| DirectoryEvent::UserRemoved { id }),
        (user(), any::<[u8; 16]>(), any::<u32>(), any::<[u8; 32]>()).prop_map(|(id, salt, rounds, hash)| {
            DirectoryEvent::PinSet { id, hash: PinHash { salt, rounds, hash } }
        }),
        (user(), timestamp()).prop_map(|(id, at)| DirectoryEvent::PinFailed { id, at }),
        (user(), timestamp()).prop_map(|(id, until)| DirectoryEvent::PinLocked { id, until }),
        user().prop_map(|id| DirectoryEvent::PinAccepted { id }),
    ]
}
