//! Reads bytes as `doors::headers` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::headers(bytes));
