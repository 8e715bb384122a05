//! Reads bytes as `doors::users` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::users(bytes));
