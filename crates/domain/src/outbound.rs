//! What became of what a conversation or a contact says to the outside: dispatched, given up, tried again, received.
//!
//! What goes out is a function of the facts and of the channel; here is only how far it has come. What is said leaves in
//! order (`CH-10`), so one mark says that everything before it is finished.

mod decide;

pub use decide::OutboundCommand;
pub(crate) use decide::decide;

use crate::{Personal, Timestamp};
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

/// A fact about something that goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboundEvent {
    /// It was taken outside.
    Dispatched {
        /// The version of the fact that says it.
        of: u64,
        /// Which of the things that the fact says.
        part: u16,
        /// How the provider calls it, if it does.
        provider_id: Option<Personal<String>>,
        /// How often it was tried.
        attempts: u32,
    },
    /// It is given up.
    DispatchFailed {
        /// As above.
        of: u64,
        /// As above.
        part: u16,
        /// Why, as a short stable code.
        code: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// What was given up is tried again.
    Redriven {
        /// As above.
        of: u64,
        /// As above.
        part: u16,
        /// Who wants it.
        by: String,
    },
    /// What was given up is given up for ever.
    Discarded {
        /// As above.
        of: u64,
        /// As above.
        part: u16,
        /// Who wants it.
        by: String,
    },
    /// A receiver says what became of it (`MSG-19`).
    ReceiptTaken {
        /// As above.
        of: u64,
        /// As above.
        part: u16,
        /// What became of it.
        status: ReceiptStatus,
        /// Why, as a short stable code, if there is one.
        code: Option<String>,
    },
}

/// The most dead letters that are remembered of one conversation or contact.
pub const DEAD_MAX_COUNT: usize = 100;
/// The most receipts that are remembered of one; what is older than all of them takes no more.
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

impl OutboundEvent {
    /// What it is about.
    pub const fn which(&self) -> Utterance {
        match self {
            Self::Dispatched { of, part, .. }
            | Self::DispatchFailed { of, part, .. }
            | Self::Redriven { of, part, .. }
            | Self::Discarded { of, part, .. }
            | Self::ReceiptTaken { of, part, .. } => Utterance { of: *of, part: *part },
        }
    }
}

impl Outbound {
    /// Whether it still has to be finished.
    pub fn is_open(&self, which: Utterance) -> bool {
        self.settled < Some(which) || self.redriven.contains_key(&which)
    }

    /// Applies one fact that was committed at `at`.
    pub(crate) fn evolve(&mut self, at: Timestamp, event: &OutboundEvent) {
        let which = event.which();
        match event {
            OutboundEvent::Dispatched { attempts, .. } => {
                self.note_tries(*attempts, at);
                self.finish(which);
            }
            OutboundEvent::DispatchFailed { code, attempts, .. } => {
                self.note_tries(*attempts, at);
                self.give_up(which, DeadLetter { code: code.clone(), at });
            }
            OutboundEvent::Redriven { .. } => self.reopen(which, at),
            OutboundEvent::Discarded { .. } => self.finish(which),
            OutboundEvent::ReceiptTaken { status, .. } => self.note_receipt(which, *status),
        }
    }

    /// It was dispatched, or is given up for ever.
    pub(crate) fn finish(&mut self, which: Utterance) {
        self.redriven.remove(&which);
        self.dead.remove(&which);
        self.settled = self.settled.max(Some(which));
    }

    /// It was finished after so many tries.
    pub(crate) fn note_tries(&mut self, attempts: u32, at: Timestamp) {
        if attempts > 0 {
            self.tried_at = self.tried_at.max(Some(at));
        }
    }

    /// It was given up, and somebody may have it tried again.
    pub(crate) fn give_up(&mut self, which: Utterance, dead: DeadLetter) {
        self.finish(which);
        insert_bounded(&mut self.dead, which, dead, DEAD_MAX_COUNT);
    }

    /// It is to be tried again.
    pub(crate) fn reopen(&mut self, which: Utterance, at: Timestamp) {
        self.dead.remove(&which);
        insert_bounded(&mut self.redriven, which, at, DEAD_MAX_COUNT);
    }

    /// Its receiver said something of it.
    pub(crate) fn note_receipt(&mut self, which: Utterance, status: ReceiptStatus) {
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
