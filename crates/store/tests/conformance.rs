//! Every log passes the one suite, and two different logs never disagree.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use store::{EventLog, Identity, MemoryLog, SledLog, SledOptions, conformance};
use tempfile::TempDir;

fn memory(identity: Identity) -> Box<dyn EventLog> {
    Box::new(MemoryLog::new(identity))
}

/// Each log gets a folder of its own; the path outlives the handle and goes with the test.
fn sled_in(home: &TempDir) -> impl Fn(Identity) -> Box<dyn EventLog> {
    move |identity| {
        let folder = tempfile::tempdir_in(home).unwrap().keep();
        let options =
            SledOptions { partitions: identity.partitions, key: Some(identity.key), ..Default::default() };
        Box::new(SledLog::open(&folder, options).unwrap())
    }
}

/// L1, L2, L3, L4, L6, T2
#[test]
fn the_memory_log_conforms_with_one_partition() {
    conformance::run(1, memory);
}

/// L1, L2, L3, L4, L6, T2
#[test]
fn the_memory_log_conforms_with_three_partitions() {
    conformance::run(3, memory);
}

/// L1, L2, L3, L4, L6, T2
#[test]
fn the_sled_log_conforms_with_one_partition() {
    conformance::run(1, sled_in(&tempfile::tempdir().unwrap()));
}

/// L1, L2, L3, L4, L6, T2
#[test]
fn the_sled_log_conforms_with_three_partitions() {
    conformance::run(3, sled_in(&tempfile::tempdir().unwrap()));
}
