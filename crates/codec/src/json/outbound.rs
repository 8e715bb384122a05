//! Facts about what became of what a conversation says to its requester as JSON.

use domain::Personal;
use domain::conversation::ReceiptStatus;
use domain::outbound::OutboundEvent;
use serde_json::{Value, json};

pub(super) fn dispatched(of: u64, part: u16, id: Option<&Personal<String>>, attempts: u32) -> Value {
    json!({ "of": of, "part": part, "provider_id": id.map(Personal::expose), "attempts": attempts })
}

pub(super) fn dispatch_failed(of: u64, part: u16, code: &str, attempts: u32) -> Value {
    json!({ "of": of, "part": part, "code": code, "attempts": attempts })
}

pub(super) fn by(of: u64, part: u16, by: &str) -> Value {
    json!({ "of": of, "part": part, "by": by })
}

pub(super) fn receipt_taken(of: u64, part: u16, status: ReceiptStatus, code: Option<&str>) -> Value {
    json!({ "of": of, "part": part, "status": status.name(), "code": code })
}

/// What a fact about what became of a notification is called.
pub(super) const fn event_type(event: &OutboundEvent) -> &'static str {
    match event {
        OutboundEvent::Dispatched { .. } => "contact.dispatched",
        OutboundEvent::DispatchFailed { .. } => "contact.dispatch_failed",
        OutboundEvent::Redriven { .. } => "contact.redriven",
        OutboundEvent::Discarded { .. } => "contact.discarded",
        OutboundEvent::ReceiptTaken { .. } => "contact.receipt_taken",
    }
}

/// The same about what became of a notification.
pub(super) fn fact(event: &OutboundEvent) -> Value {
    match event {
        OutboundEvent::Dispatched { of, part, provider_id, attempts } => {
            dispatched(*of, *part, provider_id.as_ref(), *attempts)
        }
        OutboundEvent::DispatchFailed { of, part, code, attempts } => {
            dispatch_failed(*of, *part, code, *attempts)
        }
        OutboundEvent::Redriven { of, part, by: who } | OutboundEvent::Discarded { of, part, by: who } => {
            by(*of, *part, who)
        }
        OutboundEvent::ReceiptTaken { of, part, status, code } => {
            receipt_taken(*of, *part, *status, code.as_deref())
        }
    }
}
