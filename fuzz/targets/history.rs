//! Reads bytes as `doors::history` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::history(bytes));
