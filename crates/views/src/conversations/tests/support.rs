//! Logs to fold, and the facts to put into them. Everybody in them is invented.

use domain::channel::Mode;
use domain::contact::Grounds;
use domain::conversation::Unassignment;
use domain::conversation::{ClosedBy, ClosedState, ConversationEvent, Policy, ResumedBy, StateReason};
use domain::routing::{QueueId, WorkItemId};
use domain::{
    Address, AgentId, Cause, ChannelId, ContactId, Content, ConversationId, Event, Message, MessageId,
    Personal, Principal, Role, Seconds, Timestamp, UserId,
};
use proptest::prelude::*;
use std::sync::Arc;
use store::{
    Append, EventLog, Identity, MemoryLog, Outcome, PartitionId, Record, SledLog, SledOptions, StreamId,
};
use tempfile::TempDir;
use uuid::Uuid;

/// Some moment.
pub(super) const START: i64 = 1_700_000_000_000;

pub(super) fn memory(partitions: u16) -> Arc<dyn EventLog> {
    Arc::new(MemoryLog::new(Identity { partitions, key: [7; 32] }))
}

pub(super) fn sled(partitions: u16, folder: &TempDir) -> Arc<dyn EventLog> {
    let options = SledOptions { partitions, key: Some([7; 32]), ..SledOptions::default() };
    Arc::new(SledLog::open(folder.path(), options).unwrap())
}

/// Runs a test on each kind of log, with 1 and with 3 partitions.
pub(super) fn on_every_log(test: impl Fn(Arc<dyn EventLog>)) {
    for partitions in [1, 3] {
        test(memory(partitions));
        let folder = tempfile::tempdir().unwrap();
        test(sled(partitions, &folder));
    }
}

/// The conversation that was opened so many seconds after the start; they go round the partitions.
pub(super) fn id(log: &dyn EventLog, number: u16) -> ConversationId {
    ConversationId::new(number % log.identity().partitions, at(number).0, u64::from(number))
}

/// So many seconds after the start.
pub(super) fn at(seconds: u16) -> Timestamp {
    Timestamp(START).plus(Seconds(seconds.into()))
}

pub(super) fn partition(id: ConversationId) -> PartitionId {
    PartitionId(id.partition())
}

pub(super) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

pub(super) fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

pub(super) fn opened(on: &str, mode: Mode) -> ConversationEvent {
    ConversationEvent::Opened {
        contact: ContactId([1; 16]),
        channel: channel(on),
        requester: Personal::new(Address::e164("+12025550123").unwrap()),
        company: Address::e164("+12025550100").unwrap(),
        policy: match mode {
            Mode::Chat => {
                let [reminder, cancel, idle] = [180, 360, 7200].map(Seconds);
                Policy::Chat { reminder, cancel, human_only: false, quantum: Seconds(0), idle }
            }
            Mode::Messaging => {
                let (prompt_agent_after, abandon_after, reassign_after) = (None, None, None);
                Policy::Messaging { prompt_agent_after, abandon_after, reassign_after, idle: None }
            }
        },
        by_agent: None,
        user: None,
    }
}

fn message() -> Message {
    Message { id: MessageId(Uuid::from_u128(1)), content: Content::text_only("Where is my order?").unwrap() }
}

pub(super) fn asked() -> ConversationEvent {
    ConversationEvent::RequesterMessagePosted { message: message(), sent_at: None, counts_from: at(0) }
}

pub(super) fn answered(by: &str) -> ConversationEvent {
    ConversationEvent::AgentMessagePosted { agent: agent(by), message: message() }
}

pub(super) fn joined(who: &str, assigned: bool) -> ConversationEvent {
    ConversationEvent::AgentJoined { agent: agent(who), assigned, offer: None, greeting: None }
}

pub(super) fn transferred(who: &str) -> ConversationEvent {
    let why = Unassignment::ToQueue { queue: QueueId::new("sales").unwrap(), by: agent(who) };
    ConversationEvent::Unassigned { agent: agent(who), why }
}

pub(super) fn closed(state: ClosedState) -> ConversationEvent {
    ConversationEvent::Closed {
        state,
        reason: StateReason::UserEnded,
        by: ClosedBy::Requester,
        requester_text: None,
    }
}

/// Any fact; in an order that follows from no rule, because a fold is total.
pub(super) fn any_fact() -> impl Strategy<Value = ConversationEvent> {
    use ConversationEvent as E;
    let who = prop::sample::select(vec!["ann", "bob"]);
    let closed_state =
        prop::sample::select(vec![ClosedState::Complete, ClosedState::Abandoned, ClosedState::Faulted]);
    prop_oneof![
        (any::<bool>(), any::<bool>()).prop_map(|(sms, chat)| {
            opened(if sms { "sms" } else { "web" }, if chat { Mode::Chat } else { Mode::Messaging })
        }),
        Just(asked()),
        (who.clone(), any::<bool>()).prop_map(|(who, assigned)| joined(who, assigned)),
        who.clone().prop_map(answered),
        who.clone().prop_map(|who| E::Held { agent: agent(who) }),
        who.clone().prop_map(|who| E::Resumed { by: ResumedBy::Agent(agent(who)) }),
        Just(E::IdleReminderSent { due: at(1), requester_text: "You?".into(), agent_text: "Wait.".into() }),
        who.clone().prop_map(transferred),
        Just(E::AgentRequested),
        Just(E::AgentRequestCancelled),
        Just(E::WaitEnded { item: WorkItemId(1), requester_text: None }),
        Just(E::WaitMessageSent { item: WorkItemId(1), number: 1, text: "Wait.".into() }),
        who.prop_map(|who| E::AgentPrompted { due: at(1), agent: agent(who), text: "Answer.".into() }),
        closed_state.prop_map(closed),
        any::<bool>().prop_map(|opted_out| E::ConsentChanged { opted_out }),
        Just(E::Reassociated { from: None, to: UserId::new("u-1").unwrap(), grounds: Grounds::Pin }),
    ]
}

/// The bytes of a fact.
pub(super) fn encoded(at: Timestamp, event: Event) -> Vec<u8> {
    let principal = Principal { role: Role::System, name: "test".to_owned() };
    let cause = Cause { principal, causation: None, correlation: Uuid::nil() };
    codec::encode(&codec::Envelope { at, cause, event })
}

/// Commits raw events of some streams as one record.
pub(super) fn commit_together(
    log: &dyn EventLog,
    partition: PartitionId,
    events: impl IntoIterator<Item = ([u8; 16], Vec<Vec<u8>>)>,
) {
    let append = |(stream, events)| {
        let stream = StreamId(stream);
        Append { stream, expected: log.version(stream).unwrap(), events }
    };
    let appends = events.into_iter().map(append).collect();
    let record =
        Record { partition, at_ms: START, appends, claims: Vec::new(), command: None, timers: Vec::new() };
    let outcomes = log.commit(&[record]).unwrap();
    assert!(matches!(outcomes[..], [Outcome::Stored(_)]));
}

/// Commits raw events of one stream as one record.
pub(super) fn commit_bytes(
    log: &dyn EventLog,
    partition: PartitionId,
    stream: [u8; 16],
    events: Vec<Vec<u8>>,
) {
    commit_together(log, partition, [(stream, events)]);
}

/// Commits facts about one conversation as one record.
pub(super) fn commit(
    log: &dyn EventLog,
    id: ConversationId,
    at: Timestamp,
    events: impl IntoIterator<Item = ConversationEvent>,
) {
    let events = events.into_iter().map(|event| encoded(at, Event::Conversation(event)));
    commit_bytes(log, partition(id), id.to_bytes(), events.collect());
}
