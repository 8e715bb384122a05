//! Reads bytes as `doors::html` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::html(bytes));
