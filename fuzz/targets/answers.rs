//! Reads bytes as `doors::answers` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::answers(bytes));
