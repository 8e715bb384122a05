//! Reads bytes as `doors::phone` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::phone(bytes));
