//! Reads bytes as `doors::wording` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::wording(bytes));
