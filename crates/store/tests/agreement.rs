//! Two logs that have nothing in common but their contract answer alike, whatever is asked of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use proptest::{collection::vec, option, prelude::*};
use store::{
    Append, Claim, ClaimKey, CommandEntry, CommandKey, EventLog, Identity, MemoryLog, PartitionId, Position,
    Record, SledLog, SledOptions, StreamId, TimerChange, TimerEntry,
};

const PARTITIONS: u16 = 2;
const ALL: usize = usize::MAX;

/// A handful of names only, so that records meet each other.
fn an_append() -> impl Strategy<Value = Append> {
    (0..3_u8, 0..5_u64, vec(vec(any::<u8>(), 0..3), 1..3)).prop_map(|(stream, expected, events)| Append {
        stream: StreamId([stream; 16]),
        expected,
        events,
    })
}

fn a_claim() -> impl Strategy<Value = Claim> {
    let holder = || option::of((0..2_u8).prop_map(|holder| [holder; 16]));
    (0..2_u8, holder(), holder()).prop_map(|(key, expected, value)| Claim {
        key: ClaimKey([key; 16]),
        expected,
        value,
    })
}

fn a_command() -> impl Strategy<Value = CommandEntry> {
    (0..6_u8, 0..2_u8, vec(any::<u8>(), 0..3)).prop_map(|(key, fingerprint, reply)| CommandEntry {
        key: CommandKey([key; 16]),
        fingerprint: [fingerprint; 16],
        reply,
    })
}

fn a_timer() -> impl Strategy<Value = TimerChange> {
    (any::<bool>(), 0..3_i64, 0..2_u8).prop_map(|(arm, due_ms, number)| {
        let entry = TimerEntry { due_ms, stream: StreamId([number; 16]), kind: number, armed_by: 1 };
        if arm { TimerChange::Arm(entry) } else { TimerChange::Disarm(entry) }
    })
}

fn a_record() -> impl Strategy<Value = Record> {
    let parts = (vec(an_append(), 0..3), vec(a_claim(), 0..2), option::of(a_command()), vec(a_timer(), 0..3));
    (0..PARTITIONS, -9..9_i64, parts).prop_map(|(partition, at_ms, (appends, claims, command, timers))| {
        Record { partition: PartitionId(partition), at_ms, appends, claims, command, timers }
    })
}

/// Everything that can be read of a log.
fn everything(log: &dyn EventLog) -> String {
    let partitions = (0..PARTITIONS).map(PartitionId).map(|partition| {
        let records = log.read_partition(partition, Position(0), ALL).unwrap();
        (log.head(partition), records, log.timers(partition, None, ALL).unwrap())
    });
    let streams = (0..3).map(|stream| StreamId([stream; 16]));
    let streams =
        streams.map(|stream| (log.version(stream).unwrap(), log.read_stream(stream, 0, ALL).unwrap()));
    let (claims, commands) = (log.claims(None, ALL).unwrap(), log.commands(None, ALL).unwrap());
    let (partitions, streams) = (partitions.collect::<Vec<_>>(), streams.collect::<Vec<_>>());
    format!("{:?}", (partitions, streams, claims, commands, log.latest_ms()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// L2, L3, L6, T2: also when one of them is closed and opened again on the way.
    #[test]
    fn two_logs_answer_alike(batches in vec((vec(a_record(), 1..6), any::<bool>()), 1..12)) {
        let home = tempfile::tempdir().unwrap();
        let key = Some([7; 32]);
        let open = || SledLog::open(home.path(), SledOptions { partitions: PARTITIONS, key, ..SledOptions::default() });
        let memory = MemoryLog::new(Identity { partitions: PARTITIONS, key: [7; 32] });
        let mut sled = open().unwrap();
        for (batch, reopen) in batches {
            let (one, other) = (memory.commit(&batch), sled.commit(&batch));
            prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
            if reopen {
                drop(sled);
                sled = open().unwrap();
            }
            prop_assert_eq!(everything(&memory), everything(&sled));
        }
    }
}
