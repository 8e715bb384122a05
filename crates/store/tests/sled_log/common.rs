//! Stores to break, and everything that is in one, to compare.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use store::{
    Append, Claim, ClaimKey, CommandEntry, CommandKey, Error, EventLog, PartitionId, Position, Record,
    SledLog, SledOptions, StoredRecord, StreamId, TimerChange, TimerEntry,
};

/// Opens what must be there already.
pub(crate) fn existing() -> SledOptions {
    SledOptions { create: false, ..SledOptions::default() }
}

/// A record of every kind of part, unlike any other: the `number`th of its stream, which is one of four.
pub(crate) fn record(partition: u16, number: u64) -> Record {
    let stream = StreamId([(number % 4) as u8 + 4 * partition as u8; 16]);
    let name = u128::from(number << 8 | u64::from(partition)).to_be_bytes();
    let entry = TimerEntry { due_ms: number as i64, stream, kind: 1, armed_by: number };
    Record {
        partition: PartitionId(partition),
        at_ms: 1_000 + number as i64,
        appends: vec![Append {
            stream,
            expected: number / 4 * 2,
            events: vec![vec![number as u8; 150], name.to_vec()],
        }],
        claims: vec![Claim { key: ClaimKey(name), expected: None, value: Some([number as u8; 16]) }],
        command: Some(CommandEntry { key: CommandKey(name), fingerprint: name, reply: vec![1] }),
        timers: vec![TimerChange::Arm(entry)],
    }
}

/// Commits the records with these numbers to partition 0, a few at a time.
pub(crate) fn fill(log: &SledLog, numbers: std::ops::Range<u64>) {
    let records: Vec<_> = numbers.map(|number| record(0, number)).collect();
    for batch in records.chunks(8) {
        let outcomes = log.commit(batch).unwrap();
        assert!(outcomes.iter().all(|outcome| matches!(outcome, store::Outcome::Stored(_))), "{outcomes:?}");
    }
}

/// All records of partition 0, and a proof that streams and commands tell the same story as the records.
pub(crate) fn contents(log: &dyn EventLog) -> Result<Vec<StoredRecord>, Error> {
    let records = log.read_partition(PartitionId(0), Position(0), usize::MAX)?;
    for record in &records {
        let command = record.command.as_ref().unwrap();
        assert_eq!(log.command(command.key)?.unwrap().position, record.position);
        for append in &record.appends {
            let events = log.read_stream(append.stream, append.first - 1, append.events.len())?;
            assert!(events.iter().map(|event| &event.bytes).eq(&append.events));
        }
    }
    Ok(records)
}
