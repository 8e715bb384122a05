//! Sound stores are found sound, and each of several lies is found out.

use crate::samples::{MONDAY_NINE, agent, chat, exactly, history, log, roster, routing};
use crate::stage::Stage;
use crate::{Rehearsal, Verification, verify};
use domain::channel::{ChannelKind, Mode};
use domain::directory::{User, UserKind};
use domain::router::{AllocatedBy, Ending, ItemOrigin, Offer, PresenceWhy, RouterEvent, Subject, Variables};
use domain::routing::{PresenceId, QueueId, WorkItemId};
use domain::{
    Address, Cause, ChannelId, ContactId, ConversationId, Event, Personal, Principal, Role, Seconds, UserId,
};
use engine::Request;
use engine::keys::ROUTER_STREAM;
use std::sync::Arc;
use store::{Append, EventLog, PartitionId, Record, TableWrite};
use uuid::Uuid;

fn found(log: &Arc<dyn EventLog>) -> Verification {
    verify(log, |_| {}).unwrap()
}

/// A log with a configuration, in which one agent can have one chat, and with these facts of the router after it.
fn told(facts: Vec<RouterEvent>) -> Verification {
    let log = log();
    engine::block_on(Box::pin(async {
        let (settings, routing) = (Rehearsal::defaults(Mode::Chat), routing(&["ann"], 1));
        let set = Stage::set(Arc::clone(&log), settings, Some(routing), 1, MONDAY_NINE);
        set.await.unwrap().engine.drain().await;
    }));
    append(&log, facts);
    found(&log)
}

fn append(log: &Arc<dyn EventLog>, facts: Vec<RouterEvent>) {
    let principal = Principal { role: Role::System, name: "liar".to_owned() };
    let cause = Cause { principal, causation: None, correlation: Uuid::nil() };
    let envelope =
        |event| codec::Envelope { at: MONDAY_NINE, cause: cause.clone(), event: Event::Router(event) };
    let events = facts.into_iter().map(|event| codec::encode(&envelope(event))).collect();
    let expected = log.version(ROUTER_STREAM).unwrap();
    let record = Record {
        partition: PartitionId(0),
        at_ms: MONDAY_NINE.0,
        appends: vec![Append { stream: ROUTER_STREAM, expected, events }],
        claims: Vec::new(),
        command: None,
        timers: Vec::new(),
    };
    log.commit(&[record]).unwrap();
}

fn comes(state: &str) -> RouterEvent {
    RouterEvent::PresenceChanged {
        agent: agent("ann"),
        state: PresenceId::new(state).unwrap(),
        switched_off: Default::default(),
        connected: true,
        why: PresenceWhy::Chosen,
    }
}

/// An item of a conversation.
fn created(item: u64, conversation: u64) -> RouterEvent {
    let subject = Subject {
        conversation: ConversationId::new(0, MONDAY_NINE.0, conversation),
        contact: ContactId([1; 16]),
        channel: ChannelId::new("rehearsal").unwrap(),
        kind: Some(ChannelKind::Mweb),
        mode: Mode::Chat,
        company: Address::e164("+12025550199").unwrap(),
    };
    RouterEvent::ItemCreated {
        item: WorkItemId(item),
        subject: Box::new(subject),
        variables: Variables::new(),
        origin: ItemOrigin::Asked,
        previous: None,
        asked: MONDAY_NINE,
    }
}

fn queued(item: u64) -> RouterEvent {
    RouterEvent::Queued {
        item: WorkItemId(item),
        queue: QueueId::new("chats").unwrap(),
        service_channel: chat(),
        size: 1,
        skills: Vec::new(),
        affine: Vec::new(),
        hold_until: None,
        spared: None,
        overflow_from: None,
    }
}

fn offered(item: u64) -> RouterEvent {
    let offer = Offer {
        agent: agent("ann"),
        number: 1,
        at: MONDAY_NINE,
        expires: Some(MONDAY_NINE.plus(Seconds(30))),
        pool: Some(0),
        reject_allowed: true,
        transferred_from: None,
    };
    RouterEvent::Offered { item: WorkItemId(item), offer, service_channel: chat(), size: 1 }
}

fn names(verification: &Verification, what: &str) -> bool {
    verification.told.iter().any(|told| told.contains(what))
}

/// R1, R2, WI-12, C3
#[test]
fn a_rehearsal_with_a_roster_is_sound_and_has_the_same_hash() {
    let log = log();
    let settings = Rehearsal::defaults(Mode::Chat);
    let roster = roster(routing(&["ann", "bob"], 2), exactly(10), exactly(300));
    let rehearsal = Rehearsal { settings, roster: Some(roster), seed: 1 };
    let history = history(&[0, 1, 2, 3, 4, 5, 6, 7]);
    let played = engine::block_on(Box::pin(rehearsal.play(Arc::clone(&log), &history, |_| {}, None)));
    let (report, found) = (played.unwrap(), found(&log));
    assert_eq!(found.told, Vec::<String>::new());
    assert_eq!((found.offers, found.agreed, found.work_items), (8, 8, 0));
    assert_eq!(found.state_hash, report.state_hash);
}

/// R1, AR-10
#[test]
fn an_offer_beyond_the_capacity_or_to_somebody_who_is_away_is_found() {
    let two = vec![comes("available"), created(1, 1), queued(1), offered(1), created(2, 2), queued(2)];
    let fitting = told(two.clone());
    assert!(!names(&fitting, "R1") && !names(&fitting, "AR-10"), "{fitting:?}");
    let beyond = told([two, vec![offered(2)]].concat());
    assert!(names(&beyond, "who had 1 of 1 on chat (R1)"), "{beyond:?}");
    let away = told(vec![comes("away"), created(1, 1), queued(1), offered(1)]);
    assert!(names(&away, "for whom chat was off (AR-10)"), "{away:?}");
}

/// R2, WI-12
#[test]
fn what_cannot_follow_is_found() {
    let (item, ann) = (WorkItemId(1), agent("ann"));
    let accepted = RouterEvent::Accepted {
        item,
        agent: ann.clone(),
        by: AllocatedBy::Offer,
        service_channel: Some(chat()),
        size: 1,
    };
    for (facts, what) in [
        (vec![offered(1)], "router.offered happened to item 1, which was nowhere (R2)"),
        (vec![created(1, 1), offered(1)], "router.offered happened to item 1, which was unrouted (R2)"),
        (
            vec![created(1, 1), queued(1), accepted],
            "router.accepted happened to item 1, which was queued (R2)",
        ),
        (vec![created(7, 1)], "router.item_created happened to item 7"),
        (
            vec![RouterEvent::Ended { item, ending: Ending::Completed }],
            "router.ended happened to item 1, which was nowhere (R2)",
        ),
        (vec![created(1, 1), created(2, 1)], "it has 2 work items at once (WI-12)"),
        (
            vec![created(1, 1), queued(1), offered(1), RouterEvent::Accepting { item, agent: ann }],
            "item 1 is accepting, which its errands do not say (R2)",
        ),
        (vec![RouterEvent::TakenIn { partition: 0, position: 99 }], "has taken in more than there is"),
    ] {
        let found = told(facts);
        assert!(names(&found, what), "{what}: {found:?}");
    }
}

/// C3
#[test]
fn an_item_that_says_another_owner_than_its_conversation_is_found() {
    let log = log();
    let settings = Rehearsal::defaults(Mode::Chat);
    let roster = roster(routing(&["ann"], 1), exactly(10), exactly(300));
    let rehearsal = Rehearsal { settings, roster: Some(roster), seed: 1 };
    let history = history(&[0]);
    engine::block_on(Box::pin(rehearsal.play(Arc::clone(&log), &history, |_| {}, None))).unwrap();
    assert_eq!(found(&log).differences, 0);
    // The conversation is closed, and the router would say that it waits.
    let id = found_conversation(&log);
    let mut again = created(2, 0);
    if let RouterEvent::ItemCreated { subject, .. } = &mut again {
        subject.conversation = id;
    }
    append(&log, vec![again, queued(2)]);
    let lied = found(&log);
    assert!(names(&lied, "is closed") && names(&lied, "its item is queued (C3)"), "{lied:?}");
}

fn found_conversation(log: &Arc<dyn EventLog>) -> ConversationId {
    let records = log.read_partition(PartitionId(0), store::Position(0), usize::MAX).unwrap();
    let streams = records.iter().flat_map(|record| &record.appends).map(|append| append.stream.0);
    streams
        .map(ConversationId::from_bytes)
        .find(|id| ConversationId::parse(&id.to_string()).is_some())
        .unwrap()
}

/// L4
#[test]
fn rows_of_the_router_that_are_not_what_its_events_give_are_found() {
    let log = log();
    let facts = vec![comes("available"), created(1, 1), queued(1), offered(1)];
    engine::block_on(Box::pin(async {
        let (settings, routing) = (Rehearsal::defaults(Mode::Chat), routing(&["ann"], 1));
        let set = Stage::set(Arc::clone(&log), settings, Some(routing), 1, MONDAY_NINE);
        set.await.unwrap().engine.drain().await;
    }));
    append(&log, facts);
    let mut world = crate::World::default();
    for stored in log.read_stream(ROUTER_STREAM, 0, usize::MAX).unwrap() {
        let envelope = codec::decode(&stored.bytes).unwrap();
        world.apply(ROUTER_STREAM, envelope.at, &envelope.event);
    }
    let write = |state: &domain::router::State| {
        let rows = codec::snapshot::router_rows(state);
        let rows: Vec<_> = rows.iter().map(|row| TableWrite::Put(row.key(), row.encode())).collect();
        log.tables().clear("router").unwrap();
        log.tables().write("router", &rows).unwrap();
    };
    write(&world.router);
    let sound = found(&log);
    assert!(sound.router_rows > 0 && !names(&sound, "rows"), "{sound:?}");
    let mut wrong = world.router.clone();
    wrong.items.values_mut().for_each(|item| item.size = 2);
    write(&wrong);
    assert!(names(&found(&log), "the router's rows are not what its events give"));
    wrong.version += 1;
    write(&wrong);
    assert!(names(&found(&log), "which its stream has not"));
    log.tables().write("router", &[TableWrite::Put(vec![1], vec![0x51, 0, 0])]).unwrap();
    assert!(names(&found(&log), "the router's rows cannot be read"));
}

/// L4
#[test]
fn rows_of_the_directory_that_are_not_what_its_facts_give_are_found() {
    let log = log();
    engine::block_on(Box::pin(async {
        let set = Stage::set(Arc::clone(&log), Rehearsal::defaults(Mode::Chat), None, 1, MONDAY_NINE);
        let stage = set.await.unwrap();
        let phones = ["+12025550101", "+12025550102"].map(|text| Personal::new(Address::e164(text).unwrap()));
        let user = |phones| User {
            name: None,
            phones,
            email: None,
            language: None,
            location: None,
            kind: UserKind::Consumer,
        };
        let users = [("u-1", user(phones.to_vec())), ("u-2", user(Vec::new())), ("gone", user(Vec::new()))];
        let users = users.map(|(id, user)| (UserId::new(id).unwrap(), user)).to_vec();
        let principal = Principal { role: Role::Admin, name: "adam".to_owned() };
        let request = Request { principal, correlation: Uuid::nil(), command: None };
        stage.engine.put_users(users, &request).await.unwrap();
        stage.engine.remove_user(&UserId::new("gone").unwrap(), &request).await.unwrap();
        stage.engine.drain().await;
    }));
    let sound = found(&log);
    assert_eq!((sound.directory_rows, sound.told), (4, Vec::<String>::new()));
    let tables = log.tables();
    let write = |write: TableWrite| tables.write("directory", &[write]).unwrap();
    let rows: Vec<_> =
        [b"p", b"u"].iter().flat_map(|kind| tables.scan("directory", *kind, None, 9).unwrap()).collect();
    assert_eq!(rows.len(), 4);
    for (key, row) in rows {
        write(TableWrite::Put(key.clone(), b"\x03u-9".to_vec()));
        assert!(names(&found(&log), "of the directory is wrong (L4)"));
        write(TableWrite::Delete(key.clone()));
        assert!(names(&found(&log), "of the directory is missing (L4)"));
        // A start would index this user again.
        let mark = [b"m", &key[key.len() - 16..]].concat();
        write(TableWrite::Put(mark.clone(), Vec::new()));
        assert_eq!(found(&log).differences, 0);
        write(TableWrite::Delete(mark));
        write(TableWrite::Put(key, row));
    }
    write(TableWrite::Put([b'p'; 33].to_vec(), b"u-1".to_vec()));
    assert_eq!(found(&log).differences, 1);
}
