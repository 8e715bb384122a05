//! Samples of who requesters are and what may be sent to them.

use super::{AT, agent, company, later};
use domain::consent::Keyword;
use domain::contact::{ContactEvent, Grounds, WhyProfile};
use domain::conversation::ConversationEvent;
use domain::directory::{DirectoryEvent, PinHash, User, UserKind};
use domain::{Address, Personal, UserId};

pub(in crate::tests) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn grounds() -> [Grounds; 3] {
    let stated = |supervisor| Grounds::Stated {
        by: agent("ann.lee"),
        supervisor,
        reason: Personal::new("she said so".to_owned()),
    };
    [stated(false), stated(true), Grounds::Pin]
}

pub(super) fn conversation_events() -> Vec<ConversationEvent> {
    let mut events: Vec<ConversationEvent> = grounds()
        .into_iter()
        .enumerate()
        .map(|(index, grounds)| ConversationEvent::Reassociated {
            from: (index > 0).then(|| user("u-1")),
            to: user("u-2"),
            grounds,
        })
        .collect();
    events.extend([true, false].map(|opted_out| ConversationEvent::ConsentChanged { opted_out }));
    events
}

pub(super) fn contact_events() -> Vec<ContactEvent> {
    use ContactEvent as E;
    let whys = [WhyProfile::DirectoryMatch, WhyProfile::NoMatch, WhyProfile::Ambiguous, WhyProfile::Agent];
    let created = whys.into_iter().zip(1..).map(|(why, profile)| {
        let user = (why == WhyProfile::DirectoryMatch).then(|| user("u-1"));
        E::ProfileCreated { profile, user, why }
    });
    let reassociated = grounds().into_iter().map(|grounds| E::ProfileReassociated {
        profile: 1,
        from: Some(user("u-1")),
        to: user("u-2"),
        grounds,
    });
    let words = Keyword::ALL.into_iter().flat_map(|keyword| {
        [E::OptedOut { company: company(), keyword }, E::OptedIn { company: company(), keyword }]
    });
    let mut events: Vec<ContactEvent> = created.chain(reassociated).chain(words).collect();
    events.extend([
        E::ProfileDeactivated { profile: 1, by: agent("ann.lee") },
        E::NotificationsSet { company: company(), on: true },
        E::NotificationsSet { company: company(), on: false },
        E::VerificationFailed { at: AT },
        E::VerificationLocked { until: later(86_400) },
    ]);
    events
}

pub(super) fn directory_events() -> Vec<DirectoryEvent> {
    let id = || user("u-1");
    let full = User {
        name: Some(Personal::new("Ada Byron".to_owned())),
        phones: ["+12025550101", "+442079460018"].map(|it| Personal::new(Address::e164(it).unwrap())).into(),
        email: Some(Personal::new("ada@example.com".to_owned())),
        language: Some("en".to_owned()),
        location: Some("GB".to_owned()),
        kind: UserKind::Full,
    };
    let bare = User {
        name: None,
        phones: Vec::new(),
        email: None,
        language: None,
        location: None,
        kind: UserKind::Consumer,
    };
    vec![
        DirectoryEvent::UserPut { id: id(), user: Box::new(full) },
        DirectoryEvent::UserPut { id: id(), user: Box::new(bare) },
        DirectoryEvent::UserRemoved { id: id() },
        DirectoryEvent::PinSet { id: id(), hash: PinHash { salt: [7; 16], rounds: 100_000, hash: [9; 32] } },
        DirectoryEvent::PinFailed { id: id(), at: AT },
        DirectoryEvent::PinLocked { id: id(), until: later(86_400) },
        DirectoryEvent::PinAccepted { id: id() },
    ]
}
