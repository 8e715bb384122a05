//! Reads bytes as `doors::content` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::content(bytes));
