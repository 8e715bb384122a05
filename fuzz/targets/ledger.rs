//! Reads bytes as `doors::ledger` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::ledger(bytes));
