//! Facts about what became of notifications that leave for the outside.

use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use domain::contact::ContactEvent;
use domain::conversation::ReceiptStatus;
use domain::outbound::OutboundEvent;
use domain::{Event, Personal};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Dispatched {
    pub(crate) of: u64,
    pub(crate) part: u16,
    pub(crate) provider_id: Option<String>,
    pub(crate) attempts: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct DispatchFailed {
    pub(crate) of: u64,
    pub(crate) part: u16,
    pub(crate) code: String,
    pub(crate) attempts: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Redriven {
    pub(crate) of: u64,
    pub(crate) part: u16,
    pub(crate) by: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Discarded {
    pub(crate) of: u64,
    pub(crate) part: u16,
    pub(crate) by: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ReceiptTaken {
    pub(crate) of: u64,
    pub(crate) part: u16,
    pub(crate) status: u8,
    pub(crate) code: Option<String>,
}

impl Frozen for Dispatched {
    fn into_event(self) -> Result<Event, Error> {
        let Self { of, part, provider_id, attempts } = self;
        let provider_id = provider_id.map(Personal::new);
        Ok(fact(OutboundEvent::Dispatched { of, part, provider_id, attempts }))
    }
}

impl Frozen for DispatchFailed {
    fn into_event(self) -> Result<Event, Error> {
        let Self { of, part, code, attempts } = self;
        Ok(fact(OutboundEvent::DispatchFailed { of, part, code, attempts }))
    }
}

impl Frozen for Redriven {
    fn into_event(self) -> Result<Event, Error> {
        let Self { of, part, by } = self;
        Ok(fact(OutboundEvent::Redriven { of, part, by }))
    }
}

impl Frozen for Discarded {
    fn into_event(self) -> Result<Event, Error> {
        let Self { of, part, by } = self;
        Ok(fact(OutboundEvent::Discarded { of, part, by }))
    }
}

impl Frozen for ReceiptTaken {
    fn into_event(self) -> Result<Event, Error> {
        let Self { of, part, status, code } = self;
        let status = ReceiptStatus::from_stored(status)?;
        Ok(fact(OutboundEvent::ReceiptTaken { of, part, status, code }))
    }
}

fn fact(event: OutboundEvent) -> Event {
    Event::Contact(ContactEvent::Outbound(event))
}
