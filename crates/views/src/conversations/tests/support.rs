//! Logs to fold, and the facts to put into them. Everybody in them is invented.

use domain::channel::Mode;
use domain::contact::Grounds;
use domain::conversation::{ClosedBy, ClosedState, ConversationEvent, Policy, ResumedBy, StateReason};
use domain::conversation::{ReceiptStatus, Unassignment};
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
pub(crate) const START: i64 = 1_700_000_000_000;

pub(crate) fn memory(partitions: u16) -> Arc<dyn EventLog> {
    Arc::new(MemoryLog::new(Identity { partitions, key: [7; 32] }))
}

pub(crate) fn sled(partitions: u16, folder: &TempDir) -> Arc<dyn EventLog> {
    let options = SledOptions { partitions, key: Some([7; 32]), ..SledOptions::default() };
    Arc::new(SledLog::open(folder.path(), options).unwrap())
}

/// Runs a test on each kind of log, with 1 and with 3 partitions.
pub(crate) fn on_every_log(test: impl Fn(Arc<dyn EventLog>)) {
    for partitions in [1, 3] {
        test(memory(partitions));
        let folder = tempfile::tempdir().unwrap();
        test(sled(partitions, &folder));
    }
}

/// The conversation that was opened so many seconds after the start; they go round the partitions.
pub(crate) fn id(log: &dyn EventLog, number: u16) -> ConversationId {
    ConversationId::new(number % log.identity().partitions, at(number).0, u64::from(number))
}

/// So many seconds after the start.
pub(crate) fn at(seconds: u16) -> Timestamp {
    Timestamp(START).plus(Seconds(seconds.into()))
}

pub(crate) fn partition(id: ConversationId) -> PartitionId {
    PartitionId(id.partition())
}

pub(crate) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

pub(crate) fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

pub(crate) fn opened(on: &str, mode: Mode) -> ConversationEvent {
    ConversationEvent::Opened {
        contact: ContactId([1; 16]),
        channel: channel(on),
        requester: Personal::new(Address::e164("+12025550123").unwrap()),
        company: Address::e164("+12025550100").unwrap(),
        policy: match mode {
            Mode::Chat => {
                let [reminder, cancel, idle, disconnect] = [180, 360, 7200, 300].map(Seconds);
                Policy::Chat { reminder, cancel, human_only: false, quantum: Seconds(0), idle, disconnect }
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
    message_in(None)
}

/// A message whose context says in which language it was written.
fn message_in(language: Option<&str>) -> Message {
    let context = language.map(|tag| ("language".to_owned(), Personal::new(tag.to_owned())));
    let content = Content::new("Where is my order?".to_owned(), Vec::new(), context.into_iter().collect());
    Message { id: MessageId(Uuid::from_u128(1)), content: content.unwrap() }
}

pub(crate) fn asked() -> ConversationEvent {
    ConversationEvent::RequesterMessagePosted { message: message(), sent_at: None, counts_from: at(0) }
}

pub(crate) fn answered(by: &str) -> ConversationEvent {
    ConversationEvent::AgentMessagePosted { agent: agent(by), message: message() }
}

pub(crate) fn joined(who: &str, assigned: bool) -> ConversationEvent {
    ConversationEvent::AgentJoined { agent: agent(who), assigned, offer: None, greeting: None }
}

pub(crate) fn transferred(who: &str) -> ConversationEvent {
    let why = Unassignment::ToQueue { queue: QueueId::new("sales").unwrap(), by: agent(who) };
    ConversationEvent::Unassigned { agent: agent(who), why }
}

pub(crate) fn closed(state: ClosedState) -> ConversationEvent {
    ConversationEvent::Closed {
        state,
        reason: StateReason::UserEnded,
        by: ClosedBy::Requester,
        requester_text: None,
    }
}

/// What a requester or an agent writes, in a language that is said or not.
fn any_message() -> impl Strategy<Value = ConversationEvent> {
    let language = prop::sample::select(vec![None, Some("de"), Some("fr")]);
    (language, any::<bool>()).prop_map(|(language, by_requester)| {
        let message = message_in(language);
        if by_requester {
            ConversationEvent::RequesterMessagePosted { message, sent_at: None, counts_from: at(0) }
        } else {
            ConversationEvent::AgentMessagePosted { agent: agent("ann"), message }
        }
    })
}

/// Any fact; in an order that follows from no rule, because a fold is total.
pub(crate) fn any_fact() -> impl Strategy<Value = ConversationEvent> {
    use ConversationEvent as E;
    let who = prop::sample::select(vec!["ann", "bob"]);
    let closed_state =
        prop::sample::select(vec![ClosedState::Complete, ClosedState::Abandoned, ClosedState::Faulted]);
    prop_oneof![
        (any::<bool>(), any::<bool>()).prop_map(|(sms, chat)| {
            opened(if sms { "sms" } else { "web" }, if chat { Mode::Chat } else { Mode::Messaging })
        }),
        any_message(),
        (who.clone(), any::<bool>()).prop_map(|(who, assigned)| joined(who, assigned)),
        who.clone().prop_map(answered),
        who.clone().prop_map(|who| E::Held { agent: agent(who) }),
        who.clone().prop_map(|who| E::Resumed { by: ResumedBy::Agent(agent(who)) }),
        Just(E::IdleReminderSent { due: at(1), requester_text: "You?".into(), agent_text: "Wait.".into() }),
        who.clone().prop_map(transferred),
        any::<bool>().prop_map(|from_virtual_agent| E::AgentRequested { from_virtual_agent }),
        Just(E::VirtualAgentEngaged),
        Just(E::AgentRequestCancelled),
        Just(E::WaitEnded { item: WorkItemId(1), requester_text: None }),
        Just(E::WaitMessageSent { item: WorkItemId(1), number: 1, text: "Wait.".into() }),
        who.prop_map(|who| E::AgentPrompted { due: at(1), agent: agent(who), text: "Answer.".into() }),
        Just(E::SeenByAgent { agent: agent("ann"), up_to: 2 }),
        closed_state.prop_map(closed),
        Just(E::Dispatched { of: 1, part: 0, provider_id: None, attempts: 1 }),
        Just(E::ReceiptTaken { of: 1, part: 0, status: ReceiptStatus::Read, code: None }),
        any::<bool>().prop_map(|opted_out| E::ConsentChanged { opted_out }),
        Just(E::Reassociated { from: None, to: UserId::new("u-1").unwrap(), grounds: Grounds::Pin }),
    ]
}

/// The bytes of a fact.
pub(crate) fn encoded(at: Timestamp, event: Event) -> Vec<u8> {
    let principal = Principal { role: Role::System, name: "test".to_owned() };
    let cause = Cause { principal, causation: None, correlation: Uuid::nil() };
    codec::encode(&codec::Envelope { at, cause, event })
}

/// Commits raw events of some streams as one record.
pub(crate) fn commit_together(
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
pub(crate) fn commit_bytes(
    log: &dyn EventLog,
    partition: PartitionId,
    stream: [u8; 16],
    events: Vec<Vec<u8>>,
) {
    commit_together(log, partition, [(stream, events)]);
}

/// Commits facts about one conversation as one record.
pub(crate) fn commit(
    log: &dyn EventLog,
    id: ConversationId,
    at: Timestamp,
    events: impl IntoIterator<Item = ConversationEvent>,
) {
    let events = events.into_iter().map(|event| encoded(at, Event::Conversation(of_its_contact(id, event))));
    commit_bytes(log, partition(id), id.to_bytes(), events.collect());
}

/// A contact and all their conversations are in one partition, so those of another partition are of another contact.
fn of_its_contact(id: ConversationId, mut event: ConversationEvent) -> ConversationEvent {
    if let ConversationEvent::Opened { contact, .. } = &mut event {
        *contact = ContactId([1 + u8::try_from(id.partition()).unwrap(); 16]);
    }
    event
}
