//! What every [`EventLog`] must do, as cases that any implementation can be run through.
//!
//! A case gets an empty log and asserts; it panics where the log breaks the contract.

#![expect(clippy::unwrap_used, reason = "a case fails by panicking, as a test does")]

mod caches;
mod reading;
mod writing;

use crate::{
    Append, Claim, ClaimKey, CommandEntry, CommandKey, EventLog, Identity, Outcome, PartitionId, Position,
    Record, StreamId, TimerChange, TimerEntry, Version,
};

/// One demand of the contract.
pub type Case = fn(&dyn EventLog);

/// All of them, by name.
pub const CASES: &[(&str, Case)] = &[
    ("an_append_is_read_back", writing::an_append_is_read_back),
    ("a_second_writer_is_refused", writing::a_second_writer_is_refused),
    ("a_record_is_stored_whole_or_not_at_all", writing::a_record_is_stored_whole_or_not_at_all),
    ("a_record_sees_those_before_it", writing::a_record_sees_those_before_it),
    ("a_claim_has_one_holder", writing::a_claim_has_one_holder),
    ("claims_of_one_batch_see_each_other", writing::claims_of_one_batch_see_each_other),
    ("a_command_is_stored_once", writing::a_command_is_stored_once),
    ("a_command_without_events_is_remembered", writing::a_command_without_events_is_remembered),
    ("a_command_is_stored_once_within_a_batch", writing::a_command_is_stored_once_within_a_batch),
    ("a_malformed_record_stops_the_batch", writing::a_malformed_record_stops_the_batch),
    ("a_large_record_survives", writing::a_large_record_survives),
    ("positions_are_contiguous", reading::positions_are_contiguous),
    ("a_stream_is_read_in_pages", reading::a_stream_is_read_in_pages),
    ("neighbouring_streams_do_not_mix", reading::neighbouring_streams_do_not_mix),
    ("a_partition_is_read_in_pages", reading::a_partition_is_read_in_pages),
    ("claims_and_commands_are_read_in_pages", reading::claims_and_commands_are_read_in_pages),
    ("timers_are_read_in_order", reading::timers_are_read_in_order),
    ("timers_are_disarmed_and_dropped", reading::timers_are_disarmed_and_dropped),
    ("the_latest_time_never_goes_back", reading::the_latest_time_never_goes_back),
    ("a_snapshot_replaces_the_one_before", caches::a_snapshot_replaces_the_one_before),
    ("a_table_is_written_whole", caches::a_table_is_written_whole),
    ("a_table_is_scanned_by_prefix", caches::a_table_is_scanned_by_prefix),
    ("a_cleared_table_is_empty", caches::a_cleared_table_is_empty),
    ("large_rows_are_replaced_and_removed", caches::large_rows_are_replaced_and_removed),
];

/// Runs every case on a log of its own, which `open` makes empty and with this many partitions.
///
/// # Panics
/// When the log breaks the contract.
pub fn run(partitions: u16, open: impl Fn(Identity) -> Box<dyn EventLog>) {
    for (name, case) in CASES {
        let identity = Identity { partitions, key: [7; 32] };
        tracing::debug!(name, "running a case");
        let log = open(identity.clone());
        assert_eq!(log.identity(), &identity);
        case(&*log);
    }
}

fn stream(number: u8) -> StreamId {
    StreamId([number; 16])
}

fn timer(due_ms: i64, number: u8) -> TimerEntry {
    TimerEntry { due_ms, stream: stream(number), kind: number, armed_by: 1 }
}

/// The partition that most cases write to: the last, so that its number matters.
fn last(log: &dyn EventLog) -> PartitionId {
    PartitionId(log.identity().partitions - 1)
}

fn stored(position: u64) -> Outcome {
    Outcome::Stored(Position(position))
}

fn commit(log: &dyn EventLog, records: &[Record]) -> Vec<Outcome> {
    log.commit(records).unwrap()
}

/// Records are built part by part, because each case cares for another part.
impl Record {
    fn at(partition: PartitionId, at_ms: i64) -> Self {
        let (appends, claims, timers) = (Vec::new(), Vec::new(), Vec::new());
        Self { partition, at_ms, appends, claims, command: None, timers }
    }

    fn append(mut self, number: u8, expected: Version, events: &[&str]) -> Self {
        let events = events.iter().map(|event| event.as_bytes().to_vec()).collect();
        self.appends.push(Append { stream: stream(number), expected, events });
        self
    }

    fn claims(mut self, number: u8, expected: Option<u8>, value: Option<u8>) -> Self {
        let holder = |number: u8| [number; 16];
        let (expected, value) = (expected.map(holder), value.map(holder));
        self.claims.push(Claim { key: ClaimKey([number; 16]), expected, value });
        self
    }

    fn command(mut self, number: u8, fingerprint: u8, reply: &str) -> Self {
        let (fingerprint, reply) = ([fingerprint; 16], reply.as_bytes().to_vec());
        self.command = Some(CommandEntry { key: CommandKey([number; 16]), fingerprint, reply });
        self
    }

    fn arm(mut self, entry: TimerEntry) -> Self {
        self.timers.push(TimerChange::Arm(entry));
        self
    }

    fn disarm(mut self, entry: TimerEntry) -> Self {
        self.timers.push(TimerChange::Disarm(entry));
        self
    }
}
