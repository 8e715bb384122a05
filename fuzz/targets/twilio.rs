//! Reads bytes as `doors::twilio` does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::twilio(bytes));
