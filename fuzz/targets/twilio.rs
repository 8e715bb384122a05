//! Bytes as Twilio's form and JSON.
#![no_main]

use channels::twilio::{Fields, Inbound, Status};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for fields in [Fields::form(bytes), Fields::json(bytes)].into_iter().flatten() {
        assert!(fields.pairs().len() <= 200);
        if let Ok(message) = Inbound::read(&fields) {
            assert!(message.media.len() <= 10);
        }
        let _ = Status::read(&fields);
    }
});
