//! How far what a conversation says has come, laid out for a snapshot.

use crate::Error;
use crate::numbers::Numbered;
use domain::Timestamp;
use domain::conversation::{DeadLetter, Outbound, ReceiptStatus, Utterance};
use serde::{Deserialize, Serialize};

/// The version of a fact, and which of the things that it says.
type Which = (u64, u16);

#[derive(Serialize, Deserialize)]
pub(super) struct OutboundState {
    settled: Option<Which>,
    tried_at_ms: Option<i64>,
    /// Code and time.
    dead: Vec<(Which, String, i64)>,
    redriven: Vec<(Which, i64)>,
    receipts: Vec<(Which, u8)>,
}

impl From<&Outbound> for OutboundState {
    fn from(state: &Outbound) -> Self {
        let Outbound { settled, tried_at, dead, redriven, receipts } = state;
        let which = |Utterance { of, part }: &Utterance| (*of, *part);
        let letter =
            |(of, DeadLetter { code, at }): (&Utterance, &DeadLetter)| (which(of), code.clone(), at.0);
        Self {
            settled: settled.as_ref().map(which),
            tried_at_ms: tried_at.map(|at| at.0),
            dead: dead.iter().map(letter).collect(),
            redriven: redriven.iter().map(|(of, at)| (which(of), at.0)).collect(),
            receipts: receipts.iter().map(|(of, status)| (which(of), status.to_stored())).collect(),
        }
    }
}

impl TryFrom<OutboundState> for Outbound {
    type Error = Error;

    fn try_from(state: OutboundState) -> Result<Self, Error> {
        let OutboundState { settled, tried_at_ms, dead, redriven, receipts } = state;
        let which = |(of, part): Which| Utterance { of, part };
        let letter =
            |(of, code, at): (Which, String, i64)| (which(of), DeadLetter { code, at: Timestamp(at) });
        let receipt =
            |(of, status): (Which, u8)| Ok::<_, Error>((which(of), ReceiptStatus::from_stored(status)?));
        Ok(Self {
            settled: settled.map(which),
            tried_at: tried_at_ms.map(Timestamp),
            dead: dead.into_iter().map(letter).collect(),
            redriven: redriven.into_iter().map(|(of, at)| (which(of), Timestamp(at))).collect(),
            receipts: receipts.into_iter().map(receipt).collect::<Result<_, _>>()?,
        })
    }
}
