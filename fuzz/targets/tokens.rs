//! Reads bytes as `doors::tokens` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::tokens(bytes));
