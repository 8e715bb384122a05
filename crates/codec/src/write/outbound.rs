//! Facts about what became of what a conversation says to its requester, as they are written now.

use crate::numbers::Numbered;
use crate::registry::Payload;
use crate::v1::outbound as v1;
use domain::Personal;
use domain::conversation::ReceiptStatus;

pub(super) fn dispatched(of: u64, part: u16, id: Option<&Personal<String>>, attempts: u32) -> Payload {
    let provider_id = id.map(|id| id.expose().clone());
    Payload::of(&v1::Dispatched { of, part, provider_id, attempts })
}

pub(super) fn dispatch_failed(of: u64, part: u16, code: &str, attempts: u32) -> Payload {
    Payload::of(&v1::DispatchFailed { of, part, code: code.to_owned(), attempts })
}

pub(super) fn redriven(of: u64, part: u16, by: &str) -> Payload {
    Payload::of(&v1::Redriven { of, part, by: by.to_owned() })
}

pub(super) fn discarded(of: u64, part: u16, by: &str) -> Payload {
    Payload::of(&v1::Discarded { of, part, by: by.to_owned() })
}

pub(super) fn receipt_taken(of: u64, part: u16, status: ReceiptStatus, code: Option<&str>) -> Payload {
    let code = code.map(str::to_owned);
    Payload::of(&v1::ReceiptTaken { of, part, status: status.to_stored(), code })
}
