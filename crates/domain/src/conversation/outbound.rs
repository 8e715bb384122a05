//! What became of what a conversation says to its requester: dispatched, given up, tried again, received.
//!
//! What goes out is a function of the facts and of the channel; here is only how far it has come. What is said leaves in
//! order (`CH-10`), so one mark says that everything before it is finished.

use super::{ClosedState, Conversation, ConversationEvent};
use crate::{Personal, Rejection, Timestamp};
use std::collections::BTreeMap;

/// One of the things that a fact says: the version of the fact, and which of them it is, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Utterance {
    /// The version of the fact.
    pub of: u64,
    /// Which of the things that it says.
    pub part: u16,
}

/// How far what goes out has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbound {
    /// Everything up to this one has been dispatched or given up; what was given up may be tried again.
    pub settled: Option<Utterance>,
    /// When something was last finished that had been tried.
    pub tried_at: Option<Timestamp>,
    /// What was given up, at most [`DEAD_MAX_COUNT`]; the oldest are forgotten first.
    pub dead: BTreeMap<Utterance, DeadLetter>,
    /// What was given up and is to be tried again, with the time from which its tries count.
    pub redriven: BTreeMap<Utterance, Timestamp>,
    /// What its receivers said of it, of the latest [`RECEIPTS_MAX_COUNT`].
    pub receipts: BTreeMap<Utterance, ReceiptStatus>,
}

/// Something that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Why, as a short stable code.
    pub code: String,
    /// When.
    pub at: Timestamp,
}

/// What a receiver says of something that was dispatched (`MSG-19`). What comes later in this order is further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReceiptStatus {
    /// It did not arrive.
    Failed,
    /// It arrived.
    Delivered,
    /// It was read.
    Read,
}

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

/// The most dead letters that a conversation remembers.
pub const DEAD_MAX_COUNT: usize = 100;
/// The most receipts that a conversation remembers; what is older than all of them takes no more.
pub const RECEIPTS_MAX_COUNT: usize = 100;
/// The longest code, in bytes; what is longer is cut.
pub const CODE_MAX: usize = 64;
/// The longest name of a provider for a message, in bytes; a longer one is left out.
pub const PROVIDER_ID_MAX: usize = 256;

impl ReceiptStatus {
    /// Every status there is.
    pub const ALL: [Self; 3] = [Self::Failed, Self::Delivered, Self::Read];

    /// The status' name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
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

impl Outbound {
    /// Whether it still has to be finished.
    pub fn is_open(&self, which: Utterance) -> bool {
        self.settled < Some(which) || self.redriven.contains_key(&which)
    }

    /// It was dispatched, or is given up for ever.
    pub(super) fn finish(&mut self, which: Utterance) {
        self.redriven.remove(&which);
        self.dead.remove(&which);
        self.settled = self.settled.max(Some(which));
    }

    /// It was finished after so many tries.
    pub(super) fn note_tries(&mut self, attempts: u32, at: Timestamp) {
        if attempts > 0 {
            self.tried_at = self.tried_at.max(Some(at));
        }
    }

    /// It was given up, and somebody may have it tried again.
    pub(super) fn give_up(&mut self, which: Utterance, dead: DeadLetter) {
        self.finish(which);
        insert_bounded(&mut self.dead, which, dead, DEAD_MAX_COUNT);
    }

    /// It is to be tried again.
    pub(super) fn reopen(&mut self, which: Utterance, at: Timestamp) {
        self.dead.remove(&which);
        insert_bounded(&mut self.redriven, which, at, DEAD_MAX_COUNT);
    }

    /// Its receiver said something of it.
    pub(super) fn note_receipt(&mut self, which: Utterance, status: ReceiptStatus) {
        let furthest = self.receipts.get(&which).map_or(status, |known| status.max(*known));
        insert_bounded(&mut self.receipts, which, furthest, RECEIPTS_MAX_COUNT);
    }

    /// Whether a receiver says more of it by this than is known.
    pub fn is_news(&self, which: Utterance, status: ReceiptStatus) -> bool {
        self.receipts.get(&which) < Some(&status) && !self.has_forgotten_receipts_of(which)
    }

    fn has_forgotten_receipts_of(&self, which: Utterance) -> bool {
        let full = self.receipts.len() >= RECEIPTS_MAX_COUNT;
        full && self.receipts.keys().next().is_some_and(|oldest| which < *oldest)
    }
}

fn insert_bounded<T>(map: &mut BTreeMap<Utterance, T>, which: Utterance, value: T, max: usize) {
    map.insert(which, value);
    if map.len() > max {
        map.pop_first();
    }
}

/// Turns what became of something into facts, or refuses. It is done after the end too, because it is about what went
/// before (`C1`), and doing what is done already gives no facts.
pub(super) fn decide(
    conversation: &Conversation,
    command: &OutboundCommand,
) -> Result<Vec<ConversationEvent>, Rejection> {
    // What a faulted conversation holds cannot be trusted, and its end must stay the last that is said of it.
    if matches!(conversation.closing, Some((ClosedState::Faulted, _))) {
        return Err(Rejection::ConversationClosed);
    }
    let which = command.which();
    if which.of == 0 || which.of > conversation.version {
        return Err(Rejection::DeliveryUnknown);
    }
    let outbound = &conversation.outbound;
    let event = match command {
        OutboundCommand::SettleDispatched { which, provider_id, attempts } => {
            dispatched(outbound, *which, provider_id.as_ref(), *attempts)
        }
        OutboundCommand::SettleFailed { which, code, attempts } => {
            let (Utterance { of, part }, code) = (*which, shortened(code));
            let event = ConversationEvent::DispatchFailed { of, part, code, attempts: *attempts };
            outbound.is_open(*which).then_some(event)
        }
        OutboundCommand::Redrive { which, by } => redrive(outbound, *which, by)?,
        OutboundCommand::Discard { which, by } => discard(outbound, *which, by)?,
        OutboundCommand::TakeReceipt { which, status, code } => {
            receipt(outbound, *which, *status, code.as_deref())
        }
    };
    Ok(event.into_iter().collect())
}

fn dispatched(
    outbound: &Outbound,
    which: Utterance,
    provider_id: Option<&Personal<String>>,
    attempts: u32,
) -> Option<ConversationEvent> {
    // What was given up may have gone through after all.
    let news = outbound.is_open(which) || outbound.dead.contains_key(&which);
    let provider_id = provider_id.filter(|id| id.expose().len() <= PROVIDER_ID_MAX).cloned();
    let Utterance { of, part } = which;
    news.then_some(ConversationEvent::Dispatched { of, part, provider_id, attempts })
}

fn receipt(
    outbound: &Outbound,
    which: Utterance,
    status: ReceiptStatus,
    code: Option<&str>,
) -> Option<ConversationEvent> {
    let (Utterance { of, part }, code) = (which, code.map(shortened));
    outbound.is_news(which, status).then_some(ConversationEvent::ReceiptTaken { of, part, status, code })
}

fn redrive(outbound: &Outbound, which: Utterance, by: &str) -> Result<Option<ConversationEvent>, Rejection> {
    if outbound.redriven.contains_key(&which) {
        return Ok(None);
    }
    if !outbound.dead.contains_key(&which) {
        return Err(Rejection::DeliveryNotDead);
    }
    let Utterance { of, part } = which;
    Ok(Some(ConversationEvent::Redriven { of, part, by: by.to_owned() }))
}

fn discard(outbound: &Outbound, which: Utterance, by: &str) -> Result<Option<ConversationEvent>, Rejection> {
    let Utterance { of, part } = which;
    if outbound.dead.contains_key(&which) || outbound.redriven.contains_key(&which) {
        return Ok(Some(ConversationEvent::Discarded { of, part, by: by.to_owned() }));
    }
    // What never was given up cannot be thrown away; of what no longer is, nothing is left to do.
    if outbound.is_open(which) { Err(Rejection::DeliveryNotDead) } else { Ok(None) }
}

fn shortened(code: &str) -> String {
    let fits = |(start, char): &(usize, char)| start + char.len_utf8() <= CODE_MAX;
    code.char_indices().take_while(fits).map(|(_, char)| char).collect()
}
