//! What is read back, in which order and in which pages (`L3`, `T2`).

use super::{commit, last, stored, stream, timer};
use crate::{ClaimKey, CommandKey, EventLog, PartitionId, Position, Record, StreamId, shape};

/// L3: each partition counts for itself, without gaps, also across refused records.
pub(super) fn positions_are_contiguous(log: &dyn EventLog) {
    let partitions = log.identity().partitions;
    for round in 0..4_u8 {
        for partition in (0..partitions).map(PartitionId) {
            assert_eq!(log.head(partition), Position(u64::from(round) * 2));
            let number = 10 * round + u8::try_from(partition.0).unwrap();
            let write = |number| Record::at(partition, 5).append(number, 0, &["a"]);
            let outcomes = commit(log, &[write(number), write(number), write(number + 100)]);
            assert_eq!(outcomes[0], stored(u64::from(round) * 2 + 1));
            assert_eq!(outcomes[2], stored(u64::from(round) * 2 + 2));
        }
    }
    for partition in (0..partitions).map(PartitionId) {
        let records = log.read_partition(partition, Position(0), 100).unwrap();
        assert!(records.iter().map(|record| record.position.0).eq(1..=8));
    }
    assert_eq!(log.head(PartitionId(partitions)), Position(0));
    assert_eq!(log.read_partition(PartitionId(partitions), Position(0), 9).unwrap(), []);
}

/// L2: a page may begin and end within a record.
pub(super) fn a_stream_is_read_in_pages(log: &dyn EventLog) {
    for expected in [0, 3, 6] {
        commit(log, &[Record::at(last(log), 5).append(1, expected, &["a", "b", "c"])]);
    }
    for after in 0..12 {
        for limit in 0..12 {
            let events = log.read_stream(stream(1), after, limit).unwrap();
            let wanted = (after + 1..=9).take(limit);
            assert!(events.iter().map(|event| event.version).eq(wanted), "after {after}, at most {limit}");
            assert!(events.iter().all(|event| event.position.0 == event.version.div_ceil(3)));
        }
    }
    assert_eq!(log.read_stream(stream(1), u64::MAX, 9).unwrap(), []);
}

/// L2: ids that are close to each other, or at the end of their range, are different streams.
pub(super) fn neighbouring_streams_do_not_mix(log: &dyn EventLog) {
    let mut close = [[0; 16], [255; 16], [254; 16]];
    close[2][15] = 255;
    for (id, at_ms) in close.into_iter().zip(1..) {
        let mut record = Record::at(last(log), at_ms).append(0, 0, &["a", "b"]);
        record.appends[0].stream = StreamId(id);
        assert_eq!(commit(log, &[record]), [stored(at_ms.unsigned_abs())]);
        assert_eq!(log.version(StreamId(id)).unwrap(), 2);
    }
    for (id, at_ms) in close.into_iter().zip(1..) {
        let events = log.read_stream(StreamId(id), 0, 9).unwrap();
        assert_eq!(events.iter().map(|event| event.at_ms).collect::<Vec<_>>(), [at_ms, at_ms]);
    }
}

/// L3: a record comes back exactly as it was written, and pages leave out none.
pub(super) fn a_partition_is_read_in_pages(log: &dyn EventLog) {
    let full = |number: u8| {
        let record =
            Record::at(last(log), i64::from(number)).append(number, 0, &["a", ""]).append(100, 0, &["b"]);
        let record = record.claims(number, None, Some(1)).claims(number + 100, None, None);
        record.command(number, 3, "reply").arm(timer(8, 1)).disarm(timer(i64::MAX, 2))
    };
    let mut records: Vec<_> = (1..=7).map(full).collect();
    for (record, expected) in records.iter_mut().zip(0..) {
        record.appends[1].expected = expected;
    }
    commit(log, &records);
    let wanted: Vec<_> =
        records.iter().zip(1..).map(|(r, position)| shape::stored(Position(position), r)).collect();
    for after in 0..9 {
        for limit in 0..9 {
            let read = log.read_partition(last(log), Position(after as u64), limit).unwrap();
            let wanted: Vec<_> = wanted.iter().skip(after).take(limit).cloned().collect();
            assert_eq!(read, wanted, "after {after}, at most {limit}");
        }
    }
    assert_eq!(log.read_partition(last(log), Position(u64::MAX), 9).unwrap(), []);
}

/// L6: claims and commands are listed in the order of their keys, each exactly once.
pub(super) fn claims_and_commands_are_read_in_pages(log: &dyn EventLog) {
    let keys = [0_u8, 3, 5, 254, 255];
    for number in [5, 255, 0, 254, 3] {
        commit(
            log,
            &[Record::at(last(log), 5).claims(number, None, Some(number)).command(number, number, "r")],
        );
    }
    let (mut claims, mut commands) = (Vec::new(), Vec::new());
    loop {
        let page = log.claims(claims.last().map(|(key, _)| *key), 2).unwrap();
        let named = log.commands(commands.last().map(|(key, _)| *key), 2).unwrap();
        if page.is_empty() && named.is_empty() {
            break;
        }
        claims.extend(page);
        commands.extend(named);
    }
    assert!(claims.iter().copied().eq(keys.map(|number| (ClaimKey([number; 16]), [number; 16]))));
    assert!(commands.iter().map(|(key, _)| *key).eq(keys.map(|number| CommandKey([number; 16]))));
    assert!(commands.iter().all(|(key, command)| command.fingerprint == key.0 && command.reply == b"r"));
    assert_eq!(log.claims(Some(ClaimKey([1; 16])), 1).unwrap(), [(ClaimKey([3; 16]), [3; 16])]);
}

/// T2: the index is in the order of due times, then of streams, kinds and versions, and each partition has its own.
pub(super) fn timers_are_read_in_order(log: &dyn EventLog) {
    let mut entries = vec![timer(256, 1), timer(255, 2), timer(0, 3), timer(255, 1), timer(i64::MAX, 0)];
    entries.push(crate::TimerEntry { kind: 9, ..timer(255, 1) });
    entries.push(crate::TimerEntry { armed_by: 2, ..timer(255, 1) });
    for entry in &entries {
        commit(log, &[Record::at(last(log), 5).arm(*entry)]);
    }
    entries.sort_unstable();
    assert_eq!(log.timers(last(log), None, 99).unwrap(), entries);
    for (index, entry) in entries.iter().enumerate() {
        let next = entries.iter().skip(index + 1).take(2).copied().collect::<Vec<_>>();
        assert_eq!(log.timers(last(log), Some(*entry), 2).unwrap(), next);
    }
    assert_eq!(log.timers(last(log), Some(timer(i64::MIN, 0)), 99).unwrap(), entries);
    assert_eq!(log.timers(PartitionId(last(log).0 + 1), None, 99).unwrap(), []);
    if last(log).0 > 0 {
        assert_eq!(log.timers(PartitionId(0), None, 99).unwrap(), []);
    }
}

/// T2: what is disarmed is gone, what is not there is no mistake, and the later change of a batch counts.
pub(super) fn timers_are_disarmed_and_dropped(log: &dyn EventLog) {
    let new = || Record::at(last(log), 5);
    let armed = || log.timers(last(log), None, 9).unwrap();
    commit(log, &[new().arm(timer(1, 1)).arm(timer(2, 2)).arm(timer(3, 3)).disarm(timer(4, 4))]);
    assert_eq!(armed(), [timer(1, 1), timer(2, 2), timer(3, 3)]);
    commit(log, &[new().disarm(timer(2, 2)), new().disarm(timer(1, 1)).arm(timer(1, 1))]);
    assert_eq!(armed(), [timer(1, 1), timer(3, 3)]);
    commit(log, &[new().arm(timer(5, 5)), new().disarm(timer(5, 5))]);
    assert_eq!(armed(), [timer(1, 1), timer(3, 3)]);
    let head = log.head(last(log));
    log.drop_timer(last(log), timer(1, 1)).unwrap();
    log.drop_timer(last(log), timer(9, 9)).unwrap();
    assert_eq!((armed(), log.head(last(log))), (vec![timer(3, 3)], head));
}

/// T2: the engine's time is the latest of records and marks, and is the same after a checkpoint.
pub(super) fn the_latest_time_never_goes_back(log: &dyn EventLog) {
    assert_eq!(log.latest_ms(), None);
    log.mark(-7).unwrap();
    assert_eq!(log.latest_ms(), Some(-7));
    commit(log, &[Record::at(last(log), 50).append(1, 0, &["a"])]);
    assert_eq!(log.latest_ms(), Some(50));
    log.mark(40).unwrap();
    commit(log, &[Record::at(PartitionId(0), 45).append(2, 0, &["a"])]);
    assert_eq!(log.latest_ms(), Some(50));
    log.mark(60).unwrap();
    log.checkpoint().unwrap();
    assert_eq!(log.latest_ms(), Some(60));
}
