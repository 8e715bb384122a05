//! Reads bytes as `doors::queries` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::queries(bytes));
