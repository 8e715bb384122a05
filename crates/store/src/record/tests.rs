//! Any record survives its encoding, and nothing but an encoding is taken for a record (`L3`).

use super::*;
use crate::shape;
use proptest::{collection::vec, option, prelude::*};

fn bytes(max: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..max)
}

fn an_append() -> impl Strategy<Value = Append> {
    (any::<[u8; 16]>(), 0..u64::MAX / 2, vec(bytes(40), 1..4)).prop_map(|(stream, expected, events)| Append {
        stream: StreamId(stream),
        expected,
        events,
    })
}

fn a_claim() -> impl Strategy<Value = Claim> {
    (any::<[u8; 16]>(), any::<Option<[u8; 16]>>(), any::<Option<[u8; 16]>>())
        .prop_map(|(key, expected, value)| Claim { key: ClaimKey(key), expected, value })
}

fn a_command() -> impl Strategy<Value = CommandEntry> {
    (any::<[u8; 16]>(), any::<[u8; 16]>(), bytes(40)).prop_map(|(key, fingerprint, reply)| CommandEntry {
        key: CommandKey(key),
        fingerprint,
        reply,
    })
}

fn a_timer() -> impl Strategy<Value = TimerChange> {
    (any::<bool>(), any::<i64>(), any::<[u8; 16]>(), any::<u8>(), any::<u64>()).prop_map(
        |(arm, due_ms, stream, kind, armed_by)| {
            let entry = TimerEntry { due_ms, stream: StreamId(stream), kind, armed_by };
            if arm { TimerChange::Arm(entry) } else { TimerChange::Disarm(entry) }
        },
    )
}

fn a_record() -> impl Strategy<Value = Record> {
    let parts = (vec(an_append(), 0..4), vec(a_claim(), 0..4), option::of(a_command()), vec(a_timer(), 0..4));
    (any::<u16>(), any::<i64>(), parts).prop_map(|(partition, at_ms, (appends, claims, command, timers))| {
        Record { partition: PartitionId(partition), at_ms, appends, claims, command, timers }
    })
}

fn sealed(mut body: Vec<u8>) -> Vec<u8> {
    let crc = crc32fast::hash(&body);
    body.extend(crc.to_be_bytes());
    body
}

proptest! {
    /// L3: what is read back is what was written.
    #[test]
    fn a_record_survives_its_encoding(record in a_record(), position in any::<u64>()) {
        let position = Position(position);
        let encoded = encode(position, &record).unwrap();
        prop_assert_eq!(decode(record.partition, position, &encoded).unwrap(), shape::stored(position, &record));
    }

    /// L3: bytes that no log wrote are no record.
    #[test]
    fn random_bytes_are_no_record(bytes in bytes(400)) {
        prop_assert!(decode(PartitionId(0), Position(1), &bytes).is_err());
    }

    /// L3: a flipped bit anywhere is found.
    #[test]
    fn a_flipped_bit_is_found(record in a_record(), at in any::<prop::sample::Index>(), bit in 0..8) {
        let mut encoded = encode(Position(7), &record).unwrap();
        let at = at.index(encoded.len());
        encoded[at] ^= 1_u8 << bit;
        prop_assert!(decode(record.partition, Position(7), &encoded).is_err());
    }

    /// L3: every cut and every byte too many is found, even behind a checksum that matches.
    #[test]
    fn a_record_of_another_length_is_found(record in a_record(), at in any::<prop::sample::Index>()) {
        let encoded = encode(Position(7), &record).unwrap();
        let body = &encoded[..encoded.len() - CRC_BYTES];
        prop_assert!(decode(record.partition, Position(7), &sealed(body[..at.index(body.len())].to_vec())).is_err());
        prop_assert!(decode(record.partition, Position(7), &sealed([body, &[0]].concat())).is_err());
    }

    /// L3: the checksum proves only that bytes were not changed, so what it covers is still read with suspicion.
    #[test]
    fn a_matching_checksum_does_not_make_a_record(body in bytes(300)) {
        let body = [&[MAGIC, VERSION][..], &[0; 2], &1_u64.to_be_bytes(), &body].concat();
        let _ = decode(PartitionId(0), Position(1), &sealed(body));
    }
}

/// L3: a record that turns up in the wrong place is not taken for the right one.
#[test]
fn a_record_in_another_place_is_found() {
    let record = Record {
        partition: PartitionId(2),
        at_ms: 5,
        appends: vec![Append { stream: StreamId([1; 16]), expected: 0, events: vec![vec![1]] }],
        claims: vec![],
        command: None,
        timers: vec![],
    };
    let encoded = encode(Position(3), &record).unwrap();
    assert!(decode(PartitionId(2), Position(3), &encoded).is_ok());
    assert!(decode(PartitionId(2), Position(4), &encoded).is_err());
    assert!(decode(PartitionId(1), Position(3), &encoded).is_err());
}

/// X1: what is too large is refused before it is written.
#[test]
fn a_record_that_is_too_large_is_refused() {
    let events = vec![vec![0; MAX_RECORD_BYTES]];
    let record = Record {
        partition: PartitionId(0),
        at_ms: 0,
        appends: vec![Append { stream: StreamId([1; 16]), expected: 0, events }],
        claims: vec![],
        command: None,
        timers: vec![],
    };
    assert!(matches!(encode(Position(1), &record), Err(Error::Malformed(_))));
}
