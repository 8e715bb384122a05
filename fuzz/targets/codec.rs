//! Reads bytes as `doors::codec` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::codec(bytes));
