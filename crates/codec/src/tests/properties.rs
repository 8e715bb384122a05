//! What holds for all values and for all bytes.

use super::{arbitrary, arbitrary_state};
use crate::reply::Reply;
use crate::sealed::seal;
use crate::{Envelope, Error, decode, encode, json, registry, reply, snapshot};
use domain::MessageId;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use uuid::Uuid;

/// The bytes with one bit turned.
pub(super) fn flipped(mut bytes: Vec<u8>, at: Index) -> Vec<u8> {
    let bit = at.index(bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

/// An undamaged record around any payload of any fact.
fn record_of(number: u16, version: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xc7, 1];
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&[1, 0, 0]);
    bytes.extend_from_slice(&[0; 16]);
    bytes.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
    bytes
}

fn a_reply() -> impl Strategy<Value = Reply> {
    let message = any::<[u8; 16]>().prop_map(|id| MessageId(Uuid::from_bytes(id)));
    (arbitrary::conversation_id(), option::of(message))
        .prop_map(|(conversation, message)| Reply { conversation, message })
}

proptest! {
    /// L4
    #[test]
    fn a_fact_that_was_written_is_read_as_it_was(envelope in arbitrary::envelope()) {
        prop_assert_eq!(decode(&encode(&envelope)), Ok(envelope));
    }

    /// L3
    #[test]
    fn a_record_with_a_flipped_bit_is_refused(envelope in arbitrary::envelope(), at in any::<Index>()) {
        prop_assert!(decode(&flipped(encode(&envelope), at)).is_err());
    }

    /// L3
    #[test]
    fn a_record_that_is_cut_or_too_long_is_refused(envelope in arbitrary::envelope(), at in any::<Index>()) {
        let mut bytes = encode(&envelope);
        prop_assert_eq!(decode(&bytes[..at.index(bytes.len())]), Err(Error::Truncated));
        bytes.push(0);
        prop_assert_eq!(decode(&bytes), Err(Error::Trailing));
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in vec(any::<u8>(), 0..512)) {
        prop_assert!(decode(&bytes).is_err());
        prop_assert!(snapshot::decode_conversation(&bytes).is_err());
        prop_assert!(snapshot::decode_contact(&bytes).is_err());
        prop_assert!(snapshot::decode_configuration(&bytes).is_err());
        prop_assert!(reply::decode(&bytes).is_err());
    }

    /// The checksum keeps random bytes away from the payloads, so this hands them in behind it.
    #[test]
    fn no_payload_makes_reading_panic(
        row in select((0..registry::ROWS.len()).collect::<Vec<_>>()),
        payload in vec(prop_oneof![0..4_u8, any::<u8>()], 0..256),
    ) {
        let row = &registry::ROWS[row];
        match decode(&record_of(row.number, row.version, &payload)) {
            Ok(Envelope { event, .. }) => prop_assert_eq!(json::event_type(&event), row.name),
            Err(error) => prop_assert!(["payload", "unknown_number"].contains(&error.code())),
        }
    }

    #[test]
    fn no_body_of_a_snapshot_makes_reading_panic(body in vec(prop_oneof![0..4_u8, any::<u8>()], 0..256)) {
        let refused = |error: Error| ["payload", "unknown_number"].contains(&error.code());
        prop_assert!(snapshot::decode_conversation(&seal(0x14, &body)).map_or_else(refused, |_| true));
        prop_assert!(snapshot::decode_contact(&seal(0x22, &body)).map_or_else(refused, |_| true));
        // Its entries are facts, which may be of a kind or a version that there is not.
        let refused = |error: Error| refused(error.clone()) || error.code().starts_with("unknown_");
        prop_assert!(snapshot::decode_configuration(&seal(0x34, &body)).map_or_else(refused, |_| true));
    }

    #[test]
    fn every_fact_is_an_object_in_json(envelope in arbitrary::envelope()) {
        prop_assert!(json::event_data(&envelope.event).is_object());
        prop_assert!(json::cause(&envelope.cause).is_object());
    }

    /// L4
    #[test]
    fn the_snapshot_of_a_conversation_is_the_conversation(
        state in arbitrary_state::conversation(),
        at in any::<Index>(),
    ) {
        let bytes = snapshot::encode_conversation(&state);
        prop_assert!(snapshot::decode_conversation(&flipped(bytes.clone(), at)).is_err());
        prop_assert_eq!(snapshot::decode_conversation(&bytes), Ok(state));
    }

    /// L4
    #[test]
    fn the_snapshot_of_a_contact_is_the_contact(state in arbitrary_state::contact(), at in any::<Index>()) {
        let bytes = snapshot::encode_contact(&state);
        prop_assert!(snapshot::decode_contact(&flipped(bytes.clone(), at)).is_err());
        prop_assert_eq!(snapshot::decode_contact(&bytes), Ok(state));
    }

    /// L4
    #[test]
    fn the_snapshot_of_a_configuration_is_the_configuration(
        state in arbitrary_state::configuration(),
        at in any::<Index>(),
    ) {
        let bytes = snapshot::encode_configuration(&state);
        prop_assert!(snapshot::decode_configuration(&flipped(bytes.clone(), at)).is_err());
        prop_assert_eq!(snapshot::decode_configuration(&bytes), Ok(state));
    }

    /// L6
    #[test]
    fn a_stored_reply_is_the_reply(reply in a_reply(), at in any::<Index>()) {
        let bytes = reply::encode(&reply);
        prop_assert!(reply::decode(&flipped(bytes.clone(), at)).is_err());
        prop_assert_eq!(reply::decode(&bytes), Ok(reply));
    }
}
