//! What a commit stores, and what it refuses (`L1`, `L2`, `L6`).

use super::{commit, last, stored, stream, timer};
use crate::{
    ClaimKey, CommandKey, Error, EventLog, MAX_RECORD_BYTES, Outcome, Position, Record, Refusal,
    StoredCommand,
};

fn conflict(number: u8, expected: u64, actual: u64) -> Outcome {
    Outcome::Refused(Refusal::Version { stream: stream(number), expected, actual })
}

fn held(number: u8, actual: Option<u8>) -> Outcome {
    Outcome::Refused(Refusal::Claim {
        key: ClaimKey([number; 16]),
        actual: actual.map(|holder| [holder; 16]),
    })
}

fn remembered(log: &dyn EventLog, position: u64, fingerprint: u8, reply: &str) -> StoredCommand {
    StoredCommand {
        position: Position(position),
        partition: last(log),
        fingerprint: [fingerprint; 16],
        reply: reply.as_bytes().to_vec(),
    }
}

/// L1, L2: what was accepted is there, event by event.
pub(super) fn an_append_is_read_back(log: &dyn EventLog) {
    let record = Record::at(last(log), 5).append(1, 0, &["a", "b"]).append(2, 0, &["c"]);
    assert_eq!(commit(log, &[record]), [stored(1)]);
    assert_eq!(commit(log, &[Record::at(last(log), 6).append(1, 2, &["", "e"])]), [stored(2)]);
    let events = log.read_stream(stream(1), 0, 10).unwrap();
    let got: Vec<_> = events.iter().map(|e| (e.version, e.position.0, e.at_ms, &e.bytes[..])).collect();
    assert_eq!(got, [(1, 1, 5, &b"a"[..]), (2, 1, 5, b"b"), (3, 2, 6, b""), (4, 2, 6, b"e")]);
    assert_eq!([1, 2, 3].map(|number| log.version(stream(number)).unwrap()), [4, 1, 0]);
    assert_eq!(log.read_stream(stream(3), 0, 10).unwrap(), []);
}

/// L2: whoever believes in another version than the true one, older or newer, writes nothing.
pub(super) fn a_second_writer_is_refused(log: &dyn EventLog) {
    let write = |expected, events: &[&str]| Record::at(last(log), 5).append(1, expected, events);
    assert_eq!(commit(log, &[write(1, &["x"])]), [conflict(1, 1, 0)]);
    assert_eq!(commit(log, &[write(0, &["a", "b", "c"])]), [stored(1)]);
    for expected in [0, 1, 2, 4, u64::MAX - 1] {
        assert_eq!(commit(log, &[write(expected, &["x"])]), [conflict(1, expected, 3)]);
    }
    assert_eq!(commit(log, &[write(3, &["d"])]), [stored(2)]);
    assert_eq!(commit(log, &[write(3, &["x"])]), [conflict(1, 3, 4)]);
    assert_eq!((log.head(last(log)), log.version(stream(1)).unwrap()), (Position(2), 4));
}

/// L2: one part that does not hold keeps out all the others.
pub(super) fn a_record_is_stored_whole_or_not_at_all(log: &dyn EventLog) {
    commit(log, &[Record::at(last(log), 5).append(1, 0, &["a"]).claims(1, None, Some(9))]);
    let whole = |expected, holder| {
        let record = Record::at(last(log), 99).append(2, 0, &["b"]).append(1, expected, &["c"]);
        record.claims(2, None, Some(9)).claims(1, Some(holder), None).command(1, 1, "done").arm(timer(7, 2))
    };
    assert_eq!(commit(log, &[whole(0, 9)]), [conflict(1, 0, 1)]);
    assert_eq!(commit(log, &[whole(1, 8)]), [held(1, Some(9))]);
    assert_eq!((log.head(last(log)), log.latest_ms()), (Position(1), Some(5)));
    assert_eq!([1, 2].map(|number| log.version(stream(number)).unwrap()), [1, 0]);
    assert_eq!(log.claims(None, 9).unwrap(), [(ClaimKey([1; 16]), [9; 16])]);
    assert_eq!(log.command(CommandKey([1; 16])).unwrap(), None);
    assert_eq!(log.timers(last(log), None, 9).unwrap(), []);
    assert_eq!(commit(log, &[whole(1, 9)]), [stored(2)]);
    assert_eq!([1, 2].map(|number| log.version(stream(number)).unwrap()), [2, 1]);
    assert_eq!(log.claims(None, 9).unwrap(), [(ClaimKey([2; 16]), [9; 16])]);
    assert_eq!(log.command(CommandKey([1; 16])).unwrap(), Some(remembered(log, 2, 1, "done")));
    assert_eq!(log.timers(last(log), None, 9).unwrap(), [timer(7, 2)]);
}

/// L2: within a batch the order of the records is the order of events, and a refusal holds up no other.
pub(super) fn a_record_sees_those_before_it(log: &dyn EventLog) {
    let write = |expected, event: &str| Record::at(last(log), 5).append(1, expected, &[event]);
    let other = Record::at(last(log), 5).append(2, 0, &["z"]);
    let outcomes = commit(log, &[write(0, "a"), write(0, "x"), write(1, "b"), other, write(3, "x")]);
    assert_eq!(outcomes, [stored(1), conflict(1, 0, 1), stored(2), stored(3), conflict(1, 3, 2)]);
    let events = log.read_stream(stream(1), 0, 10).unwrap();
    assert_eq!(events.into_iter().map(|event| event.bytes).collect::<Vec<_>>(), [b"a", b"b"]);
    assert_eq!(commit(log, &[]), []);
}

/// L2: a claim changes hands only from the holder that the writer believes in.
pub(super) fn a_claim_has_one_holder(log: &dyn EventLog) {
    let change = |expected, value| [Record::at(last(log), 5).claims(1, expected, value)];
    let holder = || log.claim(ClaimKey([1; 16])).unwrap();
    assert_eq!(holder(), None);
    assert_eq!(commit(log, &change(Some(1), Some(2))), [held(1, None)]);
    assert_eq!(commit(log, &change(None, Some(1))), [stored(1)]);
    assert_eq!(commit(log, &change(None, Some(2))), [held(1, Some(1))]);
    assert_eq!(commit(log, &change(Some(2), None)), [held(1, Some(1))]);
    assert_eq!(holder(), Some([1; 16]));
    assert_eq!(commit(log, &change(Some(1), Some(2))), [stored(2)]);
    assert_eq!(holder(), Some([2; 16]));
    assert_eq!(commit(log, &change(Some(2), Some(2))), [stored(3)]);
    assert_eq!(commit(log, &change(Some(2), None)), [stored(4)]);
    assert_eq!(holder(), None);
    assert_eq!(commit(log, &change(None, None)), [stored(5)]);
}

/// L2: two who want the same in one batch do not both get it.
pub(super) fn claims_of_one_batch_see_each_other(log: &dyn EventLog) {
    let change = |expected, value| Record::at(last(log), 5).claims(1, expected, value);
    let batch = [change(None, Some(1)), change(None, Some(2)), change(Some(1), None), change(None, Some(3))];
    assert_eq!(commit(log, &batch), [stored(1), held(1, Some(1)), stored(2), stored(3)]);
    assert_eq!(log.claim(ClaimKey([1; 16])).unwrap(), Some([3; 16]));
    assert_eq!(commit(log, &[change(Some(3), None), change(Some(3), None)]), [stored(4), held(1, None)]);
    assert_eq!(log.claim(ClaimKey([1; 16])).unwrap(), None);
}

/// L6: the second time gets the first answer, whatever else has changed, and another body is refused.
pub(super) fn a_command_is_stored_once(log: &dyn EventLog) {
    let send =
        |fingerprint, reply| [Record::at(last(log), 5).append(1, 0, &["a"]).command(1, fingerprint, reply)];
    assert_eq!(commit(log, &send(1, "first")), [stored(1)]);
    assert_eq!(commit(log, &send(1, "second")), [Outcome::Duplicate(remembered(log, 1, 1, "first"))]);
    assert_eq!(commit(log, &send(2, "third")), [Outcome::Refused(Refusal::CommandReused)]);
    assert_eq!((log.head(last(log)), log.version(stream(1)).unwrap()), (Position(1), 1));
    assert_eq!(log.command(CommandKey([1; 16])).unwrap(), Some(remembered(log, 1, 1, "first")));
    assert_eq!(log.command(CommandKey([2; 16])).unwrap(), None);
}

/// L6: a command that changed nothing is a record too, and its answer stays the same.
pub(super) fn a_command_without_events_is_remembered(log: &dyn EventLog) {
    let send = [Record::at(last(log), 5).command(1, 1, "nothing to do")];
    assert_eq!(commit(log, &send), [stored(1)]);
    assert_eq!(commit(log, &send), [Outcome::Duplicate(remembered(log, 1, 1, "nothing to do"))]);
}

/// L6: two of a kind in one batch make one record; a refused one leaves its id free.
pub(super) fn a_command_is_stored_once_within_a_batch(log: &dyn EventLog) {
    let send = |expected, fingerprint, reply| {
        Record::at(last(log), 5).append(1, expected, &["a"]).command(1, fingerprint, reply)
    };
    let batch = [send(7, 1, "no"), send(0, 1, "yes"), send(1, 1, "again"), send(1, 2, "other")];
    let duplicate = Outcome::Duplicate(remembered(log, 1, 1, "yes"));
    let reused = Outcome::Refused(Refusal::CommandReused);
    assert_eq!(commit(log, &batch), [conflict(1, 7, 0), stored(1), duplicate, reused]);
    assert_eq!(log.version(stream(1)).unwrap(), 1);
}

/// L2, X1: a record that nobody may write is an error of its writer, and nothing of its batch is stored.
pub(super) fn a_malformed_record_stops_the_batch(log: &dyn EventLog) {
    let beyond = crate::PartitionId(log.identity().partitions);
    let new = || Record::at(last(log), 5);
    let huge = "x".repeat(MAX_RECORD_BYTES);
    let malformed = [
        new(),
        Record::at(beyond, 5).append(1, 0, &["a"]),
        new().append(1, 0, &[]),
        new().append(1, 0, &["a"]).append(1, 1, &["b"]),
        new().append(1, u64::MAX, &["a"]),
        new().append(1, 0, &[&huge]),
        new().claims(1, None, Some(1)).claims(1, Some(1), None),
        new().arm(timer(-1, 1)),
    ];
    for record in malformed {
        let refused = log.commit(&[new().append(2, 0, &["b"]), record]);
        assert!(matches!(refused, Err(Error::Malformed(_))), "{refused:?}");
    }
    assert_eq!((log.head(last(log)), log.latest_ms()), (Position(0), None));
    assert_eq!(commit(log, &[new().append(2, 0, &["b"])]), [stored(1)]);
}

/// X1: a batch of records at their bound is stored and read back.
pub(super) fn a_large_record_survives(log: &dyn EventLog) {
    let large = "x".repeat(MAX_RECORD_BYTES - 100);
    let records: Vec<_> =
        (0..20).map(|expected| Record::at(last(log), 5).append(1, expected, &[&large])).collect();
    assert_eq!(commit(log, &records), (1..=20).map(stored).collect::<Vec<_>>());
    let events = log.read_stream(stream(1), 0, 100).unwrap();
    assert_eq!(events.len(), 20);
    assert!(events.iter().all(|event| event.bytes == large.as_bytes()));
    assert_eq!(log.read_partition(last(log), Position(18), 9).unwrap().len(), 2);
}
