//! Reads bytes as `doors::cursors` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::cursors(bytes));
