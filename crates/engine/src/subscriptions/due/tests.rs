//! What a push names of a log in which something is damaged.

use super::*;
use domain::{Cause, Content, MessageId, Principal, Role, Timestamp};
use store::{Append, Identity, MemoryLog, Outcome, PartitionId, Record};
use uuid::Uuid;

const TALK: [u8; 16] = [1; 16];

fn said_by_virtual_agent(text: &str) -> Vec<u8> {
    let content = Content::new(text.to_owned(), Vec::new(), [].into()).unwrap();
    let message = Message { id: MessageId(Uuid::from_u128(1)), content };
    let event = Event::Conversation(ConversationEvent::VirtualAgentMessagePosted { message });
    let principal = Principal { role: Role::System, name: "test".to_owned() };
    let cause = Cause { principal, causation: None, correlation: Uuid::nil() };
    codec::encode(&codec::Envelope { at: Timestamp(0), cause, event })
}

/// L3, MSG-11: one item that cannot be read costs nobody the others.
#[test]
fn a_push_goes_without_an_item_that_cannot_be_read() {
    let log = MemoryLog::new(Identity { partitions: 1, key: [7; 32] });
    let events = vec![said_by_virtual_agent("one"), b"?".to_vec(), said_by_virtual_agent("three")];
    let record = Record {
        partition: PartitionId(0),
        at_ms: 0,
        appends: vec![Append { stream: StreamId(TALK), expected: 0, events }],
        claims: Vec::new(),
        command: None,
        timers: Vec::new(),
    };
    assert!(matches!(log.commit(&[record]).unwrap()[..], [Outcome::Stored(_)]));
    let items = [1, 2, 3].map(|version| EventRef { stream: TALK, version }).to_vec();
    let batch = PushBatch { devices: Vec::new(), items, more: 0 };
    let told = push(&log, ContactId([9; 16]), &batch, true).unwrap();
    let texts: Vec<&Value> = told["items"].as_array().unwrap().iter().map(|item| &item["text"]).collect();
    assert_eq!(texts, ["one", "three"]);
}
