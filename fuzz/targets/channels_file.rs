//! Reads bytes as `doors::channels_file` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::channels_file(bytes));
