//! Reads bytes as `doors::condition` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::condition(bytes));
