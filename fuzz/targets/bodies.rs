//! Reads bytes as `doors::bodies` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::bodies(bytes));
