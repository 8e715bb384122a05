//! What a lane's turn is given, and how it ends.

use crate::Source;
use domain::conversation::Utterance;
use domain::{ChannelId, Timestamp};

/// What is next in a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) which: Utterance,
    /// When the fact was committed.
    pub(super) at: Timestamp,
    /// When it is given up.
    pub(super) expires: Timestamp,
    /// How often it was tried in this life of the process.
    pub(super) attempts: u32,
    /// Why the last try failed.
    pub(super) code: Option<String>,
}

/// What is known of what is next, and has to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owed {
    Dispatched {
        which: Utterance,
        provider_id: Option<String>,
        attempts: u32,
    },
    /// `opted_out` says that the requester wants nothing more from the address, which is written down before (`OPT-4`).
    Failed {
        which: Utterance,
        code: String,
        attempts: u32,
        opted_out: bool,
    },
}

/// A lane that has its turn.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) source: Source,
    pub(super) channel: ChannelId,
    pub(super) head: Option<Head>,
    /// What was tried and waits behind something that is tried again before it.
    pub(super) aside: Option<Head>,
    pub(super) owed: Option<Owed>,
}

impl Job {
    /// What the lane remembers of this delivery. One that somebody has tried again begins anew.
    pub(super) fn known(&self, which: Utterance, is_redriven: bool) -> Option<&Head> {
        let aside = self.aside.as_ref().filter(|_| !is_redriven);
        self.head.iter().chain(aside).find(|head| head.which == which)
    }
}

/// How a turn ended.
pub(super) enum Verdict {
    /// Nothing is left to do.
    Empty,
    /// There may be more to do at once.
    GoOn,
    /// What is next waits until then.
    Wait { head: Head, until: Timestamp },
    /// What is next waits until somebody pulls it.
    Pulled { head: Head },
    /// What is known has to be written down then.
    Settle { owed: Owed, at: Timestamp },
    /// Its channel is gone.
    Park,
    /// It cannot be looked at now.
    Later { at: Timestamp },
    /// Nothing can be done in this life of the process.
    Leave,
}
