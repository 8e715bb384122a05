//! Bytes of the store and of what is copied from one to another. Their checksums are made right first, or nothing behind
//! those would ever be read.

use codec::snapshot;
use codec::snapshot::RouterRow;
use domain::{Event, contact, conversation, directory};

/// The CRC-32 that ends records, put in the place of the last four bytes.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let (body, _) = bytes.split_last_chunk::<4>()?;
    Some([body, &crc32fast::hash(body).to_be_bytes()].concat())
}

/// Facts, answers and snapshots. What is read reads the same when it is written, can be shown, and breaks no state that it
/// comes upon.
pub fn codec(bytes: &[u8]) {
    let Some(bytes) = sealed(bytes) else { return };
    if let Ok(envelope) = codec::decode(&bytes) {
        assert_eq!(codec::decode(&codec::encode(&envelope)).as_ref(), Ok(&envelope));
        drop(codec::json::event_data(&envelope.event).to_string());
        drop(codec::json::cause(&envelope.cause).to_string());
        drop(codec::json::timestamp(envelope.at));
        match &envelope.event {
            Event::Conversation(event) => drop(conversation::evolve(None, envelope.at, event)),
            Event::Contact(event) => drop(contact::evolve(None, envelope.at, event)),
            Event::Directory(event) => drop(directory::evolve(None, event)),
            Event::Configuration(event) => drop(domain::configuration::evolve(Default::default(), event)),
            Event::Router(event) => domain::router::State::default().apply(envelope.at, event),
            Event::Engine(_) => {}
        }
    }
    if let Ok(reply) = codec::reply::decode(&bytes) {
        assert_eq!(codec::reply::encode(&reply), bytes, "an answer has one encoding");
    }
    if let Ok(state) = snapshot::decode_conversation(&bytes) {
        assert_eq!(
            snapshot::decode_conversation(&snapshot::encode_conversation(&state)).as_ref(),
            Ok(&state)
        );
        drop(conversation::timers(&state));
    }
    if let Ok(state) = snapshot::decode_contact(&bytes) {
        assert_eq!(snapshot::decode_contact(&snapshot::encode_contact(&state)).as_ref(), Ok(&state));
    }
    if let Ok(state) = snapshot::decode_configuration(&bytes) {
        let written = snapshot::encode_configuration(&state);
        assert_eq!(snapshot::decode_configuration(&written).as_ref(), Ok(&state));
        drop(domain::channel::validate(&state.channels));
        drop(domain::routing::validate(&state.routing));
    }
    if let Ok(row) = RouterRow::decode(&bytes) {
        assert_eq!(RouterRow::decode(&row.encode()).map(|again| again.key()), Ok(row.key()));
        drop(snapshot::router_state([row]));
    }
}

/// Records of the log: a record has one encoding, so what is read is written as it was.
pub fn records(bytes: &[u8]) {
    let Some(bytes) = sealed(bytes) else { return };
    match store::doors::rewritten(&bytes) {
        Some(Ok(written)) => assert_eq!(written, bytes),
        // What was read from a few bytes is no larger than a record may be.
        Some(Err(error)) => assert!(bytes.len() > store::MAX_RECORD_BYTES, "{error}"),
        None => {}
    }
}
