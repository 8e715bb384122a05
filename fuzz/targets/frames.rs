//! Reads bytes as `doors::frames` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::frames(bytes));
