//! Reads bytes as `doors::settings` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::settings(bytes));
