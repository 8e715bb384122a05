//! Facts about what became of notifications that leave for the outside, as they are written now.

use crate::numbers::Numbered;
use crate::registry::Payload;
use crate::v1::notification as v1;
use domain::outbound::OutboundEvent;

pub(super) fn outbound(event: &OutboundEvent) -> Payload {
    match event.clone() {
        OutboundEvent::Dispatched { of, part, provider_id, attempts } => {
            let provider_id = provider_id.map(|id| id.expose().clone());
            Payload::of(&v1::Dispatched { of, part, provider_id, attempts })
        }
        OutboundEvent::DispatchFailed { of, part, code, attempts } => {
            Payload::of(&v1::DispatchFailed { of, part, code, attempts })
        }
        OutboundEvent::Redriven { of, part, by } => Payload::of(&v1::Redriven { of, part, by }),
        OutboundEvent::Discarded { of, part, by } => Payload::of(&v1::Discarded { of, part, by }),
        OutboundEvent::ReceiptTaken { of, part, status, code } => {
            Payload::of(&v1::ReceiptTaken { of, part, status: status.to_stored(), code })
        }
    }
}
