//! Doors.
/// A door.
pub fn twilio(_bytes: &[u8]) {}
/// A door.
pub fn headers(_bytes: &[u8]) {}
/// A door.
pub fn answers(_bytes: &[u8]) {}
/// A door.
pub fn bodies(_bytes: &[u8]) {}
/// A door.
pub fn content(_bytes: &[u8]) {}
/// A door.
pub fn users(_bytes: &[u8]) {}
/// A door.
pub fn phone(_bytes: &[u8]) {}
/// A door.
pub fn cursors(_bytes: &[u8]) {}
/// A door.
pub fn queries(_bytes: &[u8]) {}
/// A door.
pub fn tokens(_bytes: &[u8]) {}
/// A door.
pub fn frames(_bytes: &[u8]) {}
/// A door.
pub fn condition(_bytes: &[u8]) {}
/// A door.
pub fn schedule(_bytes: &[u8]) {}
/// A door.
pub fn html(_bytes: &[u8]) {}
/// A door.
pub fn wording(_bytes: &[u8]) {}
/// A door.
pub fn configuration(_bytes: &[u8]) {}
/// A door.
pub fn settings(_bytes: &[u8]) {}
/// A door.
pub fn channels_file(_bytes: &[u8]) {}
/// A door.
pub fn codec(_bytes: &[u8]) {}
/// A door.
pub fn records(_bytes: &[u8]) {}
/// A door.
pub fn history(_bytes: &[u8]) {}
/// A door.
pub fn ledger(_bytes: &[u8]) {}
