//! Reads bytes as `doors::configuration` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::configuration(bytes));
