//! Reads bytes as `doors::schedule` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::schedule(bytes));
