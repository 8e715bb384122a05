//! What may be asked about something that goes out, and the facts that follow.

use super::{CODE_MAX, Outbound, OutboundEvent, PROVIDER_ID_MAX, ReceiptStatus, Utterance};
use crate::{Personal, Rejection};

/// What may be asked about something that goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboundCommand {
    /// It was taken outside.
    SettleDispatched {
        /// What.
        which: Utterance,
        /// How the provider calls it, if it does.
        provider_id: Option<Personal<String>>,
        /// How often it was tried.
        attempts: u32,
    },
    /// It is given up.
    SettleFailed {
        /// What.
        which: Utterance,
        /// Why, as a short stable code.
        code: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// What was given up is tried again.
    Redrive {
        /// What.
        which: Utterance,
        /// Who wants it.
        by: String,
    },
    /// What was given up is given up for ever.
    Discard {
        /// What.
        which: Utterance,
        /// Who wants it.
        by: String,
    },
    /// A receiver says what became of it (`MSG-19`).
    TakeReceipt {
        /// What.
        which: Utterance,
        /// What became of it.
        status: ReceiptStatus,
        /// Why, as a short stable code, if there is one.
        code: Option<String>,
    },
}

impl OutboundCommand {
    /// What it is about.
    pub const fn which(&self) -> Utterance {
        match self {
            Self::SettleDispatched { which, .. }
            | Self::SettleFailed { which, .. }
            | Self::Redrive { which, .. }
            | Self::Discard { which, .. }
            | Self::TakeReceipt { which, .. } => *which,
        }
    }
}

/// Turns what became of something that the facts up to `version` say into a fact, or refuses it. Doing what is done already
/// gives none.
pub(crate) fn decide(
    outbound: &Outbound,
    version: u64,
    command: &OutboundCommand,
) -> Result<Option<OutboundEvent>, Rejection> {
    let which = command.which();
    if which.of == 0 || which.of > version {
        return Err(Rejection::DeliveryUnknown);
    }
    Ok(match command {
        OutboundCommand::SettleDispatched { which, provider_id, attempts } => {
            dispatched(outbound, *which, provider_id.as_ref(), *attempts)
        }
        OutboundCommand::SettleFailed { which, code, attempts } => {
            let (Utterance { of, part }, code) = (*which, shortened(code));
            let event = OutboundEvent::DispatchFailed { of, part, code, attempts: *attempts };
            outbound.is_open(*which).then_some(event)
        }
        OutboundCommand::Redrive { which, by } => redrive(outbound, *which, by)?,
        OutboundCommand::Discard { which, by } => discard(outbound, *which, by)?,
        OutboundCommand::TakeReceipt { which, status, code } => {
            receipt(outbound, *which, *status, code.as_deref())
        }
    })
}

fn dispatched(
    outbound: &Outbound,
    which: Utterance,
    provider_id: Option<&Personal<String>>,
    attempts: u32,
) -> Option<OutboundEvent> {
    // What was given up may have gone through after all.
    let news = outbound.is_open(which) || outbound.dead.contains_key(&which);
    let provider_id = provider_id.filter(|id| id.expose().len() <= PROVIDER_ID_MAX).cloned();
    let Utterance { of, part } = which;
    news.then_some(OutboundEvent::Dispatched { of, part, provider_id, attempts })
}

fn receipt(
    outbound: &Outbound,
    which: Utterance,
    status: ReceiptStatus,
    code: Option<&str>,
) -> Option<OutboundEvent> {
    let (Utterance { of, part }, code) = (which, code.map(shortened));
    outbound.is_news(which, status).then_some(OutboundEvent::ReceiptTaken { of, part, status, code })
}

fn redrive(outbound: &Outbound, which: Utterance, by: &str) -> Result<Option<OutboundEvent>, Rejection> {
    if outbound.redriven.contains_key(&which) {
        return Ok(None);
    }
    if !outbound.dead.contains_key(&which) {
        return Err(Rejection::DeliveryNotDead);
    }
    let Utterance { of, part } = which;
    Ok(Some(OutboundEvent::Redriven { of, part, by: by.to_owned() }))
}

fn discard(outbound: &Outbound, which: Utterance, by: &str) -> Result<Option<OutboundEvent>, Rejection> {
    let Utterance { of, part } = which;
    if outbound.dead.contains_key(&which) || outbound.redriven.contains_key(&which) {
        return Ok(Some(OutboundEvent::Discarded { of, part, by: by.to_owned() }));
    }
    // What never was given up cannot be thrown away; of what no longer is, nothing is left to do.
    if outbound.is_open(which) { Err(Rejection::DeliveryNotDead) } else { Ok(None) }
}

fn shortened(code: &str) -> String {
    let fits = |(start, char): &(usize, char)| start + char.len_utf8() <= CODE_MAX;
    code.char_indices().take_while(fits).map(|(_, char)| char).collect()
}
