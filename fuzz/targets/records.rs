//! Reads bytes as `doors::records` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::records(bytes));
